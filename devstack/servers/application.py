"""The application's own processes: web, worker and beat. What they stand on is elsewhere."""

import os
import sys
import uuid
from collections.abc import Mapping

import celery
import kombu.exceptions

from devstack.asking import is_answered
from devstack.servers.server import Server, Site


class ApplicationServer(Server):
    """A process of the application, with the variables that the stack gives it."""

    def __init__(self, site: Site, variables: Mapping[str, str]) -> None:
        super().__init__(site)
        self.variables = dict(variables)

    def child_environment(self) -> dict[str, str]:
        return {**super().child_environment(), **self.variables}

    def is_ready(self) -> bool:
        return self.is_alive


class Web(ApplicationServer):
    """gunicorn with the pages."""

    name = "web"
    title = "The web server"

    def __init__(self, site: Site, variables: Mapping[str, str], *, port: int) -> None:
        super().__init__(site, variables)
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        return is_answered(f"{self.url}/health-check")

    def command(self) -> list[str]:
        # No access log: its lines would carry what people search for.
        return [
            *(sys.executable, "-m", "gunicorn", "serve_opg.wsgi"),
            *("--config", "python:serve_opg.web_server"),
            *("--bind", f"127.0.0.1:{self.port}"),
            *("--workers", "2"),
            *("--timeout", "120", "--graceful-timeout", "8"),
            "--no-control-socket",
        ]


class Worker(ApplicationServer):
    """The Celery worker that delivers orders; `kill` ends its forked children too."""

    name = "worker"
    title = "The worker"
    # A delivery under way may finish: it takes 45 seconds at most, and mostly one.
    stop_seconds = 50.0

    def __init__(self, site: Site, variables: Mapping[str, str], *, concurrency: int = 2) -> None:
        super().__init__(site, variables)
        self._concurrency = concurrency
        self._node = ""

    def prepare(self) -> None:
        # A name of its own for each start, so that no answer of the last one is taken for its.
        self._node = f"{uuid.uuid4().hex[:8]}@workbench"

    def is_ready(self) -> bool:
        """Whether it answers a ping that came by way of the broker."""
        with celery.Celery(broker=self.variables["BROKER_URL"], set_as_current=False) as asking:
            try:
                return bool(asking.control.ping(destination=[self._node], timeout=0.5))
            except (kombu.exceptions.OperationalError, OSError):
                return False

    def child_environment(self) -> dict[str, str]:
        # Celery warns every root that tasks may be forged; ours are read as JSON and nothing else.
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker"} if not os.geteuid() else {}
        return {**super().child_environment(), **quiet}

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "celery", "-A", "serve_opg", "--quiet", "worker"),
            *("--hostname", self._node, "--concurrency", str(self._concurrency)),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        ]


class Beat(ApplicationServer):
    """The clock that asks for a sweep."""

    name = "beat"
    title = "The clock (beat)"

    def command(self) -> list[str]:
        schedule = self._site.state.folder(self.name) / "schedule"
        return [
            *(sys.executable, "-m", "celery", "-A", "serve_opg", "--quiet", "beat"),
            *("--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO"),
        ]
