"""Who stands at the gate: networks, forged addresses, methods, and names of the host."""

import logging
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as ours
from django.test import Client

from serve_opg.gate import is_allowed_from_settings
from tests.factories import PASSWORD, SecondFactorFactory

INSIDE, OUTSIDE, PROXY = "192.0.2.7", "203.0.113.9", "10.0.0.5"
# One hop: the balancer appends the peer it saw. Whatever a client writes itself stands before it.
FORGED = {
    "an entry of its own": f"{INSIDE}, {OUTSIDE}",
    "no space": f"{INSIDE},{OUTSIDE}",
    "tabs and spaces": f" {INSIDE} ,\t{OUTSIDE}\t",
    "many entries": ", ".join([INSIDE] * 50 + [OUTSIDE]),
    "an empty last entry": f"{INSIDE}, ",
    "nothing but commas": ",,,",
    "empty": "",
    "only spaces": "   ",
    "a port": f"{INSIDE}:443",
    "brackets": "[2001:db8:7::1]",
    "brackets and a port": "[2001:db8:7::1]:443",
    "a zone": "2001:db8:7::1%eth0",
    "an address that is mapped, of outside": f"::ffff:{OUTSIDE}",
    "an address that is mapped, with a zone": f"::ffff:{INSIDE}%1",
    "compatible form": f"::{INSIDE}",
    "the mapped network itself": "::ffff:0:0",
    "sixtofour form": "2002:c000:0207::",
    "leading zeros": "192.000.002.007",
    "octal": "0300.0.02.07",
    "hexadecimal": "0xc0000207",
    "one number": "3221225991",
    "short form": "192.0.519",
    "quotes": f'"{INSIDE}"',
    "a network": f"{INSIDE}/32",
    "a word": "localhost",
    "unknown": "unknown",
    "other digits": "１９２.0.2.7",
    "semicolons": f"{OUTSIDE}; {INSIDE}",
    "a line within": f"{INSIDE}\r\n",
    "a form feed": f"{INSIDE}\x0c",
    "Forwarded's own form": f"for={INSIDE}",
    "outside, written as IPv6": "2001:db8:8::1",
}
OTHER_HEADERS = (
    *("X-Real-IP", "Forwarded", "Client-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"),
    *("X-Forwarded", "Forwarded-For", "X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP"),
    *("X-Remote-Addr", "X-ProxyUser-Ip", "Via", "X-Original-Forwarded-For", "X-Host"),
    *("Fastly-Client-IP", "X-Azure-ClientIP", "X-Envoy-External-Address", "Remote-Addr"),
)


@pytest.fixture
def behind_one_proxy(settings):
    """As deployed: two networks may come in, by way of one balancer."""
    settings.ALLOWED_NETWORKS = ["192.0.2.0/24", "2001:db8:7::/48"]
    settings.TRUSTED_PROXY_HOPS = 1
    return settings


def seen_by_proxy(forwarded, **more):
    """The sign-in page, asked for through the balancer, which is a machine inside."""
    headers = {"X-Forwarded-For": forwarded, **more}
    return Client(REMOTE_ADDR=INSIDE).get("/accessibility", headers=headers)


@pytest.mark.parametrize(
    "forwarded",
    [INSIDE, f"{OUTSIDE}, {INSIDE}", f"::ffff:{INSIDE}", "2001:db8:7:1::1", " 192.0.2.0 "],
)
def test_who_the_proxy_saw_inside_comes_in(behind_one_proxy, forwarded):
    assert seen_by_proxy(forwarded).status_code == 200


@pytest.mark.parametrize("forwarded", FORGED.values(), ids=list(FORGED))
def test_no_forged_forwarding_header_lets_anybody_in(behind_one_proxy, forwarded):
    assert seen_by_proxy(forwarded).status_code == 403


@pytest.mark.parametrize("name", OTHER_HEADERS)
@pytest.mark.parametrize("value", [INSIDE, f"for={INSIDE};proto=https;by={INSIDE}", "127.0.0.1"])
def test_no_other_header_is_believed(behind_one_proxy, name, value):
    assert seen_by_proxy(OUTSIDE, **{name: value}).status_code == 403
    assert Client(REMOTE_ADDR=INSIDE).get("/login", headers={name: value}).status_code == 403


