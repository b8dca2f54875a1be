"""The way to the broker: kombu's, without redis-py's own patience.

redis-py tries a connection four times and sleeps up to 10 s between (since version 6), and kombu
has no setting for that. A page that rings the bell would wait five seconds for a dead broker,
though the sweep finds the row anyway.
"""

from typing import Any

from kombu.transport import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class Channel(redis.Channel):
    """Once more at once, for a connection that died while nobody used it; then it is away."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        # kombu's stubs leave this method out.
        found: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]
        return {**found, "retry": Retry(NoBackoff(), 1)}


class Transport(redis.Transport):
    """Named by the setting CELERY_BROKER_TRANSPORT."""

    Channel = Channel
