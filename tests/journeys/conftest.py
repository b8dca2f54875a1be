"""The whole service as real processes, a person at a browser, and orders for them to work on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from audit.coverage import TABLES
from devstack import Infrastructure, Stack
from devstack.demo.clerk import Clerk
from devstack.demo.plan import Order, make_export, plan_orders
from devstack.demo.visitor import Visitor
from devstack.servers.server import CHECKOUT
from tests.journeys.staff import Staff

EMAIL = "sam@example.com"
CLERKS_EMAIL = "clerk@example.com"
PASSWORD = "a long way to go home"
EXPORT_ROWS = 200
# Of each, 20 orders are worked on.
EXPORTS = (1, 2, 3, 4)
# Short waits, but for the settling of an unknown: what staff see meanwhile must not go by.
WAITS = {
    "SWEEP_SECONDS": "1",
    "SUBMISSION_BACKOFF_SECONDS": "0.1",
    "SUBMISSION_SETTLE_SECONDS": "600",
    "BREAKER_TRIAL_SECONDS": "1",
}
# A busy machine is no failure.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def stack(infrastructure: Infrastructure) -> Iterator[Stack]:
    """Web, worker and beat with a database, a bucket and a broker of their own, and one account."""
    own = {
        "DATABASE_URL": infrastructure.postgres.ensure_database("journeys"),
        "BROKER_URL": f"{infrastructure.broker.url.rpartition('/')[0]}/9",
        # Documents are named after their order: those of other tests' orders have the same names.
        "DOCUMENTS_BUCKET": "journeys-documents",
    }
    infrastructure.bucket.make_buckets(own["DOCUMENTS_BUCKET"])
    with Stack(infrastructure, environment={**own, **WAITS}) as stack:
        _create_case_manager(stack, EMAIL)
        # Of her own: whoever signs out ends every session of theirs.
        _create_case_manager(stack, CLERKS_EMAIL)
        yield stack
        # Whatever the journeys did: but for submissions, of which a test sets one's clock back.
        tables = [f"--table={table}" for table in TABLES if table != "orders.submission"]
        stack.manage("replay_audit", *tables)


def _create_case_manager(stack: Stack, email: str) -> None:
    names = ["--first-name", "Sam", "--last-name", "Staff", "--role", "case-manager"]
    subprocess.run(
        [sys.executable, "manage.py", "create_user", "--email", email, *names, "--password-stdin"],
        input=PASSWORD,
        env={**os.environ, **stack.variables},
        cwd=CHECKOUT,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="session")
def waiting_orders(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Order]:
    """Orders that were imported and that nobody has touched; each is taken once.

    One a case: tests find their order by its case number, whatever an earlier one served.
    """
    planned: dict[str, Order] = {}
    for seed in EXPORTS:
        content, table = make_export(EXPORT_ROWS, seed=seed)
        file = tmp_path_factory.mktemp("export") / "export.csv"
        file.write_bytes(content)
        stack.manage("import_orders", str(file))
        planned.update({order.case_number: order for order in plan_orders(table)})
    return iter(planned.values())


@pytest.fixture(scope="module")
def clerk(stack: Stack) -> Iterator[Clerk]:
    """A colleague who gets orders ready while the person at the browser does something else.

    Signs in for each module: some end every session there is.
    """
    with Visitor(stack.url) as visitor:
        clerk = Clerk(visitor)
        clerk.sign_in(CLERKS_EMAIL, PASSWORD)
        yield clerk


@pytest.fixture
def ready_order(clerk: Clerk, waiting_orders: Iterator[Order]) -> Callable[[], Order]:
    """Completes an order up to "ready to serve"."""

    def complete() -> Order:
        order = next(waiting_orders)
        clerk.complete(order)
        return order

    return complete


@pytest.fixture(autouse=True)
def _sirius_without_faults(sirius) -> None:
    """The simulator as it is on a good day, with nothing received."""


@pytest.fixture(scope="module")
def signed_in_state(browser: Browser, stack: Stack) -> object:
    """What a browser keeps of a person who has signed in."""
    context = browser.new_context(base_url=stack.url)
    Staff(context.new_page()).signs_in(EMAIL, PASSWORD)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def staff(browser: Browser, stack: Stack, signed_in_state) -> Iterator[Staff]:
    """A person who is signed in, on the list of orders. No page of theirs may fail."""
    context = browser.new_context(base_url=stack.url, storage_state=signed_in_state)
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("response", lambda answer: answer.status >= 400 and troubles.append(answer.url))
    person = Staff(page)
    person.opens("/case")
    yield person
    context.close()
    assert troubles == []


@pytest.fixture
def staff_without_javascript(browser: Browser, stack: Stack) -> Iterator[Staff]:
    """A person whose browser runs no script, not signed in."""
    context = browser.new_context(base_url=stack.url, java_script_enabled=False)
    yield Staff(context.new_page(), has_javascript=False)
    context.close()
