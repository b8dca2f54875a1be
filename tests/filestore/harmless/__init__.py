"""Harmless files as people's programs make them: each must be taken, or staff lose their day."""

from functools import cache

from tests.filestore.harmless import (
    by_chance,
    docs,
    names,
    pdfs,
    pictures,
    repaired,
    word_parts,
    words,
)


@cache
def harmless():
    """Every file: what it is, its name, its bytes."""
    return [
        *pdfs.files(),
        *repaired.files(),
        *words.files(),
        *word_parts.files(),
        *pictures.files(),
        *names.files(),
        *by_chance.files(),
        *docs.files(),
    ]
