"""What every answer carries, and what a request's log line says."""

import json
import logging
import sys

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError
from django.test import Client, RequestFactory

from serve_opg.logs import (
    JsonLine,
    QuietRefusals,
    RequestContext,
    TextLine,
    WithoutValues,
    without_tokens,
)
from sirius_client import SiriusUnreachable


def test_every_answer_names_the_request(client):
    answer = client.get("/health-check")
    assert len(answer["X-Request-Id"]) == 32


def test_the_balancer_s_id_is_kept(client):
    answer = client.get("/health-check", headers={"X-Request-Id": "Root=1-abcdef-123456"})
    assert answer["X-Request-Id"] == "Root=1-abcdef-123456"


@pytest.mark.parametrize("given", ["short", "a b c d e f g", "<script>alert(1)</script>", "x" * 65])
def test_an_odd_id_is_replaced(client, given):
    assert client.get("/health-check", headers={"X-Request-Id": given})["X-Request-Id"] != given


def test_log_line_leaves_the_query_out(client, caplog):
    with caplog.at_level(logging.INFO, "serve_opg.requests"):
        client.get("/case?q=Joni+Mitchell")
    (record,) = [one for one in caplog.records if one.name == "serve_opg.requests"]
    assert record.request["path"] == "/case"
    assert record.request["status"] == 302
    assert "Mitchell" not in record.getMessage()


def test_a_path_cannot_begin_a_log_line_of_its_own(client, db, caplog):
    with caplog.at_level(logging.INFO, "serve_opg.requests"):
        client.get("/order/1%0aGET /forged 200%00%1b[31m\u2028")
    (record,) = [one for one in caplog.records if one.name == "serve_opg.requests"]
    assert record.getMessage() == r"GET /order/1\nGET /forged 200\x00\x1b[31m\u2028 404"


def test_json_line_is_one_object_with_the_agreed_names():
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "said", "request": {"status": 200}}
    )
    RequestContext().filter(record)
    line = json.loads(JsonLine().format(record))
    assert (line["level"], line["msg"], line["service_name"]) == ("INFO", "said", "serve-opg")
    assert line["trace_id"] == "-"
    assert line["request"] == {"status": 200}
    assert "time" in line


def test_front_door_leads_to_the_orders(signed_in, client):
    assert signed_in.get("/")["Location"] == "/case"
    assert client.get("/")["Location"].startswith("/login")


def test_health_and_version_need_no_sign_in(client, settings):
    assert client.get("/health-check").json() == {"status": "ok"}
    settings.RELEASE = "1.2.3"
    assert client.get("/health-check/version").json() == {"release": "1.2.3"}


def test_unknown_page_is_a_page(signed_in):
    answer = signed_in.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_form_without_its_secret_is_a_page(sam):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sam)
    answer = strict.post("/upload-csv")
    assert answer.status_code == 403
    assert "govuk-heading" in answer.content.decode()


def test_refusal_is_one_line_without_a_trace():
    def shown(name, status_code):
        record = logging.makeLogRecord({"name": name, "exc_info": (1, 2, 3)})
        if status_code:
            record.status_code = status_code
        QuietRefusals().filter(record)
        return record.exc_info

    assert shown("django.request", 403) is None
    assert shown("django.security.DisallowedHost", None) is None
    assert shown("django.request", 500)
    assert shown("celery.app.trace", None)


