"""Tests whose number of trials is chosen: small in `make test`, full in `make trust`.

A pytest plugin. A test that asks for `size` is such a test and gets the marker `trust`; `make
trust` runs those alone. `TRIALS=full` gives the full numbers, `TRUST_SEED` repeats a run, and
`TRUST_REPORT` names a file that gets every figure as JSON.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FIGURES = pytest.StashKey[dict[str, dict[str, Any]]]()
SEED = pytest.StashKey[int]()
FULL = "full"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = {}
    given = getattr(config, "workerinput", {}).get("seed") or os.environ.get("TRUST_SEED")
    config.stash[SEED] = int(given or secrets.randbelow(10**9))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Several processes, one seed (pytest-xdist)."""
    node.workerinput["seed"] = node.config.stash[SEED]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "size" in getattr(item, "fixturenames", ()):
            item.add_marker("trust")


@pytest.fixture(scope="session")
def size() -> Callable[..., int]:
    """How many trials: `size(small=200, full=10_000)`."""

    def chosen(*, small: int, full: int) -> int:
        return full if os.environ.get("TRIALS") == FULL else small

    return chosen


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The run's seed. Feed every generator from it, so that a run can be repeated."""
    return pytestconfig.stash[SEED]


@pytest.fixture(scope="module")
def figures(
    request: pytest.FixtureRequest, pytestconfig: pytest.Config
) -> Iterator[Callable[..., None]]:
    """Put figures into the run's report: `figures("fuzzing: imports", inputs=9, crashes=0)`.

    Values are numbers, texts, or dicts of them. They are printed at the end also when the test
    goes on to fail, so tell them before asserting.
    """
    told = pytestconfig.stash[FIGURES]

    def tell(title: str, **numbers: Any) -> None:
        told.setdefault(title, {}).update(numbers)

    yield tell
    # A process of several tells the one that prints (pytest-xdist).
    if hasattr(pytestconfig, "workeroutput"):
        pytestconfig.workeroutput["figures"] = json.dumps(told)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of several processes has ended: take over what it found (pytest-xdist)."""
    told = json.loads(getattr(node, "workeroutput", {}).get("figures", "{}"))
    for title, numbers in told.items():
        node.config.stash[FIGURES].setdefault(title, {}).update(numbers)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Every figure, and the seed that repeats them."""
    told = config.stash[FIGURES]
    if not told:
        return
    terminalreporter.section(f"figures of trust (TRUST_SEED={config.stash[SEED]})")
    for title, numbers in sorted(told.items()):
        terminalreporter.write_line(title)
        for name, value in numbers.items():
            terminalreporter.write_line(f"    {name.replace('_', ' ')}: {value}")
    if report := os.environ.get("TRUST_REPORT"):
        words = json.dumps({"seed": config.stash[SEED], "figures": told}, indent=2, default=str)
        Path(report).write_text(words + "\n", encoding="utf-8")
