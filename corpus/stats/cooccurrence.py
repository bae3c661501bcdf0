"""Co-occurrence: which words stand near a word, and how firmly they belong to it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus.stats.contingency import Table2x2, g2, p_of_chi2
from corpus.stats.frames import check_choice, check_columns, divided, eager_or_lazy, in_groups

MEASURES: dict[str, str] = {
    "G2": "Dunning, T. (1993). Computational Linguistics 19, 61–74.",
    "MI": "Church, K. W., & Hanks, P. (1990). Computational Linguistics 16, 22–29.",
    "MI3": "Daille, B. (1994). Approche mixte pour l'extraction automatique de terminologie. Université Paris 7.",
    "logDice": "Rychlý, P. (2008). A lexicographer-friendly association score. RASLAN 2008, 6–9.",
    "t": "Church, K., Gale, W., Hanks, P., & Hindle, D. (1991). Using statistics in lexical analysis.",
    "Dice": "Dice, L. R. (1945). Ecology 26, 297–302.",
    "deltaP": "Gries, S. Th. (2013). 50-something years of work on collocations. IJCL 18, 137–165.",
}
"""Measure of collocates → where it comes from."""


@eager_or_lazy
def cooccurrences(
    frame: pl.LazyFrame,
    window: int = 5,
    nodes: Sequence[str] | None = None,
    within: Sequence[str] = ("doc_id",),
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Count how often two words stand within some tokens of each other (quanteda's ``fcm`` with a window).

    Parameters:
        frame: tokens in the order of the text.
        window: greatest distance, in tokens, to each side.
        nodes: count only the neighbours of these words; None for all pairs.
        within: columns that change where a window must end.
        by: fields; each combination of their values is a group, which no window leaves.

    Returns:
        ``a`` (the node), ``b`` (its neighbour), ``n`` (pairs of places; a pair of two places of the same word counts
        twice, seen from each), of fields also ``group`` and, of several, each field; in no particular order.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["x", "y", "z"]})
        >>> cooccurrences(frame, 1, ["y"]).sort("b").rows()
        [('y', 'x', 1), ('y', 'z', 1)]
    """
    check_columns(frame, [*within, "token"])
    frame, keys = divided(frame, by)
    parts = []
    for step in [*range(-window, 0), *range(1, window + 1)]:
        same = pl.all_horizontal(pl.col(name).shift(-step) == pl.col(name) for name in [*within, *keys[:1]])
        wanted = same if nodes is None else same & pl.col("token").is_in(list(nodes))
        pairs = frame.select(*keys, a=pl.col("token"), b=pl.col("token").shift(-step), wanted=wanted).filter("wanted")
        parts.append(pairs.group_by("a", "b", *keys).agg(n=pl.len()))
    found = pl.concat(parts).group_by("a", "b", *keys).agg(pl.col("n").sum().cast(pl.Int64))
    return found.select("a", "b", "n", *keys)


