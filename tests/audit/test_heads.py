"""Signed heads: what they prove, and what is said of those that are gone, forged or two-tongued."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from audit.guards import TRIGGERS
from audit.heads import HeadUnreadable, _signature, read_head
from audit.models import Head
from audit.signing import HeadTaken, sign_heads
from filestore import WriteOnceBucket
from tests.audit.conftest import KEY

pytestmark = pytest.mark.django_db(transaction=True)


def switch_off(superuser):
    for table, trigger in sorted(TRIGGERS):
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def switch_on(superuser):
    for table, trigger in sorted(TRIGGERS):
        superuser.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def kinds(report):
    return [str(finding.kind) for finding in report.findings]


def test_each_head_covers_what_was_written_since_the_one_before(write, sign, shelf):
    write(1, 2)
    sign()
    write(1)
    sign()
    assert sign() == 0
    heads = [read_head(shelf.objects[key], keys=[KEY]) for key in shelf.keys("heads/")]
    assert [[link.position for link in head.links] for head in heads] == [[1, 2], [3]]
    assert [head.total for head in heads] == [3, 4]
    assert list(Head.objects.values_list("key", flat=True)) == list(shelf.keys("heads/"))


def test_a_head_without_its_row_is_found_again_and_not_written_over(write, sign, shelf, verified):
    write(1)
    now = timezone.now()
    store = Forgetful(shelf)
    with pytest.raises(ConnectionError):
        sign_heads(store=store, keys=[KEY], now=now)
    assert len(shelf.objects) == 1
    assert not Head.objects.exists()
    kept = dict(shelf.objects)
    assert sign() == 1
    assert shelf.objects == kept
    assert verified().is_sound


class Forgetful:
    """Stores, and is cut off before it can say so."""

    def __init__(self, shelf):
        self._shelf = shelf

    def save_once(self, key, content):
        self._shelf.save_once(key, content)
        raise ConnectionError


def test_nothing_is_laid_over_an_object_that_is_no_head(write, sign, shelf, superuser):
    write(1)
    sign()
    [key] = shelf.objects
    shelf.objects = {key: b"{}"}
    switch_off(superuser)
    superuser.execute("DELETE FROM audit_head")
    with pytest.raises(HeadTaken):
        sign()
    switch_on(superuser)
    assert shelf.objects == {key: b"{}"}


def test_nothing_is_laid_over_a_head_that_tells_the_last_link_otherwise(write, sign, shelf):
    write(1)
    with pytest.raises(ConnectionError):
        sign_heads(store=Forgetful(shelf), keys=[KEY], now=timezone.now())
    [(key, content)] = shelf.objects.items()
    told = json.loads(content)
    told["links"][-1][4] = "00" * 32
    del told["signature"]
    shelf.objects[key] = json.dumps({**told, "signature": _signature(told, KEY)}).encode()
    with pytest.raises(HeadTaken):
        sign()


def test_nothing_is_laid_over_a_head_that_leaves_earlier_links_out(write, sign, shelf):
    """Taken for the head of all of them, it would leave those unsigned for ever."""
    for _ in range(2):
        write(1)
    with pytest.raises(ConnectionError):
        sign_heads(store=Forgetful(shelf), keys=[KEY], now=timezone.now())
    [(key, content)] = shelf.objects.items()
    told = json.loads(content)
    del told["links"][0], told["signature"]
    shelf.objects[key] = json.dumps({**told, "signature": _signature(told, KEY)}).encode()
    with pytest.raises(HeadTaken):
        sign()


def test_a_head_that_was_removed_is_missed(write, sign, shelf, verified):
    for _ in range(3):
        write(1)
        sign()
    first, middle, last = sorted(shelf.objects)
    for gone, expected in (
        (middle, ["head missing", "head missing"]),
        (first, ["head missing", "head missing"]),
        (last, ["head missing"]),
    ):
        content = shelf.objects.pop(gone)
        report = verified()
        assert kinds(report) == expected
        assert any(gone in finding.words for finding in report.findings)
        shelf.objects[gone] = content
    assert verified().is_sound


def test_a_head_with_one_letter_changed_is_a_forgery(write, sign, shelf, verified):
    write(1)
    sign()
    [(key, content)] = shelf.objects.items()
    for name, value in (("position", 2), ("total", 9), ("at", "2020-01-01"), ("signature", "00")):
        shelf.objects[key] = json.dumps({**json.loads(content), name: value}).encode()
        report = verified()
        assert kinds(report)[0] == "head forged", name
        assert key in report.findings[0].words
    for noise in (b"", b"{}", b"[]", b"\xff", b'{"signature": 1, "links": [1]}'):
        shelf.objects[key] = noise
        assert kinds(verified())[0] == "head forged", noise


@pytest.mark.parametrize("told", [{"position": 7}, {"hash": "00" * 32}, {"links": []}])
def test_a_head_that_contradicts_itself_is_none_whoever_signed_it(write, sign, shelf, told):
    write(1)
    sign()
    [content] = shelf.objects.values()
    head = {**json.loads(content), **told}
    del head["signature"]
    signed = {**head, "signature": _signature(head, KEY)}
    with pytest.raises(HeadUnreadable, match="does not hold together"):
        read_head(json.dumps(signed).encode(), keys=[KEY])


def test_a_head_under_another_name_is_a_forgery(write, sign, shelf, verified):
    write(1)
    sign()
    [content] = shelf.objects.values()
    shelf.objects["heads/000000000000009-0000000000000000.json"] = content
    assert kinds(verified()) == ["head forged"]


def test_heads_of_an_earlier_key_are_still_read(write, sign, verified):
    write(1)
    sign(keys=("the old key",))
    write(1)
    sign()
    assert verified(keys=(KEY, "the old key")).is_sound
    assert kinds(verified()) == ["head forged", "head missing"]


def test_without_a_key_nothing_is_read(write, sign, shelf):
    write(1)
    sign(keys=("",))
    [content] = shelf.objects.values()
    with pytest.raises(HeadUnreadable, match="not among ours"):
        read_head(content, keys=[""])


def test_two_histories_are_told(write, sign, shelf, verified, superuser):
    """As after a restore to an earlier moment, with work done since."""
    write(1)
    write(1)
    sign()
    switch_off(superuser)
    superuser.execute("DELETE FROM audit_link WHERE position = 2")
    superuser.execute("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    superuser.execute("DELETE FROM audit_head")
    switch_on(superuser)
    write(1)
    sign()
    words = " ".join(finding.words for finding in verified().findings)
    assert "two histories" in words


def test_what_waits_too_long_to_be_signed_is_told(write, sign, verified):
    write(1)
    sign()
    write(2)
    assert verified().is_sound
    later = verified(now=timezone.now() + dt.timedelta(minutes=16))
    assert kinds(later) == ["unsigned"]
    assert (later.findings[0].first_link, later.findings[0].last_link) == (2, 2)


def test_real_bucket_takes_each_key_once():
    bucket = WriteOnceBucket.audit_from_settings()
    key = f"trial/{timezone.now().timestamp()}"
    assert bucket.find(key) is None
    assert bucket.save_once(key, b"first")
    assert not bucket.save_once(key, b"second")
    assert bucket.find(key) == b"first"
    assert key in list(bucket.keys("trial/"))
