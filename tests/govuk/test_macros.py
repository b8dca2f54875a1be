"""The includes are the components that GOV.UK Frontend publishes."""

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from govuk.forms import GovukForm, TextField
from tests.govuk.published import html_of, options_of, tree


def macro(name, **context):
    return tree(render_to_string(f"macros/{name}.html", context))


@pytest.mark.parametrize(
    ("name", "component", "fixture", "context"),
    [
        ("tag", "tag", "default", {"text": "Alpha"}),
        ("tag", "tag", "grey", {"text": "Grey", "colour": "grey"}),
        ("back_link", "back-link", "default", {"href": "#"}),
        ("button", "button", "link", {"text": "Link button", "href": "/"}),
        ("button", "button", "prevent double click", {"text": "Submit"}),
        (
            "panel",
            "panel",
            "default",
            {
                "title": "Application complete",
                "text": "Your reference number",
                "reference": "HDJ2123F",
            },
        ),
        ("panel", "panel", "title with no body text", {"title": "Application complete"}),
        ("inset", "inset-text", "default", None),
        ("warning_text", "warning-text", "default", None),
        ("notification_banner", "notification-banner", "default", None),
        (
            "notification_banner",
            "notification-banner",
            "with type as success",
            {"text": "Email sent to example@email.com", "success": True},
        ),
    ],
)
def test_a_macro_is_the_published_component(name, component, fixture, context):
    given = options_of(component, fixture) if context is None else context

    assert macro(name, **given) == tree(html_of(component, fixture))


@pytest.mark.parametrize("kind", ["secondary", "warning"])
def test_a_button_of_a_kind_is_the_published_one_but_for_the_second_click(kind):
    options = options_of("button", kind)
    [[tag, attributes, words]] = macro("button", text=options["text"], kind=kind)
    attributes.pop("data-prevent-double-click")
    [[_, published, published_words]] = tree(html_of("button", kind))
    published.pop("name")

    assert (tag, attributes, words) == ("button", published, published_words)


def test_details_are_the_published_details():
    options = options_of("details", "default")

    html = macro("details", summary=options["summaryText"], text=options["text"])

    assert html == tree(html_of("details", "default"))


def test_breadcrumbs_are_the_published_breadcrumbs():
    name = "with last breadcrumb as current page"

    html = macro("breadcrumbs", crumbs=options_of("breadcrumbs", name)["items"])

    assert html == tree(html_of("breadcrumbs", name))


@pytest.mark.parametrize(
    "name",
    [
        "as a summary card with a text header",
        "as a summary card with actions",
        "summary card with only 1 action",
    ],
)
def test_a_summary_card_is_the_published_one(name):
    options = options_of("summary-list", name)
    rows = [{"key": r["key"]["text"], "value": r["value"]["text"]} for r in options["rows"]]
    card = options["card"]

    html = macro(
        "summary_card",
        title=card["title"]["text"],
        links=card.get("actions", {}).get("items", []),
        rows=rows,
    )

    assert html == tree(html_of("summary-list", name))


def test_a_table_is_the_published_one_but_for_number_columns():
    options = options_of("table", "with head and caption")
    published = html_of("table", "with head and caption")
    published = published.replace(" govuk-table__header--numeric", "")
    published = published.replace(" govuk-table__cell--numeric", "")
    for month in ("January", "February", "March"):
        header = f'<th scope="row" class="govuk-table__header">{month}</th>'
        published = published.replace(header, f'<td class="govuk-table__cell">{month}</td>')

    html = macro(
        "table",
        caption=options["caption"],
        headings=[cell["text"] for cell in options["head"]],
        rows=[[cell["text"] for cell in row] for row in options["rows"]],
    )

    assert html == tree(published)


class TwoErrorsForm(GovukForm):
    terms = TextField(label="Terms", missing="Agree to the terms of service to log in")

    def clean(self):
        self.add_error(None, "Invalid username or password")


