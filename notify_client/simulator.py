"""A stand-in for GOV.UK Notify, as a process: answers `POST /v2/notifications/email` and lists what
it took. Sends nothing.

Run it with `python -m notify_client.simulator --port N`; the variable NOTIFY_API_KEY names the key
whose signature it asks for. Control calls: `GET /control/health`, `GET /control/received` (newest
last), `POST /control/reset`, and `POST /control/fault` with {"kind": ..., "times": n}, without
"times" until the next reset: "down" (500), "unavailable" (503), "busy" (429), "team_only" (400),
"hang" (no answer before the next reset) and "late" (takes the mail, then closes without an answer).
What it took is in memory and gone when it stops.
"""

import json
import os
import re
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import jwt

from notify_client.keys import UUID, ApiKey
from wire.stand_in import QuietConnection, StandIn, run

EMAIL_PATH = "/v2/notifications/email"
BODY_LIMIT = 3 * 1024 * 1024
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Notify takes a token for half a minute either way.
CLOCK_SECONDS = 30
LONGEST_HANG_SECONDS = 120

Answer = tuple[int, Any]


def refused(status: int, error: str, *messages: str) -> Answer:
    """Notify's form of an error."""
    errors = [{"error": error, "message": message} for message in messages]
    return status, {"status_code": status, "errors": errors}


# The answers of Notify's table "Error codes".
FAULTS = {
    "down": refused(500, "Exception", "Internal server error"),
    "unavailable": refused(503, "Exception", "Service unavailable"),
    "busy": refused(
        429,
        "RateLimitError",
        "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
    ),
    "team_only": refused(
        400, "BadRequestError", "Can't send to this recipient using a team-only API key"
    ),
}
SILENT_FAULTS = {"hang", "late"}


class Outbox:
    """Every message that was taken, in order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = []

    def add(self, message: dict[str, Any]) -> None:
        """Keeps one message."""
        with self._lock:
            self._messages.append(message)

    def messages(self) -> list[dict[str, Any]]:
        """All of them, oldest first."""
        with self._lock:
            return list(self._messages)

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._messages.clear()


class Faults:
    """The fault that is set, and for how many calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kind = ""
        self._left: int | None = None
        self._released = threading.Event()

    def set(self, kind: str, times: int | None) -> None:
        """Replaces what was set; `times` None: until the next reset."""
        self.clear()
        with self._lock:
            self._kind, self._left = kind, times

    def clear(self) -> None:
        """No fault any more; calls that hang are let go."""
        with self._lock:
            self._kind, self._left = "", None
            self._released.set()
            self._released = threading.Event()

    def take(self) -> str:
        """The fault of this call, or ""."""
        with self._lock:
            if self._left == 0:
                return ""
            if self._left is not None:
                self._left -= 1
            return self._kind

    def hang(self) -> None:
        """Returns at the next reset."""
        self._released.wait(LONGEST_HANG_SECONDS)


def check_signature(authorization: str, key: ApiKey | None) -> Answer | None:
    """None for the header of Notify's own clients, signed with the key; else the refusal.

    Without a key any signature will do.
    """
    if not authorization.startswith("Bearer "):
        return refused(401, "AuthError", "Unauthorized: authentication token must be provided")
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "),
            key.secret if key else "",
            algorithms=["HS256"],
            options={
                "verify_signature": key is not None,
                "require": ["iss", "iat"],
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError:
        claims = {}
    if not {"iss", "iat"} <= claims.keys() or (key and claims["iss"] != key.service_id):
        return refused(403, "AuthError", "Invalid token: API key not found")
    if key and not abs(time.time() - claims["iat"]) <= CLOCK_SECONDS:
        return refused(
            403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"
        )
    return None


def take_email(outbox: Outbox, body: bytes, address: str) -> Answer:
    """Answers one message: 201 with its id and links, or 400 with a message for each thing that is
    wrong.
    """
    try:
        wanted = json.loads(body)
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        return refused(400, "BadRequestError", "Invalid JSON supplied in POST data")
    wrong = _wrong(wanted)
    if wrong:
        return refused(400, "ValidationError", *wrong)
    message_id = str(uuid.uuid4())
    outbox.add({"id": message_id, "sent_at": datetime.now(UTC).isoformat(), **wanted})
    return 201, {
        "id": message_id,
        "reference": wanted.get("reference"),
        "content": {"subject": "", "body": "", "from_email": "serve@example.test"},
        "uri": f"{address}/v2/notifications/{message_id}",
        "template": {
            "id": wanted["template_id"],
            "version": 1,
            "uri": f"{address}/services/local/templates/{wanted['template_id']}",
        },
        "scheduled_for": None,
    }


def _wrong(wanted: dict[str, Any]) -> list[str]:
    wrong = [
        f"{name} is a required property"
        for name in ("email_address", "template_id")
        if name not in wanted
    ]
    if "email_address" in wanted and not ADDRESS.fullmatch(str(wanted["email_address"])):
        wrong.append("email_address Not a valid email address")
    if "template_id" in wanted and not re.fullmatch(
        UUID, str(wanted["template_id"]), re.IGNORECASE
    ):
        wrong.append("template_id is not a valid UUID")
    if not isinstance(wanted.get("personalisation", {}), dict):
        wrong.append("personalisation is not of type object")
    return wrong


class NotifyServer(StandIn):
    """A thread a connection, on loopback."""

    def __init__(self, port: int) -> None:
        super().__init__(port, _Connection)
        self.outbox = Outbox()
        self.faults = Faults()
        text = os.environ.get("NOTIFY_API_KEY", "")
        self.key = ApiKey.read(text) if text else None


class _Connection(QuietConnection):
    server: NotifyServer

    def do_GET(self) -> None:
        match self.path:
            case "/control/health" | "/_status":
                self.send_json(200, {"status": "ok"})
            case "/control/received":
                self.send_json(200, {"received": self.server.outbox.messages()})
            case _:
                self.send_json(*refused(404, "NotFound", "Not found"))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.close_connection = True
            self.send_json(*refused(413, "RequestEntityTooLarge", "The body is too large"))
            return
        body = self.rfile.read(int(length))
        match self.path:
            case "/control/reset":
                self.server.outbox.clear()
                self.server.faults.clear()
                self.send_json(200, {})
            case "/control/fault":
                self._set_fault(body)
            case _ if self.path == EMAIL_PATH:
                self._take_email(body)
            case _:
                self.send_json(*refused(404, "NotFound", "Not found"))

    def _set_fault(self, body: bytes) -> None:
        wanted = json.loads(body)
        if wanted.get("kind") not in {*FAULTS, *SILENT_FAULTS}:
            self.send_json(*refused(400, "BadRequestError", "No such fault"))
            return
        self.server.faults.set(wanted["kind"], wanted.get("times"))
        self.send_json(200, {})

    def _take_email(self, body: bytes) -> None:
        fault = self.server.faults.take()
        if fault == "hang":
            self.server.faults.hang()
        if fault == "hang" or fault in FAULTS:
            self.close_connection = True
        if fault == "hang":
            return
        refusal = FAULTS.get(fault) or check_signature(
            self.headers.get("Authorization", ""), self.server.key
        )
        answer = refusal or take_email(self.server.outbox, body, self.server.address)
        if fault == "late":
            self.close_connection = True
            return
        self.send_json(*answer)


def main() -> int:
    """Runs until SIGTERM or Ctrl-C; 2 where the port is taken."""
    return run(NotifyServer, program="notify_client.simulator", title="Notify stand-in")


if __name__ == "__main__":
    sys.exit(main())
