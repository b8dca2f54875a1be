"""Harmless files as people's programs make them: each must be taken, or staff lose their day."""

from functools import cache

from tests.filestore.harmless import names, pdfs, pictures, words


@cache
def harmless():
    """Every file: what it is, its name, its bytes."""
    return [*pdfs.files(), *words.files(), *pictures.files(), *names.files()]
