"""Krippendorff's alpha for unitising: do people mark the same stretches of text?

All texts that the same people coded are laid end to end into one continuum, so that a stretch of one text is never
compared with one of another. (Laid on top of each other, stretches of different texts would seem to meet.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.agreement.bootstrap import Floats

Span = tuple[int, int]
Ints = NDArray[np.int64]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Put stretches of one person and label that overlap together: alpha wants stretches side by side.

    Example:
        >>> merged([(4, 9), (0, 5), (9, 10)])
        [(0, 9), (9, 10)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif end > start:
            found.append((start, end))
    return found


@dataclass(frozen=True, slots=True)
class _Marks:
    """Stretches of one label by one coder, in order of unit and place: which unit, where in it."""

    unit: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class _Continuum:
    """Units that the same coders coded, one label."""

    units: Ints  # their numbers among all units
    lengths: Ints
    marks: tuple[_Marks, ...]  # a coder each
    apart: Floats  # disagreement observed in each unit, summed over ordered pairs of coders

    def observed(self, weights: Floats) -> float:
        size = float(weights @ self.lengths)
        coders = len(self.marks)
        return float(weights @ self.apart) / (coders * (coders - 1) * size) if size else 0.0

    def expected(self, weights: Ints) -> float:
        """Times the length of the continuum, as ``observed``."""
        order = np.repeat(np.arange(len(weights)), weights)
        lengths = self.lengths[order]
        ends = np.cumsum(lengths)
        size = int(ends[-1]) if len(ends) else 0
        stretches, gaps = [], []
        for mark in self.marks:
            first = np.searchsorted(mark.unit, order, "left")
            count = np.searchsorted(mark.unit, order, "right") - first
            at = np.repeat(ends - lengths, count)
            chosen = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
            start, end = mark.start[chosen] + at, mark.end[chosen] + at
            stretches.append(end - start)
            gap = np.concatenate([start, [size]]) - np.concatenate([[0], end])
            gaps.append(gap[gap > 0])
        length = np.concatenate(stretches).astype(np.float64)
        total = float(len(self.marks) * size)
        pairs = total * (total - 1) - float((length * (length - 1)).sum())
        if not len(length) or pairs <= 0:
            return 0.0
        gap = np.sort(np.concatenate(gaps).astype(np.float64))
        tail = np.concatenate([np.cumsum(gap[::-1])[::-1], [0.0]])
        at_least = np.searchsorted(gap, length, "left")
        room = tail[at_least] - (length - 1) * (len(gap) - at_least)  # ways to lie in a gap
        meet = (len(length) - 1) / 3 * (2 * length**3 - 3 * length**2 + length)
        return 2 * float((meet + length**2 * room).sum()) / pairs


@dataclass(frozen=True, slots=True)
class Unitised:
    """Alpha of stretches, of one label or of several together.

    Parameters:
        continua: of each label and each set of coders.
        raw_parts: twice the letters in common, and the letters marked, of each unit, summed over pairs of coders.
    """

    continua: tuple[_Continuum, ...]
    raw_parts: Floats

    def estimate(self) -> tuple[float | None, float | None]:
        """Alpha, and Dice's share of common letters; None where nobody marked anything."""
        value = self._alpha(np.ones(len(self.raw_parts), dtype=np.int64))
        common, marked = self.raw_parts.sum(axis=0)
        return (float(value) if np.isfinite(value) else None), (float(common / marked) if marked else None)

    def draws(self, weights: Iterator[NDArray[Any]]) -> Floats:
        """Alpha of each draw."""
        return np.array([self._alpha(row.astype(np.int64)) for part in weights for row in part])

    def _alpha(self, weights: Ints) -> float:
        observed = expected = 0.0
        for part in self.continua:
            chosen = weights[part.units]
            observed += part.observed(chosen.astype(np.float64))
            expected += part.expected(chosen)
        return 1 - observed / expected if expected > 0 else np.nan


def unitised(
    lengths: Sequence[int], coders: Sequence[Sequence[str]], spans: Mapping[tuple[int, str, str], Sequence[Span]]
) -> Unitised:
    """Prepare alpha for unitising.

    Parameters:
        lengths: of each unit (text), in letters.
        coders: who coded each unit; units of fewer than two say nothing.
        spans: number of the unit, coder, label → stretches in it, from 0.

    Returns:
        the measure. Units that different sets of people coded make continua of their own, weighed by their length.

    Example:
        >>> spans = {(0, "a", "quote"): [(2, 8)], (0, "b", "quote"): [(2, 8)]}
        >>> unitised([40], [["a", "b"]], spans).estimate()
        (1.0, 1.0)

    Source: Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25,
    47–76; Krippendorff, K. (2004). Content analysis, 2nd edition, 251–256.
    """
    teams: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, names in enumerate(coders):
        if len(set(names)) > 1:
            teams[tuple(sorted(set(names)))].append(number)
    marked: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for unit, coder, label in spans:
        marked[unit, coder].add(label)
    raw = np.zeros((len(lengths), 2))
    continua = []
    for team, units in sorted(teams.items()):
        labels = sorted({label for unit in units for coder in team for label in marked.get((unit, coder), ())})
        for label in labels:
            clean = {(unit, coder): merged(spans.get((unit, coder, label), ())) for unit in units for coder in team}
            apart = np.zeros(len(units))
            for place, unit in enumerate(units):
                for left, first in enumerate(team):
                    for second in team[left + 1 :]:
                        ours, theirs = clean[unit, first], clean[unit, second]
                        apart[place] += 2 * _apart(ours, theirs)
                        raw[unit] += _common(ours, theirs)
            marks = []
            for coder in team:
                rows = [(place, *span) for place, unit in enumerate(units) for span in clean[unit, coder]]
                table = np.array(rows, dtype=np.int64).reshape(-1, 3)
                marks.append(_Marks(*table.T))
            sizes = np.array([lengths[unit] for unit in units], dtype=np.int64)
            continua.append(_Continuum(np.array(units, dtype=np.int64), sizes, tuple(marks), apart))
    return Unitised(tuple(continua), raw)


def _apart(ours: Sequence[Span], theirs: Sequence[Span]) -> float:
    """Disagreement of two people on a label in a unit: squared differences of bounds, squared lengths of what the
    other has nothing for."""
    found = 0.0
    met: set[Span] = set()
    for start, end in ours:
        alone = True
        for other in theirs:
            if start < other[1] and other[0] < end:
                found += (start - other[0]) ** 2 + (end - other[1]) ** 2
                met.add(other)
                alone = False
        found += (end - start) ** 2 if alone else 0
    return found + sum((end - start) ** 2 for start, end in theirs if (start, end) not in met)


def _common(ours: Sequence[Span], theirs: Sequence[Span]) -> tuple[int, int]:
    common = sum(max(0, min(end, other[1]) - max(start, other[0])) for start, end in ours for other in theirs)
    return 2 * common, sum(end - start for start, end in (*ours, *theirs))
