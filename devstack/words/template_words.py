"""The messages in a Django template: its text, with {name} for variables. Pure.

Where a sentence has several forms, they stand in brackets: "[one | the other]".
"""

import re
from html.parser import HTMLParser

from devstack.words import message
from devstack.words.message import Kind, Message, tidy, unique

COMMENT = re.compile(r"{%-?\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->", re.S)
# A word for the style sheet stands in this block.
WIDTH = re.compile(r"{% block width %}\w*\S+{% endblock %}")
TAG = re.compile(r"{%\s*(\w+)(.*?)%}", re.S)
PLURAL = re.compile(r"{{[^}]*\|pluralize\s*}}")
VARIABLE = re.compile(r"{{\s*([\w.]+)[^}]*}}")
IN_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>")
# What an include or a block tag of ours is told to say.
TOLD = re.compile(r'\b(text|title|key|caption|summary|label|action|about)="([^"]+)"')
FORMS = frozenset(("if", "elif", "else", "endif"))
QUOTED = re.compile(r'"([^"]+)"')
SAID_ATTRIBUTES = ("aria-label", "placeholder", "alt", "title")

INLINE = frozenset(("a", "strong", "span", "bdi", "code", "em", "b", "br", "abbr"))
# Never closed, and nothing stands in them.
EMPTY = frozenset(("input", "meta", "link", "hr", "img", "br"))
HEADINGS = frozenset(("h1", "h2", "h3", "caption", "legend", "title"))
LABELS = frozenset(("th", "label", "dt", "option"))
LINKS = frozenset(("button", "a", "summary"))
INCLUDES = {
    "warning_text": message.WARNING,
    "inset": message.INSET,
    "notification_banner": message.BANNER,
    "button": message.LINK,
    "user_button": message.LINK,
    "back_link": message.LINK,
    "panel": message.HEADING,
}


def messages_of(source: str) -> list[Message]:
    """What a template can say, in page order."""
    source = WIDTH.sub("", COMMENT.sub("", source))
    source = PLURAL.sub("[s]", source)
    source = IN_MARKUP.sub(lambda found: TAG.sub(_within_markup, found[0]), source)
    source = VARIABLE.sub(lambda found: "{" + found[1].rpartition(".")[2] + "}", source)
    reader = _Reader()
    reader.feed(TAG.sub(_in_place, source))
    reader.close()
    reader.end()
    return unique(reader.messages)


def _within_markup(found: re.Match[str]) -> str:
    return _form(found[1]) if found[1] in FORMS else ""


def _form(name: str) -> str:
    return {"if": "[", "endif": "]"}.get(name, " | ")


def _in_place(found: re.Match[str]) -> str:
    """What a template tag stands for, as markup that the reader knows."""
    name, rest = str(found[1]), str(found[2]).strip()
    if name in FORMS:
        return _form(name)
    if name == "firstof":
        return _first_of(rest)
    if name == "include":
        return _included(rest)
    if name == "block" and rest in ("heading", "title"):
        return "<h1>"
    if name in ("inset", "endinset", "endblock"):
        return {"inset": "<inset>", "endinset": "</inset>"}.get(name, "</h1>")
    return (
        "".join(f"<said kind='label'>{words}</said>" for _, words in TOLD.findall(rest)) + "<cut>"
    )


def _first_of(rest: str) -> str:
    texts = QUOTED.findall(rest)
    variable = rest.partition(" ")[0].rpartition(".")[2]
    return f"[{{{variable}}} | {texts[0]}]" if texts else ""


def _included(rest: str) -> str:
    path = (QUOTED.findall(rest) or [""])[0]
    name = path.rpartition("/")[2].removesuffix(".html")
    told = [words for _, words in TOLD.findall(rest)]
    said = "".join(f"<said kind='{name}'>{words}</said>" for words in told)
    return said if path.startswith("macros/") or said else f"{{{name}}}"


class _Reader(HTMLParser):
    """Gathers what stands between the borders of blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self._words: list[str] = []
        self._kinds: list[tuple[str, Kind]] = []
        self._aside: tuple[Kind, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins; attributes that are read out are messages too."""
        given = dict(attrs)
        for name, value in given.items():
            if name in SAID_ATTRIBUTES and value and value.strip("{}[]| ").count("{") == 0:
                self._add(message.LABEL, value)
        if tag == "said":
            self._aside = (INCLUDES.get(given.get("kind") or "", message.LABEL), [])
        elif tag not in INLINE:
            self.end()
            if tag not in EMPTY and tag != "cut":
                self._kinds.append((tag, _kind_of(tag)))

    def handle_endtag(self, tag: str) -> None:
        """A block ends."""
        if tag == "said" and self._aside:
            kind, words = self._aside
            self._aside = None
            self._add(kind, "".join(words))
        elif tag not in INLINE and tag != "said":
            self.end()
            if tag in [name for name, _ in self._kinds]:
                while self._kinds.pop()[0] != tag:
                    pass

    def handle_data(self, data: str) -> None:
        """Text, of a block or of what an include is told."""
        (self._aside[1] if self._aside else self._words).append(data)

    def end(self) -> None:
        """What was gathered is one message."""
        self._add(self._kinds[-1][1] if self._kinds else message.TEXT, "".join(self._words))
        self._words = []

    def _add(self, kind: Kind, words: str) -> None:
        words = _balanced(tidy(words))
        # Placeholders alone say nothing.
        if re.search(r"[A-Za-z]{2}", re.sub(r"{\w+}", "", words)) and '="' not in words:
            self.messages.append(Message(kind, words))


def _kind_of(tag: str) -> Kind:
    if tag in HEADINGS:
        return message.HEADING
    if tag in LABELS:
        return message.LABEL
    if tag == "inset":
        return message.INSET
    return message.LINK if tag in LINKS else message.TEXT


def _balanced(words: str) -> str:
    """Brackets whose other half stands in another block are taken away."""
    while (trimmed := tidy(re.sub(r"^[\]|\s]+|[\[|\s]+$|\[\s*\|?\s*\]", "", words))) != words:
        words = trimmed
    if words.count("[") != words.count("]"):
        words = tidy(re.sub(r"[\[\]]", "", words))
    return words
