"""A stand-in for the Ordnance Survey Places service, as a process: `GET /search/places/v1/postcode`
answers a few addresses, and misbehaves when told to.

Run it with `python -m places_client.simulator --port N`. Any key will do, but there must be one.
The addresses are invented. `GET /control/health` says that it is up; `POST /control/faults` with
`{"queue": [{"kind": "slow", "seconds": 5}]}` sets what the next look-ups get, one each; `GET
/control/received` says how each was asked: its query's names and the headers.
"""

import contextlib
import json
import re
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wire.stand_in import QuietConnection, StandIn, run

SEARCH_PATHS = {"/search/places/v1/postcode", "/places/v1/addresses/postcode"}
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
PART = re.compile(r"[A-Z]{1,2}[0-9A-Z]{0,3}( ?[0-9][A-Z]{0,2})?")

Answer = tuple[int, Any]
Place = dict[str, str]
# In the order in which the one-line ADDRESS names them; number and street stand together.
BEFORE_STREET = ("ORGANISATION_NAME", "DEPARTMENT_NAME", "SUB_BUILDING_NAME", "BUILDING_NAME")
AFTER_STREET = ("DOUBLE_DEPENDENT_LOCALITY", "DEPENDENT_LOCALITY", "POST_TOWN", "POSTCODE")
COURT_STREET = {"THOROUGHFARE_NAME": "COURT STREET", "POST_TOWN": "BIRMINGHAM"}
PETTY_FRANCE = {"THOROUGHFARE_NAME": "PETTY FRANCE", "POST_TOWN": "LONDON"}
MILL_LANE = {
    "THOROUGHFARE_NAME": "ST MARY'S LANE",
    "DEPENDENT_LOCALITY": "MILL-ON-THE-HILL",
    "POST_TOWN": "STOKE-ON-TRENT",
}
# A look-up of any other whole postcode finds nothing.
ADDRESSES: list[Place] = [
    {"BUILDING_NUMBER": "1", **COURT_STREET, "POSTCODE": "B2 5AA"},
    {"BUILDING_NUMBER": "2", **COURT_STREET, "POSTCODE": "B2 5AA"},
    {"BUILDING_NAME": "GUARDIAN HOUSE", **COURT_STREET, "POSTCODE": "B2 5AA"},
    {
        "SUB_BUILDING_NAME": "FLAT 4",
        "BUILDING_NAME": "DEPUTY COURT",
        "BUILDING_NUMBER": "17",
        **PETTY_FRANCE,
        "POSTCODE": "SW1H 9AJ",
    },
    {"BUILDING_NUMBER": "102", **PETTY_FRANCE, "POSTCODE": "SW1H 9AJ"},
    {"BUILDING_NAME": "12A", **MILL_LANE, "POSTCODE": "ST4 2ZZ"},
    {"BUILDING_NUMBER": "10", **MILL_LANE, "POSTCODE": "ST4 2ZZ"},
    {
        "ORGANISATION_NAME": "MCDONALD & O'NEIL LLP",
        "DEPARTMENT_NAME": "DEPUTYSHIP TEAM",
        "BUILDING_NAME": "THE OLD MILL",
        **MILL_LANE,
        "POSTCODE": "ST4 2ZZ",
    },
    {
        "BUILDING_NAME": "ROSE COTTAGE",
        "DOUBLE_DEPENDENT_LOCALITY": "UPPER MILL",
        "DEPENDENT_LOCALITY": "MILL-ON-THE-HILL",
        "POST_TOWN": "STOKE-ON-TRENT",
        "POSTCODE": "ST4 2ZZ",
    },
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
    found = [_result(number, place) for number, place in enumerate(ADDRESSES)]
    found = [result for result in found if _same(result["DPA"]["POSTCODE"], wanted)]
    header = {
        "uri": "",
        "query": f"postcode={wanted}",
        "offset": 0,
        "totalresults": len(found),
        "format": "JSON",
        "dataset": "DPA",
        "lr": query.get("lr", ["EN,CY"])[0],
        "maxresults": 100,
    }
    return 200, {"header": header, "results": found} if found else {"header": header}


def _same(postcode: str, wanted: str) -> bool:
    compact = wanted.replace(" ", "")
    if POSTCODE.fullmatch(wanted):
        return postcode.replace(" ", "") == compact
    return postcode.replace(" ", "").startswith(compact)


def _result(number: int, place: Place) -> dict[str, Place]:
    street = f"{place.get('BUILDING_NUMBER', '')} {place.get('THOROUGHFARE_NAME', '')}".strip()
    lines = [place.get(name, "") for name in BEFORE_STREET]
    lines += [street, *(place.get(name, "") for name in AFTER_STREET)]
    address = ", ".join(line for line in lines if line)
    return {"DPA": {"UPRN": str(100070000000 + number), "ADDRESS": address, **place}}


class PlacesServer(StandIn):
    """A thread a connection, on loopback. `faults` are what the next look-ups get, one each."""

    def __init__(self, port: int) -> None:
        self.faults: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        super().__init__(port, _Connection)


class _Connection(QuietConnection):
    server: PlacesServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/control/health":
            self.send_json(200, {"status": "ok"})
        elif url.path == "/control/received":
            self.send_json(200, {"received": self.server.received})
        elif url.path in SEARCH_PATHS:
            self.server.received.append({"query": sorted(query), "headers": dict(self.headers)})
            fault = self.server.faults.pop(0) if self.server.faults else {}
            self._answer(query, fault)
        else:
            self.send_json(404, {"error": {"statuscode": 404, "message": "Not found"}})

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        if self.path != "/control/faults":
            self.send_json(404, {"error": {"statuscode": 404, "message": "Not found"}})
            return
        self.server.faults[:] = wanted.get("queue", [])
        self.server.received.clear()
        self.send_json(200, {"queue": self.server.faults})

    def _answer(self, query: dict[str, list[str]], fault: dict[str, Any]) -> None:
        kind = fault.get("kind", "")
        if kind == "slow":
            # The fault itself: a stand-in that is asked to be slow.
            time.sleep(fault.get("seconds", 10))
        if kind == "trickle":
            self._trickle(fault.get("seconds", 10))
        elif kind == "redirect":
            self.send_bytes(302, b"", Location=fault["to"])
        elif kind == "garbage":
            self.send_bytes(200, fault.get("body", "<html>Sorry</html>").encode())
        elif kind == "huge":
            self.send_bytes(200, b'{"header": {}, "results": [' + b" " * 3_000_000 + b"]}")
        elif kind.isdecimal():
            self.send_json(int(kind), {"fault": {"faultstring": "This was asked for"}})
        else:
            key = self.headers.get("key", "") or query.get("key", [""])[0]
            self.send_json(*search(query, key))

    def _trickle(self, seconds: float) -> None:
        """A byte every tenth of a second: no single silence is long."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            for _ in range(int(seconds * 10)):
                self.wfile.write(b" ")
                time.sleep(0.1)
        self.close_connection = True


def main() -> int:
    """Runs until SIGTERM or Ctrl-C; 2 where the port is taken."""
    return run(PlacesServer, program="places_client.simulator", title="Places stand-in")


if __name__ == "__main__":
    sys.exit(main())
