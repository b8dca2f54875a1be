"""Days in the life of the service, at random: every command that people and workers can give.

Each act picks what it does with from what is there, so any order of acts makes sense; what the
services refuse is refused, as for people. Everything is drawn from one seed.
"""

import datetime as dt
import random
from collections import Counter
from contextlib import suppress

from django.core.exceptions import ValidationError

from accounts.models import Role
from accounts.services import mails, passwords, second_factor, sessions, users
from csv_ingest.parsing import FileRefused
from filestore import DocumentStore, FileRejected
from orders.services.errors import Refused
from tests.audit.people_acts import PeopleActs
from tests.audit.serving_acts import ServingActs

# What is refused is part of the day.
REFUSALS = (
    *(Refused, FileRejected, FileRefused, ValidationError),
    *(users.ChangeRefused, users.EmailTaken, passwords.PasswordRefused, mails.TooManyMails),
    *(sessions.SignInRefused, second_factor.ResetRefused, second_factor.CodeRefused),
)
MOST_TRIES = 20


class Days(ServingActs, PeopleActs):
    """One service with its people. `act` does one thing; `done` counts what was not refused."""

    def __init__(self, seed: int | str, *, sirius) -> None:
        self.dice = random.Random(seed)
        self.sirius = sirius
        self.store = DocumentStore.from_settings()
        self.now = dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC)
        self.done: Counter[str] = Counter()
        self.acts = [getattr(self, name) for name in dir(self) if name.startswith("act_")]
        self.weights = [getattr(act, "weight", 1) for act in self.acts]
        for number in range(2):
            self._create(is_staff=True, role=Role.CASE_MANAGER, number=number)
            self._create(role=Role.ADMINISTRATOR, number=number)
        self._create(role=Role.CASE_MANAGER, number=9)
        for _ in range(3):
            self.act_upload_small()

    def step(self) -> str:
        """Acts until one is not refused, rather what was done seldom; what was tried."""
        tried = []
        while len(tried) < MOST_TRIES:
            weights = [
                weight / (1 + self.done[act.__name__])
                for act, weight in zip(self.acts, self.weights, strict=True)
            ]
            (act,) = self.dice.choices(self.acts, weights)
            self.now += dt.timedelta(minutes=self.dice.randrange(1, 200))
            tried.append(act.__name__)
            try:
                act()
            except REFUSALS:
                continue
            self.done[act.__name__] += 1
            break
        return " or ".join(tried)

    def do_the_rest(self) -> None:
        """What was never done, if it can be."""
        for act in self.acts:
            for _ in range(MOST_TRIES):
                if not self.done[act.__name__]:
                    with suppress(*REFUSALS):
                        act()
                        self.done[act.__name__] += 1
