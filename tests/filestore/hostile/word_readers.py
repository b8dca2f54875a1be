"""Word .docx files in which one program sees what another passes over."""

from filestore.errors import (
    FetchesFromOutside,
    FieldFetches,
    FileDamaged,
    FileIsBomb,
    UnsafeLink,
)
from tests.filestore.hostile.word_making import OFFICE, PACKAGE, SPACES, field, related, with_body
from tests.filestore.hostile.words import family
from tests.filestore.making import changed_docx

add = family.add
BRANCHES = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
DRAWING = "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'"
MARK = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
CODE = "<w:r><w:instrText>{}</w:instrText></w:r>".format
RUNS = "DDEAUTO cmd a"


def in_field(inside):
    return with_body(f"<w:p>{MARK('begin')}{inside}{MARK('separate')}{MARK('end')}</w:p>")


def chosen(choice, fallback):
    return (
        f"<mc:AlternateContent {BRANCHES}><mc:Choice Requires='w'>{choice}</mc:Choice>"
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


for title, content in {
    "behind a code of another name space": in_field(
        f"<w:r><z:instrText xmlns:z='z'>X</z:instrText></w:r>{CODE(RUNS)}"
    ),
    "behind a mark of another name space": in_field(
        f"<w:r><z:fldChar xmlns:z='z' z:fldCharType='separate'/></w:r>{CODE(RUNS)}"
    ),
    "behind an attribute of another name space": with_body(
        f"<w:p><w:fldSimple xmlns:z='z' z:instr='X' w:instr='{RUNS}'/></w:p>"
    ),
    "with a mark of two kinds": with_body(
        f"<w:p><w:r><w:fldChar xmlns:z='z' z:fldCharType='end' w:fldCharType='begin'/></w:r>"
        f"{CODE(RUNS)}{MARK('end')}</w:p>"
    ),
    "in one of two branches": in_field(chosen(CODE("X"), CODE(RUNS))),
    "in the first of two branches": in_field(chosen(CODE(RUNS), CODE("X"))),
    "whose end is in a branch": with_body(
        f"<w:p>{MARK('begin')}{chosen(MARK('separate'), '')}{CODE(RUNS)}{MARK('end')}</w:p>"
    ),
    "with a typographer's marks": with_body(field("INCLUDEPICTURE“http://x.example/a”")),
}.items():
    add(f"field {title}", content, FieldFetches)

add(
    "link in a typographer's marks",
    with_body(field(" HYPERLINK “file://x.example/a.exe” ")),
    UnsafeLink,
)
for scheme in (
    *("vnd.libreoffice.command:x", "vnd.sun.star.script:x", "macro:x", "applescript:x"),
    *(
        "help:x",
        "skype:x",
        "onenote:x",
        "x-apple.systempreferences:x",
        "jar:http://x!/a",
        "ms-word:x",
    ),
    *("www.gov.uk:x", "localhost:80", "C:x"),
):
    add(f"link to {scheme}", related("hyperlink", scheme), UnsafeLink)


def base(place):
    return changed_docx(
        drop="docProps/app.xml",
        add={
            "docProps/app.xml": "<Properties xmlns='http://schemas.openxmlformats.org/officeDocument/"
            f"2006/extended-properties'><HyperlinkBase>{place}</HyperlinkBase></Properties>"
        },
    )


for place in (
    "\\\\x.example\\share\\",
    "file://x.example/share/",
    "javascript:alert(1)//",
    "http-x:y",
):
    add(f"links that all begin with {place[:9]}", base(place), UnsafeLink)


def shadowed(attributes):
    return changed_docx(
        add={
            "word/_rels/document.xml.rels": f"<Relationships xmlns='{PACKAGE}'><Relationship "
            f"Id='rId9' {attributes}/></Relationships>"
        }
    )


for title, attributes in {
    "a capital": f"Type='{OFFICE}/image' Target='http://x.example/a' TargetMode='External' "
    "target='styles.xml' targetMode='Internal'",
    "a name space": f"Type='{OFFICE}/oleObject' xmlns:z='z' z:Type='{OFFICE}/styles' "
    "Target='a.xml'",
}.items():
    add(f"relation told twice, the second time with {title}", shadowed(attributes), FileDamaged)

for title, element in {
    "picture": "<w:p><a:blip r:link='rId9'/></w:p>",
    "picture within": "<w:p><a:blip r:embed='rId9'/></w:p>",
    "old picture": "<w:p><v:imagedata r:href='rId9'/></w:p>",
    "template": "<w:attachedTemplate r:id='rId9'/>",
}.items():
    add(
        f"{title} that is a link",
        changed_docx(
            drop="word/document.xml",
            add={
                "word/document.xml": f"<w:document {SPACES} {DRAWING}><w:body>{element}</w:body>"
                "</w:document>",
                "word/_rels/document.xml.rels": f"<Relationships xmlns='{PACKAGE}'><Relationship "
                f"Id='rId9' Type='{OFFICE}/hyperlink' Target='http://x.example/a' "
                "TargetMode='External'/></Relationships>",
            },
        ),
        FetchesFromOutside,
    )

add(
    "data source of a letter to many",
    changed_docx(
        add={
            "word/settings2.xml": f"<w:settings {SPACES}><w:mailMerge><w:odso>"
            "<w:udl w:val='Data Source=\\\\x.example\\a.mdb'/></w:odso></w:mailMerge></w:settings>"
        }
    ),
    FetchesFromOutside,
)
MANY = " ".join(f"a{number}=''" for number in range(1_001))
add("element of many attributes", with_body(f"<w:p {MANY}/>"), FileIsBomb)
NAMES = "".join(f"<w:a{number}/>" for number in range(5_001))
add("elements of many names", with_body(NAMES), FileIsBomb)
add("very many pieces of drawings", with_body("<v:fill/>" * 100_001), FileIsBomb)
add("very many elements", with_body("<w:p/>" * 700_001), FileIsBomb)
