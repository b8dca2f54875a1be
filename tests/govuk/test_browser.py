"""What only a browser can show: focus, dropped files, and that nothing asked for is missing."""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.template import Context, Template

from govuk.forms import DateField, FileField, GovukForm, RadioField, TextField

pytestmark = pytest.mark.browser
PAGE = (
    '{% extends "base.html" %}{% block title %}Add a deputy{% endblock %}'
    "{% block heading %}Add a deputy{% endblock %}{% block content %}"
    '<form method="post" enctype="multipart/form-data" novalidate>{{ form }}'
    '{% include "macros/button.html" with text="Upload" only %}</form>{% endblock %}'
)
# A name of a person or a file in every part that shows one, as long as names may be.
LONG = "W" * 255
LONG_PAGE = (
    '{% extends "base.html" %}{% load govuk %}{% block title %}Names{% endblock %}'
    '{% block caption %}<span class="govuk-caption-l">{{ long }}</span>{% endblock %}'
    "{% block heading %}{{ long }}{% endblock %}{% block content %}"
    '{% include "macros/panel.html" with title=long text=long reference=long only %}'
    '<p class="govuk-body">{{ long }} <a class="govuk-link" href="#">{{ long }}</a></p>'
    '{% include "macros/inset.html" with text=long only %}'
    "{% summary_card title=long %}{% summary_row key=long %}{{ long }}{% endsummary_row %}"
    "{% endsummary_card %}{% endblock %}"
    '{% block wide %}<div class="serve-table-scroll" role="region" aria-label="Problems"'
    ' tabindex="0">'
    '{% include "macros/table.html" with headings=headings rows=rows only %}</div>{% endblock %}'
)
HEADINGS = ["File", "Uploaded by", "When", "Rows read", "Problem"]
ROWS = [[LONG, "Sam Staff", "21 Nov 2026", "4", "An order type must be 1"]]


class DeputyForm(GovukForm):
    kind = RadioField(label="Deputy type", choices=[("LAY", "Lay"), ("PRO", "Professional")])
    email = TextField(label="Email address", type="email")
    born = DateField(label="Date of birth", hint="For example, 31 3 1980")
    order = FileField(label="Court order", drop_zone=True)


class QuietFiles(SimpleHTTPRequestHandler):
    """Files of a folder, without a line for each on the terminal."""

    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path):
    """The address of a folder with the static files and the page, empty and with errors."""
    shutil.copytree(settings.BASE_DIR / "govuk" / "static", tmp_path / "static")
    wrong = {"email": "x", "born-day": "1", "born-month": "", "born-year": "1980"}
    for name, form in (("empty", DeputyForm()), ("wrong", DeputyForm(wrong))):
        html = Template(PAGE).render(Context({"form": form}))
        (tmp_path / f"{name}.html").write_text(html)
    names = Context({"long": LONG, "headings": HEADINGS, "rows": ROWS})
    (tmp_path / "long.html").write_text(Template(LONG_PAGE).render(names))
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(QuietFiles, directory=tmp_path)
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser, site):
    """A tab; at the end, nothing it asked for may have been missing and nothing may have failed."""
    troubles = []
    context = browser.new_context(base_url=site)
    tab = context.new_page()
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("requestfailed", lambda request: troubles.append(request.url))
    tab.on("response", lambda answer: answer.ok or troubles.append(answer.url))
    yield tab
    context.close()
    assert troubles == []


def dropped(page, *names):
    files = "".join(f"held.items.add(new File(['a'], '{name}'));" for name in names)
    held = page.evaluate_handle(f"() => {{ const held = new DataTransfer(); {files} return held }}")
    page.dispatch_event(".serve-drop-zone", "drop", {"dataTransfer": held})


def test_the_error_summary_takes_the_focus_and_each_link_leads_to_its_input(page):
    page.goto("/wrong.html")
    page.wait_for_function("document.activeElement.className === 'govuk-error-summary'")

    reached = []
    for link in page.locator(".govuk-error-summary a").all():
        link.click()
        reached.append(page.evaluate("document.activeElement.id"))

    assert reached == ["id_kind", "id_email", "id_born-month", "id_order"]


@pytest.mark.parametrize("name", ["empty", "wrong"])
def test_a_page_breaks_no_accessibility_rule(page, name):
    page.goto(f"/{name}.html")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_a_dropped_file_is_chosen_and_two_are_not(page):
    page.goto("/empty.html")
    page.get_by_text("Or drop a file here").wait_for()

    dropped(page, "order.docx")
    assert page.evaluate("document.querySelector('#id_order').files[0].name") == "order.docx"

    dropped(page, "a.docx", "b.docx")
    page.get_by_text("Drop one file, not 2").wait_for()
    assert page.evaluate("document.querySelector('#id_order').files.length") == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_no_name_is_so_long_that_the_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/long.html")

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_table_on_a_small_screen_scrolls_in_its_frame_with_its_words_whole(page):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto("/long.html")

    frame = page.get_by_role("region", name="Problems")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    # A word that is broken takes more than one line: then its range has several boxes.
    broken = frame.evaluate(
        """frame => [...frame.querySelectorAll("th, td")].flatMap((cell) =>
            [...cell.textContent.matchAll(/\\S+/g)].filter((word) => {
                const range = document.createRange()
                range.setStart(cell.firstChild, word.index)
                range.setEnd(cell.firstChild, word.index + word[0].length)
                return range.getClientRects().length > 1
            }).map((word) => word[0]))"""
    )
    assert broken == [LONG]


def test_without_javascript_the_page_is_whole(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/wrong.html")

    page.get_by_label("Lay").check()
    page.get_by_label("Month").fill("3")
    page.get_by_role("link", name="Date of birth must include a month").click()

    assert page.get_by_role("button", name="Upload").is_visible()
    assert not page.get_by_text("Or drop a file here").count()
    context.close()
