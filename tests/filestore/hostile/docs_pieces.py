"""Old Word .doc files whose text lies in pieces, and fields that .docx is refused for as well."""

import struct

from devstack.samples import sample_document
from filestore.errors import (
    CannotBeChecked,
    FieldFetches,
    FileDamaged,
    OldWord,
    UnsafeLink,
)
from tests.filestore.hostile.docs import family, with_text
from tests.filestore.making import doc_of_pieces

add = family.add
LINKS = (
    *('"\\\\\\\\evil\\\\share\\\\x.exe"', '"javascript:alert(1)"', "file:///c:/x", "calc.exe"),
    *('\\l "a" "\\\\\\\\evil\\\\x"', "     smb://evil/x"),
)
for link in LINKS:
    code = f"\x13 HYPERLINK {link} \x14x\x15"
    add(f"link {link}", with_text(code.encode("cp1252")), UnsafeLink)
    add(f"link {link} in wide letters", with_text(code.encode("utf-16-le")), UnsafeLink)
    add(f"link {link} in pieces", doc_of_pieces("a\x13 HYPER", code[7:], "b"), UnsafeLink)
for word in ("RD", "EMBED", "CONTROL", "HTMLCONTROL", "INCLUDE"):
    code = f"\x13 {word} http://x.example/a \x14x\x15"
    add(f"field {word}", with_text(code.encode("cp1252")), FieldFetches)
    add(f"field {word} in wide letters", with_text(code.encode("utf-16-le")), FieldFetches)
    add(f"field {word} in pieces", doc_of_pieces("Order \x13", code[1:]), FieldFetches)
RUNS = "DDEAUTO c:\\\\cmd.exe"
for title, pieces in {
    "its mark in one piece, its code in another": ("Order \x13", f" {RUNS} ", "\x14x\x15\r"),
    "each letter in a piece": ("\x13", *RUNS, "\x15"),
    "without an end": ("\x13 D", RUNS[1:]),
    "inside of another field": ("\x13 IF 1 = 1 \x13 DD", "EAUTO x \x15 \x15"),
    "by a field of letters": ("\x13 \x13 QUOTE 68 68 69 \x15", " x \x15"),
    "behind a result": ("\x13 PAGE \x141\x15 \x13 DDE", "AUTO x \x14 \x15"),
}.items():
    for wide in (False, True):
        for small in (False, True):
            how = f"{'wide' if wide else 'narrow'}, {'small' if small else 'large'} table"
            content = doc_of_pieces(*pieces, wide=wide, small=small)
            add(f"DDE {title} ({how})", content, FieldFetches)
add("DDE behind formatting", doc_of_pieces("\x13", RUNS, before=b"\x01\x03\x00abc"), FieldFetches)
add("DDE by the other table", doc_of_pieces("\x13", RUNS, table="0Table"), FieldFetches)
add("DDE in mini sectors of any order", doc_of_pieces("\x13", RUNS, small_word=True), FieldFetches)
add("pieces beyond its text", doc_of_pieces("x", "y", moved=0x00FF_0000), FileDamaged)
add("pieces that share their bytes", doc_of_pieces(*["x" * 3_000] * 9, shared=True), FileDamaged)
add("a table of pieces that breaks off", doc_of_pieces("x", before=b"\x01\xff\x7f"), FileDamaged)
add("a table of no pieces", doc_of_pieces(), FileDamaged)
add(
    "beginnings of fields without number",
    lambda: doc_of_pieces("x", pictures=b"\x13a\x13\0a\0" * 500_001),
    CannotBeChecked,
)
add("fields without number", lambda: doc_of_pieces("\x13\x15" * 300_000), CannotBeChecked)
add("pieces without number", lambda: doc_of_pieces(*"x" * 100_001), CannotBeChecked)
old = bytearray(sample_document("doc"))
struct.pack_into("<HH", old, 1536, 0xA5DC, 0x0068)
add("Word 95", bytes(old), OldWord)
