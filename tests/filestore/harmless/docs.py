"""Harmless .doc files by what they name: the templates they were made with."""

import re
import struct

from tests.filestore.hostile.docs_streams import template
from tests.filestore.making import doc_of_pieces

TEMPLATES = (
    *("Normal.dot", "Normal.dotm", "Normal", "", "C:\\Templates\\x.dot", "H:\\OPG\\order.dot"),
    *("Court order (blank).dot", "C:\\Documents and Settings\\a\\Templates\\x.dot"),
)


def files():
    for path in TEMPLATES:
        for wide in (True, False):
            how = "wide" if wide else "narrow"
            content = doc_of_pieces("Order", strings=template(path, wide=wide))
            yield f"DOC of the template {path!r}, {how}", "order.doc", content
    remote = template("\\\\x.example\\a.dot", wide=True)
    length = struct.pack("<I", len(remote))
    # Between where the names lie and, as long as that is far, where the pieces end.
    bare = re.sub(
        b"(....)" + re.escape(length) + rb"\0{4}\1",
        rb"\1\0\0\0\0\0\0\0\0\1",
        doc_of_pieces("Order", strings=remote),
        flags=re.DOTALL,
    )
    yield "DOC that has no names but where they would be", "order.doc", bare
    content = doc_of_pieces("Order", others={"0Table": bytes(4096)})
    yield "DOC with a table of before", "order.doc", content
