"""Harmless Word files: .docx with links, fields and pictures, and .doc."""
# ruff: noqa: E501

import io
import zipfile

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from devstack.samples import sample_document
from tests.filestore.harmless.inside import PHOTO
from tests.filestore.hostile.word_making import PNG, field, related, with_body
from tests.filestore.making import changed_doc, changed_docx, real_docx, real_image


def files():
    return [*_docx(), *_doc()]


def _docx():
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


def _doc():
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
