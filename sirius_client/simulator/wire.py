"""An answer as bytes on a connection: whole, or broken off, delayed and dripped on purpose. Knows
nothing of orders.
"""

import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

# One byte each time: slow enough that a read timeout never fires, and a total deadline must.
DRIP_BYTES = 1


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. A header may occur several times."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def head(self) -> bytes:
        """The status line and the headers, with the blank line."""
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1")


@dataclass(frozen=True)
class Manner:
    """How an answer leaves: `style` is one of `STYLES`; `seconds` is the time to hang, or between
    two drips.
    """

    style: str = "whole"
    seconds: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


STYLES = ("whole", "close", "reset", "hang", "drip-headers", "drip-body", "truncated")


def as_json(status: int, value: object, *, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    named = {"Content-Type": "application/json", **(headers or {})}
    return Answer(status, json.dumps(value).encode(), tuple(named.items()))


def send(connection: socket.socket, answer: Answer, manner: Manner) -> bool:
    """Sends the answer in this manner; False where the connection is at its end afterwards."""
    try:
        return _send(connection, answer, manner)
    except OSError:  # the client has gone, as clients with a deadline do
        return False


def _send(connection: socket.socket, answer: Answer, manner: Manner) -> bool:
    match manner.style:
        case "whole":
            connection.sendall(answer.head() + answer.body)
            return True
        case "hang":
            manner.stop.wait(manner.seconds)
        case "reset":
            # Closing with this option sends RST in place of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case "drip-headers":
            _drip(connection, answer.head() + answer.body, manner)
        case "drip-body":
            connection.sendall(answer.head())
            _drip(connection, answer.body, manner)
        case "truncated":
            connection.sendall(answer.head() + answer.body[: len(answer.body) // 2])
    return False


def _drip(connection: socket.socket, content: bytes, manner: Manner) -> None:
    for start in range(0, len(content), DRIP_BYTES):
        connection.sendall(content[start : start + DRIP_BYTES])
        if manner.stop.wait(manner.seconds):
            return


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unnamed"
