"""Krippendorff's alpha for values that are the same or not, or that differ by a distance; missing values allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.agreement.bootstrap import Floats, Sums
from corpus.stats.frames import check_columns

MISSING = -1
"""In a table of values: this coder did not code this unit."""

Values = NDArray[np.int64]


def alpha_sums(values: Values, distances: Floats) -> Sums:
    """Prepare alpha of a table of values.

    Parameters:
        values: a row a unit, a column a coder; numbers of values from 0, `MISSING` where there is none.
        distances: between values, squared as alpha takes them: 0 the same, 1 as different as can be.

    Returns:
        the measure; units with fewer than two values say nothing. Undefined where all values are the same: what never
        varies could not show disagreement.

    Source: Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
    """
    counts = counts_of(values, len(distances))
    number = counts.sum(axis=1)
    counts[number < 2] = 0
    number = np.where(number < 2, 0, number)
    pairs = np.einsum("uc,cd,ud->u", counts, distances, counts, optimize=True)
    apart = np.divide(pairs, number - 1, out=np.zeros(len(pairs)), where=number > 1)
    items = np.column_stack([apart, number, counts])

    def value(sums: Floats) -> Floats:
        total, marginals = sums[:, 1], sums[:, 2:]
        observed = sums[:, 0] / total
        expected = np.einsum("rc,cd,rd->r", marginals, distances, marginals, optimize=True) / (total * (total - 1))
        return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), np.nan)

    return Sums(items, value, lambda sums: 1 - sums[:, 0] / sums[:, 1])


def counts_of(values: Values, width: int) -> Floats:
    """How many coders gave each value to each unit."""
    return np.stack([(values == value).sum(axis=1) for value in range(width)], axis=1).astype(np.float64)


def same_or_not(width: int) -> Floats:
    """The nominal distance: 0 between a value and itself, else 1."""
    return 1.0 - np.eye(width)


def table_of(codings: pl.DataFrame | pl.LazyFrame, value: str = "value") -> tuple[Values, list[Any]]:
    """Turn a frame into a table of values.

    Parameters:
        codings: ``unit``, ``coder`` and a column of values, a row a coding; lists are sets, whose order says nothing.
        value: name of that column.

    Returns:
        a row a unit, a column a coder, in order of name, `MISSING` where there is none or it is null; the values.

    Raises:
        MinberError: MB505 a column is missing.
    """
    check_columns(codings.lazy(), ["unit", "coder", value])
    frame = codings.lazy().collect()
    units = {name: number for number, name in enumerate(frame["unit"].unique().sort())}
    coders = {name: number for number, name in enumerate(frame["coder"].unique().sort())}
    known: dict[Any, int] = {}
    values = np.full((len(units), len(coders)), MISSING, dtype=np.int64)
    for unit, coder, given in frame.select("unit", "coder", value).iter_rows():
        if given is not None:
            single = frozenset(given) if isinstance(given, list) else given
            values[units[unit], coders[coder]] = known.setdefault(single, len(known))
    return values, list(known) or [None]  # nobody gave anything: still a table


def alpha(codings: pl.DataFrame | pl.LazyFrame) -> float | None:
    """Krippendorff's alpha of nominal values.

    Parameters:
        codings: ``unit``, ``coder``, ``value``, a row a coding; a unit that a coder did not code has no row, or null.

    Returns:
        1 for full agreement, 0 for what chance would give, less for systematic disagreement; None where no unit has two
        values or nothing varies.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "coder": list("ababab"), "value": list("xxyyxy")})
        >>> round(alpha(frame), 4)
        0.4444

    Source: Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
    """
    values, known = table_of(codings)
    return alpha_sums(values, same_or_not(len(known))).estimate()[0]
