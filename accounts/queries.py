"""What the users' pages read. Nothing here writes."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Mail, SecondFactor, User

ROWS_A_PAGE = 50
MOST_MAILS = 5


def users_page(page: str | int) -> Page[User]:
    """Everybody who was not removed, by last name."""
    people = User.objects.present().order_by(Lower("last_name"), Lower("first_name"), "pk")
    return Paginator(people, ROWS_A_PAGE).get_page(page)


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """Everything the page of a user shows, and what the one who looks may do there."""

    person: User
    mails: list[Mail]
    has_app: bool
    is_self: bool
    may_change: bool
    may_disable: bool
    may_enable: bool

    @property
    def may_send(self) -> bool:
        """Whether a link may be sent to them: to activate, or to choose another password."""
        return self.may_change and self.person.is_active

    @property
    def last_mail(self) -> Mail | None:
        """The newest email, whose fate decides what the page offers first."""
        return next(iter(self.mails), None)


def get_user(user_id: int) -> User:
    """Raises `User.DoesNotExist`, also for somebody who was removed."""
    user: User = User.objects.present().get(pk=user_id)
    return user


def get_user_page(user_id: int, *, by: User) -> UserPage:
    """Raises `User.DoesNotExist`. The services look again at what is allowed."""
    person = get_user(user_id)
    is_self = person.pk == by.pk
    may_change = by.is_staff or not person.is_staff
    # What an outsider asked for stands there too, once it is known to be this user's.
    theirs = Q(user=person) | Q(user=None, email=person.email)
    return UserPage(
        person=person,
        mails=list(Mail.objects.filter(theirs).exclude(state=Mail.State.DROPPED)[:MOST_MAILS]),
        has_app=SecondFactor.objects.filter(user=person).exists(),
        is_self=is_self,
        may_change=may_change,
        may_disable=person.is_active and not is_self,
        may_enable=not person.is_active and may_change,
    )
