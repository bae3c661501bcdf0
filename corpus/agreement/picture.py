"""A heat map of the labels that people take for each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.agreement.confusion import NOTHING


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
