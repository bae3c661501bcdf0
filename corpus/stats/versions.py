"""Language versions of one speech, compared in pairs: what does the one say more of than the other?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import polars as pl

from corpus.stats.frames import check_columns, divided, eager_or_lazy

SOURCES: dict[str, str] = {
    "low, high": "Student (1908). The probable error of a mean. Biometrika 6, 1–25: of the paired differences.",
    "p": "Fisher, R. A. (1935). The design of experiments, §21: permutation of signs.",
}
"""Column → where it comes from."""

_EXACT = 12  # pairs up to which every change of signs is tried
_DRAWS = 10_000


@eager_or_lazy
def versions(
    units: pl.LazyFrame,
    labels: pl.DataFrame | pl.LazyFrame,
    themes: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
    by: Sequence[str] = (),
    lang: str = "lang",
) -> pl.LazyFrame:
    """Compare the share of each theme between language versions, speech by speech.

    A speech's versions speak of the same things, so their shares are paired: tests that took them for separate texts
    would miss nearly every difference.

    Parameters:
        units: a row a sentence: ``doc_id``, ``start``, ``end``, ``speech`` (the same for all versions), ``lang``.
        labels: ``doc_id``, ``start``, ``end``, ``label``.
        themes: theme ids in the order wanted; None for those found, by name.
        level: of confidence of the intervals.
        seed: of the random signs where there are more than 12 speeches.
        by: fields; each combination of their values is a group, whose speeches alone are compared. A version and its
            original are of one group only if they have the same values.
        lang: column with the language of each version.

    Returns:
        ``theme``, of fields ``group``, then ``lang1``, ``lang2``, ``speeches`` (in both), ``share1``, ``share2``
        (means), ``difference`` (share1 - share2), ``low``, ``high`` (t interval over speeches), ``p`` (two-sided, by
        permutation of signs); these are null under two speeches; of several fields each. Ordered by group, theme and
        languages.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> units = pl.DataFrame({"doc_id": ["a", "b"], "start": [0, 0], "end": [5, 5], "speech": ["s", "s"],
        ...                       "lang": ["kk", "ru"]})
        >>> labels = pl.DataFrame({"doc_id": ["a"], "start": [0], "end": [5], "label": ["dialogue"]})
        >>> versions(units, labels).select("theme", "lang1", "lang2", "difference").rows()
        [('dialogue', 'kk', 'ru', 1.0)]

    Source: Fisher, R. A. (1935). The design of experiments, §21 (permutation of signs).
    """
    place = ["doc_id", "start", "end"]
    check_columns(units, [*place, "speech", lang])
    units, keys = divided(units.with_columns(_lang=pl.col(lang)), by)
    own = units.unique(place)
    totals = own.group_by("speech", "_lang", *keys).agg(n=pl.len())
    hits = (
        own.join(labels.lazy().select(*place, theme="label").unique(), on=place)
        .group_by("theme", "speech", "_lang", *keys[:1])
        .agg(count=pl.len())
    )
    names = hits.select("theme").unique().sort("theme")
    if themes is not None:
        names = pl.LazyFrame({"theme": list(themes)}, schema={"theme": pl.String})
    shares = (
        names.with_row_index("_place")
        .join(totals, how="cross")
        .join(hits, on=["theme", "speech", "_lang", *keys[:1]], how="left")
        .with_columns(share=pl.col("count").fill_null(0) / pl.col("n"))
    )

    def compare(found: pl.DataFrame) -> pl.DataFrame:
        rows: list[tuple[Any, ...]] = []
        languages = sorted(found["_lang"].unique().to_list())
        first_of = list(keys[1:] or keys)
        ordered = found.with_columns(pl.col("group").cast(pl.String)) if keys else found
        ordered = ordered.sort(*first_of, "_place", nulls_last=True)
        for (_, theme, *values), part in ordered.group_by("_place", "theme", *keys, maintain_order=True):
            for one, two in combinations(languages, 2):
                pairs = part.filter(_lang=one).join(part.filter(_lang=two), on="speech", suffix="_2").sort("speech")
                if pairs.height:
                    first, second = pairs["share"].to_list(), pairs["share_2"].to_list()
                    compared = (one, two, pairs.height, *_paired(first, second, level, seed))
                    rows.append((theme, *values[:1], *compared, *values[1:]))
        return pl.DataFrame(rows, schema=schema, orient="row")

    schema = pl.Schema(
        {"theme": pl.String()}
        | dict.fromkeys(keys[:1], pl.String())
        | {"lang1": pl.String(), "lang2": pl.String(), "speeches": pl.Int64()}
        | {name: pl.Float64() for name in ("share1", "share2", "difference", "low", "high", "p")}
        | {name: kind for name, kind in units.collect_schema().items() if name in keys[1:]}
    )
    return shares.map_batches(compare, schema=schema)


def with_originals(units: pl.LazyFrame, documents: pl.DataFrame, fields: Sequence[str] = ()) -> pl.LazyFrame:
    """Say of each unit which speech it is of, and give it the fields of the speech's original.

    Parameters:
        units: ``id``, ``version_of``, ``lang`` and the fields, of the document that each unit is in.
        documents: ``doc_id`` and the fields of every document, in as many rows as you like.
        fields: those wanted. ``voice`` and ``speaker`` are of the words, so a unit keeps its own.

    Returns:
        the units with ``speech`` and ``version_lang`` (the language of the unit), as `versions` takes them; fields of
        an original that is not among the documents are null.

    Example:
        >>> units = pl.LazyFrame({"id": ["b"], "version_of": ["a"], "lang": ["ru"], "year": [2021]})
        >>> documents = pl.DataFrame({"doc_id": ["a", "b"], "year": [2020, 2021]})
        >>> with_originals(units, documents, ["year"]).select("speech", "version_lang", "year").collect().row(0)
        ('a', 'ru', 2020)
    """
    named = units.with_columns(speech=pl.coalesce("version_of", "id"), version_lang="lang")
    theirs = [name for name in dict.fromkeys(fields) if name not in ("voice", "speaker")]
    if not theirs:
        return named
    originals = documents.lazy().group_by(speech="doc_id").agg(pl.col(theirs).first())
    return named.drop(theirs).join(originals, on="speech", how="left", maintain_order="left")


def _paired(first: list[float], second: list[float], level: float, seed: int) -> tuple[float | None, ...]:
    """Means, their difference, its interval and p."""
    import numpy as np
    from scipy.stats import t

    a, b = np.array(first), np.array(second)
    apart = a - b
    n, mean = len(apart), float(apart.mean())
    means = (float(a.mean()), float(b.mean()), mean)
    if n < 2:
        return (*means, None, None, None)
    reach = float(t.ppf(0.5 + level / 2, n - 1) * apart.std(ddof=1) / np.sqrt(n))
    if n <= _EXACT:
        signs = np.array([[1 if number >> bit & 1 else -1 for bit in range(n)] for number in range(2**n)])
    else:
        drawn = np.random.default_rng(seed).choice([-1, 1], size=(_DRAWS, n))
        signs = np.vstack([np.ones((1, n)), drawn])  # the observed one counts among them
    p = float((np.abs(signs @ apart) >= abs(apart.sum()) - 1e-12).mean())
    return (*means, mean - reach, mean + reach, p)
