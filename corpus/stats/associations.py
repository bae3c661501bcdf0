"""Pairs of words for a network: neighbours that belong together, or the collocates of a word among themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from corpus.stats.cooccurrence import collocates, cooccurrences
from corpus.stats.frames import check_columns, grouped

EDGES = pl.Schema({"a": pl.String(), "b": pl.String(), "weight": pl.Float64()})
"""A row a pair of words."""


def pairs_of(found: pl.DataFrame, limit: int = 40) -> pl.DataFrame:
    """Take the strongest two-word collocations as pairs.

    Parameters:
        found: result of ``collocations``.
        limit: so many pairs.

    Returns:
        `EDGES`, weighed by z.

    Example:
        >>> found = pl.DataFrame({"collocation": ["fellow citizens"], "length": [2], "z": [9.0]})
        >>> pairs_of(found).rows()
        [('citizens', 'fellow', 9.0)]
    """
    words = pl.col("collocation").str.split(" ")
    two = found.filter(pl.col("length") == 2).select(one=words.list.get(0), two=words.list.get(1), weight="z")
    edges = two.filter(pl.col("one") != pl.col("two")).select(
        a=pl.min_horizontal("one", "two"), b=pl.max_horizontal("one", "two"), weight="weight"
    )
    best = edges.group_by("a", "b").agg(pl.col("weight").max())
    return _heaviest_first(best).head(limit)


def pairs_counted(found: pl.DataFrame, limit: int = 40) -> pl.DataFrame:
    """Take the pairs that stand together most often.

    Parameters:
        found: result of ``cooccurrences``; a pair that is there from both sides is taken once.
        limit: so many pairs.

    Returns:
        `EDGES`, weighed by the count.

    Example:
        >>> pairs_counted(pl.DataFrame({"a": ["y", "x"], "b": ["x", "y"], "n": [3, 3]})).rows()
        [('x', 'y', 3.0)]
    """
    edges = found.filter(pl.col("a") != pl.col("b")).select(
        a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"), weight="n"
    )
    best = edges.group_by("a", "b").agg(pl.col("weight").max())
    return _heaviest_first(best).head(limit)


def each_network(
    frame: pl.DataFrame | pl.LazyFrame, pairs: Callable[[pl.DataFrame], pl.DataFrame], by: Sequence[str] = ()
) -> pl.DataFrame:
    """Take the pairs of each group.

    Parameters:
        frame: what `pairs` takes, with the columns of `by`.
        pairs: a function of this module.
        by: fields; each combination of their values is a group.

    Returns:
        `EDGES`, of fields with ``group``.

    Example:
        >>> found = pl.DataFrame({"a": ["x", "x"], "b": ["y", "z"], "n": [3, 3], "lang": ["kk", "ru"]})
        >>> each_network(found, pairs_counted, ["lang"])["group"].to_list()
        ['kk', 'ru']
    """
    if not by:
        return pairs(frame.lazy().collect())
    rows, keys = grouped(frame.lazy(), by)
    whole = rows.collect()
    groups = whole.select(keys).unique().sort(keys[1:] or keys, nulls_last=True)["group"]
    parts = [pairs(whole.filter(group=group)).with_columns(group=pl.lit(group, pl.String)) for group in groups]
    return pl.concat([pl.DataFrame(schema={**EDGES, "group": pl.String}), *parts])


def pairs_around(
    frame: pl.DataFrame | pl.LazyFrame,
    node: str,
    window: int = 5,
    min_count: int = 3,
    measure: str = "logDice",
    within: Sequence[str] = ("doc_id",),
    limit: int = 24,
) -> pl.DataFrame:
    """Find the strongest collocates of a word, and which of them stand near each other.

    Parameters:
        frame: tokens in the order of the text.
        node: the word, exactly.
        window: greatest distance, in tokens, to each side.
        min_count: leave out pairs that are rarer.
        measure: collocates are chosen by it (a key of ``cooccurrence.MEASURES``).
        within: columns that change where a window must end.
        limit: so many collocates.

    Returns:
        `EDGES`, weighed by logDice; empty where the word has no collocates.

    Raises:
        MinberError: MB505 unknown measure or column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 4, "token": ["cold", "war", "cold", "war"]})
        >>> pairs_around(frame, "war", window=1, min_count=1).select("a", "b").rows()
        [('cold', 'war')]

    Source: Rychlý, P. (2008). A lexicographer-friendly association score. RASLAN 2008, 6–9.
    """
    rows = frame.lazy().collect()
    check_columns(rows.lazy(), ["token", *within])
    near = collocates(rows, node, window, measure, min_count, within).head(limit)["feature"].to_list()
    chosen = [node, *near]
    counts = rows.group_by("token").agg(f=pl.len().cast(pl.Float64)).with_columns(pl.col("token").cast(pl.String))
    counts = counts.filter(pl.col("token").is_in(chosen))
    together = cooccurrences(rows, window, chosen, within).filter(
        pl.col("b").is_in(chosen) & (pl.col("a") < pl.col("b")) & (pl.col("n") >= min_count)
    )
    return _heaviest_first(
        together.join(counts.rename({"token": "a", "f": "fa"}), on="a")
        .join(counts.rename({"token": "b", "f": "fb"}), on="b")
        .select("a", "b", weight=14 + (2 * pl.col("n") / (pl.col("fa") + pl.col("fb"))).log(2))
    )


def _heaviest_first(edges: pl.DataFrame) -> pl.DataFrame:
    """As `EDGES`, in an order of its own."""
    ordered = edges.sort("weight", "a", "b", descending=[True, False, False])
    return ordered.select(pl.col(name).cast(kind) for name, kind in EDGES.items())
