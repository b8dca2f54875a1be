"""PDF files that are small and make much work: for us, or for the viewer that shows them."""

import base64
import zlib

from filestore.errors import CannotBeChecked, PdfUnpacksToFar, TooManyPages
from tests.filestore.hostile.pdf_making import flate, pdf, stream
from tests.filestore.hostile.pdfs import family

add = family.add
NOTHING = b"\x00\x00\x00\xff\xff"  # a part of packed bytes that unpacks to none
KIND = b"\x78\x9c"  # what packed bytes begin with


def in_each_other(count, filters, tail):
    """Streams of which each begins inside of the one before; all have one end."""
    content = tail
    for number in range(count):
        described = b"<< /Length %d /Filter %s >>" % (len(content), filters)
        content = b"\n%d 0 obj\n%s\nstream\n%s" % (100 + number, described, content)
    return pdf(more=[stream(content, b"/Filter " + filters)])


def packed_in_each_other(count, tail):
    """The same, each packed: the heading of the next unpacks to itself."""
    content = tail
    for number in range(count):
        described = b"<< /Length %d /Filter /Fl >>" % (len(content) + len(KIND))
        part = b"\n%d 0 obj\n%s\nstream\n%s" % (100 + number, described, KIND)
        size = len(part).to_bytes(2, "little")
        content = b"\x00" + size + bytes(255 - one for one in size) + part + content
    return pdf(more=[stream(KIND + content, b"/Filter /Fl")])


def twice(size):
    """The filter and the bytes of what was packed, then packed again."""
    return stream(zlib.compress(zlib.compress(bytes(size), 0), 9), b"/Filter [/Fl /Fl]")


# --- Much work for us
add("words that begin no object", pdf(more=[stream(b"obj " * 160_000)]), CannotBeChecked)
# Letters of a heading are none of base 85.
add(
    "400 streams in each other, in base 85",
    lambda: in_each_other(400, b"[/A85 /Fl]", b"a" * 200_000 + b"~>"),
    CannotBeChecked,
)
add(
    "400 packed streams in each other, of nothing",
    lambda: packed_in_each_other(400, NOTHING * 50_000),
    PdfUnpacksToFar,
)
add(
    "five streams of 20 MB, packed twice",
    lambda: pdf(more=[twice(20_000_000)] * 5),
    PdfUnpacksToFar,
)
add(
    "bomb packed, in base 85 and packed",
    lambda: pdf(
        more=[
            stream(
                zlib.compress(base64.a85encode(zlib.compress(bytes(60_000_000)))),
                b"/Filter [/Fl /A85 /Fl]",
            )
        ]
    ),
    PdfUnpacksToFar,
)
add(
    "bomb packed twice, its outer packing broken",
    lambda: pdf(
        more=[
            stream(
                zlib.compress(zlib.compress(bytes(60_000_000)))[:-4] + b"abcd", b"/Filter [/Fl /Fl]"
            )
        ]
    ),
    CannotBeChecked,
)
add(
    "nulls in base 85, a letter for four",
    lambda: pdf(more=[stream(b"z" * 9_000_000 + b"~>", b"/Filter [/A85 /Fl]")]),
    PdfUnpacksToFar,
)

# --- Much work for the viewer
LARGE = b"/Subtype /Image /Width 14000 /Height 14000"
DRAWN = b"q Q " * 8_000_000


def page_of(contents, *more):
    """A file whose page shows the fifth object, or what that leads to."""
    return pdf(more=[contents, *more]).replace(b"/Contents 4 0 R", b"/Contents 5 0 R")


add("page dressed as a picture", lambda: page_of(flate(DRAWN, LARGE)), PdfUnpacksToFar)
add(
    "page dressed as a picture, in a list elsewhere",
    lambda: page_of(b"[4 0 R 6 0 R]", flate(DRAWN, LARGE)),
    PdfUnpacksToFar,
)
for title, key in {
    "look of a field": b"/AP << /N << /Off 5 0 R >> >>",
    "look of a note": b"/AP << /N 5 0 R >>",
    "letter": b"/CharProcs << /a 5 0 R >>",
    "pattern": b"/Resources << /Pattern << /P 5 0 R >> >>",
    "page, key in hex": b"/Cont#65nts 5 0 R",
}.items():
    add(
        f"{title} dressed as a picture",
        lambda key=key: pdf(more=[flate(DRAWN, LARGE), b"<< " + key + b" >>"]),
        PdfUnpacksToFar,
    )
PAGES = b"<< /Type /Pages /Kids [%s] /Count 10 >>"
for times in (10, 100):
    add(
        f"pages below pages, {times} times the same, nine deep",
        pdf(
            more=[PAGES % (b"%d 0 R " % (6 + at) * times) for at in range(9)]
            + [b"<< /Type /Page >>"]
        ),
        TooManyPages,
    )
