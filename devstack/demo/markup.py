"""A page's HTML as a tree that can be asked for tags and words. What a page means is in page.py."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Self

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_UNREAD = {"script", "style", "template"}


class Element:
    """One element: its tag, its attributes and what lies inside."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Self | None = None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Self | str] = []

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute; one without a value, like `checked`, is there as ""."""
        return self.attributes.get(name, otherwise)

    def all(self, *tags: str) -> Iterator[Self]:
        """Every element inside with one of these tags, in the order of the page."""
        for child in self.children:
            if not isinstance(child, str):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def with_class(self, name: str) -> Iterator[Self]:
        """Every element inside that carries this class."""
        for child in self.children:
            if not isinstance(child, str):
                if name in child.get("class").split():
                    yield child
                yield from child.with_class(name)

    def around(self, tag: str) -> Self | None:
        """The nearest element with this tag that this one lies in."""
        found = self.parent
        while found is not None and found.tag != tag:
            found = found.parent
        return found

    @property
    def words(self) -> str:
        """All that a screen reader would read, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag == "br":
                yield " "
            elif child.tag not in _UNREAD:
                yield from child._texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in _VOID:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        closed = self._open if self._open.tag == tag else self._open.around(tag)
        if closed is not None and closed.parent is not None:
            self._open = closed.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


def read_markup(html: str) -> Element:
    """The page as a tree, forgiving as a browser is."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
