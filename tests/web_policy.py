"""What every answer of the service must say, held against every answer that the suite gets.

A pytest plugin's worth of it stands in `tests/conftest.py`: each answer given inside the test's own
process, and each one that a browser of the tests gets, comes through `breaches`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Response

POLICY = {
    "default-src": ["'none'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
}
TRUSTED_TYPES = {"require-trusted-types-for": ["'script'"], "trusted-types": ["serve-opg"]}
DOWNLOAD = {
    **dict.fromkeys(("default-src", "object-src", "base-uri", "frame-ancestors"), ["'none'"]),
    "form-action": ["'none'"],
    "sandbox": [],
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Every feature that the service denies its pages, by name: none is dropped unseen.
FEATURES = (
    *("accelerometer", "autoplay", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
REFERRERS = ("same-origin", "no-referrer")
NEVER = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "X-AspNet-Version", "Via")
# Files of people are handed over, never shown; ours are pages, JSON and text.
SHOWN = ("text/html; charset=utf-8", "application/json", "text/plain", "text/javascript")
HANDED_OVER = (
    *("text/csv; charset=utf-8", "application/pdf", "image/jpeg", "image/png", "image/tiff"),
    *("application/msword",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
HTML = "text/html"
# A tag with its attributes; a ">" inside quotes is none.
TAG = re.compile(r"""<([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
ADDRESSES = ("href", "src", "action", "formaction", "data", "xlink:href")
SECONDS_A_YEAR = 31_536_000


@dataclass(frozen=True)
class Answer:
    """One answer, from wherever. `cookies`: the lines that set them. `text`: of a page, else ""."""

    path: str
    status: int
    headers: Mapping[str, str]
    is_secure: bool = False
    cookies: Iterable[str] = field(default=())
    text: str = ""

    def header(self, name: str) -> str:
        """Its value, whatever the case of the name; "" where it is missing."""
        return next((v for k, v in self.headers.items() if k.lower() == name.lower()), "")


def breaches(answer: Answer) -> list[str]:
    """What the answer says that it must not, or does not say; nothing where all is well."""
    return [
        *_policy(answer),
        *_fixed(answer),
        *_kept(answer),
        *_content(answer),
        *_transport(answer),
        *(said for line in answer.cookies for said in _cookie(line, answer)),
        *_markup(answer.text),
    ]


def check(request: HttpRequest, response: HttpResponseBase) -> None:
    """Hold an answer of this very process to it. Raises `AssertionError`."""
    is_page = response.get("Content-Type", "").startswith(HTML) and not response.streaming
    answer = Answer(
        path=request.path_info,
        status=response.status_code,
        headers=response.headers,
        is_secure=request.is_secure(),
        cookies=[cookie.OutputString() for cookie in response.cookies.values()],
        text=response.content.decode(response.charset) if is_page else "",
    )
    wrong = breaches(answer)
    assert wrong == [], f"{request.method} {answer.path} {answer.status}: {wrong}"


def check_in_browser(response: Response) -> list[str]:
    """The same of an answer that a browser got; what the page itself holds, the browser refuses."""
    path = urlsplit(response.url).path
    return breaches(Answer(path=path, status=response.status, headers=response.headers))


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy by its directives' names."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def _is_static(answer: Answer) -> bool:
    return answer.path.startswith("/static/") and answer.status < 400


def _is_download(answer: Answer) -> bool:
    return answer.header("Content-Disposition").startswith("attachment")


def _policy(answer: Answer) -> list[str]:
    found = directives(answer.header("Content-Security-Policy"))
    expected = {**POLICY, **TRUSTED_TYPES}
    if _is_download(answer):
        expected = DOWNLOAD
    elif answer.path.startswith("/admin/"):
        expected = POLICY
    return [] if found == expected else [f"Content-Security-Policy is {found}"]


def _fixed(answer: Answer) -> list[str]:
    wrong = [
        f"{name} is {answer.header(name)!r}"
        for name, value in FIXED.items()
        if answer.header(name) != value
    ]
    if answer.header("Referrer-Policy") not in REFERRERS:
        wrong.append(f"Referrer-Policy is {answer.header('Referrer-Policy')!r}")
    features = sorted(answer.header("Permissions-Policy").split(", "))
    if features != [f"{feature}=()" for feature in FEATURES]:
        wrong.append(f"Permissions-Policy is {features}")
    return wrong + [f"{name} is told" for name in NEVER if answer.header(name)]


def _kept(answer: Answer) -> list[str]:
    """Nothing but our own static files may be kept by anybody."""
    is_kept = "no-store" not in answer.header("Cache-Control")
    return ["may be kept: no Cache-Control: no-store"] if is_kept != _is_static(answer) else []


def _content(answer: Answer) -> list[str]:
    """What it is, of a few things that it may be."""
    kind = answer.header("Content-Type")
    has_no_body = answer.status in (204, 304, 416)
    if _is_static(answer) or has_no_body:
        return []
    if _is_download(answer):
        return [] if kind in HANDED_OVER else [f"a download of {kind!r}"]
    return [] if kind.startswith(SHOWN) else [f"shown as {kind!r}"]


def _transport(answer: Answer) -> list[str]:
    said = answer.header("Strict-Transport-Security")
    if not answer.is_secure:
        return ["Strict-Transport-Security without TLS"] if said else []
    seconds = re.search(r"max-age=(\d+)", said)
    is_long = seconds is not None and int(seconds[1]) >= SECONDS_A_YEAR
    return [] if is_long and "includeSubDomains" in said else [f"HSTS is {said!r}"]


def _cookie(line: str, answer: Answer) -> list[str]:
    """A cookie of ours is for this host alone, is sent to no other site, and is no script's."""
    first, *rest = [part.strip() for part in line.removeprefix("Set-Cookie:").split(";")]
    name = first.split("=", 1)[0].strip()
    said = dict(part.lower().partition("=")[::2] for part in rest)
    wrong = []
    if said.get("samesite") not in ("lax", "strict"):
        wrong.append(f"cookie {name} has no SameSite")
    if "domain" in said or said.get("path") != "/":
        wrong.append(f"cookie {name} is for more or less than this host")
    if "httponly" not in said and "csrf" not in name and "max-age=0" not in line.lower():
        wrong.append(f"cookie {name} is read by scripts")
    if answer.is_secure and not (name.startswith("__Host-") and "secure" in said):
        wrong.append(f"cookie {name} may come from elsewhere")
    return wrong


def _markup(text: str) -> list[str]:
    """No script, style or handler stands in the page itself."""
    wrong = []
    for tag, rest in TAG.findall(text):
        attributes = {
            name.lower(): value.strip("\"' \t\n").lower() for name, value in ATTRIBUTE.findall(rest)
        }
        tag = tag.lower()
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            wrong.append(f"a <{tag}> in the page")
        wrong += [f"{name} on <{tag}>" for name in attributes if name.startswith("on")]
        if "style" in attributes:
            wrong.append(f"a style on <{tag}>")
        wrong += [
            f"{attributes[name]} on <{tag}>"
            for name in ADDRESSES
            if attributes.get(name, "").startswith(("javascript:", "data:", "vbscript:"))
        ]
    return wrong
