"""The text of Word files as a reader of the document sees it, and the child that reads it."""

import contextlib
import io
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from devstack.samples import sample_document
from filestore import inspect_document
from filestore.word_reading_child import BROKEN, Refused, read_lines
from filestore.word_text import (
    CHILD,
    LIMITS,
    ReadingFailed,
    ReadingFailure,
    ReadingLimits,
    read_word_text,
)
from tests.filestore.making import changed_docx, real_docx, zip_of

W = nsdecls("w")
MARKUP = (
    f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def saved(document) -> io.BytesIO:
    output = io.BytesIO()
    document.save(output)
    return output


def lines_of(document) -> list[str]:
    """As the child reads it, here: what is read does not depend on where."""
    return read_lines(saved(document))


def lines_with(xml: str) -> list[str]:
    """A document of one paragraph with this markup inside."""
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {MARKUP}>{xml}</w:p>"))
    return lines_of(document)


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_simple_order_is_read_paragraph_by_paragraph():
    lines = read_word_text(io.BytesIO(sample_document("docx")))
    assert lines[1:3] == ["No. 93559316", "ORDER APPOINTING A DEPUTY"]


def test_tables_headers_and_footers_are_read_too():
    document = docx.Document()
    document.add_paragraph("body")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Case No.", "93559316"
    inner = table.cell(0, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "inner"
    document.sections[0].header.paragraphs[0].text = "header"
    document.sections[0].footer.paragraphs[0].text = "footer"
    assert lines_of(document) == ["header", "body", "Case No.", "93559316", "inner", "footer"]


def test_runs_breaks_and_tabs():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("ORD", "ER APP", "OINTING"):
        paragraph.add_run(piece).bold = True
    paragraph.runs[-1].add_break(WD_BREAK.LINE)
    paragraph.add_run("A DEPUTY\tFOR £21,000 “in” all")
    assert lines_of(document) == ["ORDER APPOINTING\vA DEPUTY\tFOR £21,000 “in” all"]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"{run('A')}<w:del>{run('OLD')}</w:del><w:ins>{run('NEW')}</w:ins>{run('B')}", "ANEWB"),
        ('<w:r><w:delText>OLD</w:delText><w:t>NEW</w:t></w:r>', "NEW"),
        (f"<w:moveFrom>{run('A')}</w:moveFrom><w:moveTo>{run('B')}</w:moveTo>", "B"),
        (run("A") + run("B", "<w:vanish/>") + run("C", '<w:vanish w:val="0"/>'), "AC"),
        (f"{run('A')}{run('B', '<w:strike/>')}{run('C', '<w:dstrike/>')}", "A"),
        (run("A", '<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>'), "A"),
        (f"<w:pPr><w:rPr><w:vanish/><w:del/></w:rPr></w:pPr>{run('A')}", "A"),
        (f"<w:hyperlink>{run('A')}</w:hyperlink><w:smartTag>{run('B')}</w:smartTag>", "AB"),
        (f"<w:sdt><w:sdtContent>{run('A')}</w:sdtContent></w:sdt>", "A"),
        ("<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t></w:r>", "A-B"),
        ("<w:r><w:t>A</w:t><w:softHyphen/><w:t>B</w:t></w:r>", "AB"),
        ("<w:r><w:t>A</w:t><w:cr/><w:t>B</w:t><w:ptab/><w:t>C</w:t></w:r>", "A\vB\tC"),
    ],
)  # fmt: skip
def test_the_text_is_what_a_reader_of_the_finished_document_sees(xml, text):
    assert lines_with(xml) == [text]


def test_of_a_field_the_result_is_read_and_not_the_code():
    def field(code, result):
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText>{code}</w:instrText></w:r>{run('CODE')}"
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            f'{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    nested = field("IF", run("B") + field("MERGEFIELD", run("C")))
    simple = f'<w:fldSimple w:instr="DATE">{run("D")}</w:fldSimple>'
    stray = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert lines_with(f"{run('A')}{nested}{simple}{stray}") == ["ABCD"]


