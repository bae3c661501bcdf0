"""TF-IDF: words that are frequent in one text and stand in few others, by the schemes of quanteda."""

from __future__ import annotations

import polars as pl

from corpus.stats.frames import check_choice, counted, eager_or_lazy, grouped

TERM = {
    "count": "the count",
    "prop": "its share of the tokens of the text",
    "propmax": "its share of the count of the text's commonest token",
    "logcount": "1 + log of the count",
    "boolean": "1",
    "augmented": "0.5 + 0.5 propmax",
    "logave": "(1 + log of the count) / (1 + log of the mean count of the text's types)",
}
"""Scheme of term frequency → what it is."""

DOCUMENT = {
    "inverse": "log(N / df)",
    "inversemax": "log(greatest df / df)",
    "inverseprob": "log((N - df) / df), not below 0",
    "count": "df",
    "unary": "1",
}
"""Scheme of document frequency → what it is."""

SOURCES = {
    "tfidf": "Spärck Jones, K. (1972). A statistical interpretation of term specificity and its application in "
    "retrieval. J. of Documentation 28, 11–21.",
    "schemes": "Manning, C. D., Raghavan, P., & Schütze, H. (2008). Introduction to information retrieval, ch. 6.",
}
"""Where the weights come from."""


@eager_or_lazy
def tfidf(frame: pl.LazyFrame, scheme: str = "count", base: float = 10.0, scheme_df: str = "inverse") -> pl.LazyFrame:
    """Weigh counts by how few documents hold a feature (quanteda's ``dfm_tfidf``).

    Parameters:
        frame: tokens or counts.
        scheme: of term frequency, a key of `TERM`.
        base: of the logarithms.
        scheme_df: of document frequency, a key of `DOCUMENT`.

    Returns:
        ``doc_id``, ``token``, ``count``, ``tfidf``; in no particular order.

    Raises:
        MinberError: MB505 unknown scheme or missing column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "b"], "token": ["x", "y"]})
        >>> round(tfidf(frame)["tfidf"][0], 4)
        0.301
    """
    check_choice("scheme", scheme, TERM)
    check_choice("scheme", scheme_df, DOCUMENT)
    n = pl.col("count").cast(pl.Float64)
    share_of_greatest = n / n.max().over("doc_id")
    term = {
        "count": n,
        "prop": n / n.sum().over("doc_id"),
        "propmax": share_of_greatest,
        "logcount": 1 + n.log(base),
        "boolean": pl.lit(1.0),
        "augmented": 0.5 + 0.5 * share_of_greatest,
        "logave": (1 + n.log(base)) / (1 + n.mean().over("doc_id").log(base)),
    }[scheme]
    size, df = pl.col("doc_id").n_unique(), pl.col("doc_id").n_unique().over("token")
    document = {
        "inverse": (size / df).log(base),
        "inversemax": (df.max() / df).log(base),
        "inverseprob": ((size - df) / df).log(base).clip(0.0),
        "count": df.cast(pl.Float64),
        "unary": pl.lit(1.0),
    }[scheme_df]
    return counted(frame).with_columns((term * document).alias("tfidf"))


@eager_or_lazy
def top_tfidf(
    frame: pl.LazyFrame,
    by: str = "doc_id",
    scheme: str = "count",
    base: float = 10.0,
    scheme_df: str = "inverse",
    min_count: int = 1,
) -> pl.LazyFrame:
    """Find what each text, or all texts of a group together, speak of more than others do.

    Parameters:
        frame: tokens or counts.
        by: column whose values are the texts (as ``dfm_group`` before ``dfm_tfidf``).
        scheme: as in `tfidf`.
        base: as in `tfidf`.
        scheme_df: as in `tfidf`.
        min_count: leave out features rarer than this in a text.

    Returns:
        ``feature``, ``tfidf``, ``frequency``, ``docfreq`` (number of texts that hold it), ``group``; ordered by group,
        then by weight.

    Raises:
        MinberError: MB505 unknown scheme or missing column.

    Example:
        >>> frame = pl.DataFrame({"doc_id": ["a", "a", "b"], "token": ["x", "y", "x"]})
        >>> top_tfidf(frame).select("feature", "docfreq", "group").row(0)
        ('y', 1, 'a')
    """
    texts, _ = grouped(frame, [by])
    whole = texts.drop("doc_id").rename({"group": "doc_id"})
    return (
        tfidf(whole, scheme, base, scheme_df)
        .with_columns(docfreq=pl.len().over("token").cast(pl.Int64))
        .filter(pl.col("count") >= min_count)
        .sort("doc_id", "tfidf", "token", descending=[False, True, False])
        .select(feature="token", tfidf="tfidf", frequency="count", docfreq="docfreq", group="doc_id")
    )
