"""Whether an old Word .doc holds together, opens without a password and carries no macros.

It is a compound file: a small file system in sectors (MS-CFB). Only its directory and the first
bytes of the Word stream (MS-DOC, FibBase) are read, by a reader that never follows a chain for
longer than the file could hold it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from filestore.errors import (
    FileDamaged,
    FileEncrypted,
    MacrosInside,
    ProgramEmbedded,
    TypeRefused,
)

MAX_ENTRIES = 20_000
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_LAST_SECTOR = 0xFFFFFFFA  # greater numbers are marks, not sectors
_MINI_SECTOR = 64
_MINI_BELOW = 4096  # streams smaller than this live in the root's stream of mini sectors
_WORD_IDENT = 0xA5EC
_WORD_ENCRYPTED = 0x0100 | 0x8000  # fEncrypted, fObfuscated

_LOCKED = {"encryptedpackage", "encryptioninfo"}
_MACROS = {"macros", "vba", "_vba_project", "_vba_project_cur"}
_PACKED = {"\x01ole10native", "package"}


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
    word = next((e for e in entries if e.name == "WordDocument" and e.kind == _STREAM), None)
    if word is None:
        raise TypeRefused
    ident, flags = struct.unpack_from("<H8xH", compound.read_start(word, entries[0], 32))
    if ident != _WORD_IDENT:
        raise FileDamaged
    if flags & _WORD_ENCRYPTED:
        raise FileEncrypted
    if names & _MACROS:
        raise MacrosInside
    if names & _PACKED or any(_is_object(entry) for entry in entries):
        raise ProgramEmbedded


def _is_object(entry: _Entry) -> bool:
    """Tell whether it is an embedded object: Word names their storages `_` and a number."""
    return entry.kind == _STORAGE and entry.name.startswith("_") and entry.name[1:].isdigit()


class _Compound:
    """The sectors of a compound file, read one at a time."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        header = self._read_at(0, 512)
        order, shift, mini_shift = struct.unpack_from("<HHH", header, 28)
        if order != 0xFFFE or shift not in {9, 12} or mini_shift != 6:
            raise FileDamaged
        self._sector = 1 << shift
        self._most = size // self._sector + 1
        self._directory = struct.unpack_from("<I", header, 48)[0]
        first_more = struct.unpack_from("<I", header, 68)[0]
        self._fat = [n for n in struct.unpack_from("<109I", header, 76) if n <= _LAST_SECTOR]
        self._fat += self._read_more_fat(first_more)

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
        offset = entry.start * _MINI_SECTOR
        for at, sector in enumerate(self._chain(root.start)):
            if at == offset // self._sector:
                return self._read_sector(sector)[offset % self._sector :][:count]
        raise FileDamaged

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
            table, at = divmod(sector, self._sector // 4)
            start = (self._fat[table] + 1) * self._sector + at * 4
            sector = struct.unpack("<I", self._read_at(start, 4))[0]
        raise FileDamaged

    def _read_sector(self, number: int) -> bytes:
        return self._read_at((number + 1) * self._sector, self._sector)

    def _read_at(self, position: int, count: int) -> bytes:
        self._file.seek(position)
        content = self._file.read(count)
        if len(content) != count:
            raise FileDamaged
        return content
