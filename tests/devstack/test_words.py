"""docs/messages.md, the page of every message: that it is whole, and as old as the source."""

import pytest

from devstack.words import message, page, python_words, script_words, template_words


def test_the_page_of_all_messages_is_what_the_source_says_now():
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run make words"


@pytest.fixture(scope="module")
def sources():
    return page.sources()


def words_of(messages):
    return [(each.kind, each.words) for each in messages]


@pytest.mark.parametrize(
    ("where", "file", "sentence"),
    [
        ("Front door", "accounts/views/sign_in.py", "The email address or password is incorrect"),
        ("Front door", "accounts/static/accounts/session.js", "You will be signed out in {words}"),
        (
            "Users",
            "accounts/services/users.py",
            "You cannot remove your own account. Ask another administrator.",
        ),
        ("Removal", "csv_ingest/removal_fates.py", "There is no case with this number"),
        ("Uploads of orders", "csv_ingest/wording.py", "Processed {orders}."),
        ("Uploads of orders", "csv_ingest/parsing/errors.py", "must be a CSV or XLSX file"),
        ("Deputies", "orders/forms/deputies.py", "Please select a deputy type"),
        ("Documents", "filestore/errors.py", "The selected file contains a virus"),
        ("Documents", "orders/services/documents.py", "An order can have up to {MOST_DOCUMENTS}"),
        ("Documents", "govuk/static/govuk/files/sending.js", "The connection was lost"),
        ("Reports", "templates/orders/report.html", "each download is recorded with your name"),
        ("Serving", "templates/orders/declaration.html", "system is not answering"),
        ("Serving", "orders/services/locking.py", "This order was served, so"),
        ("Orders", "orders/history.py", "Order added from the court's file"),
        ("Orders", "orders/rules.py", "Add at least one deputy"),
        ("Errors and every page", "templates/404.html", "Page not found"),
    ],
)
def test_each_part_of_the_service_is_on_the_page(sources, where, file, sentence):
    said = sources[file]
    assert page.group_of(file) == where
    assert any(sentence in each.words for each in said)


def test_the_page_has_every_group_and_many_messages():
    text = page.page()
    assert all(f"\n## {group}\n" in text for group in page.GROUPS)
    assert text.count("\n- ") > 1000


def test_what_stands_in_python_is_told_by_where_it_stands():
    source = '''
"""A docstring is no message."""

class Refused(Exception):
    """Nor is this."""
    sentence = "The file cannot be used"

class Gone(Exception):
    def __init__(self, name: "str of it") -> None:
        super().__init__(f"{name} is gone. Add it again")

class State(TextChoices):
    WAITING = "WAITING", "Waiting"

name = TextField(label="Name", hint="As on the order", missing="Enter a name")
TABLE = {"no one key": "Sent to OPG"}

def check(self, deputy):
    log.warning("a line of the log", extra={"event": "not for staff"})
    self.add_error("name", f"{deputy.full_name} is on the order already")
    messages.success(request, "Deputy " + "added")
    if deputy.kind == "some-code":
        raise Refused("You cannot do this now")
    raise ValueError("for developers alone")
'''
    assert words_of(python_words.messages_of(source)) == [
        (message.REFUSAL, "The file cannot be used"),
        (message.REFUSAL, "{name} is gone. Add it again"),
        (message.CHOICE, "Waiting"),
        (message.LABEL, "Name"),
        (message.HINT, "As on the order"),
        (message.ERROR, "Enter a name"),
        (message.SENTENCE, "Sent to OPG"),
        (message.ERROR, "{full_name} is on the order already"),
        (message.BANNER, "Deputy added"),
        (message.REFUSAL, "You cannot do this now"),
    ]


def test_what_is_filled_into_an_email_is_told():
    source = 'post.send_email(personalisation={"link": made, "hours": 48})'
    assert words_of(python_words.messages_of(source)) == [(message.EMAIL, "{link}, {hours}")]


def test_a_template_is_told_with_its_forms_its_includes_and_its_placeholders():
    source = """
{% extends "base.html" %}{% comment %}not a word{% endcomment %}
{% block width %}full{% endblock %}
{% block title %}Serve order{% endblock %}
{% block heading %}Serve order{% endblock %}
{% block content %}
<p class="govuk-body{% if a %} b{% endif %}">
{% if sent %}Sent to <bdi>{{ order.opg }}</bdi>{% else %}Not sent{% endif %}.</p>
{% include "macros/warning_text.html" with text="This cannot be undone." only %}
{% include "macros/button.html" with text="Serve order" name=answer only %}
{% summary_row key="Client name" %}{{ order.client_name }}{% endsummary_row %}
{% inset %}By {% firstof order.by "nobody" %}{% endinset %}
<nav aria-label="Parts of it"><ul><li>{{ n }} document{{ n|pluralize }}</li></ul></nav>
{% endblock %}
"""
    assert words_of(template_words.messages_of(source)) == [
        (message.HEADING, "Serve order"),
        (message.TEXT, "[Sent to {opg} | Not sent]."),
        (message.WARNING, "This cannot be undone."),
        (message.LABEL, "Client name"),
        (message.INSET, "By [{by} | nobody]"),
        (message.LABEL, "Parts of it"),
        (message.TEXT, "{n} document[s]"),
    ]


def test_a_script_is_told_without_its_code():
    source = """
// Not said to anybody
import { send } from './sending.js'
const LOST = 'The connection was lost. Try again'
const part = document.querySelector('.serve-files [data-part]')
announce.say('You can select up to ' + input.most + ' files')
show(`Uploading ${file.name}`)
"""
    assert words_of(script_words.messages_of(source)) == [
        (message.SCRIPT, "The connection was lost. Try again"),
        (message.SCRIPT, "You can select up to {most} files"),
        (message.SCRIPT, "Uploading {file.name}"),
    ]
