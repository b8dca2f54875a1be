"""A scanner that does just what a test says, to see what is made of it."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

Script = Callable[[socket.socket], None]


@contextlib.contextmanager
def scripted(script: Script, *, path: str = "") -> Iterator[str]:
    """Runs the script on each connection; gives the address to set as CLAMD_URL."""
    listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listening.bind(path or ("127.0.0.1", 0))
    listening.listen()
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                # The last one is our own: see below.
                if not ended.is_set():
                    script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"unix://{path}" if path else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        # A connection of our own ends the waiting accept.
        with contextlib.suppress(OSError), socket.socket(listening.family) as last:
            last.connect(listening.getsockname())
        listening.close()
        thread.join(5)


def read_whole_file(connection: socket.socket) -> bytes:
    """What a client sends by zINSTREAM, to its end; b"" where it breaks off."""
    with connection.makefile("rb") as sent:
        content, asked = b"", sent.read(10)
        # Nothing at all: the client went away.
        assert asked in {b"zINSTREAM\0", b""}
        while size := int.from_bytes(sent.read(4), "big"):
            content += sent.read(size)
        return content


def answers(answer: bytes, *, but_about: Mapping[bytes, bytes] | None = None) -> Script:
    """Reads the file to its end and says this; a ping it answers as every scanner does.

    `but_about`: files about which it says something else.
    """

    def script(connection: socket.socket) -> None:
        if connection.recv(6, socket.MSG_PEEK) == b"zPING\0":
            connection.recv(6)
            connection.sendall(b"PONG\0")
        else:
            content = read_whole_file(connection)
            connection.sendall((but_about or {}).get(content, answer))

    return script
