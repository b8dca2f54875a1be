"""A marker in every field, rendered on every page in a browser: no script of it may run.

The browser is told to pass over the content security policy, so that escaping alone has to hold;
what the policy would have stopped is what is looked for. `make test` takes some pages of each
kind, `make trust` every page and the admin.
"""

import random
from collections.abc import Iterator
from functools import partial
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from devstack.gallery.catalogue import SCENES
from devstack.gallery.stage import Stage
from devstack.stack import Stack
from tests.journeys.hostile import WORDS, poison

pytestmark = [pytest.mark.browser, pytest.mark.trust]

WATCH = """
window.seenRunning = [];
Object.defineProperty(window, 'ran', { set (value) { window.seenRunning.push(value) } });
"""
MOST_ADMIN_PAGES = 60
# Nothing of a word may stand in an address as it is: "/ran" there would look like a request for it.
quoted = partial(quote, safe="")
# Where what was asked for is shown again.
ASKED = [
    *((f"/case?q={quoted(word)}", "manager") for word in WORDS),
    *((f"/case?type={quoted(word)}&page={quoted(word)}", "manager") for word in WORDS[:2]),
    *((f"/login?next={quoted(word)}&ended={quoted(word)}", "") for word in WORDS),
    *((f"/report?orders_served_from-day={quoted(word)}", "manager") for word in WORDS[:2]),
    *(
        (f"/order/{{missing}}/deputy/add?deputyType={quoted(word)}", "manager")
        for word in WORDS[:2]
    ),
    *((f"/no-such-page/{quoted(word)}", "manager") for word in WORDS[:4]),
    *((f"/postcode-lookup?postcode={quoted(word)}", "manager") for word in WORDS[:2]),
    *((f"/admin/orders/submission/?q={quoted(word)}", "operator") for word in WORDS[:2]),
]
# Where what was typed is shown again beside its errors: a form that cannot be right.
TYPED = [
    ("/login", ""),
    ("/user/password-reset/request", ""),
    ("/users/add", "administrator"),
    ("/users/{invited}/edit", "administrator"),
    ("/order/{missing}/deputy/add?deputyType=LAY", "manager"),
    ("/order/{missing}/served-by-email", "administrator"),
]
# In every sample: a page of each kind.
ALWAYS = [
    ("/case", "manager"),
    ("/order/{missing}/summary", "manager"),
    ("/order/{ready}/declaration", "manager"),
    ("/order/{served}/summary-served", "manager"),
    ("/upload-csv/{waiting}", "manager"),
    ("/users", "administrator"),
]


class HostileStage(Stage):
    """The gallery's database and web server under other names, and then poisoned."""

    def __init__(self, infrastructure) -> None:
        self.database = infrastructure.postgres.ensure_database("hostile")
        own = {"DATABASE_URL": self.database, "SUBMISSION_SETTLE_SECONDS": "36000"}
        port = infrastructure.state.port("hostile")
        self._stack = Stack(infrastructure, port=port, environment=own)
        self.places, self.sessions = {}, {}
        self.poisoned = 0

    def _fill(self) -> None:
        super()._fill()
        self.poisoned = poison(self.database)


@pytest.fixture(scope="module")
def stage(infrastructure) -> Iterator[HostileStage]:
    with HostileStage(infrastructure) as stage:
        yield stage


