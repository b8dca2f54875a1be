"""A stand-in for GOV.UK Notify, as a process: answers `POST /v2/notifications/email` and lists what
it took. Sends nothing.

Run it with `python -m notify_client.simulator --port N`. Control calls: `GET /control/health`, `GET
/control/received` (newest last), `POST /control/reset`. What it took is in memory and gone when it
stops.
"""

import argparse
import base64
import binascii
import json
import re
import signal
import sys
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EMAIL_PATH = "/v2/notifications/email"
BODY_LIMIT = 3 * 1024 * 1024
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

Answer = tuple[int, Any]


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


def refused(status: int, error: str, *messages: str) -> Answer:
    """Notify's form of an error."""
    errors = [{"error": error, "message": message} for message in messages]
    return status, {"status_code": status, "errors": errors}


def is_signed(authorization: str) -> bool:
    """Whether the header carries a JSON web token with an issuer and a time, as Notify's clients
    make; not whose it is.
    """
    parts = authorization.removeprefix("Bearer ").split(".")
    if not authorization.startswith("Bearer ") or len(parts) != 3:
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(claims, dict) and {"iss", "iat"} <= claims.keys()


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
    if "template_id" in wanted and not UUID.fullmatch(str(wanted["template_id"])):
        wrong.append("template_id is not a valid UUID")
    if not isinstance(wanted.get("personalisation", {}), dict):
        wrong.append("personalisation is not of type object")
    return wrong


class NotifyServer(ThreadingHTTPServer):
    """A thread a connection, on loopback."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.outbox = Outbox()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: NotifyServer

    def do_GET(self) -> None:
        match self.path:
            case "/control/health" | "/_status":
                self._send(200, {"status": "ok"})
            case "/control/received":
                self._send(200, {"received": self.server.outbox.messages()})
            case _:
                self._send(*refused(404, "NotFound", "Not found"))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.close_connection = True
            self._send(*refused(413, "RequestEntityTooLarge", "The body is too large"))
            return
        body = self.rfile.read(int(length))
        if self.path == "/control/reset":
            self.server.outbox.clear()
            self._send(200, {})
        elif self.path != EMAIL_PATH:
            self._send(*refused(404, "NotFound", "Not found"))
        elif not is_signed(self.headers.get("Authorization", "")):
            message = "Unauthorized: authentication token must be provided"
            self._send(*refused(401, "AuthError", message))
        else:
            self._send(*take_email(self.server.outbox, body, self.server.address))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: addresses do not belong in a log."""

    def _send(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    """Runs until SIGTERM or Ctrl-C; 2 where the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m notify_client.simulator", description="A stand-in for GOV.UK Notify."
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    port = parser.parse_args().port
    try:
        server = NotifyServer(port)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {port}: {error.strerror}.\n")
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop below, so it needs a thread of its own.
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"Notify stand-in on {server.address}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
