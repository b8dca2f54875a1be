"""Harmless files as people's programs make them: each must be taken, or staff lose their day."""
# ruff: noqa: E501

import io
import random
import struct
import zipfile
import zlib
from functools import cache

import docx
import pypdf
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image, PngImagePlugin, TiffImagePlugin

from devstack.samples import sample_document
from tests.filestore.hostile.pdf_making import (
    TEXT,
    flate,
    packed_pdf,
    pdf,
    stream,
    updated,
)
from tests.filestore.hostile.word_making import PNG, field, related, with_body
from tests.filestore.making import changed_doc, changed_docx, real_docx, real_image, real_pdf

PHOTO = random.Random(4).randbytes(300_000)


@cache
def harmless():
    """Every file: what it is, its name, its bytes."""
    return [*_pdfs(), *_words(), *_docs(), *_pictures(), *_names()]


# --- PDF


def _pdfs():
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


XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/>'
    b"</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)


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


# --- DOCX


def _words():
    local = "file:///C:\\Users\\sam\\AppData\\Roaming\\Microsoft\\Templates\\Court.dotx"
    plain = {
        "as our samples": sample_document("docx"),
        "by python-docx": real_docx(),
        "by python-docx, rich": _rich_docx(),
        "with a link": related("hyperlink", "https://www.gov.uk/"),
        "with a link to an address": related("hyperlink", "mailto:opg@example.gov.uk"),
        "with a link to a place within": related("hyperlink", "#heading", ""),
        "with a link to another document": related("hyperlink", "Annex%20A.docx"),
        "with a link to a page of scripts": related(
            "hyperlink", "https://example.org/a.php?b=c.exe"
        ),
        "made with a template": related("attachedTemplate", local, part="settings.xml"),
        "made with a template on a drive of the office": related(
            "attachedTemplate", "file:///S:\\Templates\\Order.dot", part="settings.xml"
        ),
        "made with a template beside it": related(
            "attachedTemplate", "Normal.dotm", part="settings.xml"
        ),
        "with customised data": changed_docx(
            add={
                "customXml/item1.xml": b"<b:Sources xmlns:b='x'/>",
                "customXml/_rels/item1.xml.rels": b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'/>",
            }
        ),
        "with a font": changed_docx(add={"word/fonts/font1.odttf": PHOTO[:40_000]}),
        "with printer's settings": changed_docx(
            add={"word/printerSettings/printerSettings1.bin": PHOTO[:2_000]}
        ),
        "with what was in the bin": changed_docx(add={"[trash]/0000.dat": b"\x00" * 300}),
        "with a label of sensitivity": changed_docx(
            add={"docMetadata/LabelInfo.xml": b"<clbl:labelList xmlns:clbl='x'/>"}
        ),
        "with folders": changed_docx(add={"word/media/": b""}),
        "with an empty picture": changed_docx(add={"word/media/a.png": b""}),
        "with old drawings": changed_docx(
            add={
                "word/drawings/vmlDrawing1.vml": b"<xml xmlns:v='urn:schemas-microsoft-com:vml'><v:shape/></xml>"
            }
        ),
        "with a picture of another kind than it says": changed_docx(add={"word/media/a.jpeg": PNG}),
        "stored": changed_docx(method=zipfile.ZIP_STORED),
        "with sizes behind its parts": _streamed_docx(),
        "in UTF-16": changed_docx(
            drop="word/settings.xml",
            add={
                "word/settings.xml": "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16")
            },
        ),
        "with processing instructions": changed_docx(
            add={"word/a.xml": b"<?xml version='1.0'?><?mso-x y?><a/>"}
        ),
        "with a word about DDE": with_body(
            "<w:p><w:r><w:t>DDEAUTO and LINK are fields</w:t></w:r></w:p>"
        ),
        "with a picture drawn within": with_body(
            "<w:p><w:r><w:pict><v:shape><v:imagedata r:id='rId1' o:title='seal'/></v:shape></w:pict></w:r></w:p>"
        ),
    }
    for ending, content in {
        "png": PNG,
        "jpeg": real_image("JPEG"),
        "gif": real_image("GIF"),
        "bmp": real_image("BMP"),
        "tiff": real_image("TIFF"),
        "emf": b"\x01\x00\x00\x00l\x00\x00\x00" + b"\x00" * 32 + b" EMF" + b"\x00" * 60,
        "wmf": b"\xd7\xcd\xc6\x9a" + b"\x00" * 60,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
        "emz": b"\x1f\x8b\x08" + b"\x00" * 60,
        "wdp": b"II\xbc\x01" + b"\x00" * 60,
        "ico": b"\x00\x00\x01\x00" + b"\x00" * 60,
    }.items():
        plain[f"with a .{ending}"] = changed_docx(add={f"word/media/image9.{ending}": content})
    for code in (
        "PAGE",
        " NUMPAGES \\* MERGEFORMAT ",
        ' DATE \\@ "d MMMM yyyy" ',
        ' TOC \\o "1-3" \\h \\z \\u ',
        ' HYPERLINK "https://www.gov.uk/" ',
        ' HYPERLINK \\l "_Toc1" ',
        " FORMTEXT ",
        " REF a \\h ",
        " MERGEFIELD Name ",
        " IF 1 = 1 a b ",
        " SEQ Figure \\* ARABIC ",
        " STYLEREF 1 ",
        "FORMCHECKBOX",
        " QUOTE 68 68 ",
        " TITLE ",
        " LINKED ",
        " AUTHOR ",
        " FILENAME \\p ",
        " SYMBOL 183 \\f Symbol ",
    ):
        plain[f"with the field {code.strip()}"] = with_body(field(code.replace('"', "&quot;")))
    for title, content in plain.items():
        yield f"DOCX {title}", "order.docx", content


