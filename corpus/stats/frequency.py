"""How often: frequencies with document frequencies, n-grams and skip-grams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from corpus.stats.frames import ALL, check_columns, counted, eager_or_lazy, grouped, numbered

MILLION = 1_000_000


@eager_or_lazy
def counts(frame: pl.LazyFrame, by: Sequence[str] = ()) -> pl.LazyFrame:
    """Count the tokens of each document: the long form of a document-feature matrix.

    Parameters:
        frame: tokens (``doc_id``, ``token``) or counts (with ``count``); counts of parts add up.
        by: columns to keep apart beside the document.

    Returns:
        ``doc_id``, the columns of ``by``, ``token``, ``count``; in no particular order.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> counts(pl.DataFrame({"doc_id": ["a", "a"], "token": ["b", "b"]})).rows()
        [('a', 'b', 2)]
    """
    return counted(frame, by)


@eager_or_lazy
def frequency(frame: pl.LazyFrame, by: Sequence[str] = (), top: int | None = None, min_count: int = 1) -> pl.LazyFrame:
    """Count how often each feature occurs, in how many documents, and its rank (as quanteda's ``textstat_frequency``).

    Parameters:
        frame: tokens or counts, with the columns of ``by``.
        by: fields; each combination of their values is a group with ranks of its own.
        top: so many features a group, those of equal frequency in order of the alphabet; None for all.
        min_count: leave out rarer features (ranks stay those among all).

    Returns:
        ``feature``, ``frequency``, ``rank`` (equal frequencies share the lowest), ``docfreq``, ``group``, then
        ``per_million`` (of the group's tokens) and, of several fields, each field.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["x", "y", "x"]})
        >>> frequency(frame).select("feature", "frequency", "rank", "docfreq", "group").rows()
        [('x', 2, 1, 2, 'all'), ('y', 1, 2, 1, 'all')]
    """
    columns = check_columns(frame, ["doc_id", "token"])
    frame, keys = grouped(frame, by) if by else (frame, [])
    number = pl.col("count").sum() if "count" in columns else pl.len()
    result = (
        frame.with_columns(_document=numbered(frame, "doc_id"))
        .group_by(*keys, "token")
        .agg(frequency=number.cast(pl.Int64), docfreq=pl.col("_document").n_unique().cast(pl.Int64))
        .with_columns(group="group" if by else pl.lit(ALL))
        .with_columns(
            pl.col("frequency").rank("min", descending=True).over("group").cast(pl.Int64).alias("rank"),
            (pl.col("frequency") * MILLION / pl.col("frequency").sum().over("group")).alias("per_million"),
        )
        .filter(pl.col("frequency") >= min_count)
        .sort("group", "rank", "token")
    )
    if top is not None:
        result = result.filter(pl.int_range(pl.len()).over("group") < top)
    return result.select(
        pl.col("token").alias("feature"), "frequency", "rank", "docfreq", "group", "per_million", *keys[1:]
    )


@eager_or_lazy
def token_totals(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Count tokens and types of each document (quanteda's ``ntoken`` and ``ntype``).

    Parameters:
        frame: tokens or counts.

    Returns:
        ``doc_id``, ``ntoken``, ``ntype``, ordered by ``doc_id``.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> token_totals(pl.DataFrame({"doc_id": ["a", "a", "a"], "token": ["x", "y", "x"]})).rows()
        [('a', 3, 2)]
    """
    return (
        counted(frame)
        .group_by("doc_id")
        .agg(pl.col("count").sum().alias("ntoken"), pl.len().cast(pl.Int64).alias("ntype"))
        .sort("doc_id")
    )


@eager_or_lazy
def ngrams(
    frame: pl.LazyFrame,
    n: int | Sequence[int] = 2,
    skip: Iterable[int] = (0,),
    joiner: str = "_",
    within: Sequence[str] = ("doc_id",),
    keep: Sequence[str] = (),
) -> pl.LazyFrame:
    """Join neighbouring tokens into n-grams; with ``skip``, also tokens that stand apart (quanteda's skip-grams).

    Parameters:
        frame: tokens in the order of the text; documents stand in one piece.
        n: length or lengths.
        skip: numbers of tokens that may be left out between two of an n-gram; ``(0,)`` for neighbours only.
        joiner: stands between the tokens.
        within: columns that change where an n-gram must end.
        keep: columns of its first token that are put beside an n-gram.

    Returns:
        ``doc_id``, ``token`` (the n-gram), then the columns of ``keep``, a row an occurrence: a token frame that every
        measure takes.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> ngrams(pl.DataFrame({"doc_id": ["a"] * 3, "token": ["x", "y", "z"]}))["token"].to_list()
        ['x_y', 'y_z']
    """
    kept = [name for name in dict.fromkeys(keep) if name not in ("doc_id", "token")]
    check_columns(frame, ["doc_id", "token", *within, *kept])
    steps = sorted({gap + 1 for gap in skip})
    parts = []
    for length in sorted({n} if isinstance(n, int) else set(n)):
        offsets: list[tuple[int, ...]] = [(0,)]
        for _ in range(length - 1):
            offsets = [(*path, path[-1] + step) for path in offsets for step in steps]
        for path in offsets:
            ends = list(dict.fromkeys(["doc_id", *within]))
            inside = pl.all_horizontal(pl.col(name).shift(-path[-1]) == pl.col(name) for name in ends)
            parts.append(
                frame.select(
                    "doc_id",
                    pl.concat_str([pl.col("token").shift(-offset) for offset in path], separator=joiner),
                    *kept,
                    inside.alias("_inside"),
                )
                .filter("_inside")
                .drop("_inside")
            )
    return pl.concat(parts)
