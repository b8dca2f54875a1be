"""What gunicorn is told beside its command line (`--config python:serve_opg.web_server`)."""

from gunicorn.http import wsgi

_default_headers = wsgi.Response.default_headers


def _nameless_headers(response: wsgi.Response) -> list[str]:
    """Those that gunicorn begins each answer with, without the one that says what it is."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


# gunicorn has no setting for it.
wsgi.Response.default_headers = _nameless_headers
