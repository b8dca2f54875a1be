"""GOV.UK Frontend's own component fixtures, and how a piece of a page is held against one."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag

from govuk.forms import GovukForm


@cache
def _published() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "components.json").read_text())


def options_of(component: str, name: str) -> dict[str, Any]:
    """What the fixture was made from."""
    return _published()[component][name]["options"]


def html_of(component: str, name: str) -> str:
    """The fixture's HTML. A field's name is its id there, as it is in the forms of these tests."""
    fixture = _published()[component][name]
    html, options = fixture["html"], fixture["options"]
    if "id" in options and "name" in options:
        html = html.replace(f'name="{options["name"]}"', f'name="{options["id"]}"')
    return html


def tree(html: str) -> list[Any]:
    """The HTML as nested lists: space between tags and the order of attributes do not count."""
    return _branch(BeautifulSoup(html, "html.parser"))


def _branch(node: Tag) -> list[Any]:
    found: list[Any] = []
    for child in node.children:
        if isinstance(child, NavigableString):
            if text := " ".join(child.split()):
                found.append(text)
        elif isinstance(child, Tag):
            attributes = {
                name: sorted(value) if isinstance(value, list) else value
                for name, value in child.attrs.items()
            }
            found.append([child.name, attributes, _branch(child)])
    return found


def drawn(field_class, options, **keywords):
    """The field of a form as the options of a published component ask for it."""
    name = options.get("idPrefix") or options.get("id") or options["name"]
    title = options.get("label") or options["fieldset"]["legend"]
    error = options.get("errorMessage", {}).get("text", "")
    field = field_class(
        label=title["text"],
        hint=options.get("hint", {}).get("text", ""),
        is_heading=title.get("isPageHeading", False),
        size="l" if title.get("isPageHeading") else None,
        missing=error,
        **keywords,
    )
    form_class = type("OneFieldForm", (GovukForm,), {name: field})
    initial = {name: options["value"]} if "value" in options else keywords.get("initial", {})
    form = form_class({} if error else None, {} if error else None, auto_id="%s", initial=initial)
    return tree(str(form[name]))


def items_of(options):
    items = options.get("items", [])
    choices = [(str(item["value"]), item["text"]) for item in items]
    hints = {str(item["value"]): item["hint"]["text"] for item in items if "hint" in item}
    return choices, hints
