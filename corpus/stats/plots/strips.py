"""Lexical dispersion: a strip for each word, a stroke wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions
from corpus.stats.plots.drawing import PALETTE, caption, in_panels

STROKES = 3000
"""So many places can be told apart across the picture; strokes nearer than that are one."""

MOST_STRIPS = 12
"""So many of the most frequent words are drawn where none are chosen."""

MOST_BORDERS = 120
"""Borders of more documents than this would be a grey surface."""


def plot_strips(
    groups: Mapping[str, tuple[pl.DataFrame, pl.DataFrame]], total: int = 0, title: str = "", language: str = "en"
) -> Any:
    """Draw where words stand in each group, one group below the other.

    Parameters:
        groups: group → what `plot_dispersion` takes.
        total: number of groups that there are, if these are not all.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    words = captions(language)
    charts = {group: _strips(*found, words) for group, found in groups.items()}
    heading = caption(title or words["dispersion"], words, len(groups), total)
    return in_panels(charts, words, columns=1).properties(title=heading)


def plot_dispersion(places: pl.DataFrame, documents: pl.DataFrame, title: str = "", language: str = "en") -> Any:
    """Draw where in the corpus words stand.

    Parameters:
        places: result of ``word_places``: ``pattern``, ``doc_id``, ``place``.
        documents: ``doc_id``, ``first`` (place of its first word, from 0) and ``size`` (words), in order.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    words = captions(language)
    return _strips(places, documents, words).properties(title=title or words["dispersion"])


def _strips(places: pl.DataFrame, documents: pl.DataFrame, words: Mapping[str, str]) -> Any:
    import altair as alt

    total = max(documents.select(pl.col("size").sum()).item() or 0, 1)
    counts = places.group_by("pattern", maintain_order=True).agg(
        count=pl.col("place").drop_nulls().len(), documents=pl.col("doc_id").drop_nulls().n_unique()
    )
    named = counts.with_columns(word=pl.format("{} ({})", "pattern", "count"))
    grain = max(total // STROKES, 1)
    strokes = (
        places.filter(pl.col("place").is_not_null())
        .with_columns(place=pl.col("place") // grain * grain)
        .unique(["pattern", "place"], maintain_order=True)
        .join(named.select("pattern", "word"), on="pattern", maintain_order="left")
    )
    across = alt.Scale(domain=[0, total], nice=False)
    place = alt.Y("word:N", sort=named["word"].to_list(), title=None, scale=alt.Scale(domain=named["word"].to_list()))
    ticks = (
        alt.Chart(strokes)
        .mark_tick(color=PALETTE[0], thickness=1.5, size=22, opacity=0.8)
        .encode(
            x=alt.X("place:Q", scale=across, title=words["place"], axis=alt.Axis(grid=False, format=",d", tickCount=8)),
            y=place,
            tooltip=["pattern", "doc_id", "place"],
        )
    )
    layers = [ticks]
    if 1 < documents.height <= MOST_BORDERS:
        edges = alt.Chart(documents.filter(pl.col("first") > 0).select("first"))
        layers.insert(0, edges.mark_rule(color="#cccccc", strokeWidth=0.7).encode(x=alt.X("first:Q", scale=across)))
    return alt.layer(*layers).properties(width=640, height=alt.Step(32))
