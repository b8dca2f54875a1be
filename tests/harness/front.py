"""An HTTP server before another: it passes everything on, or answers wrongly as it is told to.

Before the store it can copy short or altered, be slow, cut a body in the middle, hang; before
Sirius it can be down in several ways. Every request is counted.
"""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
PIECE = 4096


@dataclass(frozen=True)
class Asked:
    """One request as it came: enough to decide what to do wrong."""

    method: str
    path: str
    copies: str = ""

    @property
    def key(self) -> str:
        """The object's key, where the path is /bucket/key."""
        return self.path.lstrip("/").partition("/")[2]


# What a fault may be told to do; "" passes the request on.
WRONGS = (
    *("500", "503", "slow down", "slow", "hang", "cut", "reset", "close"),
    *("short copy", "altered copy", "slow body"),
)


@dataclass
class Front:
    """`wrong` says what becomes of each request; `came` counts those that came, with the moment."""

    upstream: str
    wrong: Callable[[Asked], str] = lambda _: ""
    hang_seconds: float = 2.0
    on_slow_body: Callable[[], None] = lambda: None
    came: list[Asked] = field(default_factory=list)
    did: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        host = urlsplit(self.upstream)
        self.address = (host.hostname or "127.0.0.1", host.port or 80)
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.front = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def once(self, *wrongs: str, when: Callable[[Asked], bool] = lambda _: True) -> None:
        """The next requests that fit meet these, one each; then all is well again."""
        waiting = list(wrongs)
        lock = threading.Lock()

        def strike(asked: Asked) -> str:
            with lock:
                return waiting.pop(0) if waiting and when(asked) else ""

        self.wrong = strike

    def heal(self) -> None:
        self.wrong = lambda _: ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    front: Front

    def handle_error(self, *_: Any) -> None:
        """A client that went away, as clients with a deadline do, or a server that is down."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def _answer(self) -> None:
        front = self.server.front
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(
            self.command,
            urlsplit(self.path).path,
            unquote(self.headers.get("x-amz-copy-source") or ""),
        )
        front.came.append(asked)
        wrong = front.wrong(asked)
        if wrong:
            front.did.append(wrong)
        match wrong:
            case "500" | "503":
                self._send(int(wrong), {}, b"<html>Something is not as it was</html>")
            case "slow down":
                self._send(503, {}, b"<Error><Code>SlowDown</Code></Error>")
            case "hang":
                time.sleep(front.hang_seconds)
                self.close_connection = True
            case "close" | "reset":
                self.close_connection = True
            case _:
                self._pass_on(body, wrong, asked)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

    def _pass_on(self, body: bytes, wrong: str, asked: Asked) -> None:
        if wrong == "slow":
            time.sleep(0.4)
        status, headers, content = self._ask(self.command, self.path, dict(self.headers), body)
        if wrong in ("short copy", "altered copy"):
            self._spoil(asked, wrong)
        if wrong == "cut":
            self._send(status, headers, content, only=len(content) // 2)
        elif wrong == "slow body":
            self._send(status, headers, content, slowly=True)
        else:
            self._send(status, headers, content)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(*self.server.front.address, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            kept = [
                (name, value) for name, value in answer.getheaders() if name.lower() not in _HOP
            ]
            content = answer.read()
            if method == "HEAD":
                kept.append(("Content-Length", answer.getheader("Content-Length") or "0"))
            return answer.status, _folded(kept), content
        finally:
            connection.close()

    def _spoil(self, asked: Asked, wrong: str) -> None:
        """The store said that it copied; what stands there is shorter, or other bytes."""
        _, _, content = self._ask("GET", self.path, {}, b"")
        bad = content[:-7] if wrong == "short copy" else content[:-7] + bytes(7)
        self._ask("PUT", self.path, {"Content-Length": str(len(bad))}, bad)

    def _send(
        self,
        status: int,
        headers: dict[str, str],
        content: bytes,
        *,
        only: int | None = None,
        slowly: bool = False,
    ) -> None:
        self.send_response_only(status)
        for name, values in headers.items():
            for value in values.split("\0"):
                self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if slowly:
            self._drip(content)
            return
        self.wfile.write(content if only is None else content[:only])
        if only is not None:
            self.close_connection = True

    def _drip(self, content: bytes) -> None:
        """Half of it; then whoever waits is told, and may be dead when the rest comes."""
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.wfile.flush()
        self.server.front.on_slow_body()
        for start in range(half, len(content), PIECE * 64):
            self.wfile.write(content[start : start + PIECE * 64])

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _folded(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Headers may come twice (cookies); kept apart by a mark that no header has."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}\0{value}" if name in found else value
    return found