def test_with_two_proxies_the_second_from_the_right_is_the_client(behind_one_proxy):
    behind_one_proxy.TRUSTED_PROXY_HOPS = 2
    assert seen_by_proxy(f"{OUTSIDE}, {INSIDE}, {PROXY}").status_code == 200
    for forged in (f"{INSIDE}, {OUTSIDE}, {PROXY}", f"{OUTSIDE}, {INSIDE}", INSIDE, ""):
        assert seen_by_proxy(forged).status_code == 403


def test_without_a_proxy_the_peer_is_the_client_and_no_header_is_read(behind_one_proxy):
    behind_one_proxy.TRUSTED_PROXY_HOPS = 0
    assert Client(REMOTE_ADDR=INSIDE).get("/accessibility").status_code == 200
    for peer in (OUTSIDE, "", "unix:"):
        answer = Client(REMOTE_ADDR=peer).get("/login", headers={"X-Forwarded-For": INSIDE})
        assert answer.status_code == 403


def test_the_container_s_health_check_alone_is_answered_from_anywhere(behind_one_proxy):
    outside = Client(REMOTE_ADDR=OUTSIDE)
    assert outside.get("/health-check").json() == {"status": "ok"}
    # The balancer asks each machine by its number.
    assert outside.get("/health-check", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert outside.post("/health-check").status_code == 405
    for path in ("/health-check/", "/health-check/service", "//health-check", "/Health-check"):
        assert outside.get(path).status_code == 403
    assert outside.get("/health-check/../login").status_code == 403
    assert outside.get("/static/govuk/serve.css").status_code == 403


def test_nobody_is_let_in_where_no_network_is_named_in_production(settings):
    settings.ALLOWED_NETWORKS = []
    assert is_allowed_from_settings(None)
    settings.IS_DEPLOYED = True
    assert Client().get("/login").status_code == 403


def test_the_refused_are_told_what_to_do_and_little_is_logged(behind_one_proxy, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = Client().get("/case?q=Joni+Mitchell", headers={"X-Forwarded-For": OUTSIDE})

    page = answer.content.decode()
    assert "connect to your department’s network (VPN)" in page
    # What it would load is refused too.
    assert "<link" not in page
    assert "<script" not in page
    assert OUTSIDE not in caplog.text
    assert "203.0.113.0/24" in caplog.text
    assert "Mitchell" not in caplog.text


def test_the_refused_get_no_cookie_and_reach_no_view(behind_one_proxy, client_of, ada):
    browser = client_of(ada)
    answer = browser.get("/users", headers={"X-Forwarded-For": OUTSIDE})
    assert (answer.status_code, dict(answer.cookies)) == (403, {})


# --- Methods --------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "HEAD "])
@pytest.mark.parametrize("path", ["/case", "/login", "/no-such-page", "/static/govuk/serve.css"])
def test_a_method_that_no_page_has_is_refused(client, method, path):
    answer = client.generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


# --- Names of the host ----------------------------------------------------------------------------
WRONG_HOSTS = (
    *("evil.example", "serve.example.evil.example", "evilserve.example", "a.serve.example"),
    *("serve.example@evil.example", "serve.example:80@evil.example", "serve.example/evil"),
    *("serve.example evil.example", "[::1]", "169.254.169.254", "serve.example:port", "*", "."),
    *("serve.example#@evil.example", "serve.example\\evil.example", ".serve.example"),
)


@pytest.fixture
def one_host(settings):
    settings.ALLOWED_HOSTS = ["serve.example"]
    settings.SITE_URL = "https://serve.example"
    return settings


def test_our_own_host_is_answered(one_host):
    for host in ("serve.example", "SERVE.example", "serve.example:443"):
        assert Client().get("/accessibility", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", WRONG_HOSTS)
@pytest.mark.parametrize("path", ["/", "/login", "/case", "/admin/", "/static/govuk/serve.css"])
def test_another_host_is_a_plain_400(one_host, host, path):
    answer = Client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "There is a problem with your request" in answer.content.decode()
    assert "evil" not in answer.content.decode()


def test_what_a_proxy_says_of_the_host_is_never_used(one_host):
    assert not ours.USE_X_FORWARDED_HOST
    assert not ours.USE_X_FORWARDED_PORT
    names = ("X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "Forwarded")
    headers = {"Host": "serve.example", **dict.fromkeys(names, "evil.example")}
    for path in ("/", "/login", "/case", "/admin/", "/user/password-reset/request"):
        answer = Client().get(path, headers=headers)
        assert answer.status_code in (200, 302)
        assert "evil" not in answer.get("Location", "") + answer.content.decode()


FOREIGN_PAGES = (
    *("https://evil.example", "http://evil.example/case", "//evil.example", "///evil.example"),
    *(
        "////evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
    ),
    *("/\n/evil.example", "\t//evil.example", " //evil.example", "https:evil.example"),
    *(
        "https:/evil.example",
        "https:///evil.example",
        "http:\\\\evil.example",
        "HTTPS://evil.example",
    ),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,evil"),
    *(
        "vbscript:evil",
        "ftp://evil.example",
        "https://serve.example@evil.example",
        "//evil.example/",
    ),
    *("https://serve.example.evil.example", "https://evil.example#serve.example", "//[evil"),
    *("https://serve.example:443@evil.example/", "\x00//evil.example", "\x08https://evil.example"),
    *("https://serve.example\\@evil.example", "//evil%2eexample", "http:///evil.example"),
    *(
        "x-evil:case",
        "//evil。example",
        "https://еvil.example",
        "?next=https://evil.example\r\nA: b",
    ),
)


def leads_away(address):
    """Whether a browser that follows a `Location` leaves us; it reads a backslash as a slash."""
    target = urljoin("http://serve.example/login", address.strip().replace("\\", "/"))
    return urlsplit(target)[:2] != ("http", "serve.example")


@pytest.fixture
def ask(one_host):
    """Asks by our own name: `ask(browser, "get", path, ...)`."""

    def send(browser, method, path, values=None, **more):
        return getattr(browser, method)(path, values, HTTP_HOST="serve.example", **more)

    return send


def test_no_way_onward_leads_to_another_site(ask, sam, ada, olive, client_of):
    """By every page that takes `next`: in the address, in the form, signed in, half way and not."""
    SecondFactorFactory(user=ada)
    half_way = Client()
    ask(half_way, "post", "/login", {"email": ada.email, "password": PASSWORD})
    staff, operator, stranger = client_of(sam), client_of(olive), Client()
    asked = (
        *((stranger, "/login"), (stranger, "/admin/login/"), (staff, "/login")),
        *((staff, "/login/code"), (operator, "/admin/login/")),
        *((half_way, "/login/code"), (half_way, "/login/recovery-code")),
    )
    for page in FOREIGN_PAGES:
        answers = [ask(browser, "get", path, {"next": page}) for browser, path in asked]
        away = [one["Location"] for one in answers if leads_away(one.get("Location", ""))]
        assert away == [], page
        # Also what a page keeps for the next step.
        for answer in answers:
            kept = BeautifulSoup(answer.content, "html.parser").select("input[name=next]")
            assert not any(leads_away(one["value"]) for one in kept), page


def test_a_right_password_leads_to_no_other_site(ask, sam):
    for page in FOREIGN_PAGES:
        typed = {"email": sam.email, "password": PASSWORD, "next": page}
        answer = ask(Client(), "post", "/login", typed)
        assert answer.status_code == 302, page
        assert not leads_away(answer["Location"]), page


def test_a_form_sent_too_late_leads_back_to_no_other_site(ask, sam):
    """The page before is taken from the referrer, which another site may choose."""
    known = Client()
    assert ask(known, "post", "/login", {"email": sam.email, "password": PASSWORD})["Location"]
    del known.cookies[ours.SESSION_COOKIE_NAME]
    for page in FOREIGN_PAGES:
        answer = ask(known, "post", "/order/1/declaration", HTTP_REFERER=page)
        onward = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
        assert not leads_away(answer["Location"]), page
        assert not leads_away(onward), page
