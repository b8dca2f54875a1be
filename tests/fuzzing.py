"""Bad files from good ones: bytes, texts and zips that are changed at random, from a seed.

And the clocks that end an input which takes too long, so that a hang is a failure and no silence.
"""

import gc
import io
import math
import random
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Of processor time, ours and that of the children we waited for: a busy machine is no hang.
LONGEST_SECONDS = 2.0
# A line that coverage counts costs up to seven times as much, where functions of a few lines are
# called a million times; more on a busy machine. `make trust` counts none, and holds the bound.
COST_OF_COUNTING = 12
# By the clock on the wall, for an input that waits and does nothing; generous, for the same reason.
LONGEST_WAIT_SECONDS = 30.0
MOST_BYTES = 4 * 1024 * 1024  # of one input; larger ones are other tests' affair
# What an input may add to this process' addresses; one that wants more gets a MemoryError.
MOST_MEMORY = 400 * 1024 * 1024
# Broken workbooks leave rings of objects, which Python puts away when it has time: a long trial
# would measure that. So they are put away after so many inputs, and what grows is what stays.
INPUTS_BETWEEN_CLEANINGS = 500

ODD_BYTES = (
    *(b"", b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n"),
    *(b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\x1a", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\x85", b"\xc2\x85", b"PK\x03\x04", b"%PDF-", b"<"),
    *(b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"PK\x01\x02", b"PK\x05\x06"),
)
ODD_WORDS = (
    *("", " ", "\u00a0", "\u200b", "\u202e", "\ufeff", "\u2028", "\x85", "\x1f", "\x0b", "\ud800"),
    *("\U0001f600", "e\u0301", "\u0300" * 40, "\ufdfa", "＝1+1", "=1+1", "-1", "@SUM(A1)", "1e999"),
    *("NaN", "inf", "-0", "0x10", "٣٤", "²", "1,000", "99999999999999999999", "9" * 400),
    *("31/02/2018", "1/1/0001", "31/12/9999", "00/00/0000", "1-Aug-18", "2018-08-01T00:00:00"),
    *("{{7*7}}", "<script>", "]]>", "&lol;", "&#0;", "&#xD800;", "%s%n", "../../etc/passwd"),
    *("None", "null", "TRUE", "#REF!", "'", '"', '"""', "\\", "\r", "\n", "\r\n", "A" * 5000),
)


class Hung(BaseException):
    """An input took more than it may. No `except Exception` on the way may swallow it."""


@dataclass
class Tally:
    """What came of the inputs: how many, how they ended, the slowest, and how memory grew."""

    inputs: int = 0
    slowest_seconds: float = 0.0
    ends: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    hangs: int = 0
    memory_before: int = field(default_factory=lambda: peak_memory())

    def run(
        self,
        name: str,
        trial: Callable[[], str],
        *,
        seconds: float | None = None,
        wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        """One input. `trial` answers with how it ended; whatever it raises is a failure."""
        self.inputs += 1
        if self.inputs % INPUTS_BETWEEN_CLEANINGS == 0:
            gc.collect()
        seconds = longest_seconds() if seconds is None else seconds
        started, children_started = time.process_time(), children_seconds()
        end = crash = hang = ""
        try:
            with limited(seconds, wait_seconds), bounded(MOST_MEMORY):
                end = trial()
        except Hung as hung:
            hang = str(hung)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            crash = f"{type(error).__name__}: {error}"[:500]
        own, of_children = time.process_time() - started, children_seconds() - children_started
        if not hang and of_children > seconds:
            # However it ended: who asked it for an answer may have given up.
            hang = f"more than {seconds:g} s of processor time in a child"
        self.slowest_seconds = max(self.slowest_seconds, own + of_children)
        self.hangs += bool(hang)
        if hang or crash:
            self.failures.append(f"{name}: {hang or crash}")
        else:
            self.ends[end] = self.ends.get(end, 0) + 1

    def reaches(self, share: float, *beginnings: str) -> bool:
        """Whether so large a part of the inputs, less what chance may take (four deviations), came
        to an end that begins with one of these words: else most never get past the first look."""
        came = sum(number for end, number in self.ends.items() if end.startswith(beginnings))
        by_chance = 4 * math.sqrt(self.inputs * share * (1 - share))
        return came >= self.inputs * share - by_chance

    @property
    def grown_megabytes(self) -> int:
        """By how much the process has ever been larger since this began."""
        return (peak_memory() - self.memory_before) // 1024**2

    def figures(self) -> dict[str, object]:
        """For the report."""
        return {
            "inputs": self.inputs,
            "crashes": len(self.failures) - self.hangs,
            "hangs": self.hangs,
            "slowest_seconds": round(self.slowest_seconds, 2),
            "memory_grown_megabytes": self.grown_megabytes,
            "ended": dict(sorted(self.ends.items())),
        }


def peak_memory() -> int:
    """The most that this process has ever held, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def longest_seconds() -> float:
    """The most processor time that one input may take, here and now."""
    return LONGEST_SECONDS * (COST_OF_COUNTING if sys.gettrace() else 1)


def children_seconds() -> float:
    """The processor time of all children that have been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def limited(seconds: float, wait_seconds: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Raises `Hung` after so much processor time of this process, or so long by the clock."""

    def ended(number: int, _frame: object) -> None:
        if number == signal.SIGALRM:
            raise Hung(f"more than {wait_seconds:g} s by the clock")
        raise Hung(f"more than {seconds:g} s of processor time")

    earlier = {number: signal.signal(number, ended) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wait_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in earlier.items():
            signal.signal(number, handler)


@contextmanager
def bounded(extra: int) -> Iterator[None]:
    """No more than `extra` bytes of addresses beyond those of now. Elsewhere than on Linux: as many
    as there are, for the system does not hold a process to them."""
    if sys.platform != "linux":
        yield
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + extra, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def changed(dice: random.Random, content: bytes, other: bytes = b"") -> bytes:
    """The bytes with one to eight changes; now and then with a piece of another file."""
    new = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        at = dice.randrange(len(new) + 1)
        length = dice.choice((1, 1, 2, 4, 16, 200))
        match dice.randrange(7):
            case 0:
                new[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del new[at : at + length]
            case 2:
                new[at:at] = dice.choice(ODD_BYTES)
            case 3:
                new[at:at] = new[at : at + length] * dice.choice((1, 2, 50))
            case 4:
                del new[at:]
            case 5:
                source = other or content
                start = dice.randrange(len(source) + 1)
                new[at : at + length] = source[start : start + length]
            case _:
                new[at : at + length] = bytes(dice.randrange(256) for _ in range(length))
    return bytes(new[:MOST_BYTES])


def reworded(dice: random.Random, text: str, words: Sequence[str] = ()) -> str:
    """The text with one to six changes; `words` are put in beside the odd ones."""
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        at = dice.randrange(len(text) + 1)
        length = dice.choice((0, 1, 1, 3, 20, 300))
        word = dice.choice((*ODD_WORDS, *words, *words))
        match dice.randrange(5):
            case 0:
                text = text[:at] + word + text[at + length :]
            case 1:
                text = text[:at] + text[at + length :]
            case 2:
                text = text[:at] + text[at : at + length] * dice.choice((1, 2, 60)) + text[at:]
            case 3:
                text = text.replace(text[at : at + 3] or " ", word[:40], dice.choice((1, 3)))
            case _:
                start = dice.randrange(len(text) + 1)
                text = text[:at] + text[start : start + length] + text[at:]
    return text[:MOST_BYTES]


def rezipped(
    dice: random.Random, content: bytes, words: Sequence[str] = (), *, often: Sequence[str] = ()
) -> bytes:
    """The zip with a member that was changed, taken out, put in twice, renamed or blown up.

    Two times of three it is one of `often`, which are those that are read.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = [(name, package.read(name)) for name in package.namelist()]
    wanted = [at for at, (name, _part) in enumerate(members) if name in often]
    position = dice.choice(wanted if dice.random() < 2 / 3 and wanted else range(len(members)))
    name, part = members[position]
    match dice.randrange(8):
        case 0:
            del members[position]
        case 1:
            members.append((name, changed(dice, part)))
        case 2:
            members[position] = (reworded(dice, name)[:200].replace("\x00", "") or "x", part)
        case 3:
            members[position] = (name, changed(dice, part, dice.choice(members)[1]))
        case 4:
            members[position] = (name, part.replace(b">", b">" * 3, 1) + b" " * 3_000_000)
        case _:
            text = reworded(dice, part.decode("utf-8", "replace"), words)
            members[position] = (name, text.encode("utf-8", "surrogatepass"))
    return _zipped(dice, members)


def _zipped(dice: random.Random, members: Sequence[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compresslevel=1) as package:
        for name, part in members:
            entry = zipfile.ZipInfo(
                name.encode("utf-8", "replace").decode(), (2018, 8, 1, 12, 0, 0)
            )
            entry.compress_type = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
            _write(package, entry, part)
    made = file.getvalue()
    return changed(dice, made) if dice.random() < 0.1 else made


def _write(package: zipfile.ZipFile, entry: zipfile.ZipInfo, part: bytes) -> None:
    """A name twice is what we want; Python warns of it."""
    package.NameToInfo.pop(entry.filename, None)
    package.writestr(entry, part)