@eager_or_lazy
def pairs_within(
    frame: pl.LazyFrame,
    within: Sequence[str] = ("doc_id",),
    nodes: Sequence[str] | None = None,
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Count in how many pairs of places two words stand in one sentence, or document (quanteda's ``fcm``).

    Parameters:
        frame: tokens, in any order.
        within: columns that name the stretch that both stand in.
        nodes: count only pairs whose first word is one of these; None for all pairs.
        by: fields; each combination of their values is a group.

    Returns:
        ``a``, ``b``, ``n`` (of fields also ``group`` and, of several, each field), as `cooccurrences` with a window as
        long as the stretch.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["x", "y", "y"]})
        >>> pairs_within(frame).sort("a", "b").rows()
        [('x', 'y', 2), ('y', 'x', 2), ('y', 'y', 2)]
    """
    check_columns(frame, [*within, "token"])
    frame, groups = divided(frame, by)
    keys = list(dict.fromkeys([*within, *groups]))
    counts = frame.group_by(*keys, "token").agg(pl.len().cast(pl.Int64))
    left = counts if nodes is None else counts.filter(pl.col("token").is_in(list(nodes)))
    both = left.join(counts, on=keys, suffix="_b", nulls_equal=True)
    same = pl.col("token") == pl.col("token_b")
    number = pl.when(same).then(pl.col("len") * (pl.col("len") - 1)).otherwise(pl.col("len") * pl.col("len_b"))
    pairs = both.group_by(*groups, a="token", b="token_b").agg(n=number.sum())
    return pairs.filter(pl.col("n") > 0).select("a", "b", "n", *groups)


@eager_or_lazy
def near(
    frame: pl.LazyFrame, node: str | Sequence[str], window: int = 5, within: Sequence[str] = ("doc_id",)
) -> pl.LazyFrame:
    """Mark the tokens that stand near a word: what ``keyness`` needs to compare its surroundings with the rest.

    Parameters:
        frame: tokens in the order of the text.
        node: the word or words, exactly.
        window: greatest distance, in tokens, to each side.
        within: columns that change where a window must end.

    Returns:
        the frame with ``near``: true within the window of a node, null at the node itself, else false.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 4, "token": ["x", "war", "y", "z"]})
        >>> near(frame, "war", window=1)["near"].to_list()
        [True, None, True, False]
    """
    check_columns(frame, [*within, "token"])
    words = [node] if isinstance(node, str) else list(node)
    here = pl.col("_node")
    place = pl.int_range(pl.len())
    before = (place - pl.when(here).then(place).forward_fill()).over(list(within))
    after = (pl.when(here).then(place).backward_fill() - place).over(list(within))
    around = (before <= window).fill_null(False) | (after <= window).fill_null(False)
    return (
        frame.with_columns(_node=pl.col("token").is_in(words))
        .with_columns(near=pl.when(~here).then(around))
        .drop("_node")
    )


@eager_or_lazy
def collocates(
    frame: pl.LazyFrame,
    node: str | Sequence[str],
    window: int = 5,
    measure: str = "logDice",
    min_count: int = 3,
    within: Sequence[str] = ("doc_id",),
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Find the words that stand near a word more often than elsewhere, with the usual measures side by side.

    Parameters:
        frame: tokens in the order of the text.
        node: the word or words, exactly.
        window: greatest distance, in tokens, to each side; a place near two nodes counts once.
        measure: a key of `MEASURES`; the result is ordered by it.
        min_count: leave out words that stand near less often.
        within: columns that change where a window must end.
        by: fields; each combination of their values is a group, whose words alone are expected and found.

    Returns:
        ``feature``, of fields ``group``, then ``count`` (near), ``expected``, ``frequency`` (in all, nodes aside),
        ``G2`` (negative where rarer than expected), ``p``, ``MI``, ``MI3``, ``logDice``, ``t``, ``Dice``, ``deltaP``
        (of the collocate, given the node), and of several fields each.

    Raises:
        MinberError: MB505 unknown measure or column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 5, "token": ["cold", "war", "x", "y", "x"]})
        >>> collocates(frame, "war", window=1, min_count=1).select("feature", "count", "frequency").rows()
        [('cold', 1, 1), ('x', 1, 2)]
    """
    check_choice("measure", measure, MEASURES)
    words = [node] if isinstance(node, str) else list(node)
    frame, keys = divided(frame, by)
    group, ends = keys[:1], list(dict.fromkeys([*within, *keys]))
    numbered = frame.select("token", *ends).with_row_index("_row").with_columns(pl.col("_row").cast(pl.Int64))
    places = numbered.filter(pl.col("token").is_in(words))
    # only the windows are looked at; one place near two nodes is one
    windows = (
        places.rename({"token": "_node"})
        .with_columns(_row=pl.int_ranges(pl.col("_row") - window, pl.col("_row") + window + 1))
        .explode("_row", empty_as_null=True)
        .select("_row", *ends)
        .unique()
    )
    around = windows.join(numbered, on=["_row", *ends], how="inner", nulls_equal=True)
    number = pl.len().cast(pl.Float64).alias("_nodes")
    nodes = places.group_by(group).agg(number) if group else places.select(number)
    features = (
        frame.group_by(*keys, "token")
        .agg(frequency=pl.len().cast(pl.Int64))
        .filter(~pl.col("token").is_in(words))
        .join(around.group_by(*group, "token").agg(count=pl.len().cast(pl.Int64)), on=[*group, "token"], how="left")
        .with_columns(pl.col("count").fill_null(0))
    )
    features = features.join(nodes, on=group) if group else features.join(nodes, how="cross")
    a, f = pl.col("count").cast(pl.Float64), pl.col("frequency").cast(pl.Float64)
    b = f - a
    sum_a, sum_b = (side.sum().over(group) if group else side.sum() for side in (a, b))
    table = Table2x2(a, b, sum_a - a, sum_b - b)
    expected = table.cells[0][1]
    statistic = g2(table, "none")
    dice = 2 * a / (pl.col("_nodes") + f)
    found = features.with_columns(
        expected=expected,
        G2=statistic * table.sign,
        p=p_of_chi2(statistic)[0],
        MI=(a / expected).log(2),
        MI3=(a**3 / expected).log(2),
        logDice=14 + dice.log(2),
        t=(a - expected) / a.sqrt(),
        Dice=dice,
        deltaP=a / table.target - b / table.reference,
    ).filter((pl.col("count") >= min_count) & (pl.col("count") > 0))
    return in_groups(found, keys, [measure, "token"], descending=[True, False]).select(
        pl.col("token").alias("feature"),
        *group,
        "count",
        "expected",
        "frequency",
        "G2",
        "p",
        *[m for m in MEASURES if m != "G2"],
        *keys[1:],
    )
