"""Rows held while something is decided about them.

Held without their key, so that others may meanwhile write rows that refer to them.
"""

from accounts.models import Role, User


def lock_user(user: User) -> None:
    """Hold the row and read it again: what follows builds on what stands there now."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))


def lock_active_administrators() -> set[int]:
    """Those who can manage users. Two who disable each other at once must not both succeed.

    Whoever has still to use the activation link keeps no door open.
    """
    locked = User.objects.active().activated().filter(role=Role.ADMINISTRATOR).order_by("pk")
    return set(locked.select_for_update(no_key=True).values_list("pk", flat=True))
