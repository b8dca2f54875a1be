"""The page that all pages extend, its navigation and banners, and the error pages."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Engine, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import path

from govuk.forms import GovukForm, TextField
from govuk.navigation import navigation_links
from tests.govuk.published import html_of, options_of, tree


def nowhere(request):
    raise AssertionError("only its address is asked for")


urlpatterns = [
    path("case", nowhere, name="case-list"),
    path("upload-csv", nowhere, name="upload-csv"),
    path("users", nowhere, name="user-list"),
    path("logout", nowhere, name="logout"),
]

SAM = SimpleNamespace(is_authenticated=True, is_administrator=False, full_name="Sam <Staff>")
ADA = SimpleNamespace(is_authenticated=True, is_administrator=True, full_name="Ada Admin")
NOBODY = SimpleNamespace(is_authenticated=False)
PAGE = (
    '{% extends "base.html" %}{% block title %}Orders{% endblock %}'
    "{% block heading %}Orders{% endblock %}{% block content %}<p>Words</p>{% endblock %}"
)


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = "tests.govuk.test_pages"


def page(*, source=PAGE, at="/case", **context):
    request = RequestFactory().get(at)
    html = Template(source).render(Context({"request": request, **context}))
    return BeautifulSoup(html, "html.parser")


class OneFieldForm(GovukForm):
    email = TextField(label="Email address", missing="Enter your email address")


def test_the_title_names_page_and_service_and_says_when_there_is_an_error():
    assert page().title.string == "Orders - Serve OPG - GOV.UK"
    assert page(form=OneFieldForm()).title.string == "Orders - Serve OPG - GOV.UK"
    assert page(form=OneFieldForm({})).title.string == "Error: Orders - Serve OPG - GOV.UK"


def test_the_errors_of_the_form_stand_above_the_heading():
    main = page(form=OneFieldForm({})).main

    assert main.find(class_="govuk-error-summary").find_next("h1").string == "Orders"
    assert main.find("a", href="#id_email").string == "Enter your email address"


def test_the_page_begins_with_the_published_skip_link_and_header():
    html = page()

    link = str(html.find(class_="govuk-skip-link"))
    published = html_of("skip-link", "default").replace("#test-target-element", "#main-content")
    header = str(html.find(class_="govuk-generic-header"))
    named = html_of("generic-header", "default").replace(
        options_of("generic-header", "default")["logoText"], "Serve OPG"
    )
    assert tree(link) == tree(published)
    assert tree(header) == tree(named)
    assert html.find(id="main-content").name == "main"
    assert len(html.find_all("h1")) == 1


def test_somebody_who_is_not_signed_in_sees_no_navigation():
    for user in (NOBODY, None):
        assert page(user=user).find(class_="govuk-service-navigation") is None


def test_the_navigation_shows_only_sections_that_exist_and_users_to_administrators():
    assert [link.label for link in navigation_links(SAM, "/case")] == ["Orders", "Upload orders"]
    assert [link.label for link in navigation_links(ADA, "/case")] == [
        "Orders",
        "Upload orders",
        "Users",
    ]


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("/case", ["page", ""]),
        ("/order/7/summary", ["true", ""]),
        ("/case/order/7/deputy/edit/3", ["true", ""]),
        ("/upload-csv/12", ["", "true"]),
        ("/orderly", ["", ""]),
    ],
)
def test_the_navigation_marks_the_section_of_the_page(at, current):
    assert [link.current for link in navigation_links(SAM, at)] == current


def test_the_navigation_is_the_published_one():
    published = BeautifulSoup(
        html_of("service-navigation", "with navigation with a current item"), "html.parser"
    )
    ours = page(user=SAM).nav

    first, second = ours.find_all("li")
    like_second, like_first = published.find_all("li")[:2]
    assert [first["class"], first.a["class"], first.a["aria-current"], first.strong["class"]] == [
        like_first["class"],
        like_first.a["class"],
        like_first.a["aria-current"],
        like_first.strong["class"],
    ]
    assert [second["class"], second.a["class"]] == [like_second["class"], like_second.a["class"]]
    assert tree(str(ours.button)) == tree(str(published.button))
    assert {"class": ours["class"], "label": ours["aria-label"]} == {
        "class": published.nav["class"],
        "label": published.nav["aria-label"],
    }


def test_a_signed_in_person_sees_their_name_and_signs_out_by_post_with_a_token():
    account = page(user=SAM, csrf_token="x" * 64).find(class_="serve-account")

    assert account.span.string == "Sam <Staff>"
    assert (account.form["method"], account.form["action"]) == ("post", "/logout")
    assert account.form.find("input", attrs={"name": "csrfmiddlewaretoken"})
    assert account.form.button.string == "Sign out"


def test_successes_are_green_and_read_out_and_other_messages_are_not():
    messages = [
        Message(constants.SUCCESS, "Processed 12 orders"),
        Message(constants.WARNING, "2 rows <were> skipped"),
    ]

    green, blue = page(messages=messages).find_all(class_="govuk-notification-banner")

    assert "govuk-notification-banner--success" in green["class"]
    assert (green["role"], blue["role"]) == ("alert", "region")
    assert blue.p.string == "2 rows <were> skipped"
    assert green.h2["id"] == green["aria-labelledby"] != blue["aria-labelledby"] == blue.h2["id"]


def test_the_width_of_the_column_is_the_page_s_choice():
    assert page().find(class_="govuk-grid-column-two-thirds")
    wide = page(source=PAGE + "{% block width %}full{% endblock %}")
    assert wide.find(class_="govuk-grid-column-full")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("400", "There is a problem with your request"),
        ("403", "You cannot do this"),
        ("403_csrf", "Your page was out of date"),
        ("404", "Page not found"),
        ("500", "Sorry, there is a problem with the service"),
        ("503", "Sorry, the service is unavailable"),
    ],
)
def test_an_error_page_needs_no_context_at_all(name, heading):
    html = BeautifulSoup(get_template(f"{name}.html").render(), "html.parser")

    assert html.h1.string == heading
    assert html.title.string == f"{heading} - Serve OPG - GOV.UK"


@pytest.mark.parametrize("name", ["500", "503"])
def test_the_pages_for_bad_days_ask_neither_session_nor_database(name):
    class Explosive:
        """Anything asked of it would have been a query."""

        def __getattr__(self, attribute):
            raise AssertionError(attribute)

        def __iter__(self):
            raise AssertionError("iterated")

    source = Engine.get_default().get_template(f"{name}.html")

    html = source.render(Context({"user": Explosive(), "messages": Explosive()}))

    assert "Sign out" not in html


def test_a_failure_page_carries_the_reference_when_there_is_one():
    assert "abc-123" in render_to_string("500.html", {"request_id": "abc-123"})
    assert "reference" not in render_to_string("500.html")


def test_a_refusal_says_why_and_escapes_it():
    html = render_to_string("403.html", {"message": "This order has <been> served."})

    assert "This order has &lt;been&gt; served." in html
    assert "does not have permission" in render_to_string("403.html", {"message": ""})
