"""The Sirius simulator's control API, for tests, demonstration and harness; faults are set here."""

import json
from typing import Any

from devstack.asking import ask


class SiriusControl:
    """Asks a running simulator what it received, and tells it what to do wrong.

    Shapes are those of `sirius_client/simulator/control.py`. Raises OSError where it is down.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def received(self) -> dict[str, Any]:
        """`{"accepted": [...], "attempts": [...]}`, each in order of arrival."""
        return self._call("GET", "received")

    def accepted(self) -> list[dict[str, Any]]:
        accepted: list[dict[str, Any]] = self.received()["accepted"]
        return accepted

    def attempts(self) -> list[dict[str, Any]]:
        attempts: list[dict[str, Any]] = self.received()["attempts"]
        return attempts

    def events(self) -> list[dict[str, Any]]:
        """What the event bus took."""
        events: list[dict[str, Any]] = self._call("GET", "events")["events"]
        return events

    def faults(self, *queue: dict[str, Any], plan: dict[str, Any] | None = None) -> None:
        """Add faults for the calls to come, and optionally a plan by chance with a seed."""
        self._call("POST", "faults", {"queue": list(queue), **({"plan": plan} if plan else {})})

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    def take(self, *keys: tuple[str, str]) -> None:
        """Have these (court reference, type) there already, as if by somebody else."""
        self._call("POST", "taken", {"keys": [list(key) for key in keys]})

    def end_sessions(self) -> None:
        self._call("POST", "sessions", {})

    def settings(self, **settings: object) -> None:
        self._call("POST", "settings", settings)

    def reset(self) -> None:
        """Forget everything: orders, attempts, events, faults, sessions."""
        self._call("POST", "reset", {})

    def _call(self, method: str, what: str, wanted: object = None) -> dict[str, Any]:
        body = None if wanted is None else json.dumps(wanted).encode()
        answer = ask(f"{self._url}/control/{what}", method=method, body=body, seconds=30)
        content: dict[str, Any] = json.loads(answer)
        return content
