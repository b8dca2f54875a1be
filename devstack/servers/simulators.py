"""The doubles of outside systems: Sirius, Notify and the postcode service, each a program."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from devstack.asking import is_answered
from devstack.servers.server import Server
from devstack.servers.sirius_control import SiriusControl


class Simulator(Server):
    """A module of this project that is started with a port and answers HTTP."""

    module: str
    # A path that answers 200 when it is up; empty: that it listens is enough.
    health_path = ""
    # Variables besides those of this process, set by whoever starts it: accounts and keys.
    environment: Mapping[str, str] = MappingProxyType({})
    example = "http://127.0.0.1:8080"

    @property
    def url(self) -> str:
        return self.given or f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)

    def command(self) -> list[str]:
        return [sys.executable, "-m", self.module, "--port", str(self.port)]

    def child_environment(self) -> dict[str, str]:
        return {**super().child_environment(), **self.environment}

    def is_ready(self) -> bool:
        if self.given or not self.health_path:
            return super().is_ready()
        return is_answered(f"{self.url}/{self.health_path}")


class Sirius(Simulator):
    """OPG's case-management system, and the event bus that leads to it."""

    name = "sirius"
    title = "The Sirius simulator"
    variable = "SIRIUS_URL"
    module = "sirius_client.simulator"
    health_path = "health-check/service-status"

    @property
    def control(self) -> SiriusControl:
        """What it received and which faults it makes; only of a simulator."""
        return SiriusControl(self.url)

    def command(self) -> list[str]:
        return [*super().command(), "--state", str(self._site.state.folder(self.name))]


class Notify(Simulator):
    """GOV.UK Notify's stand-in."""

    name = "notify"
    title = "The Notify stand-in"
    variable = "NOTIFY_URL"
    module = "notify_client.simulator"

    @property
    def mails_url(self) -> str:
        """Where the mails it took can be read; only of the stand-in."""
        return f"{self.url}/control/received"


class Places(Simulator):
    """The postcode service's stand-in."""

    name = "places"
    title = "The postcode stand-in"
    variable = "PLACES_URL"
    module = "places_client.simulator"
