"""Staff at the real pages: they declare in two tabs at once, and read what they are shown.

HTTP to the real web server, with its sessions and CSRF tokens; nothing here asks the database.
"""

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from devstack.chaos.oracles import Shown
from devstack.chaos.plan import Page, Trial
from devstack.demo.page import UnexpectedPage
from devstack.demo.visitor import Visitor

BUTTON = "Serve order"
# How long a person goes on trying where the service answers with an error or not at all.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.5
LOOK_SECONDS = 0.1
_REFERENCE = re.compile(r"OPG reference ([0-9]+)")
_TYPES = {"PFA": "PF", "HW": "HW"}
SERVED = "Order served to OPG"


@dataclass
class _Seat:
    """One person with two tabs of one browser and a second browser, for one order at a time."""

    tabs: list[Visitor]
    browser: Visitor
    lock: threading.Lock


class Staff:
    """Several people at the pages. `shown`: every end that a progress page showed, as it came."""

    def __init__(self, url: str, *, email: str, password: str, people: int = 2) -> None:
        self._url = url
        self._account = email, password
        self._pool = ThreadPoolExecutor(people)
        self._seats = [self._sit_down() for _ in range(people)]
        self._reader = self._signed_in()
        self._following: dict[int, Trial] = {}
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="onlooker", daemon=True)
        self.shown: list[Shown] = []
        self.errors_met = 0
        self._watching.start()

    def stop(self) -> None:
        self._ended.set()
        self._watching.join()
        self._pool.shutdown()

    # --- Declaring ---
    def declare(self, order_ids: Sequence[int], trials: Sequence[Trial]) -> None:
        """Serve each as its trial says; returns when a page has told each person that it is on
        its way. Raises `UnexpectedPage` where none does for long."""
        list(self._pool.map(self._serve, order_ids, trials))
        self._following.update(zip(order_ids, trials, strict=True))

    def _serve(self, order_id: int, trial: Trial) -> None:
        seat = next(seat for seat in self._seats if seat.lock.acquire(blocking=False))
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not self._press(seat, trial.page, f"/order/{order_id}/declaration"):
                self.errors_met += 1
                if time.monotonic() > deadline:
                    raise UnexpectedPage(f"{trial.reference} could not be served on the page.")
                time.sleep(PAUSE_SECONDS)
        finally:
            seat.lock.release()

    def _press(self, seat: _Seat, page: Page, path: str) -> bool:
        """Whether the progress page came, at the first look or after the click."""
        first, second = seat.tabs
        other = {"one click": None, "two browsers": seat.browser}.get(page, second)
        try:
            if first.open(path).path.endswith("/progress"):
                return True
            if page == "double click":
                second.page = first.page
            elif other is not None:
                other.open(path)
        except UnexpectedPage:
            return False
        windows = [first] if other is None else [first, other]
        return any(self._click_together(windows))

    def _click_together(self, windows: Sequence[Visitor]) -> list[bool]:
        starting = threading.Barrier(len(windows))
        came: list[bool] = []

        def click(window: Visitor) -> None:
            starting.wait()
            try:
                came.append(window.press(BUTTON).path.endswith("/progress"))
            except UnexpectedPage:
                came.append(False)

        threads = [threading.Thread(target=click, args=(window,)) for window in windows]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return came

    # --- Reading ---
    def _watch(self) -> None:
        """Open the progress pages of what was declared here, in turn, until each shows an end."""
        while not self._ended.wait(LOOK_SECONDS):
            for order_id, trial in list(self._following.items())[:1]:
                del self._following[order_id]
                if not self._look(order_id, trial):
                    self._following[order_id] = trial

    def _look(self, order_id: int, trial: Trial) -> bool:
        try:
            page = self._reader.open(f"/order/{order_id}/progress")
        except UnexpectedPage:
            return False
        now = time.time()
        if page.heading != SERVED:
            return page.heading in {"Needs attention", "Returned by OPG", "Not sent to OPG"}
        said = _REFERENCE.search(page.words)
        self.shown.append(
            Shown((trial.reference, trial.order_type), now, int(said[1]) if said else None)
        )
        return True

    def lists(self) -> dict[tuple[str, str], str]:
        """What the list of orders shows of each: "SERVED" for the second tab, else its tag."""
        shown: dict[tuple[str, str], str] = {}
        for tab in ("pending", "served"):
            page = self._reader.open(f"/case?type={tab}")
            while True:
                for row in page.rows():
                    key = row["Case number"], _TYPES[row["Order type"]]
                    shown[key] = row.get("Status", "SERVED").upper()
                following = next((w for w in page.link_words() if w.startswith("Next")), None)
                if following is None:
                    break
                page = self._reader.follow(following)
        return shown

    # --- Signing in ---
    def _sit_down(self) -> _Seat:
        first = self._signed_in()
        return _Seat([first, first.another_tab()], self._signed_in(), threading.Lock())

    def _signed_in(self) -> Visitor:
        visitor = Visitor(self._url)
        visitor.open("/")
        email, password = self._account
        visitor.press("Sign in", {"Email address": email, "Password": password})
        visitor.expect("Orders")
        return visitor
