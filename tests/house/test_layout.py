"""Rules of the house that no linter holds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("serve_opg", "csv_ingest", "orders", "accounts", "audit", "filestore", "govuk"),
    *("sirius_client", "notify_client", "places_client", "wire", "devstack"),
)
SOURCES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_file_is_short_enough_to_read(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 500
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} is longer than 60 lines"


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_module_begins_with_what_lives_there(path):
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_group_is_repeated_without_a_way_back_only_by_its_function(path):
    """Python before 3.11.5 reads such a pattern wrongly (filestore/patterns.py)."""
    if path.name != "patterns.py":
        assert not re.search(r"\)(?:[*+?]|\{[\d,]*\})\+", path.read_text())


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if "services" in path.parts or path.name == "services.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_services_know_no_web(path):
    """The import contracts cannot name a part of Django."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            assert not module.startswith(("django.http", "django.views", "django.shortcuts"))
            assert not module.endswith((".views", ".forms", ".tasks", ".urls"))


def reads_settings(tree):
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "django.conf"
        and any(alias.name == "settings" for alias in node.names)
        for node in ast.walk(tree)
    )


def functions_around_settings(tree):
    """The innermost function around each `settings.NAME`."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name)
                    and node.value.id == "settings"
                ):
                    yield function.name


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.relative_to(ROOT).parts[0] not in ("serve_opg", "devstack")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_settings_are_read_only_by_from_settings(path):
    tree = ast.parse(path.read_text())
    if reads_settings(tree):
        allowed = {name for name in functions_around_settings(tree) if "from_settings" in name}
        assert set(functions_around_settings(tree)) <= allowed


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_only_settings_and_the_workbench_read_the_environment(path):
    if path.relative_to(ROOT).parts[0] in ("serve_opg", "devstack") or "simulator" in str(path):
        return
    assert not re.search(r"os\.(environ|getenv)", path.read_text())


def test_every_variable_that_settings_read_is_explained():
    read = set(
        re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', (ROOT / "serve_opg" / "settings.py").read_text())
    )
    explained = (ROOT / ".env.example").read_text()
    assert read
    assert [name for name in sorted(read) if not re.search(rf"^#? ?{name}=", explained, re.M)] == []
