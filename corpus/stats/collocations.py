"""Collocations: words that stand together more often than chance would have it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from corpus.stats.frames import check_columns, divided, eager_or_lazy, in_groups


@eager_or_lazy
def collocations(
    frame: pl.LazyFrame,
    size: int | Sequence[int] = 2,
    min_count: int = 2,
    smoothing: float = 0.5,
    within: Sequence[str] = ("doc_id",),
    breaks: str | None = None,
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Score every sequence of neighbouring tokens by its interaction in a log-linear model (quanteda's lambda and z).

    The cells of the 2^n table of an n-gram (which of its places hold the same words) follow from how often each subset
    of its places holds them, so the work grows with the number of tokens and not with its square.

    Parameters:
        frame: tokens in the order of the text; an empty token stands for punctuation that was removed: it is counted
            as a neighbour, but no sequence of the result holds it.
        size: length or lengths of sequences.
        min_count: leave out rarer sequences.
        smoothing: added to each cell.
        within: columns that change where a sequence must end.
        breaks: a column of true and false: where it is true, such as at punctuation, the token is taken out and no
            sequence crosses its place.
        by: fields; each combination of their values is a group with sequences and tables of its own, as if it were
            the whole corpus.

    Returns:
        ``collocation``, ``count``, ``count_nested`` (occurrences inside a longer sequence of those sizes), ``length``,
        ``lambda``, ``z``, then, of fields, ``group`` and, of several, each field; highest z first.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 6, "token": ["x", "y", "z", "x", "y", "w"]})
        >>> collocations(frame)["collocation"].to_list()
        ['x y']

    Source: Blaheta, D., & Johnson, M. (2001). Unsupervised learning of multi-word verbs. ACL Workshop on Collocations,
    54–60; the log-linear interaction of n-grams as in quanteda.textstats.
    """
    check_columns(frame, [*within, "token", *([breaks] if breaks else [])])
    sizes = sorted({size} if isinstance(size, int) else set(size))
    frame, keys = divided(frame, by)
    token = pl.col("token").cast(pl.Categorical)
    cut = pl.col(breaks) if breaks else pl.lit(False)
    changes = pl.any_horizontal((pl.col(name) != pl.col(name).shift()).fill_null(True) for name in [*within, *keys[:1]])
    # a run is a stretch that sequences may not leave
    starts = changes | cut | cut.shift(fill_value=False) if breaks else changes
    runs = frame.select(*keys, token=token, run=starts.cum_sum(), fit=pl.col("token") != "", cut=cut).filter(
        ~pl.col("cut")
    )
    if len(sizes) > 1:
        runs = runs.with_columns(length=pl.len().over("run"))
    longer = {n: min((k for k in sizes if k > n), default=None) for n in sizes}
    parts = [_scored(runs, n, longer[n], min_count, smoothing, keys) for n in sizes]
    return in_groups(pl.concat(parts), keys, ["z", "collocation"], descending=[True, False])


def _scored(
    runs: pl.LazyFrame, n: int, longer: int | None, min_count: int, smoothing: float, keys: Sequence[str]
) -> pl.LazyFrame:
    places = [f"w{place}" for place in range(n)]
    shifted = {name: pl.col("token").shift(-place) for place, name in enumerate(places)}
    inside = pl.col("run").shift(1 - n) == pl.col("run")
    fits = pl.all_horizontal(pl.col("fit").shift(-place) for place in range(n))
    nested = (pl.col("length") >= longer) if longer else pl.lit(False)
    types = (
        runs.select(*keys, **shifted, inside=inside, nested=nested, fits=fits)
        .filter("inside")
        .group_by(*keys, *places)
        .agg(pl.len().alias("count"), pl.col("nested").sum(), pl.col("fits").first())
    )
    # how often each subset of places holds these words
    total, group = pl.col("count").cast(pl.Float64).sum(), list(keys[:1])
    subsets = [subset for k in range(n + 1) for subset in combinations(range(n), k)]
    margins = {subset: _margin(subset, places, total, group) for subset in subsets}
    types = types.with_columns(expression.alias(f"m{_name(subset)}") for subset, expression in margins.items())
    cells = {}
    for subset in subsets:  # inclusion and exclusion: exactly these places and no other
        more = [other for other in subsets if set(other) >= set(subset)]
        exact = pl.sum_horizontal((-1) ** (len(other) - len(subset)) * pl.col(f"m{_name(other)}") for other in more)
        cells[subset] = exact + smoothing
    interaction = pl.sum_horizontal((-1) ** (n - len(subset)) * cell.log() for subset, cell in cells.items())
    error = pl.sum_horizontal(1 / cell for cell in cells.values()).sqrt()
    return (
        types.filter((pl.col("count") >= min_count) & pl.col("fits"))
        .with_columns(interaction.alias("lambda"), error.alias("error"))
        .select(
            pl.concat_str([pl.col(place).cast(pl.String) for place in places], separator=" ").alias("collocation"),
            pl.col("count").cast(pl.Int64),
            pl.col("nested").cast(pl.Int64).alias("count_nested"),
            pl.lit(n, pl.Int64).alias("length"),
            "lambda",
            (pl.col("lambda") / pl.col("error")).alias("z"),
            *keys,
        )
    )


def _margin(subset: tuple[int, ...], places: list[str], total: pl.Expr, group: list[str]) -> pl.Expr:
    if not subset:
        return total.over(group) if group else total
    if len(subset) == len(places):
        return pl.col("count").cast(pl.Float64)
    return total.over([*group, *(places[place] for place in subset)])


def _name(subset: tuple[int, ...]) -> str:
    return "".join(map(str, subset))
