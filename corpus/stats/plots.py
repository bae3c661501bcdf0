"""Pictures: Altair charts as SVG, PNG or HTML, without a network, readable in Kazakh and without colour vision."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import MinberError

SUFFIXES = (".svg", ".png", ".html")
FONT = "DejaVu Sans, Noto Sans, Liberation Sans, Arial, sans-serif"
"""Faces that have ә ғ қ ң ө ұ ү һ і, most complete first."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
"""Okabe and Ito's colours, which people tell apart whatever their colour vision.

Source: Okabe, M., & Ito, K. (2008). Color universal design. https://jfly.uni-koeln.de/color/
"""

TIMES = ("date", "year", "month", "decade")
"""Fields that are drawn as time."""


def check_plot_file(path: Path | None) -> None:
    """Make sure, before the work is done, that a picture can be written under this name.

    Parameters:
        path: the file, or None.

    Raises:
        MinberError: MB507 unknown ending.
    """
    if path is not None and path.suffix.lower() not in SUFFIXES:
        raise MinberError("MB507", path=path, problem="its ending says no picture format", known=" ".join(SUFFIXES))


def plot_themes(
    frame: pl.DataFrame,
    names: Mapping[str, str] | None = None,
    field: str = "group",
    title: str = "",
    unit: str = "sentences",
) -> Any:
    """Draw the shares of themes: bars with intervals, lines over time, or a heat map of many groups.

    Parameters:
        frame: result of ``theme_shares``.
        names: theme id → name to show.
        field: what ``group`` holds: ``date``, ``year``, ``month`` and ``decade`` are drawn as time.
        title: of the picture.
        unit: what is counted, for the axis.

    Returns:
        an Altair chart.
    """
    import altair as alt

    shown = dict(names or {})
    if field in TIMES and not frame.filter(pl.col("group") != "(none)").is_empty():
        frame = frame.filter(pl.col("group") != "(none)")  # what has no date has no place on the line
    data = frame.with_columns(
        name=pl.col("theme").replace_strict(shown, default=pl.col("theme"), return_dtype=pl.String)
    )
    totals = data.group_by("name").agg(pl.col("count").sum()).sort("count", "name", descending=[True, False])
    order = totals["name"].to_list()
    groups = data["group"].unique(maintain_order=True).to_list()
    share = f"share of {unit}"
    percent = alt.Axis(format=".0%", title=share)
    tooltip = [
        "name",
        "group",
        "count",
        "n",
        *(alt.Tooltip(column, format=".1%") for column in ("share", "low", "high")),
    ]
    base = alt.Chart(data)
    chart: Any
    if len(groups) == 1:
        place = alt.Y("name:N", sort=order, title=None)
        bars = base.mark_bar(color=PALETTE[0]).encode(y=place, x=alt.X("share:Q", axis=percent), tooltip=tooltip)
        chart = (bars + base.mark_rule(color="#333333").encode(y=place, x="low:Q", x2="high:Q")).properties(width=480)
    elif field in TIMES:
        # a panel a theme: intervals of several themes in one panel hide each other
        time = alt.X(
            "group:O",
            title=None,
            sort=sorted(groups),
            axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=6),
        )
        band = base.mark_area(color=PALETTE[5], opacity=0.45).encode(
            x=time, y=alt.Y("low:Q", axis=percent), y2="high:Q"
        )
        line = base.mark_line(color=PALETTE[0], point=alt.OverlayMarkDef(color=PALETTE[0], size=30)).encode(
            x=time, y="share:Q", tooltip=tooltip
        )
        panel = (band + line).properties(width=max(280, min(440, 44 * len(groups))), height=120)
        header = alt.Header(title=None, labelFontSize=12, labelLimit=360, labelAnchor="start")
        chart = panel.facet(
            facet=alt.Facet("name:N", sort=order, header=header), columns=min(3, len(order))
        ).resolve_axis(x="independent")
    else:
        # the largest groups first, each with its size: shares of few sentences say little
        data = data.with_columns(column=pl.format("{} (n = {})", "group", "n"))
        columns = data.sort("n", "group", descending=[True, False])["column"].unique(maintain_order=True).to_list()
        base = alt.Chart(data)
        places = {
            "x": alt.X("column:N", title=field, sort=columns, axis=alt.Axis(labelAngle=-35)),
            "y": alt.Y("name:N", sort=order, title=None),
        }
        legend = alt.Legend(format=".0%", title=share)
        cells = base.mark_rect(stroke="#dddddd", strokeWidth=0.5).encode(
            **places,
            color=alt.Color("share:Q", scale=alt.Scale(range=["#ffffff", "#56B4E9", "#003F6B"]), legend=legend),
            tooltip=tooltip,
        )
        dark = f"datum.share > {data.select(pl.col('share').max() * 0.6).item()}"
        ink = alt.condition(dark, alt.value("white"), alt.value("black"))
        figures = (
            base.transform_filter("datum.count > 0")
            .mark_text(fontSize=10)
            .encode(**places, text=alt.Text("share:Q", format=".0%"), color=ink)
        )
        chart = (cells + figures).properties(width=max(200, 44 * len(columns)))
    return chart.properties(title=title) if title else chart


