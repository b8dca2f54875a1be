"""Gathers what a run left, has it judged, and makes the report."""

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from devstack.chaos.demands import shortfalls
from devstack.chaos.events import Strikes
from devstack.chaos.evidence import Journal, Watcher, read_journal, read_rows, read_tries
from devstack.chaos.oracles import Declared, Evidence, Key, Record, Row, judge, spoilt
from devstack.chaos.pages import Staff
from devstack.chaos.plan import Trial
from devstack.chaos.programme import Programme
from devstack.chaos.report import Held, Report, counted
from devstack.chaos.traps import Trap
from devstack.infrastructure import Infrastructure


@dataclass(frozen=True, kw_only=True)
class Left:
    """All that is there when a run is over."""

    programme: Programme
    infrastructure: Infrastructure
    declared: list[Declared]
    trials: dict[str, Trial]
    steps: list[Trap]
    hits: list[dict[str, Any]]
    deaths: list[str]
    watcher: Watcher
    staff: Staff
    listed: dict[Key, str] | None
    strikes: Strikes
    seconds: float
    cut_short: str


def make_report(left: Left) -> Report:
    """Read, judge, count."""
    url = left.infrastructure.postgres.url
    # In this order: of a run that goes on, each is then a part of what is read after it.
    rows = read_rows(url)
    journal = read_journal(_journal(left))
    evidence = Evidence(
        declared=left.declared,
        rows=rows,
        tries=read_tries(url),
        accepted=journal.accepted,
        posts=journal.posts,
        taken=journal.taken,
        seen_served=left.watcher.seen_served,
        shown=left.staff.shown,
        listed=left.listed,
        settle_seconds=left.programme.times["SUBMISSION_SETTLE_SECONDS"],
    )
    violations = judge(evidence)
    kills, freezes = _names(left.hits, "kill"), _names(left.hits, "freeze")
    met = _situations_met(left.trials, evidence.posts)
    report = Report(
        title=left.programme.title,
        command=left.programme.command,
        seed=left.programme.seed,
        deliveries=len(left.declared),
        seconds=left.seconds,
        posts=len(evidence.posts),
        records=len(evidence.accepted),
        steps=[step.name for step in left.steps],
        outcomes=counted(f"{row.state} {row.reason}".strip() for row in evidence.rows),
        tries=counted(one.outcome or "open" for one in evidence.tries),
        kills=counted(kills),
        freezes=counted(freezes),
        faults=counted(post["fault"] for post in evidence.posts if post.get("fault")),
        events=counted(left.strikes.struck),
        deaths=counted(left.deaths),
        messages_flushed=left.strikes.messages_flushed,
        states_seen=sorted(left.watcher.came_through),
        pages=_pages(left),
        situations=met if left.programme.kind == "situations" else {},
        held=_held(evidence.rows, left.trials, journal),
        spoilt=len(spoilt(evidence)),
        cut_short=left.cut_short,
        violations=violations,
        repeats={
            one.reference: left.programme.just(left.trials[one.reference].number)
            for one in violations
            if one.reference in left.trials
        },
    )
    return replace(report, missed=shortfalls(left.programme, report))


def save_report(report: Report, left: Left, folder: Path) -> None:
    """The report as text and JSON, and where a promise was broken Sirius' journal beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text(report.as_text() + "\n", encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report.as_json()), encoding="utf-8")
    if report.violations:
        shutil.copy(_journal(left), folder / "journal.jsonl")


def _journal(left: Left) -> Path:
    return left.infrastructure.state.folder(left.infrastructure.sirius.name) / "journal.jsonl"


def _names(hits: Sequence[Mapping[str, Any]], does: str) -> list[str]:
    return [
        Trap(hit["step"], hit["nth"], tries=hit["tries"]).name
        for hit in hits
        if hit["does"] == does
    ]


def _pages(left: Left) -> dict[str, int]:
    declared = counted(f"declared: {one.page}" for one in left.trials.values() if one.page)
    return {
        **declared,
        "answers that were an error, and the person tried again": left.staff.errors_met,
        "progress pages that said “Order served to OPG”": len(left.staff.shown),
        "orders read in the list in the end": len(left.listed or {}),
    }


# --- Situations ---
def _situation(trial: Trial) -> str:
    return trial.name.partition(": ")[0]


def _situations_met(trials: Mapping[str, Trial], posts: Sequence[Record]) -> dict[str, int]:
    """By situation, how many trials' last fault struck a post, by Sirius' journal."""
    struck: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        if post.get("fault") and post.get("reference"):
            struck[post["reference"]].append(post["fault"])
    return counted(
        _situation(trial)
        for reference, trial in trials.items()
        if trial.faults
        and [fault["kind"] for fault in trial.faults if "call" not in fault] == struck[reference]
    )


# --- Held ---
def _held(rows: Sequence[Row], trials: Mapping[str, Trial], journal: Journal) -> list[Held]:
    """Why each waits for a person, and what Sirius' journal says of it."""
    records = {(one["reference"], one["type"]) for one in journal.accepted}
    posted = {one.get("reference") for one in journal.posts}
    found = []
    for row in rows:
        if row.state != "HELD":
            continue
        if row.key in journal.taken:
            there = "somebody else's record was there"
        elif row.key in records:
            there = "its record is in Sirius"
        elif row.reference in posted:
            there = "posted, and no record is in Sirius"
        else:
            there = "nothing reached Sirius"
        trial = trials.get(row.reference)
        found.append(Held(row.reference, trial.name if trial else "not ours", row.reason, there))
    return found
