"""Hostile text through the real services and forms, and what the pages make of it.

Every answer of the suite is held against `tests/web_policy.py`: a marker that is not escaped fails
the test as a script, a handler or a style in the page. `make trust` looks in a browser too
(`tests/journeys/test_markers.py`), at every page and every field.
"""

import io

import pytest
from django.test import Client

from csv_ingest.services import receive_upload
from devstack.samples import sample_document
from orders.rules import DocumentType
from orders.services.deputies import add_deputy
from orders.services.documents import attach_document
from orders.services.serving import serve_order
from tests.csv_ingest.files import csv_of
from tests.factories import UserFactory
from tests.orders.conftest import ANSWERS

SCRIPT = '"><script>ran=1</script>'
IMAGE = "'><img src=x onerror=ran=1><p style='x'>{{7*7}}{% debug %}"
# What a template that escapes shows of each.
ESCAPED = ("&lt;script&gt;ran=1", "&lt;img src=x onerror=ran=1&gt;")


def deputy(**changes):
    texts = ("first_name", "last_name", "address_line_1", "address_line_2", "town", "county")
    return {**ANSWERS, **dict.fromkeys(texts, IMAGE), "postcode": "'\"<b>", **changes}


def document_of(order, kind, *, by, now, store):
    return attach_document(
        order_id=order.pk,
        document_type=kind,
        file=io.BytesIO(sample_document("pdf", words=str(kind))),
        name="\"><img src=x onerror=ran=1><svg onload='ran=1'>.pdf",
        store=store,
        by=by,
        now=now,
    )


@pytest.fixture
def hostile(ready_order, sam, now, store):
    order = ready_order(forename=SCRIPT, surname=IMAGE, order_number=SCRIPT[:20])
    add_deputy(order_id=order.pk, answers=deputy(), by=sam, now=now)
    document_of(order, DocumentType.OTHER, by=sam, now=now, store=store)
    return order


def look(browser: Client, *addresses: str) -> str:
    """The pages' sources together. That nothing stands in them is asserted of each answer."""
    text = ""
    for address in addresses:
        answer = browser.get(address, follow=True)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert "49}" not in page, f"{address} ran a template"
        assert "ran=1</script>" not in page, address
        text += page
    return text


def test_the_check_sees_a_marker_that_is_not_escaped(client, db, monkeypatch):
    monkeypatch.setattr("django.template.base.conditional_escape", lambda value: value)
    monkeypatch.setattr("django.utils.html.escape", lambda value: value)
    with pytest.raises(AssertionError, match="a <script> in the page"):
        client.get("/login", {"next": f"/{SCRIPT}"})


def test_hostile_names_are_words_on_the_pages_of_an_order(signed_in, hostile, ready_order):
    at = f"/order/{hostile.pk}"
    lay = hostile.deputies.get(last_name__contains="onerror")
    [extra] = hostile.documents.filter(document_type=DocumentType.OTHER)
    pages = look(
        signed_in,
        *("/case", f"{at}/summary", f"{at}/edit", f"{at}/upload", f"{at}/declaration"),
        *(f"{at}/deputy/add?deputyType=LAY", f"/case/order/{hostile.pk}/deputy/edit/{lay.pk}"),
        *(f"/case/order/{hostile.pk}/deputy/delete/{lay.pk}", f"{at}/document/{extra.pk}/remove"),
        *(f"{at}/document/other/add", f"{at}/documents/add"),
    )
    assert pages.count(ESCAPED[0]) > 8
    assert pages.count(ESCAPED[1]) > 12
    assert "{{7*7}}" in pages


def test_a_served_order_shows_hostile_names_as_words(
    signed_in, hostile, worker, sam, olive, client_of, now
):
    submission = serve_order(order_id=hostile.pk, by=sam, now=now)
    at = f"/order/{hostile.pk}"
    pages = look(signed_in, f"{at}/progress")
    worker.deliver(submission)
    pages += look(signed_in, f"{at}/progress", f"{at}/summary-served", "/case?type=served")
    pages += look(
        client_of(olive),
        "/admin/",
        "/admin/orders/submission/",
        f"/admin/orders/submission/{submission.pk}/change/",
        "/admin/audit/entry/",
    )
    assert pages.count(ESCAPED[0]) > 4


def test_hostile_cells_are_words_on_the_pages_of_an_upload(signed_in, sam, now):
    row = f'93559316,"{SCRIPT.replace(chr(34), chr(34) * 2)}","{IMAGE}",1,9,"{IMAGE}",x'
    upload = receive_upload(file=io.BytesIO(csv_of(row)), name=f"{SCRIPT}.csv", by=sam, now=now)
    pages = look(signed_in, "/upload-csv", f"/upload-csv/{upload.pk}")
    assert ESCAPED[1] in pages


def test_hostile_users_are_words(ada, client_of):
    user = UserFactory(first_name=SCRIPT, last_name=IMAGE, email="o'x\"@example.com")
    browser = client_of(ada)
    pages = look(
        browser, "/users", *(f"/users/{user.pk}/{page}" for page in ("view", "edit", "delete"))
    )
    assert pages.count(ESCAPED[0]) >= 4
    # Somebody signed in stands on every page.
    assert ESCAPED[0] in look(client_of(user), "/case")


@pytest.mark.parametrize("word", [SCRIPT, IMAGE, "javascript:ran=1", "\u202egnp.exe"])
def test_what_is_asked_for_and_typed_comes_back_as_words(signed_in, client, word):
    look(signed_in, f"/case?q={word}", f"/case?type={word}&page={word}", f"/report?x={word}")
    for address, field in (("/login", "email"), ("/user/password-reset/request", "email")):
        client.post(address, {field: f"{word} ", "password": "", "next": word})
    led = client.get("/login", {"next": word, "ended": word}).content.decode()
    assert "javascript:" not in led
