"""The postcode service's stand-in over HTTP: addresses of a postcode, and its refusals."""

import pytest
import requests


def search(places, postcode, key="any"):
    return requests.get(
        f"{places.url}/search/places/v1/postcode", {"postcode": postcode, "key": key}, timeout=5
    )


@pytest.mark.parametrize("postcode", ["SW1H 9AJ", "sw1h9aj", "  SW1H  9AJ "])
def test_a_postcode_has_its_addresses_however_it_is_written(places, postcode):
    answer = search(places, postcode)

    assert answer.status_code == 200
    found = [result["DPA"] for result in answer.json()["results"]]
    assert {address["POSTCODE"] for address in found} == {"SW1H 9AJ"}
    assert found[1]["ADDRESS"] == "102 PETTY FRANCE, LONDON, SW1H 9AJ"
    assert answer.json()["header"]["totalresults"] == 2


def test_a_postcode_without_addresses_has_no_results_at_all(places):
    answer = search(places, "ZZ1 1ZZ")

    assert answer.status_code == 200
    assert "results" not in answer.json()
    assert answer.json()["header"]["totalresults"] == 0


@pytest.mark.parametrize("postcode", ["", "12", "!!", "SW1H 9AJ 5"])
def test_what_is_no_postcode_is_refused(places, postcode):
    assert search(places, postcode).status_code == 400


def test_a_call_without_a_key_is_refused(places):
    assert search(places, "SW1H 9AJ", key="").status_code == 401


def test_the_key_may_stand_in_a_header(places):
    answer = requests.get(
        f"{places.url}/search/places/v1/postcode?postcode=B25AA", headers={"key": "any"}, timeout=5
    )
    assert answer.json()["header"]["totalresults"] == 3


def test_it_is_up_and_knows_no_other_path(places):
    assert requests.get(f"{places.url}/control/health", timeout=5).status_code == 200
    assert requests.get(f"{places.url}/nonsense", timeout=5).status_code == 404
