"""The threat model and the ASVS table name what is there: tests, settings and start-up checks."""

import re
from collections import Counter
from functools import cache

import pytest
from django.conf import settings

from devstack.servers.server import CHECKOUT

PAPERS = ("docs/asvs.md", "docs/threats.md")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
SETTING = re.compile(r"`([A-Z][A-Z_]{5,})`")
CHECK = re.compile(r"`(E\d{3})`")
FILE = re.compile(
    r"`((?:docs|orders|audit|serve_opg|requirements)/[\w/.-]+|[\w.]+\.(?:toml|example|py))`"
)
# Whatever is meant as a test or a source file, also where it is not written quite as one.
CODE = re.compile(r"`([^`\s]+::[^`]+|[^`\s]+\.py)`")
EXAMPLE = "file::name"
NUMBER = re.compile(r"^\d+\.\d+\.\d+$")
# How many requirements of each chapter the table answers: none goes without this being changed.
ROWS = (
    "V1 28, V2 12, V3 19, V4 10, V5 9, V6 36, V7 18, V8 7, V9 7, "
    "V11 14, V12 9, V13 13, V14 9, V15 13, V16 16"
)
# What may stand for a test, said in so many words.
REASONS = ("Does not apply: ", "Environment", "Gap", "as 1", "as listed", "mypy ", "the same")


def rows_of(paper):
    """(first cell, last cell) of each row of each table."""
    for line in (CHECKOUT / paper).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        is_table = line.startswith("| ") and not cells[0].startswith("---")
        if is_table and cells[0] not in {"no.", "threat", "what", "limit", "secret"}:
            yield cells[0].strip("| "), cells[-1].strip("| ")


@cache
def names_in(path):
    """The names of the tests in a file of `tests/`."""
    file = CHECKOUT / "tests" / path
    return set(re.findall(r"^ *def (test_\w+)", file.read_text(encoding="utf-8"), re.M))


def stands(word):
    """Whether a source file, or a test in one (`path::name`), is there; less `tests/`."""
    path, _, name = word.partition("::")
    is_test = (CHECKOUT / "tests" / path).is_file()
    if name:
        return is_test and name in names_in(path)
    return is_test or (CHECKOUT / path).is_file()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_test_and_source_file_that_a_paper_names_is_there(paper):
    text = (CHECKOUT / paper).read_text(encoding="utf-8")
    words = set(CODE.findall(text)) - {EXAMPLE}

    assert len(TEST.findall(text)) > 20
    assert [word for word in sorted(words) if not stands(word)] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_setting_check_and_file_that_a_paper_names_is_there(paper):
    words = (CHECKOUT / paper).read_text(encoding="utf-8")
    checks = (CHECKOUT / "serve_opg" / "checks.py").read_text(encoding="utf-8")

    assert [name for name in SETTING.findall(words) if not hasattr(settings, name)] == []
    assert [number for number in CHECK.findall(words) if number not in checks] == []
    assert [path for path in FILE.findall(words) if not (CHECKOUT / path).exists()] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_row_names_evidence_or_says_why_there_is_none(paper):
    rows = list(rows_of(paper))
    bare = [
        first
        for first, evidence in rows
        if not any(form.search(evidence) for form in (TEST, SETTING, CHECK, FILE))
        and not evidence.startswith(REASONS)
        and not re.search(r"[;:] (?:Does not apply|Gap)\b|Environment", evidence)
    ]

    assert len(rows) > 20
    assert bare == []


def test_every_chapter_has_all_its_rows():
    numbers = [first for first, _evidence in rows_of("docs/asvs.md")]

    of_chapter = Counter(number.split(".")[0] for number in numbers)
    assert ", ".join(f"V{chapter} {rows}" for chapter, rows in of_chapter.items()) == ROWS


def test_no_requirement_stands_twice():
    numbers = [first for first, _evidence in rows_of("docs/asvs.md")]

    assert all(NUMBER.match(number) for number in numbers)
    assert len(numbers) == len(set(numbers))
