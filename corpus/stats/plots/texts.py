"""Texts beside each other: a panel of dots for each measure, and how alike texts are as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions, group_name
from corpus.stats.plots.drawing import PALETTE, SHADES, caption

MOST_TEXTS = 30
"""So many texts can be read below each other."""

_ROW = 6  # panels beside each other
_EDGE = "#bbbbbb"
_SIMILAR = ("cosine", "correlation", "jaccard", "ejaccard", "dice", "edice", "hamann", "simple matching")


def plot_measures(
    frame: pl.DataFrame,
    label: str,
    measures: Sequence[str],
    size: str | None = None,
    title: str = "",
    language: str = "en",
) -> Any:
    """Draw measures of texts, or of words, as dots: a panel a measure, each with a scale of its own.

    Parameters:
        frame: a row a text.
        label: column with what the text is called.
        measures: columns of numbers; those that are empty throughout are left out.
        size: column that says which texts are kept where there are more than `MOST_TEXTS`: the largest; None: the
            first rows.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    total = frame.height
    kept = frame.with_row_index("_row")
    kept = (kept.top_k(MOST_TEXTS, by=[size, -pl.col("_row").cast(pl.Int64)]) if size else kept.head(MOST_TEXTS)).sort(
        "_row"
    )
    names = [group_name(name or "(none)", words) for name in kept[label].cast(pl.String)]
    kept = kept.with_columns(_name=pl.Series(names, dtype=pl.String))
    finite = kept.select("_name", *(pl.col(name).cast(pl.Float64) for name in measures))
    finite = finite.with_columns(pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in measures)
    charts: list[Any] = []
    for name in measures:
        if finite[name].null_count() == finite.height:
            continue
        base = alt.Chart(finite.select("_name", value=name).drop_nulls())
        place = alt.Y(
            "_name:N", sort=None, scale=alt.Scale(domain=finite["_name"].to_list()), title=None,
            axis=alt.Axis(grid=True, labels=len(charts) % _ROW == 0, ticks=False, domainColor=_EDGE),
        )  # fmt: skip
        across = alt.X(
            "value:Q",
            title=words.get(f"n_{name}", name),
            scale=alt.Scale(zero=False, padding=8),
            axis=alt.Axis(tickCount=4),
        )
        tooltip = [alt.Tooltip("_name:N", title=label), alt.Tooltip("value:Q", title=name, format=",.4~g")]
        dots = base.mark_point(color=PALETTE[0], filled=True, size=60, opacity=1).encode(
            x=across, y=place, tooltip=tooltip
        )
        charts.append(dots.properties(width=150 if len(measures) > 1 else 420, height=alt.Step(22)))
    chart = alt.concat(*charts, columns=_ROW, spacing=16).resolve_scale(x="independent", y="independent")
    heading = title or words["texts"]
    return chart.properties(title=caption(heading, words, min(total, MOST_TEXTS), total))


def plot_similarity(
    frame: pl.DataFrame,
    sizes: Mapping[str, int] | None = None,
    title: str = "",
    language: str = "en",
) -> Any:
    """Draw how alike texts are: each with each, dark where they are most alike (of distances: farthest apart).

    Parameters:
        frame: result of ``similarity`` of documents, whose last column is the method.
        sizes: text → number of its words; where there are more than `MOST_TEXTS`, the largest are drawn.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.
    """
    import altair as alt

    words = captions(language)
    method = frame.columns[-1]
    names = sorted({*frame["document1"], *frame["document2"]})
    kept = sorted(sorted(names, key=lambda name: -(sizes or {}).get(name, 0))[:MOST_TEXTS])
    one = frame.select(a="document1", b="document2", value=method)
    both = pl.concat([one, one.select(a="b", b="a", value="value")])
    both = both.filter(pl.col("a").is_in(kept) & pl.col("b").is_in(kept) & pl.col("value").is_finite())
    least, most = (both.select(value).item() or 0.0 for value in (pl.col("value").min(), pl.col("value").max()))
    domain = [min(0.0, least) if method in _SIMILAR else least, most or 1.0]
    base = alt.Chart(both)
    order = alt.Scale(domain=kept)
    places = {
        "x": alt.X("a:N", title=None, sort=kept, scale=order, axis=alt.Axis(labelAngle=-40)),
        "y": alt.Y("b:N", title=None, sort=kept, scale=order),
    }
    cells = base.mark_rect(stroke="#dddddd", strokeWidth=0.5).encode(
        **places,
        color=alt.Color(
            "value:Q",
            scale=alt.Scale(range=list(SHADES), domain=domain, interpolate="rgb"),
            legend=alt.Legend(title=method, format=".2~f"),
        ),
        tooltip=["a", "b", alt.Tooltip("value:Q", title=method, format=",.4~g")],
    )
    middle = domain[0] + 0.6 * (domain[1] - domain[0])
    ink = alt.condition(f"datum.value > {middle}", alt.value("white"), alt.value("black"))
    layers: list[Any] = [cells]
    if len(kept) <= 15:  # figures need room
        layers.append(base.mark_text(fontSize=11).encode(**places, text=alt.Text("value:Q", format=".2~f"), color=ink))
    chart = alt.layer(*layers).properties(width=max(160, 40 * len(kept)), height=alt.Step(24))
    return chart.properties(title=caption(title or words["similarity"], words, len(kept), len(names)))
