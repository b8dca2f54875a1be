"""A page as a person meets it: heading, links, tables, and forms found by labels and buttons."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from devstack.demo.markup import Element, read_markup
from devstack.errors import StackTrouble


class UnexpectedPage(StackTrouble):
    """A page is not what a person who was told the labels would expect."""


@dataclass(frozen=True)
class File:
    """A file to upload."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


# A text, the label of a radio button, the boxes of a date by their labels, or files.
Answer = str | Mapping[str, str] | Sequence[File]


@dataclass
class Control:
    """One input of a form. `group` is the legend around it, "" where there is none."""

    name: str
    kind: str
    label: str
    group: str
    value: str
    is_checked: bool
    files: list[File] = field(default_factory=list)

    @property
    def is_sent(self) -> bool:
        """Whether a browser would send it; files go apart."""
        if self.kind in {"radio", "checkbox"}:
            return self.is_checked
        return self.kind != "file"


class Form:
    """A form with what stands in it; `fill` by label, then send `values` and `files`."""

    def __init__(self, element: Element, labels: Mapping[str, str], page: str) -> None:
        self.method = element.get("method", "get").lower()
        self.action = element.get("action")
        self.page = page
        self._buttons = list(element.all("button"))
        self._controls = [
            _control(each, labels)
            for each in element.all("input")
            if each.get("name") and "disabled" not in each.attributes
        ]

    def has_button(self, words: str) -> bool:
        return any(button.words == words for button in self._buttons)

    def fill(self, label: str, answer: Answer) -> None:
        """Type, choose or attach. Raises `UnexpectedPage` where no such field is there."""
        if isinstance(answer, Mapping):
            for box, text in answer.items():
                self._one(group=label, label=box, kind="text").value = text
        elif not isinstance(answer, str):
            self._one(label=label, kind="file").files = list(answer)
        elif any(each.kind == "radio" and each.group == label for each in self._controls):
            self._choose(self._one(group=label, label=answer, kind="radio"))
        else:
            self._one(label=label).value = answer

    def values(self, button: str) -> list[tuple[str, str]]:
        """The names and values that pressing the button sends."""
        sent = [(each.name, each.value) for each in self._controls if each.is_sent]
        pressed = next(each for each in self._buttons if each.words == button)
        if pressed.get("name"):
            sent.append((pressed.get("name"), pressed.get("value")))
        return sent

    def files(self) -> list[tuple[str, File]]:
        """The attached files under the names of their fields."""
        return [(each.name, file) for each in self._controls for file in each.files]

    def _one(self, *, label: str, group: str | None = None, kind: str = "") -> Control:
        found = [
            each
            for each in self._controls
            if each.label == label
            and (group is None or each.group == group)
            and (not kind or each.kind == kind)
        ]
        if len(found) != 1:
            name = f"{group}: {label}" if group else label
            raise UnexpectedPage(f"{self.page} has {len(found) or 'no'} fields “{name}”.")
        return found[0]

    def _choose(self, chosen: Control) -> None:
        for each in self._controls:
            if each.name == chosen.name:
                each.is_checked = each is chosen


class Page:
    """One answer of the service, read."""

    def __init__(self, *, url: str, html: str) -> None:
        self.url = url
        self._root = read_markup(html)
        self._labels = {each.get("for"): each.words for each in self._root.all("label")}

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def heading(self) -> str:
        return next((each.words for each in self._root.all("h1")), "")

    @property
    def words(self) -> str:
        """Everything between the header and the footer."""
        return next((each.words for each in self._root.all("main")), "")

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        summaries = self._root.with_class("govuk-error-summary")
        return [item.words for summary in summaries for item in summary.all("li")]

    @property
    def name(self) -> str:
        """For sentences about this page."""
        return f"The page “{self.heading}” ({self.path})"

    def link(self, words: str) -> str:
        """Where the link with these words leads. Raises `UnexpectedPage` where there is none."""
        found = {each.get("href") for each in self._root.all("a") if each.words == words}
        if len(found) != 1:
            raise UnexpectedPage(f"{self.name} has {len(found) or 'no'} links “{words}”.")
        return found.pop()

    def link_words(self) -> list[str]:
        """The words of every link."""
        return [each.words for each in self._root.all("a")]

    def rows(self) -> list[dict[str, str]]:
        """The rows of the page's table by its headings; under "" where the row's link leads."""
        headings = [each.words for each in self._root.all("th")]
        found = []
        for row in self._root.all("tr"):
            cells = [each.words for each in row.all("td")]
            if cells:
                link = next((each.get("href") for each in row.all("a")), "")
                found.append({**dict(zip(headings, cells, strict=True)), "": link})
        return found

    def form(self, button: str) -> Form:
        """The form with this button. Raises `UnexpectedPage` where there is none."""
        forms = [Form(each, self._labels, self.name) for each in self._root.all("form")]
        found = [each for each in forms if each.has_button(button)]
        if len(found) != 1:
            raise UnexpectedPage(f"{self.name} has {len(found) or 'no'} buttons “{button}”.")
        return found[0]


def _control(element: Element, labels: Mapping[str, str]) -> Control:
    fieldset = element.around("fieldset")
    legends = fieldset.all("legend") if fieldset is not None else iter(())
    return Control(
        name=element.get("name"),
        kind=element.get("type", "text"),
        label=labels.get(element.get("id"), ""),
        group=next((each.words for each in legends), ""),
        value=element.get("value"),
        is_checked="checked" in element.attributes,
    )
