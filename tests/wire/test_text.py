"""What others send may be stored, whatever is in it."""

import pytest
from django.db import connection

from wire.text import storable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["a\0b", "a\ud83db", "a\udc00\ud800b", "Zoë \U0001f600\n\t\x01"])
def test_what_was_made_storable_is_stored(text):
    kept = storable(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [kept])
        assert cursor.fetchone()[0] == kept
    assert len(kept) == len(text)


def test_what_could_be_stored_stays():
    for text in ("", "Zoë \U0001f600", "\t\r\n\x01\x7f\u2028\uffff"):
        assert storable(text) == text
