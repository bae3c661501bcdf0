"""Shares over time, and of language versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions, group_name, unit_caption
from corpus.stats.plots.drawing import MACHINE, PALETTE, caption, corrected, largest_groups

MOST_LINES = len(PALETTE)
"""So many groups can be told apart by colour."""


def plot_timeline(
    frame: pl.DataFrame,
    every: str = "year",
    unit: str = "sentences",
    title: str = "",
    language: str = "en",
    headed: bool = True,
    series: Sequence[str] = (),
) -> Any:
    """Draw each series in a panel: shares with intervals, the smoothed line, and the level between change points.

    Parameters:
        frame: result of ``timeline``, with ``name`` if series are to be called otherwise. Where shares are corrected,
            they are drawn, and the machine's smoothed line in grey: it has no change points then. Groups are lines of
            a colour each, the eight largest.
        every: length of the periods, for the labels of the axis.
        unit: what is counted, for the axis.
        title: of the picture; a caption of its own if empty.
        language: of the captions.
        headed: False leaves titles to what stands around the picture.
        series: order of the panels, by the names shown; empty: as the frame has them.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    label = "name" if "name" in frame.columns else "series"
    order = frame[label].unique(maintain_order=True).to_list()
    order.sort(key=lambda name: series.index(name) if name in series else len(series))
    shape = "%Y" if every in ("year", "decade") else "%Y-%m" if every in ("month", "quarter") else "%Y-%m-%d"
    share = unit_caption(unit, language)
    better = "corrected" in frame.columns
    frame = corrected(frame)
    base = alt.Chart(frame.with_columns(panel=pl.col(label)))
    # ticks at periods that exist, or the axis would name months between years
    periods = frame["period"].unique().sort().to_list()
    step = -(-len(periods) // 6)
    ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in periods[::step]]
    axis = alt.Axis(format=shape, labelOverlap=True, labelFlush=False, values=ticks)
    time = alt.X("period:T", title=None, axis=axis)
    rare = (frame["high"].max() or 0) <= 0.05  # type: ignore[operator]
    percent = alt.Axis(format=".2~%" if rare else "%", title=share if headed else None, tickCount=5)
    band = base.mark_area(color=PALETTE[5], opacity=0.4).encode(x=time, y=alt.Y("low:Q", axis=percent), y2="high:Q")
    dots = base.mark_point(color=PALETTE[0], filled=True, size=30).encode(
        x=time, y="share:Q", tooltip=["panel", "period", "count", "n", alt.Tooltip("share:Q", format=".1%")]
    )
    bars = base.mark_rule(color=PALETTE[5]).encode(x=time, y="low:Q", y2="high:Q")  # a band of one period has no width
    smooth = base.mark_line(color=MACHINE if better else PALETTE[0]).encode(x=time, y="smoothed:Q")
    steps = base.mark_line(color=PALETTE[1], interpolate="step-after", strokeDash=[5, 3]).encode(
        x=time, y="segment_share:Q"
    )
    line = base.mark_line(color=PALETTE[0]).encode(x=time, y="share:Q")
    drawn = band + bars + smooth + line + dots if better else band + bars + steps + smooth + dots
    shown, total = [""], 1
    if "group" in frame.columns:
        shown, total = largest_groups(frame, "n", MOST_LINES)
        drawn = _grouped(frame, shown, label, time, percent, words, better)
    panel = drawn.properties(width=300, height=130)
    if not headed:
        return panel
    header = alt.Header(title=None, labelFontSize=12, labelLimit=360, labelAnchor="start")
    facet = alt.Facet("panel:N", sort=order, header=header)
    chart = panel.facet(facet=facet, columns=min(3, len(order))).resolve_axis(x="independent")
    key = f"{words['corrected']}; {words['corrected_key']}" if better else words["timeline_key"]
    if "group" in frame.columns:
        key = words["corrected"] if better else words["groups_key"]
    return chart.properties(title=caption(title or f"{words['timeline']}: {share}", words, len(shown), total, key))


