"""Pictures: the labels that people take for each other, and how well the machine finds each label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.agreement.confusion import NOTHING
from corpus.agreement.evaluation import MACRO, MICRO


def plot_confusion(frame: pl.DataFrame, names: Mapping[str, str] | None = None, title: str = "") -> Any:
    """Draw confusions: a row a label, a column what others gave there, the colour its share of the row.

    Parameters:
        frame: result of ``confusion``.
        names: label → name to show, in the order wanted.
        title: of the picture.

    Returns:
        an Altair chart.
    """
    import altair as alt

    shown = dict(names or {})
    given = set(frame["label"]) | set(frame["other"])
    order = [label for label in shown if label in given] + sorted(given - shown.keys() - {NOTHING})
    order += [NOTHING] if NOTHING in given else []
    titles: Any = [shown.get(label, label) for label in order]
    data = frame.with_columns(
        pl.col(field).replace_strict(shown, default=pl.col(field), return_dtype=pl.String)
        for field in ("label", "other")
    )
    base = alt.Chart(data)
    places = {
        "y": alt.Y("label:N", sort=titles, title="one person", scale=alt.Scale(domain=titles)),
        "x": alt.X(
            "other:N",
            sort=titles,
            title="another person",
            scale=alt.Scale(domain=titles),
            axis=alt.Axis(labelAngle=-45),
        ),
    }
    colours = alt.Scale(domain=[0, 1], range=["#ffffff", "#56B4E9", "#003F6B"])
    legend = alt.Legend(format=".0%", title="share of the row")
    tooltip = ["label", "other", "count", alt.Tooltip("share", format=".0%")]
    cells = base.mark_rect(stroke="#dddddd", strokeWidth=0.5).encode(
        **places, color=alt.Color("share:Q", scale=colours, legend=legend), tooltip=tooltip
    )
    ink = alt.condition("datum.share > 0.6", alt.value("white"), alt.value("black"))
    figures = base.mark_text(fontSize=10).encode(**places, text=alt.Text("count:Q"), color=ink)
    size = max(160, 34 * len(titles))
    chart = (cells + figures).properties(width=size, height=size)
    return chart.properties(title=title) if title else chart


def plot_evaluation(frame: pl.DataFrame, language: str = "en") -> Any:
    """Draw precision and recall of each label as dots with intervals, a panel a layer and group.

    Parameters:
        frame: table of ``evaluate``. Stretches are drawn as matched by overlap.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    from corpus.stats.plots.captions import captions
    from corpus.stats.plots.drawing import caption, in_panels, largest_groups

    words = captions(language)
    groups, total = largest_groups(frame, "gold")
    drawn = frame.filter((pl.col("match") != "exact") & pl.col("group").is_in(groups))
    charts = {}
    for (layer, group), part in drawn.group_by("layer", "group", maintain_order=True):
        charts[f"{layer}" if total == 1 else f"{layer}: {group}"] = _dots(part, words)
    title = caption(words["evaluation"], words, len(groups), total, words["evaluation_key"])
    return in_panels(charts, {}, columns=2).properties(title=title)


def _dots(part: pl.DataFrame, words: Mapping[str, str]) -> Any:
    import altair as alt

    from corpus.stats.plots.drawing import PALETTE

    if part.filter(~pl.col("label").is_in([MICRO, MACRO])).height == 1:
        part = part.head(1)  # of one label the sum and the mean say nothing more
    called = pl.coalesce(
        pl.col("label").replace_strict({MICRO: words["micro"], MACRO: words["macro"]}, default=None), "name", "label"
    )
    rows = pl.concat(
        part.select(
            label=pl.format("{} (n = {})", called, "gold"),
            measure=pl.lit(words[name]),
            share=name,
            low=f"{name}_low",
            high=f"{name}_high",
        )
        for name in ("precision", "recall")
    )
    order: Any = rows["label"].unique(maintain_order=True).to_list()
    base = alt.Chart(rows)
    places = {
        "y": alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=300)),
        "yOffset": alt.YOffset("measure:N", sort=[words["precision"], words["recall"]]),
        "color": alt.Color(
            "measure:N",
            title=None,
            scale=alt.Scale(domain=[words["precision"], words["recall"]], range=[PALETTE[0], PALETTE[1]]),
        ),
    }
    across = alt.Axis(format="%", title=None)
    shares = alt.Scale(domain=[0, 1])
    bounds = base.mark_rule().encode(**places, x=alt.X("low:Q", axis=across, scale=shares), x2="high:Q")
    shape = alt.Shape("measure:N", title=None, scale=alt.Scale(range=["circle", "diamond"]), legend=None)
    tooltip = [
        "label",
        "measure",
        *(alt.Tooltip(name, type="quantitative", format=".1%") for name in ("share", "low", "high")),
    ]
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        **places, x=alt.X("share:Q", axis=across, scale=shares), shape=shape, tooltip=tooltip
    )
    return (bounds + dots).properties(width=320, height=alt.Step(12))
