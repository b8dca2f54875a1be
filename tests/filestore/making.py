"""Files for these tests: real ones by the libraries people use, and valid ones turned hostile."""

import io
import struct
import zipfile
from collections.abc import Callable

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
