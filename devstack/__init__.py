"""The workbench: the whole service on one bare machine. Imported by tests and harnesses alone."""

from devstack.errors import StackTrouble
from devstack.infrastructure import Infrastructure

__all__ = ["Infrastructure", "StackTrouble"]
