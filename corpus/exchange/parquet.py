"""Parquet: one annotation a row, with types (`corpus.exchange.table`). Written and read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.registry import Format, Report
from corpus.exchange.table import COLUMNS, frames
from corpus.exchange.tabled import NEEDED, import_table
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    from corpus.store import Corpus

_ROWS = 5_000


def export_parquet(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write an annotation a row.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the table goes; it is held in memory as a whole.

    Returns:
        how much went out.
    """
    report = Report()
    buffer = io.BytesIO()
    pl.concat(list(frames(corpus, where, report))).write_parquet(buffer, compression="zstd")
    out.write(buffer.getbuffer())
    return report


def import_parquet(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read a table in the form of ``export_parquet`` into a corpus, some thousand rows at a time.

    Parameters:
        corpus: the corpus.
        stream: the table.
        name: of the stream, for messages.

    Returns:
        what came in; see ``tabled.import_table``.

    Raises:
        MinberError: MB608 it is no such table.
    """
    return import_table(corpus, _rows(stream, name), name, "parquet@1", Report())


def _rows(stream: BinaryIO, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    source = stream if stream.seekable() else io.BytesIO(stream.read())
    try:
        frame = pl.scan_parquet(source, glob=False)
        schema = frame.collect_schema()
        missing = [column for column in NEEDED if column not in schema]
        if missing:
            raise MinberError("MB608", name, form="parquet", problem=f"it has no column {missing[0]}")
        known = [pl.col(column).cast(kind) for column, kind in COLUMNS.items() if column in schema]
        batches = iter(frame.select(known).collect_batches(chunk_size=_ROWS, maintain_order=True, lazy=True))
        number = 0
        while (batch := next(batches, None)) is not None:
            for row in batch.iter_rows(named=True):
                number += 1
                yield str(number), row
    except (pl.exceptions.PolarsError, OSError, OverflowError, pl.exceptions.PanicException) as error:
        raise MinberError("MB608", name, form="parquet", problem=problem_of(error)) from error


FORMAT = Format(
    "parquet",
    "one annotation or label a row, with its words and its document, typed",
    export_parquet,
    import_parquet,
)
"""The format, for the registry."""