def plot_frequency(frame: pl.DataFrame, title: str = "", limit: int = 30) -> Any:
    """Draw the most frequent features as bars, a panel for each group.

    Parameters:
        frame: result of ``frequency``.
        title: of the picture.
        limit: number of features of a group.

    Returns:
        an Altair chart.
    """
    import altair as alt

    data = frame.filter(pl.int_range(pl.len()).over("group") < limit)
    charts = []
    for (group,), part in data.group_by("group", maintain_order=True):
        bars = (
            alt.Chart(part)
            .mark_bar(color=PALETTE[0])
            .encode(
                y=alt.Y("feature:N", sort=None, title=None),
                x=alt.X("per_million:Q", title="per million tokens"),
                tooltip=["feature", "frequency", "docfreq", alt.Tooltip("per_million", format=",.1f")],
            )
            .properties(width=280, title=str(group) if data["group"].n_unique() > 1 else "")
        )
        charts.append(bars)
    chart = charts[0] if len(charts) == 1 else alt.concat(*charts, columns=3).resolve_scale(y="independent")
    return chart.properties(title=title) if title else chart


def plot_keyness(frame: pl.DataFrame, target: str, reference: str, limit: int = 20) -> Any:
    """Draw the words of the target and of the reference as bars to the right and to the left.

    Parameters:
        frame: result of ``keyness``, whose second column is the measure.
        target: what the target is called.
        reference: what the reference is called.
        limit: number of words of each side.

    Returns:
        an Altair chart.
    """
    import altair as alt

    measure = frame.columns[1]
    finite = frame.filter(pl.col(measure).is_finite())
    middle = 1.0 if measure == "odds_ratio" else 0.0
    ours = finite.filter(pl.col(measure) > middle).head(limit)
    theirs = finite.filter(pl.col(measure) < middle).tail(limit)
    data = pl.concat([ours.with_columns(side=pl.lit(target)), theirs.with_columns(side=pl.lit(reference))])
    return (
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=alt.Y("feature:N", sort=None, title=None),
            x=alt.X(f"{measure}:Q", title=measure),
            color=alt.Color(
                "side:N",
                sort=[target, reference],
                title=None,
                scale=alt.Scale(range=list(PALETTE[:2])),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["feature", alt.Tooltip(measure, format=",.2f"), "n_target", "n_reference"],
        )
        .properties(width=420)
    )


