"""Secrets and people's details, planted everywhere, and looked for in all that a failure leaves."""

import base64
import contextlib
import inspect
import io
import itertools
import json
import logging
import secrets
import threading
import traceback
import uuid
from http.server import ThreadingHTTPServer
from unittest import mock
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from django.conf import settings as current
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import tasks as account_tasks
from accounts.models import Mail, User
from accounts.services import links, mails
from audit.images import without_images
from audit.models import Entry
from devstack.samples import sample_document
from orders import queries, rules
from orders import tasks as order_tasks
from orders.models import Attempt, Submission
from orders.services.deputies import add_deputy
from orders.services.documents import attach_document
from orders.services.orders import answer_order
from orders.services.serving import serve_order
from serve_opg.logs import JsonLine, TextLine
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory
from tests.house.canaries import DEPUTY, PEOPLE, leaks, tells_code
from tests.house.echo import Echo
from tests.house.everyday import Everyday

pytestmark = pytest.mark.django_db


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.status, server.shape, server.orders = 500, "json", 0
    server.token, server.session = secrets.token_hex(16), secrets.token_hex(16)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def lines():
    """All that the service writes to its logs at DEBUG, in both formats, with its own filters."""
    stream = io.StringIO()
    handlers = []
    names = current.LOGGING["handlers"]["stream"]["filters"]
    for formatter in (JsonLine(), TextLine("%(levelname)s %(name)s [%(trace_id)s] %(message)s")):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        for name in names:
            handler.addFilter(import_string(current.LOGGING["filters"][name]["()"])())
        handlers.append(handler)
    level = logging.root.level
    for handler in handlers:
        logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    # The maker of the tests' own rows tells of them.
    logging.getLogger("factory").setLevel(logging.INFO)
    yield stream
    for handler in handlers:
        logging.root.removeHandler(handler)
    logging.root.setLevel(level)


@pytest.fixture
def secret(settings, echo, infrastructure):
    """{what it is: its value} of every secret that the service holds or is told."""
    settings.SECRET_KEY = "canary-key-" + secrets.token_urlsafe(48)
    settings.SIRIUS_PASSWORD = "canary-sirius-" + secrets.token_urlsafe(16)
    settings.SIRIUS_EMAIL = "sirius.account.canary@example.com"
    settings.NOTIFY_API_KEY = f"canary-{uuid.uuid4()}-{uuid.uuid4()}"
    settings.PLACES_API_KEY = "canary-places-" + secrets.token_urlsafe(16)
    settings.AUDIT_SIGNING_KEY = "canary-audit-" + secrets.token_urlsafe(32)
    environment = infrastructure.environment()
    return {
        "SECRET_KEY": settings.SECRET_KEY,
        "password of Sirius": settings.SIRIUS_PASSWORD,
        "session with Sirius": echo.session,
        "token of Sirius": echo.token,
        "key of Notify": settings.NOTIFY_API_KEY[-36:],
        "key of Places": settings.PLACES_API_KEY,
        "secret of the document store": environment["AWS_SECRET_ACCESS_KEY"],
        "password of the database": urlsplit(environment["DATABASE_URL"]).password,
        "password of the broker": urlsplit(settings.CELERY_BROKER_URL).password,
        "key of the diary": settings.AUDIT_SIGNING_KEY,
        "password that was typed": "Typed-Canary-Password-" + secrets.token_hex(8),
        "new password": "New-Canary-Password-" + secrets.token_hex(8),
        "CSRF secret": "c" * 8 + secrets.token_hex(12),
    }


@pytest.fixture
def planted(secret, pending_order, sam, now, store):
    """An order whose every field is a canary, on its way to Sirius."""
    who = {"by": sam, "now": now}
    order = pending_order(forename=PEOPLE["client's forename"], surname=PEOPLE["client's surname"])
    answer_order(
        order_id=order.pk,
        order_subtype=rules.OrderSubtype.NEW_APPLICATION,
        appointment_type=rules.AppointmentType.SOLE,
        bond_over_21000=True,
        store=store,
        **who,
    )
    add_deputy(order_id=order.pk, answers=DEPUTY, **who)
    for kind in rules.required_for(queries.facts_of(queries.get_order(order.pk))):
        attach_document(
            order_id=order.pk,
            document_type=kind,
            file=io.BytesIO(sample_document("pdf")),
            name=PEOPLE["document's name"],
            store=store,
            **who,
        )
    return serve_order(order_id=order.pk, **who)


