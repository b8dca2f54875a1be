"""TLS in front of the suite's plain servers, with certificates that are right or wrong."""

import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

HOST = "127.0.0.1"
NOW = dt.datetime.now(dt.UTC)
WRONG = ("another name", "expired", "not yet valid", "unknown authority", "self-signed", "old TLS")
# PostgreSQL's SSLRequest: its length, and the number that stands for it.
SSL_REQUEST = struct.pack("!II", 8, 80877103)

Greeting = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Authority:
    """One whose certificates are to be trusted, and where its own lies."""

    ca: trustme.CA
    bundle: str

    def context(self, fault: str = "") -> ssl.SSLContext:
        """A server's, with a good certificate or one that has the fault."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if fault == "self-signed":
            # Of an authority that is a server itself, and that nobody knows.
            stranger = trustme.CA()
            with stranger.private_key_pem.tempfile() as key, stranger.cert_pem.tempfile() as cert:
                context.load_cert_chain(cert, key)
            return context
        self._certificate(fault).configure_cert(context)
        if fault == "old TLS":
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings(action="ignore"):
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context

    def _certificate(self, fault: str) -> trustme.LeafCert:
        day = dt.timedelta(days=1)
        if fault == "another name":
            return self.ca.issue_cert("elsewhere.example", "127.0.0.2")
        if fault == "expired":
            return self.ca.issue_cert(HOST, not_before=NOW - 9 * day, not_after=NOW - day)
        if fault == "not yet valid":
            return self.ca.issue_cert(HOST, not_before=NOW + day, not_after=NOW + 9 * day)
        if fault == "unknown authority":
            return trustme.CA().issue_cert(HOST)
        return self.ca.issue_cert(HOST)


def make_authority(folder: Path) -> Authority:
    """A new authority, whose certificate lies in the folder."""
    ca = trustme.CA()
    path = folder / "authority.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(ca, str(path))


class Front:
    """Takes TLS connections and passes on to a plain server; counts those that said something."""

    def __init__(self, context: ssl.SSLContext, port: int, greeting: Greeting | None) -> None:
        self.passed = 0
        self._context, self._target, self._greeting = context, port, greeting
        self._listening = socket.create_server((HOST, 0))
        self.port = self._listening.getsockname()[1]
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No further connection; those under way end with their sockets."""
        self._is_ended.set()
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port)).close()
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                # Closed before this one came to look.
                return
            if self._is_ended.is_set():
                connection.close()
                return
            threading.Thread(target=self._pass_on, args=[connection], daemon=True).start()

    def _pass_on(self, plain: socket.socket) -> None:
        plain.settimeout(10)
        with plain, contextlib.suppress(OSError, ValueError):
            if self._greeting:
                self._greeting(plain)
            with (
                self._context.wrap_socket(plain, server_side=True) as outside,
                socket.create_connection((HOST, self._target)) as inside,
            ):
                # A client of TLS 1.3 learns of nothing before it speaks: only words count.
                first = outside.recv(65536)
                if first:
                    self.passed += 1
                    inside.sendall(first)
                    _relay(outside, inside)


def _relay(outside: ssl.SSLSocket, inside: socket.socket) -> None:
    outside.settimeout(None)

    def back() -> None:
        with contextlib.suppress(OSError, ValueError):
            while answer := inside.recv(65536):
                outside.sendall(answer)
        with contextlib.suppress(OSError, ValueError):
            outside.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    with contextlib.suppress(OSError, ValueError):
        while words := outside.recv(65536):
            inside.sendall(words)
    with contextlib.suppress(OSError):
        inside.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def ask_for_tls(plain: socket.socket) -> None:
    """As PostgreSQL does: TLS begins when the client has asked for it and was told yes."""
    assert plain.recv(8, socket.MSG_WAITALL) == SSL_REQUEST
    plain.sendall(b"S")


@contextlib.contextmanager
def front(context: ssl.SSLContext, port: int, greeting: Greeting | None = None) -> Iterator[Front]:
    """TLS in front of the server on this port, as long as the block lasts."""
    opened = Front(context, port, greeting)
    try:
        yield opened
    finally:
        opened.stop()
