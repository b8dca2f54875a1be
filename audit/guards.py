"""What keeps the diary append-only and chained in the database, and whether it still stands."""

import hashlib
from collections.abc import Iterator

from audit.findings import Finding, Kind
from audit.reading import DiaryRows

TRIGGERS = frozenset(
    {
        ("audit_entry", "entry_append_only"),
        ("audit_entry", "entry_no_truncate"),
        ("audit_entry", "entry_batch"),
        ("audit_link", "link_append_only"),
        ("audit_link", "link_no_truncate"),
        ("audit_link", "link_chain"),
        ("audit_head", "head_append_only"),
        ("audit_head", "head_no_truncate"),
    }
)
# The SHA-256 of each source as the migrations make it, its first half; after a change a test tells
# the new one.
FUNCTIONS = {
    "audit_entry_is_append_only": "928e6f3c1c46a382e0e748421231f87d",
    "audit_append": "2d530c61a2540d93178e7404b25b53e3",
    "audit_close_batch": "91a9c86c9ef15f5b3eaabf433997e107",
    "audit_chain": "c6edaf12bbe38fb315fc7a5ff3374c83",
    "audit_link_guard": "b64fc931584b523eb86f6852b46bfc49",
}


def findings(rows: DiaryRows) -> Iterator[Finding]:
    """Guards that are gone, switched off or rewritten: nothing is proved changed by that alone."""
    for table, trigger in sorted(TRIGGERS - rows.triggers()):
        yield Finding(Kind.GUARD, f"the trigger {trigger} of {table} is gone or switched off")
    there = {name: digest_of(source) for name, source in rows.functions().items()}
    for name, digest in FUNCTIONS.items():
        if there.get(name) != digest:
            yield Finding(Kind.GUARD, f"the function {name} is gone or was replaced")


def digest_of(source: str) -> str:
    """By which a function's source is known."""
    return hashlib.sha256(source.encode()).hexdigest()[:32]
