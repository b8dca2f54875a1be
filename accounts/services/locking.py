"""Rows held while something is decided about them."""

from accounts.models import Role, User


def lock_user(user: User) -> None:
    """Hold the row and read it again: what follows builds on what stands there now."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update())


def lock_active_administrators() -> set[int]:
    """Two administrators who disable each other at once must not both succeed."""
    locked = User.objects.active().filter(role=Role.ADMINISTRATOR).order_by("pk")
    return set(locked.select_for_update().values_list("pk", flat=True))
