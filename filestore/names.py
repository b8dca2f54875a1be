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
LONGEST_READ = 2_000  # characters that are looked at for percent signs; the name is refused anyway

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
    shs so u3p vbp vbscript vxd wll xll xbap xnk zsh bash deb pkg ps1xml psc1 psd1 diagcab
    appinstaller appxbundle msix msixbundle search-ms vsto iqy oqy dqy rqy slk"""
_PAGES = "asp aspx cgi htm html jsp mht mhtml php phtml shtml svg swf xht xhtml xml"
_DOCUMENTS = """bmp csv docm dot dotm dotx eml gif heic msg odt pot potm pps ppsm ppt pptm pptx pub
    rtf txt webp xla xlam xls xlsb xlsm xlsx xlt xltm"""
_ARCHIVES = "7z ace arj bz2 cab gz img lzh rar tar tgz vhd vhdx xz zip"

# Endings that are refused in the middle of a name. Only these: "Order v1.2.pdf", "12.03.2019.pdf"
# and "Re smith.com.pdf" are honest names, so an ending must be known to count, and "com" does not.
KNOWN_ENDINGS = frozenset(EXTENSIONS) | frozenset(
    f"{_PROGRAMS} {_PAGES} {_DOCUMENTS} {_ARCHIVES}".split()
)
# Of these, names and words of English.
_WORDS = frozenset(
    {"ace", "bat", "dot", "gadget", "ins", "jar", "job", "lib", "mad"}
    | {"pot", "pub", "reg", "run", "so", "zip"}
)

# What Windows gives to devices, with any ending: https://learn.microsoft.com "Naming Files".
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
# A time of day is none: "12.30: hearing.pdf".
_STREAM = re.compile(r"\.(?!\d{1,2}(?:am|pm)?\s*:\s)[A-Za-z0-9]{1,5}\s*:|::|:\$", re.IGNORECASE)
# Written as numbers, for nobody could tell them apart here either.
_LOOK_ALIKE = frozenset(
    "\u2024\u2025\u3002\uff0e\ufe52\uff61\u0701\u0702\ua4f8\U00010a50"
    "\uff0f\u2044\u2215\u29f8\u2571\uff3c\ufe68\u29f5\u29f9\u2216"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Join or part two letters or pictures: a family, Persian, Hindi. What `tidy_name` keeps has none.
_JOINERS = frozenset("\u200c\u200d")
# Letters without ink, which Unicode does not count among the invisible.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")


def check_name(name: str) -> None:
    """Refuse a name that pretends to be another one, also where it is percent-encoded.

    The name is as it was sent. Raises `NameIsPath`, `NameHidesSomething`, `NameLooksAlike`,
    `NameOfStream`, `NameIsReserved`, `NameEndsBadly`, and as `read_extension` for what hides behind
    percent signs.
    """
    _check_letters(name)
    decoded = _decode(name)
    if decoded != name:
        _check_letters(decoded)
        # "Court%20order.pdf" is what a browser saves; "order%2Eexe.pdf" hides a full stop.
        _check_endings(tidy_name(decoded))
    if name.strip() and (name != name.rstrip(" .") or name.rstrip() != name):
        raise NameEndsBadly


def _decode(name: str) -> str:
    """What percent signs spell, however often they were spelled with percent signs themselves."""
    decoded = name[:LONGEST_READ]
    while (once_more := unquote(decoded)) != decoded:
        decoded = once_more
    return decoded if decoded != name[:LONGEST_READ] else name


def _check_letters(name: str) -> None:
    for at, letter in enumerate(name):
        is_hidden = unicodedata.category(letter) in _INVISIBLE or letter in _BLANK
        if is_hidden and not _is_honest_joiner(name, at):
            raise NameHidesSomething
    if re.search(r"[/\\]|^[A-Za-z]:", name):
        raise NameIsPath
    if not _LOOK_ALIKE.isdisjoint(name):
        raise NameLooksAlike
    if _STREAM.search(name):
        raise NameOfStream
    if _RESERVED.match(name.strip()):
        raise NameIsReserved


def _is_honest_joiner(name: str, at: int) -> bool:
    """Whether it stands between two letters of a script that needs it, or two pictures."""
    around = name[at - 1 : at] + name[at + 1 : at + 2]
    # Latin, Greek and Cyrillic need none; of these scripts are all file endings.
    return (
        name[at] in _JOINERS
        and len(around) == 2
        and all(ord(c) >= 0x0590 and unicodedata.category(c)[0] in "LMS" for c in around)
        and _BLANK.isdisjoint(around)
    )


def _check_endings(tidy: str) -> None:
    _stem, *endings = tidy.lower().split(".")
    # An ending follows its dot at once: "Mr. Z. Smith.pdf" has none in the middle.
    *inner, last = endings or [""]
    for at, part in enumerate(inner, 1):
        ending = part.rstrip()
        # Right before the last one any ending counts; before that one that also is a word may
        # be a name: "Mr.Reg.Smith.pdf".
        if ending in KNOWN_ENDINGS and (at == len(inner) or ending not in _WORDS):
            raise _double(ending, last)


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
    _check_endings(tidy)
    *inner, last = endings
    if last not in EXTENSIONS:
        raise TypeRefused
    if not any(map(str.strip, [stem, *inner])):
        raise NameMissing
    return EXTENSIONS[last]
