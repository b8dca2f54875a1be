"""The text of a .docx, read by a child process that is limited in time and memory.

Whatever a hostile file does to the reader, it does to the child. What the text means is the
affair of `orders.court_order_text`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

CHILD = Path(__file__).with_name("word_reading_child.py")


class ReadingFailure(Enum):
    """Why a file could not be read."""

    TIME = "time"  # took longer than it may
    MEMORY = "memory"  # wanted more than it may
    CRASHED = "crashed"  # the child ended without an answer
    DAMAGED = "damaged"  # the parts inside do not hold together
    TOO_LONG = "too_long"  # far more text than a court order has


class ReadingFailed(Exception):
    """The text could not be read; `failure` says why. The file itself may be all right."""

    def __init__(self, failure: ReadingFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class ReadingLimits:
    """What the child may use (behaviour, 5): seconds by the clock, bytes of address space."""

    seconds: float = 10
    memory: int = 256 * 1024 * 1024


LIMITS = ReadingLimits()


def read_word_text(
    file: BinaryIO, *, limits: ReadingLimits = LIMITS, child: Path = CHILD
) -> list[str]:
    """Give the paragraphs of a seekable .docx that `inspect_document` has taken; see the child.

    Headers first, then the body with its tables and text boxes, then footers. Leaves the file at
    its start. Raises `ReadingFailed`.
    """
    # Files without a name: nothing is left on the disk, however this ends.
    with tempfile.TemporaryFile() as copy, tempfile.TemporaryFile() as answer:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        file.seek(0)
        copy.seek(0)
        _run(child, copy, answer, limits)
        answer.seek(0)
        return _lines_of(answer.read())


def _run(child: Path, copy: BinaryIO, answer: BinaryIO, limits: ReadingLimits) -> None:
    """Run the child to its end, or end it: it is always waited for, so no zombie stays."""
    # -I -S: no user's folder, no installed package, no variable of the environment; -B writes none.
    command = [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(child)]
    # The processor's time is a second net, for a child that outlives us.
    figures = [str(limits.memory), str(int(limits.seconds) + 2)]
    try:
        done = subprocess.run(
            command + figures,
            stdin=copy,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReadingFailed(ReadingFailure.TIME) from None
    if done.returncode:
        raise ReadingFailed(ReadingFailure.CRASHED)


def _lines_of(answer: bytes) -> list[str]:
    """Read the child's answer; one that is none of ours is a crash."""
    try:
        told = json.loads(answer)
        if "failed" in told:
            raise ReadingFailed(ReadingFailure(told["failed"]))
        return [str(line) for line in told["lines"]]
    except (ValueError, LookupError, TypeError):
        raise ReadingFailed(ReadingFailure.CRASHED) from None
