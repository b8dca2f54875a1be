"""Every scene of the gallery, held to what must be true of every page (WCAG 2.2 AA and ours)."""

import re

import pytest
from playwright.sync_api import Page, expect

from devstack.gallery.camera import NARROW, WIDE, Visitors
from devstack.gallery.catalogue import SCENES
from devstack.gallery.scenes import Scene
from devstack.gallery.stage import Stage
from tests.journeys.staff import keeps_the_accessibility_rules

pytestmark = pytest.mark.browser
# Elements that the keyboard can reach and that show no ring, no line and no other colour; of those
# that are drawn alike, such as the links of a list, the first two.
WITHOUT_VISIBLE_FOCUS = """() => {
    const shown = (one) => one.checkVisibility({visibilityProperty: true});
    const look = (one) => {
        const near = [one, one.nextElementSibling, one.parentElement].filter(Boolean);
        return JSON.stringify(near.flatMap((each) => [null, "::before", "::after"].map((part) => {
            const style = getComputedStyle(each, part);
            return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor,
                    style.textDecoration, style.color, style.borderWidth];
        })));
    };
    const lost = [], seen = new Map();
    for (const one of document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
        const kind = [one.tagName, one.type, one.className, one.parentElement.className].join();
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (!shown(one) || one.disabled || seen.get(kind) > 2) continue;
        one.blur();
        const before = look(one);
        one.focus();
        if (document.activeElement === one && look(one) === before) lost.push(one.outerHTML);
    }
    return lost;
}"""
WIDER_THAN_THE_WINDOW = """() => document.documentElement.scrollWidth > window.innerWidth"""


@pytest.fixture(scope="session")
def stage(infrastructure):
    with Stage(infrastructure) as stage:
        yield stage


@pytest.fixture(scope="module")
def visitors(browser, stage):
    visitors = Visitors(browser, stage)
    yield visitors
    visitors.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_page_is_what_it_says_and_open_to_everybody(visitors: Visitors, scene: Scene):
    troubles: list[str] = []
    page = visitors.page_for(scene.who)
    page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "response",
        lambda answer: (
            answer.status >= 400
            and answer.status != scene.status
            and troubles.append(f"{answer.status} {answer.url}")
        ),
    )
    visitors.reach(scene, page)

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(scene.heading)))
    assert page.get_by_role("heading", level=1).count() == 1
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        _can_be_signed_out_of(page, scene)
        keeps_the_accessibility_rules(page)
        assert not page.evaluate(WIDER_THAN_THE_WINDOW), f"scrolls sideways at {size['width']} px"
    page.set_viewport_size(WIDE)
    page.keyboard.press("Tab")
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        assert page.evaluate(WITHOUT_VISIBLE_FOCUS) == [], f"forced colours: {colours}"
    page.emulate_media(forced_colors="none")
    _every_error_leads_to_its_field(page)
    visitors.leave(scene, page)
    assert [trouble for trouble in troubles if f"status of {scene.status}" not in trouble] == []


def _can_be_signed_out_of(page: Page, scene: Scene) -> None:
    """Whoever is signed in sees how to end that, and is asked before it ends by itself."""
    if not scene.who:
        return
    # The page that asks whether to sign out has no menu: its own button is the one.
    place = page.get_by_role("main" if scene.name == "sign-out" else "banner")
    expect(place.get_by_role("button", name="Sign out", exact=True)).to_have_count(1)
    expect(page.locator("dialog.serve-session")).to_have_count(1)


def _every_error_leads_to_its_field(page: Page) -> None:
    """Axe does not see a summary whose links lead nowhere; and the title must say "Error"."""
    links = page.locator(".govuk-error-summary__list a")
    if not links.count():
        assert not page.title().startswith("Error")
        return
    assert page.title().startswith("Error: ")
    for number in range(links.count()):
        target = page.locator(links.nth(number).get_attribute("href") or "")
        links.nth(number).click()
        expect(target).to_be_focused()
