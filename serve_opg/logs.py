"""How a log line looks: its context and its JSON form. What is logged is each room's affair."""

import logging
import re
import traceback
from types import TracebackType
from typing import Any, TypeAlias

from pythonjsonlogger.json import JsonFormatter

from audit.trace import current_trace_id

# The path of a link by email: what follows opens an account.
LINK = re.compile(r"(/user/password-reset/change/)(?!set(?![\w-]))[^\s\"'\\<>]+")

# What every record has by itself, and what ours bring besides.
PLAIN = frozenset(vars(logging.makeLogRecord({})))
OUR_FIELDS = frozenset(("trace_id", "request"))
# The words of an exception, and what a task was asked to do, in Celery's records.
CELERY_VALUES = frozenset(("exc", "args", "kwargs", "traceback"))
LEAVES = frozenset(("filestore", "notify_client", "places_client", "sirius_client", "wire"))
ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def without_tokens(text: str) -> str:
    """A path, a line or a whole trace, with the tokens of links by email struck out."""
    return LINK.sub(r"\1<token>", text)


def where_not_what(exception: BaseException | None) -> str:
    """A trace as a log may keep it: each exception's class and the lines of code, innermost last.

    Not the words of an exception: they quote rows, forms and files, and so names and addresses. Of
    what the database refused, the codes and the names of its constraints are told instead.
    """
    parts: list[str] = []
    seen: set[int] = set()
    while exception is not None and id(exception) not in seen:
        seen.add(id(exception))
        frames = "".join(traceback.format_tb(exception.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{name_of(exception)}")
        exception = exception.__cause__ or exception.__context__
    return "\n\n".join(reversed(parts))


def name_of(exception: BaseException) -> str:
    """Its class; of a database's error also what of it is no one's secret; of our leaves' own
    exceptions their words, which are written to be stored.
    """
    kind = type(exception)
    if kind.__module__.partition(".")[0] in LEAVES:
        return f"{kind.__module__}.{kind.__qualname__}: {exception}"
    diagnosis = getattr(exception, "diag", None)
    told = [
        f"{part}={value}"
        for part in ("sqlstate", "table_name", "column_name", "constraint_name")
        if (value := getattr(diagnosis, part, None))
    ]
    name = f"{kind.__module__}.{kind.__qualname__}"
    return f"{name} ({', '.join(told)})" if told else name


class WithoutValues(logging.Filter):
    """Takes from a record what may quote a row or a form: exceptions among its arguments.

    Celery puts an exception's words, and a task's arguments, into the line about a failed task.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        arguments = record.args
        if isinstance(arguments, dict):
            kept = {name: _tame(value) for name, value in arguments.items()}
            record.args = {**kept, **dict.fromkeys(CELERY_VALUES & kept.keys(), "-")}
        elif arguments:
            record.args = tuple(_tame(value) for value in arguments)
        return True


def _tame(value: object) -> object:
    if not isinstance(value, BaseException) or type(value).__module__.partition(".")[0] in LEAVES:
        return value
    return name_of(value)


class RequestContext(logging.Filter):
    """Gives every record the id of the work under way, as `trace_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.trace_id = current_trace_id() or "-"
        return True


class QuietRefusals(logging.Filter):
    """A refused request (403, 404, a wrong host) is one line: nobody's error, so no trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_refusal = getattr(record, "status_code", 500) < 500
        if is_refusal or record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True


class TextLine(logging.Formatter):
    """A line for people."""

    def formatException(self, ei: ExcInfo) -> str:
        """Where it happened, not with what values."""
        return where_not_what(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """Whoever logs a path, Django's own loggers too, logs no token."""
        # What another formatter may have made of the exception.
        record.exc_text = None
        return without_tokens(super().format(record))


class JsonLine(JsonFormatter):
    """One JSON object a line: time, level, msg, service_name, trace_id, and the record's own."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s %(trace_id)s",
            rename_fields={
                "asctime": "time",
                "levelname": "level",
                "message": "msg",
                "name": "logger",
            },
            static_fields={"service_name": "serve-opg"},
        )

    def formatException(self, ei: ExcInfo) -> str:
        """As `TextLine`."""
        return where_not_what(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """As `TextLine`. Of what came with a record, only what is listed: Django adds whole
        requests, Celery the arguments of tasks.
        """
        kept = {
            name: value
            for name, value in vars(record).items()
            if name in PLAIN or name in OUR_FIELDS and isinstance(value, dict | str)
        }
        return without_tokens(super().format(logging.makeLogRecord({**kept, "exc_text": None})))