def test_database_away_is_a_page_that_says_so(sam, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("orders.queries.orders_to_do", away)
    calm = Client(raise_request_exception=False)
    calm.force_login(sam)
    answer = calm.get("/case")
    assert answer.status_code == 503
    assert "the service is unavailable" in answer.content.decode()


def test_what_was_sent_while_the_database_was_away_is_sent_again_by_a_button(sam, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("orders.views.deputies.get_editable_order", away)
    calm = Client(raise_request_exception=False)
    calm.force_login(sam)
    typed = {"first_name": 'Dana "<b>"', "several": ["1", "2"], "old_password": "hush"}
    ours = {"Sec-Fetch-Site": "same-origin"}
    answer = calm.post("/order/1/deputy/add?deputyType=LAY", typed, headers=ours)

    form = BeautifulSoup(answer.content, "html.parser").main.find("form")
    assert (answer.status_code, form["action"]) == (503, "/order/1/deputy/add?deputyType=LAY")
    fields = [(field["name"], field["value"]) for field in form.find_all("input")][1:]
    assert fields == [("first_name", 'Dana "<b>"'), ("several", "1"), ("several", "2")]
    assert "hush" not in answer.content.decode()


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_what_another_site_sent_while_the_database_was_away_is_not_offered(
    sam, monkeypatch, headers
):
    def away(*_args, **_options):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("orders.views.deputies.get_editable_order", away)
    calm = Client(raise_request_exception=False)
    calm.force_login(sam)
    answer = calm.post("/order/1/deputy/add?deputyType=LAY", {"first_name": "E"}, headers=headers)

    assert answer.status_code == 503
    assert BeautifulSoup(answer.content, "html.parser").main.find("form") is None


def test_crash_is_a_page_with_a_reference_and_no_trace(sam, monkeypatch, caplog):
    def crash(*_args, **_options):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("orders.queries.orders_to_do", crash)
    calm = Client(raise_request_exception=False)
    calm.force_login(sam)
    answer = calm.get("/case")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer["X-Request-Id"] in text
    assert "secret reason" not in text
    logged = [record for record in caplog.records if record.exc_info]
    assert len(logged) == 1


TOKEN = "Fup6v-g89Ov9saO1t6n8bt9XrnGLX_Ry9JaoSB64fhk"


@pytest.mark.django_db
def test_a_link_by_email_leaves_no_token_in_the_log(client, caplog, settings):
    client.get(f"/user/password-reset/change/{TOKEN}")
    # Before any address is looked at: people type http.
    settings.SECURE_SSL_REDIRECT = True
    Client().get(f"/user/password-reset/change/{TOKEN}")

    paths = [record.request["path"] for record in caplog.records if hasattr(record, "request")]
    assert paths == ["/user/password-reset/change/<token>"] * 2
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("formatter", [TextLine("%(message)s"), JsonLine()])
def test_no_line_of_any_logger_shows_a_token(formatter):
    """Django logs the path of what it refuses, and the request itself with it."""
    address = f"/user/password-reset/change/{TOKEN}"
    request = RequestFactory().get(f"{address}?from=mail")
    try:
        raise RuntimeError(f"no way to {address}")
    except RuntimeError:
        trace = sys.exc_info()
    record = logging.makeLogRecord(
        {"msg": "Not Found: %s", "args": (address,), "request": request, "exc_info": trace}
    )

    line = formatter.format(record)

    assert TOKEN not in line
    assert "Not Found: /user/password-reset/change/<token>" in line


def test_a_token_that_begins_like_the_next_page_is_struck_out():
    address = "/user/password-reset/change/set-Fup6v"
    assert without_tokens(address) == "/user/password-reset/change/<token>"


def test_a_path_that_only_looks_alike_is_shown_whole():
    for path in ("/user/password-reset/change/set", "/user/password-reset/request", "/case"):
        assert without_tokens(path) == path


def test_what_celery_adds_to_a_failed_task_is_not_written():
    """The words of the exception, and what the task was asked to do."""
    context = {"name": "orders.tasks.deliver", "exc": "ValueError('Joni')", "args": "['Joni']"}
    record = logging.makeLogRecord(
        {"msg": "Task %(name)s raised: %(exc)s", "args": context, "data": context}
    )
    WithoutValues().filter(record)
    for formatter in (TextLine("%(message)s"), JsonLine()):
        line = formatter.format(record)
        assert "orders.tasks.deliver raised: -" in line
        assert "Joni" not in line


def test_an_exception_in_a_message_is_named_and_not_quoted():
    record = logging.makeLogRecord({"msg": "failed: %s", "args": (ValueError("Joni Mitchell"),)})
    WithoutValues().filter(record)
    assert record.getMessage() == "failed: builtins.ValueError"


def test_our_own_clients_words_are_kept():
    """They are written to be stored: keys and kinds, never a value."""
    refused = SiriusUnreachable("Sirius cannot be reached: refused")
    record = logging.makeLogRecord({"msg": "waits: %s", "args": (refused,)})
    WithoutValues().filter(record)
    assert record.getMessage() == "waits: Sirius cannot be reached: refused"
