"""Options that many commands share, written once: a dataclass in a command's signature stands for all of its fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_type_hints


def with_shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command each field of the dataclasses in its signature as an option of its own.

    Parameters:
        command: a function as Typer takes them; parameters whose type is a dataclass are made from the options that
            their fields describe.

    Returns:
        a function for Typer, with its own options first; the command itself where it has no such parameter.

    Raises:
        TypeError: two options have the same name.

    Example:
        >>> from dataclasses import dataclass
        >>> Size = dataclass(type("Size", (), {"__annotations__": {"width": int}, "width": 80}))
        >>> def show(size: Size, text: str = "") -> int:
        ...     return size.width
        >>> flat = with_shared_options(show)
        >>> list(inspect.signature(flat).parameters), flat(text="", width=60)
        (['text', 'width'], 60)
    """
    hints = get_type_hints(command, include_extras=True)
    given = inspect.signature(command).parameters
    shared = {name: hints[name] for name in given if isinstance(hints[name], type) and is_dataclass(hints[name])}
    if not shared:
        return command
    flat = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
        for name, parameter in given.items()
        if name not in shared
    ]
    for kind in shared.values():
        types = get_type_hints(kind, include_extras=True)
        flat += [_parameter(field, types[field.name]) for field in fields(kind)]
    if len(names := [parameter.name for parameter in flat]) > len(set(names)):
        raise TypeError(f"{command.__name__}: an option is there twice: {', '.join(names)}")

    def run(**options: Any) -> Any:
        made = {
            name: kind(**{field.name: options.pop(field.name) for field in fields(kind)})
            for name, kind in shared.items()
        }
        return command(**options, **made)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in flat}
    vars(run)["__signature__"] = inspect.Signature(flat)
    return run


def _parameter(field: Field[Any], annotation: Any) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
