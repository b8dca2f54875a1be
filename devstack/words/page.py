"""The page of all messages, docs/messages.md: which files say them, by where staff meet them."""

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from devstack.servers.server import CHECKOUT
from devstack.words import python_words, script_words, template_words
from devstack.words.message import Message

PAGE = CHECKOUT / "docs" / "messages.md"

# Files by patterns; the first group that fits has the file.
GROUPS: dict[str, tuple[str, ...]] = {
    "Front door": (
        *("accounts/forms/[!u]*", "accounts/lockout*", "accounts/kept.py", "accounts/half_way.py"),
        *("accounts/middleware.py", "accounts/browsers.py", "accounts/context.py"),
        *("accounts/services/[!um]*", "accounts/views/[!u]*", "accounts/static/*"),
        *("templates/accounts/[!ur]*", "templates/accounts/recovery*"),
    ),
    "Users": ("accounts/*", "templates/accounts/*", "notify_client/errors.py"),
    "Removal": ("*/removal*.py", "csv_ingest/*removal*", "templates/csv_ingest/removal*"),
    "Uploads of orders": ("csv_ingest/*", "templates/csv_ingest/*", "govuk/spreadsheets.py"),
    "Deputies": (
        *("orders/*deput*", "orders/*address*", "orders/*postcodes*", "places_client/*"),
        "templates/orders/deput*",
    ),
    "Documents": (
        *("filestore/*", "orders/*document*", "orders/*court_order*", "orders/readings.py"),
        *("orders/views/uploads.py", "govuk/static/govuk/files/*"),
        *("templates/orders/document*", "templates/orders/court_order*"),
    ),
    "Reports": ("orders/*report*", "templates/orders/report*"),
    "Serving": (
        *("orders/*serving*", "orders/*served*", "orders/*by_email*", "orders/views/steps.py"),
        *("orders/views/returned.py", "orders/services/[!eor]*", "templates/orders/declaration*"),
        *("templates/orders/progress*", "templates/orders/*served*", "templates/orders/by_email*"),
        *("templates/orders/returned*", "orders/static/orders/progress.js"),
    ),
    "Orders": ("orders/*", "templates/orders/*"),
    "Errors and every page": ("*",),
}
READERS: dict[str, Callable[[str], list[Message]]] = {
    ".py": python_words.messages_of,
    ".html": template_words.messages_of,
    ".js": script_words.messages_of,
}
# Seen by developers and operations, by the database or by nobody; and what others have written.
LEFT_OUT = (
    *("*/migrations/*", "*/management/*", "*/admin.py", "*/simulator*", "*/apps.py", "*/urls.py"),
    *("*/tasks.py", "*/frontend-*", "*/transport.py", "*/client.py", "*/keys.py", "*/logs.py"),
    *("serve_opg/settings.py", "serve_opg/checks.py", "serve_opg/celery.py", "*/celery.py"),
    *("places_client/*", "govuk/vendoring.py", "govuk/boundfields.py"),
    *("filestore/s3.py", "filestore/sirius_bucket.py", "*/sirius_payload.py", "*/permissions.py"),
    *("filestore/names.py", "filestore/word_reading_child.py", "serve_opg/health.py"),
    *("orders/services/breaker.py", "orders/services/doors.py", "audit/diary.py"),
    *("accounts/services/sessions.py", "accounts/services/lockout.py"),
)
FOLDERS = (
    *("accounts", "audit", "csv_ingest", "filestore", "govuk", "notify_client", "orders"),
    *("places_client", "serve_opg", "templates"),
)
BEGINNING = """# Every message

What staff can read on the pages of Serve OPG, by where they meet it, for review. `make words`
writes this page from the source, and a test fails when it is older than the source. To change a
message, change it in the file above it, then run `make words`. {name} is filled in; [one | the
other] are the forms of one place. Some states and reasons are shown to operations alone; the rest
of their words (logs, commands, the admin pages) is not here. The words of emails are templates in
GOV.UK Notify.
"""


def page() -> str:
    """The whole page."""
    said = sources()
    found = {
        group: [(name, said[name]) for name in said if group_of(name) == group] for group in GROUPS
    }
    count = sum(len(messages) for files in found.values() for _, messages in files)
    parts = [BEGINNING, f"{count} messages.\n"]
    for group, files in found.items():
        if files:
            parts.append(f"## {group}\n")
            parts.extend(_section(name, messages) for name, messages in files)
    return "\n".join(parts)


def sources() -> dict[str, list[Message]]:
    """Every file that says something, by its path in the checkout, and what it says."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            name = path.relative_to(CHECKOUT).as_posix()
            reader = READERS.get(path.suffix)
            if reader and not any(fnmatch(name, pattern) for pattern in LEFT_OUT):
                found[name] = reader(path.read_text(encoding="utf-8"))
    return {name: messages for name, messages in found.items() if messages}


def group_of(name: str) -> str:
    """Where staff meet what a file says."""
    return next(
        group
        for group, patterns in GROUPS.items()
        if any(fnmatch(name, pattern) for pattern in patterns)
    )


def _section(name: str, messages: list[Message]) -> str:
    lines = [f"- {message.kind.name}: {_plain(message.words)}" for message in messages]
    return "\n".join([f"### {name}", "", *lines, ""])


def _plain(words: str) -> str:
    """Text that Markdown would take for markup, as text."""
    return words.replace("<", "&lt;").replace("*", "\\*")


def write(path: Path = PAGE) -> int:
    """Write the page; how many lines it has."""
    text = page()
    path.write_text(text, encoding="utf-8")
    return text.count("\n")
