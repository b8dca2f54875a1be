"""Word .docx files with macros, objects and programs inside."""
# ruff: noqa: E501

from filestore.errors import (
    MacrosInside,
    ProgramEmbedded,
    ProgramHidden,
    TemplateRefused,
    TwoKindsInOne,
)
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.programs import EXE, OLE, PROGRAMS, zip_of
from tests.filestore.hostile.word_making import (
    MICROSOFT,
    PNG,
    declared,
    related,
    relations,
    typed,
    with_body,
)
from tests.filestore.making import WORD_TYPE, changed_docx

family = Family("docx", "order.docx")
add = family.add

# --- Macros
for path in (
    *("word/vbaProject.bin", "WORD/VBAPROJECT.BIN", "word/vbaData.xml", "vbaProject.bin"),
    *("customXml/vbaProject.bin", "word/media/vbaProject.bin", "word/vbaProjectSignature.bin"),
):
    add(f"macros as {path}", changed_docx(add={path: b"<x/>"}), MacrosInside)
for kind in (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "APPLICATION/VND.MS-WORD.DOCUMENT.MACROENABLED.MAIN+XML",
):
    add(f"of the type {kind}", typed(WORD_TYPE, kind), MacrosInside)
add(
    "macros of another ending by type",
    declared('<Default Extension="dat" ContentType="application/vnd.ms-office.vbaProject"/>'),
    MacrosInside,
)
add(
    "macros as a picture by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    MacrosInside,
)
add(
    "macros' notes by type",
    declared(
        '<Override PartName="/word/d.xml" ContentType="application/vnd.ms-word.vbaData+xml"/>'
    ),
    MacrosInside,
)
for kind in ("vbaProject", "wordVbaData", "attachedToolbars", "vbaProjectSignature"):
    add(f"relation {kind}", related(kind, "media/image1.png", "", MICROSOFT), MacrosInside)
add(
    "ribbon of its own",
    changed_docx(
        add={"_rels/more.rels": relations("ui/extensibility", "customUI.xml", "", MICROSOFT)}
    ),
    MacrosInside,
)
add(
    "template",
    typed(WORD_TYPE, WORD_TYPE.replace("document.main", "template.main")),
    TemplateRefused,
)
add(
    "two types for its main part",
    declared(
        '<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    ),
    MacrosInside,
)

# --- Objects and files
for path in (
    *("word/embeddings/oleObject1.bin", "word/embeddings/a.docx", "word/activeX/activeX1.bin"),
    *("word/activeX/activeX1.xml", "embeddings/a.xlsx", "word/Embeddings/tool.exe"),
):
    add(f"object as {path}", changed_docx(add={path: b"<x/>"}), ProgramEmbedded)
for ending in (
    *("exe", "ps1", "js", "vbs", "lnk", "bat", "cmd", "hta", "scr", "jar", "dll", "msi", "html"),
    *(
        "mht",
        "rtf",
        "doc",
        "xlsm",
        "zip",
        "iso",
        "url",
        "sh",
        "py",
        "mp4",
        "bin",
        "dat",
        "txt",
    ),
):
    add(
        f"file .{ending} among the pictures",
        changed_docx(add={f"word/media/image2.{ending}": b"x"}),
        ProgramEmbedded,
    )
add("file without an ending", changed_docx(add={"word/media/tool": b"x"}), ProgramEmbedded)
for words, content in PROGRAMS.items():
    add(
        f"{words} as a picture", changed_docx(add={"word/media/image2.png": content}), ProgramHidden
    )
    add(
        f"{words} behind a picture",
        changed_docx(add={"word/media/image2.png": PNG + content}),
        ProgramHidden,
    )
add("program among the fonts", changed_docx(add={"word/fonts/font1.odttf": EXE}), ProgramHidden)
add(
    "program among printers' settings",
    changed_docx(add={"word/printerSettings/a.bin": EXE}),
    ProgramHidden,
)
add("program in the bin", changed_docx(add={"[trash]/0000.dat": EXE}), ProgramHidden)
add(
    "words of a script as a picture",
    changed_docx(add={"word/media/a.png": b"WScript.Shell"}),
    ProgramHidden,
)
add("page as a picture", changed_docx(add={"word/media/a.png": b"<html><script>"}), ProgramHidden)
add(
    "page behind a picture",
    changed_docx(add={"word/media/a.png": PNG + b"<script>alert(1)</script>"}),
    TwoKindsInOne,
)
add("ZIP as a picture", changed_docx(add={"word/media/a.png": zip_of({"a": b"b"})}), ProgramHidden)
add(
    "object by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>',
        add={"word/media/a.png": PNG},
    ),
    ProgramEmbedded,
)
add(
    "control by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.ms-office.activeX+xml"/>',
        add={"word/media/a.png": PNG},
    ),
    ProgramEmbedded,
)
for kind in ("oleObject", "package", "control", "aFChunk", "subDocument", "video", "audio"):
    add(f"relation {kind} within", related(kind, "media/image1.png", ""), ProgramEmbedded)
    add(f"relation {kind} to outside", related(kind, "https://evil.example/a"), ProgramEmbedded)
add(
    "object in the text",
    with_body(
        "<w:p><w:r><w:object><o:OLEObject Type='Link' ProgID='Word' r:id='rId9'/></w:object></w:r></w:p>"
    ),
    ProgramEmbedded,
)
add("other document in the text", with_body("<w:altChunk r:id='rId9'/>"), ProgramEmbedded)
add("part document in the text", with_body("<w:subDoc r:id='rId9'/>"), ProgramEmbedded)
add(
    "Office file as a drawing",
    changed_docx(add={"word/media/i.emf": b"\x01\x00\x00\x00" + OLE}),
    ProgramHidden,
)
add(
    "Office file among printers' settings",
    changed_docx(add={"word/printerSettings/v.bin": OLE}),
    ProgramHidden,
)
add(
    "Word file as a leftover", changed_docx(add={"word/media/a.tmp": changed_docx()}), ProgramHidden
)
add(
    "object of the web (Follina)",
    related("oleObject", "https://evil.example/a.html!"),
    ProgramEmbedded,
)