def _grouped(
    frame: pl.DataFrame,
    shown: list[str],
    label: str,
    time: Any,
    percent: Any,
    words: Mapping[str, str],
    better: bool,
) -> Any:
    """A line a group: bands would hide each other, so intervals are thin strokes in the colour of their dots."""
    import altair as alt

    called = {group: group_name(group, words) for group in shown}
    data = frame.filter(pl.col("group").is_in(shown)).with_columns(
        panel=pl.col(label), line=pl.col("group").replace_strict(called, return_dtype=pl.String)
    )
    names = list(called.values())
    color = alt.Color(
        "line:N", sort=names, title=None, scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        legend=alt.Legend(orient="top", columns=4, symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1),
    )  # fmt: skip
    base = alt.Chart(data)
    across = alt.Y("share:Q", axis=percent)
    bars = base.mark_rule(opacity=0.35).encode(x=time, y=alt.Y("low:Q", axis=percent), y2="high:Q", color=color)
    line = base.mark_line().encode(x=time, y=across if better else "smoothed:Q", color=color)
    tooltip = ["panel", "line", "period", "count", "n", alt.Tooltip("share:Q", format=".1%")]
    dots = base.mark_point(filled=True, size=30, opacity=1).encode(x=time, y=across, color=color, tooltip=tooltip)
    return bars + line + dots


def plot_versions(frame: pl.DataFrame, title: str = "", language: str = "en") -> Any:
    """Draw the differences between language versions with their intervals, a panel for each pair of languages.

    Parameters:
        frame: result of ``versions``, with ``name`` if themes are to be called otherwise. Groups have a colour and a
            line of dots each, the eight largest.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    label = "name" if "name" in frame.columns else "theme"
    data = frame.with_columns(
        panel=pl.format("{} − {}", "lang1", "lang2"), title=pl.col(label), low=pl.coalesce("low", "difference"),
        high=pl.coalesce("high", "difference"),
    )  # fmt: skip
    order = (
        data.group_by("title")
        .agg(pl.col("difference").mean())
        .sort("difference", "title", descending=[True, False])["title"]
        .to_list()
    )
    shown, total = [""], 1
    beside: dict[str, Any] = {}
    color: dict[str, Any] = {"color": alt.value(PALETTE[0])}
    if "group" in frame.columns:
        shown, total = largest_groups(data, "speeches", MOST_LINES)
        called = {group: group_name(group, words) for group in shown}
        names = list(called.values())
        data = data.filter(pl.col("group").is_in(shown)).with_columns(line=pl.col("group").replace(called))
        scale = alt.Scale(domain=names, range=list(PALETTE[: len(names)]))
        legend = alt.Legend(orient="top", columns=4)
        beside = {"yOffset": alt.YOffset("line:N", sort=names, scale=alt.Scale(domain=names))}
        color = {"color": alt.Color("line:N", sort=names, title=None, scale=scale, legend=legend)}
    base = alt.Chart(data)
    place = alt.Y("title:N", sort=order, title=None)
    axis = alt.Axis(format="+%", title=words["difference"], tickCount=5)
    zero = base.mark_rule(color="#999999").encode(x=alt.datum(0))
    rules = base.mark_rule().encode(y=place, x=alt.X("low:Q", axis=axis), x2="high:Q", **beside, **color)
    group = ["line"] if beside else []
    tooltip = ["title", "panel", *group, "speeches", alt.Tooltip("difference", format="+.1%"), "p"]
    dots = base.mark_point(filled=True, size=30 if beside else 60, opacity=1).encode(
        y=place, x="difference:Q", tooltip=tooltip, **beside, **color
    )
    header = alt.Header(title=None, labelFontSize=12)
    chart = (zero + rules + dots).properties(width=260).facet(column=alt.Column("panel:N", header=header))
    return chart.properties(title=caption(title or words["versions"], words, len(shown), total))
