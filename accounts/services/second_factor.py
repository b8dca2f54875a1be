"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes without it."""

import base64
import hashlib
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django_otp.oath import TOTP

import audit
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services.locking import lock_user
from accounts.services.users import ChangeRefused, refuse_for_operations

STEP_SECONDS = 30
DRIFT_STEPS = 1
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16
# Without what is easily misread: 0 O, 1 I L, U V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
ISSUER = "Serve OPG"


class CodeRefused(Exception):
    """The code is wrong, was used before, or its time is over: callers are not told which."""


class AlreadySetUp(Exception):
    """Another tab was faster."""


class ResetRefused(ChangeRefused):
    """This second factor must stay: `str()` is the reason, in words."""


def is_needed_from_settings(user: User) -> bool:
    """Whether this user must give a code besides the password (behaviour, 8)."""
    return bool(user.is_administrator or user.is_staff or settings.SECOND_FACTOR_FOR_ALL)


def has_app(user: User) -> bool:
    """Whether an authenticator app has been set up."""
    return SecondFactor.objects.filter(user=user).exists()


def new_key() -> str:
    """A key to share with an app: 20 random bytes in base 32, 32 characters."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def app_address(*, user: User, key: str) -> str:
    """What the square says to the app: the key, and the name under which the app lists it."""
    label = quote(f"{ISSUER}:{user.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': ISSUER}, quote_via=quote)}"


def code_at(*, key: str, now: datetime) -> str:
    """The code that an app with this key shows."""
    return f"{_totp(key, now).token():0{DIGITS}d}"


def set_up(*, user: User, key: str, code: str, now: datetime) -> list[str]:
    """Take the app that shows this code; gives the recovery codes, which nobody can read later.

    Raises `CodeRefused` and `AlreadySetUp`.
    """
    step = _matching_step(key, code, now=now, after=-1)
    if step is None:
        raise CodeRefused
    with transaction.atomic():
        _insert(SecondFactor(user=user, key=key, last_step=step, set_up_at=now))
        codes = _make_recovery_codes(user)
        audit.record(audit.Event.SECOND_FACTOR_SET_UP, by=user, subject=user)
    return codes


def use_code(*, user: User, code: str, now: datetime) -> None:
    """Take a code of the user's app, once. Raises `CodeRefused`."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None:
            raise CodeRefused
        step = _matching_step(factor.key, code, now=now, after=factor.last_step)
        if step is None:
            raise CodeRefused
        factor.last_step = step
        factor.save(update_fields=["last_step"])


def use_recovery_code(*, user: User, code: str) -> int:
    """Take a recovery code, once; how many are left. Raises `CodeRefused`."""
    with transaction.atomic():
        # Of two at once, one deletes the row and the other finds none.
        used, _ = RecoveryCode.objects.filter(user=user, hashed=_hashed(user, code)).delete()
        if not used:
            raise CodeRefused
        left = RecoveryCode.objects.filter(user=user).count()
        audit.record(audit.Event.RECOVERY_CODE_USED, by=user, subject=user, left=left)
    return left


def reset(*, user: User, by: User | None) -> bool:
    """Forget the user's app and recovery codes, and end their sessions: they set up another.

    False where there was none. Raises `ResetRefused` for one's own, and `ChangeRefused` for that of
    operations, unless one of them asks.
    """
    if by is not None and by.pk == user.pk:
        whom = "somebody else of operations" if user.is_staff else "another administrator"
        raise ResetRefused(f"You cannot reset your own authenticator app. Ask {whom}.")
    with transaction.atomic():
        lock_user(user)
        refuse_for_operations(user, by=by)
        deleted, _ = SecondFactor.objects.filter(user=user).delete()
        if not deleted:
            return False
        RecoveryCode.objects.filter(user=user).delete()
        user.session_generation += 1
        user.save(update_fields=["session_generation"])
        told = audit.after(user, "session_generation")
        audit.record(audit.Event.SECOND_FACTOR_RESET, by=by, subject=user, images=told)
    return True


def _make_recovery_codes(user: User) -> list[str]:
    codes = [
        "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, hashed=_hashed(user, code)) for code in codes]
    )
    return codes


def _hashed(user: User, code: str) -> str:
    """78 random bits need no slow hash; the id keeps equal codes of two people apart."""
    return hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()


def _totp(key: str, now: datetime) -> TOTP:
    totp = TOTP(base64.b32decode(key), step=STEP_SECONDS, digits=DIGITS)
    totp.time = now.timestamp()
    return totp


def _matching_step(key: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, later than the last one used, give or take a step of drift."""
    totp = _totp(key, now)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    if not totp.verify(int(code), tolerance=DRIFT_STEPS, min_t=after + 1):
        return None
    step: int = totp.t()
    return step


def _insert(factor: SecondFactor) -> None:
    try:
        with transaction.atomic():
            factor.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySetUp from error
