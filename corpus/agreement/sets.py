"""Agreement on sets of labels: how far two sets are apart."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
import polars as pl

from corpus.agreement.bootstrap import Floats
from corpus.agreement.nominal import alpha_sums, table_of


def masi_distance(left: Set[str], right: Set[str]) -> float:
    """One minus MASI: Jaccard's share of common labels, times 1 for equal sets, 2/3 where one holds the other, 1/3
    where they overlap, 0 where they have nothing in common.

    Parameters:
        left, right: labels of a unit; two empty sets are equal.

    Returns:
        between 0 and 1.

    Example:
        >>> masi_distance({"a"}, {"a", "b"}) == 1 - 1 / 2 * 2 / 3
        True

    Source: Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation.
    LREC 2006. (NLTK rounds the two weights to 0.67 and 0.33; here they are thirds.)
    """
    if left == right:
        return 0.0
    common = len(left & right)
    if not common:
        return 1.0
    weight = 2 / 3 if left <= right or right <= left else 1 / 3
    return 1 - common / len(left | right) * weight


def masi_distances(sets: Sequence[Set[str]]) -> Floats:
    """The distances between all pairs of sets."""
    return np.array([[masi_distance(left, right) for right in sets] for left in sets]).reshape(len(sets), len(sets))


def masi_alpha(codings: pl.DataFrame | pl.LazyFrame) -> float | None:
    """Krippendorff's alpha of sets of labels, by the MASI distance.

    Parameters:
        codings: ``unit``, ``coder``, ``value`` (a list of labels, which may be empty), a row a coding.

    Returns:
        as `corpus.agreement.alpha`.

    Raises:
        MinberError: MB505 a column is missing.

    Example:
        >>> frame = pl.DataFrame({"unit": [1, 1, 2, 2], "coder": list("abab"), "value": [["x"], ["x", "y"], [], []]})
        >>> round(masi_alpha(frame), 4)
        0.5714

    Source: as `masi_distance`; Krippendorff (2011).
    """
    values, known = table_of(codings)
    return alpha_sums(values, masi_distances(known)).estimate()[0]
