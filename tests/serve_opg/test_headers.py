"""What every answer says; and that the check of every answer (tests/web_policy.py) can fail."""

import re

import pytest
from django.conf import settings as current
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from tests.factories import PASSWORD
from tests.web_policy import Answer, breaches, directives


def shown(_request):
    return HttpResponse(
        '<script>alert(1)</script><p style="color: red" onclick="go()">'
        '<a href=" JavaScript:go()">x</a><style>p {}</style></p>'
    )


def cached(_request):
    answer = HttpResponse("x", content_type="text/plain")
    answer["Server"] = "ours/1.0"
    answer.set_cookie("mine", "1", domain="example.com")
    return answer


def drawn(_request):
    return HttpResponse("<svg/>", content_type="image/svg+xml")


def sent(_request):
    answer = HttpResponse(b"MZ", content_type="application/octet-stream")
    answer["Content-Disposition"] = 'attachment; filename="x.exe"'
    return answer


shown.login_required = cached.login_required = False
drawn.login_required = sent.login_required = False
urlpatterns = [
    path("shown", shown),
    path("cached", cached),
    path("drawn", drawn),
    path("sent", sent),
]


@pytest.fixture
def bad_pages(settings):
    settings.ROOT_URLCONF = __name__


# --- The check can fail ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/shown", "a <script> in the page"),
        ("/shown", "a <style> in the page"),
        ("/shown", "a style on <p>"),
        ("/shown", "onclick on <p>"),
        ("/shown", "javascript:go"),
        ("/cached", "Server is told"),
        ("/cached", "cookie mine has no SameSite"),
        ("/cached", "cookie mine is for more or less than this host"),
        ("/cached", "cookie mine is read by scripts"),
        ("/drawn", "shown as 'image/svg"),
        ("/sent", "a download of 'application/octet-stream'"),
    ],
)
def test_an_answer_that_breaks_the_policy_fails_the_test_that_asked(bad_pages, address, said):
    with pytest.raises(AssertionError, match=re.escape(said)):
        Client().get(address)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FIXED_HEADERS", {}, "Permissions-Policy"),
        ("FIXED_HEADERS", {}, "Cross-Origin-Resource-Policy"),
        ("X_FRAME_OPTIONS", "SAMEORIGIN", "X-Frame-Options"),
        ("CONTENT_SECURITY_POLICY", {}, "Content-Security-Policy is {}"),
        (
            "CONTENT_SECURITY_POLICY",
            {"DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"]}},
            "unsafe-inline",
        ),
        ("SESSION_COOKIE_HTTPONLY", False, "is read by scripts"),
        ("SESSION_COOKIE_SAMESITE", None, "has no SameSite"),
        ("SESSION_COOKIE_DOMAIN", "testserver", "more or less than this host"),
    ],
)
def test_a_setting_that_loosens_the_policy_fails_the_first_test(settings, sam, name, value, said):
    setattr(settings, name, value)
    with pytest.raises(AssertionError, match=re.escape(said)):
        Client().post("/login", {"email": sam.email, "password": PASSWORD})


@pytest.mark.parametrize("name", ["FixedHeadersMiddleware", "ContentPolicyMiddleware"])
def test_without_one_of_the_two_no_answer_passes(settings, name):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith(name)]
    with pytest.raises(AssertionError):
        Client().get("/health-check")


@pytest.mark.parametrize(
    "name",
    [
        *("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"),
        *("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy"),
        *("Permissions-Policy", "Cache-Control"),
    ],
)
def test_each_header_is_missed(client, name):
    said = dict(client.get("/accessibility").headers)
    assert breaches(Answer(path="/accessibility", status=200, headers=said)) == []
    del said[name]
    assert len(breaches(Answer(path="/accessibility", status=200, headers=said))) >= 1


def test_hsts_is_missed_where_there_is_tls():
    answer = Answer(path="/", status=200, headers={}, is_secure=True)
    assert "HSTS is ''" in breaches(answer)


# --- What the answers say -------------------------------------------------------------------------
def test_a_page_may_load_our_own_files_and_nothing_else(client):
    said = directives(client.get("/accessibility")["Content-Security-Policy"])
    assert {source for sources in said.values() for source in sources} == {
        *("'self'", "'none'", "'script'"),
        "serve-opg",
    }
    assert said["default-src"] == said["frame-ancestors"] == said["base-uri"] == ["'none'"]


@pytest.mark.parametrize(
    "address",
    ["/", "/login", "/health-check", "/health-check/version", "/no-such-page", "/static/x"],
)
def test_nothing_made_for_a_request_is_kept(client, db, address):
    assert "no-store" in client.get(address)["Cache-Control"]


