"""Trip-wires in a worker: every commit, network call and acknowledgement of one delivery is a step.

Strung from outside around Django, requests, botocore, urllib3 and kombu, so that the application
carries no hook. At a step for which a trap is laid the process kills or freezes itself.
"""

import functools
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import botocore.httpsession
import requests.adapters
import urllib3.connection
from celery.signals import task_prerun
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from kombu.message import Message

from devstack.chaos.traps import RECOVERY, SWEEP, Trap, TrapFolder

_SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}
_WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_VERBS = {"INSERT INTO": "insert", "UPDATE": "update", "DELETE FROM": "delete"}

Call = Callable[..., Any]


class Wires:
    """Counts the steps of the task that this process runs; only one runs at a time."""

    def __init__(self, traps: TrapFolder) -> None:
        self._traps = traps
        self._subject = ""
        self._trap: Trap | None = None
        self._tries = 0
        self._came: Counter[str] = Counter()
        self._writes: list[str] = []
        self._call = ""

    def string(self) -> None:
        """Put every wire in its place, for the rest of this process."""
        task_prerun.connect(self._begin, weak=False)
        connection_created.connect(self._watch_statements, weak=False)
        _around(BaseDatabaseWrapper, "_commit", self._commit)
        _around(BaseDatabaseWrapper, "_rollback", self._rollback)
        _around(requests.adapters.HTTPAdapter, "send", self._ask_sirius)
        _around(botocore.httpsession.URLLib3Session, "send", self._ask_storage)
        _around(urllib3.connection.HTTPConnection, "getresponse", self._wait_for_answer)
        _around(Message, "ack", self._acknowledge)

    # --- Whose steps ---
    def _begin(self, *, task: Any, args: Any, **_: Any) -> None:
        self._subject = SWEEP if task.name.endswith(".sweep") else str(args[0])
        self._trap = self._traps.next(self._subject)
        self._tries = self._traps.tries(self._subject) if self._trap else 0
        self._came.clear()
        self._writes.clear()

    def _end(self) -> None:
        self._subject, self._trap = "", None

    def _step(self, name: str) -> None:
        if self._trap is None:
            return
        if not self._came:
            # Its first step is the claim's commit; a message that was not needed comes to none.
            self._traps.note_try(self._subject)
        self._came[name] += 1
        here = Trap(name, self._came[name], tries=self._tries)
        if not self._trap.step:
            self._traps.note_step(self._subject, here)
        elif self._trap.is_at(here):
            trap, self._trap = self._trap, None
            if self._traps.spring(self._subject, trap):
                os.kill(os.getpid(), _SIGNALS[trap.does])

    @contextmanager
    def _steps_around(self, name: str) -> Iterator[None]:
        self._step(f"before {name}")
        yield
        self._step(f"after {name}")

    # --- Database ---
    def _watch_statements(self, *, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if self._statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._statement)

    def _statement(
        self, execute: Call, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        write = _WRITE.match(sql)
        if write is None or not self._subject:
            return execute(sql, params, many, context)
        name = f"{_VERBS[write[1]]} {write[2]}"
        if context["connection"].in_atomic_block:
            self._writes.append(name)
            return execute(sql, params, many, context)
        # Outside a transaction each statement is its own commit.
        with self._steps_around(f"commit of {name}"):
            return execute(sql, params, many, context)

    def _commit(self, commit: Call) -> Any:
        """A transaction that wrote nothing is no step."""
        if not self._writes:
            return commit()
        name = f"commit of {', '.join(dict.fromkeys(self._writes))}"
        self._writes.clear()
        with self._steps_around(RECOVERY if self._subject == SWEEP else name):
            return commit()

    def _rollback(self, rollback: Call) -> Any:
        self._writes.clear()
        return rollback()

    # --- Network ---
    def _ask_sirius(self, send: Call, request: Any, **options: Any) -> Any:
        self._call = f"Sirius {request.method} {urlsplit(request.url).path}"
        with self._steps_around(self._call):
            return send(request, **options)

    def _ask_storage(self, send: Call, request: Any) -> Any:
        bucket, _, key = urlsplit(request.url).path.lstrip("/").partition("/")
        self._call = f"S3 {request.method} {bucket}{' object' if key else ''}"
        with self._steps_around(self._call):
            return send(request)

    def _wait_for_answer(self, getresponse: Call, *args: Any, **options: Any) -> Any:
        self._step(f"with the request gone: {self._call}")
        return getresponse(*args, **options)

    # --- Broker ---
    def _acknowledge(self, ack: Call, *args: Any, **options: Any) -> Any:
        # A message for a submission that another worker has, or has done, is no delivery.
        name, did_something = "acknowledgement to the broker", bool(self._came)
        try:
            if not did_something:
                return ack(*args, **options)
            with self._steps_around(name):
                return ack(*args, **options)
        finally:
            self._end()


def _around(owner: type, name: str, wire: Call) -> None:
    """Replace a method by one that hands the original, bound, to `wire`."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def wired(self: Any, *args: Any, **options: Any) -> Any:
        return wire(functools.partial(original, self), *args, **options)

    setattr(owner, name, wired)
