"""Where a scenario is played: servers of its own, a clerk who declares, crews of real workers.

Every scenario ends alike: all that was declared in it comes to an end, the judge of the fault
harness looks at rows, tries and Sirius' journal, and the figures are told.
"""

import contextlib
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from devstack.chaos.evidence import Watcher, read_rows, read_tries
from devstack.chaos.oracles import FATES, Declared, Evidence, judge
from devstack.chaos.plan import OTHER_TIMES, SHORT_TIMES, THAW_SECONDS, Trial
from devstack.chaos.traps import TrapFolder
from devstack.chaos.troupe import NEVER_ASKED, Part
from devstack.infrastructure import Infrastructure
from devstack.logs import FileLogs
from tests.harness.front import Front
from tests.harness.many_orders import court_reference
from tests.trials import FULL

WORKERS = 4


def in_full_size(test: Callable[..., None]) -> Callable[..., None]:
    """Only in `make trust`: the small size has it already, or it is not worth its minute there."""
    skipped = pytest.mark.skipif(
        os.environ.get("TRIALS") != FULL, reason="for `make trust`: it takes minutes"
    )
    return pytest.mark.trust(skipped(test))


@dataclass
class Stage:
    """One set of servers; scenarios follow one another on it."""

    infrastructure: Infrastructure
    front: Front
    environment: dict[str, str]
    folder: Path
    clerk: Part
    watcher: Watcher
    numbers: Iterator[int]
    crew: Part | None = None
    # Whether the crew is the one that most scenarios want.
    is_ordinary: bool = False
    declared: list[Declared] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    # --- Who works ---
    def hire(
        self, *, module: str = "devstack.chaos", workers: int = WORKERS, **changes: str
    ) -> None:
        """Real workers and a beat, with these variables changed; in place of any others."""
        self.dismiss()
        crew = Part(
            "workers",
            self.infrastructure,
            environment={**self.environment, **changes},
            module=module,
        )
        wanted = {"folder": str(self.folder), "workers": WORKERS, "thaw_seconds": THAW_SECONDS}
        try:
            crew.say(json.dumps(wanted))
            crew.hear()
        except BaseException:
            crew.stop()
            raise
        self.crew = crew
        self.is_ordinary = module == "devstack.chaos" and not changes

    def dismiss(self) -> None:
        if self.crew is not None:
            self.crew.stop()
            self.crew = None
            self.is_ordinary = False

    def kill_workers(self) -> None:
        assert self.crew is not None
        self.crew.say("kill workers")

    @property
    def traps(self) -> TrapFolder:
        return TrapFolder(self.folder)

    # --- What is served ---
    def trials(self, count: int, name: str, **what: Any) -> list[Trial]:
        what = {"documents": 1, **what}
        made = []
        for _ in range(count):
            number = next(self.numbers)
            reference = court_reference(number)
            faults = tuple({**fault, "reference": reference} for fault in what.get("faults", ()))
            made.append(
                Trial(
                    number=number,
                    name=name,
                    reference=reference,
                    order_type="HW",
                    **{**what, "faults": faults},
                )
            )
        return made

    def declare(self, trials: list[Trial]) -> list[int]:
        """Made and declared; the ids of the submissions."""
        orders = self.ask("make", trials)
        if faults := [fault for trial in trials for fault in trial.faults]:
            self.infrastructure.sirius.control.faults(*faults)
        made = self.ask("declare", trials, ids=orders)
        self.note(trials, orders, made)
        return [one for ids in made for one in ids]

    def note(self, trials: list[Trial], orders: list[int], made: list[list[int]]) -> None:
        """What was declared, for the judge."""
        for trial, order_id, ids in zip(trials, orders, made, strict=True):
            self.declared.append(
                Declared(order_id, trial.reference, trial.order_type, trial.name, tuple(ids))
            )

    def serve(self, count: int, name: str, **what: Any) -> list[int]:
        return self.declare(self.trials(count, name, **what))

    def ask(self, what: str, trials: list[Trial], *, ids: list[int] | None = None) -> Any:
        words = [trial.as_json() for trial in trials]
        self.clerk.say(json.dumps({"do": what, "ids": ids or [], "trials": words}))
        return self.clerk.hear()

    # --- What became of it ---
    @property
    def ours(self) -> set[int]:
        return {one for declared in self.declared for one in declared.submission_ids}

    def rows(self) -> list[Any]:
        ours = self.ours
        return [row for row in read_rows(self.infrastructure.postgres.url) if row.id in ours]

    def wait_until(self, holds: Callable[[], bool], *, seconds: float = 60) -> bool:
        give_up_at = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > give_up_at:
                return False
            time.sleep(0.05)
        return True

    def ask_database(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.infrastructure.postgres.url, autocommit=True) as session:
            cursor = session.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end(self, title: str, figures: Callable[..., None], **more: Any) -> Counter:
        """Wait for the last, judge, tell; how many submissions ended in which way."""
        came_to_rest = self.watcher.drain(self.ours)
        # What is still on its way at a Sirius that is late.
        time.sleep(0.1)
        url = self.infrastructure.postgres.url
        ours, rows = self.ours, self.rows()
        references = {declared.reference for declared in self.declared}
        received = self.infrastructure.sirius.control.received()
        found = judge(
            Evidence(
                declared=self.declared,
                rows=rows,
                tries=[one for one in read_tries(url) if one.submission_id in ours],
                accepted=[one for one in received["accepted"] if one["reference"] in references],
                posts=[one for one in received["attempts"] if one.get("reference") in references],
                seen_served={pk: at for pk, at in self.watcher.seen_served.items() if pk in ours},
            )
        )
        counted = Counter(one.fate for one in found)
        ends = Counter(f"{row.state} {row.reason}".strip() for row in rows)
        figures(
            f"scenario: {title}",
            trials=len(self.declared),
            seconds=round(time.monotonic() - self.began, 1),
            ends=dict(ends),
            **{fate.replace(" ", "_"): counted[fate] for fate in FATES},
            **more,
        )
        assert found == [], found
        assert came_to_rest, f"still on its way: {ends}"
        assert sum(ends.values()) == len(self.declared)
        return ends


