"""Upload inspection under random files: it takes or refuses, soon, bounded, the same twice."""

import io
import random
import resource
import signal
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from filestore import FileRejected, inspect_document, tidy_name
from filestore.names import check_name
from tests.filestore.harmless import harmless
from tests.filestore.hostile import families
from tests.filestore.mutations import spoiled

MOST_SECONDS = 2  # of the processor
HANGS = 30  # seconds by the clock, after which we look no longer
MOST_GROWTH = 200 * 1024 * 1024  # bytes of this whole test process
LARGEST_SEED = 60_000  # bytes; larger files make each trial slow and none better
LETTERS = "abc. .pdf.exe.docx/\\:%20%2e%00\x00\u202e\u200b\u2024é王\n\ud800CONnul"


@pytest.fixture(scope="module")
def files():
    """(name, content): what is good, and what is bad already."""
    good = [(name, content) for _title, name, content in harmless() if len(content) <= LARGEST_SEED]
    everything = (case for family in families() for case in family.cases)
    bad = [(c.name, c.content) for c in everything if not callable(c.content)]
    return good, [(name, content) for name, content in bad if len(content) <= LARGEST_SEED]


@contextmanager
def nothing_hangs():
    def give_up(_signal, _frame):
        raise TimeoutError("an inspection did not end")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def verdict(content, name):
    """What the inspection says, in a word, and the seconds it took."""
    start = time.process_time()
    with nothing_hangs():
        try:
            said = inspect_document(io.BytesIO(content), name=name).extension
        except FileRejected as refusal:
            said = type(refusal).__name__
        except Exception as crash:  # noqa: BLE001  whatever it is, it is what we look for
            said = f"crash: {crash!r}"
    return said, time.process_time() - start


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_spoiled_file_is_taken_or_refused_soon_and_the_same_twice(size, seed, files, figures):
    good, bad = files
    verdict(*reversed(good[0]))
    inputs, before = size(small=600, full=100_000), peak_memory()
    verdicts, slowest, bad_inputs = Counter(), 0.0, []
    slow = changed = 0
    for number in range(inputs):
        chance = random.Random(f"{seed} {number}")
        name, content = chance.choice(good if number % 3 else bad)
        content = spoiled(content, chance.choice(good)[1], chance)
        said, seconds = verdict(content, name)
        verdicts[said.partition(":")[0]] += 1
        slowest = max(slowest, seconds)
        slow += seconds > MOST_SECONDS
        differs = number % 5 == 0 and verdict(content, name)[0] != said
        changed += differs
        if said.startswith("crash") or seconds > MOST_SECONDS or differs:
            bad_inputs.append((number, said, round(seconds, 1)))
    growth = peak_memory() - before
    figures(
        "fuzzing: upload inspection",
        inputs=inputs,
        crashes=verdicts["crash"],
        over_2_seconds=slow,
        other_verdict_the_second_time=changed,
        slowest_seconds=round(slowest, 3),
        memory_grown_MB=growth // 1024**2,
        verdicts=dict(verdicts.most_common()),
    )
    assert bad_inputs == [], f"TRUST_SEED={seed}; input, verdict, seconds"
    assert growth < MOST_GROWTH, f"TRUST_SEED={seed}"
    assert len(verdicts) > 15, "the files are spoiled too much to get past the first look"


def test_a_random_name_is_taken_or_refused_and_what_is_taken_is_plain(size, seed, figures):
    inputs, taken = size(small=1_000, full=100_000), 0
    for number in range(inputs):
        chance = random.Random(f"{seed} name {number}")
        name = "".join(chance.choices(LETTERS, k=chance.choice((1, 8, 20, 300))))
        try:
            check_name(name)
            tidy = tidy_name(name)
        except FileRejected:
            continue
        taken += 1
        assert not set(tidy) & set("/\\\x00\r\n\u202e\u200b\u2024"), f"TRUST_SEED={seed}"
    figures("fuzzing: names of uploads", inputs=inputs, crashes=0, taken=taken)
    assert 0 < taken < inputs
