"""Hostile files, made by our own code: every one with the refusal that it must meet."""

from functools import cache
from importlib import import_module


@cache
def families():
    """All of them. They are made when first asked for: a test run that needs none pays nothing."""
    here = [import_module(f"{__name__}.{name}") for name in ("pdfs", "words", "docs", "pictures")]
    kinds = import_module(f"{__name__}.kinds")
    return [*(one.family for one in here), kinds.names, kinds.kinds]
