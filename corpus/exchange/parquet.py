"""Parquet: one annotation a row, with types (`corpus.exchange.table`). Only written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from corpus.exchange.registry import Format, Report
from corpus.exchange.table import frames

if TYPE_CHECKING:
    from corpus.store import Corpus


def export_parquet(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write an annotation a row.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the table goes; it is held in memory as a whole, without the texts.

    Returns:
        how much went out.
    """
    report = Report()
    buffer = io.BytesIO()
    pl.concat(list(frames(corpus, where, report))).write_parquet(buffer, compression="zstd")
    out.write(buffer.getbuffer())
    return report


FORMAT = Format("parquet", "one annotation or label a row, with its words and its document, typed", export_parquet)
"""The format, for the registry."""
