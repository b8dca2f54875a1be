"""The commands of `python -m devstack`: run, demo and browser. What they do lies elsewhere."""

import argparse
import os
import sys
from typing import NoReturn

from devstack.browser import install_browser
from devstack.clamd import install_clamd
from devstack.demo.demonstration import demonstrate
from devstack.errors import StackTrouble, folder_trouble
from devstack.running import run, state_folder


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the command in one line, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        raise StackTrouble(f"{message[:1].upper()}{message[1:]} (see: python -m devstack --help).")


def main(arguments: list[str]) -> int:
    """Run one command; its exit code. Trouble is one sentence on stderr and exit code 1."""
    try:
        chosen = _parser().parse_args(arguments)
        if chosen.command == "browser":
            install_browser()
        elif chosen.command == "scanner":
            install_clamd()
        elif chosen.command == "demo":
            demonstrate()
        else:
            run(asked_port=_asked_port(chosen.port), check=chosen.check)
    except StackTrouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{folder_trouble(state_folder(), error)}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m devstack", description="The whole service on one bare machine."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    running = commands.add_parser(
        "run",
        help="start everything, print the address and the sign-in, and run until Ctrl-C",
        description="Starts PostgreSQL, a broker, an S3 API, the Sirius simulator, web, worker and "
        "beat on this machine. Data is kept in .state, or in the folder SERVE_OPG_STATE. Where "
        "DATABASE_URL, BROKER_URL, S3_ENDPOINT, SIRIUS_URL, NOTIFY_URL, PLACES_URL or CLAMD_URL "
        "are set, those are used instead.",
    )
    running.add_argument(
        "--port", help="port of the pages (default: PORT, else 8000, else any that is free)"
    )
    running.add_argument(
        "--check", action="store_true", help="stop again as soon as everything answers"
    )
    commands.add_parser(
        "demo",
        help="the whole main job by itself: a spreadsheet in, 20 orders served, all compared",
    )
    commands.add_parser(
        "browser", help="install headless Chromium for the journeys, where it is missing"
    )
    commands.add_parser(
        "scanner", help="install ClamAV's daemon for the tests, where it is missing"
    )
    return parser


def _asked_port(asked: str | None) -> int | None:
    word = asked or os.environ.get("PORT", "")
    if not word:
        return None
    if not word.isdecimal():
        raise StackTrouble(f"{word!r} is not a port: choose a number between 1 and 65535.")
    return int(word)