CHOICES = '<w:listEntry w:val="NEW"/><w:listEntry w:val="INTERIM"/>'


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ('<w:result w:val="1"/>', "INTERIM"),
        ('<w:default w:val="1"/>', "INTERIM"),
        ('<w:result w:val="0"/><w:default w:val="1"/>', "NEW"),
        ("", "NEW"),
        ('<w:result w:val="2"/>', "\ufffc"),
        ('<w:result w:val="x"/>', "\ufffc"),
    ],
)
def test_of_a_drop_down_list_the_chosen_entry_is_read(chosen, text):
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>'
        f"<w:ddList>{chosen}{CHOICES}</w:ddList></w:ffData></w:fldChar></w:r>"
        "<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert lines_with(f"{run('A ')}{field}{run(' B')}") == [f"A {text} B"]


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("<w:showingPlcHdr/>", "A\ufffcB"),
        ('<w:showingPlcHdr w:val="0"/>', "AcB"),
        ("", "AcB"),
    ],
)
def test_the_prompt_of_a_box_that_nobody_filled_in_is_no_answer(mark, text):
    box = f"<w:sdt><w:sdtPr>{mark}</w:sdtPr><w:sdtContent>{run('c')}</w:sdtContent></w:sdt>"
    assert lines_with(run("A") + box + run("B")) == [text]


@pytest.mark.parametrize(
    ("required", "text"), [("wps", "A"), ("zzz", "B"), ("wps zzz", "B"), ("nowhere", "B")]
)
def test_of_alternatives_the_first_that_word_understands_is_read(required, text):
    xml = (
        f'<mc:AlternateContent xmlns:zzz="urn:unknown"><mc:Choice Requires="{required}">{run("A")}'
        f"</mc:Choice><mc:Fallback>{run('B')}</mc:Fallback></mc:AlternateContent>"
    )
    assert lines_with(xml) == [text]


def test_a_field_that_never_ends_hides_no_other_paragraph():
    document = docx.Document()
    body = document.element.body
    body.insert(0, parse_xml(f"<w:p {MARKUP}>{run('next')}</w:p>"))
    begun = f'{run("A")}<w:r><w:fldChar w:fldCharType="begin"/></w:r>{run("B")}'
    body.insert(0, parse_xml(f"<w:p {MARKUP}>{begun}</w:p>"))
    assert lines_of(document) == ["A", "next"]


def test_a_text_box_is_read_once_and_does_not_cut_the_paragraph_around_it():
    def box(text):
        return f"<w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent>"

    inner = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{box("INNER")}</mc:Choice>'
        f"<mc:Fallback>{box('INNER')}</mc:Fallback></mc:AlternateContent>"
    )
    drawing = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box("BOX")}{inner}'
        f"</wps:txbx></mc:Choice><mc:Fallback><v:textbox>{box('BOX')}</v:textbox></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    lines = lines_with(run("ORDER ") + drawing + run("APPOINTING"))
    assert lines == ["BOX", "INNER", "ORDER APPOINTING"]
    old = f"<w:r><w:pict><v:textbox>{box('OLD BOX')}</v:textbox></w:pict></w:r>"
    assert lines_with(old) == ["OLD BOX"]


def test_the_strict_form_of_the_format_is_read():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = f'<w:document xmlns:w="{strict}"><w:body><w:p>{run("A")}</w:p></w:body></w:document>'
    content = changed_docx(drop="word/document.xml", add={"word/document.xml": body.encode()})
    assert read_lines(io.BytesIO(content)) == ["A"]


def test_the_file_is_left_at_its_start_and_no_child_nor_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    file = io.BytesIO(real_docx())
    read_word_text(file)
    note = tmp_path / "pid"
    endless = f"import os, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n"
    endless += "while True: pass"
    with pytest.raises(ReadingFailed):
        read_word_text(file, limits=ReadingLimits(seconds=2), child=_script(tmp_path, endless))
    assert file.tell() == 0
    assert os.listdir(tmp_path / "temporary") == []
    with pytest.raises(ProcessLookupError):  # a zombie could still be asked
        os.kill(int(note.read_text()), 0)


# --- When it goes wrong ---------------------------------------------------------------------------
def _script(folder: Path, words: str) -> Path:
    child = folder / "child.py"
    child.write_text(words)
    return child


def failure_of(content: bytes, **options) -> ReadingFailure:
    with pytest.raises(ReadingFailed) as caught:
        read_word_text(io.BytesIO(content), **options)
    return caught.value.failure


def body_of(inside: bytes) -> bytes:
    """A .docx with this inside its body."""
    frame = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    body = frame + b"<w:body>" + inside + b"</w:body></w:document>"
    return changed_docx(drop="word/document.xml", add={"word/document.xml": body})


