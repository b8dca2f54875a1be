"""One HTTP question to a server on this machine, past any proxy that the environment names."""

import urllib.error
import urllib.request

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, *, method: str = "GET", body: bytes | None = None, seconds: float = 5.0) -> bytes:
    """The body of a 200 answer; raises OSError for any other answer, or none in `seconds`."""
    question = urllib.request.Request(url, data=body, method=method)
    with _opener.open(question, timeout=seconds) as answer:
        content: bytes = answer.read()
        if answer.status != 200:
            raise urllib.error.HTTPError(url, answer.status, "not 200", answer.headers, None)
    return content


def is_answered(url: str) -> bool:
    """Whether it is answered with 200."""
    try:
        ask(url)
    except OSError:
        return False
    return True
