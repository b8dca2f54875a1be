"""What people type and paste about deputies: kept as it is, tidied, or refused in words."""

import datetime as dt

import pytest

from tests.orders.reading import Reader
from tests.orders.test_views_deputies import TYPED, changing

LETTERS = "ع" * 255
# Turns the direction, may part a word, writes nothing at all, is no letter.
UNSEEN = ("\u202e", "\u00ad", "\u2066", "\U000e0041", "\u115f", "\u3164", "\uffff")
SPACES = "\u00a0 \t"


def sent(client, address, **typed):
    return client.post(address, {**TYPED, **typed, "then": "continue"})


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"first_name": LETTERS}, LETTERS),
        ({"first_name": "Ольга"}, "Ольга"),
        ({"first_name": "王"}, "王"),
        ({"first_name": "Zoë-Anne d'Ú"}, "Zoë-Anne d'Ú"),
        ({"first_name": f"{SPACES}Mary {SPACES} Jane\u200b "}, "Mary Jane"),
        ({"first_name": "<script>x</script>"}, "<script>x</script>"),
        ({"first_name": "👩🏽‍⚖️"}, "👩🏽‍⚖️"),
    ],
)
def test_a_name_is_kept_as_people_write_it(signed_in, order, adding, typed, expected):
    assert sent(signed_in, adding, **typed).status_code == 302
    deputy = order.deputies.get()
    assert deputy.first_name == expected
    page = Reader(signed_in.get(changing(deputy)))
    assert page.value("First name") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"first_name": f"{LETTERS}x"}, "First name must be 255 characters or less"),
        ({"last_name": SPACES}, "Please enter the deputy's surname"),
        ({"first_name": "\u200b"}, "Please enter the deputy's first name"),
        ({"first_name": "\u200d\u200c"}, "Please enter the deputy's first name"),
        *(
            ({"last_name": f"{hidden}Smith"}, "Last name must not have an invisible character")
            for hidden in UNSEEN
        ),
        (
            {"last_name": "a\0b"},
            "Last name must not have an invisible character in it",
        ),
        ({"email": "dana"}, "in the correct format, like name@example.com"),
        ({"email": f"{'d' * 50}@example.com"}, "Email address must be 60 characters or less"),
        ({"daytime_number": "020 7946"}, "Daytime number is too short"),
        ({"evening_number": "0" * 21}, "Evening number is too long"),
        ({"mobile_number": "07700 900abc"}, "Mobile number must only include digits"),
        ({"postcode": "L"}, "Postcode is too short"),
        ({"postcode": "L" * 11}, "Postcode is too long"),
        ({"county": "c" * 256}, "County must be 255 characters or less"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_stays(signed_in, order, adding, typed, expected):
    page = Reader(sent(signed_in, adding, **typed))
    [error] = page.errors
    assert expected in error
    [(name, text)] = typed.items()
    assert page.soup.find(attrs={"name": name}).get("value", "") == text
    assert not order.deputies.exists()


def date(day, month, year):
    return {"date_of_birth-day": day, "date_of_birth-month": month, "date_of_birth-year": year}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (date("31", "2", "1980"), "Date of birth must be a real date"),
        (date("29", "2", "1981"), "Date of birth must be a real date"),
        (date("0", "0", "0000"), "Date of birth must be a real date"),
        (date("٣", "2", "1980"), "Date of birth must be a real date"),
        (date("1", "2", "80"), "Year must include 4 numbers"),
        (date("", "2", "1980"), "Date of birth must include a day"),
        (date("1", "1", "2999"), "Date of birth must be in the past"),
    ],
)
def test_a_birth_that_cannot_be_is_refused(signed_in, order, adding, typed, expected):
    page = Reader(sent(signed_in, adding, **typed))
    assert page.errors == [expected]
    assert [page.value(part) for part in ("Day", "Month", "Year")] == list(typed.values())
    assert not order.deputies.exists()


def test_nobody_is_born_today(signed_in, order, adding):
    today = dt.date.today()
    typed = date(str(today.day), str(today.month), str(today.year))
    assert Reader(sent(signed_in, adding, **typed)).errors == ["Date of birth must be in the past"]


# --- Only a lay deputy has a date of birth ---
def test_the_date_of_birth_stands_below_lay_and_a_script_reveals_it(signed_in, deputy):
    page = Reader(signed_in.get(changing(deputy)))
    lay = page.soup.find("input", value="LAY")
    revealed = page.soup.find(id=lay["data-reveals"])
    assert revealed.find("legend").get_text() == "Date of birth"
    assert "govuk-radios__conditional--hidden" not in revealed["class"]
    for other in ("PUBLIC_AUTHORITY", "PROFESSIONAL"):
        assert not page.soup.find("input", value=other).has_attr("data-reveals")
    assert len(page.soup.find_all(attrs={"name": "date_of_birth-day"})) == 1


def test_for_another_deputy_it_is_there_but_hidden_by_the_script(signed_in, deputy):
    sent(signed_in, changing(deputy), deputy_type="PROFESSIONAL")
    page = Reader(signed_in.get(changing(deputy)))
    revealed = page.soup.find(id=page.soup.find("input", value="LAY")["data-reveals"])
    assert "govuk-radios__conditional--hidden" in revealed["class"]
    assert [page.value(part) for part in ("Day", "Month", "Year")] == ["", "", ""]


def test_without_script_the_birth_is_asked_on_the_same_page_and_stays(signed_in, deputy):
    sent(signed_in, changing(deputy), deputy_type="PROFESSIONAL", **date("", "", ""))
    typed = {"deputy_type": "LAY", "last_name": "", **date("31", "2", "1980")}
    page = Reader(sent(signed_in, changing(deputy), **typed))
    assert page.errors == [
        "Date of birth must be a real date",
        "Please enter the deputy's surname",
    ]
    assert [page.value(part) for part in ("Day", "Month", "Year")] == ["31", "2", "1980"]
    sent(signed_in, changing(deputy), deputy_type="LAY", **date("31", "1", "1980"))
    deputy.refresh_from_db()
    assert (deputy.deputy_type, deputy.date_of_birth) == ("LAY", dt.date(1980, 1, 31))


def test_a_birth_left_in_the_boxes_of_another_deputy_does_not_matter(signed_in, deputy):
    typed = {"deputy_type": "PROFESSIONAL", **date("31", "2", "nonsense")}
    assert sent(signed_in, changing(deputy), **typed).status_code == 302
    deputy.refresh_from_db()
    assert (deputy.deputy_type, deputy.date_of_birth) == ("PROFESSIONAL", None)


def test_a_type_that_is_none_is_refused(signed_in, deputy):
    page = Reader(sent(signed_in, changing(deputy), deputy_type="CAT"))
    assert page.errors == ["Select one of the answers"]
