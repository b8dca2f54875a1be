"""The workbench: the whole service on one bare machine. Imported by tests and harnesses alone."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devstack.errors import StackTrouble
    from devstack.infrastructure import Infrastructure
    from devstack.stack import Stack

__all__ = ["Infrastructure", "Stack", "StackTrouble"]

_HOMES = {
    "Infrastructure": "devstack.infrastructure",
    "Stack": "devstack.stack",
    "StackTrouble": "devstack.errors",
}


def __getattr__(name: str) -> object:
    """Load a part when it is first asked for: Django imports this package in every process."""
    if name not in _HOMES:
        raise AttributeError(f"devstack has no {name}")
    return getattr(importlib.import_module(_HOMES[name]), name)
