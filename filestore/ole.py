"""Whether an old Word .doc holds together, opens without a password and carries no macros.

It is a compound file: a small file system in sectors (MS-CFB). Its directory is read, and the Word
stream (MS-DOC): its first bytes; the codes of its fields are read by `word_pieces`. A chain of
sectors is never followed for longer than the file could hold it.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from filestore.errors import (
    AnotherKind,
    CannotBeChecked,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    MacrosInside,
    OldWord,
    ProgramEmbedded,
    RunsInCircles,
    SomethingAppended,
    TemplateRefused,
    TypeRefused,
)
from filestore.foreign import refuse_pages, refuse_programs, refuse_zip_at_end
from filestore.word_pieces import check_codes, check_pieces, check_template, table_name

MAX_ENTRIES = 20_000
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_LAST_SECTOR = 0xFFFFFFFA  # greater numbers are marks, not sectors
_MINI_SECTOR = 64
_MINI_BELOW = 4096  # streams smaller than this live in the root's stream of mini sectors
_WORD_IDENT = 0xA5EC
_OLD_WORD_IDENT = 0xA5DC  # of Word 6 and 95
_WORD_ENCRYPTED = 0x0100 | 0x8000  # fEncrypted, fObfuscated

_TABLES = ("0table", "1table")
_LOCKED = {"encryptedpackage", "encryptioninfo"}
_WORD_TEMPLATE = 0x0001  # fDot
_MACROS = {
    *("macros", "vba", "_vba_project", "_vba_project_cur", "projectwm", "wordmacros"),
    *("__srp_0", "__srp_1", "vbaproject.bin"),
}
_PACKED = {
    *("\x01ole10native", "package", "\x03objinfo", "\x03ole", "\x03link", "embeddedodf"),
    *("\x03ocxname", "\x03ocxdata", "\x01ole10itemname"),
}
# What else a compound file can be, by a stream that only it has.
_OTHERS = {
    "workbook": "an Excel workbook",
    "book": "an Excel workbook",
    "powerpoint document": "a PowerPoint presentation",
    "__properties_version1.0": "an Outlook message",
    "visiodocument": "a Visio drawing",
    "quill": "a Publisher file",
    "equation native": "an equation of Word's, not a document",
    "\x05digitalsignature": "an installer of Windows",
    "\u4840\u3b3f\u43f2\u4438\u45b1": "an installer of Windows",
}


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def check_doc(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for: `TypeRefused` where it is not Word's."""
    compound = _Compound(file, size)
    entries = compound.read_entries()
    names = {entry.name.lower() for entry in entries}
    if names & _LOCKED:
        raise FileEncrypted
    words = _streams(entries, "worddocument")
    if not words:
        found = next((_OTHERS[name] for name in sorted(names) if name in _OTHERS), "")
        raise AnotherKind(found) if found else TypeRefused
    word, *others = words
    _check_first_bytes(compound.read_start(word, entries[0], 32))
    if names & _MACROS:
        raise MacrosInside
    if names & _PACKED or any(_is_object(entry) for entry in entries):
        raise ProgramEmbedded
    for other in others:
        _check_first_bytes(compound.read_start(other, entries[0], 32))
    if others or any(len(_streams(entries, name)) > 1 for name in _TABLES):
        raise CannotBeChecked
    _check_words(compound, word, entries)
    _check_content(file, size, compound)


def _streams(entries: list[_Entry], name: str) -> list[_Entry]:
    """The streams of this name, in whatever storage and letters: compound files know no case.

    A program follows the root's tree, the next one takes the first of the name or walks a tree
    that is out of order: of two streams each may open another. Embedded documents of Word's are
    the honest reason for two, and they are refused for what they are before.
    """
    # Names of Windows' end where their length says, those of other programs at the first null.
    return [e for e in entries if e.kind == _STREAM and e.name.lower().split("\0")[0] == name]


def _check_words(compound: "_Compound", word: _Entry, entries: list[_Entry]) -> None:
    text = compound.read_stream(word, entries[0])
    check_codes(text)
    for entry in _streams(entries, table_name(text)):
        table = compound.read_stream(entry, entries[0])
        check_template(text, table)
        check_pieces(text, table)


def _check_first_bytes(start: bytes) -> None:
    ident, flags = struct.unpack_from("<H8xH", start)
    if ident == _OLD_WORD_IDENT:
        raise OldWord
    if ident != _WORD_IDENT:
        raise FileDamaged
    if flags & _WORD_ENCRYPTED:
        raise FileEncrypted
    if flags & _WORD_TEMPLATE:
        raise TemplateRefused


def _check_content(file: BinaryIO, size: int, compound: "_Compound") -> None:
    """Look at the bytes: fields that fetch, and what no compound file has in or behind it."""
    file.seek(0)
    content = file.read(size)
    check_codes(content, is_text=False)
    refuse_programs(content, is_compound=True)
    refuse_zip_at_end(content)
    end = compound.end_of_use()
    refuse_pages(content, end)
    if content[end:].strip(b"\x00") and size - end > compound.slack:
        raise SomethingAppended


def _is_object(entry: _Entry) -> bool:
    """Tell whether it is an embedded object: Word names their storages `_` and a number."""
    return entry.kind == _STORAGE and bool(re.fullmatch(r"_\d+|mbd[0-9a-f]+", entry.name.lower()))


