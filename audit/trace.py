"""The id that follows one piece of work from click to worker, for the diary and the logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def current_trace_id() -> str:
    """The id of the work under way, or "" outside any."""
    return _trace_id.get()


@contextmanager
def traced(trace_id: str) -> Iterator[None]:
    """Everything written inside carries this id."""
    token = _trace_id.set(trace_id)
    try:
        yield
    finally:
        _trace_id.reset(token)