@contextlib.contextmanager
def staged(home: Path | None = None) -> Iterator[Stage]:
    """A stage without a crew; its state folder lies at `home`, or in a temporary place."""
    given = {"ENVIRONMENT": os.environ.get("ENVIRONMENT", "development")}
    with (
        tempfile.TemporaryDirectory(prefix="serve-opg-stage-", ignore_cleanup_errors=True) as made,
        Infrastructure(
            home or Path(made),
            durable=False,
            throwaway=True,
            given=given,
            without=NEVER_ASKED,
            logs=FileLogs(Path(os.environ["STAGE_LOGS"])) if "STAGE_LOGS" in os.environ else None,
        ) as infrastructure,
    ):
        front = Front(infrastructure.bucket.url)
        environment = _environment(infrastructure, front)
        folder = infrastructure.state.folder("traps")
        clerk = Part("clerk", infrastructure, environment=environment)
        watcher = Watcher(infrastructure.postgres.url)
        stage = Stage(
            infrastructure,
            front,
            environment,
            folder,
            clerk,
            watcher,
            iter(range(3_000_000, 9_000_000)),
        )
        try:
            clerk.say(
                json.dumps(
                    {
                        "folder": str(folder),
                        "workers": 0,
                        "thaw_seconds": 0,
                        "email": "clerk@example.com",
                        "password": "for the stage alone",
                    }
                )
            )
            clerk.hear()
            watcher.start()
            infrastructure.sirius.control.settings(racy=True)
            yield stage
        finally:
            watcher.stop()
            stage.dismiss()
            clerk.stop()
            front.stop()


def _environment(infrastructure: Infrastructure, front: Front) -> dict[str, str]:
    return {
        **os.environ,
        **infrastructure.environment(),
        **{name: str(seconds) for name, seconds in (SHORT_TIMES | OTHER_TIMES).items()},
        "S3_ENDPOINT": front.url,
        "SIRIUS_DOOR": "http",
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }
