"""Frequent words and key words as bars."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions, group_name
from corpus.stats.plots.drawing import PALETTE, caption, in_panels, largest_groups


def plot_frequency(
    frame: pl.DataFrame,
    title: str = "",
    limit: int = 30,
    language: str = "en",
    value: str = "per_million",
    name: str = "feature",
    size: str | None = "frequency",
    shared: bool = False,
) -> Any:
    """Draw the most frequent features as bars, a panel for each group.

    Parameters:
        frame: result of ``frequency``, ``top_tfidf`` or ``dictionary``.
        title: of the picture; a caption of its own if empty.
        limit: number of features of a group.
        language: of the captions.
        value: column of the length of the bars.
        name: column of what the bars are called.
        size: column whose sum is the size of a group: the 12 largest are drawn; None: its rows.
        shared: bars of all groups have one scale.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    shown, total = largest_groups(frame, size)
    data = frame.filter(pl.col("group").is_in(shown)).filter(pl.int_range(pl.len()).over("group") < limit)
    told = [column for column in ("frequency", "count", "docfreq", "n") if column in frame.columns]
    charts = []
    for (group,), part in data.group_by("group", maintain_order=True):
        bars = (
            alt.Chart(part)
            .mark_bar(color=PALETTE[0])
            .encode(
                y=alt.Y(f"{name}:N", sort=None, title=None),
                x=alt.X(f"{value}:Q", title=words.get(value, value), axis=alt.Axis(tickCount=5)),
                tooltip=[name, *told, alt.Tooltip(value, format=",.1f" if value == "per_million" else ",.4~g")],
            )
            .properties(width=280, title=group_name(str(group), words) if data["group"].n_unique() > 1 else "")
        )
        charts.append(bars)
    chart = charts[0] if len(charts) == 1 else _panels(charts, shared)
    return chart.properties(title=caption(title or words["frequency"], words, len(shown), total))


def _panels(charts: list[Any], shared: bool) -> Any:
    import altair as alt

    return alt.concat(*charts, columns=3).resolve_scale(x="shared" if shared else "independent", y="independent")


def plot_keyness(
    frame: pl.DataFrame, target: str, reference: str = "", limit: int = 20, title: str = "", language: str = "en"
) -> Any:
    """Draw the words of the target and of the reference as bars to the right and to the left.

    Parameters:
        frame: result of ``keyness``, whose second column is the measure; with groups, each has a panel.
        target: what the target is called; empty where each group is the target of its own panel.
        reference: what the reference is called; "the rest" if empty.
        limit: number of words of each side.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    words = captions(language)
    sizes = ["n_target", "n_reference"] if target else ["n_target"]  # the rest is the same for all without a target
    target, reference = target or words["this_group"], reference or words["rest"]
    heading = title or words["keyness"]
    if "group" not in frame.columns:
        return _keyness(frame, target, reference, limit).properties(title=heading)
    shown, total = largest_groups(frame.with_columns(_n=pl.sum_horizontal(sizes)), "_n")
    charts = {
        str(group): _keyness(part, target, reference, limit // 2, width=260)
        for (group,), part in frame.filter(pl.col("group").is_in(shown)).group_by("group", maintain_order=True)
    }
    return in_panels(charts, words).properties(title=caption(heading, words, len(shown), total))


def _keyness(frame: pl.DataFrame, target: str, reference: str, limit: int, width: int = 420) -> Any:
    """Bars of both sides, of one comparison."""
    import altair as alt

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
    return (bars + zero).properties(width=width)
