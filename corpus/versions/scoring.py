"""How much likelier sentences of two texts are as translations of each other than as strangers.

Three things speak, each as the logarithm of a ratio of probabilities: the keys that both sides have or that one lacks
(naive Bayes, each key weighed by how rare it is in these two texts), the ratio of their lengths (Gale and Church, 1993;
here as a normal distribution of its logarithm, against the spread of lengths within the text), and whether both open
a paragraph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus.versions.evidence import Keys, cognates

Array = np.ndarray[Any, np.dtype[Any]]

SHAPES = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (1, 4), (4, 1))
"""Sentences of each side in a bead."""
PRIORS = (0.80, 0.06, 0.06, 0.03, 0.03, 0.005, 0.004, 0.004, 0.0005, 0.0005)
"""How often each shape of bead occurs."""
_SHARED = {"n": 0.95, "m": 0.8, "w": 0.65, "s": 0.6, "r": 0.22, "l": 0.6}
"""How often the sides of a translation share a key, from 0 (as by chance) to 1 (as often as can be), by kind: number,
mark, listed word, name, other word of like sound, learnt word."""
_RARE = 0.5
"""Added to the number of sentences with a key: one that was seen once is not known to be that rare."""
_SPREAD, _SHORT = 0.03, 2.5
"""Variance of the logarithm of the ratio of lengths: of long sentences, and what each letter fewer adds."""
_AT_LEAST = 0.25
"""Least variance of the logarithm of lengths within a text."""
_SAME_BREAK = 0.8
"""How likely a sentence that opens a paragraph has a translation that opens one."""
_INSIDE = 2.0
"""What a bead costs for each paragraph that begins inside it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the aligner sees it.

    Attributes:
        lang: its language.
        sentences: the words of each sentence.
        paragraphs: number of the paragraph that each sentence stands in; empty where that says nothing.
    """

    lang: str
    sentences: Sequence[str]
    paragraphs: Sequence[int] = ()


class Evidence:
    """What speaks for and against each sentence being the translation of each other one."""

    def __init__(
        self,
        first: Text,
        second: Text,
        keys1: Sequence[Keys],
        keys2: Sequence[Keys],
        learnt: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.shape = len(keys1), len(keys2)
        sides = [[set(keys.fixed) for keys in keys1], [set(keys.fixed) for keys in keys2]]
        for number, (named, one, two) in enumerate(cognates(keys1, keys2)):
            for side, keys, group in ((sides[0], keys1, one), (sides[1], keys2, two)):
                for found, sentence in zip(side, keys, strict=True):
                    if not group.isdisjoint(sentence.sounds):
                        found.add(f"{'s' if named else 'r'}:{number}")
        for number, (word, other) in enumerate(learnt):
            for side, keys, stem in ((sides[0], keys1, word), (sides[1], keys2, other)):
                for found, sentence in zip(side, keys, strict=True):
                    if stem in sentence.stems:
                        found.add(f"l:{number}")
        self.shared = _Shared(*sides)
        self.lengths = tuple(np.array([max(len(s), 1) for s in text.sentences], float) for text in (first, second))
        self.ratio = math.log(self.lengths[1].sum() / self.lengths[0].sum())
        self.opens = tuple(_opens(text) for text in (first, second))

    def beads(self, a: int, b: int, row: int) -> Array:
        """Score of the beads that end with sentence `row` of the first text and each of the second."""
        n = self.shape[1]
        top = row - a + 1
        scores = self.shared.scores(a, b)[row]
        long1 = self.lengths[0][top : row + 1].sum()
        long2 = _last(self.lengths[1], b)
        total: Array = scores + self._lengths(long1, long2, b) + self._breaks(top, row, b, n)
        return total

    def _lengths(self, one: float, two: Array, b: int) -> Array:
        """How much likelier the second length is after the first than by itself."""
        shift = np.log(two) - math.log(one) - self.ratio
        spread = _SPREAD + _SHORT / np.minimum(one, two)
        logs = np.log(self.lengths[1])
        middle, wide = logs.mean() + math.log(b), max(float(logs.var()), _AT_LEAST)
        far = np.log(two) - middle
        ratio: Array = 0.5 * (np.log(wide / spread) + far**2 / wide - shift**2 / spread)
        return ratio

    def _breaks(self, top: int, row: int, b: int, n: int) -> Array:
        one, two = self.opens
        if not len(one) or not len(two) or not 0.5 <= one.sum() / two.sum() <= 2.0:  # one has lost its paragraphs
            return np.zeros(n)
        starts = np.zeros(n, dtype=bool)
        starts[b - 1 :] = two[: n - b + 1]
        rates = one.mean(), two.mean()
        q = min(max(rates[0], 1 / len(one)), 0.99), min(max(rates[1], 1 / len(two)), 0.99)
        common = max(q[1], _SAME_BREAK)
        found: Array = (
            np.where(starts, math.log(common / q[1]), math.log((1 - common + 1e-9) / (1 - q[1])))
            if one[top]
            else np.where(starts, math.log((1 - _SAME_BREAK) / (1 - q[0])), 0.0)
        )
        inside = one[top + 1 : row + 1].sum() + (_last(two.astype(float), b) - starts)
        total: Array = found - _INSIDE * inside
        return total


def _opens(text: Text) -> Array:
    numbers = np.array(text.paragraphs)
    return np.concatenate([[True], numbers[1:] != numbers[:-1]]) if len(numbers) else np.array([], dtype=bool)


def _last(values: Array, count: int) -> Array:
    """For each place, the sum of this and the values before it, `count` in all; not a number before there are any."""
    if count == 1:
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    found = np.full(len(values), np.nan)
    found[count - 1 :] = sums[count:] - sums[:-count]
    return found


class _Shared:
    """How much the keys that sides of beads share, and those they don't, speak for them being translations."""

    def __init__(self, one: Sequence[set[str]], two: Sequence[set[str]]) -> None:
        counts: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for side, count in zip((one, two), counts, strict=True):
            for found in side:
                for key in found:
                    count[key] = count.get(key, 0) + 1
        # a number that the other text lacks says something; another key may only have no name there
        numbers = {key for count in counts for key in count if key[0] == "n"}
        place = {key: number for number, key in enumerate(sorted(counts[0].keys() & counts[1].keys() | numbers))}
        self._shared = np.array([_SHARED[key[0]] for key in place])
        rates = [
            np.array([(count.get(key, 0) + _RARE) / (len(side) + 1) for key in place])
            for count, side in zip(counts, (one, two), strict=True)
        ]
        self._rates = rates[0], rates[1]
        self._sides = [self._matrix(side, place) for side in (one, two)]
        self._unions: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
        self._scores: dict[tuple[int, int], Array] = {}

    def scores(self, a: int, b: int) -> Array:
        """For each sentence of both texts, the score of the bead of `a` and `b` sentences that ends there."""
        if (a, b) not in self._scores:
            # in several sentences a key is found more easily
            q1, q2 = (1 - (1 - rate) ** count for rate, count in zip(self._rates, (a, b), strict=True))
            met = q1 * q2 + self._shared * (np.minimum(q1, q2) - q1 * q2)
            neither = np.log((1 - q1 - q2 + met) / ((1 - q1) * (1 - q2)))
            first = np.log((q1 - met) / (q1 * (1 - q2))) - neither
            second = np.log((q2 - met) / (q2 * (1 - q1))) - neither
            both = np.log(met / (q1 * q2)) - first - second - neither
            one, two = self._union(0, a), self._union(1, b)
            score = ((one * both) @ two.T).toarray() + (one @ first)[:, None] + (two @ second)[None, :]
            self._scores[a, b] = score + neither.sum()
        return self._scores[a, b]

    def _union(self, side: int, count: int) -> Any:
        """For each sentence the keys of this and the ones before it, `count` in all."""
        known = self._unions[side]
        if count not in known:
            from scipy.sparse import eye_array

            rows = self._sides[side].shape[0]
            summed = sum(eye_array(rows, k=-shift, format="csr") @ self._sides[side] for shift in range(count))
            summed.data[:] = 1.0
            known[count] = summed
        return known[count]

    @staticmethod
    def _matrix(side: Sequence[set[str]], place: dict[str, int]) -> Any:
        from scipy.sparse import csr_array

        rows = [[place[key] for key in sorted(found) if key in place] for found in side]
        ends = np.cumsum([0, *map(len, rows)])
        numbers = np.array([number for row in rows for number in row], dtype=np.int64)
        return csr_array((np.ones(len(numbers)), numbers, ends), shape=(len(side), len(place)))
