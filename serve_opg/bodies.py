"""A request's body is there whole, or it is not read at all.

Where a client breaks off, a WSGI server gives what came, and Django takes that for the whole of a
file: half a spreadsheet would be imported.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Stream(Protocol):
    """What a WSGI server reads a body from (PEP 3333)."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, or fewer at the end."""

    def readline(self, size: int, /) -> bytes:
        """A line, or so many bytes of it."""


class WholeBody:
    """Raises `ConnectionResetError` where a body ends before its length.

    Django takes that for what it is: a request that cannot be read.
    """

    def __init__(self, stream: Stream, length: int) -> None:
        self._stream = stream
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        """As much as asked for, or all that is left."""
        wanted = self._wanted(size)
        return self._counted(self._stream.read(wanted), at_least=wanted)

    def readline(self, size: int = -1, /) -> bytes:
        """A line, or the beginning of one."""
        wanted = self._wanted(size)
        return self._counted(self._stream.readline(wanted), at_least=min(wanted, 1))

    def _wanted(self, size: int) -> int:
        return self._left if size < 0 else min(size, self._left)

    def _counted(self, content: bytes, *, at_least: int) -> bytes:
        self._left -= len(content)
        if len(content) < at_least:
            raise ConnectionResetError("the request broke off")
        return content


def with_whole_bodies(application: Application) -> Application:
    """The WSGI application, shown no body that broke off."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return answer
