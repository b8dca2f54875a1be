"""Upload inspection under random files: it takes or refuses, soon, bounded, the same twice."""

import io
import random
from functools import partial

import pytest

from filestore import FileRejected, inspect_document, tidy_name
from filestore.names import check_name
from tests.filestore.harmless import harmless
from tests.filestore.hostile import families
from tests.filestore.mutations import spoiled
from tests.fuzzing import Tally

LARGEST_SEED = 60_000  # bytes; larger files make each trial slow and none better
LETTERS = "abc. .pdf.exe.docx/\\:%20%2e%00\x00\u202e\u200b\u2024é王\n\ud800CONnul"


@pytest.fixture(scope="module")
def files():
    """(name, content): what is good, and what is bad already."""
    good = [(name, content) for _title, name, content in harmless() if len(content) <= LARGEST_SEED]
    everything = (case for family in families() for case in family.cases)
    bad = [(c.name, c.content) for c in everything if not callable(c.content)]
    return good, [(name, content) for name, content in bad if len(content) <= LARGEST_SEED]


def verdict(content, name, *, is_asked_twice=False):
    """What the inspection says, in a word."""
    if is_asked_twice:
        assert verdict(content, name) == verdict(content, name), "two answers to one file"
    try:
        return inspect_document(io.BytesIO(content), name=name).extension
    except FileRejected as refusal:
        return type(refusal).__name__


def test_a_spoiled_file_is_taken_or_refused_soon_and_the_same_twice(size, seed, files, figures):
    good, bad = files
    tally = Tally()
    for number in range(size(small=600, full=100_000)):
        chance = random.Random(f"{seed} {number}")
        name, content = chance.choice(good if number % 3 else bad)
        content = spoiled(content, chance.choice(good)[1], chance)
        trial = partial(verdict, content, name, is_asked_twice=number % 5 == 0)
        tally.run(f"seed {seed}, file {number}", trial)
    figures("fuzzing: upload inspection", **tally.figures())
    assert tally.failures == []
    assert len(tally.ends) > 15, "the files are spoiled too much to get past the first look"


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
