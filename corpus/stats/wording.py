"""The words of what themes are counted in: how many stand in the sentences of a theme, and how many different ones.

A share of sentences says nothing of how long they are. Beside it these columns tell how much of the text a theme takes:
``words`` (in units of the theme), ``n_words`` (in all units of the group), ``types`` (different ones among ``words``,
in the form that tokens come in), ``word_share`` and ``per_thousand`` (units of the theme per 1,000 words).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from corpus.stats.frames import check_columns

WORDING = ("words", "n_words", "types", "word_share", "per_thousand")
"""Columns that `with_words` puts beside a share."""

_PLACE = ("doc_id", "start", "end")


def theme_words(
    units: pl.DataFrame | pl.LazyFrame,
    labels: pl.DataFrame | pl.LazyFrame,
    tokens: pl.DataFrame | pl.LazyFrame,
    by: Sequence[str] = (),
    on: Sequence[str] = _PLACE,
) -> pl.DataFrame:
    """Count the words in the units of each theme, and the different ones among them.

    Parameters:
        units: a row a sentence or another stretch that was labelled: ``doc_id``, ``start``, ``end``, with the columns
            of ``by`` and of ``on``. A word belongs to each unit that it begins in.
        labels: a row a theme of a unit: the columns of ``on`` and ``label``.
        tokens: ``doc_id``, ``token``, ``start``, in any order.
        by: columns; each combination of their values is counted by itself.
        on: columns that labels are given to units by; ``("doc_id",)`` gives a document's themes to all its units.

    Returns:
        ``theme``, the columns of `by`, ``words``, ``n_words``, ``types``; a row a theme that occurs, of ``n_words``
        also where it does not, with nulls; in no particular order.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> units = pl.DataFrame({"doc_id": ["a", "a"], "start": [0, 8], "end": [7, 12]})
        >>> labels = pl.DataFrame({"doc_id": ["a"], "start": [0], "end": [7], "label": ["law"]})
        >>> tokens = pl.DataFrame({"doc_id": ["a"] * 3, "token": ["law", "law", "now"], "start": [0, 4, 8]})
        >>> theme_words(units, labels, tokens).row(0)
        ('law', 2, 3, 1)
    """
    keys = list(by)
    check_columns(units.lazy(), [*_PLACE, *keys, *on])
    check_columns(labels.lazy(), [*on, "label"])
    check_columns(tokens.lazy(), ["doc_id", "token", "start"])
    rows = units.lazy().select(list(dict.fromkeys([*_PLACE, *keys, *on]))).unique().collect()
    documents = pl.Enum(rows["doc_id"].cast(pl.String).unique().sort())

    def place(offset: str) -> pl.Expr:
        return pl.col("doc_id").to_physical().cast(pl.UInt64) * 2**32 + pl.col(offset).cast(pl.UInt64)

    words = (
        tokens.lazy()
        .select(pl.col("doc_id").cast(pl.String).cast(documents, strict=False), "start", "token")
        .filter(pl.col("doc_id").is_not_null())
        .select(pl.col("token").cast(pl.Categorical), _place=place("start"))
        .sort("_place")
        .collect()
    )
    places = rows.with_columns(pl.col("doc_id").cast(pl.String).cast(documents))
    ends = [words["_place"].search_sorted(places.select(place(name)).to_series()) for name in ("start", "end")]
    rows = rows.with_columns(_from=ends[0].cast(pl.Int64), _to=ends[1].cast(pl.Int64))
    length = (pl.col("_to") - pl.col("_from")).sum()
    totals = rows.group_by(keys).agg(n_words=length) if keys else rows.select(n_words=length)
    given = labels.lazy().select(*on, theme=pl.col("label").cast(pl.Categorical)).unique().collect()
    hits = rows.join(given, on=list(on), nulls_equal=True)
    counted = hits.group_by("theme", *keys).agg(words=length)
    forms, types = words["token"].to_physical(), counted.select("theme", *keys, types=pl.lit(0, pl.Int64)).clear()
    for part in hits.partition_by("theme"):  # one by one: the words of all themes together take too much room
        spoken = part.select("theme", *keys, _at=pl.int_ranges("_from", "_to")).explode("_at").drop_nulls("_at")
        spoken = spoken.with_columns(_word=forms.gather(spoken["_at"]))
        types.extend(spoken.group_by("theme", *keys).agg(types=pl.col("_word").n_unique().cast(pl.Int64)))
    found = counted.join(types, on=["theme", *keys], how="left", nulls_equal=True)
    found = found.with_columns(pl.col("types").fill_null(0))
    whole = (
        found.join(totals, on=keys, how="full", nulls_equal=True, coalesce=True)
        if keys
        else found.join(totals, how="cross")
    )
    return whole.select(pl.col("theme").cast(pl.String), *keys, "words", "n_words", "types")


def with_words(
    result: pl.DataFrame, words: pl.DataFrame, by: Sequence[str] = (), theme: str = "theme", after: str = "high"
) -> pl.DataFrame:
    """Put the words of a theme beside its share.

    Parameters:
        result: ``count`` (units of the theme), the columns of `by` and the theme.
        words: result of `theme_words` by the same columns.
        by: columns that both have.
        theme: name of the column of themes in `result`.
        after: `WORDING` is put behind this column.

    Returns:
        the result with `WORDING`; a theme that does not occur has no words.

    Example:
        >>> shares = pl.DataFrame({"theme": ["law"], "count": [1], "high": [0.9]})
        >>> words = pl.DataFrame({"theme": ["law"], "words": [2], "n_words": [8], "types": [1]})
        >>> with_words(shares, words).row(0)
        ('law', 1, 0.9, 2, 8, 1, 0.25, 125.0)
    """
    keys = list(by)
    counted = words.select(*keys, "words", "types", **{theme: pl.col("theme")}).drop_nulls(theme)
    found = result.join(counted, on=[theme, *keys], how="left", nulls_equal=True, maintain_order="left")
    totals = words.select(*keys, "n_words").unique()
    if keys:
        found = found.join(totals, on=keys, how="left", nulls_equal=True, maintain_order="left")
    else:
        found = found.with_columns(n_words=pl.lit(totals["n_words"].max(), pl.Int64))
    found = found.with_columns(pl.col("words", "types", "n_words").fill_null(0))
    some = pl.when(pl.col("n_words") > 0)
    found = found.with_columns(
        word_share=some.then(pl.col("words") / pl.col("n_words")),
        per_thousand=some.then(1000 * pl.col("count") / pl.col("n_words")),
    )
    columns = result.columns
    at = columns.index(after) + 1
    return found.select(*columns[:at], *WORDING, *columns[at:])


def version_words(
    result: pl.DataFrame,
    units: pl.DataFrame | pl.LazyFrame,
    labels: pl.DataFrame | pl.LazyFrame,
    tokens: pl.DataFrame | pl.LazyFrame,
    lang: str = "lang",
) -> pl.DataFrame:
    """Put words beside the shares of language versions, of the same pairs.

    Parameters:
        result: of ``versions``.
        units: what it was made from, with ``group`` if the result has it.
        labels: what it was made from.
        tokens: as `theme_words` takes them.
        lang: column with the language of each version.

    Returns:
        the result with, behind ``p``, ``words1`` and ``words2`` (in units of the theme, of all speeches), ``types1``
        and ``types2`` (different ones), ``word_share1`` and ``word_share2`` (means over speeches, as the shares are).

    Example:
        >>> units = pl.DataFrame({"doc_id": ["a", "b"], "start": [0, 0], "end": [5, 5], "speech": ["s", "s"],
        ...                       "lang": ["kk", "ru"]})
        >>> labels = pl.DataFrame({"doc_id": ["a"], "start": [0], "end": [5], "label": ["law"]})
        >>> tokens = pl.DataFrame({"doc_id": ["a", "b"], "token": ["заң", "закон"], "start": [0, 0]})
        >>> pair = pl.DataFrame({"theme": ["law"], "lang1": ["kk"], "lang2": ["ru"], "p": [None]})
        >>> version_words(pair, units, labels, tokens).select("words1", "words2", "word_share1").row(0)
        (1, 0, 1.0)
    """
    group = [name for name in ("group",) if name in result.columns]
    rows = units.lazy().select(*_PLACE, "speech", *group, _lang=pl.col(lang)).unique().collect()
    words = tokens.lazy().select("doc_id", "token", "start").collect()
    themes = result.select("theme").unique()
    parts = []
    for one, two in combinations(sorted(rows["_lang"].unique()), 2):
        spoken = [rows.filter(_lang=name).select("speech", *group).unique() for name in (one, two)]
        both = spoken[0].join(spoken[1], on=["speech", *group], how="semi")
        if not both.height:
            continue
        pairs = themes.join(both.select(group).unique(), how="cross") if group else themes
        paired = rows.filter(pl.col("_lang").is_in([one, two])).join(both, on=["speech", *group], how="semi")
        for side, name in enumerate((one, two), 1):
            mine = paired.filter(_lang=name)
            whole = theme_words(mine, labels, words, group).drop_nulls("theme")
            shares = theme_words(mine, labels, words, [*group, "speech"])
            speeches = mine.select(*group, "speech").unique()
            numbers = speeches.group_by(group).len("_n") if group else speeches.select(_n=pl.len())
            means = (
                shares.drop_nulls("theme")
                .sort("speech")
                .group_by("theme", *group, maintain_order=True)
                .agg(_sum=(pl.col("words") / pl.col("n_words")).fill_nan(0.0).sum())
            )
            pairs = pairs.join(whole.drop("n_words"), on=["theme", *group], how="left")
            pairs = pairs.join(means, on=["theme", *group], how="left")
            pairs = pairs.join(numbers, on=group, how="left") if group else pairs.join(numbers, how="cross")
            pairs = pairs.with_columns(pl.col("words", "types").fill_null(0), pl.col("_sum").fill_null(0.0))
            share = (pl.col("_sum") / pl.col("_n")).alias(f"word_share{side}")
            pairs = pairs.with_columns(share).drop("_sum", "_n").rename({n: f"{n}{side}" for n in ("words", "types")})
        parts.append(pairs.with_columns(lang1=pl.lit(one), lang2=pl.lit(two)))
    names = [f"{name}{side}" for name in ("words", "types", "word_share") for side in (1, 2)]
    found = result.join(pl.concat(parts), on=["theme", *group, "lang1", "lang2"], how="left", maintain_order="left")
    at = result.columns.index("p") + 1
    return found.select(*result.columns[:at], *names, *result.columns[at:])
