"""A small client of clamd by its own protocol: a question a connection, every wait bounded.

Source: clamd(8), "COMMANDS". Whatever is not exactly one whole answer about the whole file that
was sent is `ScannerUnavailable`: no error, no limit and no odd word is ever "clean".
"""

import hashlib
import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Self
from urllib.parse import urlsplit

from django.conf import settings

from filestore.errors import FileEncrypted, FileIsBomb, FileRejected, ScannerUnavailable, VirusFound
from wire.line import Patience

CHUNK = 64 * 1024
USUAL_PORT = 3310
MOST_ANSWER = 1024  # bytes
FOR_HEALTH = Patience(connect=2, read=3, total=3)
CLEAN = b"stream: OK\0"
FOUND = re.compile(rb"stream: ([!-~]{1,200}) FOUND\0")


class ScanState(Enum):
    """What is known about viruses in a file. Only `CLEAN` means that a scanner looked."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"


@dataclass(frozen=True)
class Scan:
    """What the scanner said about the bytes whose SHA-256 (hex) this is.

    `finding` is the name of what it found, in the scanner's words; "" where it found nothing.
    """

    state: ScanState
    sha256: str
    finding: str = ""

    @property
    def refusal(self) -> FileRejected:
        """Why a file of which something was found is not taken."""
        if self.finding.startswith("Heuristics.Limits.Exceeded"):
            return FileIsBomb()
        return FileEncrypted() if self.finding.startswith("Heuristics.Encrypted") else VirusFound()


@dataclass(frozen=True)
class Address:
    """Where clamd listens: a TCP host and port, or the path of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def read(cls, url: str) -> Self:
        """Of `tcp://host:port` or `unix:///path`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
            return cls(path=parts.path)
        is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in url)
        if parts.scheme != "tcp" or not parts.hostname or not is_bare or parts.port == 0:
            raise ValueError("no address of a scanner")
        return cls(host=parts.hostname, port=parts.port or USUAL_PORT)

    @property
    def is_private(self) -> bool:
        """Whether it cannot lie outside our own network: clamd has no TLS and no password."""
        try:
            return bool(self.path) or ipaddress.ip_address(self.host).is_private
        except ValueError:
            # A name without a dot, or of the zones that no public name server answers for.
            return "." not in self.host or self.host.endswith((".internal", ".local"))


class Clamd:
    """One scanner. Every method opens a connection of its own, so threads may share it."""

    def __init__(self, address: Address, patience: Patience) -> None:
        self._address = address
        self._patience = patience

    @classmethod
    def from_settings(cls, patience: Patience | None = None) -> Self:
        """The scanner of the settings CLAMD_*. Raises `ScannerUnavailable` where there is none."""
        try:
            address = Address.read(settings.CLAMD_URL)
        except ValueError:
            raise ScannerUnavailable("CLAMD_URL names no scanner") from None
        seconds = Patience(
            settings.CLAMD_CONNECT_SECONDS,
            settings.CLAMD_READ_SECONDS,
            settings.CLAMD_TOTAL_SECONDS,
        )
        return cls(address, patience or seconds)

    def version(self) -> str:
        """Its version, and those of its signatures: "ClamAV 1.4.6/27800/Sat Nov 21 08:00:00 2026".

        Raises `ScannerUnavailable`.
        """
        with self._line() as line:
            line.send(b"zVERSION\0")
            answer = line.whole_answer()
        if not re.fullmatch(rb"[ -~]{1,200}\0", answer):
            raise ScannerUnavailable("odd answer")
        return answer[:-1].decode("ascii")

    def is_up(self) -> bool:
        """Whether it answers a ping as clamd does. Never raises."""
        try:
            with self._line() as line:
                line.send(b"zPING\0")
                return line.whole_answer() == b"PONG\0"
        except ScannerUnavailable:
            return False

    def scan(self, file: BinaryIO) -> Scan:
        """Send the file, from where it stands to its end, and say what was answered about it.

        Raises `ScannerUnavailable`: then nothing is known about the file.
        """
        digest = hashlib.sha256()
        with self._line() as line:
            line.send(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                line.send(len(chunk).to_bytes(4, "big") + chunk)
            line.refuse_early_answer()
            line.send(bytes(4))
            return _read_verdict(line.whole_answer(), digest.hexdigest())

    @contextmanager
    def _line(self) -> Iterator["_Line"]:
        deadline = time.monotonic() + self._patience.total
        try:
            with self._connected() as sock:
                yield _Line(sock, deadline, self._patience.read)
        except OSError as error:
            raise ScannerUnavailable(type(error).__name__) from None

    def _connected(self) -> socket.socket:
        seconds = min(self._patience.connect, self._patience.total)
        if not self._address.path:
            return socket.create_connection((self._address.host, self._address.port), seconds)
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.settimeout(seconds)
            sock.connect(self._address.path)
        except OSError:
            sock.close()
            raise
        return sock


def _read_verdict(answer: bytes, sha256: str) -> Scan:
    if answer == CLEAN:
        return Scan(ScanState.CLEAN, sha256)
    if found := FOUND.fullmatch(answer):
        return Scan(ScanState.INFECTED, sha256, found[1].decode("ascii"))
    # The size limit for instance, an error of clamd's own, or half an answer.
    raise ScannerUnavailable("odd answer")


@dataclass(frozen=True)
class _Line:
    """One connection; `deadline` is by time.monotonic(), `silence` in seconds."""

    sock: socket.socket
    deadline: float
    silence: float

    def send(self, content: bytes) -> None:
        self._wait_no_longer()
        self.sock.sendall(content)

    def refuse_early_answer(self) -> None:
        """What was said before the file was whole was not said about the file."""
        self.sock.setblocking(False)
        try:
            self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        raise ScannerUnavailable("answered before the file was whole")

    def whole_answer(self) -> bytes:
        """All that comes until the other side closes: clamd does so after its one answer."""
        answer = b""
        while len(answer) <= MOST_ANSWER:
            self._wait_no_longer()
            piece = self.sock.recv(MOST_ANSWER)
            if not piece:
                return answer
            answer += piece
        raise ScannerUnavailable("answer too long")

    def _wait_no_longer(self) -> None:
        seconds = min(self.silence, self.deadline - time.monotonic())
        if seconds <= 0:
            raise TimeoutError
        self.sock.settimeout(seconds)
