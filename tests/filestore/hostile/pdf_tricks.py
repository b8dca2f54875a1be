"""PDF files that viewers mend, each in its own way, so that they see more than stands there."""

import io
import zlib

from PIL import Image

from filestore.errors import (
    ActionInside,
    CannotBeChecked,
    ProgramEmbedded,
    ScriptInside,
    TooManyPixels,
    TwoKindsInOne,
    UnsafeLink,
)
from tests.filestore.hostile.pdf_making import flate, packed_pdf, pdf, stream
from tests.filestore.hostile.pdfs import JS, family

add = family.add
LAUNCH = b"<< /Type /Annot /Subtype /Link /A << /S /Launch /F (cmd.exe) >> >>"
URI = b"<< /S /URI /URI (https://evil.example/) >>"
NOTE = b"/Annots [<< /Subtype /Link /A << /S /URI /URI %s >> >>]"

# --- Words that end an object, inside of its dictionary
for word in (b"endobj", b"stream", b"obj", b"xendobj", b"streams"):
    for title, hidden in (("JavaScript", b"/OpenAction " + JS), ("a link", b"/A " + LAUNCH)):
        name = word.decode()
        add(
            f"{title} behind the word {name} within a dictionary",
            pdf(b"/X " + word + b" " + hidden),
            CannotBeChecked,
        )
        add(
            f"{title} behind the word {name} within a list",
            pdf(more=[b"[ " + word + b" ] " + hidden]),
            CannotBeChecked,
        )
        add(
            f"{title} behind the word {name} in a packed object",
            packed_pdf(b"<< /X " + word + b" " + hidden + b" >>"),
            CannotBeChecked,
        )

# --- Brackets that do not pair
for title, body in {
    "list that ends as a dictionary": b"<< /X [ 1 >> ] endobj /A " + JS,
    "dictionary that does not end": b"<< /X 1 endobj ",
    "dictionary that ends twice": b"<< /X 1 >> >>",
    "list that ends twice": b"[ 1 ] ]",
    "hexadecimal string with a bracket in it": b"<< /X <zz ( > /S /JavaScript /JS (x) /Y <) > >>",
    "two brackets apart, filled": b"< ( > /S /JavaScript /JS (x) ) < /A 1 >>",
    "string nested thirteen deep": b"<< /X " + b"(" * 14 + b")" * 14 + b" >>",
    "bracket of a hexadecimal string three times": b"<< /X <<<41> >> >> >>",
}.items():
    add(f"object with a {title}", pdf(more=[body]), CannotBeChecked)

# --- Headings that viewers read, each in its own way
for heading in (
    *(b"6 00000000000 obj\n", b"6 +0 obj\n", b"6 -0 obj\n", b"6 0.0 obj\n", b"+6 0 obj\n"),
    *(b"6. 0 obj\n", b"-6 0 obj\n", b"00000000006 0 obj\n", b"6" + b" " * 20 + b"0 obj\n"),
    *(b"6 0" + b"\n" * 300 + b"obj\n", b"6 --0 obj\n", b"6 0e0 obj\n", b"6e0 0 obj\n"),
    *(b"6%x\n0 obj\n", b"6 0 %x\nobj\n", b"6\xff0\xffobj\n", b"6 0 %" + b"x" * 2000 + b"\nobj\n"),
):
    title = repr(heading[:12]) + f" of {len(heading)}"
    add(f"object headed {title}", pdf(tail=heading + b"(x) endobj\n"), CannotBeChecked)
    add(
        f"object headed {title}, in a stream",
        pdf(more=[stream(b"\n" + heading + b"(javascript:x) endobj")]),
        CannotBeChecked,
    )
    add(f"script headed {title}", pdf(tail=heading + JS + b"endobj\n"), ScriptInside)
add("script behind the end of an object", pdf(tail=b"<< /S /JavaScript >>\n"), ScriptInside)
add("dictionary behind the end of an object", pdf(tail=b"<< /S /URI >>\n"), CannotBeChecked)
add("stream behind the end of an object", pdf(tail=b"stream\nx\nendstream\n"), CannotBeChecked)
add("heading of three letters of its own", pdf(tail=b"6 0 xyz " + LAUNCH + b"\n"), ActionInside)

# --- Streams of objects
PAIR = b"1 0 R"


def packed(body, described, extra=b""):
    return pdf(more=[flate(body, b"/Type /ObjStm " + described + extra)])


for title, content in {
    "with a pair behind its beginning": packed(b"20 0 1    21 5 << >>", b"/N 2 /First 5"),
    "with fewer pairs than it says": packed(b"20 0 1 ", b"/N 2 /First 5"),
    "with more pairs than it says": packed(b"20 0 21 2 1 2 ", b"/N 1 /First 10"),
    "with a sign in its numbers": packed(b"20 +0 1 ", b"/N 1 /First 6"),
    "with a line in its numbers": packed(b"2_0 0 1 ", b"/N 1 /First 6"),
    "with a comment in its numbers": packed(b"20 %\n0 1 ", b"/N 1 /First 8"),
    "out of order": packed(b"20 2 21 0 1 2 ", b"/N 2 /First 10"),
    "that cuts a name in two": packed(b"20 0 21 3 /Laund /X ", b"/N 2 /First 10"),
    "that cuts a comment in two": packed(b"20 0 21 2 1%(\n <</S/JavaScript>>)", b"/N 2 /First 10"),
    "that cuts a dictionary in two": packed(b"20 0 21 5 << /A 1 >> ", b"/N 2 /First 10"),
    "that counts itself twice": packed(b"20 0 1 ", b"/N 1 /N 2 /First 5"),
    "that begins twice": packed(b"20 0 1 ", b"/N 1 /First 5 /First 0"),
    "whose count is contested": pdf(
        more=[b"1", flate(b"20 0 1 ", b"/Type /ObjStm /N 5 0 R /First 5")],
        tail=b"5 0 obj\n2\nendobj\n",
    ),
    "whose filter is nowhere": pdf(
        more=[stream(b"20 0 1 ", b"/Type /ObjStm /N 1 /First 5 /Filter 99 0 R")]
    ),
    "whose filter is nowhere, in a list": pdf(
        more=[stream(b"20 0 1 ", b"/Type /ObjStm /N 1 /First 5 /Filter [99 0 R]")]
    ),
    "whose packing breaks off": pdf(
        more=[
            stream(
                zlib.compress(b"20 0 1 " + b" " * 500)[:-6],
                b"/Type /ObjStm /N 1 /First 5 /Filter /Fl",
            )
        ]
    ),
}.items():
    add(f"stream of objects {title}", content, CannotBeChecked)

