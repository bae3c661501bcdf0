"""Parquet, ``parquet@1``: one document a row, read in slices of some thousand rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.ingest.formats.native import parsed_natively
from corpus.ingest.formats.rows import Row, read_row
from corpus.ingest.formats.tables import parts_of
from corpus.ingest.opened import Opened
from corpus.ingest.reading import Reader

_ROWS = 2_000
_MAGIC = b"PAR1"


def table(source: Opened) -> tuple[Iterator[Row], dict[str, Any]]:
    """Open a table.

    Parameters:
        source: the file; inside an archive it is read into memory.

    Returns:
        its rows, one by one, and nothing of an encoding.

    Raises:
        MinberError: MB112 too large for memory, in an archive; MB141 damaged: both when the first row is asked for.
    """
    return _rows(source), {}


def _rows(source: Opened) -> Iterator[Row]:
    import polars as pl

    number = 0
    with parsed_natively(source):
        frame = pl.scan_parquet(source.path if source.path is not None else source.seekable(), glob=False)
        batches = iter(frame.collect_batches(chunk_size=_ROWS, maintain_order=True, lazy=True))
    while True:
        with parsed_natively(source):
            batch = next(batches, None)
            rows = batch.rows(named=True) if batch is not None else None
        if rows is None:
            return
        for values in rows:
            number += 1
            yield Row(str(number), values)


READER = Reader(
    name="parquet",
    version=1,
    suffixes=(".parquet", ".pq"),
    media_types=("application/vnd.apache.parquet", "application/x-parquet"),
    read=read_row,
    sniff=lambda head: head.startswith(_MAGIC),
    about="tables: one document a row (--text-field, --map)",
    parts=parts_of(table),
)
