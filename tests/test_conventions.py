"""Rules of the house that reviews forget."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.records import SkipReason

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "pipeline").rglob("*.py"))
LONGEST_MODULE = 330
HEAVY = ("airflow", "spacy", "trafilatura", "elasticsearch", "httpx", "lxml")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, at any depth."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_belongs_in_it_and_stays_short(path: Path) -> None:
    text = path.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, "no docstring"
    if path.name != "__init__.py" and path.name != "__main__.py":
        assert "Belongs here" in docstring or "belongs here" in docstring
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert path.stem not in ("utils", "helpers", "common", "misc")


def test_only_the_trigger_imports_airflow() -> None:
    users = {named(path) for path in MODULES if any(name.split(".")[0] == "airflow" for name in imported(path))}
    assert users == {"pipeline/trigger.py"}


def test_only_the_index_imports_the_elasticsearch_client() -> None:
    users = {named(path) for path in MODULES if any(name.split(".")[0] == "elasticsearch" for name in imported(path))}
    assert users
    assert all(user.startswith("pipeline/index/") for user in users)


def test_the_command_line_answers_without_heavy_imports() -> None:
    code = (
        "import sys; from pipeline import cli; cli.parser(); "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert loaded.stdout.split() == []


def _tree(error: type[Exception]) -> Iterator[type[Exception]]:
    for child in error.__subclasses__():
        yield child
        yield from _tree(child)


def test_every_error_is_in_the_tree_and_says_url_and_cause() -> None:
    assert errors.__doc__
    for error in _tree(errors.VeilleError):
        assert error.__module__ == "pipeline.errors", f"{error.__name__} is defined apart from the tree"
        assert re.search(rf"── {error.__name__}\b", errors.__doc__), error.__name__
        shown = error("the cause", url="http://example.org/")
        assert "the cause" in str(shown)
        assert "http://example.org/" in str(shown)
        assert "\n" not in str(shown)
        fates = [fate for fate in (errors.Retry, errors.Skip, errors.Fail, errors.FeedError) if issubclass(error, fate)]
        assert len(fates) == 1, f"{error.__name__} has one fate"


def test_every_skip_has_a_reason_of_the_list() -> None:
    reasons = [error.reason for error in errors.Skip.__subclasses__()]
    assert len(set(reasons)) == len(reasons)
    assert all(isinstance(reason, SkipReason) for reason in reasons)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_constraints_name_packages_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"(#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+( ; .+)?|)", line), line


def test_no_file_names_a_registry_or_a_machine() -> None:
    telling = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|docker\.elastic\.co|/root/|/work/")
    for path in _tracked():
        if path == Path(__file__).resolve():
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        assert not telling.search(text), named(path)