@pytest.fixture
def ursula(db):
    """A user whose details are canaries, with an authenticator app."""
    user = UserFactory(
        last_name=PEOPLE["user's surname"], email=PEOPLE["user's email"], administrator=True
    )
    SecondFactorFactory(user=user)
    return user


def told(text):
    """Something that fails in the worst way: with all it knows in its words."""

    def fail(*_args, **_options):
        held = text
        try:
            raise ValueError(held)
        except ValueError as error:
            raise RuntimeError(f"could not: {text}") from error

    return fail


def broken_rule(user):
    """What the database says when a rule is broken: the whole row, in its DETAIL."""

    def fail(*_args, **_options):
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(role=PEOPLE["what was searched for"])

    return fail


class Trials(Everyday):
    """Every failing path, and what works every day, by its name: each gives the answers of the
    service, if it has any."""

    def __init__(self, *, browser, everything, echo, planted, settings, **others):
        super().__init__(browser=browser, **others)
        self.everything, self.echo, self.planted = everything, echo, planted
        self.settings = settings
        names = ("S3_ENDPOINT", "SIRIUS_URL", "NOTIFY_URL", "PLACES_URL", "CELERY_BROKER_URL")
        self.as_they_were = {name: getattr(settings, name) for name in names}
        self.order = f"/order/{planted.order_id}"
        self.strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.typed = {"csrfmiddlewaretoken": everything["CSRF secret"]}
        # What was written before is not of a failure: the diary keeps the rows that were planted.
        self.began_at = Entry.objects.latest("pk").pk

    def crash_of_a_page(self):
        for fail in (told(" ".join(self.everything.values())), broken_rule(self.ursula)):
            with mock.patch("orders.queries.orders_to_do", fail):
                yield self.browser.get("/case?q=" + PEOPLE["what was searched for"])

    def database_away(self):
        away = told(" ".join(self.everything.values()))

        def fail(*_args, **_options):
            try:
                away()
            except RuntimeError as error:
                raise OperationalError(f"connection failed: {error}") from error

        with mock.patch("orders.queries.orders_to_do", fail):
            yield self.browser.get("/case")

    def crash_of_a_task(self):
        fail = told(" ".join(self.everything.values()))
        for name in ("orders.tasks.door_from_settings", "orders.tasks.deliver_submission"):
            with mock.patch(name, fail):
                order_tasks.deliver.apply((self.planted.pk,), throw=False)
        with mock.patch("accounts.tasks.mails.deliver_due", broken_rule(self.ursula)):
            account_tasks.deliver_mails.apply(throw=False)

    def sirius_answers_with_all_it_was_told(self):
        self.settings.SIRIUS_URL = self.echo.url
        for self.echo.shape, self.echo.status in itertools.product(
            ("json", "html"), (200, 201, 302, 400, 401, 403, 404, 422, 429, 500, 503)
        ):
            with transaction.atomic():
                Submission.objects.filter(pk=self.planted.pk).update(next_attempt_at=Now())
                order_tasks.deliver.apply((self.planted.pk,), throw=False)
                attempt = Attempt.objects.latest("pk")
                # Or else nothing was told, and nothing could come back.
                assert self.echo.orders, (attempt.outcome, attempt.reason, attempt.answer)
                yield f"{attempt.answer} {attempt.reason}"
                # Here, for it is undone with the rest before the diary is read as a whole.
                in_diary = facts_since(self.began_at)
                assert in_diary
                yield in_diary
                transaction.set_rollback(True)

    def sirius_is_away(self):
        self.settings.SIRIUS_URL = "http://127.0.0.1:1"
        order_tasks.deliver.apply((self.planted.pk,), throw=False)

    def notify_answers_with_all_it_was_told(self):
        self.settings.NOTIFY_URL = self.echo.url
        for self.echo.shape, self.echo.status in itertools.product(
            ("json", "html"), (200, 400, 403, 404, 429, 500)
        ):
            Mail.objects.all().delete()
            with transaction.atomic():
                mails.request_link(user=self.ursula, by=None, now=timezone.now())
            account_tasks.deliver_mails.apply(throw=False)
            yield Mail.objects.latest("pk").reason

    def places_answers_with_all_it_was_told(self):
        self.settings.PLACES_URL = self.echo.url
        for self.echo.shape, self.echo.status in itertools.product(
            ("json", "html"), (200, 302, 400, 401, 403, 500)
        ):
            yield self.browser.get("/postcode-lookup?postcode=ST42ZZ")

    def storage_fails(self):
        content = sample_document("pdf")
        document = self.planted.order.documents.earliest("pk")
        for url in (self.echo.url, "http://127.0.0.1:1"):
            self.settings.S3_ENDPOINT = url
            for self.echo.status in (400, 403, 500):
                yield self.browser.get(f"{self.order}/document/{document.pk}")
                file = SimpleUploadedFile(PEOPLE["document's name"], content)
                self.browser.post("/upload-csv", {"file": file})

    def bad_files(self):
        names = (PEOPLE["document's name"], PEOPLE["client's surname"] + ".exe")
        rows = ",".join(PEOPLE.values()).encode()
        for name, content in itertools.product(names, (b"", rows, b"PK\x03\x04" + rows)):
            for page in ("/upload-csv", "/multiple-case-removal"):
                self.browser.post(page, {"file": SimpleUploadedFile(name, content)})

    def refused_pages(self):
        values = {**self.typed, **PEOPLE, "password": self.everything["password that was typed"]}
        for page in ("/login", f"{self.order}/deputy/add", "/users/add", "/no/such/page"):
            yield self.strict.post(page, values)
        yield self.browser.get("/users")
        yield self.browser.get("/order/999999/summary?q=" + PEOPLE["what was searched for"])
        yield self.browser.get("/case", headers={"Host": "evil.example"})
        yield self.browser.get("/case", headers={"X-Forwarded-Host": "evil.example"})
        yield self.browser.put("/case", PEOPLE, content_type="application/json")
        fields = {f"n{number}": "" for number in range(1001)}
        yield self.browser.post("/login", {**fields, **values})
        yield self.browser.post("/upload-csv", b"--x" + str(values).encode(), "multipart/form-data")

    def wrong_passwords_codes_and_links(self):
        Client().post("/login", {"email": self.ursula.email, "password": "x"})
        typed = self.everything["password that was typed"]
        Client().post("/login", {"email": PEOPLE["user's email"], "password": typed})
        half_way = Client()
        half_way.post("/login", {"email": self.ursula.email, "password": PASSWORD})
        for page in ("/login/code", "/login/recovery-code"):
            half_way.post(page, {"code": self.everything["recovery code"]})
        yield Client().get(f"/user/password-reset/change/{self.everything['link by email']}x")
        opened = Client()
        yield opened.get(f"/user/password-reset/change/{self.everything['link by email']}")
        fail = told(" ".join(self.everything.values()))
        with mock.patch("accounts.views.passwords.passwords.set_password_by_link", fail):
            opened.raise_request_exception = False
            new = {"password": self.everything["new password"]}
            yield opened.post("/user/password-reset/change/set", new)

    def admin_fails(self):
        operator = UserFactory(operations=True)
        browser = Client(raise_request_exception=False)
        browser.force_login(operator)
        session = browser.session
        session["second_factor"] = True
        session.save()
        fail = told(" ".join(self.everything.values()))
        with mock.patch("orders.admin.serving.hold_submission", fail):
            fields = {"action": "hold", "_selected_action": [self.planted.pk], "reason": "words"}
            yield browser.post("/admin/orders/submission/", fields)
        yield browser.get("/admin/orders/submission/?q=%00&e=1")

    def health_while_all_is_down(self):
        self.settings.CELERY_BROKER_URL = (
            f"redis://:{self.everything['password of the broker']}@127.0.0.1:1/0"
        )
        self.settings.S3_ENDPOINT = "http://127.0.0.1:1"
        for page in ("", "/service", "/dependencies", "/version"):
            yield self.browser.get(f"/health-check{page}")

    def commands_that_fail(self):
        words = io.StringIO()
        for command, *options in (
            ("create_user", PEOPLE["user's email"], "--role", "none"),
            ("import_orders", "/no/such/" + "file.csv"),
            ("submissions", "retry", "999999", "--reason", "words", "--by", "nobody@example.com"),
        ):
            with contextlib.suppress(CommandError, SystemExit):
                call_command(command, *options, stdout=words, stderr=words)

    def each(self):
        """(name, whatever it gave)"""
        for name, trial in inspect.getmembers(self, inspect.ismethod):
            if not name.startswith("_") and name != "each":
                with transaction.atomic():
                    yield name, list(trial() or [])
                    transaction.set_rollback(True)
                for setting, value in self.as_they_were.items():
                    setattr(self.settings, setting, value)


