"""What the harness' clerk puts before the service: the documents of a trial, always the same."""

import hashlib

from devstack.chaos.plan import Trial
from devstack.samples import sample_document


def contents_of(trial: Trial) -> list[bytes]:
    """The bytes of each of its documents."""
    return [
        sample_document("pdf", words=f"{trial.reference} {number}")
        for number in range(trial.documents)
    ]


def digests_of(trial: Trial) -> tuple[str, ...]:
    """The SHA-256 of each, in hex: what must arrive, whatever the service has written down."""
    return tuple(hashlib.sha256(content).hexdigest() for content in contents_of(trial))
