"""`manage.py sweep`: what beat does every 10 seconds, once and now."""

from typing import Any

from django.core.management.base import BaseCommand

from orders import queries, tasks


class Command(BaseCommand):
    """For operations when beat is away; harmless at any time."""

    help = (
        "Take back submissions whose worker was lost, and ring for everything that is due. "
        "Beat does this every 10 seconds; running it besides is harmless."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One sweep."""
        tasks.sweep()
        counts = queries.submission_counts()
        self.stdout.write(", ".join(f"{state} {count}" for state, count in counts.items()))