# --- Names with much before or in them
for title, gap in {
    "300 spaces": b" " * 300,
    "300 line ends": b"\n" * 300,
    "100,000 nulls": b"\x00" * 100_000,
    "a long comment": b"%" + b"x" * 3000 + b"\n",
}.items():
    for word in (b"Launch", b"SubmitForm", b"GoToE", b"ImportData"):
        add(
            f"action {word.decode()} behind {title}",
            pdf(more=[b"<< /S" + gap + b"/" + word + b" /F (a.pdf) >>"]),
            ActionInside,
        )
for title, name in {
    "the byte 255": b"/JavaScript\xff",
    "the byte 128": b"/JavaScript\x80x",
    "a null in hex": b"/JavaScript#00x",
    "a null in hex within": b"/Java#00Script",
}.items():
    add(
        f"JavaScript, its name followed by {title}",
        pdf(more=[b"<< /S " + name + b" >>"]),
        ScriptInside,
    )
add("Launch as the value of another key", pdf(more=[b"<< /X /Launch >>"]), ActionInside)
add("Launch below a font, as its kind", pdf(more=[b"<< /Font << /S /Launch >> >>"]), ActionInside)
add("JS below a font twice", pdf(more=[b"<< /Font << /JS 4 0 R >> /JS (x) >>"]), ScriptInside)
add("JS as a reference to words", pdf(more=[b"<< /JS 6 0 R >>", b"(x)"]), ScriptInside)
add(
    "file called a font",
    pdf(more=[b"<< /EF 6 0 R >>", b"<< /Type /Font /F 4 0 R >>"]),
    ProgramEmbedded,
)

# --- References and definitions
add(
    "lock by a reference with a sign",
    pdf(trailer=b"/Encrypt +5 0 R", more=[b"<< >>"]),
    CannotBeChecked,
)
for reference in (b"+5 0 R", b"5.0 0 R", b"5 +0 R", b"00000000005 0 R", b"-5 0 R"):
    expected = UnsafeLink if reference == b"5 +0 R" else CannotBeChecked
    add(
        f"link by the reference {reference.decode()}",
        pdf(page=NOTE % reference, more=[b"(file:///C:/Windows/System32/calc.exe)"]),
        expected,
    )
for title, reference in {"a comment": b"5%x\n0 R", "no space": b"5 0R"}.items():
    add(
        f"link by a reference with {title}",
        pdf(page=NOTE % reference, more=[b"(file:///C:/Windows/System32/calc.exe)"]),
        UnsafeLink,
    )
add(
    "link by two references",
    pdf(page=NOTE % b"5 0 R", more=[b"6 0 R", b"(javascript:x)"]),
    UnsafeLink,
)
add("link that is a name", pdf(page=NOTE % b"/javascript:x"), UnsafeLink)
add(
    "link to Windows' own program",
    pdf(page=NOTE % b"(format.com)"),
    UnsafeLink,
)
add(
    "link in UTF-16, the other way round",
    pdf(page=NOTE % b"<fffe6a006100760061007300630072006900700074003a00>"),
    UnsafeLink,
)
add(
    "link whose address is the first of nine",
    pdf(
        page=NOTE % b"5 0 R",
        more=[b"(javascript:x)"],
        tail=b"".join(b"5 0 obj (https://www.gov.uk) endobj\n" for _ in range(8)),
    ),
    UnsafeLink,
)
add(
    "goes to an address when opened, its kind contested",
    pdf(
        b"/OpenAction << /S 5 0 R /URI (https://x.example) >>",
        more=[b"/URI"],
        tail=b"5 0 obj /GoTo endobj\n",
    ),
    CannotBeChecked,
)
add(
    "goes to an address when opened, its kind given twice",
    pdf(b"/OpenAction << /S /URI /S /GoTo /URI (https://x.example) >>"),
    CannotBeChecked,
)
for title, following in {"a list": b"[5 0 R]", "a list like a page": b"[5 0 R /Fit]"}.items():
    add(
        f"goes to an address after a page, by {title}",
        pdf(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + following + b" >>", more=[URI]),
        ActionInside,
    )
add(
    "200 pictures of 196 million pixels",
    pdf(more=[stream(b"x", b"/Subtype /Image /Width 14000 /Height 14000")] * 200),
    TooManyPixels,
)

# --- The same bytes as another file
SCRIPT = pdf(b"/OpenAction " + JS)


def scan():
    """A TIFF whose picture, not packed, is the PDF."""
    size = 40
    picture = Image.frombytes("L", (size, size), SCRIPT.ljust(size * size, b"\n"))
    output = io.BytesIO()
    picture.save(output, "TIFF")
    return output.getvalue()


add("scan that is a PDF, too", scan(), TwoKindsInOne, "order.tif")
