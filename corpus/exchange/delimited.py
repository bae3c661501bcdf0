"""CSV: one annotation a row, for spreadsheets and R (`corpus.exchange.table`). Only written."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from corpus.exchange.registry import Format, Report
from corpus.exchange.table import frames
from corpus.stats.output import BOM

if TYPE_CHECKING:
    import polars as pl

    from corpus.store import Corpus


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


FORMAT = Format("csv", "one annotation or label a row, with its words and its document", export_csv, file_mark=BOM)
"""The format, for the registry."""
