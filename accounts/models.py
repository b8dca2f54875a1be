"""Who may come in: the User row and its constraints. What changes a user lives in `services`."""

from collections.abc import Iterator

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

LONGEST_EMAIL = 254  # characters (RFC 5321)


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

    def present(self) -> "UserQuerySet":
        """Everybody but those who were removed: their rows stay for what they did."""
        return self.filter(removed_at__isnull=True)

    def activated(self) -> "UserQuerySet":
        """Users who have chosen a password."""
        return self.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

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

    email = models.EmailField("email address", max_length=LONGEST_EMAIL, unique=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("operations", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # A session carries the number that stood here when it began; another number ends it.
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    # Documents and submissions name their people for ever: a removed user keeps the row and the
    # name, and gives the address back.
    removed_at = models.DateTimeField(null=True, editable=False)

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
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(is_active=False),
                name="user_removed_stays_out",
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

    @property
    def is_waiting(self) -> bool:
        """Whether the activation link has still to be used."""
        return not self.has_usable_password()

    @property
    def status(self) -> str:
        """The state of the account in words, as the users' pages show it."""
        if self.removed_at is not None:
            return "Removed"
        if not self.is_active:
            return "Disabled"
        return "Waiting for activation" if self.is_waiting else "Active"

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


class LinkKind(models.TextChoices):
    """What a link by email is for; the mail and the link share it."""

    ACTIVATION = "ACTIVATION", "Activation email"
    RESET = "RESET", "Password reset email"


class Link(models.Model):
    """A single-use way to a new password. The token itself stands in the email and nowhere else."""

    Kind = LinkKind

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=20, choices=LinkKind)
    token_hash = models.CharField("SHA-256 of the token", max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=LinkKind.values), name="link_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} link of user {self.user_id}"


class Mail(models.Model):
    """One email to send: the row is the queue (ADR 0001). Holds neither link nor token.

    `user` is empty until the worker has looked the address up: whoever asks for a reset is told the
    same, after the same work, whether or not we know the address.
    """

    Kind = LinkKind

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "QUEUED", "Waiting to be sent"
        SENT = "SENT", "Sent"
        REFUSED = "REFUSED", "Refused"
        DROPPED = "DROPPED", "Not needed"

    kind = models.CharField(max_length=20, choices=LinkKind)
    email = models.CharField("email address, tidied", max_length=LONGEST_EMAIL)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="mails")
    requested_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="mails_requested"
    )
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    # Counts the claims, and tells them apart: only the newest one settles the row.
    attempts = models.PositiveIntegerField(default=0)
    # While a worker has it, the end of that worker's lease.
    next_attempt_at = models.DateTimeField()
    reason = models.CharField("why it was not sent", max_length=500, blank=True)
    notify_id = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=LinkKind.values), name="mail_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["QUEUED", "SENT", "REFUSED", "DROPPED"]),
                name="mail_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="QUEUED"),
                name="mail_due",
            ),
            models.Index(fields=["email", "requested_at"], name="mail_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class FailedTries(models.Model):
    """Failed tries to sign in that count together (`services.lockout`); only hashes name them."""

    key = models.CharField(max_length=64, unique=True)
    account = models.CharField(max_length=64, db_index=True, blank=True)
    # The newest ones, as many as the rules look at, in order of time.
    moments = ArrayField(models.DateTimeField(), default=list)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]


class SecondFactor(models.Model):
    """The authenticator app of a user: the key it shares with us, and the last code it gave."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    key = models.CharField("shared key, base 32", max_length=64)
    # The number of the 30-second step whose code was used last: each code is good once.
    last_step = models.BigIntegerField()
    set_up_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"second factor of user {self.user_id}"


class RecoveryCode(models.Model):
    """A single-use code for somebody whose phone is gone; the row goes with its use."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    hashed = models.CharField("SHA-256", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "hashed"], name="recovery_code_once_a_user")
        ]

    def __str__(self) -> str:
        return f"recovery code of user {self.user_id}"
