"""Language versions of one speech, compared in pairs: what does the one say more of than the other?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import polars as pl

from corpus.stats.frames import check_columns, eager_or_lazy

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

    Returns:
        ``theme``, ``lang1``, ``lang2``, ``speeches`` (in both), ``share1``, ``share2`` (means),
        ``difference`` (share1 - share2), ``low``, ``high`` (t interval over speeches), ``p`` (two-sided,
        by permutation of signs); these are null under two speeches.

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
    check_columns(units, [*place, "speech", "lang"])
    own = units.unique(place)
    totals = own.group_by("speech", "lang").agg(n=pl.len())
    hits = (
        own.join(labels.lazy().select(*place, theme="label").unique(), on=place)
        .group_by("theme", "speech", "lang")
        .agg(count=pl.len())
    )
    names = hits.select("theme").unique().sort("theme")
    if themes is not None:
        names = pl.LazyFrame({"theme": list(themes)}, schema={"theme": pl.String})
    shares = (
        names.with_row_index("_place")
        .join(totals, how="cross")
        .join(hits, on=["theme", "speech", "lang"], how="left")
        .with_columns(share=pl.col("count").fill_null(0) / pl.col("n"))
    )

    def compare(found: pl.DataFrame) -> pl.DataFrame:
        rows: list[tuple[Any, ...]] = []
        languages = sorted(found["lang"].unique().to_list())
        for (_, theme), part in found.sort("_place").group_by("_place", "theme", maintain_order=True):
            for one, two in combinations(languages, 2):
                pairs = part.filter(lang=one).join(part.filter(lang=two), on="speech", suffix="_2").sort("speech")
                if pairs.height:
                    first, second = pairs["share"].to_list(), pairs["share_2"].to_list()
                    rows.append((theme, one, two, pairs.height, *_paired(first, second, level, seed)))
        return pl.DataFrame(rows, schema=schema, orient="row")

    schema = pl.Schema(
        {"theme": pl.String(), "lang1": pl.String(), "lang2": pl.String(), "speeches": pl.Int64()}
        | {name: pl.Float64() for name in ("share1", "share2", "difference", "low", "high", "p")}
    )
    return shares.map_batches(compare, schema=schema)


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
