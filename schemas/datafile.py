"""The YAML data that comes with Minber, read quickly: nobody's slip need be named by its line.

Files of users go through `schemas.yamlfile`, which names file, line and field of whatever is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C is eight times as fast, which the start of every command feels; not every PyYAML has it."""


def read_data(path: Path | Traversable) -> Any:
    """Read a YAML file that comes with Minber.

    Parameters:
        path: the file, UTF-8.

    Returns:
        dicts, lists and scalars.

    Raises:
        OSError: there is no such file.
        yaml.YAMLError: it is not YAML.

    Example:
        >>> from importlib.resources import files
        >>> sorted(read_data(files("schemas") / "data" / "errors.yaml")["MB001"])
        ['cure', 'exit', 'message']
    """
    return yaml.load(path.read_text(encoding="utf-8"), FAST)  # noqa: S506 -- it is a SafeLoader