def _rich_docx():
    document = docx.Document()
    document.core_properties.author = "Zoë O'Brien"
    document.add_heading("ORDER", 0)
    paragraph = document.add_paragraph("It is ordered that ", style="List Number")
    paragraph.add_run("security").bold = True
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    document.add_table(rows=20, cols=4, style="Table Grid")
    section = document.sections[0]
    section.header.paragraphs[0].text = "COURT OF PROTECTION"
    section.footer.paragraphs[0].add_run().add_picture(io.BytesIO(real_image("JPEG")))
    sdt = "<w:sdt %s><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(sdt % nsdecls("w")))
    document.add_comment(paragraph.runs, text="check this", author="Sam", initials="S")
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _streamed_docx():
    """Written without going back, as web services do: sizes stand behind each part."""

    class OneWay(io.RawIOBase):
        def __init__(self):
            self.content = b""

        def writable(self):
            return True

        def write(self, piece):
            self.content += bytes(piece)
            return len(piece)

    output = OneWay()
    source = zipfile.ZipFile(io.BytesIO(sample_document("docx")))
    with source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return output.content


# --- DOC


def _docs():
    yield "DOC as our samples", "order.doc", sample_document("doc")
    for name in (
        *("1Table", "0Table", "Data", "\x05SummaryInformation", "\x05DocumentSummaryInformation"),
        *("\x01CompObj", "ObjectPool", "MsoDataStore", "\x06DataSpaceX"),
    ):
        yield f"DOC with {name!r}", "order.doc", changed_doc((name, 2))
    text = bytearray(sample_document("doc"))
    code = b'\x13 HYPERLINK "https://www.gov.uk" \x14gov\x15 \x13 PAGE \x14 1\x15 \x13 LINKED \x15'
    text[1600 : 1600 + len(code)] = code
    yield "DOC with fields", "order.doc", bytes(text)
    yield "DOC with nulls behind", "order.doc", sample_document("doc") + b"\x00" * 5_000


# --- Pictures


def _saved(picture, form, **how):
    output = io.BytesIO()
    picture.save(output, form, **how)
    return output.getvalue()