class Watch:
    """Opens pages as somebody and writes down everything that ran."""

    def __init__(self, browser: Browser, stage: HostileStage, *, bypass_csp: bool = True) -> None:
        self._browser, self._stage, self._bypass = browser, stage, bypass_csp
        self._contexts: dict[str, BrowserContext] = {}
        self.pages, self.escaped = 0, 0
        self.troubles: list[str] = []

    def page_of(self, who: str) -> Page:
        context = self._contexts.get(who) or self._new_context(who)
        self._contexts[who] = context
        page = context.new_page()
        page.on(
            "dialog", lambda dialog: self._said(page, f"dialog {dialog.message}", dialog.dismiss)
        )
        page.on("request", lambda asked: _is_ran(asked.url) and self._said(page, asked.url))
        page.on("console", lambda said: self._policy(page, said.text))
        return page

    def _new_context(self, who: str) -> BrowserContext:
        context = self._browser.new_context(base_url=self._stage.url, bypass_csp=self._bypass)
        context.add_init_script(WATCH)
        if who:
            cookie = {"name": "sessionid", "value": self._stage.sessions[who]}
            context.add_cookies([{**cookie, "url": self._stage.url}])
        return context

    def _said(self, page: Page, words: str, then=lambda: None) -> None:
        self.troubles.append(f"{page.url}: {words}")
        then()

    def _policy(self, page: Page, words: str) -> None:
        if "Content Security Policy" in words or "TrustedHTML" in words:
            self.troubles.append(f"{page.url}: {words[:300]}")

    def look(self, path: str, who: str, *, types: bool = False) -> Page:
        """Open it and let it settle; the page stays open."""
        page = self.page_of(who)
        page.goto(self._stage.path(path) if "{" in path else path)
        if types:
            for box in page.locator(
                "main input[type=text], main input[type=email], textarea"
            ).all():
                if box.is_visible():
                    box.fill(WORDS[0])
            with page.expect_navigation():
                page.locator("main form[method=post] button").last.click()
        page.wait_for_load_state()
        self.pages += 1
        source = page.content()
        self.escaped += source.count("&lt;script&gt;ran=1") + source.count("&lt;svg onload=ran=1")
        self.troubles += [f"{page.url}: ran" for _ in page.evaluate("window.seenRunning || []")]
        if page.locator("#ran").count():
            self.troubles.append(f"{page.url}: an element of the marker's own")
        return page

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


def _is_ran(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path == "/ran" or parts.hostname == "ran.test"


def paths() -> list[tuple[str, str]]:
    """Every address of the gallery, once for each who."""
    return list(dict.fromkeys((scene.path, scene.who) for scene in SCENES))


@pytest.fixture
def watch(browser, stage) -> Iterator[Watch]:
    watch = Watch(browser, stage)
    yield watch
    watch.close()


def test_the_watch_sees_what_runs(watch, stage):
    page = watch.look("/accessibility", "")
    page.set_content(f"<p>{WORDS[0]}</p>")
    page.wait_for_function("window.seenRunning.length > 0")
    assert any(trouble.endswith("/ran") for trouble in watch.troubles)


def some(of: list, number: int, dice: random.Random) -> list:
    return dice.sample(of, min(number, len(of)))


def test_no_marker_runs_on_any_page(figures, watch, stage, size, seed):
    dice = random.Random(seed)
    shown = some(paths(), size(small=4, full=1000), dice) + some(
        ASKED, size(small=3, full=1000), dice
    )
    for path, who in dict.fromkeys([*ALWAYS, *shown]):
        watch.look(path, who).close()
    for path, who in some(TYPED, size(small=1, full=1000), dice):
        watch.look(path, who, types=True).close()
    figures(
        "markers: pages of staff",
        pages=watch.pages,
        columns_poisoned=stage.poisoned,
        shown_escaped=watch.escaped,
        runs=len(watch.troubles),
    )
    assert watch.troubles == [], f"TRUST_SEED={seed} repeats it"
    assert stage.poisoned > 40
    assert watch.escaped > watch.pages


def admin_pages(watch: Watch) -> int:
    """Every list and form that the front page of the admin leads to, and some pages of each."""
    waiting, seen = ["/admin/"], set()
    while waiting and len(seen) < MOST_ADMIN_PAGES:
        path = waiting.pop(0)
        page = watch.look(path, "operator")
        seen.add(path)
        links = page.evaluate("[...document.links].map((link) => link.pathname)")
        page.close()
        fresh = [one for one in dict.fromkeys(links) if one.startswith("/admin/")]
        kinds = {one.rsplit("/", 3)[0] for one in seen | set(waiting)}
        for one in fresh:
            is_new_kind = one.rsplit("/", 3)[0] not in kinds or one.count("/") <= 4
            if one not in seen and one not in waiting and "logout" not in one and is_new_kind:
                waiting.append(one)
                kinds.add(one.rsplit("/", 3)[0])
    return len(seen)


def test_no_marker_runs_in_the_admin_and_its_pages_keep_the_policy(
    figures, browser, stage, watch, size
):
    if not size(small=0, full=1):
        pytest.skip("in `make trust`: one page after the other of the whole admin")
    strict = Watch(browser, stage, bypass_csp=False)
    seen = admin_pages(watch), admin_pages(strict)
    strict.close()
    figures("markers: the admin", pages=sum(seen), shown_escaped=watch.escaped)
    assert watch.troubles == []
    assert strict.troubles == []
    assert min(seen) > 10
