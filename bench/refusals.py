"""The asking of `bench.sign_in`: refused sign-ins and asked-for resets, timed in this process."""

import json
import statistics
import sys
import time
from collections import defaultdict

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

# As long as each other, so that no address is more to read than another.
KINDS = {
    "active": {"role": "CASE_MANAGER"},
    "disabled": {"role": "CASE_MANAGER", "is_active": False},
    "administrator": {"role": "ADMINISTRATOR"},
}
PAGES = {
    "sign in": ("/login", {"password": "not the password at all"}),
    "reset": ("/user/password-reset/request", {}),
}


def make_people() -> dict[str, str]:
    """The address of somebody of each kind, and one that is nobody's."""
    emails = {"nobody": "person0@example.com"}
    for number, (kind, facts) in enumerate(KINDS.items(), start=1):
        emails[kind] = f"person{number}@example.com"
        user = get_user_model()(email=emails[kind], first_name="Some", last_name="Body", **facts)
        user.set_password("seventeen green bottles")
        user.save()
    return emails


def ask(page: str, email: str) -> float:
    """Milliseconds of one answer, as a stranger gets it whom nobody has counted yet."""
    for counted in ("FailedTries", "Mail"):
        apps.get_model("accounts", counted).objects.all().delete()
    address, form = PAGES[page]
    browser = Client()
    began_at = time.perf_counter()
    browser.post(address, {"email": email, **form})
    return (time.perf_counter() - began_at) * 1000


def main(rounds: int) -> None:
    """In turn, so that whatever the machine does strikes all alike."""
    django.setup()
    call_command("migrate", verbosity=0)
    emails = make_people()
    taken: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number in range(rounds + 1):
        for page in PAGES:
            for kind, email in emails.items():
                milliseconds = ask(page, email)
                # The first round warms up.
                if number:
                    taken[page][kind].append(milliseconds)
    medians = {
        page: {kind: statistics.median(times) for kind, times in by_kind.items()}
        for page, by_kind in taken.items()
    }
    sys.stdout.write(json.dumps(medians))


if __name__ == "__main__":
    main(int(sys.argv[1]))
