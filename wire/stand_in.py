"""The shell of a stand-in for an outside system: a small HTTP server on loopback, as a process."""

import argparse
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StandIn(ThreadingHTTPServer):
    """A thread a connection, on loopback. Port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, connection: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), connection)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class QuietConnection(BaseHTTPRequestHandler):
    """Answers in JSON, and logs nothing: what it is asked holds addresses and postcodes."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """No line."""

    def send_json(self, status: int, value: object) -> None:
        """One whole answer."""
        self.send_bytes(status, json.dumps(value).encode())

    def send_bytes(self, status: int, body: bytes, **headers: str) -> None:
        """One whole answer; with `headers` beside the usual ones."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        # Whoever asked may have had enough of waiting, or of reading.
        with contextlib.suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)


def run(make: Callable[[int], StandIn], *, program: str, title: str) -> int:
    """Run one until SIGTERM or Ctrl-C; exit code 2 where its port is taken."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=f"{title}.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    port = parser.parse_args().port
    try:
        server = make(port)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {port}: {error.strerror}.\n")
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop below, so it needs a thread of its own.
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"{title} on {server.address}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    return 0
