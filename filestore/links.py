"""Where a link in a document leads: to a page or an address, or to a program or a folder."""

import re
from urllib.parse import unquote

# Of any other, a click may run something, open a file, or give a password's hash to a listener.
_SAFE = frozenset(("http", "https", "mailto", "tel", "sms", "callto", "sip", "sips", "ftp", "ftps"))
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PORT = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}:\d{1,5}(?:[/?#]|\Z)", re.IGNORECASE)
_PROGRAM = re.compile(
    r"\.(?:exe|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|scr|pif|lnk|url|msi|dll|cpl|jar|reg|inf"
    r"|docm|dotm|xlsm|xlam|iso|img|vhdx?|chm|sh|py|scf|library-ms|settingcontent-ms|appref-ms)$",
    re.IGNORECASE,
)
# A page or an address of email that somebody typed without what belongs before it.
_SITE = re.compile(r"(?:[\w.+-]+@)?(?:[a-z0-9-]+\.)+com", re.IGNORECASE)
# Programs of Windows that are found without a folder before them.
_OF_WINDOWS = re.compile(
    r"(?:chcp|command|diskcomp|diskcopy|doskey|edit|format|graftabl|keyb|loadfix|mode|more|tree"
    r"|win)\.com",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"[\\/]{2}|[a-z][a-z0-9+.-]+:|\\\\", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def is_unsafe_link(target: str) -> bool:
    """Whether a link leads to a script, a file of this computer, or a network folder."""
    plain = _plain(target)
    scheme = _SCHEME.match(plain)
    if scheme and scheme[1].lower() not in _SAFE and not _PORT.match(plain):
        return True
    if plain.startswith(("\\", "//", "/\\")):
        return True
    # With an address, the ending says what a server sends; without one, what is opened.
    is_beside = not re.match(r"(?:[a-z]+:|www\.|#)", plain, re.IGNORECASE)
    is_site = _SITE.fullmatch(plain) and not _OF_WINDOWS.fullmatch(plain)
    return is_beside and not is_site and is_program(plain)


def is_program(target: str) -> bool:
    """Whether a file is a program by its ending."""
    return bool(_PROGRAM.search(_plain(target)))


def _plain(target: str) -> str:
    """Without what nobody sees, and with what percent signs spell."""
    return _UNSEEN.sub("", unquote(target))


def is_remote_place(target: str) -> bool:
    """Whether a file lies on another computer: `\\\\server\\share`, `//server`, `https://`."""
    plain = _plain(target)
    if re.match(r"file:/{2,3}(?:localhost/)?[a-z]:[\\/]", plain, re.IGNORECASE):
        return False
    return bool(_REMOTE.match(plain))


def is_local_path(target: str) -> bool:
    """Whether a template lies on a drive of this computer, or beside the file."""
    plain = _plain(target)
    plain = re.sub(r"^file:///(?=[a-z]:)", "", plain, flags=re.IGNORECASE)
    return not is_remote_place(plain) and not plain.startswith(("\\", "/"))
