"""A report of the fault harness in which nothing happened; tests replace what they are about."""

from devstack.chaos.report import Report

NOTHING = Report(
    title="a run",
    command="manage.py chaos",
    seed=7,
    deliveries=0,
    seconds=1.0,
    posts=0,
    records=0,
    steps=[],
    outcomes={},
    tries={},
    kills={},
    freezes={},
    faults={},
    events={},
    messages_flushed=0,
    states_seen=[],
)
