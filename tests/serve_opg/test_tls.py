"""Who is at the other end: every line of the service against right and wrong certificates."""

import contextlib
import io
import runpy
import socket
import threading
from ssl import TLSVersion
from urllib.parse import urlsplit

import celery
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as RedisAway

from devstack.servers.server import CHECKOUT
from filestore import DocumentStore, StoreUnavailable
from filestore.errors import DocumentMissing
from filestore.s3 import FOR_HEALTH, client_from_settings
from notify_client.client import NotifyClient
from notify_client.errors import MailNotTaken
from orders.rules import Outcome
from orders.services.outcomes import read_sirius
from places_client.client import PlacesClient
from places_client.errors import PlacesUnavailable
from serve_opg import health
from sirius_client import EventBus, SiriusClient
from sirius_client.errors import SiriusUnreachable
from tests.sirius_client.running import Answering
from tests.tls_front import HOST, WRONG, ask_for_tls, front, make_authority
from wire.trust import broker_tls, tls_context

pytestmark = pytest.mark.django_db
SETTINGS = CHECKOUT / "serve_opg" / "settings.py"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("authority"))


def port_of(url):
    return urlsplit(url).port


def sign_in():
    with SiriusClient.from_settings() as sirius:
        sirius.sign_in()
        sirius.sign_out()


def put_on_the_bus():
    EventBus.from_settings().put_order(client_id=1, order_id=1, payload={})


def ask_the_store():
    """With the settings' own client, made for one try: a second one costs seconds here."""
    client = client_from_settings(FOR_HEALTH)
    store = DocumentStore(client, bucket="serve-documents", health_client=client)
    with contextlib.suppress(DocumentMissing):
        store.open("no_such_key").close()


def send_a_mail():
    NotifyClient.from_settings().send_email(
        to="a@example.com",
        template_id="5e4e0d1c-8a54-4d0c-9a55-ac71a7e00001",
        personalisation={},
        reference="1",
    )


def look_up_a_postcode():
    PlacesClient.from_settings().find_addresses("SW1A 1AA")


LINES = {
    "sirius": ("SIRIUS_URL", sign_in, SiriusUnreachable),
    "bus": ("EVENT_BUS_ENDPOINT", put_on_the_bus, SiriusUnreachable),
    "s3": ("S3_ENDPOINT", ask_the_store, StoreUnavailable),
    "notify": ("NOTIFY_URL", send_a_mail, MailNotTaken),
    "places": ("PLACES_URL", look_up_a_postcode, PlacesUnavailable),
}


@pytest.fixture
def fronted(settings, authority):
    """Puts TLS in front of one of the outside systems, and the application's settings to it."""
    with contextlib.ExitStack() as opened:

        def make(name, fault=""):
            setting = LINES[name][0]
            target = port_of(getattr(settings, setting))
            gate = opened.enter_context(front(authority.context(fault), target))
            setattr(settings, setting, f"https://{HOST}:{gate.port}")
            settings.CA_BUNDLE = authority.bundle
            return gate

        yield make


def test_nothing_older_than_tls_1_2_is_spoken():
    assert tls_context().minimum_version >= TLSVersion.TLSv1_2
    assert broker_tls("rediss://broker")["ssl_min_version"] >= TLSVersion.TLSv1_2


# --- Over https -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LINES)
def test_a_right_certificate_of_our_own_authority_is_accepted(fronted, sirius, name):
    gate = fronted(name)
    LINES[name][1]()
    assert gate.passed


@pytest.mark.parametrize("fault", WRONG)
@pytest.mark.parametrize("name", LINES)
def test_a_wrong_certificate_is_refused_before_a_word_is_said(fronted, sirius, name, fault):
    gate = fronted(name, fault)
    _setting, call, refusal = LINES[name]
    with pytest.raises(refusal) as refused:
        call()
    assert gate.passed == 0
    if refusal is SiriusUnreachable:
        assert read_sirius(refused.value).outcome is Outcome.NOT_APPLIED
    if refusal is MailNotTaken:
        assert not refused.value.may_have_left


@pytest.mark.parametrize("name", LINES)
def test_the_public_authorities_do_not_vouch_for_ours(fronted, settings, sirius, name):
    gate = fronted(name)
    settings.CA_BUNDLE = ""
    with pytest.raises(LINES[name][2]):
        LINES[name][1]()
    assert gate.passed == 0


def test_an_order_that_meets_a_wrong_certificate_was_not_applied(fronted, settings, sirius):
    plain = settings.SIRIUS_URL
    fronted("sirius")
    with SiriusClient.from_settings() as client:
        client.sign_in()
        settings.SIRIUS_URL = plain
        gate = fronted("sirius", "expired")
        client._base_url = settings.SIRIUS_URL
        with pytest.raises(SiriusUnreachable, match="SSLCertVerificationError") as refused:
            client.post_order(b"{}", request_id="r-1")
    assert read_sirius(refused.value).outcome is Outcome.NOT_APPLIED
    assert gate.passed == 0
    assert [one for one in sirius.received()["attempts"] if one.get("call") == "order"] == []


def test_documents_go_through_tls_whole(fronted):
    fronted("s3")
    store, content = DocumentStore.from_settings(), bytes(range(256)) * 2000
    store.save("dc_doc_0_1.pdf", io.BytesIO(content), content_type="application/pdf")
    with store.open("dc_doc_0_1.pdf") as stored:
        assert stored.read() == content
    store.delete("dc_doc_0_1.pdf")


