"""The catalogue: every page in every state, how it is reached and what it must say."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import FilePayload, Page

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """One page in one state.

    `path`: names in braces are states of the stage. `who`: a role, or "" for nobody. `acts`: what
    is done after the page has opened, in order. `heading`: the h1 in the end. `status`: what the
    last page answers with. `has_errors`: it ends with a summary of errors.
    """

    name: str
    path: str
    heading: str
    who: str = "manager"
    acts: tuple[Act, ...] = field(default=())
    status: int = 200
    has_errors: bool = False


def press(button: str) -> Act:
    """A button, by its words."""
    return lambda page: page.get_by_role("button", name=button, exact=True).first.click()


def follow(link: str) -> Act:
    """A link, by its words."""
    return lambda page: page.get_by_role("link", name=link, exact=True).first.click()


def fill(label: str, text: str) -> Act:
    """A field, by its label."""
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def choose(label: str) -> Act:
    """A radio button or checkbox, by its label."""
    return lambda page: page.get_by_label(label, exact=True).check()


def attach(label: str, *files: tuple[str, bytes]) -> Act:
    """Files, by the label of the field: (name, content) each."""
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files
    ]
    return lambda page: page.get_by_label(label, exact=True).set_input_files(payloads)
