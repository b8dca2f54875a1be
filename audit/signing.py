"""Lays down signed heads of the chain outside the database; `verify_audit` compares with them."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from audit.heads import HeadStore, HeadUnreadable, SignedHead, SignedLink, read_head
from audit.models import Head, Link

# About 200 bytes each: a head stays under a few megabytes.
LINKS_A_HEAD = 10_000


class HeadTaken(Exception):
    """Another object stands where this head belongs; its key."""


def keys_from_settings() -> list[str]:
    """The key that heads are signed with, then those that earlier ones were signed with."""
    return [settings.AUDIT_SIGNING_KEY, *settings.AUDIT_OLD_SIGNING_KEYS]


def sign_heads(*, store: HeadStore, keys: Sequence[str], now: dt.datetime) -> int:
    """Sign every link that no head covers yet, with the first of `keys`; how many links that were.

    The object comes first and its row second: after a crash in between the next run finds the same
    object, or lays down one that covers more. Raises the store's errors, and `HeadTaken`.
    """
    signed = 0
    while links := _unsigned():
        head = _head_of(links, now=now)
        _lay_down(head, store=store, keys=keys)
        with transaction.atomic():
            Head.objects.get_or_create(
                key=head.key, defaults={"position": head.position, "signed_at": now}
            )
        signed += len(links)
    return signed


def _unsigned() -> list[Link]:
    # Links become visible in order of their positions: each waits for the one before to commit.
    last = Head.objects.order_by("-id").values_list("position", flat=True).first() or 0
    links = Link.objects.filter(position__gt=last).order_by("position")
    return list(links[:LINKS_A_HEAD])


def _head_of(links: list[Link], *, now: dt.datetime) -> SignedHead:
    last = links[-1]
    return SignedHead(
        links=[_signed(link) for link in links],
        total=last.total or 0,
        at=(last.at or now).astimezone(dt.UTC).isoformat(),
        signed_at=now.astimezone(dt.UTC).isoformat(),
    )


def _signed(link: Link) -> SignedLink:
    numbers = (link.position or 0, link.batch_id, link.last_id, link.entries)
    return SignedLink(*numbers, bytes(link.digest), bytes(link.hash or b""))


def _lay_down(head: SignedHead, *, store: HeadStore, keys: Sequence[str]) -> None:
    """Never over another. What an interrupted run left there must be a head of these links."""
    if store.save_once(head.key, head.signed(keys[0])):
        return
    try:
        left = read_head(store.find(head.key) or b"", keys=keys)
    except HeadUnreadable as error:
        raise HeadTaken(head.key) from error
    if left.links[-1] != head.links[-1] or left.links[0].position > head.links[0].position:
        raise HeadTaken(head.key)
