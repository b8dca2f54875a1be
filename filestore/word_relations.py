"""What the parts of a .docx are to each other, and have outside (ECMA-376 part 2, 9.3)."""

from collections import defaultdict

from filestore.errors import (
    FetchesFromOutside,
    FileDamaged,
    MacrosInside,
    ProgramEmbedded,
    UnsafeLink,
)
from filestore.links import is_local_path, is_remote_place, is_unsafe_link

# Kinds of relation, by the last word of their address.
_MACROS = {"vbaproject", "wordvbadata", "attachedtoolbars", "vbaprojectsignature", "extensibility"}
_OBJECTS = {
    *("oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument"),
    *("video", "audio", "media", "xlmacrosheet", "xlintlmacrosheet", "ctrlprop"),
}
_OUTSIDE = {"frame", "externallink", "externallinkpath", "webextensiontaskpanes", "webextension"}
# The name spaces of attributes that name a relation.
_NAMED_BY = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships ",
    "http://purl.oclc.org/ooxml/officeDocument/relationships ",
)
_LINKS = {"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"}


class Relations:
    """All relations of one file, and where they are used; parts come in any order."""

    def __init__(self) -> None:
        # By part: the ids of links, and the ids that something else than a link is shown by.
        self._links: dict[str, set[str]] = defaultdict(set)
        self._used: dict[str, set[str]] = defaultdict(set)

    def add(self, name: str, attributes: dict[str, str]) -> None:
        """One relation, out of the part of this name. Raises for what it fetches or runs."""
        plain = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
        if len(plain) != len(attributes):
            # Two that differ by a capital or a name space: readers differ about which counts.
            raise FileDamaged
        kind = plain.get("type", "").rpartition("/")[2].lower()
        is_outside = plain.get("targetmode", "").strip().lower() == "external"
        _check_relation(kind, plain.get("target", ""), is_outside=is_outside)
        if kind == "hyperlink":
            folder, _, file = name.rpartition("_rels/")
            self._links[folder + file.removesuffix(".rels")].add(plain.get("id", ""))

    def use(self, name: str, element: str, attributes: dict[str, str]) -> None:
        """An element of a part, by its name."""
        for key in attributes:
            if key.startswith(_NAMED_BY) and element.rpartition(" ")[2] not in _LINKS:
                self._used[name].add(attributes[key])

    def check(self) -> None:
        """Raise `FetchesFromOutside` where a link is used as a picture or a template."""
        if any(ids & self._used[name] for name, ids in self._links.items()):
            raise FetchesFromOutside


def _check_relation(kind: str, target: str, *, is_outside: bool) -> None:
    if kind in _MACROS:
        raise MacrosInside
    if kind in _OBJECTS:
        raise ProgramEmbedded
    if kind in _OUTSIDE:
        raise FetchesFromOutside
    if kind == "hyperlink":
        if is_unsafe_link(target):
            raise UnsafeLink
    elif kind == "attachedtemplate":
        # Word notes the template a document was made with: one on a drive is fetched from nowhere.
        if not is_local_path(target):
            raise FetchesFromOutside
    elif is_outside or is_remote_place(target):
        raise FetchesFromOutside
