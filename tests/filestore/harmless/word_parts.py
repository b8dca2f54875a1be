"""Harmless Word .docx files by what they have besides text: signatures, old pictures, fields."""

import struct

from tests.filestore.hostile.word_making import field, related, with_body
from tests.filestore.making import changed_docx, real_image

MARK = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
CODE = "<w:r><w:instrText>{}</w:instrText></w:r>".format
# As Word, Inkscape, Illustrator and LibreOffice write them.
DRAWINGS = (
    (
        b"<svg width='96' height='96' xmlns='http://www.w3.org/2000/svg' overflow='hidden'><defs>"
        b"<style>.a { fill: #00703c; } .b { fill:url(#c); clip-path: url('#d') }</style></defs>"
        b"<g transform='translate(-10 -20)'><path class='a' d='M0 0L1 1Z'/></g></svg>"
    ),
    (
        b"<?xml version='1.0' encoding='UTF-8' standalone='no'?><svg xmlns='http://www.w3.org/2000/svg'"
        b" xmlns:xlink='http://www.w3.org/1999/xlink' xmlns:cc='http://creativecommons.org/ns#'"
        b" xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><metadata><rdf:RDF><cc:Work"
        b" rdf:about=''><cc:license rdf:resource='http://creativecommons.org/licenses/by/4.0/'/>"
        b"</cc:Work></rdf:RDF></metadata><defs><linearGradient id='a'/></defs>"
        b"<use xlink:href='#a' style='fill:url(#a);font-family:&quot;Arial&quot;'/></svg>"
    ),
    (
        b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'"
        b" 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>"
        b"<svg version='1.1' xmlns='http://www.w3.org/2000/svg' xml:space='preserve'"
        b" xmlns:xlink='http://www.w3.org/1999/xlink'><image xlink:href='data:image/png;base64,"
        b"iVBORw0KGgo='/><text>One: two</text></svg>"
    ),
    "<svg xmlns='http://www.w3.org/2000/svg'><title>Société</title></svg>".encode("utf-16"),
)


def files():
    apple = b"\x00\x40" + struct.pack(">4h", 0, 0, 90, 90) + b"\x00\x11\x02\xff\x0c\x00" + bytes(60)
    page = f"{MARK('begin')}{CODE(' PAGE ')}{MARK('separate')}<w:r><w:t>1</w:t></w:r>{MARK('end')}"
    for title, content in {
        "signed": changed_docx(
            add={"_xmlsignatures/origin.sigs": b"", "_xmlsignatures/sig1.xml": b"<Signature/>"}
        ),
        "signed by another program": changed_docx(
            add={"package/services/digital-signature/origin.psdsor": b""}
        ),
        "with a picture of Apple's": changed_docx(add={"word/media/a.pict": apple}),
        "with a picture file of Apple's": changed_docx(
            add={"word/media/a.pict": bytes(512) + apple}
        ),
        "with a drawing of a text program": changed_docx(
            add={
                "word/media/a.svg": b"<?xml version='1.0'?><!-- x --><svg:svg "
                b"xmlns:svg='http://www.w3.org/2000/svg'/>"
            }
        ),
        "with drawings as programs make them": changed_docx(
            add={f"word/media/b{number}.svg": one for number, one in enumerate(DRAWINGS)}
        ),
        "with pictures cut short": changed_docx(
            add={
                "word/media/a.png": real_image("PNG")[:200],
                "word/media/b.jpg": real_image("JPEG")[:200],
                "word/media/c.tiff": real_image("TIFF")[:200],
            }
        ),
        "with fields within fields": with_body(
            f"<w:p>{MARK('begin')}{CODE(' IF ')}{page}{CODE(' = 1 a b ')}{MARK('end')}"
            f"{MARK('begin')}{CODE('=')}{page}{CODE('+1')}{MARK('separate')}{page}{MARK('end')}</w:p>"
        ),
        "with a page number in a box of two kinds": with_body(
            "<w:p><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-"
            f"compatibility/2006'><mc:Choice Requires='wps'>{page}</mc:Choice><mc:Fallback>{page}"
            "<w:fldSimple w:instr=' PAGE '/></mc:Fallback></mc:AlternateContent></w:p>"
        ),
        "with links that begin on a site": changed_docx(
            drop="docProps/app.xml",
            add={
                "docProps/app.xml": b"<Properties><HyperlinkBase>https://www.gov.uk/"
                b"</HyperlinkBase></Properties>"
            },
        ),
        "with a link to a site's other door": related("hyperlink", "www.gov.uk:8080/a"),
        "with a long passage in a field": with_body(
            f"<w:p>{MARK('begin')}{CODE(' IF 1 = 1 ')}<w:r><w:t>{'As ordered. ' * 20_000}</w:t>"
            f"</w:r>{MARK('end')}</w:p>"
        ),
        "with contents": with_body(
            f"<w:p>{MARK('begin')}{CODE(' TOC ')}{MARK('separate')}{page}{page}{MARK('end')}</w:p>"
        ),
        "with an old drawing that links": with_body(
            "<w:p><w:r><w:pict><v:rect href='https://www.gov.uk/'/></w:pict></w:r></w:p>"
        ),
        "with a picture out of a mail": with_body(
            "<w:p><w:r><w:pict><v:rect><v:imagedata r:id='rId1' o:href='cid:a.png@01D9'/>"
            "</v:rect></w:pict></w:r></w:p>"
        ),
        "with a link that has switches": with_body(
            field(' HYPERLINK "https://www.gov.uk/" \\l "a b" \\o "Go  to" \\t "_blank" ').replace(
                '"', "&quot;"
            )
        ),
        "with a link within": with_body(field(" HYPERLINK \\l _Toc1 ")),
        "with a link to a telephone": related("hyperlink", "tel:02070000000"),
    }.items():
        yield f"DOCX {title}", "order.docx", content
