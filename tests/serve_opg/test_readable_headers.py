"""Headers that nobody can read: the answer is as if they had not been sent, and never a fault."""

from urllib.parse import urlencode

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
# The first two are the names of nothing; in the others no text is written, or none like ours.
LETTERS = (
    *("foo", "", "hex", "base64", "rot13", "zlib", "undefined", "idna", "punycode"),
    *("unicode_escape", "raw_unicode_escape", "utf-16", "us-ascii"),
)
UNREADABLE = ("text/plain; a*=foo''x", "text/plain; a*=undefined''%ff")
KINDS = (*UNREADABLE, *(f"text/plain; charset={name}" for name in LETTERS))
ACCEPTED = ("text/html; a*=foo''x", "text/html, x/y; a*=undefined''%ff", "*", ";;,,=;q=x")
DEPUTY = {"first_name": "Dana", "last_name": "Deputy", "then": "continue"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_body_is_said_to_be_breaks_no_page(wsgi_status, client, signed_in, kind):
    assert wsgi_status(client, "/health-check", kind=kind) == 200
    assert wsgi_status(client, "/x?q=%ff", kind=kind) == 404
    assert wsgi_status(signed_in, "/case?q=ab%5Cud800cd", kind=kind) == 200
    assert wsgi_status(client, "/case", kind=kind, HTTP_HOST="evil.example") == 400


@pytest.mark.parametrize("letters", LETTERS)
def test_a_form_in_letters_that_are_not_ours_is_no_form(wsgi_status, client, letters):
    kind = f"multipart/form-data; boundary={BOUNDARY}; charset={letters}"
    form = encode_multipart(BOUNDARY, {"email": "Al\\ud800", "password": "x"})
    assert wsgi_status(client, "/login", body=form, kind=kind) == 200


@pytest.mark.parametrize("letters", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_form_in_our_letters_is_read(wsgi_status, signed_in, pending_order, letters):
    order = pending_order()
    address = f"/order/{order.pk}/deputy/add?deputyType=LAY"
    kind = f"{FORM}; charset={letters}"
    assert wsgi_status(signed_in, address, body=urlencode(DEPUTY).encode(), kind=kind) == 302
    assert order.deputies.get().last_name == "Deputy"


@pytest.mark.parametrize("accepted", ACCEPTED)
@pytest.mark.parametrize("kind", [FORM, MULTIPART_CONTENT])
def test_what_was_done_is_not_told_as_a_fault(
    wsgi_status, signed_in, pending_order, accepted, kind
):
    """Which answer the browser prefers is asked after the work."""
    order = pending_order()
    body = urlencode(DEPUTY).encode() if kind == FORM else encode_multipart(BOUNDARY, DEPUTY)
    status = wsgi_status(
        signed_in,
        f"/order/{order.pk}/deputy/add?deputyType=LAY",
        body=body,
        kind=kind,
        HTTP_ACCEPT=accepted,
    )
    assert status == 302
    assert order.deputies.count() == 1
