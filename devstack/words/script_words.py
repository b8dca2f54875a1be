"""The messages in a script of ours: its texts that are words for people. Pure."""

import re

from devstack.words import message
from devstack.words.message import Message, is_prose, tidy, unique

LINE_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))//[^\n]*")
# A text, or several with something between: 'You can select ' + most + ' files'.
TEXT = r"'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`"
PIECES = re.compile(rf"(?:{TEXT})|([\w.\[\]]+)")
JOINED = re.compile(rf"(?:(?:{TEXT})|[\w.\[\]]+)(?:\s*\+\s*(?:(?:{TEXT})|[\w.\[\]]+))*")
FILLED = re.compile(r"\$\{([^}]*)\}")
SELECTOR = re.compile(r"^[.#\[]|\[data-|\binput\b|:not|^[a-z]+$|, \.|^main ")


def messages_of(source: str) -> list[Message]:
    """What a script can say, in the order of its code."""
    source = LINE_COMMENT.sub("", source)
    found = [
        _words(joined[0])
        for joined in JOINED.finditer(source)
        if "'" in joined[0] or "`" in joined[0]
    ]
    return unique([Message(message.SCRIPT, words) for words in found if _is_said(words)])


def _is_said(words: str) -> bool:
    return is_prose(words) and not SELECTOR.search(words)


def _words(joined: str) -> str:
    said = []
    for plain, template, name in PIECES.findall(joined):
        if name:
            said.append("{" + name.rpartition(".")[2] + "}")
        else:
            said.append(FILLED.sub(lambda found: "{" + found[1] + "}", plain or template))
    return tidy("".join(said).replace("\\'", "'"))
