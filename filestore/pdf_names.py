"""Which names in a PDF say that it runs, fetches, hides or locks something, and where they do.

What a viewer does when a file is opened, or a link is used, is an action (ISO 32000-1, 12.6).
A name counts wherever it stands, unless its place proves that it means something else: the name
of a font or of a picture, or the value of a choice.
"""

from collections.abc import Callable

from filestore.errors import (
    ActionInside,
    FileEncrypted,
    FileRejected,
    MediaInside,
    ProgramEmbedded,
    ScriptInside,
)
from filestore.pdf_values import Name, Place, Reference, Value

# Wherever they stand.
_ALWAYS: dict[bytes, type[FileRejected]] = {
    **dict.fromkeys((b"JavaScript", b"XFA"), ScriptInside),
    **dict.fromkeys((b"Launch", b"GoToE", b"SubmitForm", b"ImportData"), ActionInside),
    **dict.fromkeys((b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment"), ProgramEmbedded),
    **dict.fromkeys((b"RichMedia", b"RichMediaExecute"), MediaInside),
    **dict.fromkeys((b"RichMediaSettings", b"RichMediaContent"), MediaInside),
}
# Words that also name other things: they count as the kind of an action, note or object.
_KINDS: dict[bytes, type[FileRejected]] = {
    **dict.fromkeys((b"Movie", b"Sound", b"3D", b"GoTo3DView"), MediaInside),
    **dict.fromkeys((b"Rendition", b"Screen"), MediaInside),
    # A drawing that is a program of its own, which printers run.
    b"PS": ScriptInside,
}
# Words that count as keys alone: what follows must be a dictionary, a string or a reference.
_KEYS: dict[bytes, type[FileRejected]] = {
    b"JS": ScriptInside,
    b"EF": ProgramEmbedded,
    b"Collection": ProgramEmbedded,
    b"Encrypt": FileEncrypted,
}
REFUSALS = {**_ALWAYS, **_KINDS, **_KEYS}

# Below these, a name is what somebody called a font, a picture or a colour.
_RESOURCES = {b"Font", b"XObject", b"ExtGState", b"ColorSpace", b"Pattern", b"Shading"}
_RESOURCES |= {b"Properties"}
_LOOKS = {b"N", b"R", b"D"}  # how a field looks, below /AP: a picture for each of its values
_CHOICES = {b"V", b"DV", b"AS"}
_KIND_OF = {b"S", b"Subtype", b"Type"}


def harm_of(place: Place, is_picture: Callable[[Value], bool]) -> type[FileRejected] | None:
    """What is wrong with a name in this place. `is_picture` tells what a reference leads to."""
    word, nearest = place.word, place.keys[-1:] or (b"",)
    if not place.is_key:
        if word in _KINDS and nearest[0] not in _KIND_OF | {b""}:
            return None
        return None if nearest[0] in _CHOICES or word in _KEYS else REFUSALS.get(word)
    if word in _KINDS or _is_called_so(place):
        return None
    if word in _KEYS:
        value = place.value
        if value is None or isinstance(value, Name):
            return None
        # The looks of a field may stand in an object of their own.
        if word in {b"JS", b"EF"} and isinstance(value, Reference) and is_picture(value):
            return None
    return REFUSALS.get(word)


def _is_called_so(place: Place) -> bool:
    nearest, above = place.keys[-1:], place.keys[-2:-1]
    if nearest and nearest[0] in _RESOURCES:
        return True
    return above == (b"AP",) and nearest[0] in _LOOKS
