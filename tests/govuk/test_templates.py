"""House rules of every template and of what the browser is given."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.template.loader import get_template

from govuk.vendoring import adapt_css, adapt_javascript, vendor

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "govuk" / "static" / "govuk"
NAMES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))


def inline_code(source):
    """Everything in a template that a content security policy without 'unsafe-inline' refuses."""
    markup = re.sub(r"{%-?\s*comment.*?endcomment\s*%}|{#.*?#}", "", source, flags=re.S)
    markup = re.sub(r"{%.*?%}|{{.*?}}", "x", markup, flags=re.S)
    page = BeautifulSoup(markup, "html.parser")
    found = [str(tag) for tag in page.find_all("script") if not tag.get("src")]
    found += [str(tag) for tag in page.find_all("style")]
    for tag in page.find_all(True):
        found += [f"{tag.name} {name}" for name in tag.attrs if name == "style" or name[:2] == "on"]
        found += [str(tag) for value in tag.attrs.values() if "javascript:" in str(value).lower()]
    found += [str(comment) for comment in page.find_all(string=lambda s: isinstance(s, Comment))]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_no_inline_script_or_style(name):
    assert inline_code((TEMPLATES / name).read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<script>let a</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<a onclick="x()">',
        '<a href="JavaScript:x()">',
        "{% if a %}<p class='b' style='c'>{% endif %}",
        "<!-- a note that the reader of the page gets -->",
    ],
)
def test_the_rule_finds_inline_code(source):
    assert inline_code(source)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name):
    assert get_template(name)


def test_every_form_that_posts_carries_its_token():
    for name in NAMES:
        source = (TEMPLATES / name).read_text()
        for form in re.findall(r'<form[^>]*method="post".*?</form>', source, flags=re.S | re.I):
            assert "csrf_token" in form, name


def test_the_vendored_style_sheet_asks_for_nothing_else():
    css = next(STATIC.glob("frontend-*/govuk-frontend.min.css")).read_text()

    assert "url(" not in css
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    assert "font-family:arial,sans-serif" in css
    assert "sourceMappingURL" not in css


def test_the_page_and_the_script_name_the_version_that_is_vendored():
    [folder] = STATIC.glob("frontend-*")

    assert f"govuk/{folder.name}/govuk-frontend.min.css" in (TEMPLATES / "base.html").read_text()
    assert f"./{folder.name}/govuk-frontend.min.js" in (STATIC / "serve.js").read_text()
    assert (folder / "LICENCE.txt").read_text().count("MIT License") == 1


def test_vendoring_leaves_out_what_we_may_not_serve(tmp_path):
    released = tmp_path / "package" / "dist" / "govuk"
    released.mkdir(parents=True)
    (tmp_path / "package" / "package.json").write_text('{"version": "9.9.9"}')
    (released / "govuk-frontend.min.css").write_text(
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
        "p{font-family:GDS Transport,arial,sans-serif}"
        "i{background-image:url(/assets/images/govuk-crest.svg)}\n"
        "/*# sourceMappingURL=govuk-frontend.min.css.map */\n"
    )
    (released / "govuk-frontend.min.js").write_text("export{a};//# sourceMappingURL=a.js.map\n")

    folder = vendor(tmp_path / "package", static=tmp_path / "static")

    assert folder == tmp_path / "static" / "frontend-9.9.9"
    assert (folder / "govuk-frontend.min.css").read_text() == (
        "p{font-family:arial,sans-serif}i{background-image:none}\n"
    )
    assert (folder / "govuk-frontend.min.js").read_text() == "export{a};\n"
    assert "9.9.9" in (folder / "LICENCE.txt").read_text()


def test_adapting_twice_changes_nothing_more():
    [folder] = STATIC.glob("frontend-*")
    css = (folder / "govuk-frontend.min.css").read_text()
    javascript = (folder / "govuk-frontend.min.js").read_text()

    assert adapt_css(css) == css
    assert adapt_javascript(javascript) == javascript


def test_collecting_with_hashed_names_works(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])

    stored = ManifestStaticFilesStorage(location=tmp_path)
    hashed = Path(stored.stored_name("govuk/serve.css"))
    assert re.fullmatch(r"serve\.[0-9a-f]{12}\.css", hashed.name)
    # The module imports its neighbour by its plain name, which stays beside the hashed one.
    assert list(tmp_path.glob("govuk/frontend-*/govuk-frontend.min.js"))
