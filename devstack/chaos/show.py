"""Runs one programme: servers of its own, workers, trials, events; then the judgement."""

import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from devstack.chaos.events import Strikes
from devstack.chaos.evidence import Watcher, submissions_of
from devstack.chaos.mistakes import MISTAKES
from devstack.chaos.oracles import Declared, Key
from devstack.chaos.pages import Staff
from devstack.chaos.papers import digests_of
from devstack.chaos.plan import Plan, Planner, Trial
from devstack.chaos.programme import FAULTY_SHARE, Programme
from devstack.chaos.report import Report
from devstack.chaos.sirius_faults import LATE_SECONDS, faulty_answers, slower
from devstack.chaos.situations import trials_by_situation
from devstack.chaos.traps import SWEEP, Trap, TrapFolder
from devstack.chaos.troupe import NEVER_ASKED, Troupe
from devstack.chaos.verdict import Left, make_report, save_report
from devstack.errors import StackTrouble
from devstack.infrastructure import Infrastructure
from devstack.logs import FileLogs
from devstack.servers.application import Web

# So many are on their way at once, so that one that waits for a lease holds up nobody.
MOST_ON_THEIR_WAY = 60
MADE_AT_A_TIME = 60
DECLARED_AT_A_TIME = 6
SAY_EVERY, SAVE_EVERY = 15.0, 600.0
ROUNDS = 3
LEARNING_SECONDS = 60
# Starting again after a trouble that is the machine's and no result.
TIMES = 3
# From so many kills at each step on, also the steps of these other ways, less often.
WAYS_FROM, WAYS_SHARE = 10, 5
WAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("unknown, then found there: ", {"faults": ({"kind": "500-after"},)}),
    ("session ended: ", {"faults": ({"kind": "401"},)}),
    ("refused: ", {"faults": ({"kind": "400-invalid"},)}),
    ("Sirius busy: ", {"faults": ({"kind": "429", "retry_after": "1"},)}),
    ("unreadable refusal: ", {"faults": ({"kind": "404"},)}),
    ("document missing: ", {"damage": "missing document"}),
)

Say = Callable[[str], None]


def run_chaos(
    programme: Programme, *, say: Say, logs: Path | None = None, save: Path | None = None
) -> Report:
    """Perform it, on servers in a temporary folder.

    The environment's own servers are never used. `say` gets a line now and then; `logs`: a folder
    for the processes' output, else it goes with the rest; `save`: a folder for the report, every
    ten minutes as far as it is, and for the evidence where a promise was broken. A trouble of the
    machine (a port taken, a server that does not start) begins the run again, and is raised as
    `StackTrouble` where it comes again and again; also in a deployed environment.
    """
    for left in reversed(range(TIMES)):
        try:
            return _run_once(programme, say=say, logs=logs, save=save)
        except StackTrouble as trouble:
            if not left or os.environ.get("ENVIRONMENT", "development") != "development":
                raise
            say(f"no result: {trouble} Beginning again.")
    raise AssertionError("unreachable")


def _run_once(programme: Programme, *, say: Say, logs: Path | None, save: Path | None) -> Report:
    say(f"{programme.title}, seed {programme.seed}: starting servers of its own")
    given = {"ENVIRONMENT": os.environ.get("ENVIRONMENT", "development")}
    with (
        tempfile.TemporaryDirectory(
            prefix="serve-opg-chaos-", ignore_cleanup_errors=True
        ) as folder,
        Infrastructure(
            Path(folder),
            durable=False,
            throwaway=True,
            given=given,
            without=NEVER_ASKED,
            logs=FileLogs(logs) if logs else None,
        ) as infrastructure,
    ):
        environment = _environment(infrastructure, programme)
        traps = infrastructure.state.folder("traps")
        with (
            Troupe(
                infrastructure,
                environment=environment,
                folder=traps,
                workers=programme.workers,
                thaw_seconds=programme.thaw_seconds,
            ) as troupe,
            _web(infrastructure, environment) as web,
        ):
            show = Show(infrastructure, troupe, web, TrapFolder(traps), programme, say, save)
            return show.run()


