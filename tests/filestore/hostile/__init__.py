"""Hostile files, made by our own code: every one with the refusal that it must meet."""

from functools import cache
from importlib import import_module

MODULES = (
    *(
        "pdfs",
        "pdf_parts",
        "pdf_tricks",
        "pdf_bombs",
        "words",
        "word_fetches",
        "word_packages",
        "word_disguises",
        "word_drawings",
        "word_readers",
    ),
    *(
        "docs",
        "docs_pieces",
        "docs_streams",
        "pictures",
        "picture_sizes",
        "picture_viewers",
        "name_tricks",
    ),
)


@cache
def families():
    """All of them. They are made when first asked for: a test run that needs none pays nothing."""
    here = [import_module(f"{__name__}.{name}") for name in MODULES]
    kinds = import_module(f"{__name__}.kinds")
    # Some modules add to one family.
    return list(dict.fromkeys([*(one.family for one in here), kinds.names, kinds.kinds]))
