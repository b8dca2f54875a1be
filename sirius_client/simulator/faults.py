"""Faults: what each kind does, the queue of the next, and a plan of odds with a seed."""

import random
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sirius_client.simulator.wire import Answer, as_json

CALLS = ("orders", "sign-in", "health", "sign-out", "bus")


class UnknownFault(ValueError):
    """The control API was asked for a fault that there is not; the message says which part."""


@dataclass(frozen=True)
class Kind:
    """What one kind of fault does.

    apply: "never", "first" (as if nothing were wrong, before the answer goes wrong) or "late"
    (after `seconds`).
    style: how the answer leaves (`wire.STYLES`). answer: in place of the true one; None is the true
    one.
    session: what becomes of the caller's session before the call: "keep", "end" or "rotate-token".
    only: the one call that this kind makes sense for; None is any.
    """

    apply: str = "never"
    style: str = "whole"
    answer: Answer | None = None
    session: str = "keep"
    only: str | None = None


HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGE = b"<!doctype html><title>Sirius</title><h1>Something is not as it was</h1>"


def _page(status: int) -> Answer:
    return Answer(status, PAGE, HTML)


def _redirect(to: str) -> Answer:
    return Answer(302, b"", (("Location", to),))


def refused(errors: dict[str, list[str]]) -> Answer:
    """The contract's 400."""
    return as_json(
        400,
        {
            "status": 400,
            "title": "Bad Request",
            "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
            "detail": "The order was refused",
            "validation_errors": errors,
        },
    )


TAKEN = {"courtReference": ["An order with this court reference and type already exists"]}

KINDS: dict[str, Kind] = {
    # The line.
    "close-before-reading": Kind(style="reset"),
    "drop-before": Kind(style="close"),
    "drop-after": Kind(apply="first", style="close"),
    "reset-before": Kind(style="reset"),
    "reset-after": Kind(apply="first", style="reset"),
    "hang-before": Kind(style="hang"),
    "hang-after": Kind(apply="first", style="hang"),
    "apply-late": Kind(apply="late"),
    "drip-headers": Kind(apply="first", style="drip-headers"),
    "drip-body": Kind(apply="first", style="drip-body"),
    "truncated": Kind(apply="first", style="truncated"),
    # The server.
    **{f"{status}-before": Kind(answer=_page(status)) for status in (500, 502, 503, 504)},
    **{
        f"{status}-after": Kind(apply="first", answer=_page(status))
        for status in (500, 502, 503, 504)
    },
    "429": Kind(answer=as_json(429, {"title": "Too Many Requests"})),
    "413": Kind(answer=_page(413)),
    "404": Kind(answer=_page(404)),
    # The session.
    "401": Kind(answer=Answer(401)),
    "403": Kind(answer=Answer(403)),
    "redirect-to-sign-in": Kind(answer=_redirect("/auth/login")),
    "redirect-elsewhere": Kind(apply="first", answer=_redirect("/somewhere/else")),
    "session-expired": Kind(apply="first", session="end"),
    "csrf-refused": Kind(apply="first", session="rotate-token"),
    "sign-in-without-token": Kind(
        answer=Answer(200, b"", (("Set-Cookie", "sirius=something; Path=/; HttpOnly"),)),
        only="sign-in",
    ),
    "sign-in-without-cookie": Kind(
        answer=Answer(200, b"", (("X-XSRF-TOKEN", "something"),)), only="sign-in"
    ),
    # Answers that look like success.
    "200-html": Kind(apply="first", answer=_page(200)),
    "201-html": Kind(apply="first", answer=_page(201)),
    "201-html-before": Kind(answer=_page(201)),
    "201-without-id": Kind(apply="first", answer=as_json(201, {"client": {"id": 1}})),
    "201-text-id": Kind(apply="first", answer=as_json(201, {"id": "7000001"})),
    "201-empty": Kind(apply="first", answer=Answer(201)),
    # Refusals of the content.
    "400-duplicate": Kind(answer=refused(TAKEN)),
    "400-invalid": Kind(answer=refused({"client.lastName": ["This name is not allowed"]})),
    "400-unreadable": Kind(answer=_page(400)),
    # The event bus: 200, and yet the entry failed.
    **{f"bus-entry-{how}": Kind(only="bus") for how in ("failed", "throttled", "refused")},
}
HANGING_STYLES = {"hang", "drip-headers", "drip-body"}


