"""CSV and TSV, ``csv@1``, as a stream: one document a row; separator, quotes and encoding are told from the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from corpus.ingest.encoding import decode
from corpus.ingest.formats.rows import Row, read_row
from corpus.ingest.formats.tables import parts_of, sampled
from corpus.ingest.opened import Opened, too_large
from corpus.ingest.reading import Reader
from schemas.errors import MinberError

_SEPARATORS = ("\t", ",", ";", "|")
_DOUBLED = re.compile(r'[^\\,;|\t\r\n"]""')  # a quote inside quotes, unless a cell is empty
_LONGEST_NAME = 100  # characters of a column's name; longer ones are texts of a table without names


def table(source: Opened) -> tuple[Iterator[Row], dict[str, Any]]:
    """Open a table.

    Parameters:
        source: the file.

    Returns:
        its rows, one by one, and what is known of its encoding.

    Raises:
        MinberError: MB104 empty; MB106 to MB108 not text.
    """
    stream, sample = sampled(source)
    if not sample.strip():
        raise MinberError("MB104", source.place, what="the table is empty")
    decoded = decode(sample, source.charset, source.place)
    encoding = "utf-8-sig" if decoded.encoding in ("utf-8", "ascii") else decoded.encoding
    known = {"encoding": decoded.encoding, "encoding_origin": decoded.origin}
    lines = _Lines(io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""), source)
    return _rows(source, lines, _dialect(decoded.text, source.name)), known


def _rows(source: Opened, lines: _Lines, dialect: dict[str, Any]) -> Iterator[Row]:
    csv.field_size_limit(min(source.max_size, 2**31 - 1))
    reader = csv.reader(lines, **dialect)
    header: list[str] | None = None
    number = 0
    while True:
        begin = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, MinberError) as error:
            number += header is not None
            problem = (
                f"{error} (it begins in line {begin + 1:,} and goes on to line {reader.line_num:,}: a quotation mark?)"
            )
            coded = error if isinstance(error, MinberError) else _broken(source, number, problem)
            yield Row(str(number), {}, error=coded)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells)
            if header is not None:
                continue
            header = [str(place) for place in range(1, len(cells) + 1)]
        number += 1
        if lines.ended:  # inside a value
            problem = f"a quotation mark in line {begin + 1:,} is not closed, up to the end of the file"
            yield Row(str(number), {}, error=_broken(source, number, problem))
            return
        extra = [cell for cell in cells[len(header) :] if cell.strip()]
        if extra:
            problem = f"it has {len(cells)} values for {len(header)} columns"
            yield Row(str(number), {}, error=_broken(source, number, problem))
        else:
            yield Row(str(number), dict(zip(header, cells, strict=False)))


def _broken(source: Opened, number: int, problem: str) -> MinberError:
    return MinberError("MB148", source.place, number=number, problem=problem)


def _header(cells: list[str]) -> list[str] | None:
    """Names of columns, each once; None where the first row is no such names but a text already."""
    names = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    if max(map(len, names)) > _LONGEST_NAME:
        return None
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = name or f"column {place}"
        found.append(f"{name} {place}" if name in found else name)
    return found


def _dialect(sample: str, name: str) -> dict[str, Any]:
    """How cells are separated and quoted, from the first lines."""
    first = _outside_quotes(sample)
    counts = {separator: first.count(separator) for separator in _SEPARATORS}
    if name.lower().endswith((".tsv", ".tab")) and counts["\t"]:
        separator = "\t"
    else:
        separator = max(_SEPARATORS, key=lambda one: counts[one])
        separator = separator if counts[separator] else ","
    dialect: dict[str, Any] = {"delimiter": separator, "skipinitialspace": separator != "\t"}
    if separator == "\t" and not any(cell.startswith('"') and cell.endswith('"') for cell in _cells(sample)):
        dialect["quoting"] = csv.QUOTE_NONE  # inches and speech in a table that quotes nothing
    elif '\\"' in sample and not _DOUBLED.search(sample):
        dialect |= {"escapechar": "\\", "doublequote": False}
    return dialect


def _outside_quotes(sample: str) -> str:
    """The first line that is not blank, without what stands in quotes."""
    kept: list[str] = []
    quoted = False
    for char in sample.lstrip("\ufeff\r\n "):
        if char == '"':
            quoted = not quoted
        elif not quoted:
            if char in "\r\n":
                break
            kept.append(char)
    return "".join(kept)


def _cells(sample: str) -> Iterator[str]:
    for line in sample.splitlines()[:1000]:
        yield from (cell.strip() for cell in line.split("\t") if len(cell) > 1)


class _Lines:
    """Lines of bounded length; one that is longer is an error, and the next one is read all the same."""

    def __init__(self, stream: io.TextIOWrapper, source: Opened) -> None:
        self._stream = stream
        self._source = source
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        limit = self._source.max_size
        line = self._stream.readline(limit + 1)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) > limit:
            while line and not line.endswith(("\n", "\r")):
                line = self._stream.readline(limit)
            raise too_large(self._source.place, None, limit)
        return line.replace("\0", "")


READER = Reader(
    name="csv",
    version=1,
    suffixes=(".csv", ".tsv", ".tab"),
    media_types=("text/csv", "text/tab-separated-values", "application/csv"),
    read=read_row,
    about="tables: one document a row (--text-field, --map)",
    parts=parts_of(table),
)
