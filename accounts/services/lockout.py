"""Counting tries to sign in, and who has to wait. The figures live in `accounts.lockout_rules`.

Failures are counted for each account and browser, so that a stranger who guesses locks out
themselves; docs/adr/0007 says why and what else is counted. Addresses of people and of machines are
stored as keyed hashes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

import audit
from accounts import lockout_rules
from accounts.lockout_rules import ONE_ADDRESS, ONE_BROWSER, UNKNOWN_BROWSERS, Tier
from accounts.models import FailedTries, User, tidy_email


@dataclass(frozen=True)
class Origin:
    """Where a try comes from: a network address and, if it is known, the browser's own name.

    `users` are the ids of those whom that browser has signed in before.
    """

    address: str
    browser: str = ""
    users: tuple[int, ...] = ()

    def knows(self, user: User | None) -> bool:
        """Whether this browser has signed this user in before."""
        return user is not None and bool(self.browser) and user.pk in self.users


@dataclass(frozen=True)
class Scope:
    """One thing that failures are counted for. `account` is empty where it is about no account."""

    key: str
    tiers: tuple[Tier, ...]
    account: str = ""


@dataclass(frozen=True)
class Count:
    """A counted try. `locked_until` holds if it fails; `begun_wait` only where that is news."""

    was_locked: bool
    locked_until: datetime | None
    begun_wait: timedelta | None


def password_scopes(*, email: str, user: User | None, origin: Origin) -> list[Scope]:
    """What a try with a password counts for. The first is this browser's own."""
    account = _hashed("account", tidy_email(email))
    if origin.knows(user):
        return [Scope(_hashed(account, "browser", origin.browser), ONE_BROWSER, account)]
    return [
        Scope(_hashed(account, "address", origin.address), ONE_BROWSER, account),
        Scope(_hashed(account, "unknown browsers"), UNKNOWN_BROWSERS, account),
        Scope(_hashed("address", origin.address), ONE_ADDRESS),
    ]


def code_scopes(*, user: User, origin: Origin) -> list[Scope]:
    """What a try with a code counts for: the password was right, so strangers do not come here."""
    account = _hashed("account", user.email)
    browser = origin.browser if origin.knows(user) else ""
    return [Scope(_hashed(account, "code", browser), ONE_BROWSER, account)]


def count_try(scopes: list[Scope], *, now: datetime) -> Count:
    """Count a try before it is looked at, as failed. `forgive` takes it back.

    Two tries at once are counted one after the other: the rows are held until each has its number.
    """
    by_key = {scope.key: scope for scope in scopes}
    with transaction.atomic():
        # In one order everywhere, so that nobody waits for each other; and in one go made or held.
        FailedTries.objects.bulk_create(
            [
                FailedTries(key=key, account=by_key[key].account, last_at=now)
                for key in sorted(by_key)
            ],
            update_conflicts=True,
            update_fields=["last_at"],
            unique_fields=["key"],
        )
        rows = FailedTries.objects.in_bulk(list(by_key), field_name="key")
        own, *wider = scopes
        counts = [_count(rows[own.key], own, now)]
        # What the browser's own wait refuses is not a guess: it makes nobody else wait.
        counts += [
            _standing(rows[scope.key], now)
            if counts[0].was_locked
            else _count(rows[scope.key], scope, now)
            for scope in wider
        ]
        FailedTries.objects.bulk_update(rows.values(), ["moments", "locked_until"])
    return Count(
        was_locked=any(one.was_locked for one in counts),
        locked_until=_latest([one.locked_until for one in counts]),
        begun_wait=max((one.begun_wait for one in counts if one.begun_wait), default=None),
    )


def forgive(scopes: list[Scope]) -> None:
    """A success: what failed in this browser before is forgotten."""
    FailedTries.objects.filter(key=scopes[0].key).delete()


def forget(*, user: User) -> int:
    """Forget every failure and end every wait of this account; how many counts that were."""
    deleted, _ = FailedTries.objects.filter(account=_hashed("account", user.email)).delete()
    return deleted


def unlock(*, user: User, by: User | None) -> bool:
    """Let somebody try again at once; False where nothing was counted."""
    with transaction.atomic():
        if not forget(user=user):
            return False
        audit.record(audit.Event.USER_UNLOCKED, by=by, subject=user)
    return True


def sweep_old(*, now: datetime) -> int:
    """Remove counts that no wait can come from any more; how many."""
    deleted, _ = FailedTries.objects.filter(last_at__lt=now - lockout_rules.LONGEST_WAIT).delete()
    return deleted


def _standing(row: FailedTries, now: datetime) -> Count:
    """The row as it stands: nothing is added."""
    until = row.locked_until if row.locked_until and row.locked_until > now else None
    return Count(was_locked=until is not None, locked_until=until, begun_wait=None)


def _count(row: FailedTries, scope: Scope, now: datetime) -> Count:
    """Add this try to the row, unsaved."""
    before = row.locked_until if row.locked_until and row.locked_until > now else None
    if before is not None and len(scope.tiers) == 1:
        # There is no longer wait to reach: those who try meanwhile do not prolong this one.
        return Count(was_locked=True, locked_until=before, begun_wait=None)
    earlier = row.moments
    row.moments = sorted([*earlier, now])[-lockout_rules.most_failures(scope.tiers) :]
    wait = lockout_rules.wait_after(row.moments, tiers=scope.tiers)
    last_wait = lockout_rules.wait_after(earlier, tiers=scope.tiers)
    row.locked_until = _latest([before, now + wait if wait else None])
    is_news = wait is not None and (before is None or last_wait is None or wait > last_wait)
    return Count(before is not None, row.locked_until, wait if is_news else None)


def _latest(moments: list[datetime | None]) -> datetime | None:
    return max((one for one in moments if one), default=None)


def _hashed(*parts: str) -> str:
    """Nobody can read from a row whose it is without the service's key."""
    return salted_hmac("accounts.lockout", "\0".join(parts), algorithm="sha256").hexdigest()
