"""Simulators as processes of their own, for tests: started, asked and set over HTTP, and killed."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

import requests

from sirius_client import SiriusClient

EMAIL = "serve@opg.example"
PASSWORD = "correct horse battery staple"


def start(module: str, *options: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """The process, and the address that it announced."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    announced = process.stdout.readline().split()
    if not announced:
        process.wait()
        raise RuntimeError(f"{module} did not start")
    return process, announced[-1]


class RunningSirius:
    """One simulator on a state folder; it can be killed and started again."""

    def __init__(self, state: Path, *options: str, documents: bool = False) -> None:
        self.state = state
        self.options = options
        self.environment = {"SIRIUS_EMAIL": EMAIL, "SIRIUS_PASSWORD": PASSWORD}
        if not documents:
            self.environment["S3_ENDPOINT"] = ""
        self.start()

    def start(self) -> None:
        self.process, self.url = start(
            "sirius_client.simulator",
            "--state",
            str(self.state),
            *self.options,
            **self.environment,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def control(self, method: str, call: str, wanted: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/control/{call}", json=wanted, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "faults", {"queue": [{"kind": kind, **more}]})

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return self.control("GET", "received")["accepted"]

    @property
    def attempts(self) -> list[dict[str, Any]]:
        return self.control("GET", "received")["attempts"]

    def wait_for_accepted(self, count: int) -> bool:
        """Whether so many orders are there, at the latest in 10 s: a client may give up earlier."""
        deadline = time.monotonic() + 10
        while len(self.accepted) != count and time.monotonic() < deadline:
            continue
        return len(self.accepted) == count

    def client(self) -> SiriusClient:
        """Patient enough for a busy machine; see `impatient`."""
        return SiriusClient(self.url, email=EMAIL, password=PASSWORD)


def impatient(client: SiriusClient) -> SiriusClient:
    """The same client, from now on with no time for an answer that never comes."""
    client._read_seconds = 0.3
    client._total_seconds = 0.6
    return client


def payload(**changes: Any) -> dict[str, Any]:
    """A payload as the contract has it; a change to None leaves the property out."""
    whole = {
        "courtReference": "93559316",
        "type": "PF",
        "subType": "NEW_APPLICATION",
        "date": "2018-08-01",
        "issueDate": "2018-08-10",
        "appointmentType": "SOLE",
        "assetLevel": "HIGH",
        "client": {"firstName": "Ada", "lastName": "Byron-King"},
        "deputies": [
            {
                "type": "LAY",
                "firstName": "Percy",
                "lastName": "Florence",
                "dob": "1980-02-03",
                "email": "percy@example.com",
                "addressLine1": "12 Petty France",
                "postcode": "SW1H 9AJ",
            }
        ],
        "documents": [{"type": "COURT_ORDER", "filename": "dc_doc_1_1234.pdf"}],
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not None}


def body(**changes: Any) -> bytes:
    return json.dumps(payload(**changes)).encode()


class Answering:
    """A server that hears each request out and answers with these bytes, `endless` for ever."""

    def __init__(
        self,
        first: bytes,
        endless: bytes = b"",
        *,
        context: ssl.SSLContext | None = None,
        until: bytes = b"",
    ) -> None:
        self.first, self.endless, self.context = first, endless, context
        # The end of a request, to this server that knows no HTTP.
        self.until = until or body()
        self.heard: list[bytes] = []

    def __enter__(self) -> Self:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                self.answer(line)

    def answer(self, line: socket.socket) -> None:
        if self.context:
            line = self.context.wrap_socket(line, server_side=True)
        with line:
            said = b""
            while self.until not in said and (more := line.recv(65536)):
                said += more
            self.heard.append(said)
            line.sendall(self.first)
            while self.endless:
                line.sendall(self.endless)
