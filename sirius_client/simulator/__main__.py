"""The simulator's command line: settings from the environment, one server, until told to stop."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from sirius_client.simulator.app import Settings, Simulator
from sirius_client.simulator.bucket import Bucket
from sirius_client.simulator.ledger import FolderInUse, Ledger
from sirius_client.simulator.server import SimulatorServer, announce
from sirius_client.simulator.sessions import Sessions


def main() -> int:
    """Runs until it is told to stop; 2 where the environment or the port will not do."""
    options = _options()
    email = os.environ.get("SIRIUS_EMAIL", "")
    password = os.environ.get("SIRIUS_PASSWORD", "")
    if not email or not password:
        sys.stderr.write("Set SIRIUS_EMAIL and SIRIUS_PASSWORD: the account that may sign in.\n")
        return 2
    try:
        ledger = Ledger(options.state)
    except FolderInUse as error:
        sys.stderr.write(f"{error}\n")
        return 2
    simulator = Simulator(
        ledger=ledger,
        sessions=Sessions(
            email=email,
            password=password,
            session_seconds=options.session_seconds,
            csrf_seconds=options.csrf_seconds,
        ),
        bucket=_bucket(),
        settings=Settings(checksum=options.checksum, racy=options.racy),
    )
    try:
        server = SimulatorServer(options.port, simulator)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {options.port}: {error.strerror}.\n")
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop below, so it needs a thread of its own.
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    announce(server)
    server.serve_forever(poll_interval=0.1)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sirius_client.simulator",
        description="A Sirius that keeps the contract, for one's own machine. Listens on loopback.",
        epilog=(
            "From the environment: SIRIUS_EMAIL and SIRIUS_PASSWORD, the account; S3_ENDPOINT, "
            "SIRIUS_BUCKET and AWS_*, where the documents of an order must stand (without "
            "S3_ENDPOINT they are not looked for)."
        ),
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder of the journal")
    parser.add_argument("--session-seconds", type=float, default=1800, help="life of a session")
    parser.add_argument("--csrf-seconds", type=float, default=1800, help="life of a CSRF token")
    parser.add_argument(
        "--no-checksum",
        dest="checksum",
        action="store_false",
        help="take court references that fail modulus 11",
    )
    parser.add_argument(
        "--racy",
        action="store_true",
        help="check uniqueness first and write later, as a service without a constraint would",
    )
    return parser.parse_args()


def _bucket() -> Bucket | None:
    endpoint = os.environ.get("S3_ENDPOINT", "")
    if not endpoint:
        return None
    return Bucket(
        name=os.environ.get("SIRIUS_BUCKET", "sirius-documents"),
        endpoint=endpoint,
        region=os.environ.get("AWS_REGION", "eu-west-1"),
    )


if __name__ == "__main__":
    sys.exit(main())
