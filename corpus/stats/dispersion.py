"""Dispersion: how evenly a word is spread over the parts of a corpus."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus.stats.concordance import kwic
from corpus.stats.frames import categories, check_columns, counted, divided, eager_or_lazy, in_groups
from schemas.errors import MinberError

MEASURES: dict[str, str] = {
    "range": "number of parts that hold the word",
    "D": "Juilland, A., & Chang-Rodríguez, E. (1964). Frequency dictionary of Spanish words.",
    "D2": "Carroll, J. B. (1970). An alternative to Juilland's usage coefficient. Computer Studies 3, 61–65.",
    "S": "Rosengren, I. (1971). The quantitative concept of language and its relation to the structure of frequency "
    "dictionaries. Études de linguistique appliquée 1, 103–127.",
    "DP": "Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. IJCL 13, 403–437.",
    "DP_norm": "Lijffijt, J., & Gries, S. Th. (2012). Correction to Gries (2008). IJCL 17, 147–149.",
    "KLD": "Gries, S. Th. (2020). Analyzing dispersion. In A practical handbook of corpus linguistics, 99–118.",
}
"""Measure → where it comes from."""


@eager_or_lazy
def dispersion(
    frame: pl.LazyFrame, parts: str | int = "doc_id", min_count: int = 1, by: Sequence[str] = ()
) -> pl.LazyFrame:
    """Measure how evenly each feature is spread.

    Parameters:
        frame: tokens or counts; for equal slices tokens in the order of the text.
        parts: the column whose values are the parts, or a number of equal slices of the whole.
        min_count: leave out rarer features.
        by: fields; each combination of their values is a group, spread over the parts that it has itself.

    Returns:
        ``feature``, of fields ``group``, then ``frequency``, ``range``, then from uneven to even 0 to 1: ``D``, ``D2``,
        ``S`` (Juilland, Carroll, both of relative frequencies; Rosengren), and from even to uneven ``DP``, ``DP_norm``
        (0 to 1), ``KLD`` (bits); most frequent first; of several fields each. D, D2 and DP_norm are null where there is
        one part only.

    Raises:
        MinberError: MB505 a column is missing; MB509 slices of counts, which have no order.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b", "b"], "token": ["x", "y", "x", "z"]})
        >>> dispersion(frame).filter(feature="x").select("range", "DP").row(0)
        (2, 0.0)
    """
    frame, keys = divided(frame, by)
    group = keys[:1]
    if isinstance(parts, int):
        if "count" in check_columns(frame, ["token"]):
            raise MinberError(
                "MB509", problem="counts have no order that could be cut into slices", command="minber stats"
            )
        place = pl.int_range(pl.len()).cast(pl.Int64) * parts // pl.len()
        frame = frame.select("token", *keys, doc_id=place.over(group) if group else place)
    else:
        check_columns(frame, ["token", parts])
        kept = [name for name in ("token", "count") if name in frame.collect_schema().names()]
        frame = frame.select(*kept, *keys, doc_id=pl.col(parts))
    counts = counted(frame, keys)
    number = pl.col("count").sum() if "count" in frame.collect_schema().names() else pl.len()
    # not from `counts`, which would be made twice
    sizes = frame.group_by(categories(frame, "doc_id"), *group).agg(size=number.cast(pl.Float64))
    whole = pl.col("size").sum()
    least = {"parts": pl.len().cast(pl.Float64), "least": pl.col("size").min() / whole}
    total = sizes.group_by(group).agg(**least) if group else sizes.select(**least)
    sizes = sizes.with_columns(share=pl.col("size") / (whole.over(group) if group else whole))
    frequency = pl.col("count").sum()
    of_word = pl.col("count") / frequency
    rate = pl.col("count") / pl.col("size")
    n = pl.col("parts")
    mean = pl.col("rates") / n
    variance = (pl.col("apart2") + (n - pl.col("range")) * mean**2) / n
    several = n > 1
    # parts without the word add their share to DP and nothing to the other sums
    placed = counts.join(sizes, on=["doc_id", *group], maintain_order="left")
    placed = (
        placed.join(total, on=group, maintain_order="left")
        if group
        else placed.join(total, how="cross", maintain_order="left")
    )
    found = (
        placed.group_by(*keys, "token", maintain_order=True)
        .agg(
            frequency=frequency,
            range=pl.len().cast(pl.Int64),
            apart=(of_word - pl.col("share")).abs().sum(),
            covered=pl.col("share").sum(),
            KLD=(of_word * (of_word / pl.col("share")).log(2)).sum(),
            roots=(pl.col("share") * pl.col("count")).sqrt().sum(),
            rates=rate.sum(),
            apart2=((rate - rate.sum() / n.first()) ** 2).sum(),  # around the mean: sums of squares lose digits
            parts=n.first(),
            least=pl.col("least").first(),
            logs=(rate * rate.log(2)).sum(),
        )
        .filter(pl.col("frequency") >= min_count)
        .with_columns(
            D=pl.when(several).then(1 - (variance.sqrt() / mean) / (n - 1).sqrt()),
            D2=pl.when(several).then((pl.col("rates").log(2) - pl.col("logs") / pl.col("rates")) / n.log(2)),
            S=pl.col("roots") ** 2 / pl.col("frequency"),
            DP=(pl.col("apart") + (1 - pl.col("covered")).clip(0.0)) / 2,
        )
        # a word of one part is as uneven as can be; logarithms and roots leave crumbs of 1e-16 there
        .with_columns(pl.when(several & (pl.col("range") == 1)).then(0.0).otherwise(pl.col("D", "D2")).name.keep())
        .with_columns(DP_norm=pl.when(several).then(pl.col("DP") / (1 - pl.col("least"))))
    )
    ordered = in_groups(found, keys, ["frequency", "token"], descending=[True, False])
    return ordered.select(pl.col("token").alias("feature"), *group, "frequency", *MEASURES, *keys[1:])


def word_places(
    frame: pl.DataFrame | pl.LazyFrame, patterns: Sequence[str], date: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find where in the whole corpus words stand, documents laid end to end: what a dispersion plot draws.

    Parameters:
        frame: tokens in the order of the text, each document in one piece.
        patterns: words, globs, or phrases of them.
        date: column to order documents by; None for the order of their ids.

    Returns:
        places (``pattern``, ``doc_id``, ``place`` in tokens from 0; one row of nulls for a pattern that is not found),
        and documents (``doc_id``, ``first`` place, ``size`` in tokens) in order.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["we", "speak", "we"]})
        >>> word_places(frame, ["we"])[0]["place"].to_list()
        [0, 2]
    """
    rows = frame.lazy().collect()
    check_columns(rows.lazy(), ["doc_id", "token", *([date] if date else [])])
    places, documents = token_places(rows, kwic(rows, list(patterns), 0, phrase=True), date)
    wanted = pl.DataFrame({"pattern": list(dict.fromkeys(patterns))}, schema={"pattern": pl.String})
    ordered = wanted.join(places.sort("place"), on="pattern", how="left", maintain_order="left_right")
    return ordered, documents


