"""Where ClamAV is not installed: clamd's protocol, and EICAR alone. No virus scanner.

`python -m devstack.scanner_stand_in --port N`. Refuses to run where real orders are.
"""

import argparse
import io
import os
import signal
import socketserver
import sys
import threading
import zipfile

from devstack.eicar import EICAR, SIGNATURE_NAME

MOST_BYTES = 51 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
VERSION = "Stand-in that knows EICAR alone"


class Connection(socketserver.StreamRequestHandler):
    """One question, one answer, and the line is closed: as clamd does for a z command."""

    timeout = 60

    def handle(self) -> None:
        """Answers zPING, zVERSION and zINSTREAM."""
        question = b""
        while not question.endswith(b"\0") and len(question) < 32 and (one := self.rfile.read(1)):
            question += one
        answers = {b"zPING\0": "PONG", b"zVERSION\0": VERSION}
        answer = answers.get(question, "UNKNOWN COMMAND")
        if question == b"zINSTREAM\0":
            answer = self._scanned()
        self.wfile.write(answer.encode() + b"\0")

    def _scanned(self) -> str:
        content = io.BytesIO()
        while size := int.from_bytes(self.rfile.read(4), "big"):
            if content.tell() + size > MOST_BYTES:
                return "INSTREAM size limit exceeded. ERROR"
            content.write(self.rfile.read(size))
        return f"stream: {SIGNATURE_NAME} FOUND" if has_eicar(content) else "stream: OK"


def has_eicar(file: io.BytesIO) -> bool:
    """Whether the test file is in it, or in a member of the zip that it is."""
    if EICAR in file.getvalue():
        return True
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MOST_UNPACKED:
            return False
        return any(EICAR in archive.read(member) for member in members if not member.flag_bits & 1)


class Server(socketserver.ThreadingTCPServer):
    """On loopback alone."""

    allow_reuse_address = True
    daemon_threads = True


def main() -> int:
    """Run until SIGTERM or Ctrl-C; exit code 2 where it may not run or its port is taken."""
    parser = argparse.ArgumentParser(prog="python -m devstack.scanner_stand_in")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    if os.environ.get("ENVIRONMENT", "development") not in {"development", "test"}:
        sys.stderr.write("This is no virus scanner: it may not run where real orders are.\n")
        return 2
    try:
        server = Server(("127.0.0.1", port), Connection)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on port {port}: {error.strerror}.\n")
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