def test_a_part_of_a_file_that_is_not_there_is_not_kept(client, db):
    answer = client.get("/static/govuk/serve.css", headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert "no-store" in answer["Cache-Control"]


def test_our_own_files_are_kept_and_open_to_no_other_site(client, db):
    answer = client.get("/static/govuk/serve.css")
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Content-Security-Policy"]
    answer.close()


def test_an_answer_made_before_any_page_keeps_the_policy_too(client, settings, over_tls):
    refused = client.get("/login", headers={"Host": "elsewhere.example"})
    moved = client.get("/login")
    assert (refused.status_code, moved.status_code) == (400, 301)
    assert "'none'" in refused["Content-Security-Policy"]
    assert "no-store" in moved["Cache-Control"]


# --- Over TLS -------------------------------------------------------------------------------------
def test_over_tls_every_cookie_is_for_this_host_alone(sam, tls_client):
    shown = tls_client.get("/login")
    tls_client.post("/login", {"email": sam.email, "password": PASSWORD})
    names = set(tls_client.cookies)
    assert shown.status_code == 200
    assert names == {"__Host-csrftoken", "__Host-sessionid", "__Host-known-browser"}
    for cookie in tls_client.cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert tls_client.cookies["__Host-sessionid"]["httponly"]
    assert not tls_client.cookies["__Host-sessionid"]["max-age"]


def test_over_tls_a_banner_s_cookie_is_for_this_host_alone(ada, tls_client, client_of):
    browser = client_of(ada)
    browser.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
    page = {"first_name": "Nora", "last_name": "New", "email": "nora@example.com"}
    answer = browser.post("/users/add", {**page, "role": "CASE_MANAGER"})
    assert answer.status_code == 302
    assert answer.cookies["__Host-messages"]["httponly"]


def test_over_tls_the_first_plain_request_is_led_to_tls_and_sets_nothing(over_tls):
    answer = Client().get("/login")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/login")
    assert not answer.cookies


@pytest.mark.parametrize("page", ["/health-check/service", "/health-check/version", "/login"])
def test_over_tls_nothing_but_the_balancers_question_is_answered_without(over_tls, page):
    assert Client().get(page).status_code == 301
    assert Client().get("/health-check").status_code == 200


@pytest.mark.parametrize("network", [[], ["192.0.2.0/24"]], ids=["allowed", "refused"])
@pytest.mark.parametrize("page", ["/accessibility", "/health-check", "/no-such-page"])
def test_over_tls_the_browser_is_told_to_stay_there(tls_client, settings, page, network):
    settings.ALLOWED_NETWORKS = network
    answer = tls_client.get(page)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_browser_keeps_nothing_for_our_scripts_but_the_end_of_the_session():
    stores = re.compile(
        r"(?:session|local)Storage\b.*|indexedDB|\bcaches\.|document\.cookie\s*=[^=]"
    )
    kept = {
        (file.name, use)
        for file in current.BASE_DIR.glob("*/static/**/*.js")
        if "frontend-" not in str(file) and "staticfiles" not in file.parts
        for use in stores.findall(file.read_text())
    }
    assert kept == {
        ("session.js", "localStorage.getItem(ENDS)) || ownEnd"),
        ("session.js", "localStorage.setItem(ENDS, String(ownEnd))"),
    }


# Whatever makes a page or a program of a string.
SINKS = re.compile(
    r"parseFromString|(inner|outer)HTML['\"`\]\s]*(\+|\|\||&&|\?\?)?=(?!=)|insertAdjacentHTML|"
    r"document\.write|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|srcdoc|"
    r"\beval\(|new Function|set(Timeout|Interval)\(\s*['\"`]"
)


def test_no_script_of_ours_makes_html_from_strings_but_one():
    files = [
        file
        for file in current.BASE_DIR.glob("*/static/**/*.js")
        if "frontend-" not in str(file) and "staticfiles" not in file.parts
    ]
    assert len(files) > 10
    assert [file.name for file in files if SINKS.search(file.read_text())] == ["page.js"]


@pytest.mark.parametrize(
    ("script", "is_sink"),
    [
        ("made.innerHTML = text", True),
        ("made.innerHTML=text", True),
        ("made.innerHTML += text", True),
        ("made.outerHTML ||= text", True),
        ("made['innerHTML'] ??= text", True),
        ("setInterval('go()', 5)", True),
        ("if (made.innerHTML !== now.innerHTML) go()", False),
        ("if (made.innerHTML === text) go()", False),
    ],
)
def test_a_script_that_makes_html_from_a_string_is_told_from_one_that_reads_it(script, is_sink):
    assert bool(SINKS.search(script)) == is_sink
