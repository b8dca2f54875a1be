"""A small writer of Word .docx files: parts, types, relations and fields as they are asked for."""

from tests.filestore.making import changed_docx, real_image

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    f'xmlns:r="{OFFICE}"'
)
PNG = real_image("PNG")


def relations(kind, target, mode=' TargetMode="External"', space=OFFICE):
    return (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId9" '
        f'Type="{space}/{kind}" Target="{target}"{mode}/></Relationships>'
    ).encode()


def related(kind, target, mode=' TargetMode="External"', space=OFFICE, part="document.xml"):
    return changed_docx(add={f"word/_rels/{part}.rels": relations(kind, target, mode, space)})


def typed(old, new):
    return changed_docx(types=lambda text: text.replace(old, new))


def declared(entry, **more):
    return changed_docx(types=lambda text: text.replace("</Types>", f"{entry}</Types>"), **more)


def with_body(body, part="word/document.xml", wrap="document"):
    xml = f"<w:{wrap} {SPACES}><w:body>{body}</w:body></w:{wrap}>".encode()
    return changed_docx(drop=part, add={part: xml})


def field(*codes):
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
    return f"<w:p>{mark('begin')}{runs}{mark('separate')}<w:r><w:t>x</w:t></w:r>{mark('end')}</w:p>"