def _environment(infrastructure: Infrastructure, programme: Programme) -> dict[str, str]:
    return {
        **os.environ,
        **infrastructure.environment(),
        **{name: str(seconds) for name, seconds in programme.times.items()},
        "SIRIUS_DOOR": "http",
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",
        "CHAOS_BROKEN": programme.broken,
        # Celery warns every root that tasks may be forged; ours are read as JSON and nothing else.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }


class PreloadedWeb(Web):
    """Reads the application once for all its workers: it is killed often."""

    def command(self) -> list[str]:
        return [*super().command(), "--preload"]


@contextlib.contextmanager
def _web(infrastructure: Infrastructure, environment: dict[str, str]) -> Iterator[Web]:
    web = PreloadedWeb(infrastructure.site, environment, port=infrastructure.state.port("web"))
    try:
        web.start()
        yield web
    finally:
        web.kill()


class Show:
    """One run."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        troupe: Troupe,
        web: Web,
        traps: TrapFolder,
        programme: Programme,
        say: Say,
        save: Path | None,
    ) -> None:
        self._infrastructure = infrastructure
        self._troupe = troupe
        self._traps = traps
        self._programme = programme
        self._say = say
        self._save = save
        self._saved_at = time.monotonic()
        self._planner = Planner(seed=programme.seed)
        self._sirius = infrastructure.sirius.control
        self._strikes = Strikes(infrastructure, troupe, traps, web=web, racy=programme.racy)
        self._watcher = Watcher(infrastructure.postgres.url, drain_seconds=programme.drain_seconds)
        people = 2 if programme.kind == "storm" else 1
        self._staff = Staff(web.url, email=troupe.email, password=troupe.password, people=people)
        self._beside = ThreadPoolExecutor(1)
        self._steps: list[Trap] = []
        self._declared: list[Declared] = []
        self._trials: dict[str, Trial] = {}
        self._live: set[int] = set()
        self._sweeps_killed = 0
        self._cut_short = ""
        self._began_at = time.monotonic()
        self._ends_at = self._began_at + programme.most_seconds(0)

    def run(self) -> Report:
        self._watcher.start()
        try:
            self._strikes.set_sirius()
            self._steps = self._learn_undisturbed()
            self._say(f"one delivery has {len(self._steps)} steps")
            self._do(self._steps)
            if self._come_to_rest() and self._programme.kind != "probe":
                self._retry_what_is_held()
            listed = self._staff.lists()
        finally:
            self._staff.stop()
            self._watcher.stop()
            self._beside.shutdown()
        return self._report(self._declared, listed=listed, cut_short=self._cut_short)

    def _report(
        self,
        declared: list[Declared],
        *,
        listed: dict[Key, str] | None,
        cut_short: str,
    ) -> Report:
        left = Left(
            programme=self._programme,
            infrastructure=self._infrastructure,
            declared=declared,
            trials=self._trials,
            steps=self._steps,
            hits=self._traps.hits(),
            deaths=self._traps.deaths(),
            watcher=self._watcher,
            staff=self._staff,
            listed=listed,
            strikes=self._strikes,
            seconds=time.monotonic() - self._began_at,
            cut_short=cut_short,
        )
        report = make_report(left)
        if self._save:
            save_report(report, left, self._save)
        return report

    def _report_so_far(self) -> None:
        """A run of hours may never end: what has come to its end by now is judged and kept."""
        if self._save and time.monotonic() > self._saved_at + SAVE_EVERY:
            self._saved_at = time.monotonic()
            waiting = self._watcher.waiting(self._live)
            ended = [one for one in self._declared if not waiting & set(one.submission_ids)]
            self._report(ended, listed=None, cut_short="still running")

    # --- The four kinds of programme ---
    def _do(self, steps: list[Trap]) -> None:
        """Perform it."""
        number, planner = self._programme.number, self._planner
        match self._programme.kind:
            case "kills":
                self._kill_at_each(steps, number)
            case "storm":
                odds = [
                    slower(plan, self._programme.pace)
                    for plan in faulty_answers(FAULTY_SHARE, seed=self._programme.seed)
                ]
                plan = planner.storm(number, steps=steps)
                self._strikes.set_sirius(*odds)
                self._perform(plan)
            case "situations":
                for _ in range(number):
                    self._perform(Plan(tuple(trials_by_situation(planner))))
            case "probe":
                for _ in range(number):
                    self._perform(Plan(self._probe(steps)))
            case "mixed":
                # The kills at every step are sure to leave something to take back.
                self._strikes.kill_sweep()
                self._perform(planner.draw(number - 1, steps=steps))
                self._drain()
                self._make_sure(Counter(step.name for step in steps[: number - 1]), steps)

    def _probe(self, steps: list[Trap]) -> tuple[Trial, ...]:
        """All of them, or those that show the mistake that was made."""
        trials = self._planner.probe(steps)
        if self._programme.broken:
            shown_by = MISTAKES[self._programme.broken].shown_by
            trials = [trial for trial in trials if trial.name.startswith(shown_by)]
        return tuple(trials)

    def _kill_at_each(self, steps: list[Trap], times: int) -> None:
        planner = self._planner
        trials = [trial for _ in range(times) for trial in planner.kills(steps)]
        if times >= WAYS_FROM:
            known = set(steps)
            for name, more in WAYS:
                others = [
                    step for step in self._learn(planner.learn(name, **more)) if step not in known
                ]
                self._say(f"{name}{len(others)} more steps")
                for _ in range(times // WAYS_SHARE):
                    trials += planner.kills(others, name=name, **more)
        planner.dice.shuffle(trials)
        self._perform(Plan(tuple(trials)), sweeps=times)
        self._drain()
        self._make_sure(Counter({step.name: times for step in steps}), steps)

    def _learn_undisturbed(self) -> list[Trap]:
        """The steps of a delivery with one try. A slow machine may have taken its lease or its
        answer from it, and no other delivery would come to the steps of its second."""
        trial = self._planner.learn()
        for again in range(1, TIMES + 1):
            steps = self._learn(trial)
            if not any(step.tries for step in steps):
                return steps
            self._say("the undisturbed delivery needed a second try; another one")
            trial = self._planner.learn_again(trial, again)
        raise StackTrouble(f"{TIMES} undisturbed deliveries needed a second try.")

    def _learn(self, trial: Trial) -> list[Trap]:
        """The steps of one delivery, from one that nobody disturbs."""
        self._declare([trial], self._troupe.make([trial]))
        self._drain()
        subject = str(self._declared[-1].submission_ids[0])
        deadline = time.monotonic() + LEARNING_SECONDS
        while not any("after acknowledgement" in step.step for step in self._traps.steps(subject)):
            if time.monotonic() > deadline:
                raise StackTrouble("The undisturbed delivery did not come to its last step.")
            time.sleep(0.05)
        return list(dict.fromkeys(self._traps.steps(subject)))

    def _perform(self, plan: Plan, *, sweeps: int = 0) -> None:
        only = self._programme.only
        trials = [one for one in plan.trials if not only or one.number in only]
        self._ends_at = time.monotonic() + self._programme.most_seconds(len(trials))
        said = began_at = time.monotonic()
        for start in range(0, len(trials), MADE_AT_A_TIME):
            made = trials[start : start + MADE_AT_A_TIME]
            orders = self._troupe.make(made)
            # One that must be alone is declared when the one before it has come to its end.
            step = 1 if any(trial.alone for trial in made) else DECLARED_AT_A_TIME
            for part in range(0, len(made), step):
                some = made[part : part + step]
                if not self._go_on(sweeps, alone=any(trial.alone for trial in some)):
                    return
                places = range(start + part, start + part + len(some))
                events = [plan.events[place] for place in places if place in plan.events]
                self._declare(some, orders[part : part + step], events)
            self._report_so_far()
            if (now := time.monotonic()) > said + SAY_EVERY:
                said, done = now, start + len(made)
                left = (now - began_at) / done * (len(trials) - done)
                waiting = len(self._watcher.waiting(self._live))
                self._say(
                    f"{done} of {len(trials)} declared, {waiting} on their way, "
                    f"{done / (now - began_at):.1f} a second, {left / 60:.0f} min left"
                )

    def _go_on(self, sweeps: int, *, alone: bool) -> bool:
        if self._sweeps_killed < sweeps and self._traps.next(SWEEP) is None:
            self._strikes.kill_sweep()
            self._sweeps_killed += 1
        if time.monotonic() > self._ends_at:
            self._cut_short = "it took longer than it may"
        elif not self._drain(most=0 if alone else MOST_ON_THEIR_WAY):
            self._cut_short = "no submission comes to its end any more"
        return not self._cut_short

    def _drain(self, *, most: int = 0) -> bool:
        came_to_end = self._watcher.drain(self._live, most=most)
        self._live = self._watcher.waiting(self._live)
        return came_to_end

    def _make_sure(self, wanted: Counter[str], steps: list[Trap]) -> None:
        """On a slow machine a lease runs out before the step, and the next try goes another way."""
        by_name = {step.name: step for step in steps}
        for _ in range(ROUNDS):
            struck = Counter(_name(hit) for hit in self._traps.hits() if hit["does"] == "kill")
            missed = [by_name[name] for name in (wanted - struck).elements()]
            if not missed or self._programme.only:
                break
            self._say(f"{len(missed)} kills again")
            self._perform(Plan(tuple(self._planner.kills(missed))))
            self._drain()

    # --- Declaring ---
    def _declare(
        self, trials: Sequence[Trial], orders: Sequence[int], events: Sequence[str] = ()
    ) -> None:
        """All of these; those on the pages while the events strike."""
        for trial in trials:
            self._trials[trial.reference] = trial
            if trial.taken:
                self._sirius.take((trial.reference, trial.order_type))
            if trial.alone:
                self._troupe.open_breaker()
        pace, later = self._programme.pace, self._programme.later
        faults = [fault for trial in trials for fault in trial.faults]
        self._sirius.faults(*(slower(fault, pace, later=later) for fault in faults))
        pairs = list(zip(trials, orders, strict=True))
        pressed = self._press([pair for pair in pairs if pair[0].page])
        for event in events:
            self._strikes.strike(event)
        others = [pair for pair in pairs if not pair[0].page]
        made = self._troupe.declare([order for _, order in others], [one for one, _ in others])
        for (trial, order_id), submission_ids in zip(others, made, strict=True):
            self._note(trial, order_id, submission_ids)
        pressed.result()

    def _press(self, pairs: Sequence[tuple[Trial, int]]) -> Future[None]:
        orders = [order_id for _, order_id in pairs]

        def press() -> None:
            self._staff.declare(orders, [trial for trial, _ in pairs])
            made = submissions_of(self._infrastructure.postgres.url, orders) if orders else []
            for (trial, order_id), submission_ids in zip(pairs, made, strict=True):
                self._note(trial, order_id, submission_ids)

        return self._beside.submit(press)

    def _note(self, trial: Trial, order_id: int, submission_ids: Sequence[int]) -> None:
        self._live = self._live | set(submission_ids)
        self._declared.append(
            Declared(
                order_id,
                trial.reference,
                trial.order_type,
                trial.name,
                tuple(submission_ids),
                surname=trial.surname,
                documents=digests_of(trial),
            )
        )

    # --- The end ---
    def _come_to_rest(self) -> bool:
        """Until nothing is on its way: no row, no frozen worker, no post that came late.

        False where some never end.
        """
        self._say("all declared; waiting for the last")
        if not self._drain():
            return False
        frozen = [float(hit["at"]) for hit in self._traps.hits() if hit["does"] == "freeze"]
        pace, later = self._programme.pace, self._programme.later
        awake_at = max(frozen, default=0.0) + self._programme.thaw_seconds
        time.sleep(max(0.0, awake_at - time.time()) + LATE_SECONDS * pace * later + 0.5)
        return self._drain()

    def _retry_what_is_held(self) -> None:
        """An operator sends again what needs a person: that must be no way around the promises."""
        held = [pk for pk, state in list(self._watcher.states.items()) if state == "HELD"]
        retried = self._troupe.retry(held)
        self._watcher.look_again(retried)
        self._live = set(retried)
        self._strikes.struck.extend(["an operator sent again what was held"] * len(retried))
        self._say(f"{len(retried)} held ones sent again")
        self._come_to_rest()


def _name(hit: dict[str, object]) -> str:
    return Trap(str(hit["step"]), int(str(hit["nth"])), tries=int(str(hit["tries"]))).name
