"""Themes: in what share of sentences, documents or labelled units each is spoken of, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus.stats.frames import check_columns, eager_or_lazy, grouped
from corpus.stats.intervals import wilson


@eager_or_lazy
def theme_shares(
    units: pl.LazyFrame,
    labels: pl.DataFrame | pl.LazyFrame,
    by: Sequence[str] = (),
    themes: Sequence[str] | None = None,
    on: Sequence[str] = ("doc_id", "start", "end"),
    level: float = 0.95,
) -> pl.LazyFrame:
    """Count in how many units each theme stands, of how many, with Wilson's interval of the share.

    Parameters:
        units: what is counted: a row a sentence (or document, or unit that a person labelled), with the columns of
            ``on`` and of ``by``.
        labels: a row a theme of a unit: the columns of ``on`` and ``label``; one that is given twice counts once, one
            of a unit that is not in ``units`` not at all.
        by: fields; each combination of their values is a group.
        themes: theme ids in the order wanted, those never found too; None for those found, by name.
        on: columns that name a unit; ``("doc_id",)`` counts documents.
        level: of confidence of the intervals.

    Returns:
        ``theme``, ``group``, ``count``, ``n`` (units of the group), ``share``, ``low``, ``high`` and, of several
        fields, each field.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> units = pl.DataFrame({"doc_id": ["a", "a"], "start": [0, 5], "end": [4, 9]})
        >>> labels = pl.DataFrame({"doc_id": ["a"], "start": [5], "end": [9], "label": ["dialogue"]})
        >>> theme_shares(units, labels).select("theme", "count", "n", "share").rows()
        [('dialogue', 1, 2, 0.5)]
    """
    keys: list[str] = list(on)
    rows, groups = grouped(units, by)
    check_columns(rows, keys)
    check_columns(labels.lazy(), [*keys, "label"])
    rows = rows.unique([*keys, *groups])
    totals = rows.group_by(groups).agg(pl.len().cast(pl.Int64).alias("n"))
    hits = (
        rows.join(labels.lazy().select(*keys, theme="label").unique(), on=keys)
        .group_by("theme", *groups)
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )
    names = (
        pl.LazyFrame({"theme": list(themes)}, schema={"theme": pl.String})
        if themes is not None
        else hits.select("theme").unique().sort("theme")
    )
    low, high = wilson(pl.col("count"), pl.col("n"), level)
    return (
        names.with_row_index("_place")
        .join(totals, how="cross")
        .join(hits.select("theme", "group", "count"), on=["theme", "group"], how="left")
        .with_columns(pl.col("count").fill_null(0))
        .with_columns(share=pl.col("count") / pl.col("n"), low=low, high=high)
        .sort(*groups[1:] or ["group"], "_place", nulls_last=True)
        .select("theme", "group", "count", "n", "share", "low", "high", *groups[1:])
    )
