"""Rows for tests. A test names only what it is about; the rest is filled in."""

import factory
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from accounts.models import Role, SecondFactor, User
from accounts.permissions import operations_group
from accounts.services.second_factor import code_at

PASSWORD = "correct horse battery"


class QuickHasher(PBKDF2PasswordHasher):
    """The real algorithm, so that a real web process can check it too, with one round of it."""

    iterations = 1


class UserFactory(factory.django.DjangoModelFactory):
    """A case manager whose password is `PASSWORD`; `operations=True` makes one of operations."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        operations = factory.Trait(is_staff=True)
        administrator = factory.Trait(role=Role.ADMINISTRATOR)

    first_name = "Robin"
    last_name = factory.Sequence(lambda n: f"Clerk{n}")
    email = factory.LazyAttribute(lambda user: f"{user.last_name.lower()}@example.com")
    role = Role.CASE_MANAGER
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def join_operations(user, create, _extracted, **_options):
        """As `accounts.services.users.create_user` does."""
        if create and user.is_staff:
            user.groups.add(operations_group())


class SecondFactorFactory(factory.django.DjangoModelFactory):
    """An authenticator app that has been set up; `code_of` is what it shows."""

    class Meta:
        model = SecondFactor

    user = factory.SubFactory(UserFactory)
    key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    last_step = 0
    set_up_at = factory.LazyFunction(timezone.now)


def code_of(user, *, now=None):
    """What the user's authenticator app shows now, or at another moment."""
    return code_at(key=user.second_factor.key, now=now or timezone.now())