# --- What the environment may not do --------------------------------------------------------------
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.mark.parametrize("name", LINES)
def test_no_variable_of_the_environment_adds_an_authority(
    fronted, settings, authority, sirius, monkeypatch, name
):
    gate = fronted(name)
    settings.CA_BUNDLE = ""
    for variable in BUNDLES:
        monkeypatch.setenv(variable, authority.bundle)
    with pytest.raises(LINES[name][2]):
        LINES[name][1]()
    assert gate.passed == 0


@contextlib.contextmanager
def listening():
    """Counts who comes to an address."""
    heard, ended = [], threading.Event()
    door = socket.create_server((HOST, 0))

    def listen():
        while True:
            visitor, _ = door.accept()
            visitor.close()
            if ended.is_set():
                return
            heard.append(1)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield door.getsockname()[1], heard
    ended.set()
    socket.create_connection(door.getsockname()).close()
    thread.join(5)
    door.close()


@pytest.mark.parametrize("name", LINES)
def test_no_proxy_of_the_environment_sees_anything(fronted, sirius, monkeypatch, name):
    gate = fronted(name)
    with listening() as (port, heard):
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://{HOST}:{port}")
            monkeypatch.setenv(variable.lower(), f"http://{HOST}:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        LINES[name][1]()
        assert gate.passed
    assert heard == []


@pytest.mark.parametrize("name", ["sirius", "notify", "places"])
def test_nobody_is_led_from_https_to_http(settings, authority, name):
    setting, call, _refusal = LINES[name]
    settings.CA_BUNDLE = authority.bundle
    with listening() as (port, heard):
        away = f"HTTP/1.1 307 Go\r\nLocation: http://{HOST}:{port}/\r\nContent-Length: 0\r\n\r\n"
        with Answering(away.encode(), context=authority.context(), until=b"\r\n\r\n") as server:
            setattr(settings, setting, server.url.replace("http:", "https:"))
            # Each says in its own words that this was no answer.
            with pytest.raises(Exception, match=r".+"):
                call()
    assert heard == []


# --- PostgreSQL -----------------------------------------------------------------------------------
def one_from(database_url, monkeypatch):
    """SELECT 1 through a connection that the real settings make of this DATABASE_URL."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    handler = ConnectionHandler(runpy.run_path(str(SETTINGS))["DATABASES"])
    connection = handler["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone()
    finally:
        connection.close()


def through(url, port, authority):
    tls = f"?sslmode=verify-full&sslrootcert={authority.bundle}"
    return url.replace(f":{port_of(url)}/", f":{port}/") + tls


def test_the_database_is_reached_through_tls(infrastructure, authority, monkeypatch):
    url = infrastructure.postgres.url
    with front(authority.context(), port_of(url), ask_for_tls) as gate:
        assert one_from(through(url, gate.port, authority), monkeypatch) == (1,)
        assert gate.passed == 1


@pytest.mark.parametrize("fault", WRONG)
def test_a_database_with_a_wrong_certificate_gets_no_password(
    infrastructure, authority, monkeypatch, fault
):
    url = infrastructure.postgres.url
    with front(authority.context(fault), port_of(url), ask_for_tls) as gate:
        with pytest.raises(OperationalError, match="SSL|certificate"):
            one_from(through(url, gate.port, authority), monkeypatch)
        assert gate.passed == 0


def test_a_database_that_has_no_tls_is_not_spoken_to(infrastructure, authority, monkeypatch):
    url = infrastructure.postgres.url
    with pytest.raises(OperationalError, match="does not support SSL"):
        one_from(through(url, port_of(url), authority), monkeypatch)


# --- The broker -----------------------------------------------------------------------------------
def ring(url, authority, settings, monkeypatch):
    """Celery and the health check, as the real settings make them of this BROKER_URL."""
    monkeypatch.setenv("BROKER_URL", url)
    monkeypatch.setenv("CA_BUNDLE", authority.bundle)
    found = runpy.run_path(str(SETTINGS))
    settings.CELERY_BROKER_URL = found["CELERY_BROKER_URL"]
    settings.CELERY_BROKER_USE_SSL = found["CELERY_BROKER_USE_SSL"]
    app = celery.Celery("test", set_as_current=False)
    names = [name for name in found if name.startswith("CELERY_BROKER")]
    app.conf.update({name.removeprefix("CELERY_").lower(): found[name] for name in names})
    with app.connection_for_write() as connection:
        connection.connect()
    assert health._broker_answers()


def rediss(infrastructure, port):
    plain = infrastructure.broker.url
    return plain.replace("redis:", "rediss:").replace(f":{port_of(plain)}/", f":{port}/")


def test_the_broker_is_reached_through_tls(infrastructure, authority, settings, monkeypatch):
    with front(authority.context(), port_of(infrastructure.broker.url)) as gate:
        ring(rediss(infrastructure, gate.port), authority, settings, monkeypatch)
        assert gate.passed >= 2


@pytest.mark.parametrize("fault", WRONG)
def test_a_broker_with_a_wrong_certificate_gets_no_password(
    infrastructure, authority, settings, monkeypatch, fault
):
    with front(authority.context(fault), port_of(infrastructure.broker.url)) as gate:
        with pytest.raises((BrokerAway, RedisAway)):
            ring(rediss(infrastructure, gate.port), authority, settings, monkeypatch)
        with pytest.raises(RedisAway):
            health._broker_answers()
        assert gate.passed == 0


def test_kombu_left_to_itself_would_take_anybodys_certificate(infrastructure, authority):
    """Why `broker_tls` is there; where this fails, kombu has learned better."""
    url = rediss(infrastructure, 1)
    by_itself = celery.Celery("test", broker=url, set_as_current=False).connection_for_write()
    assert by_itself.ssl == {"ssl_cert_reqs": 0}
    assert broker_tls(url)["ssl_cert_reqs"] == 2
    assert broker_tls(infrastructure.broker.url) == {}
