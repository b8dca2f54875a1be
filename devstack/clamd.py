"""ClamAV's daemon for the tests and the workbench: where it is, and getting it where it is not.

Nothing here downloads signatures: those of the workbench are our own, and know EICAR alone.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from devstack.attempts import LOUD, attempt

PACKAGE = "clamav-daemon"
# Debian's place for daemons is not on everybody's PATH.
_USUAL_PLACES = ("/usr/sbin/clamd", "/usr/local/sbin/clamd", "/opt/homebrew/sbin/clamd")


@dataclass(frozen=True)
class Program:
    """A clamd that can be run; `libraries` are folders that its own libraries lie in."""

    path: Path
    libraries: tuple[Path, ...] = field(default=())

    @property
    def environment(self) -> dict[str, str]:
        """What it needs besides the usual variables."""
        folders = ":".join(str(folder) for folder in self.libraries)
        return {"LD_LIBRARY_PATH": folders} if folders else {}


def find_clamd() -> Program | None:
    """The clamd of this machine: on PATH, where systems keep daemons, or unpacked by us."""
    candidates = [shutil.which("clamd"), *_USUAL_PLACES]
    found = (Path(each) for each in candidates if each)
    here = next((path for path in found if os.access(path, os.X_OK)), None)
    return Program(here) if here else _unpacked()


def install_clamd() -> None:
    """Make sure there is one; where that can't be, say so loudly and go on without.

    In CI (the variable CI) its absence fails the tests that need it; see tests/conftest.py.
    """
    if find_clamd() is None:
        reasons = _install_by_apt()
        if find_clamd() is None:
            _say_there_is_none(reasons)
            return
    program = find_clamd()
    sys.stdout.write(f"Virus scanner for the tests: {program.path if program else ''}\n")


def _install_by_apt() -> list[str]:
    if platform.system() != "Linux" or not shutil.which("apt-get"):
        return [f"This machine has no apt-get to install {PACKAGE} by"]
    if os.geteuid() == 0:
        update = attempt(["apt-get", "update", "-q"], "apt-get update")
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", PACKAGE]
        return [update, attempt(install, f"apt-get install {PACKAGE}")]
    return _unpack_as_anybody()


# --- Without root: the same packages, unpacked into a cache folder and not installed --------------
def _cache_folder() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    return Path(caches).expanduser() / "serve-opg" / "clamav"


def _unpacked() -> Program | None:
    root = _cache_folder() / "root"
    program = root / "usr/sbin/clamd"
    libraries = sorted({path.parent for path in root.glob("usr/lib/**/*.so.*")})
    return Program(program, tuple(libraries)) if os.access(program, os.X_OK) else None


def _unpack_as_anybody() -> list[str]:
    """Download the packages that an installation would, with apt lists of our own."""
    folder = _cache_folder()
    lists, packages, new = folder / "lists", folder / "packages", folder / "new"
    for each in (lists / "partial", folder / "apt/archives/partial", packages):
        each.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={folder / 'apt'}"]
    own += ["-o", "Debug::NoLocking=1"]
    reasons = [attempt(["apt-get", *own, "update", "-q"], "apt-get update")]
    command = ["apt-get", *own, "download", "-q", *_needed_packages(own)]
    reasons.append(attempt(command, f"apt-get download {PACKAGE}", folder=str(packages)))
    shutil.rmtree(new, ignore_errors=True)
    for path in sorted(packages.glob("*.deb")):
        reasons.append(attempt(["dpkg-deb", "-x", str(path), str(new)], f"unpacking {path.name}"))
    if not any(reasons[1:]):
        # In one move: a folder that is there is whole.
        shutil.rmtree(folder / "root", ignore_errors=True)
        new.rename(folder / "root")
    return reasons


def _needed_packages(own: list[str]) -> list[str]:
    """What an installation would add to this machine; apt says it to anybody."""
    command = ["apt-get", *own, "install", "-s", "-q", "--no-install-recommends", PACKAGE]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return re.findall(r"^Inst (\S+)", answer.stdout, re.MULTILINE) or [PACKAGE]


def _say_there_is_none(reasons: list[str]) -> None:
    lines = [
        LOUD,
        "NO VIRUS SCANNER: the tests against a real clamd WILL BE SKIPPED, and the others use",
        "a stand-in that knows the EICAR test file alone.",
        *(f"  {reason}." for reason in reasons if reason),
        f"  Install ClamAV ({PACKAGE}) on this machine and run the tests again.",
        LOUD,
    ]
    sys.stdout.write("\n".join(lines) + "\n")
