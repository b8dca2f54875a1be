"""A small writer of PDF files that writes whatever it is told, also what no program would."""

import struct
import zlib

CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>"
TEXT = b"BT /F1 12 Tf 60 760 Td (Order) Tj ET"


def stream(body, extra=b"", *, length=None):
    size = len(body) if length is None else length
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (size, extra, body)


def flate(body, extra=b"", level=9):
    return stream(zlib.compress(body, level), b"/Filter /FlateDecode " + extra)


def pdf(
    catalog=b"", *, page=b"", more=(), trailer=b"", head=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", tail=b""
):
    """A file of one page; `more` are the objects from 5 on."""
    objects = [CATALOG % catalog, PAGES, PAGE % page, stream(TEXT), *more]
    content, places = head, []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += tail
    start = len(content)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
        + b"startxref\n%d\n%%%%EOF\n" % start
    )


def object_stream(objects, *, pack=True, kind=b"/Type /ObjStm", number=20, extra=b"", filters=None):
    """The body of a stream of objects, numbered from `number` on."""
    header, body = b"", b""
    for at, one in enumerate(objects):
        header += b"%d %d " % (number + at, len(body))
        body += one + b" "
    content = header + body
    described = b"%s /N %d /First %d %s" % (kind, len(objects), len(header), extra)
    if filters is not None:
        name, packer = filters
        return stream(packer(content), described + b" /Filter " + name)
    return flate(content, described) if pack else stream(content, described)


def packed_pdf(*objects, **how):
    """A file whose catalogue, pages and further objects lie in a stream of objects (PDF 1.5)."""
    catalog = how.pop("catalog", b"")
    everything = [CATALOG % catalog, PAGES, PAGE % b"", *objects]
    content = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    contents_at = len(content)
    content += b"4 0 obj\n" + stream(TEXT) + b"\nendobj\n"
    packed_at = len(content)
    number = how.pop("number", 20)
    body = object_stream(everything[3:], number=number, **how)
    content += b"5 0 obj\n" + body + b"\nendobj\n"
    plain_at = len(content)
    content += b"6 0 obj\n" + object_stream(everything[:3], number=1) + b"\nendobj\n"
    table_at = len(content)
    rows = [(0, 0, 65535), (2, 6, 0), (2, 6, 1), (2, 6, 2)]
    rows += [(1, contents_at, 0), (1, packed_at, 0), (1, plain_at, 0), (1, table_at, 0)]
    rows += [(0, 0, 0)] * (number - len(rows))
    rows += [(2, 5, at) for at in range(len(objects))]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    size = len(rows)
    content += b"7 0 obj\n" + flate(table, b"/Type /XRef /W [1 4 2] /Size %d /Root 1 0 R" % size)
    return content + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def updated(content, number, body, *, trailer=b""):
    """The file with one more revision, in which an object was replaced."""
    before = content[content.rindex(b"startxref") :].split()[1]
    place = len(content)
    content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    return content + (
        b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
        + b"trailer\n<< /Size 30 /Root 1 0 R /Prev %s %s >>\n" % (before, trailer)
        + b"startxref\n%d\n%%%%EOF\n" % start
    )
