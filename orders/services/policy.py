"""How long serving waits for what: the figures of `delivery`, from the settings."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class DeliveryPolicy:
    """All in seconds. `post` is the longest that one post may take, from first byte to last."""

    lease: float
    post: float
    settle: float
    first_back_off: float
    breaker_trial: float

    @classmethod
    def from_settings(cls) -> "DeliveryPolicy":
        """The policy of this environment; a start-up check holds `lease` above two posts."""
        return cls(
            lease=settings.SUBMISSION_LEASE_SECONDS,
            post=settings.SIRIUS_TOTAL_SECONDS,
            settle=settings.SUBMISSION_SETTLE_SECONDS,
            first_back_off=settings.SUBMISSION_BACKOFF_SECONDS,
            breaker_trial=settings.BREAKER_TRIAL_SECONDS,
        )
