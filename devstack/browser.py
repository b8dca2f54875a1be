"""Chromium for the journeys: where it is, and getting it where it is not."""

import os
import platform
import shutil
import sys
from pathlib import Path

from devstack.attempts import LOUD, attempt

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PROGRAMS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """The program of a Chromium on this machine: Playwright's own, one on PATH, or a Mac's."""
    candidates = [*_playwrights_own(), *map(shutil.which, _NAMES), *MAC_PROGRAMS]
    found = (Path(each) for each in candidates if each)
    return next((path for path in found if os.access(path, os.X_OK)), None)


def install_browser() -> None:
    """Make sure there is one; where that can't be, say so loudly and go on without."""
    if find_browser() is None:
        reasons = [_install_by_playwright()]
        if find_browser() is None:
            reasons.append(_install_by_apt())
        if find_browser() is None:
            _say_there_is_none([reason for reason in reasons if reason])
            return
    sys.stdout.write(f"Browser for the journeys: {find_browser()}\n")


def _playwrights_own() -> list[Path]:
    """What `playwright install` left in its folder, newest first; found without starting it."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "") or _usual_folder()).expanduser()
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for pattern in patterns for path in folder.glob(pattern)]
    return sorted(found, key=lambda path: _revision(path.relative_to(folder)), reverse=True)


def _revision(path: Path) -> int:
    """1255 of chromium-1255/chrome-linux/chrome."""
    word = path.parts[0].partition("-")[2]
    return int(word) if word.isdecimal() else 0


def _usual_folder() -> str:
    on_mac = platform.system() == "Darwin"
    return "~/Library/Caches/ms-playwright" if on_mac else "~/.cache/ms-playwright"


def _install_by_playwright() -> str:
    """Download Playwright's Chromium; an empty answer, or why it could not be."""
    return attempt(
        [sys.executable, "-m", "playwright", "install", "chromium"], "Playwright's own download"
    )


def _install_by_apt() -> str:
    if os.geteuid() != 0 or platform.system() != "Linux" or not shutil.which("apt-get"):
        return ""
    attempt(["apt-get", "update", "-q"], "apt-get update")
    return attempt(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
        "apt-get install chromium",
    )


def _say_there_is_none(reasons: list[str]) -> None:
    lines = [
        LOUD,
        "NO BROWSER: the journeys in a real browser WILL BE SKIPPED.",
        *(f"  {reason}." for reason in reasons),
        "  Install Chromium or Google Chrome on this machine and run the tests again.",
        LOUD,
    ]
    sys.stdout.write("\n".join(lines) + "\n")
