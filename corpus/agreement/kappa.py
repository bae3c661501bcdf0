"""Cohen's kappa of two coders and Fleiss' kappa of any number."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus.agreement.bootstrap import Floats, Sums
from corpus.agreement.nominal import MISSING, Values, counts_of, table_of
from schemas.errors import MinberError


def cohen_sums(values: Values, width: int) -> Sums:
    """Prepare Cohen's kappa.

    Parameters:
        values: a row a unit, two columns; numbers of values from 0, `MISSING` where there is none.
        width: how many values there are.

    Returns:
        the measure, of the units that both coded; undefined where both gave one and the same value throughout.

    Source: Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
    20, 37–46.
    """
    both = (values != MISSING).all(axis=1)
    left, right = (np.eye(width)[np.where(both, column, 0)] * both[:, None] for column in values.T)
    agree = both & (values[:, 0] == values[:, 1])

    def value(sums: Floats) -> Floats:
        total = sums[:, 0]
        observed = sums[:, 1] / total
        expected = (sums[:, 2 : 2 + width] * sums[:, 2 + width :]).sum(axis=1) / total**2
        return _corrected(observed, expected)

    items = np.column_stack([both, agree, left, right]).astype(np.float64)
    return Sums(items, value, lambda sums: sums[:, 1] / sums[:, 0])


def fleiss_sums(values: Values, width: int) -> Sums:
    """Prepare Fleiss' kappa.

    Parameters:
        values: a row a unit, a column a coder; numbers of values from 0, `MISSING` where there is none.
        width: how many values there are.

    Returns:
        the measure. Where not everybody coded every unit, the observed agreement is that of units with two values or
        more, and all units with any value tell how frequent each value is.

    Source: Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76,
    378–382; for missing values Gwet, K. L. (2014). Handbook of inter-rater reliability, 4th edition, chapter 2.
    """
    counts = counts_of(values, width)
    number = counts.sum(axis=1)
    some, several = number >= 1, number >= 2
    agree = np.divide(
        (counts * (counts - 1)).sum(axis=1), number * (number - 1), out=np.zeros(len(counts)), where=several
    )
    shares = counts / np.maximum(number, 1)[:, None]

    def value(sums: Floats) -> Floats:
        expected = ((sums[:, 3:] / sums[:, 2:3]) ** 2).sum(axis=1)
        return _corrected(sums[:, 1] / sums[:, 0], expected)

    return Sums(np.column_stack([several, agree, some, shares]), value, lambda sums: sums[:, 1] / sums[:, 0])


def cohen_kappa(codings: pl.DataFrame | pl.LazyFrame) -> float | None:
    """Cohen's kappa of two coders.

    Parameters:
        codings: ``unit``, ``coder``, ``value``, a row a coding.

    Returns:
        kappa; None where nothing varies.

    Raises:
        MinberError: MB505 a column is missing; MB481 there are not two coders.

    Example:
        >>> frame = pl.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "coder": list("ababab"), "value": list("xxyyxy")})
        >>> round(cohen_kappa(frame), 4)
        0.4

    Source: Cohen (1960).
    """
    values, known = table_of(codings)
    if values.shape[1] != 2:
        raise MinberError("MB481", measure="cohen", count=values.shape[1])
    return cohen_sums(values, len(known)).estimate()[0]


def fleiss_kappa(codings: pl.DataFrame | pl.LazyFrame) -> float | None:
    """Fleiss' kappa of any number of coders.

    Parameters:
        codings: ``unit``, ``coder``, ``value``, a row a coding.

    Returns:
        kappa; None where nothing varies or no unit has two values.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "coder": list("ababab"), "value": list("xxyyxy")})
        >>> round(fleiss_kappa(frame), 4)
        0.3333

    Source: Fleiss (1971).
    """
    values, known = table_of(codings)
    return fleiss_sums(values, len(known)).estimate()[0]


def _corrected(observed: Floats, expected: Floats) -> Floats:
    """What of the agreement that chance leaves open was reached; NaN where chance leaves nothing open."""
    room = 1 - expected
    return np.where(room > 1e-12, (observed - expected) / np.where(room > 1e-12, room, 1), np.nan)
