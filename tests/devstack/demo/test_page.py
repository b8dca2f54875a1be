"""The demonstration reads pages as a person does: by headings, labels, legends and buttons."""

import pytest

from devstack.demo.page import File, Page, UnexpectedPage

HTML = """
<header><form method="post" action="/logout"><button type="submit">Sign out</button></form></header>
<main><div class="govuk-error-summary"><ul><li><a href="#d">Enter a <b>day</b></a></li></ul></div>
<h1>Add a
deputy</h1><p>One&nbsp;of<br>two</p><script>let unread</script>
<form method="post" enctype="multipart/form-data">
<input type="hidden" name="token" value="t&amp;t">
<label for="n">First name</label><input id="n" name="first" value="Ada">
<fieldset><legend>Born</legend><label for="d">Day</label><input id="d" name="day">
<label for="m">Month</label><input id="m" name="month" value="3"></fieldset>
<fieldset><legend>Kind</legend><label for="k1">Lay</label>
<input type="radio" id="k1" name="kind" value="LAY" checked>
<label for="k2">Professional</label><input type="radio" id="k2" name="kind" value="PRO"></fieldset>
<label for="f">Files</label><input type="file" id="f" name="file" multiple>
<input name="off" value="x" disabled>
<button name="then" value="on">Save</button><button>Cancel</button></form>
<table><tr><th>Case</th><th>Type</th></tr><tr><td><a href="/order/1">123</a></td><td>HW</td></tr>
</table><a href="/a">Change<span> name</span></a><a href="/b">Twice</a><a href="/c">Twice</a></main>
"""


@pytest.fixture
def page() -> Page:
    return Page(url="http://127.0.0.1/order/1/deputy?x=1", html=HTML)


def test_a_page_says_what_a_person_would_read(page):
    assert page.heading == "Add a deputy"
    assert page.path == "/order/1/deputy"
    assert page.problems == ["Enter a day"]
    assert "One of two" in page.words
    assert "Sign out" not in page.words
    assert "unread" not in page.words
    assert page.rows() == [{"Case": "123", "Type": "HW", "": "/order/1"}]
    assert page.link("Change name") == "/a"


def test_a_form_sends_what_stands_in_it_and_the_button_pressed(page):
    form = page.form("Save")
    assert form.values("Save") == [
        *(("token", "t&t"), ("first", "Ada"), ("day", ""), ("month", "3"), ("kind", "LAY")),
        ("then", "on"),
    ]
    assert ("then", "on") not in form.values("Cancel")


def test_a_form_is_filled_by_label_and_legend(page):
    form = page.form("Save")
    form.fill("First name", "Zoë")
    form.fill("Born", {"Day": "31"})
    form.fill("Kind", "Professional")
    files = [File("a.pdf", b"a"), File("b.pdf", b"b")]
    form.fill("Files", files)

    sent = dict(form.values("Save"))
    assert (sent["first"], sent["day"], sent["month"], sent["kind"]) == ("Zoë", "31", "3", "PRO")
    assert form.files() == [("file", file) for file in files]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda page: page.link("Elsewhere"), "no links “Elsewhere”"),
        (lambda page: page.link("Twice"), "2 links “Twice”"),
        (lambda page: page.form("Send"), "no buttons “Send”"),
        (lambda page: page.form("Save").fill("Surname", "x"), "no fields “Surname”"),
        (lambda page: page.form("Save").fill("Born", {"Year": "1"}), "no fields “Born: Year”"),
        (lambda page: page.form("Save").fill("Kind", "Other"), "no fields “Kind: Other”"),
    ],
)
def test_what_is_not_on_the_page_is_named_in_one_sentence(page, ask, words):
    with pytest.raises(UnexpectedPage) as caught:
        ask(page)
    name = "The page “Add a deputy” (/order/1/deputy)"
    assert str(caught.value) == f"{name} has {words}."
