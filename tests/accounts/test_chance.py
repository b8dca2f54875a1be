"""Keys of authenticator apps and recovery codes: long, and from the system's own chance."""

import base64
import random

import pytest
from django.utils import timezone

from accounts.services import second_factor

pytestmark = pytest.mark.django_db


def key_and_codes(user):
    """What one who sets up an app is shown, always after the same seed."""
    random.seed(1)
    key, now = second_factor.new_key(), timezone.now()
    code = second_factor.code_at(key=key, now=now)
    return key, second_factor.set_up(user=user, key=key, code=code, now=now)


def test_no_seed_repeats_a_key_or_a_recovery_code(ada, sam):
    (key, codes), (another_key, other_codes) = key_and_codes(ada), key_and_codes(sam)

    assert key != another_key
    assert len({*codes, *other_codes}) == 20


def test_a_key_has_160_bits_and_a_recovery_code_77(ada):
    key, codes = key_and_codes(ada)

    assert len(base64.b32decode(key)) == 20
    assert {len(code) for code in codes} == {16}
    assert len(second_factor.LETTERS) ** 16 >= 2**77
