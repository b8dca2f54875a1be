"""What the diary can rebuild: every model and every column is named here, or the suite fails.

Rooms above are words to us, not imports. A column is either told by the images of events
(`audit.images`) or left out for a reason; ADR 0020. A secret is always left out: `images` refuses
every column that is not told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """The columns that events tell, and the others with why they do not."""

    told: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


LEASE = "a worker's hold on the row: after a rebuild nobody holds it"
FENCED_LEASE = f"{LEASE}, and the row counts as one whose lease was lost"
PROGRESS = "shown while the work runs; the work begins anew"
HEAVY = "megabytes of what the court's file says; the file of this SHA-256 can be uploaded again"

TABLES: Mapping[str, Table] = {
    "accounts.user": Table(
        told=(
            *("email", "first_name", "last_name", "role", "is_active", "is_staff"),
            *("is_superuser", "created_at", "session_generation", "removed_at"),
        ),
        left_out={
            "password": "a secret: after a rebuild everybody is sent a link to choose one",
            "last_login": "each sign-in is an event of its own",
        },
    ),
    "orders.case": Table(
        told=("case_number", "forename", "surname", "created_at"),
        left_out={"search_text": "the database makes it from the name"},
    ),
    "orders.order": Table(
        told=(
            *("case_id", "order_type", "order_number", "made_date", "issue_date"),
            *("order_subtype", "appointment_type", "bond_over_21000"),
            *("status", "served_at", "created_at"),
        )
    ),
    "orders.deputy": Table(
        told=(
            *("order_id", "deputy_type", "first_name", "last_name", "date_of_birth", "email"),
            *("daytime_number", "evening_number", "mobile_number"),
            *("address_line_1", "address_line_2", "town", "county", "postcode"),
        )
    ),
    "orders.document": Table(
        told=(
            *("order_id", "document_type", "key", "name", "content_type", "size", "sha256"),
            *("scan_state", "uploaded_by_id", "uploaded_at"),
        )
    ),
    "orders.courtorderreading": Table(
        told=("order_id", "document_id", "held_key", "held_file", "failure", "read_at"),
        left_out={"findings": "quotes the court order; without them every question is asked"},
    ),
    "orders.submission": Table(
        told=(
            *("order_id", "court_reference", "order_type", "payload_sha256", "manifest"),
            *("declared_by_id", "declared_at", "trace_id"),
            *("state", "reason", "maybe_applied", "attempts_made", "crashes"),
            *("retry_seconds_used", "next_attempt_at", "fence"),
            *("sirius_order_id", "sirius_client_id", "event_id", "sirius_answer", "settled_at"),
            *("proposed_move", "proposed_by_id", "proposed_evidence"),
        ),
        left_out={
            "payload": "made again from the rows as they stood at the declaration, which its"
            " SHA-256 proves; a second copy of everybody's names and addresses is not needed",
            "documents_copied": PROGRESS,
            "lease_owner": FENCED_LEASE,
            "lease_expires_at": FENCED_LEASE,
        },
    ),
    "orders.attempt": Table(
        told=(
            *("submission_id", "number", "kind", "worker", "request_id", "started_at"),
            *("ended_at", "outcome", "reason", "http_status"),
        ),
        left_out={
            "answer": "what Sirius or the storage said, in its own words: however it was redacted,"
            " words of others never enter what cannot be taken back"
        },
    ),
    "orders.sendingswitch": Table(
        told=("paused",),
        left_out=dict.fromkeys(
            ("failures", "opened_at", "next_trial_at"),
            "the breaker is advice: it finds out again, and its openings are events",
        ),
    ),
    "orders.servedbyemail": Table(
        told=("order_id", "sent_date", "evidence", "reason", "recorded_by_id", "recorded_at")
    ),
    "csv_ingest.upload": Table(
        told=(
            *("size", "sha256", "read_as", "uploaded_by_id", "uploaded_at", "state"),
            *("finished_by_id", "finished_at", "rows_read", "new", "already_known"),
            *("repeated", "with_problems", "key", "why", "trace_id", "fence", "crashes"),
        ),
        left_out={
            "original_name": "may hold a person's name; the SHA-256 says which file it was",
            **dict.fromkeys(("problems", "warnings", "differences", "notes", "good_rows"), HEAVY),
            **dict.fromkeys(("rows_done", "percent_done"), PROGRESS),
            **dict.fromkeys(("lease_owner", "lease_expires_at"), LEASE),
            "has_bytes": "what the storage still has is asked of the storage: deleting twice is"
            " harmless",
        },
    ),
    "csv_ingest.removal": Table(
        told=(
            *("size", "sha256", "read_as", "uploaded_by_id", "uploaded_at", "state"),
            *("finished_by_id", "finished_at", "rows_read", "rows_skipped", "orders", "cases"),
        ),
        left_out={
            "original_name": "may hold a person's name; the SHA-256 says which file it was",
            "rows": f"{HEAVY}; each order that went has its event",
            "notes": HEAVY,
            "keys_left": "what the storage still has is asked of the storage; each document that"
            " went has its event",
        },
    ),
}

TABLES_LEFT_OUT: Mapping[str, str] = {
    "accounts.link": "single-use secrets of 48 hours: asked for again",
    "accounts.mail": "post in transit, forgotten after 90 days, also to addresses of nobody we"
    " know; what was asked for, sent and refused for a user are events",
    "accounts.failedtries": "counts of failed tries under keyed hashes, gone within a day; each"
    " wait that begins is an event",
    "accounts.secondfactor": "a shared secret: after a rebuild everybody sets up an app again",
    "accounts.recoverycode": "secrets; new ones come with the next set-up",
    "accounts.user_groups": "follows `is_staff`: there is one group, that of operations",
    "accounts.user_user_permissions": "nobody has permissions of their own: there is one group",
    "auth.group": "written in `accounts.permissions`, made after each migration",
    "auth.group_permissions": "written in `accounts.permissions`, made after each migration",
    "auth.permission": "Django makes them after each migration",
    "contenttypes.contenttype": "Django makes them after each migration",
    "sessions.session": "secrets: after a rebuild everybody signs in again",
    "admin.logentry": "Django's own list of changes in the admin, where nothing can be changed",
    "audit.entry": "the diary itself",
    "audit.link": "the diary itself: its chain",
    "audit.head": "where the heads of the diary were laid down: told by the signed heads",
    "serve_opg.sign": "signs of life of workers and beat",
}

# What a migration writes, before the first event.
FIRST_ROWS: Mapping[str, Mapping[int, Mapping[str, object]]] = {
    "orders.sendingswitch": {1: {"paused": False}},
}

# What happens without a row that could be rebuilt.
EVENTS_WITHOUT_IMAGES: Mapping[str, str] = {
    "USER_SIGNED_IN": "a session begins: sessions are not rebuilt",
    "SIGN_IN_REFUSED": "nothing changes but a count",
    "SIGN_IN_LOCKED": "nothing changes but a count",
    "USER_UNLOCKED": "nothing changes but a count",
    "SECOND_FACTOR_SET_UP": "secrets are not rebuilt",
    "RECOVERY_CODE_USED": "secrets are not rebuilt",
    "MAIL_REQUESTED": "post in transit is not rebuilt",
    "MAIL_SENT": "post in transit is not rebuilt",
    "MAIL_REFUSED": "post in transit is not rebuilt",
    "VIRUS_FOUND": "the file was refused: nothing was written",
    "REPORT_DOWNLOADED": "reading changes nothing",
    "BREAKER_OPENED": "the breaker is advice and finds out again",
    "BREAKER_CLOSED": "the breaker is advice and finds out again",
}