@dataclass
class Fault:
    """One fault that was asked for: it strikes the next `times` calls of its kind of call (and
    court reference, if given).
    """

    kind: str
    call: str = "orders"
    reference: str | None = None
    times: int = 1
    seconds: float | None = None
    retry_after: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownFault(f"No such kind of fault: {self.kind}")
        if self.call not in CALLS:
            raise UnknownFault(f"No such call: {self.call}")
        if self.what.only not in (None, self.call):
            raise UnknownFault(f"{self.kind} is a fault of the call {self.what.only} alone")
        if self.seconds is None:
            self.seconds = 0.05 if KINDS[self.kind].style.startswith("drip") else 60.0

    @property
    def what(self) -> Kind:
        """What this fault does."""
        return KINDS[self.kind]

    def answer(self) -> Answer | None:
        """The answer in place of the true one, with Retry-After where that was asked for."""
        answer = self.what.answer
        if answer is None or self.retry_after is None:
            return answer
        headers = (*answer.headers, ("Retry-After", self.retry_after))
        return Answer(answer.status, answer.body, headers)


@dataclass(frozen=True)
class Plan:
    """Probabilities by kind, drawn for each call from the seed, the court reference and how often
    it came.
    """

    seed: int
    rates: dict[str, float]
    call: str = "orders"
    seconds: float | None = None
    retry_after: str | None = None

    def __post_init__(self) -> None:
        for kind in self.rates:
            Fault(kind, self.call)
        if sum(self.rates.values()) > 1:
            raise UnknownFault("The rates of a plan add up to more than 1")


class Faults:
    """The queue and the plan of one simulator. A queued fault goes before the plan.

    posted: the court reference of each post that came before this simulator was started again, so
    that the plan goes on where it was, and no order meets the same faults for ever.
    """

    def __init__(self, posted: Iterable[str | None] = ()) -> None:
        self._lock = threading.Lock()
        self.clear()
        self._came.update(Counter(("orders", reference) for reference in posted))

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._queue: list[Fault] = []
            self._plans: list[Plan] = []
            self._came: Counter[tuple[str, str | None]] = Counter()

    def add(self, wanted: dict[str, Any]) -> None:
        """Takes `{"queue": [fault, ...], "plan": plan or null}`; a plan replaces the one for its
        call. Raises UnknownFault.
        """
        try:
            queued = [Fault(**fault) for fault in wanted.get("queue", [])]
            plan = Plan(**wanted["plan"]) if wanted.get("plan") else None
        except TypeError as error:
            raise UnknownFault(str(error)) from error
        with self._lock:
            self._queue.extend(queued)
            if plan:
                self._plans = [other for other in self._plans if other.call != plan.call] + [plan]
            elif "plan" in wanted:
                self._plans = []

    def snapshot(self) -> dict[str, Any]:
        """What is still to strike."""
        with self._lock:
            return {
                "queue": [asdict(fault) for fault in self._queue],
                "plans": [asdict(plan) for plan in self._plans],
            }

    def strike_unread(self, call: str) -> Fault | None:
        """A fault for a call whose body nobody has read: only where the next one for this call says
        so.
        """
        with self._lock:
            waiting = next((fault for fault in self._queue if fault.call == call), None)
            if waiting is None or waiting.kind != "close-before-reading" or waiting.reference:
                return None
            return self._use(waiting)

    def strike(self, call: str, reference: str | None) -> Fault | None:
        """The fault that this call meets, if any."""
        with self._lock:
            for fault in self._queue:
                if fault.call == call and fault.reference in (None, reference):
                    return self._use(fault)
            return self._draw(call, reference)

    def _use(self, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self._queue.remove(fault)
        return fault

    def _draw(self, call: str, reference: str | None) -> Fault | None:
        plan = next((plan for plan in self._plans if plan.call == call), None)
        if plan is None:
            return None
        self._came[call, reference] += 1
        # Not one stream for all: which thread comes first would decide who meets which fault.
        drawn = random.Random(f"{plan.seed}:{reference}:{self._came[call, reference]}").random()
        for kind, rate in plan.rates.items():
            if drawn < rate:
                return Fault(
                    kind, call, reference, seconds=plan.seconds, retry_after=plan.retry_after
                )
            drawn -= rate
        return None
