"""Getting programs that the tests want: one command tried, and one reason where it failed."""

import os
import subprocess
from collections.abc import Sequence

LOUD = "!" * 78
_DOWNLOAD_SECONDS = 300


def attempt(command: Sequence[str], what: str, *, folder: str | None = None) -> str:
    """Run it to its end; an empty answer, or one line that says why it came to nothing."""
    try:
        answer = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            cwd=folder,
            text=True,
            timeout=_DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{what} took longer than {_DOWNLOAD_SECONDS} seconds"
    except OSError as error:
        return f"{what} failed: {error.strerror}"
    if answer.returncode == 0:
        return ""
    lines = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
    reasons = [line for line in lines if line.lower().startswith(("error", "e:"))] or lines[-1:]
    return f"{what} failed: {reasons[0] if reasons else f'exit {answer.returncode}'}"
