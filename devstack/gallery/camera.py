"""Opens each scene in a browser; takes its picture, wide and narrow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from devstack.browser import find_browser
from devstack.errors import StackTrouble
from devstack.gallery.scenes import Scene
from devstack.gallery.stage import Stage

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
ERRORS = ".govuk-error-summary"
SESSION_COOKIE = "sessionid"


class Visitors:
    """A browser context for each role of the stage, signed in, made when first needed."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self._browser, self._stage = browser, stage
        self._contexts: dict[str, BrowserContext] = {}

    def page_for(self, who: str) -> Page:
        """A fresh tab of somebody's; of nobody's, in a browser that knows nothing."""
        context = self._contexts.get(who) if who else None
        if context is None:
            context = self._browser.new_context(base_url=self._stage.url, viewport=WIDE)
            if who:
                self._sign_in(context, self._stage.sessions[who])
                self._contexts[who] = context
        return context.new_page()

    def _sign_in(self, context: BrowserContext, session: str) -> None:
        host = urlsplit(self._stage.url).hostname or ""
        context.add_cookies(
            [{"name": SESSION_COOKIE, "value": session, "domain": host, "path": "/"}]
        )

    def open(self, scene: Scene) -> Page:
        """The scene, reached in a fresh tab."""
        page = self.page_for(scene.who)
        self.reach(scene, page)
        return page

    def reach(self, scene: Scene, page: Page) -> None:
        """Open it, and do everything that leads to its state."""
        page.goto(self._stage.path(scene.path))
        for act in scene.acts:
            act(page)
        if scene.has_errors:
            page.locator(ERRORS).wait_for()
        page.get_by_role("heading", level=1, name=scene.heading).wait_for()
        page.wait_for_load_state()

    def leave(self, scene: Scene, page: Page) -> None:
        """Close the tab; and the whole browser of nobody's."""
        page.close() if scene.who else page.context.close()

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Headless Chromium. Raises `StackTrouble` where there is none."""
    program = find_browser()
    if program is None:
        raise StackTrouble("There is no Chromium on this machine: install it, then try again.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def photograph(page: Page, scene: Scene, *, folder: Path) -> None:
    """`<folder>/<name>-wide.png` and `-narrow.png`, each of the whole page."""
    for name, size in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size(size)
        page.screenshot(path=folder / f"{scene.name}-{name}.png", full_page=True)