def test_an_endless_child_is_ended_in_time(tmp_path):
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass"
    began = time.monotonic()
    failure = failure_of(b"", limits=ReadingLimits(seconds=0.5), child=_script(tmp_path, deaf))
    assert failure == ReadingFailure.TIME
    assert time.monotonic() - began < 5


def test_a_file_that_takes_too_long_is_given_up():
    content = body_of(b"<w:p/>" * 10_000_000)
    assert failure_of(content, limits=ReadingLimits(seconds=0.5)) == ReadingFailure.TIME


def test_a_file_that_wants_too_much_memory_is_given_up():
    # A tag must be held whole to be read: 20 MB of it pack into a thousandth.
    patient = ReadingLimits(seconds=60)
    content = body_of(b'<w:p x="' + b"x" * 20_000_000 + b'"/>')
    assert failure_of(content, limits=patient) == ReadingFailure.MEMORY
    # Where our own bounds are too wide, the system's holds.
    narrow = ReadingLimits(seconds=60, memory=40_000_000)
    content = body_of(b'<w:p x="' + b"x" * 12_000_000 + b'"/>')
    assert failure_of(content, limits=narrow) == ReadingFailure.MEMORY


@pytest.mark.parametrize(
    "words",
    [
        "import os; os.abort()",
        "import sys; sys.exit(3)",
        "",
        "print('{}')",
        "print('[]')",
        "print('{\"lines\": 7}')",
        'print(\'{"failed": "somehow"}\')',
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_child_that_falls_is_told_from_one_that_answers(tmp_path, words):
    assert failure_of(b"", child=_script(tmp_path, words)) == ReadingFailure.CRASHED


ENTITIES = b"""<!DOCTYPE w [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize(
    "content",
    [
        b"not a zip",
        zip_of({"word/document.xml": b"<w/>"}),
        body_of(b"<w:p>"),
        body_of(b"\xff\xfe"),
        changed_docx(drop="word/document.xml", add={"word/document.xml": ENTITIES + b"<w>&b;</w>"}),
        changed_docx(types=lambda text: ENTITIES.decode() + text.split("?>")[1]),
        body_of(b"<w:p>" * 2000 + b"</w:p>" * 2000),
    ],
    ids=["zip", "types", "open", "bytes", "entities", "entities in types", "deep"],
)
def test_a_broken_file_is_damaged(content):
    assert failure_of(content) == ReadingFailure.DAMAGED


def test_far_too_much_text_is_refused():
    content = body_of(b"<w:p><w:r><w:t>" + b"words " * 200_000 + b"</w:t></w:r></w:p>")
    assert failure_of(content) == ReadingFailure.TOO_LONG


@pytest.mark.parametrize("seed", range(30))
def test_a_file_with_broken_bytes_never_crashes_the_reader(seed):
    dice = random.Random(seed)
    content = bytearray(changed_docx())
    for _ in range(20):
        content[dice.randrange(len(content))] = dice.randrange(256)
    with contextlib.suppress(Refused, *BROKEN):
        read_lines(io.BytesIO(content))


def test_a_large_file_with_pictures_is_read():
    content = sample_document("docx", size=20 * 1024 * 1024)
    assert inspect_document(io.BytesIO(content), name="order.docx").size == len(content)
    assert "ORDER APPOINTING A DEPUTY" in read_word_text(io.BytesIO(content))


def test_the_child_sees_no_environment_and_imports_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    told = (
        "import json, os, sys\n"
        "seen = [name for name in os.environ if name != 'LC_CTYPE']\n"
        "seen += [path for path in sys.path if 'site-packages' in path]\n"
        "print(json.dumps({'lines': seen}))"
    )
    assert read_word_text(io.BytesIO(), child=_script(tmp_path, told)) == []
    source = CHILD.read_text()
    assert "django" not in source
    assert "from filestore" not in source


def test_the_limits_are_those_that_were_asked_for():
    assert (LIMITS.seconds, LIMITS.memory) == (10, 256 * 1024 * 1024)
    asked = (
        f"import sys; sys.path.insert(0, {str(CHILD.parent)!r})\n"
        "import resource, word_reading_child\n"
        "word_reading_child.limit(268435456, 12)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU))"
    )
    command = [sys.executable, "-I", "-S", "-c", asked]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == "(268435456, 268435456) (12, 12)\n"
