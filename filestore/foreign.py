"""What has no place in any document: programs, archives and web pages, found by their bytes.

Every pattern is long enough, or proved by what it points to, that 20 MB of pictures do not hold
it by chance.
"""

import re
import struct

from filestore.errors import ProgramHidden, SomethingAppended, TwoKindsInOne

# How files of other kinds begin, in words that follow "is" or "has".
KINDS = {
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"\xca\xfe\xba\xbe": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"#!": "a program",
    b"L\x00\x00\x00\x01\x14\x02\x00": "a Windows shortcut",
    b"PK": "a ZIP file",
    b"Rar!\x1a\x07": "an archive",
    b"7z\xbc\xaf\x27\x1c": "an archive",
    b"MSCF\x00\x00\x00\x00": "an archive",
    b"\x1f\x8b": "an archive",
    b"BZh": "an archive",
    b"{\\rtf": "a rich text (RTF) file",
    b"MIME-Version:": "a web page or email",
    b"GIF8": "a GIF picture",
    b"BM": "a bitmap picture",
    b"RIFF": "a sound, film or WebP file",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture",
    b"II+\x00": "a TIFF of the large kind (BigTIFF)",
    b"MM\x00+": "a TIFF of the large kind (BigTIFF)",
    b"%!PS": "a PostScript file",
    b"<?php": "a program",
    b"<?xml": "an XML file",
    b"<": "a web page",
    b"WordPro": "a file of another word processor",
    b"X5O!P%@AP": "a test of the virus scanner",
}

# Found as they are, then held to a pattern: a search for all patterns at once takes seconds.
_SHORTCUT = b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00"
_SURE: tuple[tuple[bytes, bytes, str], ...] = (
    (b"\x7fELF", rb"[\x01\x02][\x01\x02]\x01[\x00-\x12]\x00", "a program"),
    (b"This program cannot be run in ", b"", "a program"),
    (b"This program must be run under ", b"", "a program"),
    (b"\xca\xfe\xba\xbe\x00\x00\x00", rb"[\x2d-\x50]\x00", "a program"),
    (b"\xfa\xed\xfe\x07", rb"\x00\x00[\x00\x01]", "a program"),
    (b"\xfa\xed\xfe\x0c", rb"\x00\x00[\x00\x01]", "a program"),
    (b"#!/bin/", rb"[ -~]{2,64}[\r\n]", "a program"),
    (b"#!/usr/", rb"[ -~]{2,64}[\r\n]", "a program"),
    (b"#! /", rb"(?:bin|usr)/[ -~]{2,64}[\r\n]", "a program"),
    (b"Rar!\x1a\x07", rb"[\x00\x01]", "an archive"),
    (b"7z\xbc\xaf\x27\x1c\x00", rb"[\x00-\x09]", "an archive"),
    (b"MSCF\x00\x00\x00\x00", rb"(?s:.{4})\x00\x00\x00\x00", "an archive"),
    (_SHORTCUT, b"", "a shortcut"),
)
_MOST_TRIES = 1_000  # places that begin like a program; a document has none, or one by chance
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How a part of a page begins that a browser would run or show.
_PAGE = re.compile(
    # Four bytes such as "<?=$" stand in one photograph of a hundred by chance; twelve more do not.
    rb"<(?=[?a-z!%])(?:\?php|\?=[ -~\s]{12}|script|html|!doctype html|iframe|body[ >]|svg[ >]"
    rb"|%@ page|object |embed |img (?:src|on)|hta:)"
)
_WINDOWS = re.compile(rb"MZ(?=(?s:.{58}).[\x00-\x10]\x00\x00)", re.DOTALL)
_FARTHEST_HEADER = 4096  # where a Windows program's second header may begin
_END_OF_ZIP = b"PK\x05\x06"
_LONGEST_COMMENT = 0xFFFF
_PADDING = b"\x00\xff\r\n\t \x1a"
_ENDS = (b"%PDF-", b"PK\x03\x04")


def name_kind(head: bytes) -> str:
    """Say in words what begins like this, "" where that is not known."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = plain[:16].lower()
    for start, words in KINDS.items():
        if plain.startswith(start) or lower.startswith(start.lower()):
            return words
    return ""


def refuse_programs(content: bytes, *, is_compound: bool = False) -> None:
    """Raise `ProgramHidden` where a program, an archive or an Office file stands in the bytes.

    A compound file (.doc) is allowed to begin as one.
    """
    for start, rest, words in _SURE:
        if _stands(content, start, re.compile(rest)):
            raise ProgramHidden(words)
    if content.find(_COMPOUND, 1 if is_compound else 0) >= 0:
        raise ProgramHidden("another Office file")
    for tried, found in enumerate(_WINDOWS.finditer(content)):
        if tried > _MOST_TRIES or _is_windows_program(content, found.start()):
            raise ProgramHidden("a program")


def _stands(content: bytes, start: bytes, rest: re.Pattern[bytes]) -> bool:
    at = content.find(start)
    for _ in range(_MOST_TRIES):
        if at < 0:
            return False
        if rest.match(content, at + len(start)):
            return True
        at = content.find(start, at + 1)
    return True


def _is_windows_program(content: bytes, at: int) -> bool:
    """Follow the first header to the second: two letters alone prove nothing."""
    if at + 64 > len(content):
        return False
    second = struct.unpack_from("<I", content, at + 60)[0]
    if not 4 <= second <= _FARTHEST_HEADER:
        return False
    mark = content[at + second : at + second + 4]
    return mark == b"PE\x00\x00" or mark[:2] in {b"NE", b"LE", b"LX"} and mark[2:] != b""


def refuse_pages(content: bytes, start: int = 0, end: int | None = None) -> None:
    """Raise `TwoKindsInOne` where a browser or a web server would find a page to run."""
    # Small letters first: a pattern for both kinds is ten times as slow.
    part = content[start:end].lower()
    if _PAGE.search(part) or b"javascript:" in part or b"mime-version: 1." in part:
        raise TwoKindsInOne("a web page or script")


def refuse_zip_at_end(content: bytes) -> None:
    """Raise `TwoKindsInOne` where the end of the file is that of a zip, as Java and Windows look.

    The end record says how long its comment is: it counts where that reaches about to the end.
    """
    start = max(0, len(content) - 22 - _LONGEST_COMMENT)
    at = content.find(_END_OF_ZIP, start)
    while at >= 0:
        if at + 22 <= len(content) and _is_zip_end(content, at):
            raise TwoKindsInOne("a ZIP file")
        at = content.find(_END_OF_ZIP, at + 1)


def _is_zip_end(content: bytes, at: int) -> bool:
    disk, start_disk, here, entries, size, _place, comment = struct.unpack_from(
        "<HHHHIIH", content, at + 4
    )
    if disk or start_disk or here != entries:
        return False
    directory = at - size
    is_there = directory >= 0 and content[directory : directory + 4] == b"PK\x01\x02"
    return is_there or at + 22 + comment == len(content)


def refuse_tail(tail: bytes) -> None:
    """Raise `SomethingAppended` or `TwoKindsInOne` where more than padding follows the end."""
    # Padding is of one mind: a few bytes of any kind, or many of the same few kinds.
    rest = tail.strip(_PADDING)
    if not rest:
        return
    refuse_zip_at_end(tail)
    refuse_programs(rest)
    refuse_pages(rest)
    for start in _ENDS:
        if start in rest:
            raise TwoKindsInOne("a PDF" if start == b"%PDF-" else "a ZIP file")
    raise SomethingAppended