def test_an_error_summary_is_the_published_one():
    name = "mixed with and without links"

    html = macro("error_summary", form=TwoErrorsForm({}, auto_id="example-error-1"))

    assert html == tree(html_of("error-summary", name).replace("#example-error-1", "#terms"))


@pytest.mark.parametrize("form", [None, "", TwoErrorsForm()])
def test_there_is_no_error_summary_without_errors(form):
    assert macro("error_summary", form=form) == []


def numbered(page, *, of, query=""):
    paginator = Paginator(range(of * 50), 50)
    request = RequestFactory().get(f"/case{query}")
    context = {"page": paginator.page(page), "request": request}
    return render_to_string("macros/pagination.html", context)


@pytest.mark.parametrize(("fixture", "page", "of"), [("first page", 1, 3), ("last page", 3, 3)])
def test_pagination_is_the_published_one(fixture, page, of):
    published = html_of("pagination", fixture).replace('"/page/', '"?page=')
    published = published.replace('"/next"', '"?page=2"').replace('"/previous"', '"?page=2"')

    assert tree(numbered(page, of=of)) == tree(published)


def test_pagination_of_many_pages_leaves_some_out_as_published():
    published = html_of("pagination", "with many pages").replace('"/page/', '"?page=')
    published = published.replace('"/next"', '"?page=11"').replace('"/previous"', '"?page=9"')
    for left_out in (8, 12):
        link = f'href="?page={left_out}" aria-label="Page {left_out}"'
        start = published.index('<li class="govuk-pagination__item">', published.index(link) - 120)
        end = published.index("</li>", start) + len("</li>")
        published = published[:start] + published[end:]

    assert tree(numbered(10, of=40)) == tree(published)


def test_every_link_of_the_pagination_keeps_the_rest_of_the_query():
    html = numbered(2, of=3, query="?type=served&q=Smith+%26+Co&page=2")

    queries = [link["href"] for link in BeautifulSoup(html, "html.parser").find_all("a")]
    rest = "?type=served&q=Smith+%26+Co&page="
    assert queries == [rest + page for page in ("1", "1", "2", "3", "3")]


def test_one_page_needs_no_pagination():
    assert numbered(1, of=1).strip() == ""


def test_tabs_are_links_and_say_which_page_this_is():
    tabs = [
        {"href": "?type=pending", "text": "To do (3)", "current": True},
        {"href": "?type=served", "text": "Served (1)"},
    ]

    html = render_to_string("macros/tabs.html", {"label": "Orders", "tabs": tabs})

    assert html.count('aria-current="page"') == 1
    assert '<a class="serve-tabs__link" href="?type=pending" aria-current="page">To do (3)' in html


def block(source, **context):
    return Template("{% load govuk %}" + source).render(Context(context))


def test_a_card_holds_rows_with_markup_and_links():
    html = block(
        '{% summary_card title=name href="/edit" second_href="/delete" %}'
        '{% summary_row key="Email address" href="/edit#email" %}'
        "<b>{{ email }}</b>{% endsummary_row %}"
        '{% summary_row key="Town" %} {% endsummary_row %}'
        "{% endsummary_card %}",
        name="Jo <Deputy>",
        email="jo@example.com&",
    )

    assert '<h2 class="govuk-summary-card__title">Jo &lt;Deputy&gt;</h2>' in html
    assert "<b>jo@example.com&amp;</b>" in html
    assert 'Change<span class="govuk-visually-hidden"> email address</span>' in html
    assert 'Remove<span class="govuk-visually-hidden"> (Jo &lt;Deputy&gt;)</span>' in html
    assert "Not entered yet" in html


def test_text_set_apart_may_hold_markup():
    assert "<p>a</p>" in block("{% inset %}<p>a</p>{% endinset %}")
    assert "<p>a</p>" in block('{% details summary="b" %}<p>a</p>{% enddetails %}')
    assert "<dl" in block("{% summary_list %}{% endsummary_list %}")
