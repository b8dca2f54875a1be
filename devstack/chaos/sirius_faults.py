"""Which faults of Sirius the harness asks for. What each kind does is the simulator's."""

from typing import Any

Fault = dict[str, Any]

LATE_SECONDS = 1.0
HANG_SECONDS = 1.5

_LINE = ("drop-before", "drop-after", "reset-before", "reset-after", "truncated")
_SERVER = tuple(
    f"{status}-{when}" for status in (500, 502, 503, 504) for when in ("before", "after")
)
_SESSION = ("401", "403", "redirect-to-sign-in", "session-expired", "csrf-refused")
_LIES = (
    *("200-html", "201-html", "201-html-before", "201-without-id", "201-text-id", "201-empty"),
    *("redirect-elsewhere", "close-before-reading"),
)
_REFUSALS = ("400-invalid", "400-unreadable", "404", "413")
_AT_ONCE: tuple[Fault, ...] = tuple(
    {"kind": kind} for kind in (*_LINE, *_SERVER, *_SESSION, *_LIES, *_REFUSALS)
)
_SLOW: tuple[Fault, ...] = (
    *({"kind": kind, "seconds": HANG_SECONDS} for kind in ("hang-before", "hang-after")),
    {"kind": "apply-late", "seconds": LATE_SECONDS},
    {"kind": "drip-headers", "seconds": 0.3},
    {"kind": "drip-body", "seconds": 0.3},
    {"kind": "429", "retry_after": "1"},
)
# Every kind once. "400-duplicate" is left out: a Sirius that says so of a key that it does not have
# cannot be found out by anybody.
EACH_KIND: tuple[Fault, ...] = (*_AT_ONCE, *_SLOW)
ORDER_FAULTS: tuple[Fault, ...] = (
    *EACH_KIND,
    *({"kind": kind, "times": 2} for kind in ("401", "csrf-refused", "500-before", "500-after")),
    {"kind": "apply-late", "seconds": LATE_SECONDS, "times": 2},
)
# These know no court reference: they strike whoever comes next.
SESSION_FAULTS: tuple[Fault, ...] = (
    *({"kind": kind, "call": "sign-in"} for kind in ("500-before", "drop-after", "401", "429")),
    {"kind": "hang-before", "call": "sign-in", "seconds": HANG_SECONDS},
    {"kind": "sign-in-without-token", "call": "sign-in"},
    {"kind": "sign-in-without-cookie", "call": "sign-in"},
    {"kind": "drop-before", "call": "sign-out"},
    {"kind": "hang-before", "call": "sign-out", "seconds": HANG_SECONDS},
)
# Sign-in and sign-out fail less often than posts: else few posts would be made.
_SIGN_IN_SHARE = 0.1


def name_of(fault: Fault) -> str:
    """For the name of a trial."""
    times = f" x{fault['times']}" if "times" in fault else ""
    return f"{fault.get('call', 'post')} meets {fault['kind']}{times}"


def slower(fault: Fault, pace: float, *, later: float = 1) -> Fault:
    """The same where all times are `pace` times as long, and what is written late `later` more."""
    if "seconds" not in fault:
        return fault
    times = pace * later if fault.get("kind") == "apply-late" else pace
    return {**fault, "seconds": fault["seconds"] * times}


def faulty_answers(share: float, *, seed: int) -> list[dict[str, Any]]:
    """Plans for the simulator in which this share of its answers to posts is a fault, any kind."""
    kinds = [fault["kind"] for fault in EACH_KIND]
    slow = {"seconds": LATE_SECONDS, "retry_after": "1", "seed": seed}
    sign_in = ("500-before", "drop-after", "401", "429", "sign-in-without-token")
    return [
        {"call": "orders", "rates": dict.fromkeys(kinds, share / len(kinds)), **slow},
        {
            "call": "sign-in",
            "rates": dict.fromkeys(sign_in, _SIGN_IN_SHARE * share / len(sign_in)),
            **slow,
        },
    ]