def plot_timeline(frame: pl.DataFrame, every: str = "year", unit: str = "sentences") -> Any:
    """Draw each series in a panel: shares with intervals, the smoothed line, and the level between change points.

    Parameters:
        frame: result of ``timeline``, with ``name`` if series are to be called otherwise.
        every: length of the periods, for the labels of the axis.
        unit: what is counted, for the axis.

    Returns:
        an Altair chart.
    """
    import altair as alt

    label = "name" if "name" in frame.columns else "series"
    order = frame[label].unique(maintain_order=True).to_list()
    shape = "%Y" if every in ("year", "decade") else "%Y-%m" if every in ("month", "quarter") else "%Y-%m-%d"
    base = alt.Chart(frame.with_columns(panel=pl.col(label)))
    time = alt.X("period:T", title=None, axis=alt.Axis(format=shape, labelOverlap=True, labelFlush=False, tickCount=6))
    percent = alt.Axis(format=".0%" if frame["high"].fill_null(0).max() > 0.05 else ".2%", title=f"share of {unit}")  # type: ignore[operator]
    band = base.mark_area(color=PALETTE[5], opacity=0.4).encode(x=time, y=alt.Y("low:Q", axis=percent), y2="high:Q")
    dots = base.mark_point(color=PALETTE[0], filled=True, size=30).encode(
        x=time, y="share:Q", tooltip=["panel", "period", "count", "n", alt.Tooltip("share", format=".1%")]
    )
    smooth = base.mark_line(color=PALETTE[0]).encode(x=time, y="smoothed:Q")
    steps = base.mark_line(color=PALETTE[1], interpolate="step-after", strokeDash=[5, 3]).encode(
        x=time, y="segment_share:Q"
    )
    header = alt.Header(title=None, labelFontSize=12, labelLimit=360, labelAnchor="start")
    panel = (band + steps + smooth + dots).properties(width=300, height=130)
    facet = alt.Facet("panel:N", sort=order, header=header)
    return panel.facet(facet=facet, columns=min(3, len(order))).resolve_axis(x="independent")


def plot_versions(frame: pl.DataFrame) -> Any:
    """Draw the differences between language versions with their intervals, a panel for each pair of languages.

    Parameters:
        frame: result of ``versions``, with ``name`` if themes are to be called otherwise.

    Returns:
        an Altair chart.
    """
    import altair as alt

    label = "name" if "name" in frame.columns else "theme"
    data = frame.with_columns(
        panel=pl.format("{} − {}", "lang1", "lang2"), title=pl.col(label), low=pl.coalesce("low", "difference"),
        high=pl.coalesce("high", "difference"),
    )  # fmt: skip
    order = (
        data.group_by("title").agg(pl.col("difference").mean()).sort("difference", descending=True)["title"].to_list()
    )
    base = alt.Chart(data)
    place = alt.Y("title:N", sort=order, title=None)
    axis = alt.Axis(format="+.0%", title="difference of shares")
    zero = base.mark_rule(color="#999999").encode(x=alt.datum(0))
    rules = base.mark_rule(color=PALETTE[0]).encode(y=place, x=alt.X("low:Q", axis=axis), x2="high:Q")
    dots = base.mark_point(color=PALETTE[0], filled=True, size=60).encode(
        y=place, x="difference:Q", tooltip=["title", "panel", "speeches", alt.Tooltip("difference", format="+.1%"), "p"]
    )
    header = alt.Header(title=None, labelFontSize=12)
    return (zero + rules + dots).properties(width=260).facet(column=alt.Column("panel:N", header=header))


def save(chart: Any, path: Path) -> None:
    """Write a chart to a file.

    Parameters:
        chart: an Altair chart.
        path: ``.svg``, ``.png`` (twice the pixels, for print) or ``.html`` (one file that needs no network).

    Raises:
        MinberError: MB507 unknown ending, or the file cannot be written.
    """
    check_plot_file(path)
    dressed = dress(chart)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".html":
            dressed.save(str(path), inline=True)
        else:
            dressed.save(str(path), scale_factor=2 if path.suffix.lower() == ".png" else 1)
    except OSError as error:
        raise MinberError("MB507", path=path, problem=error.strerror or error, known=" ".join(SUFFIXES)) from error


def dress(chart: Any) -> Any:
    """Give a chart our font and sizes, long labels in full.

    Parameters:
        chart: any top-level Altair chart.

    Returns:
        the chart, dressed.
    """
    return (
        chart.configure(font=FONT, background="white")
        .configure_axis(labelFontSize=12, titleFontSize=12, labelLimit=420, titleFontWeight="normal")
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=420)
        .configure_title(fontSize=15, anchor="start")
        .configure_view(strokeWidth=0)
    )
