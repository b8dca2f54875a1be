"""Users in the Django admin: who gets in, what can be done, and that the services do it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

import audit
from accounts.models import User
from accounts.services.users import remove_user
from audit.models import Entry
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(olive, client_of):
    return client_of(olive)


def act(browser, action, *users):
    return browser.post(
        "/admin/accounts/user/",
        {"action": action, "_selected_action": [user.pk for user in users]},
        follow=True,
    )


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/login/"])
def test_a_stranger_comes_to_our_own_sign_in_page(client, path):
    response = client.get(path, follow=True)

    last, _status = response.redirect_chain[-1]
    assert last.startswith("/login?next=/admin/")
    assert "Sign in to Serve OPG" in response.content.decode()


def test_operations_sign_in_by_our_page_and_arrive(client, olive):
    SecondFactorFactory(user=olive)
    sign_in_page = client.get("/admin/accounts/user/", follow=True).redirect_chain[-1][0]

    code_page = client.post(sign_in_page, {"email": olive.email, "password": PASSWORD}).url
    response = client.post(code_page, {"code": code_of(olive)})

    assert response.url == "/admin/accounts/user/"
    assert client.get(response.url).status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/login/"])
@pytest.mark.parametrize("who", ["sam", "ada"])
def test_court_staff_are_told_that_it_is_not_for_them(request, client_of, path, who):
    response = client_of(request.getfixturevalue(who)).get(path, follow=True)

    assert response.status_code == 403
    assert "Only operations" in response.content.decode()


def test_django_staff_without_the_permission_see_no_users(sam, client_of):
    User.objects.filter(pk=sam.pk).update(is_staff=True)

    assert client_of(sam).get("/admin/accounts/user/").status_code == 403


def test_operations_find_a_user_and_read_the_page(operator, sam):
    found = operator.get("/admin/accounts/user/", {"q": "staff"}).content.decode()
    page = operator.get(f"/admin/accounts/user/{sam.pk}/change/")

    assert "sam@example.com" in found
    text = page.content.decode()
    assert (page.status_code, sam.password in text) == (200, False)
    editable = BeautifulSoup(text, "html.parser").select("#content-main input:not([type=hidden])")
    assert editable == []


def test_nothing_is_added_changed_or_deleted_there(operator, sam):
    change = operator.post(f"/admin/accounts/user/{sam.pk}/change/", {"first_name": "Other"})

    assert change.status_code == 403
    assert operator.get("/admin/accounts/user/add/").status_code == 403
    assert (
        operator.post(f"/admin/accounts/user/{sam.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    sam.refresh_from_db()
    assert sam.first_name == "Sam"


def test_operations_disable_and_enable_through_the_services(operator, sam, olive):
    said = act(operator, "disable", sam).content.decode()

    assert "Disabled sam@example.com." in said
    sam.refresh_from_db()
    assert not sam.is_active
    act(operator, "enable", sam)
    sam.refresh_from_db()
    assert sam.is_active
    assert list(Entry.objects.about(sam).values_list("event", "by_id")) == [
        (audit.Event.USER_DISABLED, olive.pk),
        (audit.Event.USER_ENABLED, olive.pk),
    ]


def test_operations_cannot_disable_themselves_or_the_last_administrator(operator, olive, ada):
    said = act(operator, "disable", olive, ada).content.decode()

    assert "You cannot disable your own account. Ask another administrator." in said
    assert "The last administrator cannot be disabled. Add another first." in said
    assert User.objects.active().count() == 2


def test_who_may_only_look_is_offered_no_action(sam, client_of):
    viewer = UserFactory(operations=True)
    group = viewer.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_user"))

    act(client_of(viewer), "disable", sam)

    sam.refresh_from_db()
    assert sam.is_active


def test_the_admin_signs_out_by_our_door(operator, olive):
    response = operator.post("/admin/logout/")

    assert response.url == "/login"
    assert Entry.objects.filter(event=audit.Event.USER_SIGNED_OUT, by_id=olive.pk).exists()
    assert Client().get("/admin/").status_code == 302


def test_the_admin_has_no_password_form_of_its_own(operator):
    assert operator.get("/admin/password_change/").url == "/user/password-reset/request"


def test_operations_signed_in_already_are_not_asked_again(operator):
    assert operator.get("/admin/login/").url == "/admin/"


def test_groups_are_not_edited_by_hand(operator):
    assert operator.get("/admin/auth/group/").status_code == 404


def test_operations_read_the_emails_and_change_none(operator, queue):
    mail = queue(email="stranger@example.com", reason="Notify answered 500")

    assert "stranger@example.com" in operator.get("/admin/accounts/mail/").content.decode()
    page = operator.get(f"/admin/accounts/mail/{mail.pk}/change/")
    assert "Notify answered 500" in page.content.decode()
    assert operator.post(f"/admin/accounts/mail/{mail.pk}/change/", {}).status_code == 403
    assert operator.post(f"/admin/accounts/mail/{mail.pk}/delete/", {}).status_code == 403
    assert operator.get("/admin/accounts/mail/add/").status_code == 403


def test_who_was_removed_is_not_among_the_users(operator, olive, sam):
    remove_user(user=sam, by=olive, now=timezone.now())

    assert "Sam" not in operator.get("/admin/accounts/user/").content.decode()
