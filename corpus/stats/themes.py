"""Themes: in what share of sentences, documents or labelled units each is spoken of, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from corpus.stats.frames import check_choice, check_columns, eager_or_lazy, grouped
from corpus.stats.intervals import wilson

if TYPE_CHECKING:
    from schemas.codebook import Codebook


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
            ``on`` and of ``by``, each unit once in a group.
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
        rows.join(labels.lazy().select(*keys, theme="label").unique(), on=keys, nulls_equal=True)
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


def agreed_labels(units: pl.DataFrame, labels: pl.DataFrame, layer: str = "theme") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take people's labels of the units they confirmed; a label counts if at least half of a unit's coders gave it.

    Only a confirmed unit tells what is *not* there: in it every label present is the person's, every one absent their
    rejection. Others say nothing and are left out.

    Parameters:
        units: ``unit_id``, ``project``, ``doc_id``, ``start``, ``end``, ``confirmed``; a row a unit of a project, whose
            people count as one coder.
        labels: ``unit_id``, ``project``, ``layer``, ``label``, ``decision``.
        layer: of the labels.

    Returns:
        units (``doc_id``, ``start``, ``end``, ``coders``) and their labels (``doc_id``, ``start``, ``end``, ``label``),
        as ``theme_shares`` takes them.

    Example:
        >>> units = pl.DataFrame({"unit_id": ["u"], "project": ["p"], "doc_id": ["a"], "start": [0], "end": [9],
        ...                       "confirmed": [True]})
        >>> labels = pl.DataFrame({"unit_id": ["u"], "project": ["p"], "layer": ["theme"], "label": ["dialogue"],
        ...                        "decision": ["confirmed"]})
        >>> agreed_labels(units, labels)[1].rows()
        [('a', 0, 9, 'dialogue')]
    """
    place = ["doc_id", "start", "end"]
    confirmed = units.filter(pl.col("confirmed")).unique(["unit_id", "project"])
    coded = confirmed.group_by(place).agg(pl.len().cast(pl.Int64).alias("coders"))
    votes = (
        labels.filter((pl.col("layer") == layer) & pl.col("decision").is_in(["added", "confirmed"]))
        .select("unit_id", "project", "label")
        .unique()
        .join(confirmed.select("unit_id", "project", *place), on=["unit_id", "project"])
        .group_by(*place, "label")
        .len("votes")
        .join(coded, on=place)
    )
    agreed = votes.filter(pl.col("votes") * 2 >= pl.col("coders")).select(*place, "label")
    return coded.sort(place), agreed.sort(*place, "label")


def check_theme(codebook: Codebook, theme: str) -> None:
    """Make sure that a codebook has a theme.

    Parameters:
        codebook: of the corpus.
        theme: id of the theme.

    Raises:
        MinberError: MB505 with the themes that exist.
    """
    check_choice("theme", theme, [known.id for known in codebook.themes])
