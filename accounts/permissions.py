"""What operations may do in the Django admin: one group, by name. Roles live in `models`."""

from typing import TYPE_CHECKING, Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db.models import Q

if TYPE_CHECKING:  # the app is being set up when this module is first read: no models yet
    from django.contrib.auth.models import Group

OPERATIONS = "Operations"

# "<app>.<codename>". Those of rooms above this one are words to us, not imports.
OPERATIONS_MAY = (
    "accounts.view_user",
    "accounts.view_mail",
    "accounts.change_user",  # disable, and let in again; nothing else can be changed there
    "audit.view_entry",
    "csv_ingest.view_upload",
    "csv_ingest.view_removal",
    "orders.view_case",
    "orders.view_order",
    "orders.view_deputy",
    "orders.view_document",
    "orders.view_submission",
    "orders.view_attempt",
    "orders.view_sendingswitch",
    "orders.operate_submission",
)


def operations_group(*, apps: Apps = current_apps) -> "Group":
    """The group of operations, made and brought in line with `OPERATIONS_MAY`.

    A name that no app has made yet is left out until the migration that makes it has run.
    """
    group: Group
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=OPERATIONS)
    wanted = Q(pk__in=[])
    for name in OPERATIONS_MAY:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    group.permissions.set(apps.get_model("auth", "Permission").objects.filter(wanted))
    return group


def follow_release(*, apps: Apps = current_apps, **_signal: Any) -> None:
    """After a migration: the group follows the list above, once `auth` has its tables."""
    if apps.all_models.get("auth"):
        operations_group(apps=apps)
