"""YAML files of ours, read safely and validated with messages that name file, line and field."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from schemas.datafile import FAST
from schemas.errors import MinberError, MinberErrors

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

_SAFE_DEPTH = 10_000
_PREFIX = re.compile(r"^[ ?:-]+", re.MULTILINE)


def _loader(source: str) -> yaml.SafeLoader:
    """A parser for a text: the one in C overflows its stack where a text may nest deeper than any that people write."""
    deepest = source.count("[") + source.count("{") + max(map(len, _PREFIX.findall(source)), default=0)
    return (FAST if deepest < _SAFE_DEPTH else yaml.SafeLoader)(source)


def load_yaml(source: str, name: str) -> tuple[Any, Callable[[Location], int]]:
    """Parse YAML text and remember on which line each field stands.

    Parameters:
        source: the YAML text.
        name: file name for messages.

    Returns:
        the data (dicts, lists, scalars) and a function from a field's location to its line, counted from 1; for a
        missing field it gives the line of the nearest enclosing one.

    Raises:
        MinberError: MB004 with ``file:line`` where the text is not YAML or repeats a key.

    Example:
        >>> data, line_of = load_yaml("a:\\n  - b: 1\\n  - b: 2\\n", "x.yaml")
        >>> data, line_of(("a", 1, "b"))
        ({'a': [{'b': 1}, {'b': 2}]}, 3)
    """
    lines: dict[Location, int] = {}
    loader = _loader(source)
    try:
        root = loader.get_single_node()
        _note_lines(root, (), lines, name)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise MinberError("MB004", place, problem=error.problem or str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MinberError("MB004", name, problem=str(error).splitlines()[0]) from error
    finally:
        loader.dispose()

    def line_of(location: Location) -> int:
        while location and location not in lines:
            location = location[:-1]
        return lines.get(location, 1)

    return data, line_of


def _note_lines(node: yaml.Node | None, at: Location, lines: dict[Location, int], name: str) -> None:
    """Walk the parsed nodes, noting each field's line; YAML itself lets a key stand twice, which hides a slip."""
    if node is None:
        return
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise MinberError("MB004", f"{name}:{key.start_mark.line + 1}", problem="a key is not plain text")
            location = (*at, key.value)
            if location in lines:
                problem = f"the key {key.value!r} stands twice (first on line {lines[location]})"
                raise MinberError("MB004", f"{name}:{key.start_mark.line + 1}", problem=problem)
            lines[location] = key.start_mark.line + 1
            _note_lines(value, location, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*at, index), lines, name)


def read_model(path: Path, model: type[Model], kind: str) -> Model:
    """Read one YAML file into a pydantic model; a file that is as it was is not parsed again.

    Parameters:
        path: the file, UTF-8.
        model: the class to validate with.
        kind: what the file is, for messages: ``codebook``, ``speaker registry``.

    Returns:
        the validated model; whoever reads the same text gets the same object, so nobody changes it.

    Raises:
        MinberError: MB003 unreadable, MB004 not YAML.
        MinberErrors: MB011 with one MB010 for each bad field, naming ``file:line`` and the field.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MinberError("MB003", str(path), file=path.name, problem=problem) from error
    return cast(Model, _validated(source, str(path), model, kind))


@lru_cache(maxsize=32)
def _validated(source: str, name: str, model: type[BaseModel], kind: str) -> BaseModel:
    """A codebook of twenty themes takes a third of a second, and one command may ask for it three times."""
    data, line_of = load_yaml(source, name)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise MinberErrors("MB011", name, _field_errors(error, name, line_of), kind=kind) from error


def _field_errors(error: ValidationError, name: str, line_of: Callable[[Location], int]) -> list[MinberError]:
    rows = []
    for item in error.errors():
        location = item["loc"]
        field = ".".join(str(step) for step in location) or "(whole file)"
        problem = item["msg"].removeprefix("Value error, ")
        rows.append((line_of(location), field, problem))
    return [
        MinberError("MB010", f"{name}:{line}", field=field, problem=problem) for line, field, problem in sorted(rows)
    ]
