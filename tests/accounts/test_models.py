"""What the database and the session key promise about a user, whoever writes the row."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"email": "Sam@example.com"}, "user_email_lower_case"),
        ({"email": "ada@example.com"}, "email"),
        ({"role": "JUDGE"}, "user_role_known"),
    ],
)
def test_the_database_refuses_a_row_that_cannot_stand(sam, ada, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        User.objects.filter(pk=sam.pk).update(**wrong)


def test_a_new_secret_key_signs_nobody_out(settings, sam, client_of):
    browser = client_of(sam)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough to be one of ours"

    assert browser.get("/case").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "a third key, long enough to be one of ours"
    assert browser.get("/case").status_code == 302


def test_only_active_users_may_sign_in(sam):
    UserFactory(is_active=False)

    assert list(User.objects.active()) == [sam]


def test_an_administrator_is_known_by_the_role(sam, ada):
    assert (sam.is_administrator, ada.is_administrator) == (False, True)
