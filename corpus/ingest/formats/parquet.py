"""Parquet, ``parquet@1``: one document a row, read in slices of some thousand rows."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.ingest.formats.native import parsed_natively
from corpus.ingest.formats.rows import Row, pieces, read_row
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Raw, Reader

_ROWS = 2_000
_MAGIC = b"PAR1"


def parts(source: Opened) -> Iterator[Raw | Left]:
    """Give the rows of a table one by one.

    Parameters:
        source: the file; inside an archive it is read into memory.

    Yields:
        rows.

    Raises:
        MinberError: MB112 too large for memory, in an archive; MB141 damaged; MB145, MB146 no column is surely a text.
    """
    yield from pieces(source, _rows(source))


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
    parts=parts,
)
