"""The shape of the code: every module has a layer, and no import hides inside a function."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = CONTRACTS["contracts"][0]
FACES = {"admin", "api", "dashboard", "tasks", "management", "templatetags", "checks"}
SMELLS = {"utils", "helpers", "common", "misc", "services"}
MODULES = sorted([*ROOT.glob("conditions/**/*.py"), *ROOT.glob("tracker/*.py")])


def test_the_faces_know_nothing_of_each_other() -> None:
    assert {face.strip() for face in LAYERS["layers"][0].split("|")} == FACES


def test_a_module_without_a_layer_closes_the_gate() -> None:
    assert LAYERS["exhaustive"] is True
    known = {name.strip() for layer in LAYERS["layers"] for name in layer.split("|")}
    known |= set(LAYERS["exhaustive_ignores"])
    present = {
        path.stem
        for path in (ROOT / "conditions").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert present <= known


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_stand_at_the_top(path: Path) -> None:
    assert list(inner_imports(ast.parse(path.read_text()))) == []


def inner_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield f"line {inner.lineno}"


def test_only_the_faces_and_the_clock_itself_read_the_clock() -> None:
    readers = {
        path.relative_to(ROOT / "conditions").parts[0].removesuffix(".py")
        for path in ROOT.glob("conditions/**/*.py")
        if "conditions.clock" in path.read_text() or "import clock" in path.read_text()
    }
    assert readers <= FACES | {"clock"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in MODULES if path.stem in SMELLS] == []
