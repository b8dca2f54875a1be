"""`manage.py submissions`: what operators see of deliveries and decide about them."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from orders import queries
from orders.models import Submission
from orders.services import serving
from orders.services.errors import Refused, SecondOperatorNeeded

AGREEMENT_NEEDED = 3

DESCRIPTION = """\
Look after the deliveries to Sirius. Every decision needs --by, one of operations, and --reason,
which the diary keeps; it goes through the same rules as the Django admin.

  status                 how many submissions stand in each state; the pause; the breaker
  retry ID               send a held one again, a waiting one now
  hold ID                keep a waiting one from being sent
  return ID              give a held order back to staff to correct
  cancel ID              withdraw one of which nothing ever left
  confirm ID             take a held one as served; needs --sirius-order-id, and a second operator
  pause, resume          stop all sending at once; go on"""

EPILOG = """\
examples:
  manage.py submissions status --json
  manage.py submissions retry 17 --by olive@example.com --reason "Sirius is back"

exit codes:
  0  done
  1  refused: the words say why, nothing was changed
  2  the command was used wrongly
  3  noted; another operator must run the same command"""

DECISIONS: dict[str, Callable[..., Submission]] = {
    "retry": serving.retry_submission,
    "hold": serving.hold_submission,
    "return": serving.return_submission,
    "cancel": serving.cancel_submission,
}
SWITCHES: dict[str, Callable[..., None]] = {
    "pause": serving.pause_sending,
    "resume": serving.resume_sending,
}


class Command(BaseCommand):
    """One word, one service call, one line out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("act", choices=["status", *DECISIONS, "confirm", *SWITCHES])
        parser.add_argument("id", nargs="?", type=int, help="the submission's number")
        parser.add_argument("--by", metavar="EMAIL", help="who decides")
        parser.add_argument("--reason", help="why; for confirm, the evidence")
        parser.add_argument("--sirius-order-id", type=int)
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of `EPILOG`."""
        act = options["act"]
        if act == "status":
            self._say(_status(), as_json=options["json"])
            return
        by, reason = _operator(options["by"]), options["reason"]
        if not reason:
            raise CommandError("Give --reason: the diary keeps it.", returncode=2)
        try:
            answer = _decide(act, by=by, reason=reason, options=options)
        except SecondOperatorNeeded as noted:
            raise CommandError(str(noted), returncode=AGREEMENT_NEEDED) from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except Submission.DoesNotExist:
            raise CommandError(f"There is no submission {options['id']}.") from None
        self._say(answer, as_json=options["json"])

    def _say(self, answer: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer))
            return
        for name, value in answer.items():
            self.stdout.write(f"{name}: {value}")


def _status() -> dict[str, Any]:
    switch = queries.sending_switch()
    return {
        **queries.submission_counts(),
        "paused": switch.paused,
        "breaker_open": switch.opened_at is not None,
    }


def _operator(email: str | None) -> User:
    """Raises `CommandError` unless the address is one of operations."""
    user: User | None = User.objects.active().with_email(email or "").filter(is_staff=True).first()
    if user is None:
        raise CommandError("Give --by with the email address of one of operations.", returncode=2)
    return user


def _decide(act: str, *, by: User, reason: str, options: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    if act in SWITCHES:
        SWITCHES[act](reason=reason, by=by, now=now)
        return {"paused": queries.sending_switch().paused}
    if options["id"] is None:
        raise CommandError("Give the submission's number.", returncode=2)
    if act == "confirm":
        if options["sirius_order_id"] is None:
            raise CommandError("Give --sirius-order-id.", returncode=2)
        submission = serving.confirm_submission(
            submission_id=options["id"],
            sirius_order_id=options["sirius_order_id"],
            evidence=reason,
            by=by,
            now=now,
        )
    else:
        submission = DECISIONS[act](submission_id=options["id"], reason=reason, by=by, now=now)
    return {"submission": submission.pk, "state": submission.state}
