"""Words that stand together as a network: strong pairs near each other, thick lines for firm ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.stats.plots.captions import captions
from corpus.stats.plots.drawing import FONT, PALETTE, caption, in_panels, largest_groups

WIDTH, HEIGHT = 680, 520
MOST_NETWORKS = 6
"""So many networks of groups fit a picture."""

_LETTER, _LINE = 7.4, 27.0  # pixels: the width of a letter, the height of a label with its dot


def plot_network(
    edges: pl.DataFrame,
    sizes: Mapping[str, int],
    node: str = "",
    measure: str = "weight",
    seed: int = 0,
    title: str = "",
    language: str = "en",
) -> Any:
    """Draw pairs of words as a network.

    Parameters:
        edges: ``a``, ``b``, ``weight``: a row a pair; with ``group``, each group has a network of its own.
        sizes: word → how often it occurs; the size of its dot.
        node: the word that the others are collocates of; drawn in another colour.
        measure: what the weight is, for the tooltip.
        seed: of the layout; the same seed gives the same picture.
        title: of the picture; a caption of its own if empty.
        language: of the captions.

    Returns:
        an Altair chart.

    Source: layout by Fruchterman, T. M. J., & Reingold, E. M. (1991). Graph drawing by force-directed placement.
    Software: Practice and Experience 21, 1129–1164 (networkx ``spring_layout``).
    """
    words = captions(language)
    heading = title or (words["network_of"].format(node=node) if node else words["network"])
    if "group" not in edges.columns:
        return _network(edges, sizes, node, measure, seed).properties(title=heading)
    shown, total = largest_groups(edges, limit=MOST_NETWORKS)
    charts = {
        str(group): _network(part, sizes, node, measure, seed)
        for (group,), part in edges.filter(pl.col("group").is_in(shown)).group_by("group", maintain_order=True)
    }
    return in_panels(charts, words, columns=2).properties(title=caption(heading, words, len(shown), total))


def _network(edges: pl.DataFrame, sizes: Mapping[str, int], node: str, measure: str, seed: int) -> Any:
    """One network."""
    import altair as alt

    places = _places(edges, seed)
    dots = pl.DataFrame(
        [(word, x, y, max(sizes.get(word, 1), 1), word == node) for word, (x, y) in places.items()],
        schema={"word": pl.String, "x": pl.Float64, "y": pl.Float64, "frequency": pl.Int64, "node": pl.Boolean},
        orient="row",
    )
    ends = dots.select("word", "x", "y")
    lines = edges.join(ends.rename({"word": "a"}), on="a", maintain_order="left").join(
        ends.rename({"word": "b", "x": "x2", "y": "y2"}), on="b", maintain_order="left"
    )
    across = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, WIDTH], nice=False)),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, HEIGHT], nice=False)),
    }
    strokes = (
        alt.Chart(lines)
        .mark_rule(color="#8a8f98", opacity=0.55)
        .encode(
            **across,
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.StrokeWidth("weight:Q", scale=alt.Scale(range=[0.6, 4], zero=False), legend=None),
            tooltip=["a", "b", alt.Tooltip("weight:Q", title=measure, format=".2f")],
        )
    )
    base = alt.Chart(dots)
    color = alt.condition("datum.node", alt.value(PALETTE[1]), alt.value(PALETTE[0]))
    circles = base.mark_circle(opacity=1).encode(
        **across,
        size=alt.Size("frequency:Q", scale=alt.Scale(range=[30, 360], type="sqrt"), legend=None),
        color=color,
        tooltip=["word", "frequency"],
    )
    # a white edge keeps letters readable where lines cross them
    text: dict[str, Any] = {"fontSize": 12, "dy": -11, "font": FONT}
    halo = base.mark_text(stroke="white", strokeWidth=3.5, strokeJoin="round", **text).encode(**across, text="word:N")
    labels = base.mark_text(color="#111111", **text).encode(**across, text="word:N")
    return (strokes + circles + halo + labels).properties(width=WIDTH, height=HEIGHT)


def _places(edges: pl.DataFrame, seed: int) -> dict[str, tuple[float, float]]:
    """Where each word is drawn, in pixels."""
    import networkx as nx

    graph = nx.Graph()
    for a, b, weight in edges.select("a", "b", "weight").sort("a", "b").iter_rows():
        graph.add_edge(a, b, weight=weight)
    if not graph:
        return {}
    low = edges["weight"].min()
    for _, _, data in graph.edges(data=True):
        data["pull"] = 1.0 + data["weight"] - low  # springs of no strength would let words drift away
    around = nx.spring_layout(graph, seed=seed, weight="pull", k=2.2 / len(graph) ** 0.5, iterations=200)
    words = sorted(graph)
    spread = [_spread([float(around[word][axis]) for word in words]) for axis in (0, 1)]
    margin = 70.0
    x = [margin + (WIDTH - 2 * margin) * value for value in spread[0]]
    y = [24 + (HEIGHT - 60) * value for value in spread[1]]
    _part_labels(words, x, y)
    return {word: (round(x[place], 2), round(y[place], 2)) for place, word in enumerate(words)}


def _spread(values: list[float]) -> list[float]:
    """Bring coordinates to 0 to 1, halfway to even steps: lone pairs far off would squeeze the rest together."""
    low, high = min(values), max(values)
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = {index: place / max(len(values) - 1, 1) for place, index in enumerate(order)}
    width = (high - low) or 1.0
    return [((value - low) / width + rank[index]) / 2 for index, value in enumerate(values)]


def _part_labels(words: list[str], x: list[float], y: list[float]) -> None:
    """Push words up and down until no label covers another."""
    for _ in range(200):
        moved = False
        for i in range(len(words)):
            for j in range(i):
                near = (len(words[i]) + len(words[j])) * _LETTER / 2 - abs(x[i] - x[j])
                overlap = _LINE - abs(y[i] - y[j])
                if near > 0 and overlap > 0.01:
                    step = overlap / 2 if y[i] >= y[j] else -overlap / 2
                    y[i] = min(max(y[i] + step, 14.0), HEIGHT - 26.0)
                    y[j] = min(max(y[j] - step, 14.0), HEIGHT - 26.0)
                    moved = True
        if not moved:
            return
