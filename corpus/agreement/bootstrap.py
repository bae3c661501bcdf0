"""Bootstrap intervals of measures of agreement: units are drawn with replacement, or whole documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_UNDEFINED = 0.1
"""Share of draws without a value above which no interval is given: those with one are no longer a fair sample."""

_CHUNK = 64  # draws multiplied at once


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Attributes:
        replicates: number of draws; 0 for no intervals.
        level: of confidence.
        seed: the same one gives the same intervals.
        clusters: draw whole documents instead of units, because units of one document resemble each other.
    """

    replicates: int = 1000
    level: float = 0.95
    seed: int = 0
    clusters: bool = False


class Measure(Protocol):
    """A measure of agreement, ready to be taken on any multiset of its units."""

    def estimate(self) -> tuple[float | None, float | None]:
        """Its value and the raw agreement without correction for chance; None where undefined."""

    def draws(self, weights: Iterator[NDArray[Any]]) -> Floats:
        """Its value for each draw; a weight says how often a unit is in it."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A measure that depends on nothing but sums over units.

    Attributes:
        items: a row a unit; what is summed.
        value: sums (a row a draw) → the measure, NaN where undefined.
        raw: sums → the raw agreement.
    """

    items: Floats
    value: Callable[[Floats], Floats]
    raw: Callable[[Floats], Floats]

    def estimate(self) -> tuple[float | None, float | None]:
        """See `Measure`."""
        sums = self.items.sum(axis=0, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            return _number(self.value(sums)[0]), _number(self.raw(sums)[0])

    def draws(self, weights: Iterator[NDArray[Any]]) -> Floats:
        """See `Measure`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.concatenate([self.value(part.astype(np.float64) @ self.items) for part in weights])


def interval(measure: Measure, documents: NDArray[Any], how: Resampling) -> tuple[float | None, float | None]:
    """Percentile interval of a measure.

    Parameters:
        measure: what is measured.
        documents: number of the document of each unit, from 0.
        how: number of draws, level, seed, and what is drawn.

    Returns:
        lower and upper bound; None if more than `MOST_UNDEFINED` of the draws have no value (a theme that stands in a
        handful of units is often absent from a draw).

    Source: Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap, chapter 13.
    """
    if not how.replicates or not len(documents):
        return None, None
    found = measure.draws(_weights(documents, how))
    known = found[np.isfinite(found)]
    if len(known) < (1 - MOST_UNDEFINED) * how.replicates:
        return None, None
    low, high = np.quantile(known, [(1 - how.level) / 2, (1 + how.level) / 2])
    return float(low), float(high)


def _weights(documents: NDArray[Any], how: Resampling) -> Iterator[NDArray[Any]]:
    drawn = _drawn(int(documents.max()) + 1 if how.clusters else len(documents), how.replicates, how.seed)
    for start in range(0, how.replicates, _CHUNK):
        part = drawn[start : start + _CHUNK]
        yield part[:, documents] if how.clusters else part


@lru_cache(maxsize=2)
def _drawn(count: int, replicates: int, seed: int) -> NDArray[np.uint16]:
    """How often each of ``count`` is drawn, a row a draw; all measures of the same units see the same draws."""
    random = np.random.default_rng(seed)
    rows = [np.bincount(random.integers(0, count, count), minlength=count) for _ in range(replicates)]
    return np.array(rows, dtype=np.uint16)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
