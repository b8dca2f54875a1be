"""Choosing what of an upload's differences to take over, as a browser without scripts meets it."""

import datetime as dt

import pytest

from csv_ingest import difference_views
from csv_ingest.models import Upload
from orders.models import Case, Order
from tests.csv_ingest.files import BAD, GOOD, csv_of, row_of
from tests.csv_ingest.test_views import buttons, page_of, send, table, words

pytestmark = pytest.mark.django_db

CHANGED = row_of(surname="JONES-SMITH", issue_date="12-Aug-2018")


@pytest.fixture
def path(signed_in) -> str:
    """The page of an upload with two differences: 0 is the surname, 1 the issue date."""
    send(signed_in, csv_of(GOOD))
    send(signed_in, csv_of(CHANGED))
    return f"/upload-csv/{Upload.objects.latest('pk').pk}/update-orders"


def boxes(page) -> list[tuple[str, bool]]:
    return [
        (words(page.find("label", attrs={"for": box["id"]})), box.has_attr("checked"))
        for box in page.select("input[type=checkbox]")
    ]


def test_the_receipt_leads_to_it(signed_in, path):
    receipt = page_of(signed_in.get(path.removesuffix("/update-orders")))
    link = receipt.find("a", string="Choose orders to update")
    assert link["href"] == path


def test_each_difference_is_offered_and_none_is_chosen(signed_in, path):
    page = page_of(signed_in.get(path))
    assert words(page.h1) == "Choose orders to update"
    assert boxes(page) == [
        ("Case 93559316, HW order 1001: Surname", False),
        ("Case 93559316, HW order 1001: Issue Date", False),
    ]
    assert "We have JONES. The file says JONES-SMITH." in words(page.main)
    assert "We have 10 Aug 2018. The file says 12 Aug 2018." in words(page.main)
    assert buttons(page) == ["Update the chosen orders"]


def test_the_chosen_ones_are_updated_and_the_page_says_so(signed_in, path):
    page = page_of(signed_in.post(path, {"chosen": ["1"]}, follow=True))
    assert "Updated 1 order." in words(page.main)
    assert Order.objects.get().issue_date == dt.date(2018, 8, 12)
    assert Case.objects.get().surname == "JONES"
    assert boxes(page) == [("Case 93559316, HW order 1001: Surname", False)]
    assert table(page, "Cannot be chosen")[1] == [
        "Case 93559316, HW order 1001: Issue Date",
        *("10 Aug 2018", "12 Aug 2018", "Updated: we now have what the file says"),
    ]


def test_nothing_chosen_is_an_error_of_the_field(signed_in, path):
    page = page_of(signed_in.post(path))
    link = page.select_one(".govuk-error-summary a")
    assert words(link) == "Select the orders to update"
    assert page.find(id=link["href"].removeprefix("#"))["type"] == "checkbox"
    assert len(boxes(page)) == 2


def test_a_stale_page_changes_nothing_and_says_why(signed_in, path):
    order = Order.objects.get()
    order.issue_date = dt.date(2018, 8, 30)
    order.save()
    page = page_of(signed_in.post(path, {"chosen": ["1"]}, follow=True))
    told = "Issue Date. It was changed after this upload. Look at the order first."
    assert told in words(page.main)
    order.refresh_from_db()
    assert order.issue_date == dt.date(2018, 8, 30)


def test_the_back_button_and_a_second_click_are_harmless(signed_in, path):
    for _ in range(2):
        page = page_of(signed_in.post(path, {"chosen": ["0", "1"]}, follow=True))
        assert "Updated 1 order." in words(page.main)
    assert "There is nothing left to update." in words(page.main)
    assert buttons(page) == []


@pytest.mark.parametrize("chosen", ["99", "x", "-1"])
def test_a_choice_that_was_never_offered_is_refused(signed_in, path, chosen):
    page = page_of(signed_in.post(path, {"chosen": [chosen]}))
    assert words(page.select_one(".govuk-error-summary a")) == "Select one of the answers"
    assert Order.objects.get().issue_date == dt.date(2018, 8, 10)


def test_a_long_list_has_pages_and_each_keeps_its_own_choices(signed_in, path, monkeypatch):
    monkeypatch.setattr(difference_views, "DIFFERENCES_A_PAGE", 1)
    page = page_of(signed_in.get(f"{path}?page=2"))
    assert [label for label, _ in boxes(page)] == ["Case 93559316, HW order 1001: Issue Date"]
    response = signed_in.post(f"{path}?page=2", {"chosen": ["1"]})
    assert response.url == f"{path}?page=2"
    assert Order.objects.get().issue_date == dt.date(2018, 8, 12)


def test_an_upload_that_still_waits_offers_nothing_yet(signed_in):
    send(signed_in, csv_of(GOOD))
    send(signed_in, csv_of(CHANGED, BAD))
    upload = Upload.objects.latest("pk")
    receipt = page_of(signed_in.get(f"/upload-csv/{upload.pk}"))
    assert receipt.find("a", string="Choose orders to update") is None
    assert "When the upload is finished you can choose" in words(receipt.main)
    for browse in (signed_in.get, signed_in.post):
        response = browse(f"/upload-csv/{upload.pk}/update-orders", {"chosen": "0"})
        assert response.url == f"/upload-csv/{upload.pk}"
    assert Case.objects.get().surname == "JONES"


def test_unknown_uploads_are_not_found(signed_in):
    assert signed_in.get("/upload-csv/404/update-orders").status_code == 404


def test_an_order_without_a_number_is_named_by_its_date(signed_in):
    send(signed_in, csv_of(row_of(order_no="")))
    send(signed_in, csv_of(row_of(order_no="", issue_date="12-Aug-2018")))
    path = f"/upload-csv/{Upload.objects.latest('pk').pk}/update-orders"
    label = "Case 93559316, HW order without a number, made on 1 August 2018: Issue Date"
    assert boxes(page_of(signed_in.get(path))) == [(label, False)]
    signed_in.post(path, {"chosen": ["0"]})
    assert Order.objects.get().issue_date == dt.date(2018, 8, 12)
