"""Who PostgreSQL runs as. It refuses root, so root hands it to an account without rights."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from devstack.children import Account
from devstack.errors import StackTrouble, folder_trouble

_OUTSIDE = Path("/var/tmp")


def unprivileged_account() -> Account | None:
    """The account to drop to; None where this user is not root, and stays as it is."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise StackTrouble(
            "PostgreSQL refuses to run as root and this system has no account named nobody: "
            "start as a normal user."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(account: Account | None, path: Path) -> bool:
    """Whether that account can reach `path` and enter or run it; asked of the system itself."""
    if account is None:
        return os.access(path, os.X_OK)
    answer = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return answer.returncode == 0


def hand_over(folder: Path, account: Account | None) -> None:
    """Make `folder` where missing, entered by that account alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def outside_folder(state: Path) -> Path:
    """A folder that every account can pass through, for one state folder that lies too deep.

    Everybody may write in /var/tmp, so one that somebody else made under this name is refused.
    """
    word = hashlib.sha256(str(state).encode()).hexdigest()[:12]
    folder = _OUTSIDE / f"serve-opg-{word}"
    try:
        folder.mkdir(mode=0o711, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise StackTrouble(f"The folder {folder} belongs to somebody else: remove it first.")
        folder.chmod(0o711)
    except OSError as error:
        raise folder_trouble(folder, error) from error
    return folder


def copy_wheel(wheel: Path, to: Path) -> Path:
    """Copy a wheel's package (PostgreSQL's: 34 MB, once) to where another account can reach it.

    Programs find their libraries by way of the folder beside the package, so that comes along.
    """
    if to.is_dir():
        return to / wheel.name
    libraries = wheel.with_name(f"{wheel.name}.libs")
    try:
        fresh = Path(tempfile.mkdtemp(dir=to.parent))
        for folder in (wheel, libraries):
            if folder.is_dir():
                no_headers = shutil.ignore_patterns("include")
                shutil.copytree(folder, fresh / "all" / folder.name, ignore=no_headers)
        # A strict umask at installation must not shut the other account out here.
        subprocess.run(["chmod", "-R", "a+rX", str(fresh / "all")], check=True)
        (fresh / "all").rename(to)
        fresh.rmdir()
    except OSError as error:
        raise folder_trouble(to, error) from error
    return to / wheel.name
