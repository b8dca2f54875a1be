"""`make demo`: stack up, spreadsheet in, 20 orders served, all compared at Sirius, stack down."""

import contextlib
import itertools
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from devstack.demo.clerk import Clerk
from devstack.demo.comparison import compare
from devstack.demo.page import File
from devstack.demo.plan import Order, make_export, plan_orders
from devstack.demo.visitor import Visitor
from devstack.errors import StackTrouble, folder_trouble
from devstack.infrastructure import Infrastructure
from devstack.lifeline import remove_folder
from devstack.servers.server import CHECKOUT
from devstack.stack import Stack

EXPORT_ROWS = 2499
SEED = 2
EMAIL = "demonstration.clerk@example.com"
# A sweep comes every 10 seconds; a delivery takes less than one.
SERVED_WITHIN_SECONDS = 60.0
_POLL_SECONDS = 0.25
_LOG_LINES = 12


class Ended(BaseException):
    """A signal asked to end."""


def demonstrate() -> None:
    """Do it all, a line on stdout for each step. Raises `StackTrouble` at the first that fails."""
    folder = _fresh_folder()
    steps = Steps()
    try:
        with _ending_on_signals():
            # Nothing that was exported leads to somebody's own servers: all of them are fresh.
            infrastructure = Infrastructure(folder, durable=False, throwaway=True, given={})
            _perform(infrastructure, steps)
    except Ended as ended:
        raise StackTrouble("Ended by a signal. Everything is stopped.") from ended
    finally:
        remove_folder(folder)
    steps.say(f"The whole main job, in {steps.seconds:.0f} s.")


def _fresh_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="serve-opg-demo-"))
    except OSError as error:
        raise folder_trouble(Path(tempfile.gettempdir()), error) from error


class Steps:
    """Numbers, words, figures and seconds, a line a step."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._began = time.monotonic()
        self._last = self._began

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def done(self, words: str, figure: str) -> None:
        """Say that a step is done, and how long since the last one."""
        now = time.monotonic()
        self.say(f"{next(self._numbers):>2}  {words:<50} {figure:<30} {now - self._last:>5.1f} s")
        self._last = now

    def say(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _perform(infrastructure: Infrastructure, steps: Steps) -> None:
    with infrastructure:
        stack = Stack(infrastructure, environment={"SIRIUS_DOOR": "http"})
        try:
            stack.migrate()
            stack.start()
            stack.wait_until_ready()
            steps.done("Started on free ports, in a fresh folder", stack.url)
            _do_the_job(infrastructure, stack, steps)
        except StackTrouble:
            # Now: what the processes say while they are stopped would push out the reason.
            _show_logs(infrastructure, stack)
            raise
        finally:
            stack.stop()
    steps.done("Stopped everything", "")


def _do_the_job(infrastructure: Infrastructure, stack: Stack, steps: Steps) -> None:
    password = secrets.token_urlsafe(18)
    _create_case_manager(stack, password)
    steps.done("Made a case manager", "manage.py create_user")
    with Visitor(stack.url) as visitor:
        clerk = Clerk(visitor)
        clerk.sign_in(EMAIL, password)
        steps.done("Signed in", "/login")
        orders = _import(clerk, steps)
        progress = _serve(clerk, orders, steps)
        references = _wait_until_served(clerk, progress, steps)
        _expect_counts(clerk, to_do=EXPORT_ROWS - len(orders), served=len(orders))
        steps.done("Counted on the list of orders", f"Served ({len(orders)})")
    agreed = compare(orders, infrastructure.sirius.control.accepted(), references)
    steps.done("Compared what Sirius received with what was typed", f"{agreed} values agree")


def _create_case_manager(stack: Stack, password: str) -> None:
    names = ["--first-name", "Demonstration", "--last-name", "Clerk"]
    account = ["--email", EMAIL, *names, "--role", "case-manager", "--password-stdin"]
    answer = subprocess.run(
        [sys.executable, "manage.py", "create_user", *account],
        input=f"{password}\n",
        env=stack.web.child_environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        lines = answer.stderr.strip().splitlines() or [f"exit {answer.returncode}"]
        raise StackTrouble(f"manage.py create_user failed: {lines[-1]}")


def _import(clerk: Clerk, steps: Steps) -> list[Order]:
    export, table = make_export(EXPORT_ROWS, seed=SEED)
    said = clerk.upload(File("court export.csv", export))
    if said != f"Processed {EXPORT_ROWS} orders":
        raise StackTrouble(f"The upload page said “{said}”, not {EXPORT_ROWS} orders.")
    _expect_counts(clerk, to_do=EXPORT_ROWS, served=0)
    steps.done("Uploaded the court's export", said)
    return plan_orders(table)


def _serve(clerk: Clerk, orders: list[Order], steps: Steps) -> dict[str, str]:
    """Complete and serve each; the paths of their progress pages by the orders' names."""
    progress = {}
    for order in orders:
        clerk.complete(order)
        progress[order.name] = clerk.serve(order)
    deputies = sum(len(order.deputies) for order in orders)
    documents = sum(len(order.documents) for order in orders)
    steps.done(
        f"Completed and served {len(orders)} orders", f"{deputies} deputies, {documents} documents"
    )
    return progress


def _wait_until_served(clerk: Clerk, progress: dict[str, str], steps: Steps) -> dict[str, int]:
    """The OPG reference of each, as its own page shows it."""
    references: dict[str, int] = {}
    deadline = time.monotonic() + SERVED_WITHIN_SECONDS
    while len(references) < len(progress):
        for name in progress.keys() - references.keys():
            reference = clerk.served_reference(progress[name])
            if reference is not None:
                references[name] = reference
        if time.monotonic() > deadline:
            raise StackTrouble(
                f"After {SERVED_WITHIN_SECONDS:.0f} seconds only {len(references)} of "
                f"{len(progress)} orders are served."
            )
        time.sleep(_POLL_SECONDS if len(references) < len(progress) else 0)
    steps.done("Waited for “Order served to OPG”", f"{len(references)} OPG references")
    return references


def _expect_counts(clerk: Clerk, *, to_do: int, served: int) -> None:
    counts = clerk.counts()
    if counts != (to_do, served):
        raise StackTrouble(
            f"The tabs say To do ({counts[0]}) and Served ({counts[1]}) instead of ({to_do}) and "
            f"({served})."
        )


def _show_logs(infrastructure: Infrastructure, stack: Stack) -> None:
    """The last lines of every process, on stderr: the folder with the logs goes."""
    for server in [*infrastructure.servers, *stack.servers]:
        for line in infrastructure.logs.tail(server.name)[-_LOG_LINES:]:
            sys.stderr.write(f"{server.name:<8}| {line}\n")


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Raise `Ended` at Ctrl-C or SIGTERM; a second one does not disturb the stopping."""
    watched = [signal.SIGINT, signal.SIGTERM]
    # Under nohup the terminal may go and the demonstration stays.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        watched.append(signal.SIGHUP)

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in watched:
            signal.signal(each, signal.SIG_IGN)
        raise Ended

    before = {each: signal.signal(each, end) for each in watched}
    try:
        yield
    finally:
        for each, action in before.items():
            signal.signal(each, action)
