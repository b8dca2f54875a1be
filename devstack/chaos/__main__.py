"""`python -m devstack.chaos workers|clerk`: the harness' own processes that need the application.

Started by `troupe`, with the variables of the harness' own servers; talks by lines on the standard
streams.
"""

import importlib
import os
import sys

import django

PARTS = {"workers": "devstack.chaos.nursery", "clerk": "devstack.chaos.clerk"}


def main() -> None:
    """Set Django up first: the parts import models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")
    django.setup()
    importlib.import_module(PARTS[sys.argv[1]]).main()


if __name__ == "__main__":
    main()
