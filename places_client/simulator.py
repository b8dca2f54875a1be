"""A stand-in for the Ordnance Survey Places service, as a process: `GET /search/places/v1/postcode`
answers a few addresses.

Run it with `python -m places_client.simulator --port N`. Any key will do, but there must be one.
The addresses are invented; `GET /control/health` says that it is up.
"""

import argparse
import json
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SEARCH_PATHS = {"/search/places/v1/postcode", "/places/v1/addresses/postcode"}
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
PART = re.compile(r"[A-Z]{1,2}[0-9A-Z]{0,3}( ?[0-9][A-Z]{0,2})?")

Answer = tuple[int, Any]
# Building, number, street, town, postcode. A look-up of any other whole postcode finds nothing.
ADDRESSES = [
    ("", "1", "COURT STREET", "BIRMINGHAM", "B2 5AA"),
    ("", "2", "COURT STREET", "BIRMINGHAM", "B2 5AA"),
    ("GUARDIAN HOUSE", "", "COURT STREET", "BIRMINGHAM", "B2 5AA"),
    ("FLAT 4, DEPUTY COURT", "17", "PETTY FRANCE", "LONDON", "SW1H 9AJ"),
    ("", "102", "PETTY FRANCE", "LONDON", "SW1H 9AJ"),
]


def search(query: dict[str, list[str]], key: str) -> Answer:
    """Answers one look-up: 200 with the addresses (none: no `results` at all, as there), 400 or
    401.
    """
    wanted = " ".join(query.get("postcode", [""])[0].upper().split())
    if not key:
        return 401, {"fault": {"faultstring": "Failed to resolve API Key variable request"}}
    if not PART.fullmatch(wanted):
        message = "Requested postcode must contain a minimum of the sector plus 1 digit"
        return 400, {"error": {"statuscode": 400, "message": message}}
    found = [_result(number, *a) for number, a in enumerate(ADDRESSES) if _same(a[4], wanted)]
    header = {
        "uri": "",
        "query": f"postcode={wanted}",
        "offset": 0,
        "totalresults": len(found),
        "format": "JSON",
        "dataset": "DPA",
        "lr": "EN,CY",
        "maxresults": 100,
    }
    return 200, {"header": header, "results": found} if found else {"header": header}


def _same(postcode: str, wanted: str) -> bool:
    compact = wanted.replace(" ", "")
    if POSTCODE.fullmatch(wanted):
        return postcode.replace(" ", "") == compact
    return postcode.replace(" ", "").startswith(compact)


def _result(
    number: int, building: str, house: str, street: str, town: str, postcode: str
) -> dict[str, dict[str, str]]:
    lines = [building, f"{house} {street}".strip(), town, postcode]
    place = {
        "UPRN": str(100070000000 + number),
        "ADDRESS": ", ".join(line for line in lines if line),
        "BUILDING_NAME": building,
        "BUILDING_NUMBER": house,
        "THOROUGHFARE_NAME": street,
        "POST_TOWN": town,
        "POSTCODE": postcode,
    }
    return {"DPA": {name: value for name, value in place.items() if value}}


class PlacesServer(ThreadingHTTPServer):
    """A thread a connection, on loopback."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/control/health":
            self._send(200, {"status": "ok"})
        elif url.path in SEARCH_PATHS:
            self._send(*search(query, self.headers.get("key", "") or query.get("key", [""])[0]))
        else:
            self._send(404, {"error": {"statuscode": 404, "message": "Not found"}})

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: postcodes do not belong in a log."""

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
        prog="python -m places_client.simulator", description="A stand-in for postcode look-up."
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    port = parser.parse_args().port
    try:
        server = PlacesServer(port)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {port}: {error.strerror}.\n")
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop below, so it needs a thread of its own.
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"Places stand-in on http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
