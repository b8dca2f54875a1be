"""Harmless bytes that look like programs and archives."""
# ruff: noqa: E501

import io
import struct
import zipfile

# Headers as Windows, Linux and others expect them, with nothing to run behind.
EXE = (
    b"MZ".ljust(60, b"\x00")
    + struct.pack("<I", 128)
    + b"\x0e\x1f\xba\x0e\x00\xb4\t\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$".ljust(
        64, b"\x00"
    )
    + b"PE\x00\x00\x4c\x01".ljust(200, b"\x00")
)
# The same without the words that every search knows.
BARE_EXE = (
    b"MZ".ljust(60, b"\x90") + struct.pack("<I", 64) + b"PE\x00\x00\x64\x86".ljust(300, b"\x90")
)
ELF = b"\x7fELF\x02\x01\x01\x00".ljust(16, b"\x00") + struct.pack("<HHI", 2, 62, 1).ljust(
    80, b"\x00"
)
MACHO = b"\xcf\xfa\xed\xfe\x07\x00\x00\x01".ljust(100, b"\x00")
JAVA = b"\xca\xfe\xba\xbe\x00\x00\x00\x34\x00\x1d".ljust(100, b"\x00")
SCRIPT = b"#!/bin/sh\nrm -rf /tmp/nothing\n"
SHORTCUT = bytes.fromhex("4c0000000114020000000000c000000000000046").ljust(100, b"\x00")
RAR = b"Rar!\x1a\x07\x01\x00".ljust(100, b"\x00")
SEVEN = b"7z\xbc\xaf\x27\x1c\x00\x04".ljust(100, b"\x00")
CAB = b"MSCF\x00\x00\x00\x00\x99\x00\x00\x00\x00\x00\x00\x00".ljust(100, b"\x00")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(600, b"\x00")
PROGRAMS = {
    "a program of Windows": EXE,
    "a bare program of Windows": BARE_EXE,
    "a program of Linux": ELF,
    "a program of macOS": MACHO,
    "a class of Java": JAVA,
    "a shell script": SCRIPT,
    "a shortcut": SHORTCUT,
    "a RAR archive": RAR,
    "a 7z archive": SEVEN,
    "a CAB archive": CAB,
    "an Office file": OLE,
}


def zip_of(parts, *, comment=0):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    content = output.getvalue()
    # A comment is announced, and what follows the archive is it.
    return content[:-2] + struct.pack("<H", comment)


def jar():
    return zip_of({"META-INF/MANIFEST.MF": b"Main-Class: A\n", "A.class": JAVA})
