"""`manage.py seed_gallery`: an order, upload and user in every state, for `make screenshots`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from devstack.gallery.orders import Desk, make_orders
from devstack.gallery.people import make_others, make_people, session_of
from devstack.gallery.uploads import make_removals, make_uploads


class Command(BaseCommand):
    """Writes where each state is found, and the people's sessions, into a file."""

    help = "Fill an empty database with every state that a page can show. Never where data is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, type=Path, help="the file to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` where real data may be."""
        if settings.IS_DEPLOYED:
            raise CommandError("The gallery is for development only.")
        now = timezone.now()
        people = make_people(now=now)
        manager, administrator = people["manager"], people["administrator"]
        uploads = make_uploads(by=manager, now=now)
        orders = make_orders(Desk(manager, now))
        written = {
            "places": {
                **orders,
                **uploads,
                **make_removals(orders, by=manager, now=now),
                **make_others(by=administrator, now=now),
                **{role: person.pk for role, person in people.items()},
            },
            "sessions": {role: session_of(person) for role, person in people.items()},
        }
        options["to"].write_text(json.dumps(written))
