"""How a log line looks: its context and its JSON form. What is logged is each room's affair."""

import logging
import re
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from audit.trace import current_trace_id

# The path of a link by email: what follows opens an account.
LINK = re.compile(r"(/user/password-reset/change/)(?!set(?![\w-]))[^\s\"'\\<>]+")


def without_tokens(text: str) -> str:
    """A path, a line or a whole trace, with the tokens of links by email struck out."""
    return LINK.sub(r"\1<token>", text)


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

    def format(self, record: logging.LogRecord) -> str:
        """Whoever logs a path, Django's own loggers too, logs no token."""
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

    def format(self, record: logging.LogRecord) -> str:
        """As `TextLine`."""
        return without_tokens(super().format(record))
