"""Coded errors: each has a code (MB012), a sentence for the user, a place and a cure.

The sentences live in ``data/errors.yaml``, which is also the source of ``docs/errors.md``. Code ranges follow the
rooms: 0xx schemas and settings, 1xx ingest, 2xx store, 3xx annotators, 4xx Doccano, 5xx statistics, 6xx export,
7xx demo and report.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypedDict

EXIT_FAILED = 1


class ErrorText(TypedDict):
    """What the catalogue holds for one code: the sentence and the cure, both templates, and the exit code."""

    message: str
    cure: str
    exit: int


@cache
def catalogue() -> dict[str, ErrorText]:
    """Read every error that Minber can raise, by code.

    Returns:
        code → message template, cure template and exit code (1 failed input, 2 wrong use).

    Example:
        >>> catalogue()["MB001"]["exit"]
        2
    """
    from importlib.resources import files

    from schemas.datafile import read_data

    raw = read_data(files("schemas") / "data" / "errors.yaml")
    return {
        code: ErrorText(message=entry["message"], cure=entry["cure"], exit=entry.get("exit", EXIT_FAILED))
        for code, entry in raw.items()
    }


def problem_of(error: BaseException) -> str:
    """What an error of a library says, in one line, for the ``problem`` of one of ours; its kind where it says nothing.

    Parameters:
        error: any error.

    Returns:
        the first paragraph of its message (others name places in programs), at most 200 letters; or its class.

    Example:
        >>> problem_of(ValueError("the file\\n ends early\\n\\nThis happened in: x")), problem_of(EOFError())
        ('the file ends early', 'EOFError')
    """
    first = re.split(r"\n\s*\n", str(error).strip(), maxsplit=1)[0]
    return " ".join(first.split())[:200] or type(error).__name__


class MinberError(Exception):
    """A failure that the user can understand and mend.

    Parameters:
        code: key of the catalogue, such as ``MB012``.
        place: where it happened (file, ``file:line``, field, URL); shown first. May be empty.
        values: fill the templates of message and cure.

    Example:
        >>> error = MinberError("MB001", path="speeches")
        >>> print(error)  # doctest: +ELLIPSIS
        MB001 no corpus found at speeches. Cure: run 'minber init DIR' first, ...
    """

    def __init__(self, code: str, place: str = "", **values: object) -> None:
        text = catalogue()[code]
        self.code = code
        self.place = place
        self.message = text["message"].format(**values)
        self.cure = text["cure"].format(**values)
        self.exit_code = text["exit"]
        super().__init__(code, place)
        self.values = values

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{self.code} {where}{self.message}. Cure: {self.cure}."

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.code, self.place, self.values))


def _rebuild(code: str, place: str, values: dict[str, object]) -> MinberError:
    """Unpickle an error that crossed a process border (exceptions with keyword arguments do not by themselves)."""
    return MinberError(code, place, **values)


class MinberErrors(MinberError):
    """Several errors found in one reading, such as every bad field of a codebook.

    Parameters:
        code: the code of the whole (its message should speak of ``count`` errors).
        place: the file they were found in.
        errors: the single errors, in order of their place.

    Example:
        >>> one = MinberError("MB010", "book.yaml:3", field="version", problem="Field required")
        >>> print(MinberErrors("MB011", "book.yaml", [one], kind="codebook"))  # doctest: +ELLIPSIS
        MB011 book.yaml: 1 error(s) in this codebook. Cure: ...
          MB010 book.yaml:3: field version: Field required. Cure: ...
    """

    def __init__(self, code: str, place: str, errors: list[MinberError], **values: object) -> None:
        super().__init__(code, place, count=len(errors), **values)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {error}" for error in self.errors)])


ROOMS = {
    "0": "Schemas and settings",
    "1": "Ingest",
    "2": "Store",
    "3": "Annotators",
    "4": "Doccano",
    "5": "Statistics",
    "6": "Export",
    "7": "Demo and report",
    "8": "Learning",
}
"""First digit of a code → the room that raises it."""


def errors_page() -> str:
    """Write the page of the documentation that lists every error (``make docs`` saves it as docs/errors.md).

    Returns:
        Markdown, one section a room, one line a code.

    Example:
        >>> errors_page().splitlines()[0]
        '# Errors'
    """
    lines = [
        "# Errors",
        "",
        "Every failure that you can mend has a code, a place and a cure. Exit codes: 0 done, 1 an input failed and the",
        "rest was done, 2 wrong use. Words in braces are filled in. This page is written by `make docs`.",
    ]
    room = ""
    for code, text in sorted(catalogue().items()):
        if code[2] != room:
            room = code[2]
            lines += ["", f"## {ROOMS[room]}", "", "| code | exit | what it says | cure |", "| --- | --- | --- | --- |"]
        message, cure = (part.replace("|", "\\|") for part in (text["message"], text["cure"]))
        lines.append(f"| {code} | {text['exit']} | {message} | {cure} |")
    return "\n".join(lines) + "\n"
