"""A wire between the browser and the service that can be cut in the middle of an upload."""

import socket
import socketserver
import threading
from urllib.parse import urlsplit


class Wire(socketserver.ThreadingTCPServer):
    """Carries everything to the service and back. `cut_after` bytes of a connection, it is dead."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, service: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        place = urlsplit(service)
        self.service = (place.hostname or "", place.port or 0)
        self.cut_after: int | None = None
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Connection(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        with socket.create_connection(self.server.service) as service:
            back = threading.Thread(target=self._carry_back, args=[service], daemon=True)
            back.start()
            carried = 0
            while chunk := _read(self.request):
                carried += len(chunk)
                if self.server.cut_after is not None and carried > self.server.cut_after:
                    break
                service.sendall(chunk)
            for end in (service, self.request):
                _shut(end)
            back.join()

    def _carry_back(self, service: socket.socket) -> None:
        while chunk := _read(service):
            self.request.sendall(chunk)
        _shut(self.request)


def _read(end: socket.socket) -> bytes:
    try:
        return end.recv(64 * 1024)
    except OSError:
        return b""


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