def token_places(
    frame: pl.DataFrame | pl.LazyFrame, lines: pl.DataFrame, date: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find where in the whole corpus the lines of a concordance stand, documents laid end to end.

    Parameters:
        frame: the tokens that the concordance was made from.
        lines: ``docname``, ``from`` (token of its document, from 1), ``pattern``.
        date: as `word_places` has it.

    Returns:
        as `word_places`; a row a line.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["we", "speak", "we"]})
        >>> token_places(frame, kwic(frame, "we"))[0]["place"].to_list()
        [0, 2]
    """
    day = pl.col(date).first() if date else pl.lit(None)
    documents = (
        frame.lazy()
        .group_by("doc_id", maintain_order=True)
        .agg(size=pl.len().cast(pl.Int64), _day=day)
        .with_columns(pl.col("doc_id").cast(pl.String))
        .sort("_day", "doc_id", nulls_last=True)
        .with_columns(first=(pl.col("size").cum_sum() - pl.col("size")))
        .select("doc_id", "first", "size")
        .collect()
    )
    found = lines.rename({"docname": "doc_id"}).join(documents, on="doc_id", maintain_order="left")
    return found.select("pattern", "doc_id", place=pl.col("first") + pl.col("from").cast(pl.Int64) - 1), documents


def pattern_dispersion(
    frame: pl.DataFrame | pl.LazyFrame, patterns: Sequence[str], parts: str | int = "doc_id", by: Sequence[str] = ()
) -> pl.DataFrame:
    """Measure how evenly chosen words are spread, everything that a pattern matches taken as one word.

    Parameters:
        frame: tokens in the order of the text, each document in one piece.
        patterns: words, globs, or phrases of them (which count where they begin).
        parts: as `dispersion` has it.
        by: as `dispersion` has it.

    Returns:
        as `dispersion`, a row a pattern that occurs, in the order given, group by group.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["reform", "reforms", "x"]})
        >>> pattern_dispersion(frame, ["reform*"]).select("feature", "frequency", "range").rows()
        [('reform*', 2, 1)]
    """
    rows = frame.lazy().with_columns(pl.col("doc_id").cast(pl.String)).collect()
    numbered = rows.with_columns(_at=pl.int_range(pl.len()).over("doc_id").cast(pl.Int64) + 1)
    hits = kwic(rows, list(patterns), 0, phrase=True).select("pattern", doc_id="docname", _at=pl.col("from"))
    hits = hits.with_columns(pl.col("_at").cast(pl.Int64))
    results = []
    for pattern in dict.fromkeys(patterns):
        mine = hits.filter(pattern=pattern).with_columns(_hit=True)
        marked = numbered.join(mine.unique(), on=["doc_id", "_at"], how="left", maintain_order="left")
        marked = marked.with_columns(token=pl.when(pl.col("_hit")).then(pl.lit(pattern)).otherwise(pl.lit("")))
        results.append(dispersion(marked, parts, by=by).filter(feature=pattern))
    order = by if len(by) > 1 else ["group"] if by else []
    found = pl.concat(results)
    return found.sort(order, nulls_last=True, maintain_order=True) if order else found
