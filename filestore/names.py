"""File names: made plain, and held to one ending. What the content is lives in `inspection`."""

import re
import unicodedata
from urllib.parse import unquote

from filestore.errors import (
    DoubleExtension,
    NameEndsBadly,
    NameHidesSomething,
    NameIsPath,
    NameIsReserved,
    NameLooksAlike,
    NameMissing,
    NameOfStream,
    NameTooLong,
    TypeRefused,
)

MAX_NAME = 255  # characters (behaviour, "Documents")

# An ending as staff may write it, and as we keep it.
EXTENSIONS = {
    "pdf": "pdf",
    "jpg": "jpg",
    "jpeg": "jpg",
    "png": "png",
    "tif": "tiff",
    "tiff": "tiff",
    "doc": "doc",
    "docx": "docx",
}

_PROGRAMS = """apk appref-ms appx bat bin cmd cpl dll dmg elf exe gadget hta inf ins iso jar js jse
    lnk msc msi msp mst pif pl ps1 ps2 psm1 py reg rb scf scr sct sh sys url vb vbe vbs ws wsc wsf
    wsh ade adp chm crt csh hlp htc inx ins ipa isu job jnlp jse ksh ksp library-ms lib mad maf mda
    mdb mde mjs msh mshxml ocx osd paf ppa ppam prg pyc pyw rgs rpm run sct settingcontent-ms shb
    shs so u3p vbp vbscript vxd wll xll xbap xnk zsh bash deb pkg ps1xml psc1 psd1 diagcab"""
_PAGES = "asp aspx cgi htm html jsp mht mhtml php phtml shtml svg swf xhtml xml"
_DOCUMENTS = """bmp csv docm dot dotm dotx eml gif heic msg odt pot potm pps ppsm ppt pptm pptx pub
    rtf txt webp xla xlam xls xlsb xlsm xlsx xlt xltm"""
_ARCHIVES = "7z ace arj bz2 cab gz img lzh rar tar tgz vhd vhdx xz zip"

# Endings that are refused in the middle of a name. Only these: "Order v1.2.pdf", "12.03.2019.pdf"
# and "Re smith.com.pdf" are honest names, so an ending must be known to count, and "com" does not.
KNOWN_ENDINGS = frozenset(EXTENSIONS) | frozenset(
    f"{_PROGRAMS} {_PAGES} {_DOCUMENTS} {_ARCHIVES}".split()
)


# What Windows gives to devices, with any ending: https://learn.microsoft.com "Naming Files".
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
_STREAM = re.compile(r"\.[A-Za-z0-9]{1,5}\s*:|::|:\$")
# Written as numbers, for nobody could tell them apart here either.
_LOOK_ALIKE = frozenset(
    "\u2024\u2025\u3002\uff0e\ufe52\uff61\u0701\u0702\ua4f8\U00010a50"
    "\uff0f\u2044\u2215\u29f8\u2571\uff3c\ufe68\u29f5\u29f9\u2216"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters without ink, which Unicode does not count among the invisible.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")


def check_name(name: str) -> None:
    """Refuse a name that pretends to be another one, also where it is percent-encoded.

    The name is as it was sent. Raises `NameIsPath`, `NameHidesSomething`, `NameLooksAlike`,
    `NameOfStream`, `NameIsReserved`, `NameEndsBadly`, and as `read_extension` for what hides behind
    percent signs.
    """
    _check_letters(name)
    plain, decoded = name, unquote(unquote(name))
    if decoded != plain:
        _check_letters(decoded)
        # "Court%20order.pdf" is what a browser saves; "order%2Eexe.pdf" hides a full stop.
        _check_endings(tidy_name(decoded))
    if name.strip() and (name != name.rstrip(" .") or name.rstrip() != name):
        raise NameEndsBadly


def _check_letters(name: str) -> None:
    if any(unicodedata.category(c) in _INVISIBLE or c in _BLANK for c in name):
        raise NameHidesSomething
    if re.search(r"[/\\]|^[A-Za-z]:", name):
        raise NameIsPath
    if not _LOOK_ALIKE.isdisjoint(name):
        raise NameLooksAlike
    if _STREAM.search(name):
        raise NameOfStream
    if _RESERVED.match(name.strip()):
        raise NameIsReserved


def _check_endings(tidy: str) -> None:
    _stem, *endings = tidy.lower().split(".")
    for part in endings[:-1]:
        if part.strip() in KNOWN_ENDINGS:
            raise _double(part.strip(), endings[-1])


def _double(inner: str, last: str) -> DoubleExtension:
    """The refusal, which never repeats what it does not know."""
    return DoubleExtension(inner, last if last in KNOWN_ENDINGS else "")


def tidy_name(name: str) -> str:
    """Give the name alone: no folders, no control or invisible characters, single spaces.

    Marks that turn the direction of text are dropped, so that the ending a person sees is the
    ending there is. Raises `NameMissing` and `NameTooLong`.
    """
    plain = unicodedata.normalize("NFC", name)
    # Every kind of white space is a space; Cc, Cf, Cs: controls, bidi and zero width, surrogates.
    plain = re.sub(r"\s", " ", plain)
    plain = "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    plain = re.split(r"[/\\]", plain)[-1]
    # A trailing dot or space is dropped by Windows when the file is saved there.
    plain = re.sub(r" +", " ", plain).strip(" ").rstrip(" .")
    if not plain:
        raise NameMissing
    if len(plain) > MAX_NAME:
        raise NameTooLong
    return plain


def read_extension(tidy: str) -> str:
    """Give the ending as we keep it: pdf, jpg, png, tiff, doc or docx.

    Raises `DoubleExtension`, `TypeRefused`, and `NameMissing` where there is an ending alone.
    """
    stem, *endings = tidy.lower().split(".")
    if not endings:
        raise TypeRefused
    *inner, last = endings
    for part in inner:
        # An ending follows its dot at once: "Mr. Z. Smith.pdf" has none in the middle.
        if part.rstrip() in KNOWN_ENDINGS:
            raise _double(part.rstrip(), last)
    if last not in EXTENSIONS:
        raise TypeRefused
    if not any(map(str.strip, [stem, *inner])):
        raise NameMissing
    return EXTENSIONS[last]
