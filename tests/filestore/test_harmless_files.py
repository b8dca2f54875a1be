"""Harmless files of many programs: all are taken, for a false refusal costs staff their day."""

import io

from filestore import FileRejected, inspect_document
from tests.filestore.harmless import harmless


def test_every_harmless_file_is_taken(figures):
    refused = {}
    for title, name, content in harmless():
        try:
            inspect_document(io.BytesIO(content), name=name)
        except FileRejected as refusal:
            refused[title] = f"{type(refusal).__name__} {refusal.__cause__!r}"
    titles = {title for title, _name, _content in harmless()}
    figures("harmless documents", files=len(titles), refused=len(refused))
    assert refused == {}
    assert len(titles) == len(harmless()) >= 180
