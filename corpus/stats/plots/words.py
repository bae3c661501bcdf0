"""Frequent words and key words as bars."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions
from corpus.stats.plots.drawing import PALETTE


def plot_frequency(frame: pl.DataFrame, title: str = "", limit: int = 30, language: str = "en") -> Any:
    """Draw the most frequent features as bars, a panel for each group.

    Parameters:
        frame: result of ``frequency``.
        title: of the picture; a caption of its own if empty.
        limit: number of features of a group.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    data = frame.filter(pl.int_range(pl.len()).over("group") < limit)
    charts = []
    for (group,), part in data.group_by("group", maintain_order=True):
        bars = (
            alt.Chart(part)
            .mark_bar(color=PALETTE[0])
            .encode(
                y=alt.Y("feature:N", sort=None, title=None),
                x=alt.X("per_million:Q", title=words["per_million"], axis=alt.Axis(tickCount=5)),
                tooltip=["feature", "frequency", "docfreq", alt.Tooltip("per_million", format=",.1f")],
            )
            .properties(width=280, title=words.get(str(group), str(group)) if data["group"].n_unique() > 1 else "")
        )
        charts.append(bars)
    chart = charts[0] if len(charts) == 1 else alt.concat(*charts, columns=3).resolve_scale(y="independent")
    return chart.properties(title=title or words["frequency"])


def plot_keyness(
    frame: pl.DataFrame, target: str, reference: str = "", limit: int = 20, title: str = "", language: str = "en"
) -> Any:
    """Draw the words of the target and of the reference as bars to the right and to the left.

    Parameters:
        frame: result of ``keyness``, whose second column is the measure.
        target: what the target is called.
        reference: what the reference is called; "the rest" if empty.
        limit: number of words of each side.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    reference = reference or words["rest"]
    measure = frame.columns[1]
    finite = frame.filter(pl.col(measure).is_finite())
    middle = 1.0 if measure == "odds_ratio" else 0.0
    ours = finite.filter(pl.col(measure) > middle).head(limit)
    theirs = finite.filter(pl.col(measure) < middle).tail(limit)
    data = pl.concat([ours.with_columns(side=pl.lit(target)), theirs.with_columns(side=pl.lit(reference))])
    place = alt.Y("feature:N", sort=None, title=None)
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=place,
            x=alt.X(f"{measure}:Q", title=measure),
            color=alt.Color(
                "side:N",
                sort=[target, reference],
                title=None,
                scale=alt.Scale(domain=[target, reference], range=list(PALETTE[:2])),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["feature", alt.Tooltip(measure, format=",.2f"), "n_target", "n_reference"],
        )
    )
    zero = alt.Chart(data.head(1)).mark_rule(color="#333333").encode(x=alt.datum(middle))
    return (bars + zero).properties(width=420, title=title or words["keyness"])
