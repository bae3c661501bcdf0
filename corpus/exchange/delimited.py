"""CSV: one annotation a row, for spreadsheets and R (`corpus.exchange.table`). Written and read.

A cell without anything is an unknown value; that a value was a text without letters is not told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.registry import Format, Report
from corpus.exchange.table import frames
from corpus.exchange.tabled import NEEDED, import_table
from corpus.stats.output import BOM
from schemas.errors import MinberError

if TYPE_CHECKING:
    import polars as pl

    from corpus.store import Corpus

_LONGEST = 256 * 1024 * 1024
"""Letters of a cell or a line; more is no table but an attack."""


def export_csv(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write an annotation a row: UTF-8, commas, a header, days as ISO 8601, nothing where nothing is known.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the rows go; memory stays bounded.

    Returns:
        how much went out.
    """
    report = Report()
    out.writelines(
        frame.write_csv(include_header=number == 0).encode()
        for number, frame in enumerate(frames(corpus, where, report))
    )
    return report


def import_csv(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read a table in the form of ``export_csv`` into a corpus, also as spreadsheets save it: with ``;`` or tabs.

    Parameters:
        corpus: the corpus.
        stream: the table, UTF-8; memory stays bounded by the longest document.
        name: of the stream, for messages.

    Returns:
        what came in; see ``tabled.import_table``. A line with too many or too few values is a failure MB606.

    Raises:
        MinberError: MB608 it is no such table; what stands before the place named has come in.
    """
    report = Report()
    return import_table(corpus, _rows(stream, name, report), name, "csv@1", report)


def _rows(stream: BinaryIO, name: str, report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = None
    before = csv.field_size_limit(_LONGEST)
    try:
        head = lines.readline(_LONGEST)
        separator = max(",;\t", key=head.count)
        header = next(csv.reader([head], delimiter=separator), [])
        missing = [column for column in NEEDED if column not in header]
        if missing:
            raise MinberError("MB608", name, form="csv", problem=f"it has no column {missing[0]}")
        reader = csv.reader(lines, delimiter=separator, strict=True)
        while True:
            number = reader.line_num + 2
            cells = next(reader, None)
            if cells is None:
                return
            if not any(cells):
                continue
            if len(cells) != len(header):
                problem = f"{len(cells)} values for {len(header)} columns"
                report.failures.append(MinberError("MB606", f"{name}:{number}", problem=problem))
                continue
            row: dict[str, Any] = {key: cell or None for key, cell in zip(header, cells, strict=True)}
            if separator == ";" and row.get("score"):
                row["score"] = row["score"].replace(",", ".")  # where ; parts cells, a comma parts a number
            yield str(number), row
    except (csv.Error, UnicodeDecodeError) as error:
        number = 1 if reader is None else reader.line_num + 1
        what = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise MinberError("MB608", name, form="csv", problem=f"line {number}: {what}") from error
    finally:
        csv.field_size_limit(before)
        lines.detach()


FORMAT = Format(
    "csv", "one annotation or label a row, with its words and its document", export_csv, import_csv, file_mark=BOM
)
"""The format, for the registry."""
