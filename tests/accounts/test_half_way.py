"""A sign-in of which the password was right ends with that password, session or second factor."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts import half_way
from accounts.models import RecoveryCode, User
from accounts.services import passwords, second_factor, sessions, users
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory, code_of

pytestmark = pytest.mark.django_db

NEW = "another password of hers"


@pytest.fixture
def app(ada):
    """Ada's authenticator app."""
    return SecondFactorFactory(user=ada)


# What ends each session of Ada ends a sign-in that is half way too.
ENDINGS = {
    "a new password": lambda ada: passwords.set_password(user=ada, password=NEW, by=None),
    "signing out elsewhere": lambda ada: sessions.sign_out(user=ada),
    "a reset of the second factor": lambda ada: second_factor.reset(user=ada, by=None),
    "being disabled": lambda ada: users.disable_user(user=ada, by=None),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("page", ["/login/code", "/login/recovery-code", "/login/set-up-code"])
def test_the_right_code_lets_nobody_in_who_was_half_way_before(client, ada, app, end, page):
    UserFactory(administrator=True)
    assert client.post("/login", {"email": ada.email, "password": PASSWORD}).status_code == 302
    recovery = second_factor._make_recovery_codes(ada)[0]
    code = recovery if page == "/login/recovery-code" else code_of(ada)
    end(ada)

    answer = client.post(page, {"code": code})

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/login")
    assert client.get("/case").url.startswith("/login?")
    ada.refresh_from_db()
    assert ada.last_login is None


def test_whoever_was_disabled_is_not_half_way_in_any_more(client, ada, app):
    """Whatever else changes with it."""
    client.post("/login", {"email": ada.email, "password": PASSWORD})
    request = SimpleNamespace(session=client.session)
    assert half_way.find_user(request, now=timezone.now()) == ada
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert half_way.find_user(request, now=timezone.now()) is None


def test_a_new_app_is_not_set_up_by_who_was_half_way_before(client, ada):
    """The key on the page is theirs; the password that led to it is not good any more."""
    address = client.post("/login", {"email": ada.email, "password": PASSWORD}).url
    client.get(address)
    key = client.session["half_way"]["key"]
    passwords.set_password(user=ada, password=NEW, by=None)

    client.post(address, {"code": second_factor.code_at(key=key, now=timezone.now())})

    assert not second_factor.has_app(ada)
    assert not RecoveryCode.objects.exists()
