"""The virus scanner: a real clamd with signatures of our own, or a stand-in that says it is one."""

import contextlib
import socket
import sys
from urllib.parse import urlsplit

from devstack.clamd import Program, find_clamd
from devstack.eicar import signature
from devstack.servers.server import Server, Site

# More than the largest file that staff may upload (50 MB), whole and unpacked: what lies beyond
# MaxFileSize inside a zip passes clamd unseen, also with AlertExceedsMax.
LIMITS = {
    "StreamMaxLength": "51M",
    "MaxFileSize": "410M",
    "MaxScanSize": "500M",
    "MaxScanTime": "40000",
    "AlertExceedsMax": "yes",
}
USUAL_PORT = 3310
PING_SECONDS = 2


class Scanner(Server):
    """clamd on a loopback port. Its signatures know EICAR alone: real ones come by freshclam."""

    name = "scanner"
    title = "The virus scanner"
    variable = "CLAMD_URL"
    schemes = ("tcp", "unix")
    example = "tcp://127.0.0.1:3310"
    # It waits for its pool of threads, about a second and a half, and keeps nothing.
    stop_seconds = 0.2

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._program: Program | None = find_clamd()

    @property
    def url(self) -> str:
        return self.given or f"tcp://127.0.0.1:{self.port}"

    @property
    def is_stand_in(self) -> bool:
        """Whether no clamd was found, so that only the stand-in runs."""
        return not self.given and self._program is None

    def is_ready(self) -> bool:
        """Whether it answers a ping, as it does once its signatures are read.

        Asked here in so many words: the workbench must not import the service before its settings.
        """
        with contextlib.suppress(OSError), self._connection() as connection:
            connection.settimeout(PING_SECONDS)
            connection.sendall(b"zPING\0")
            return connection.recv(5, socket.MSG_WAITALL) == b"PONG\0"
        return False

    def is_address(self, given: str) -> bool:
        return given.startswith("unix:///") or super().is_address(given)

    def address(self) -> tuple[str, int]:
        if not self.given:
            return super().address()
        parts = urlsplit(self.given)
        return parts.hostname or parts.path, parts.port or USUAL_PORT

    def _connection(self) -> socket.socket:
        if not self.url.startswith("unix:"):
            return socket.create_connection(self.address(), PING_SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(urlsplit(self.url).path)
        return connection

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)
        folder = self._site.state.folder(self.name)
        for name in ("signatures", "temporary"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        (folder / "signatures" / "serve-opg.ndb").write_text(signature())
        lines = {
            "Foreground": "yes",
            "TCPAddr": "127.0.0.1",
            "TCPSocket": self.port,
            "DatabaseDirectory": folder / "signatures",
            "TemporaryDirectory": folder / "temporary",
            # Names of files and viruses alone, no content.
            "LogTime": "yes",
            **LIMITS,
        }
        text = "".join(f"{key} {value}\n" for key, value in lines.items())
        (folder / "clamd.conf").write_text(text)

    def command(self) -> list[str]:
        if self._program is None:
            return [sys.executable, "-m", "devstack.scanner_stand_in", "--port", str(self.port)]
        settings = self._site.state.folder(self.name) / "clamd.conf"
        return [str(self._program.path), "--config-file", str(settings)]

    def child_environment(self) -> dict[str, str]:
        mine = self._program.environment if self._program else {}
        return {**super().child_environment(), **mine}
