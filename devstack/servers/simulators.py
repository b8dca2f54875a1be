"""The doubles of outside systems: Sirius, Notify and the postcode service, each a program."""

import importlib.util
import sys
import urllib.error
import urllib.request
from pathlib import Path

from devstack.servers.server import Server


class Simulator(Server):
    """A module of this project that is started with a port and answers HTTP."""

    module: str
    # A path that answers 200 when it is up; empty: that it listens is enough.
    health_path = ""

    @property
    def url(self) -> str:
        return self.given or f"http://127.0.0.1:{self.port}"

    def exists(self) -> bool:
        if self.given:
            return True
        spec = importlib.util.find_spec(self.module)
        if spec is None or spec.submodule_search_locations is None:
            return spec is not None
        return importlib.util.find_spec(f"{self.module}.__main__") is not None

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)

    def command(self) -> list[str]:
        return [sys.executable, "-m", self.module, "--port", str(self.port)]

    def is_ready(self) -> bool:
        if self.given or not self.health_path:
            return super().is_ready()
        try:
            with urllib.request.urlopen(f"{self.url}/{self.health_path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class Sirius(Simulator):
    """OPG's case-management system, and the event bus that leads to it."""

    name = "sirius"
    title = "The Sirius simulator"
    variable = "SIRIUS_URL"
    module = "sirius_client.simulator"
    health_path = "health-check/service-status"

    #: Set by whoever starts it: the variables that tell it its buckets and its account.
    environment: dict[str, str]

    def command(self) -> list[str]:
        return [*super().command(), "--state", str(self._site.state.folder(self.name))]

    def child_environment(self) -> dict[str, str]:
        return {**super().child_environment(), **self.environment}

    def received_folder(self) -> Path:
        return self._site.state.folder(self.name)


class Notify(Simulator):
    """GOV.UK Notify's stand-in."""

    name = "notify"
    title = "The Notify stand-in"
    variable = "NOTIFY_URL"
    module = "notify_client.simulator"


class Places(Simulator):
    """The postcode service's stand-in."""

    name = "places"
    title = "The postcode stand-in"
    variable = "PLACES_URL"
    module = "places_client.simulator"
