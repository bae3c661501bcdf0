"""Which exchange formats there are, and how a whole corpus goes out to a file or comes in from one."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from schemas.errors import MinberError

if TYPE_CHECKING:
    import polars as pl

    from corpus.store import Corpus

GROUP = "minber.exchange"
"""Entry-point group: each entry is a ``Format``."""

_BUILT_IN = ("jsonl", "doccano", "parquet", "delimited", "conllu", "docbin", "refi_qda", "brat", "graphml", "tei")
"""Modules of this room."""
STDIO = "-"


@dataclass(slots=True)
class Report:
    """What went out or came in.

    Attributes:
        documents: written, or new or changed by reading.
        rows: annotations and labels; rows of a format that has another grain.
        unchanged: documents of an import that the corpus knew.
        skipped: documents that the format cannot show because they are not annotated.
        failures: what could not be written or read, each with its place.
        notes: what the format could not hold or was read in a way that people should know of, one sentence each.
    """

    documents: int = 0
    rows: int = 0
    unchanged: int = 0
    skipped: int = 0
    failures: list[MinberError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Format:
    """An exchange format.

    Attributes:
        name: as on the command line.
        summary: one line for people.
        export: writes the documents that satisfy a condition (None for all) to a binary stream; None if Minber does
            not write this format.
        load: reads a binary stream, whose name is given for messages, into a corpus; None if Minber does not read it.
        load_folder: the same for a folder, where this format is one.
        refusal: code of the error that says why this format cannot be read at all, and what to read instead.
        file_mark: what a file begins with, but not standard output: a byte-order mark, without which Excel takes
            Kazakh letters for something else.
    """

    name: str
    summary: str
    export: Callable[[Corpus, pl.Expr | None, BinaryIO], Report] | None = None
    load: Callable[[Corpus, BinaryIO, str], Report] | None = None
    file_mark: bytes = b""
    load_folder: Callable[[Corpus, Path], Report] | None = None
    refusal: str | None = None


@cache
def _formats() -> dict[str, Format]:
    found: dict[str, Format] = {}
    for module in _BUILT_IN:
        one: Format = import_module(f"corpus.exchange.{module}").FORMAT
        found[one.name] = one
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            plugin = entry.load()
        except Exception as error:  # a package of somebody else's may fail in any way
            raise MinberError("MB602", entry.value, name=entry.name, problem=str(error)) from error
        if not isinstance(plugin, Format):
            problem = f"it is a {type(plugin).__name__}, not a Format"
            raise MinberError("MB602", entry.value, name=entry.name, problem=problem)
        found[plugin.name] = plugin
    return found


def exporters() -> list[str]:
    """Names of the formats that a corpus can be written in.

    Example:
        >>> exporters()
        ['brat', 'conllu', 'csv', 'docbin', 'doccano', 'graphml', 'jsonl', 'parquet', 'refi-qda', 'tei']
    """
    return sorted(name for name, one in _formats().items() if one.export is not None)


def importers() -> list[str]:
    """Names of the formats that a corpus can be read from.

    Example:
        >>> "jsonl" in importers()
        True
    """
    return sorted(name for name, one in _formats().items() if one.load is not None)


def named(name: str) -> Format:
    """Look up a format.

    Raises:
        MinberError: MB600 no such format.

    Example:
        >>> named("jsonl").name
        'jsonl'
    """
    if name not in _formats():
        raise MinberError("MB600", name=name, known=", ".join(sorted(_formats())))
    return _formats()[name]


def export_corpus(corpus: Corpus, name: str, dest: Path | str, where: pl.Expr | None = None) -> Report:
    """Write a corpus in a format; a file appears whole or not at all.

    Parameters:
        corpus: the corpus.
        name: of the format.
        dest: a file, replaced if it is there; ``-`` for standard output.
        where: condition on the columns of ``documents``; None for all documents.

    Returns:
        how many documents and rows went out.

    Raises:
        MinberError: MB600 unknown format, MB601 not a format to write, MB603 the file cannot be written.
    """
    one = named(name)
    if one.export is None:
        raise MinberError("MB601", name=name, what="write", known=", ".join(exporters()))
    if str(dest) == STDIO:
        report = one.export(corpus, where, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return report
    path = Path(dest)
    if path.is_dir():
        raise MinberError("MB603", str(path), problem="it is a folder")
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False) as out:
            temporary = Path(out.name)
            out.write(one.file_mark)
            report = one.export(corpus, where, out)  # type: ignore[arg-type]  # the wrapper passes all calls on
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(_usual_mode())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise MinberError("MB603", str(path), problem=error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
    return report


def import_corpus(corpus: Corpus, name: str, source: Path | str) -> Report:
    """Read documents, annotations and labels of a file into a corpus; what is there already stays.

    Parameters:
        corpus: the corpus.
        name: of the format.
        source: a file, of some formats also a folder; ``-`` for standard input.

    Returns:
        what came in; ``failures`` names each line that did not.

    Raises:
        MinberError: MB600 unknown format, MB601, MB609 not a format to read, MB003 unreadable file.
    """
    one = named(name)
    if one.load is None and one.refusal is not None:
        raise MinberError(one.refusal, str(source))
    if one.load is None:
        raise MinberError("MB601", name=name, what="read", known=", ".join(importers()))
    if str(source) == STDIO:
        return one.load(corpus, sys.stdin.buffer, "standard input")
    path = Path(source)
    if path.is_dir() and one.load_folder is not None:
        return one.load_folder(corpus, path)
    try:
        with path.open("rb") as stream:
            return one.load(corpus, stream, str(path))
    except OSError as error:
        raise MinberError("MB003", str(path), file=path.name, problem=error.strerror or str(error)) from error


def _usual_mode() -> int:
    """The permissions that a plainly opened new file would get: temporary files are made private."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
