"""Why the workbench cannot go on, as one sentence for a person; no other errors."""

import errno
from pathlib import Path


class StackTrouble(Exception):
    """A reason to stop, worded for a person: `str(error)` is the whole message."""


def folder_trouble(folder: Path, error: OSError) -> StackTrouble:
    """The sentence for a file operation that the system refused at `folder`."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StackTrouble(f"The disk that holds {folder} is full: free some space and try again.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StackTrouble(
            f"The folder {folder} cannot be written to by this user: set SERVE_OPG_STATE to a "
            "folder that can."
        )
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return StackTrouble(f"{folder} is a file, but a folder is needed there.")
    return StackTrouble(f"The folder {folder} cannot be used: {error.strerror}.")
