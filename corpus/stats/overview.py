"""What is in a corpus: documents, sentences, tokens, types, and what kinds of tokens."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus.stats.frames import check_columns, eager_or_lazy, grouped, numbered
from corpus.stats.tokens import kind_of

_KINDS = {"words": "word", "numbers": "number", "puncts": "punct", "symbols": "symbol"}


@eager_or_lazy
def overview(frame: pl.LazyFrame, by: Sequence[str] = ()) -> pl.LazyFrame:
    """Count documents, sentences, tokens and types of each group (columns of quanteda's ``textstat_summary``).

    Parameters:
        frame: tokens; ``token_kind`` is told from the token where the column is absent; ``sentence`` (number within
            the document), ``voice`` and ``date`` are counted where present.
        by: fields; each combination of their values is a group.

    Returns:
        ``group``, ``documents``, ``sents``, ``tokens``, ``types`` (without regard to case), ``words``, ``puncts``,
        ``numbers``, ``symbols``, then ``words_per_sentence``, ``quoted`` (share of the words), ``first`` and ``last``
        date; null where not known.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["Сөз", "сөз", "."]})
        >>> overview(frame).select("documents", "tokens", "types", "words", "puncts").rows()
        [(1, 3, 2, 2, 1)]
    """
    columns = check_columns(frame, ["doc_id", "token"])
    frame, keys = grouped(frame, by)
    if "token_kind" not in columns:
        frame = frame.with_columns(token_kind=kind_of(pl.col("token").cast(pl.String)))
    word = pl.col("token_kind") == "word"
    sentences = (
        (numbered(frame, "doc_id").cast(pl.UInt64) * 2**32 + pl.col("sentence").cast(pl.UInt64))
        .drop_nulls()
        .n_unique()
        .cast(pl.Int64)
        if "sentence" in columns
        else pl.lit(None, dtype=pl.Int64)
    )
    quoted = (
        (word & (pl.col("voice") == "quoted")).sum() / word.sum() if "voice" in columns else pl.lit(None, pl.Float64)
    )
    first, last = (pl.col("date").min(), pl.col("date").max()) if "date" in columns else (pl.lit(None, pl.Date),) * 2
    return (
        frame.group_by(keys)
        .agg(
            pl.col("doc_id").n_unique().cast(pl.Int64).alias("documents"),
            sentences.alias("sents"),
            pl.len().cast(pl.Int64).alias("tokens"),
            pl.col("token").unique().cast(pl.String).str.to_lowercase().n_unique().cast(pl.Int64).alias("types"),
            *((pl.col("token_kind") == kind).sum().cast(pl.Int64).alias(name) for name, kind in _KINDS.items()),
            quoted.alias("quoted"),
            first.alias("first"),
            last.alias("last"),
        )
        .with_columns(
            words_per_sentence=pl.when(pl.col("sents") > 0).then(pl.col("words") / pl.col("sents")),
            sents=pl.when(pl.col("sents") > 0).then("sents"),
        )
        .sort(*keys[1:] or ["group"], nulls_last=True)
        .select(
            "group",
            "documents",
            "sents",
            "tokens",
            "types",
            "words",
            "puncts",
            "numbers",
            "symbols",
            "words_per_sentence",
            "quoted",
            "first",
            "last",
            *keys[1:],
        )
    )
