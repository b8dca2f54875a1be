"""A neighbour that repeats all that it was told: no answer of it may reach a log or a page."""

import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

from sirius_client.client import TOKEN_HEADER


class Echo(BaseHTTPRequestHandler):
    """The worst neighbour: answers every call with all that it was told, in every field."""

    status, shape = 500, "json"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        told = (
            f"{self.requestline} {self.headers} {self.rfile.read(length).decode(errors='replace')}"
        )
        status, body = self.server.status, self._body(told)
        self.server.orders += self.path.endswith("/orders")
        if "login" in self.path:
            status = 200
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/" + quote(told)[:2000])
        self.send_header(TOKEN_HEADER, self.server.token)
        self.send_header("Set-Cookie", f"sirius={self.server.session}; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def _body(self, told):
        if self.server.shape == "html":
            return f"<html><h1>{told}</h1></html>".encode()
        error = {"error": told, "message": told, "detail": told}
        wrong = {told[:60]: {told: told}, "client": {"firstName": {"x": told}}}
        return json.dumps({**error, "errors": [error], "validation_errors": wrong}).encode()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def log_message(self, *_words):
        pass
