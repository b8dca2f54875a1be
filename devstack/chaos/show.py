"""Runs the whole: servers of its own, workers, trials, events; then the judgement."""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from devstack.chaos.events import Strikes
from devstack.chaos.evidence import Watcher, read_rows, read_tries
from devstack.chaos.oracles import Declared, Evidence, judge
from devstack.chaos.plan import LATE_SECONDS, SHORT_TIMES, THAW_SECONDS, Plan, Planner, Step, Trial
from devstack.chaos.report import Report, counted
from devstack.chaos.traps import TrapFolder
from devstack.chaos.troupe import Troupe
from devstack.infrastructure import Infrastructure
from devstack.logs import FileLogs

WORKERS = 4
# So many are on their way at once, so that one that waits for a lease holds up nobody.
MOST_ON_THEIR_WAY = 28
MADE_AT_A_TIME = 60
DECLARED_AT_A_TIME = 4
LINE_EVERY = 25
ROUNDS = 3
LEARNING_SECONDS = 30

Say = Callable[[str], None]


def run_chaos(
    *, deliveries: int, seed: int, say: Say, logs: Path | None = None, workers: int = WORKERS
) -> Report:
    """So many deliveries under faults drawn from `seed`, on servers in a temporary folder.

    The environment's own servers are never used. `say` gets a line now and then; `logs`: a folder
    for the processes' output, else it goes with the rest. Raises `StackTrouble` where something
    cannot be started, also in a deployed environment.
    """
    given = {"ENVIRONMENT": os.environ.get("ENVIRONMENT", "development")}
    say(f"seed {seed}: starting servers of its own")
    with (
        tempfile.TemporaryDirectory(
            prefix="serve-opg-chaos-", ignore_cleanup_errors=True
        ) as folder,
        Infrastructure(
            Path(folder),
            durable=False,
            throwaway=True,
            given=given,
            logs=FileLogs(logs) if logs else None,
        ) as infrastructure,
    ):
        traps = infrastructure.state.folder("traps")
        with Troupe(
            infrastructure,
            environment=_environment(infrastructure),
            folder=traps,
            workers=workers,
            thaw_seconds=THAW_SECONDS,
        ) as troupe:
            show = Show(infrastructure, troupe, TrapFolder(traps), seed=seed, say=say)
            return show.run(deliveries)


