"""Who may come in: the User row and its constraints. What changes a user lives in `services`."""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


def tidy_email(email: str) -> str:
    """The form in which an address is stored and looked up: no spaces around it, lower case."""
    return email.strip().lower()


class Role(models.TextChoices):
    """What a member of the court's staff may do. Operations are `is_staff` besides."""

    CASE_MANAGER = "CASE_MANAGER", "Case manager"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


class UserQuerySet(models.QuerySet["User"]):
    """Narrowings of the users."""

    def active(self) -> "UserQuerySet":
        """Users who may sign in."""
        return self.filter(is_active=True)

    def with_email(self, email: str) -> "UserQuerySet":
        """The user of an address, at most one; capitals and spaces around it don't matter."""
        return self.filter(email=tidy_email(email))


class UserAccounts(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """`User.objects`. It creates nobody: `accounts.services.users.create_user` does."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Django's own look-up at sign-in. Raises `User.DoesNotExist`."""
        user: User = self.with_email(username or "").get()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff; the email address is the name they sign in with."""

    Role = Role

    email = models.EmailField("email address", max_length=254, unique=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("operations", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # A session carries the number that stood here when it began; another number ends it.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name", "role"]

    objects = UserAccounts()

    class Meta:
        ordering = ["email"]
        constraints = [
            # Together with the unique index this makes addresses unique in any case.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name, as pages show them."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_administrator(self) -> bool:
        """Whether this user also manages users."""
        return self.role == Role.ADMINISTRATOR

    def clean(self) -> None:
        """Bring the address to the form in which it is stored."""
        super().clean()
        self.email = tidy_email(self.email)

    def get_session_auth_hash(self) -> str:
        """What a session must carry to stay valid: changes with the password and the generation."""
        return f"{super().get_session_auth_hash()}:{self.session_generation}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each earlier secret key, so that a new key signs nobody out."""
        for earlier in super().get_session_auth_fallback_hash():
            yield f"{earlier}:{self.session_generation}"