def _pictures():
    photo = Image.effect_noise((300, 200), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x9286] = "Apple", "iPhone", b"ASCII\x00\x00\x00a note"
    jpeg = _saved(photo, "JPEG", exif=exif, dpi=(300, 300))
    small = _saved(photo.resize((40, 30)), "JPEG")
    for title, content in {
        "plain": _saved(photo, "JPEG"),
        "as our samples": sample_document("jpg"),
        "progressive": _saved(photo, "JPEG", progressive=True),
        "optimised": _saved(photo, "JPEG", optimize=True, quality=20),
        "of CMYK": _saved(photo.convert("CMYK"), "JPEG"),
        "grey": _saved(photo.convert("L"), "JPEG"),
        "with a camera's notes": jpeg,
        "with a profile": _saved(photo, "JPEG", icc_profile=PHOTO[:70_000]),
        "with a comment": _saved(photo, "JPEG", comment=b"Scanned by the court"),
        "with restarts": _saved(photo, "JPEG", restart_marker_blocks=4),
        "with a small picture in its notes": jpeg[:2]
        + _app(0xE1, b"Exif\x00\x00" + small)
        + jpeg[2:],
        "with XMP": jpeg[:2] + _app(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + XMP) + jpeg[2:],
        "with nulls behind": jpeg + b"\x00" * 30_000,
        "with a second picture behind": jpeg + small,
        "with two more pictures behind, padded": jpeg + b"\x00" * 40 + small + small,
        "of a Samsung": jpeg
        + b"\x00\x00\x01\x0aImage_UTC_Data1539"
        + b"SEFH\x6b\x00"
        + b"\x00" * 20
        + b"SEFT",
        "with fill before its markers": jpeg.replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1),
        "from a scanner of A3": _saved(Image.new("L", (3508, 4960), 255), "JPEG"),
    }.items():
        yield f"JPEG {title}", "scan.jpg", content
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "Scanner 3")
    text.add_text("Comment", "a long text " * 500, zip=True)
    text.add_itxt("Title", "Zoë's order", "en", "Title", zip=True)
    for title, content in {
        "plain": _saved(photo, "PNG"),
        "as our samples": sample_document("png"),
        "clear": _saved(photo.convert("RGBA"), "PNG"),
        "of a palette": _saved(photo.convert("P"), "PNG"),
        "of a palette of four": _saved(photo.quantize(4), "PNG", bits=2),
        "black and white": _saved(photo.convert("1"), "PNG"),
        "of 16 bits": _saved(Image.new("I;16", (90, 90)), "PNG"),
        "with texts": _saved(photo, "PNG", pnginfo=text),
        "with a profile": _saved(photo, "PNG", icc_profile=PHOTO[:3_000]),
        "with a camera's notes": _saved(photo, "PNG", exif=exif),
        "with dots": _saved(photo, "PNG", dpi=(300, 300)),
        "white, of A4": _saved(Image.new("RGB", (1654, 2339), "white"), "PNG", compress_level=1),
        "moving": _saved(photo, "PNG", save_all=True, append_images=[photo.rotate(9)]),
        "with nulls behind": _saved(photo, "PNG") + b"\x00\x00\r\n",
        "interlaced": _interlaced(),
    }.items():
        yield f"PNG {title}", "scan.png", content
    for compression in (
        "raw",
        "tiff_lzw",
        "tiff_adobe_deflate",
        "packbits",
        "jpeg",
        "tiff_deflate",
    ):
        yield f"TIFF by {compression}", "scan.tiff", _saved(photo, "TIFF", compression=compression)
    line = photo.convert("1")
    pages = {"save_all": True, "append_images": [line] * 11}
    for title, content in {
        "as our samples": sample_document("tiff"),
        "by fax 3": _saved(line, "TIFF", compression="group3"),
        "by fax 4": _saved(line, "TIFF", compression="group4", dpi=(300, 300)),
        "of twelve pages": _saved(line, "TIFF", compression="group4", **pages),
        "of twelve pages by LZW": _saved(
            photo, "TIFF", compression="tiff_lzw", save_all=True, append_images=[photo] * 11
        ),
        "of CMYK": _saved(photo.convert("CMYK"), "TIFF"),
        "of 16 bits": _saved(Image.new("I;16", (90, 90)), "TIFF"),
        "with notes": _saved(photo, "TIFF", tiffinfo=_notes(), exif=exif),
        "with a profile": _saved(photo, "TIFF", icc_profile=PHOTO[:3_000]),
        "of big numbers first": b"MM\x00*"
        + struct.pack(">IH", 8, 2)
        + struct.pack(">HHIHH", 256, 3, 1, 10, 0)
        + struct.pack(">HHII", 257, 4, 1, 10)
        + b"\x00" * 4,
        "with nulls behind": _saved(photo, "TIFF") + b"\x00" * 2_000,
    }.items():
        yield f"TIFF {title}", "scan.tif", content


def _notes():
    notes = TiffImagePlugin.ImageFileDirectory_v2()
    notes[270], notes[305], notes[315] = "An order of the court", "Scanner 3", "O'Brien"
    return notes


def _app(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _interlaced():
    """Eight by eight in seven passes, each row with a filter of its own."""
    rows = b"".join(
        (b"\x00" + b"\x80" * width) * height
        for width, height in ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    )
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


# --- Names


def _names():
    for name in (
        "Order 1.2.2026.pdf",
        "Zoë O'Brien (copy).pdf",
        "Order [sealed] v1.2 final.pdf",
        "ORDER.PDF",
        "Court%20order.pdf",
        "50% share.pdf",
        "100%25.pdf",
        "Order – P’s property & affairs.pdf",
        "王小明 order.pdf",
        "Order_93559316_HW.pdf",
        "a.pdf",
        "Smith & Co. Ltd.pdf",
        "£21,000 bond.pdf",
        "Re smith.com.pdf",
        "Mr. Z. Smith.pdf",
        "exe.pdf",
        "Order #4; 1=2.pdf",
        "cafe\u0301.pdf",
        "Łukasz Żółć.pdf",
        "Order…final.pdf",
        "console.pdf",
        "Conrad.pdf",
        "COM10.pdf",
        "nullity.pdf",
        "Order 10.30 am.pdf",
        "-order.pdf",
        "~order.pdf",
        "Order\u202fof\u00a0court.pdf",
        "e.g. order.pdf",
        "a" * 251 + ".pdf",
        "{draft}.pdf",
        "order+annex.pdf",
        "Order @ court.pdf",
        "'order'.pdf",
    ):
        yield f"name {ascii(name)[:60]}", name, real_pdf()
