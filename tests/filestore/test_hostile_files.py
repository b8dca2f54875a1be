"""Hundreds of hostile files, made by our own code: none is taken, each is told what is wrong."""

import io
import random
import time
import tracemalloc

import pytest

from filestore import inspect_document
from filestore.errors import FileRejected
from tests.filestore.hostile import families
from tests.fuzzing import longest_seconds

KINDS = ("pdf", "docx", "doc", "picture", "name", "kind")
MOST_MEMORY = 160 * 1024 * 1024  # bytes; the file itself is up to 20 MB of them


def refusal_of(content, name):
    """Inspect, and give the refusal, or None for what was taken."""
    try:
        inspect_document(io.BytesIO(content), name=name)
    except FileRejected as refusal:
        return refusal
    return None


def wrong_with(case):
    """What is wrong with how this file was met, "" for nothing."""
    content = case.bytes
    start = time.process_time()
    refusal = refusal_of(content, case.name)
    seconds = time.process_time() - start
    if refusal is None:
        return f"{case.title}: taken"
    if type(refusal) is not case.refusal:
        return f"{case.title}: {type(refusal).__name__}, not {case.refusal.__name__}"
    # Only what we know is said: nothing of a hostile name comes back.
    if set(str(refusal)) & set("<>\\\x00\r\n\u202e/") or not str(refusal).startswith("The "):
        return f"{case.title}: in the words {str(refusal)!r}"
    return f"{case.title}: took {seconds:.1f} s" if seconds > longest_seconds() else ""


def cases(kind, *, large):
    family = next(family for family in families() if family.kind == kind)
    return [case for case in family.cases if callable(case.content) is large]


@pytest.mark.parametrize("kind", KINDS)
def test_no_hostile_file_is_taken_and_each_is_refused_in_its_own_words(kind):
    assert [wrong for case in cases(kind, large=False) if (wrong := wrong_with(case))] == []


def test_no_bomb_is_taken_nor_fills_the_memory(size, seed, figures):
    large = [case for kind in KINDS for case in cases(kind, large=True)]
    chosen = random.Random(seed).sample(large, size(small=2, full=len(large)))
    most = 0
    for case in chosen:
        assert wrong_with(case) == "", f"TRUST_SEED={seed}"
        content = case.bytes
        tracemalloc.start()
        refusal_of(content, case.name)
        most = max(most, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert most < MOST_MEMORY, case.title
    figures("hostile documents", bombs=len(chosen), most_memory_MB=most // 1024**2)


def test_the_corpus_is_large_and_no_two_of_its_files_are_the_same(figures):
    everything = [case for family in families() for case in family.cases]
    refusals = {case.refusal for case in everything}
    told = {family.kind: len(family.cases) for family in families()}
    figures("hostile documents", files=len(everything), ways_to_say_no=len(refusals), **told)
    assert len(everything) >= 1_000
    assert len(refusals) >= 35
    assert len({case.title for case in everything}) == len(everything)
    plain = [case for case in everything if not callable(case.content)]
    first = {(case.name, case.content): case.title for case in reversed(plain)}
    assert [c.title for c in plain if first[c.name, c.content] != c.title] == []
