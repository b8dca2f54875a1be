"""Accounts: made, changed, disabled, let in again, removed. Who may ask is the doors' rule."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

import audit
from accounts.models import RecoveryCode, Role, SecondFactor, User, tidy_email
from accounts.permissions import operations_group
from accounts.services import lockout
from accounts.services.links import void_links
from accounts.services.locking import lock_active_administrators, lock_user
from accounts.services.mails import request_link
from accounts.services.passwords import choose_password

# Where the addresses of removed users lead: nowhere (RFC 2606).
REMOVED_DOMAIN = "removed.invalid"


class EmailTaken(Exception):
    """The address already has an account."""


class ChangeRefused(Exception):
    """This user must stay as they are: `str()` is the reason, in words."""


class DisablingRefused(ChangeRefused):
    """This user must stay: `str()` is the reason, in words."""


def create_user(
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role | str,
    password: str | None,
    by: User | None,
    now: datetime,
    is_staff: bool = False,
) -> User:
    """Make an account; `is_staff` makes the person one of operations, with their permissions.

    Without a password the person is sent a link to choose one, and cannot sign in before. Raises
    `ValidationError` (a name is empty or too long, the address is none, the role is unknown),
    `PasswordRefused` and `EmailTaken`.
    """
    user = User(is_staff=is_staff, created_at=now)
    _fill_in(user, email=email, first_name=first_name, last_name=last_name, role=role)
    if password is None:
        user.set_unusable_password()
    else:
        choose_password(user, password)
    with transaction.atomic():
        _insert(user)
        if is_staff:
            user.groups.add(operations_group())
        audit.record(
            audit.Event.USER_CREATED,
            by=by,
            subject=user,
            role=user.role,
            operations=is_staff,
            images=audit.whole(user),
        )
        if password is None:
            request_link(user=user, by=by, now=now)
    return user


def change_user(
    *,
    user: User,
    email: str,
    first_name: str,
    last_name: str,
    role: Role | str,
    by: User | None,
    now: datetime,
) -> User:
    """Change details; what stays the same changes nothing. The diary gets each before and after.

    Another address ends the user's sessions, and links that went to the old one; somebody who has
    yet to activate gets another link. Raises `ValidationError`, `EmailTaken` and `ChangeRefused`.
    """
    with transaction.atomic():
        administrators = lock_active_administrators()
        lock_user(user)
        before = _details(user)
        old = User(pk=user.pk, email=user.email)
        _fill_in(user, email=email, first_name=first_name, last_name=last_name, role=role)
        changed = {
            name: [was, value]
            for name, value in _details(user).items()
            if (was := before[name]) != value
        }
        if not changed:
            return user
        refuse_for_operations(user, by=by)
        if "role" in changed:
            _keep_administrator(user, administrators, by=by)
        if "email" in changed:
            void_links(old)
            user.session_generation += 1
        _update(user)
        told = audit.after(user, *changed, "session_generation")
        audit.record(audit.Event.USER_CHANGED, by=by, subject=user, images=told, **changed)
        if "email" in changed and user.is_active and user.is_waiting:
            request_link(user=user, by=by, now=now)
    return user


def disable_user(*, user: User, by: User | None) -> User:
    """Let the user in no more, and end their sessions and links. Again, it changes nothing.

    Raises `DisablingRefused` for oneself and for the last administrator.
    """
    if by is not None and by.pk == user.pk:
        raise DisablingRefused("You cannot disable your own account. Ask another administrator.")
    with transaction.atomic():
        administrators = lock_active_administrators()
        lock_user(user)
        if not user.is_active:
            return user
        if administrators == {user.pk}:
            raise DisablingRefused("The last administrator cannot be disabled. Add another first.")
        user.is_active = False
        user.session_generation += 1
        user.save(update_fields=["is_active", "session_generation"])
        void_links(user)
        told = audit.after(user, "is_active", "session_generation")
        audit.record(audit.Event.USER_DISABLED, by=by, subject=user, images=told)
    return user


def enable_user(*, user: User, by: User | None) -> User:
    """Let the user in again, with the password they had. Doing it again changes nothing.

    Raises `ChangeRefused` for operations, and for somebody who was removed.
    """
    with transaction.atomic():
        lock_user(user)
        if user.is_active:
            return user
        if user.removed_at is not None:
            raise ChangeRefused("This user was removed. Add them again.")
        refuse_for_operations(user, by=by)
        user.is_active = True
        user.save(update_fields=["is_active"])
        told = audit.after(user, "is_active")
        audit.record(audit.Event.USER_ENABLED, by=by, subject=user, images=told)
    return user


def remove_user(*, user: User, by: User | None, now: datetime) -> User:
    """Take the user off the list for good; their address can be used again. Again: changes nothing.

    The row and the name stay, for documents and submissions name their people. The diary keeps the
    address. Raises `ChangeRefused` for oneself, operations and the last administrator.
    """
    if by is not None and by.pk == user.pk:
        raise ChangeRefused("You cannot remove your own account. Ask another administrator.")
    with transaction.atomic():
        administrators = lock_active_administrators()
        lock_user(user)
        if user.removed_at is not None:
            return user
        refuse_for_operations(user, by=by)
        if administrators == {user.pk}:
            raise ChangeRefused("The last administrator cannot be removed. Add another first.")
        void_links(user)
        lockout.forget(user=user)
        email = user.email
        _strip(user, now=now)
        told = audit.after(user)
        audit.record(audit.Event.USER_REMOVED, by=by, subject=user, email=email, images=told)
    return user


def _strip(user: User, *, now: datetime) -> None:
    """Leave nothing that opens a door."""
    user.removed_at = now
    user.is_active = user.is_staff = False
    user.email = f"removed-{user.pk}@{REMOVED_DOMAIN}"
    user.session_generation += 1
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def refuse_address_of_removed(email: str) -> None:
    """Raises `ValidationError`: somebody with such an address would keep a user from being removed.

    `email` is tidy.
    """
    if email.endswith(f"@{REMOVED_DOMAIN}"):
        raise ValidationError(
            "Email address must not end in removed.invalid, which is for users who were removed"
        )


def refuse_for_operations(user: User, *, by: User | None) -> None:
    """Who runs the service is not managed by those who use it; to stop one, disabling will do."""
    if user.is_staff and by is not None and not by.is_staff:
        raise ChangeRefused("This is an account of operations. Only they can change it.")


def _keep_administrator(user: User, administrators: set[int], *, by: User | None) -> None:
    """`administrators` were locked before the change."""
    if by is not None and by.pk == user.pk:
        raise ChangeRefused("You cannot change your own role. Ask another administrator.")
    if administrators == {user.pk}:
        raise ChangeRefused("The last administrator cannot be changed. Add another first.")


def _details(user: User) -> dict[str, str]:
    names = ("email", "first_name", "last_name", "role")
    return {name: str(getattr(user, name)) for name in names}


def _fill_in(user: User, *, email: str, first_name: str, last_name: str, role: Role | str) -> None:
    """Raises `ValidationError`. Uniqueness is left to the database: only it can answer for two
    requests at once.
    """
    user.email = tidy_email(email)
    user.first_name = first_name.strip()
    user.last_name = last_name.strip()
    user.role = role
    user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    refuse_address_of_removed(user.email)


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # The fields were checked before: the one thing left to break is the unique address.
        raise EmailTaken("That email address already has an account.") from error


def _update(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=[*_details(user), "session_generation"])
    except IntegrityError as error:
        raise EmailTaken("That email address already has an account.") from error
