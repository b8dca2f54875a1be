"""Harmless PDF files, of many programs and with much that only looks bad."""
# ruff: noqa: E501

import io

import pypdf

from devstack.samples import sample_document
from tests.filestore.harmless.inside import PHOTO, XMP
from tests.filestore.hostile.pdf_making import TEXT, flate, packed_pdf, pdf, stream, updated
from tests.filestore.making import real_image, real_pdf


def files():
    link = (
        b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /F 4 /A << /S /URI /URI %s >> >>]"
    )
    form = b"/AcroForm << /Fields [5 0 R] /DA (/Helv 0 Tf 0 g) /NeedAppearances true >>"
    plain = {
        "as our samples": sample_document("pdf"),
        "by pypdf": real_pdf(),
        "with a byte order mark": b"\xef\xbb\xbf" + pdf(),
        "with spaces before": b"\r\n " + pdf(),
        "of the first version": pdf(head=b"%PDF-1.0\n"),
        "of the second edition": pdf(head=b"%PDF-2.0\n%\xe2\xe3\xcf\xd3\n"),
        "with all packed": packed_pdf(),
        "with packed objects": packed_pdf(
            b"<< /A 1 >>", b"[1 2 (x)]", b"(hello \\(\\) there)", b"42"
        ),
        "with three hundred packed objects": packed_pdf(
            *[b"<< /Type /StructElem /S /P /K [1] >>"] * 300
        ),
        "with packed objects that are not packed": packed_pdf(b"<< /A 1 >>", pack=False),
        "opens at a page": pdf(b"/OpenAction [3 0 R /FitH null]"),
        "opens at a page by an action": pdf(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
        "opens at a page by reference": pdf(
            b"/OpenAction 5 0 R", more=[b"<< /S /GoTo /D (start) >>"]
        ),
        "opens and offers to print": pdf(b"/OpenAction << /S /Named /N /Print >>"),
        "opens at a page whose own links are many": pdf(
            b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", page=link % b"(https://www.gov.uk/)"
        ),
        "with a link": pdf(page=link % b"(https://www.gov.uk/power-of-attorney)"),
        "with a link to an address": pdf(page=link % b"(mailto:opg@example.gov.uk?subject=Order)"),
        "with a link to a telephone": pdf(page=link % b"(tel:+443004560300)"),
        "with a link without a scheme": pdf(page=link % b"(www.gov.uk/court-of-protection)"),
        "with a link to a .com": pdf(page=link % b"(https://www.example.com)"),
        "with a link to a page of scripts": pdf(
            page=link % b"(https://example.org/index.php?a=b.exe)"
        ),
        "with a link in UTF-16": pdf(
            page=link % b"<feff00680074007400700073003a002f002f0067006f0076>"
        ),
        "with a link to another document": pdf(
            page=b"/Annots [<< /Subtype /Link /A << /S /GoToR /F (Annex A.pdf) /D [0 /Fit] >> >>]"
        ),
        "with flags and fonts called F": pdf(
            page=b"/Resources << /Font << /F 5 0 R /F1 5 0 R >> >> /F 4",
            more=[b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"],
        ),
        "with a form": pdf(form, more=[b"<< /FT /Tx /T (name) /V (Mary) /F 4 /Ff 2 >>"]),
        "with a form that counts": pdf(
            form, more=[b"<< /FT /Btn /T (a) /AS /Off /MK << /CA (4) >> >>"]
        ),
        "with bookmarks": pdf(
            b"/Outlines 5 0 R /PageMode /UseOutlines",
            more=[b"<< /First 6 0 R >>", b"<< /Title (Order) /Dest [3 0 R /Fit] >>"],
        ),
        "with a bookmark about scripts": pdf(
            more=[b"<< /Title (How /JavaScript and /JS \\(1\\) and /Launch work) >>"]
        ),
        "with a bookmark about passwords": pdf(more=[b"<< /Title (see /Encrypt 5 0 R) >>"]),
        "with a title like an old path": pdf(
            more=[b"<< /Title (\\\\\\\\server\\\\share\\\\order.doc) >>"]
        ),
        "with a page about scripts": pdf(
            more=[stream(b"BT (/S /JavaScript /JS (x) <script>) Tj ET")]
        ),
        "with a packed page about scripts": pdf(
            more=[flate(b"BT (/S /JavaScript /JS (x) <html>) Tj ET")]
        ),
        "with a hexadecimal page": pdf(
            more=[stream(TEXT.hex().encode() + b">", b"/Filter /ASCIIHexDecode")]
        ),
        "with names in hex": pdf(
            more=[b"<< /Type /Font /BaseFont /ABCDEF+Times#20New#20Roman#2CBold >>"]
        ),
        "with notes": pdf(
            page=b"/Annots [<< /Subtype /Text /Contents (please check) /Rect [0 0 9 9] >>]"
        ),
        "with a stamp and a popup": pdf(
            page=b"/Annots [<< /Subtype /Stamp /AP << /N 5 0 R >> >> << /Subtype /Popup >>]",
            more=[stream(b"", b"/Subtype /Form /BBox [0 0 9 9]")],
        ),
        "with a signature": pdf(
            form,
            more=[
                b"<< /FT /Sig /V 6 0 R >>",
                b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 9 9 9] /Contents <"
                + b"00" * 4000
                + b"> >>",
            ],
        ),
        "with layers": pdf(
            b"/OCProperties << /OCGs [5 0 R] /D << /ON [5 0 R] >> >>",
            more=[b"<< /Type /OCG /Name (a) >>"],
        ),
        "with tags": pdf(
            b"/MarkInfo << /Marked true >> /StructTreeRoot 5 0 R /Lang (en-GB)",
            more=[
                b"<< /Type /StructTreeRoot /K [6 0 R] >>",
                b"<< /S /P /P 5 0 R /K 0 /Pg 3 0 R >>",
            ],
        ),
        "with PDF/A's notes": pdf(
            b"/Metadata 5 0 R /OutputIntents [<< /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile 6 0 R >>]",
            more=[stream(XMP, b"/Type /Metadata /Subtype /XML"), flate(b"\x00" * 3000, b"/N 3")],
        ),
        "with names of places": pdf(b"/Names << /Dests << /Names [(a) [3 0 R /Fit]] >> >>"),
        "with page labels": pdf(
            b"/PageLabels << /Nums [0 << /S /r >>] >> /ViewerPreferences << /DisplayDocTitle true >>"
        ),
        "with a JPEG": pdf(
            more=[
                stream(
                    real_image("JPEG"), b"/Subtype /Image /Filter /DCTDecode /Width 40 /Height 40"
                )
            ]
        ),
        "with a packed picture": pdf(
            more=[flate(PHOTO, b"/Subtype /Image /Width 400 /Height 250 /BitsPerComponent 8")]
        ),
        "with a picture by predictor": pdf(
            more=[
                flate(
                    PHOTO,
                    b"/Subtype /Image /Width 400 /Height 250 /DecodeParms << /Predictor 15 /Columns 400 >>",
                )
            ]
        ),
        "with a white scan of 300 dots": pdf(
            more=[
                flate(
                    b"\xff" * 13_000_000,
                    b"/Subtype /Image /Width 1240 /Height 3508 /ColorSpace /DeviceRGB /BitsPerComponent 8",
                    1,
                )
            ]
        ),
        "with a fax": pdf(
            more=[
                stream(
                    PHOTO[:9000],
                    b"/Subtype /Image /Filter /CCITTFaxDecode /Width 1728 /Height 2200",
                )
            ]
        ),
        "with JBIG2": pdf(
            more=[
                stream(
                    PHOTO[:9000], b"/Subtype /Image /Filter /JBIG2Decode /Width 2480 /Height 3508"
                )
            ]
        ),
        "with a page by LZW": pdf(
            more=[stream(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", b"/Filter /LZWDecode")]
        ),
        "with bytes like a script in a picture": pdf(
            more=[
                stream(
                    PHOTO[:5000] + b"/JS (a) /Launch /EF <<" + PHOTO[:5000],
                    b"/Subtype /Image /Width 9 /Height 9",
                )
            ]
        ),
        "with bytes like the end of a stream": pdf(
            more=[stream(b"abc endstream endobj def", b"/Subtype /Image")]
        ),
        "with bytes like a program": pdf(
            more=[stream(b"MZ" + PHOTO[:9000] + b"MZ\x90\x00", b"/Subtype /Image")]
        ),
        "with a length by reference": pdf(
            more=[b"5", b"<< /Length 5 0 R >>\nstream\nhello\nendstream"]
        ),
        "with a length that is one short": pdf(more=[stream(b"hello", length=4)]),
        "with a length that is some long": pdf(more=[stream(b"hello", length=8)]),
        "with two revisions": updated(pdf(), 4, stream(b"BT ET")),
        "with ten revisions": _revised(10),
        "with comments everywhere": pdf(head=b"%PDF-1.4\n% made by hand\n", tail=b"% the end\n"),
        "with Windows' line ends": pdf()
        .replace(b"endobj\n", b"endobj\r\n")
        .replace(b"obj\n", b"obj\r\n"),
        "with nulls behind its end": pdf() + b"\x00" * 512,
        "with line ends behind its end": pdf() + b"\r\n\r\n\x1a",
        "with a table in the wrong place": pdf().replace(b"startxref\n5", b"startxref\n1"),
        "with words in brackets": pdf(
            more=[b"<< /T (a \\( b (c (d (e (f (g) h) i) j) k) l) m) >>"]
        ),
        "with a font": pdf(
            more=[
                flate(PHOTO[:90_000], b"/Length1 90000"),
                b"<< /Type /FontDescriptor /FontFile2 5 0 R >>",
            ]
        ),
        "with shading and functions": pdf(
            more=[flate(b"{ dup mul exch sub }", b"/FunctionType 4 /Domain [0 1] /Range [0 1]")]
        ),
        "with a resource called JavaScriptFont": pdf(
            more=[b"<< /Font << /JavaScriptFont 4 0 R /LaunchSans 4 0 R >> >>"]
        ),
        "with a thousand objects": pdf(more=[b"<< /Type /StructElem /S /P /K [1 2 3] >>"] * 1000),
        "linearised": _linearised(),
    }
    for title, content in plain.items():
        yield f"PDF {title}", "order.pdf", content
    writer = pypdf.PdfWriter()
    for number in range(30):
        writer.add_blank_page(width=595, height=842)
        writer.add_outline_item(f"Page {number}", number)
    writer.add_metadata(
        {"/Title": "Order (sealed)", "/Author": "Zoë", "/Producer": "Acrobat Distiller"}
    )
    writer.compress_identical_objects()
    yield "PDF of thirty pages", "bundle.pdf", _written(writer)


def _written(writer):
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _revised(times):
    content = pdf()
    for _ in range(times):
        content = updated(content, 4, stream(b"BT ET"))
    return content


def _linearised():
    """The first page's table stands first and leads to the main one, and there are two ends."""
    content = b"%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L 900 /H [ 500 30 ] /O 3 /E 700 /N 1 /T 800 >>\nendobj\n"
    first = len(content)
    content += (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 9 /Root 2 0 R /Prev %06d >>\nstartxref\n0\n%%%%EOF\n"
        % 0
    )
    content += b"2 0 obj\n<< /Type /Catalog /Pages 4 0 R >>\nendobj\n4 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    main = len(content)
    content += (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 >>\nstartxref\n%d\n%%%%EOF\n" % first
    )
    return content.replace(b"/Prev 000000", b"/Prev %06d" % main)
