"""Answers of OS Places, read: the documented form, the lines of an envelope, the case of words."""

import json

import pytest

from places_client.addresses import PARTS, address_of, read_addresses
from places_client.errors import AnswerUnreadable
from places_client.wording import in_title_case

# A whole answer with every property that the service documents for a delivery point address.
DOCUMENTED = {
    "header": {
        "uri": "https://api.os.uk/search/places/v1/postcode?postcode=SO16%200AS",
        "query": "postcode=SO16 0AS",
        "offset": 0,
        "totalresults": 1,
        "format": "JSON",
        "dataset": "DPA",
        "lr": "EN",
        "maxresults": 100,
        "epoch": "111",
        "lastupdate": "2026-01-01",
        "output_srs": "EPSG:27700",
    },
    "results": [
        {
            "DPA": {
                "UPRN": "200010019924",
                "UDPRN": "52126562",
                "ADDRESS": "ORDNANCE SURVEY, 4, ADANAC DRIVE, NURSLING, SOUTHAMPTON, SO16 0AS",
                "ORGANISATION_NAME": "ORDNANCE SURVEY",
                "BUILDING_NUMBER": "4",
                "THOROUGHFARE_NAME": "ADANAC DRIVE",
                "DEPENDENT_LOCALITY": "NURSLING",
                "POST_TOWN": "SOUTHAMPTON",
                "POSTCODE": "SO16 0AS",
                "RPC": "2",
                "X_COORDINATE": 437318.0,
                "Y_COORDINATE": 115539.0,
                "STATUS": "APPROVED",
                "LOGICAL_STATUS_CODE": "1",
                "CLASSIFICATION_CODE": "CO01GV",
                "CLASSIFICATION_CODE_DESCRIPTION": "Central Government Service",
                "LOCAL_CUSTODIAN_CODE": 1760,
                "LOCAL_CUSTODIAN_CODE_DESCRIPTION": "TEST VALLEY",
                "COUNTRY_CODE": "E",
                "COUNTRY_CODE_DESCRIPTION": "This record is within England",
                "POSTAL_ADDRESS_CODE": "D",
                "POSTAL_ADDRESS_CODE_DESCRIPTION": "A record which is linked to PAF",
                "BLPU_STATE_CODE": "2",
                "BLPU_STATE_CODE_DESCRIPTION": "In use",
                "TOPOGRAPHY_LAYER_TOID": "osgb1000002682081995",
                "WARD_CODE": "E05012936",
                "PARISH_CODE": "E04004629",
                "LAST_UPDATE_DATE": "31/03/2020",
                "ENTRY_DATE": "01/09/2010",
                "BLPU_STATE_DATE": "01/09/2010",
                "LANGUAGE": "EN",
                "MATCH": 1.0,
                "MATCH_DESCRIPTION": "EXACT",
                "DELIVERY_POINT_SUFFIX": "1A",
            }
        }
    ],
}


def place(**parts):
    return {name: parts.get(name, "") for name in PARTS}


def lines(**parts):
    address = address_of(place(POST_TOWN="LEEDS", POSTCODE="LS1 1AA", **parts))
    return (address.line_1, address.line_2)


def test_the_documented_answer_is_read():
    [address] = read_addresses(json.dumps(DOCUMENTED).encode())
    assert address.text == "Ordnance Survey, 4 Adanac Drive, Nursling, Southampton, SO16 0AS"
    assert (address.line_1, address.line_2) == ("Ordnance Survey", "4 Adanac Drive, Nursling")
    assert (address.town, address.county, address.postcode) == ("Southampton", "", "SO16 0AS")


def test_the_same_address_twice_is_one():
    twice = {**DOCUMENTED, "results": DOCUMENTED["results"] * 2}
    assert len(read_addresses(json.dumps(twice).encode())) == 1


def test_more_addresses_than_a_postcode_has_are_refused():
    many = {**DOCUMENTED, "results": DOCUMENTED["results"] * 101}
    with pytest.raises(AnswerUnreadable):
        read_addresses(json.dumps(many).encode())


@pytest.mark.parametrize("part", [None, 4, ["LEEDS"], {"a": "b"}, "X" * 256])
def test_a_part_that_is_no_text_is_refused(part):
    wrong = {"POST_TOWN": "LEEDS", "POSTCODE": "LS1 1AA", "THOROUGHFARE_NAME": part}
    body = json.dumps({"header": {}, "results": [{"DPA": wrong}]}).encode()
    with pytest.raises(AnswerUnreadable):
        read_addresses(body)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            {"BUILDING_NUMBER": "1", "THOROUGHFARE_NAME": "HIGH STREET"},
            ("1 High Street", ""),
        ),
        (
            {"BUILDING_NAME": "1-3", "THOROUGHFARE_NAME": "HIGH STREET"},
            ("1-3 High Street", ""),
        ),
        (
            {
                "SUB_BUILDING_NAME": "FLAT B",
                "BUILDING_NUMBER": "7",
                "THOROUGHFARE_NAME": "HIGH STREET",
                "DEPENDENT_LOCALITY": "HEADINGLEY",
            },
            ("Flat B", "7 High Street, Headingley"),
        ),
        (
            {
                "BUILDING_NUMBER": "2",
                "DEPENDENT_THOROUGHFARE_NAME": "MILL YARD",
                "THOROUGHFARE_NAME": "HIGH STREET",
            },
            ("2 Mill Yard, High Street", ""),
        ),
        ({"PO_BOX_NUMBER": "123"}, ("PO Box 123", "")),
        ({"BUILDING_NUMBER": "3", "DEPENDENT_LOCALITY": "LITTLE WHINGE"}, ("3 Little Whinge", "")),
        ({"DEPENDENT_LOCALITY": "LITTLE WHINGE"}, ("Little Whinge", "")),
        (
            {
                "SUB_BUILDING_NAME": "UNIT 5",
                "BUILDING_NAME": "12A",
                "THOROUGHFARE_NAME": "HIGH STREET",
            },
            ("Unit 5", "12A High Street"),
        ),
    ],
)
def test_each_part_stands_on_its_line(parts, expected):
    assert lines(**parts) == expected


@pytest.mark.parametrize(
    ("capitals", "expected"),
    [
        ("ST JOHN'S ROAD", "St John's Road"),
        ("O'CONNELL STREET", "O'Connell Street"),
        ("MCDONALD COURT", "McDonald Court"),
        ("MACK LANE", "Mack Lane"),
        ("ISLE OF WIGHT", "Isle of Wight"),
        ("THE OLD MILL, THE GREEN", "The Old Mill, The Green"),
        ("BETWS-Y-COED", "Betws-y-Coed"),
        ("WESTON-SUPER-MARE", "Weston-super-Mare"),
        ("FLAT 12A", "Flat 12A"),
        ("1ST FLOOR", "1st Floor"),
        ("SMITH & CO (LEEDS) LTD", "Smith & Co (Leeds) Ltd"),
        ("HMCTS, NHS TRUST, LLP", "HMCTS, NHS Trust, LLP"),
        ("CWM TAWE", "Cwm Tawe"),
        ("PO BOX 12", "PO Box 12"),
        ("ST. PAUL'S", "St. Paul's"),
        ("", ""),
    ],
)
def test_words_in_capitals_are_spelt_as_on_an_envelope(capitals, expected):
    assert in_title_case(capitals) == expected
