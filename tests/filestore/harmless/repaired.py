"""Harmless PDF files with what viewers mend or pass over, and with names that only look bad."""

import base64
import zlib

from tests.filestore.hostile.pdf_making import flate, packed_pdf, pdf, stream, updated

FORM = stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")


def files():
    link = b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI %s >> >>]"
    plain = {
        "with 4,096 nulls behind its end": pdf() + b"\x00" * 4096,
        "with 100,000 nulls behind its end": pdf() + b"\x00" * 100_000,
        "with many spaces behind its end": pdf() + b" " * 5000,
        "with a link to a page without a scheme": pdf(page=link % b"(smith.com)"),
        "with a link to a long name without a scheme": pdf(page=link % b"(www2.smith-jones.com)"),
        "with a link to an address of email alone": pdf(page=link % b"(j.smith@smith.com)"),
        "with a choice called JS": pdf(
            b"/AcroForm << /Fields [5 0 R] >>",
            more=[
                b"<< /FT /Btn /T (b) /V /JS /AS /JS /AP << /N << /JS 6 0 R /Off 6 0 R >> >> >>",
                FORM,
            ],
        ),
        "with choices called JS and EF, in an object of their own": pdf(
            more=[
                b"<< /FT /Btn /T (b) /AS /Off /AP << /N 6 0 R >> >>",
                b"<< /JS 7 0 R /EF 7 0 R >>",
                FORM,
            ]
        ),
        "with a choice called Launch": pdf(
            more=[b"<< /FT /Btn /V /Launch /AP << /D << /Launch 6 0 R >> >> >>", FORM]
        ),
        "with fonts called JS and EF": pdf(
            more=[b"<< /Font << /JS 6 0 R /EF 6 0 R >> >>", b"<< /Type /Font >>"]
        ),
        "with a picture called Screen": pdf(more=[b"<< /XObject << /Screen 6 0 R >> >>", FORM]),
        "whose objects lack their ends": pdf(more=[b"<< /A 1 >>"]).replace(b"\nendobj", b"", 3),
        "with two ends of an object": pdf().replace(b"endobj", b"endobj\nendobj", 1),
        "with a word between objects": pdf(tail=b"made by hand\n"),
        "without a line end behind its end": pdf(trailer=b"/ID [<aa> <bb>]").rstrip(),
        "with a name in UTF-8": pdf(more=[b"<< /Font << /Mary\xe2\x80\x93Ann 4 0 R >> >>"]),
        "with the word trailer on its page": pdf(
            more=[stream(b"BT (the trailer \\(and its load) Tj ET (")]
        ),
        "with twenty revisions of a length": _revised(20),
        "with a page in base 85": pdf(
            more=[
                stream(
                    base64.a85encode(zlib.compress(b"BT (Order) Tj ET " * 50)) + b"~>",
                    b"/Filter [/ASCII85Decode /FlateDecode]",
                )
            ]
        ),
        "with 2,000 packed objects": packed_pdf(*[b"<< /S /P /K [1 2 << /MCID 3 >>] >>"] * 2_000),
        "with packed numbers and names": packed_pdf(b"1", b"/Name", b"2", b"(50 % of it)", b"null"),
        "with a list of pages and how to show one": pdf(b"/OpenAction [3 0 R /XYZ 0 842 null]"),
        "opens at a page, then at the next": pdf(
            b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [5 0 R] >>",
            more=[b"<< /S /Named /N /NextPage >>"],
        ),
        "with packed bytes that look like brackets": pdf(more=[flate(b"<< [ ( " * 500)]),
        "of 500 scanned pages": pdf(
            more=[stream(b"x", b"/Subtype /Image /Width 4960 /Height 7016 /Filter /CCITTFaxDecode")]
            * 500
        ),
    }
    for title, content in plain.items():
        yield f"PDF {title}", "order.pdf", content


def _revised(times):
    content = pdf(more=[b"5", b"<< /Length 5 0 R >>\nstream\nhello\nendstream"])
    for number in range(times):
        content = updated(content, 5, b"%d" % (5 + number % 3))
    return content
