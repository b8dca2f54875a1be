"""How large a file is read while the person waits, and how long a worker may be silent."""

from dataclasses import dataclass

from django.conf import settings

# After so many lost workers it is the file: another one would be lost too.
MOST_CRASHES = 3


@dataclass(frozen=True, kw_only=True)
class ImportPolicy:
    """`small` in bytes; the others in seconds. `beat`: at most so often is progress written."""

    small: int
    lease: float
    beat: float = 0.5

    @classmethod
    def from_settings(cls) -> "ImportPolicy":
        """The policy of this environment."""
        return cls(small=settings.SMALL_UPLOAD_BYTES, lease=settings.UPLOAD_LEASE_SECONDS)
