"""A door before the real S3 API, where a test can see each request and put faults in its way."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from filestore.s3 import Patience, client_for

HURRIED = Patience(connect=1, read=1, tries=1)


@dataclass
class Passing:
    """One request on its way through, and then its answer; tests may change any of it."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    @property
    def is_copy(self) -> bool:
        return "x-amz-copy-source" in self.headers


class S3Door:
    """`before` and `after` are called with each `Passing`; a status set before stops it here."""

    def __init__(self, endpoint: str) -> None:
        self._behind = urlsplit(endpoint).netloc
        self.seen: list[Passing] = []
        self.before: Callable[[Passing], None]
        self.after: Callable[[Passing], None]
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._request_class())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self.client = client_for(self.endpoint, "eu-west-1", HURRIED)

    def reset(self) -> None:
        """Let everything through again, and forget what came by."""
        self.seen.clear()
        self.before = self.after = lambda passing: None

    def close(self) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count(self, method: str) -> int:
        return sum(passing.method == method for passing in self.seen)

    def _forward(self, passing: Passing, body: bytes) -> None:
        behind = http.client.HTTPConnection(self._behind, timeout=10)
        behind.request(passing.method, passing.path, body or None, passing.headers)
        answer = behind.getresponse()
        passing.status, passing.answer = answer.status, answer.read()
        passing.answer_headers = {name.lower(): value for name, value in answer.getheaders()}
        behind.close()

    def _request_class(self) -> type[BaseHTTPRequestHandler]:
        door = self

        class Request(BaseHTTPRequestHandler):
            # boto3 asks leave before it sends a body, and this version's server grants it.
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                passing = Passing(self.command, self.path, headers)
                body = self.rfile.read(int(headers.get("content-length", 0)))
                door.seen.append(passing)
                door.before(passing)
                if not passing.status:
                    door._forward(passing, body)
                    door.after(passing)
                self.send_response_only(passing.status)
                for name, value in passing.answer_headers.items():
                    self.send_header(name, value)
                if not passing.answer_headers:
                    self.send_header("content-length", "0")
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(passing.answer)

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        return Request
