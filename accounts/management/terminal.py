"""Questions that commands ask at a terminal. Where nobody sits there, they say what was missing."""

import sys
from collections.abc import Callable, Sequence
from getpass import getpass

from django.core.management.base import CommandError


def ask(question: str, *, choices: Sequence[str] = ()) -> str:
    """An answer that is not empty and, where there are choices, is one of them.

    Raises `CommandError` when nobody can answer.
    """
    option = "--" + question.lower().removesuffix(" address").replace(" ", "-")
    _need_terminal(f"Give {option}: there is no terminal to ask at.")
    prompt = f"{question} ({', '.join(choices)}): " if choices else f"{question}: "
    while True:
        answer = _answered(input, prompt).strip()
        if answer and (not choices or answer in choices):
            return answer


def ask_new_password() -> str:
    """A password typed twice, unseen. Raises `CommandError` when nobody can answer."""
    _need_terminal("Give --password-stdin: there is no terminal to ask at.")
    while True:
        password = _answered(getpass, "Password: ")
        if password == _answered(getpass, "Password again: "):
            return password
        sys.stderr.write("The two passwords differ. Try again.\n")


def read_password() -> str:
    """The first line of standard input without its line end; spaces are part of a password."""
    return sys.stdin.readline().rstrip("\r\n")


def _need_terminal(otherwise: str) -> None:
    if not sys.stdin.isatty():
        raise CommandError(otherwise)


def _answered(reader: Callable[[str], str], prompt: str) -> str:
    """What was typed. Ctrl-C and Ctrl-D are an answer too, and no traceback."""
    try:
        return reader(prompt)
    except (EOFError, KeyboardInterrupt):
        raise CommandError("Stopped. Nothing was changed.") from None
