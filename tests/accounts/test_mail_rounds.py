"""A round of emails in which one breaks over a fault of our own, or the database goes away."""

from datetime import timedelta

import pytest
from django.db import DataError, InterfaceError, OperationalError

from accounts.models import Mail
from accounts.services import mails

pytestmark = pytest.mark.django_db


class Stumbling:
    """A post that breaks over the emails to one person, and takes all others."""

    def __init__(self, person, error):
        self.person, self.error, self.taken = person, error, []

    def send_email(self, *, to, **_mail):
        if to == self.person.email:
            raise self.error
        self.taken.append(to)
        return "id"


def test_an_email_over_which_we_break_waits_and_holds_up_no_other(sam, ada, queue, sorting, caplog):
    broken, whole = queue(sam), queue(ada)
    post = Stumbling(sam, DataError("its words"))

    assert mails.deliver_due(sorting=sorting(post=post)) == 1
    assert mails.deliver_due(sorting=sorting(post=post, ahead=timedelta(seconds=59))) == 0

    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.state, broken.attempts) == (Mail.State.QUEUED, 1)
    assert whole.state == Mail.State.SENT
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.getMessage() == f"email {broken.pk} waits: the fault is ours"
    assert line.exc_info[1] is post.error


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_the_round_ends_where_the_database_is_away(sam, ada, queue, sorting, error):
    queue(sam)
    queue(ada)
    post = Stumbling(sam, error("away"))

    with pytest.raises(error, match="away"):
        mails.deliver_due(sorting=sorting(post=post))

    assert post.taken == []
