"""File names: made plain, and held to one ending. What the content is lives in `inspection`."""

import re
import unicodedata

from filestore.errors import DoubleExtension, NameMissing, NameTooLong, TypeRefused

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
    wsh"""
_PAGES = "asp aspx cgi htm html jsp mht mhtml php phtml shtml svg swf xhtml xml"
_DOCUMENTS = """bmp csv docm dot dotm dotx eml gif heic msg odt pot potm pps ppsm ppt pptm pptx pub
    rtf txt webp xla xlam xls xlsb xlsm xlsx xlt xltm"""
_ARCHIVES = "7z ace arj bz2 cab gz img lzh rar tar tgz vhd vhdx xz zip"

# Endings that are refused in the middle of a name. Only these: "Order v1.2.pdf", "12.03.2019.pdf"
# and "Re smith.com.pdf" are honest names, so an ending must be known to count, and "com" does not.
KNOWN_ENDINGS = frozenset(EXTENSIONS) | frozenset(
    f"{_PROGRAMS} {_PAGES} {_DOCUMENTS} {_ARCHIVES}".split()
)


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
            raise DoubleExtension(part.rstrip(), last)
    if last not in EXTENSIONS:
        raise TypeRefused
    if not any(map(str.strip, [stem, *inner])):
        raise NameMissing
    return EXTENSIONS[last]