def facts_since(entry_id, *, has_images=True):
    """All that the diary was told after this entry; perhaps without the rows it can rebuild."""
    later = Entry.objects.filter(pk__gt=entry_id).values_list("facts", flat=True)
    return " ".join(str(facts if has_images else without_images(facts)) for facts in later)


def page_text(answer):
    """All that a browser is told: headers and body, but for the cookies that are its own."""
    if isinstance(answer, str):
        return answer
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{headers} {body.decode(errors='replace')}"


def test_no_failure_leaves_a_secret_or_a_person_s_details(
    lines, secret, planted, pending_order, ursula, echo, settings, sam, client_of, figures
):
    browser = client_of(sam)
    browser.raise_request_exception = False
    with transaction.atomic():
        token = links.make_link(user=ursula, now=timezone.now())
    secret |= {
        "link by email": token,
        "key of the authenticator app": ursula.second_factor.key,
        "recovery code": "canary0recovery1code",
        "session of a user": browser.session.session_key,
    }
    trials = Trials(
        browser=browser,
        everything={**PEOPLE, **secret},
        echo=echo,
        planted=planted,
        pending=pending_order(surname=PEOPLE["client's surname"]),
        ursula=ursula,
        hers=client_of(ursula),
        settings=settings,
    )
    found = {}
    asked = 0
    for name, answers in trials.each():
        in_logs = leaks(lines.getvalue(), {**PEOPLE, **secret})
        in_logs |= {code for code in trials.codes if tells_code(lines.getvalue(), code)}
        in_answers = {leak for one in answers for leak in leaks(page_text(one), secret)}
        # A page of the person's own may show whom it is about; an error page, nobody.
        pages = [one for one in answers if isinstance(one, str) or one.status_code >= 400]
        in_answers |= {leak for one in pages for leak in leaks(page_text(one), PEOPLE)}
        # Of what was stored, the diary keeps the rows themselves; of a failure, nothing.
        told_since = facts_since(trials.began_at, has_images=not hasattr(Everyday, name))
        in_diary = leaks(facts_since(0), secret) | leaks(told_since, PEOPLE)
        if in_logs or in_answers or in_diary:
            found[name] = {"logs": in_logs, "answers": in_answers, "diary": in_diary}
        asked += len(answers)
        lines.truncate(0)
    figures("canaries", planted=len(PEOPLE) + len(secret), answers=asked, leaked=len(found))

    assert found == {}