def _environment(infrastructure: Infrastructure) -> dict[str, str]:
    return {
        **os.environ,
        **infrastructure.environment(),
        **{name: str(seconds) for name, seconds in SHORT_TIMES.items()},
        "SIRIUS_DOOR": "http",
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",
        # Celery warns every root that tasks may be forged; ours are read as JSON and nothing else.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }


class Show:
    """One run."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        troupe: Troupe,
        traps: TrapFolder,
        *,
        seed: int,
        say: Say,
    ) -> None:
        self._infrastructure = infrastructure
        self._troupe = troupe
        self._traps = traps
        self._seed = seed
        self._say = say
        self._sirius = infrastructure.sirius.control
        self._strikes = Strikes(infrastructure, troupe, traps)
        self._watcher = Watcher(infrastructure.postgres.url)
        self._declared: list[Declared] = []
        self._taken: set[tuple[str, str]] = set()

    def run(self, deliveries: int) -> Report:
        began_at = time.monotonic()
        self._watcher.start()
        try:
            self._strikes.set_sirius()
            planner = Planner(seed=self._seed)
            steps = self._learn(planner.first())
            # The kills at every step are sure to leave something to take back.
            self._strikes.kill_sweep()
            self._perform(planner.draw(deliveries - 1, steps=steps))
            if self._watcher.drain(self._ours):
                self._make_sure_of_every_step(planner, steps[: deliveries - 1])
            if self._come_to_rest():
                self._retry_what_is_held()
        finally:
            self._watcher.stop()
        return self._report([f"{name} #{nth}" for name, nth in steps], time.monotonic() - began_at)

    def _learn(self, trial: Trial) -> list[Step]:
        """The steps of one delivery, from one that nobody disturbs."""
        self._declare([trial], self._troupe.make([trial]))
        self._watcher.drain(self._ours)
        subject = str(self._declared[0].submission_ids[0])
        deadline = time.monotonic() + LEARNING_SECONDS
        while not any("acknowledgement" in name for name, _ in self._traps.steps(subject)):
            if time.monotonic() > deadline:
                raise RuntimeError("The undisturbed delivery did not come to its last step.")
            time.sleep(0.05)
        steps = list(dict.fromkeys(self._traps.steps(subject)))
        self._say(f"one delivery has {len(steps)} steps")
        return steps

    def _perform(self, plan: Plan) -> None:
        said = 0
        for start in range(0, len(plan.trials), MADE_AT_A_TIME):
            made = plan.trials[start : start + MADE_AT_A_TIME]
            orders = self._troupe.make(made)
            for part in range(0, len(made), DECLARED_AT_A_TIME):
                some = made[part : part + DECLARED_AT_A_TIME]
                if not self._watcher.drain(self._ours, most=MOST_ON_THEIR_WAY):
                    self._say("no submission comes to its end any more")
                    return
                self._declare(some, orders[part : part + DECLARED_AT_A_TIME])
                for place in range(start + part, start + part + len(some)):
                    if place in plan.events:
                        self._strikes.strike(plan.events[place])
                if len(self._declared) - said >= LINE_EVERY:
                    said = len(self._declared)
                    waiting = len(self._watcher.waiting(self._ours))
                    self._say(f"{said} declared, {waiting} on their way")

    def _make_sure_of_every_step(self, planner: Planner, steps: list[Step]) -> None:
        """On a slow machine a lease runs out before the step, and the next try goes another way."""
        for _ in range(ROUNDS):
            hits = [hit for hit in self._traps.hits() if hit["does"] == "kill"]
            struck = {(hit["step"], hit["nth"]) for hit in hits}
            missed = [step for step in steps if step not in struck]
            if not missed:
                return
            self._say(f"{len(missed)} steps again")
            self._perform(Plan(tuple(planner.kills(missed)), {}))
            self._watcher.drain(self._ours)

    def _declare(self, trials: Sequence[Trial], orders: list[int]) -> None:
        for trial in trials:
            if trial.taken:
                self._taken.add((trial.reference, trial.order_type))
                self._sirius.take((trial.reference, trial.order_type))
        self._sirius.faults(*(fault for trial in trials for fault in trial.faults))
        made = self._troupe.declare(orders, trials)
        for trial, order_id, submission_ids in zip(trials, orders, made, strict=True):
            self._declared.append(
                Declared(
                    order_id, trial.reference, trial.order_type, trial.name, tuple(submission_ids)
                )
            )

    @property
    def _ours(self) -> set[int]:
        return {one for declared in self._declared for one in declared.submission_ids}

    def _come_to_rest(self) -> bool:
        """Until nothing is on its way: no row, no frozen worker, no post that came late.

        False where some never end.
        """
        self._say("all declared; waiting for the last")
        if not self._watcher.drain(self._ours):
            return False
        frozen = [float(hit["at"]) for hit in self._traps.hits() if hit["does"] == "freeze"]
        awake_at = max(frozen, default=0.0) + THAW_SECONDS
        time.sleep(max(0.0, awake_at - time.time()) + LATE_SECONDS + 0.5)
        return self._watcher.drain(self._ours)

    def _retry_what_is_held(self) -> None:
        """An operator sends again what needs a person: that must be no way around the promises."""
        held = [pk for pk, state in self._watcher.states.items() if state == "HELD"]
        retried = self._troupe.retry(held)
        self._strikes.struck.extend(["an operator sent again what was held"] * len(retried))
        self._say(f"{len(retried)} held ones sent again")
        self._come_to_rest()

    def _report(self, steps: list[str], seconds: float) -> Report:
        received = self._sirius.received()
        url = self._infrastructure.postgres.url
        evidence = Evidence(
            declared=self._declared,
            rows=read_rows(url),
            tries=read_tries(url),
            accepted=received["accepted"],
            posts=received["attempts"],
            taken=self._taken,
            seen_served=self._watcher.seen_served,
        )
        hits = self._traps.hits()
        return Report(
            seed=self._seed,
            deliveries=len(self._declared),
            seconds=seconds,
            posts=len(evidence.posts),
            records=len(evidence.accepted),
            steps=steps,
            outcomes=counted(f"{row.state} {row.reason}".strip() for row in evidence.rows),
            tries=counted(one.outcome or "open" for one in evidence.tries),
            kills=counted(f"{hit['step']} #{hit['nth']}" for hit in hits if hit["does"] == "kill"),
            freezes=counted(
                f"{hit['step']} #{hit['nth']}" for hit in hits if hit["does"] == "freeze"
            ),
            faults=counted(post["fault"] for post in evidence.posts if post.get("fault")),
            events=counted(self._strikes.struck),
            messages_flushed=self._strikes.messages_flushed,
            states_seen=sorted(self._watcher.came_through),
            violations=judge(evidence),
        )
