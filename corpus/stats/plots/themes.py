"""Shares of themes: bars, lines over time, or a heat map of themes by speakers or any other field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions, unit_caption
from corpus.stats.plots.drawing import MACHINE, PALETTE, SHADES, corrected

TIMES = ("date", "year", "month", "decade")
"""Fields that are drawn as time."""

MOST_GROUPS = 20
"""So many columns of a heat map can be read."""


def plot_themes(
    frame: pl.DataFrame,
    names: Mapping[str, str] | None = None,
    field: str = "group",
    title: str = "",
    unit: str = "sentences",
    language: str = "en",
) -> Any:
    """Draw the shares of themes: bars with intervals, lines over time, or a heat map of many groups.

    Parameters:
        frame: result of ``theme_shares``; corrected shares, where there are some, are drawn with the machine's in grey.
        names: theme id → name to show.
        field: what ``group`` holds: ``date``, ``year``, ``month`` and ``decade`` are drawn as time.
        title: of the picture; a caption of its own if empty.
        unit: what is counted, for the axis.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    words = captions(language)
    shown = dict(names or {})
    if field in TIMES and not frame.filter(pl.col("group") != "(none)").is_empty():
        frame = frame.filter(pl.col("group") != "(none)")  # what has no date has no place on the line
    data = corrected(frame).with_columns(
        name=pl.col("theme").replace_strict(shown, default=pl.col("theme"), return_dtype=pl.String)
    )
    totals = data.group_by("name").agg(pl.col("count").sum()).sort("count", "name", descending=[True, False])
    order = totals["name"].to_list()
    share = unit_caption(unit, language)
    groups = data["group"].n_unique()
    better = "corrected" in frame.columns
    subtitle = f"{words['corrected']}; {words['corrected_key']}" if better else ""
    if groups == 1:
        chart = _bars(data, order, share, PALETTE[5] if better else PALETTE[0])
    elif field in TIMES:
        found = totals.filter(pl.col("count") > 0)["name"].to_list() or order  # an empty panel says nothing
        chart = _lines(data.filter(pl.col("name").is_in(found)), found, share)
    else:
        chart = _heat_map(data, order, share, words.get(field, field), words)
        subtitle = words["corrected"] if better else ""  # a cell has no room for both
        if groups > MOST_GROUPS:
            largest = words["largest"].format(n=MOST_GROUPS, all=groups)
            subtitle = f"{largest}. {subtitle}" if subtitle else largest
    import altair as alt

    heading = title or f"{words['themes']}: {share}"
    return chart.properties(title=alt.Title(heading, subtitle=subtitle) if subtitle else heading)


def _tooltip() -> list[Any]:
    import altair as alt

    return [
        "name",
        "group",
        "count",
        "n",
        *(alt.Tooltip(column, type="quantitative", format=".1%") for column in ("share", "low", "high", "machine")),
    ]


def _bars(data: pl.DataFrame, order: list[str], share: str, color: str) -> Any:
    import altair as alt

    base = alt.Chart(data)
    place = alt.Y("name:N", sort=order, title=None)
    bars = base.mark_bar(color=color).encode(
        y=place, x=alt.X("share:Q", axis=alt.Axis(format="%", title=share)), tooltip=_tooltip()
    )
    counted = base.transform_filter("datum.count > 0")
    machine = counted.mark_tick(color=MACHINE, thickness=3, size=16).encode(y=place, x="machine:Q", tooltip=_tooltip())
    bounds = base.mark_rule(color="#333333").encode(y=place, x="low:Q", x2="high:Q")
    return (bars + machine + bounds).properties(width=480)


def _lines(data: pl.DataFrame, order: list[str], share: str) -> Any:
    """A panel a theme: intervals of several themes in one panel hide each other."""
    import altair as alt

    base = alt.Chart(data)
    groups = data["group"].unique(maintain_order=True).to_list()
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=6)
    time = alt.X("group:O", title=None, sort=sorted(groups), axis=axis)
    band = base.mark_area(color=PALETTE[5], opacity=0.45).encode(
        x=time, y=alt.Y("low:Q", axis=alt.Axis(format="%", title=share)), y2="high:Q"
    )
    line = base.mark_line(color=PALETTE[0], point=alt.OverlayMarkDef(color=PALETTE[0], size=30)).encode(
        x=time, y="share:Q", tooltip=_tooltip()
    )
    machine = base.mark_line(color=MACHINE, strokeDash=[2, 2]).encode(x=time, y="machine:Q")
    panel = (band + machine + line).properties(width=max(280, min(440, 44 * len(groups))), height=120)
    header = alt.Header(title=None, labelFontSize=12, labelLimit=360, labelAnchor="start")
    facet = alt.Facet("name:N", sort=order, header=header)
    return panel.facet(facet=facet, columns=min(3, len(order))).resolve_axis(x="independent")


def _heat_map(data: pl.DataFrame, order: list[str], share: str, field: str, words: Mapping[str, str]) -> Any:
    """The largest groups first, each with its size: shares of few sentences say little."""
    import altair as alt

    sizes = data.select("group", "n").unique().sort("n", "group", descending=[True, False]).head(MOST_GROUPS)
    called = pl.col("group").replace({"(none)": words["none_given"]} | {w: words[w] for w in ("quoted", "narrator")})
    data = data.join(sizes.select("group"), on="group").with_columns(column=pl.format("{} (n = {})", called, "n"))
    columns = sizes.select(pl.format("{} (n = {})", called, "n"))["group"].to_list()
    base = alt.Chart(data)
    places = {
        "x": alt.X("column:N", title=field, sort=columns, axis=alt.Axis(labelAngle=-40)),
        "y": alt.Y("name:N", sort=order, title=None),
    }
    most = data.select(pl.col("share").max()).item() or 1.0
    known = base.transform_filter("isValid(datum.share)")  # what gold tells too little of stays empty
    cells = known.mark_rect(stroke="#dddddd", strokeWidth=0.5).encode(
        **places,
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(range=list(SHADES), domain=[0, most], interpolate="rgb"),
            legend=alt.Legend(format="%", title=share),
        ),
        tooltip=_tooltip(),
    )
    ink = alt.condition(f"datum.share > {most * 0.6}", alt.value("white"), alt.value("black"))
    figures = (
        known.transform_filter("datum.count > 0")
        .mark_text(fontSize=11)
        .encode(**places, text=alt.Text("share:Q", format=".0%"), color=ink)
    )
    return (cells + figures).properties(width=max(200, 48 * len(columns)))
