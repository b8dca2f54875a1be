"""Files for these tests: real ones by the libraries people use, and valid ones turned hostile."""

import io
import struct
import zipfile
from collections.abc import Callable
from itertools import accumulate

import docx
import pypdf
from PIL import Image

from devstack.samples import sample_document

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def real_pdf(*, password: str = "", attachment: bytes = b"") -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    if attachment:
        writer.add_attachment("tool.exe", attachment)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def real_image(form: str, *, mode: str = "RGB", side: int = 40, pages: int = 1) -> bytes:
    output = io.BytesIO()
    pictures = [Image.linear_gradient("L").resize((side, side)).convert(mode) for _ in range(pages)]
    more = {"save_all": True, "append_images": pictures[1:]} if pages > 1 else {}
    pictures[0].save(output, format=form, **more)
    return output.getvalue()


def real_docx() -> bytes:
    document = docx.Document()
    document.add_heading("ORDER APPOINTING A DEPUTY")
    document.add_paragraph("No. 93559316")
    document.add_table(rows=1, cols=2).cell(0, 0).text = "In the sum of £21,000 in cash"
    picture = io.BytesIO(real_image("PNG"))
    document.add_picture(picture)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def changed_docx(
    *,
    add: dict[str | zipfile.ZipInfo, bytes] | None = None,
    drop: str = "",
    types: Callable[[str], str] = str,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A valid .docx with parts added, a part dropped, or its content types rewritten."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sample_document("docx"))) as source,
        zipfile.ZipFile(output, "w", method) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = types(content.decode()).encode()
            if name != drop:
                target.writestr(name, content)
        for name, content in (add or {}).items():
            target.writestr(name, content)
    return output.getvalue()


def zip_of(parts: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return output.getvalue()


def changed_doc(*entries: tuple[str, int], flags: int = 0, word: str = "WordDocument") -> bytes:
    """A valid .doc with up to two more directory entries (name; 1 storage, 2 stream)."""
    content = bytearray(sample_document("doc"))
    directory, stream = 1024, 1536
    content[directory + 128 : directory + 256] = _entry(word, 2, start=2, size=4096)
    for at, (name, kind) in enumerate(entries, start=2):
        content[directory + at * 128 : directory + (at + 1) * 128] = _entry(name, kind)
    struct.pack_into("<H", content, stream + 10, flags)
    return bytes(content)


def _entry(name: str, kind: int, *, start: int = 0xFFFFFFFE, size: int = 0) -> bytes:
    text = name.encode("utf-16-le")
    front = text.ljust(64, b"\x00") + struct.pack("<HB", len(text) + 2, kind)
    return front.ljust(116, b"\x00") + struct.pack("<IQ", start, size)


def small_stream_doc(flags: int = 0) -> bytes:
    """A .doc whose Word stream is so short that it lives in the root's mini sectors."""
    content = bytearray(changed_doc(flags=flags))
    root = _entry("Root Entry", 5, start=2, size=4096)
    content[1024:1152] = root
    # The second mini sector of the root's stream, which starts at sector 2.
    content[1152:1280] = _entry("WordDocument", 2, start=1, size=64)
    content[1536 + 64 : 1536 + 128] = content[1536 : 1536 + 64]
    content[1536 : 1536 + 64] = b"\x00" * 64
    return bytes(content)


def doc_of_pieces(
    *pieces: str,
    wide: bool = False,
    small: bool = False,
    small_word: bool = False,
    table: str = "1Table",
    before: bytes = b"",
    moved: int = 0,
    shared: bool = False,
    pictures: bytes = b"",
    strings: bytes = b"",
    others: dict[str, bytes] | None = None,
) -> bytes:
    """A .doc whose text lies in pieces, the last one first (MS-DOC 2.8.35).

    `strings` is SttbfAssoc, which names the template; `others` are streams before the usual ones.
    """
    head = bytearray(struct.pack("<H8xH", 0xA5EC, 0x0200 if table == "1Table" else 0))
    head = bytearray(head.ljust(0x200, b"\x00"))
    encoding, width = ("utf-16-le", 2) if wide else ("cp1252", 1)
    coded = [piece.encode(encoding) + b"--" * width for piece in pieces]
    text = max(coded, default=b"") if shared else b"".join(reversed(coded))
    lengths = [0 if shared else len(piece) for piece in coded]
    behind = accumulate(reversed(lengths), initial=len(head) + moved)
    places = [place for _piece, place in zip(coded, behind, strict=False)][::-1]
    ends = [*accumulate(map(len, pieces), initial=0)]
    plc = struct.pack(f"<{len(ends)}I", *ends)
    plc += b"".join(
        struct.pack("<HIH", 0, place if wide else place * 2 | 0x4000_0000, 0) for place in places
    )
    clx = before + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<HH", head, 32, 14, 0)
    struct.pack_into("<H", head, 62, 22)
    struct.pack_into("<IIII", head, 0x19A, len(clx), len(strings), 0, len(clx))
    clx += strings
    word = bytes(head) + text
    streams = {
        **(others or {}),
        "WordDocument": word if small_word else word.ljust(4096, b"\x00"),
        table: clx if small or small_word else clx.ljust(4096, b"\x00"),
    }
    return compound_of({**streams, "Data": pictures} if pictures else streams)


def compound_of(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams: small ones in mini sectors, from the last to the first."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    sectors: list[bytes] = []
    fat: list[int] = []

    def laid(content: bytes) -> int:
        """Lay a stream down in sectors, and give the first of them."""
        start = len(sectors)
        parts = [content[at : at + 512].ljust(512, b"\x00") for at in range(0, len(content), 512)]
        sectors.extend(parts)
        fat.extend([*range(start + 1, start + len(parts)), end] if parts else [])
        return start if parts else end

    mini, mini_fat, entries = b"", [], b""
    for name, content in streams.items():
        if len(content) >= 4096:
            entries += _entry(name, 2, start=laid(content), size=len(content))
            continue
        count, first = -(-len(content) // 64), len(mini_fat)
        padded = content.ljust(count * 64, b"\x00")
        mini += b"".join(padded[at * 64 : at * 64 + 64] for at in reversed(range(count)))
        mini_fat += [end, *range(first, first + count - 1)]
        entries += _entry(name, 2, start=first + count - 1, size=len(content))
    root = _entry("Root Entry", 5, start=laid(mini), size=len(mini))
    directory = laid(root + entries)
    table = laid(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    # Tables last: they hold their own sectors too.
    count = next(n for n in range(1, 110) if len(sectors) + n <= 128 * n)
    places = [len(sectors) + n for n in range(count)]
    fat += [0xFFFFFFFD] * count
    fat += [free] * (128 * count - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\x00")
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, table, 1, end, 0)
    header += struct.pack("<109I", *places, *[free] * (109 - count))
    return header + b"".join(sectors) + struct.pack(f"<{128 * count}I", *fat)
