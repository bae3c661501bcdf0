"""The rooms of the house: imports point one way, and what we register is what we say we register."""

import ast
import tomllib
from pathlib import Path

import pytest

from annotators.pipeline import COMPONENTS, LEARNED
from tests.conftest import ROOT

MAY_IMPORT = {
    "schemas": {"schemas"},
    "annotators": {"schemas", "annotators"},
    "corpus": {"schemas", "annotators", "corpus"},
}
SOURCES = sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    room = path.relative_to(ROOT).parts[0]
    names = imported(path)
    wrong = {name for name in names if name.split(".")[0] in MAY_IMPORT and name.split(".")[0] not in MAY_IMPORT[room]}
    assert not wrong
    if "cli" not in path.parts:
        assert not {name for name in names if name.startswith("corpus.cli")}, "nothing imports the command line"
    assert not {name for name in names if name.split(".")[0] == "tests"}


def test_every_module_says_what_it_is():
    for path in SOURCES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_components_and_languages_are_registered_with_spacy():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert set(declared["spacy_factories"]) == {*COMPONENTS, LEARNED}
    import spacy

    nlp = spacy.blank("kk")
    for name in COMPONENTS:
        nlp.add_pipe(name)
    assert nlp.pipe_names == list(COMPONENTS)


def test_wheel_holds_our_three_rooms():
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert tables["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["corpus", "annotators", "schemas"]
