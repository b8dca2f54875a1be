"""The suite's servers: one set a process, up before Django reads its settings.

A pytest plugin, loaded early by `-p tests.servers`. They are the workbench's own servers, by the
workbench's own code, in a temporary folder that goes with them, also when pytest is killed.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import Infrastructure, StackTrouble
from devstack.servers.scanner import Scanner
from devstack.servers.sirius_control import SiriusControl

_RUNNING = pytest.StashKey[Infrastructure]()
# Where these are asked for, no test runs and so no server is needed.
_LONG = ("harness", "browser")
_ONLY_LOOKING = ("collectonly", "help", "showfixtures", "show_fixtures_per_test", "markers")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before pytest-django, in this same hook, imports the settings."""
    os.environ.update(_environment_of_every_test())
    if not _is_only_looking(early_config) and not _is_only_handing_out(early_config):
        early_config.stash[_RUNNING] = _started_servers()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, or one process would sit on them when the others are done."""
    tests = Counter(item.path for item in items if any(map(item.get_closest_marker, _LONG)))
    items.sort(key=lambda item: -tests[item.path])


def pytest_unconfigure(config: pytest.Config) -> None:
    running = config.stash.get(_RUNNING, None)
    if running is not None:
        running.stop()


@pytest.fixture(scope="session")
def infrastructure(pytestconfig: pytest.Config) -> Infrastructure:
    """The session's servers: `.postgres`, `.broker`, `.bucket`, `.sirius`, `.environment()`."""
    return pytestconfig.stash[_RUNNING]


@pytest.fixture
def real_clamd(infrastructure: Infrastructure) -> Iterator[Scanner]:
    """The session's virus scanner where it is a real one; up again after the test.

    Where there is none the test is skipped; in CI it fails: a suite that skips proves nothing.
    """
    if infrastructure.scanner.is_stand_in:
        missing = "NO VIRUS SCANNER: install clamav-daemon to hold the service against a real one"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    yield infrastructure.scanner
    infrastructure.scanner.start()


@pytest.fixture
def sirius(infrastructure: Infrastructure) -> SiriusControl:
    """The Sirius simulator's control API, with nothing received and no fault set."""
    control = infrastructure.sirius.control
    control.reset()
    return control


def _environment_of_every_test() -> dict[str, str]:
    return {"ENVIRONMENT": "test", "SITE_URL": "http://testserver", "LOG_FORMAT": "text"}


def _is_only_looking(config: pytest.Config) -> bool:
    asked = config.known_args_namespace
    return any(getattr(asked, name, False) for name in (*_ONLY_LOOKING, "version"))


def _is_only_handing_out(config: pytest.Config) -> bool:
    """Of several processes (pytest-xdist), the one that runs no test itself.

    Its servers' addresses would come to the others with the environment, and be shared.
    """
    several = getattr(config.known_args_namespace, "numprocesses", None)
    return bool(several) and "PYTEST_XDIST_WORKER" not in os.environ


def _started_servers() -> Infrastructure:
    folder = Path(tempfile.mkdtemp(prefix="serve-opg-tests-"))
    servers = Infrastructure(folder, durable=False, throwaway=True)
    try:
        servers.__enter__()
    except StackTrouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble
    os.environ.update(servers.environment())
    return servers