def _number_at(table: bytes, at: int) -> int:
    """One of the numbers of four bytes: a file of tables alone would be ten times as long."""
    return int(struct.unpack_from("<I", table, 4 * at)[0])


class _Compound:
    """The sectors of a compound file, read one at a time."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        header = self._read_at(0, 512)
        order, shift, mini_shift = struct.unpack_from("<HHH", header, 28)
        if order != 0xFFFE or shift not in {9, 12} or mini_shift != 6:
            raise FileDamaged
        self._sector: int = 1 << shift
        self._most = size // self._sector + 1
        self._directory = struct.unpack_from("<I", header, 48)[0]
        first_more = struct.unpack_from("<I", header, 68)[0]
        self._fat = [n for n in struct.unpack_from("<109I", header, 76) if n <= _LAST_SECTOR]
        self._fat += self._read_more_fat(first_more)
        self._mini_table = struct.unpack_from("<I", header, 60)[0]
        self._tables: dict[int, bytes] = {}
        self._root: list[int] = []  # the sectors of the stream of mini sectors, once asked for
        self._small = b""  # that stream, once it is asked for
        self._mini = b""
        self.slack = self._sector

    def read_entries(self) -> list[_Entry]:
        """Read the directory, of which the first entry is the root."""
        entries: list[_Entry] = []
        for sector in self._chain(self._directory):
            content = self._read_sector(sector)
            for at in range(0, self._sector, 128):
                if entry := self._read_entry(content[at : at + 128]):
                    entries.append(entry)
            if len(entries) > MAX_ENTRIES:
                raise FileDamaged
        if not entries or entries[0].kind != _ROOT:
            raise FileDamaged
        return entries

    def read_start(self, entry: _Entry, root: _Entry, count: int) -> bytes:
        """Read the first bytes of a stream, at most a mini sector of them."""
        if entry.size < count:
            raise FileDamaged
        if entry.size >= _MINI_BELOW:
            return self._read_sector(entry.start)[:count]
        # Followed once: a file has as many small streams as it likes.
        self._root = self._root or list(self._chain(root.start))
        at, offset = divmod(entry.start * _MINI_SECTOR, self._sector)
        if at >= len(self._root):
            raise FileDamaged
        return self._read_sector(self._root[at])[offset:][:count]

    def read_stream(self, entry: _Entry, root: _Entry) -> bytes:
        """Read the whole of a stream; a small one as far as the root's mini sectors go."""
        if entry.size >= _MINI_BELOW:
            return b"".join(map(self._read_sector, self._chain(entry.start)))[: entry.size]
        if not self._small:
            self._small = b"".join(map(self._read_sector, self._chain(root.start)))
            self._mini = b"".join(map(self._read_sector, self._chain(self._mini_table)))
        content, sector = b"", entry.start
        while len(content) < entry.size and sector * _MINI_SECTOR < len(self._small):
            content += self._small[sector * _MINI_SECTOR : (sector + 1) * _MINI_SECTOR]
            # Without a table they follow one another.
            sector = _number_at(self._mini, sector) if self._mini else sector + 1
        return content[: entry.size]

    def end_of_use(self) -> int:
        """Where the last sector ends that the tables do not call free."""
        for number in range(len(self._fat) - 1, -1, -1):
            # What is free is written as four bytes of 0xFF.
            if used := self._read_sector(self._fat[number]).rstrip(b"\xff"):
                last = (len(used) - 1) // 4
                return (number * (self._sector // 4) + last + 2) * self._sector
        return self._sector

    @staticmethod
    def _read_entry(content: bytes) -> _Entry | None:
        length, kind = struct.unpack_from("<HB", content, 64)
        if kind not in {_STORAGE, _STREAM, _ROOT}:
            return None
        if not 2 <= length <= 64:
            raise FileDamaged
        name = content[: length - 2].decode("utf-16-le")
        start, size = struct.unpack_from("<II", content, 116)
        return _Entry(name, kind, start, size)

    def _read_more_fat(self, sector: int) -> list[int]:
        found: list[int] = []
        for _ in range(self._most):
            if sector > _LAST_SECTOR:
                return found
            *numbers, sector = struct.unpack(f"<{self._sector // 4}I", self._read_sector(sector))
            found += [number for number in numbers if number <= _LAST_SECTOR]
            if len(found) > self._most:
                break
        raise FileDamaged

    def _chain(self, sector: int) -> Iterator[int]:
        for _ in range(self._most):
            if sector > _LAST_SECTOR:
                return
            yield sector
            sector = self._next(sector)
        raise RunsInCircles

    def _next(self, sector: int) -> int:
        number, at = divmod(sector, self._sector // 4)
        if number not in self._tables:
            # One table at a time would be read again and again; together they are a file at most.
            self._tables[number] = self._read_sector(self._fat[number])
        return _number_at(self._tables[number], at)

    def _read_sector(self, number: int) -> bytes:
        return self._read_at((number + 1) * self._sector, self._sector)

    def _read_at(self, position: int, count: int) -> bytes:
        self._file.seek(position)
        content = self._file.read(count)
        if len(content) != count:
            raise FileCutShort
        return content
