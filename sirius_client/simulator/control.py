"""The control API under `/control/`: what the simulator received, and what it is to do wrong.

Not a part of Sirius.

GET health        `{"status": "OK", "documents_checked": bool}`
GET received      `{"accepted": [...], "attempts": [...]}`, each in order of arrival
GET events        `{"events": [...]}`: what the event bus took
GET faults        the faults to come
POST faults       adds `{"queue": [fault, ...], "plan": plan}` (`faults.Fault`, `faults.Plan`)
DELETE faults     forgets them, and lets go of every answer that hangs
GET taken         `{"keys": [[reference, type], ...]}`: the keys that are there
POST taken        adds `{"keys": [...]}`, as if somebody else had put them
POST sessions     ends every session
POST settings     `{"checksum": bool, "racy": bool, "csrf_in": "header" or "cookie"}`, each optional
POST reset        forgets everything: orders, attempts, events, faults, sessions
"""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from sirius_client.simulator.app import Settings, Simulator
from sirius_client.simulator.faults import UnknownFault
from sirius_client.simulator.wire import Answer, as_json

PREFIX = "/control/"

Action = Callable[[Simulator, dict[str, Any]], Any]


def _health(simulator: Simulator, _: dict[str, Any]) -> Any:
    return {"status": "OK", "documents_checked": simulator.bucket is not None}


def _received(simulator: Simulator, _: dict[str, Any]) -> Any:
    snapshot = simulator.ledger.snapshot()
    return {"accepted": snapshot["accepted"], "attempts": snapshot["attempts"]}


def _events(simulator: Simulator, _: dict[str, Any]) -> Any:
    return {"events": simulator.ledger.snapshot()["events"]}


def _faults(simulator: Simulator, _: dict[str, Any]) -> Any:
    return simulator.faults.snapshot()


def _add_faults(simulator: Simulator, wanted: dict[str, Any]) -> Any:
    simulator.faults.add(wanted)
    return simulator.faults.snapshot()


def _forget_faults(simulator: Simulator, _: dict[str, Any]) -> Any:
    simulator.faults.clear()
    simulator.release()
    return simulator.faults.snapshot()


def _taken(simulator: Simulator, _: dict[str, Any]) -> Any:
    return {"keys": simulator.ledger.taken()}


def _take(simulator: Simulator, wanted: dict[str, Any]) -> Any:
    for reference, order_type in wanted["keys"]:
        simulator.ledger.take((reference, order_type))
    return {"keys": simulator.ledger.taken()}


def _end_sessions(simulator: Simulator, _: dict[str, Any]) -> Any:
    simulator.sessions.end_all()
    return {}


def _set(simulator: Simulator, wanted: dict[str, Any]) -> Any:
    unknown = set(wanted) - {field.name for field in fields(Settings)}
    if unknown:
        raise KeyError(f"No such setting: {', '.join(sorted(unknown))}")
    for name, value in wanted.items():
        setattr(simulator.settings, name, value)
    return asdict(simulator.settings)


def _reset(simulator: Simulator, _: dict[str, Any]) -> Any:
    simulator.faults.clear()
    simulator.release()
    simulator.sessions.end_all()
    simulator.ledger.reset()
    return {}


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "health"): _health,
    ("GET", "received"): _received,
    ("GET", "events"): _events,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _forget_faults,
    ("GET", "taken"): _taken,
    ("POST", "taken"): _take,
    ("POST", "sessions"): _end_sessions,
    ("POST", "settings"): _set,
    ("POST", "reset"): _reset,
}


def answer(simulator: Simulator, method: str, path: str, body: bytes) -> Answer:
    """Answers one control call: 200 with JSON, 400 with the reason, or 404."""
    action = ACTIONS.get((method, path.removeprefix(PREFIX)))
    if action is None:
        return as_json(404, {"error": f"No such control call: {method} {path}"})
    try:
        return as_json(200, action(simulator, json.loads(body) if body else {}))
    except (UnknownFault, ValueError, KeyError, TypeError, AttributeError) as error:
        return as_json(400, {"error": str(error)})