# --- The search can fail --------------------------------------------------------------------------
@pytest.mark.parametrize("name", PEOPLE)
def test_each_form_of_a_canary_is_found(name):
    value = PEOPLE[name]
    raw = value.encode()
    for text in (
        f"Key (email)=({value}) already exists.",
        f"/case?q={quote(value)}&page=1",
        f"/case?q={quote_plus(value)}",
        base64.b64encode(b"a" + raw + b"b").decode(),
        base64.urlsafe_b64encode(b"ab" + raw + b"c").decode(),
        json.dumps({"name": value}),
        repr({"name": value}),
        (b"x" + raw).hex(),
        value.upper(),
        value.lower(),
    ):
        assert leaks(text, PEOPLE) == {name}


def test_a_code_is_found_by_itself_and_in_no_longer_number():
    assert tells_code("code 012345 refused", "012345")
    assert tells_code("{'code': 'abcd2345'}", "ABCD2345")
    assert not tells_code("2026-06-01T08:30:00.012345 0123456", "012345")


def test_a_trace_with_its_words_would_be_found(lines, ursula):
    """As any other formatter writes it; ours is told apart by this alone."""
    try:
        broken_rule(ursula)()
    except IntegrityError:
        logging.getLogger("orders").exception("could not")
        plain = traceback.format_exc()

    assert leaks(plain, PEOPLE) >= {"user's email", "user's surname"}
    assert leaks(lines.getvalue(), PEOPLE) == set()
    # What is left is enough to know where and why.
    assert "sqlstate=23514" in lines.getvalue()
    assert "constraint_name=user_role_known" in lines.getvalue()
    assert "test_canaries.py" in lines.getvalue()
