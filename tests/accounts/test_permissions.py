"""The group of operations: what it may do, and that it follows the release."""

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission

from accounts.permissions import OPERATIONS, OPERATIONS_MAY, follow_release, operations_group

pytestmark = pytest.mark.django_db


def names_of(group):
    return {
        f"{app}.{codename}"
        for app, codename in group.permissions.values_list("content_type__app_label", "codename")
    }


def test_the_group_stands_after_the_migrations_with_every_permission_of_the_list():
    assert names_of(Group.objects.get(name=OPERATIONS)) == set(OPERATIONS_MAY)


def test_operations_may_look_and_act_but_not_add_change_or_delete_rows():
    verbs = {name.split(".")[1].split("_")[0] for name in OPERATIONS_MAY}

    assert verbs == {"view", "operate", "change"}
    assert [name for name in OPERATIONS_MAY if ".change_" in name] == ["accounts.change_user"]


def test_a_migration_brings_the_group_back_in_line():
    group = operations_group()
    group.permissions.set([Permission.objects.get(codename="delete_user")])

    follow_release()

    assert names_of(group) == set(OPERATIONS_MAY)
    assert Group.objects.count() == 1


def test_a_migration_before_the_tables_of_auth_does_nothing():
    Group.objects.all().delete()

    follow_release(apps=Apps())

    assert not Group.objects.exists()
