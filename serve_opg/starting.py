"""What stops a process that would run on settings that the checks refuse."""

import io
import sys

from django.core.management import call_command
from django.core.management.base import SystemCheckError


def refuse_faulty_settings() -> None:
    """End the process where a check finds an error: its name and what to do are what is printed."""
    try:
        # Only what is wrong is worth a line.
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.exit(str(error))
