"""Which sentences of two language versions say the same: dynamic programming over lengths, shared keys and paragraphs.

A **bead** is a group of neighbouring sentences of one text and the group of the other that they correspond to, up to
four against one; a sentence without a counterpart is a bead of its own. The best sequence of beads is the most
probable one: each bead earns the logarithm of how much likelier its two sides are as translations than by chance.
Versions that tell the same in another order are matched sentence by sentence instead.

Sources: Gale, W. A., & Church, K. W. (1993). A program for aligning sentences in bilingual corpora. Computational
Linguistics, 19(1) (beads, lengths); Simard, M., Foster, G., & Isabelle, P. (1992). Using cognates to align sentences
in bilingual corpora. Proc. TMI (words of like sound); Moore, R. C. (2002). Fast and accurate sentence alignment of
bilingual corpora. Proc. AMTA (a second pass with words learnt from the first).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus.versions.evidence import Keys, cognates, keys_of
from corpus.versions.translations import learn

_Array = np.ndarray[Any, np.dtype[Any]]

SHAPES = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (1, 4), (4, 1))
"""Sentences of each side in a bead."""
_PRIORS = (0.83, 0.035, 0.035, 0.035, 0.035, 0.008, 0.006, 0.006, 0.001, 0.001)
_SHARED = {"n": 0.9, "m": 0.75, "w": 0.55, "s": 0.6, "r": 0.25, "l": 0.5}
"""How likely a key of a sentence is in its translation, by kind: number, mark, listed word, name, other
word of like sound, learnt word."""
_TRUST = 0.8
"""Keys of a sentence depend on each other, so that together they tell less than the sum of what each tells."""
_RARE = 0.5
"""Added to the number of sentences with a key: one that was seen once is not known to be that rare."""
_SPREAD, _SHORT = 0.03, 2.5
"""Variance of the logarithm of the ratio of lengths: of long sentences, and what each letter fewer adds."""
_SURE = 5.0
"""Score of a bead that is hardly wrong."""
_CELLS = 1_500_000
"""Pairs of sentences that are looked at together."""
_AT_LEAST = 0.25
"""Least variance of the logarithm of lengths within a text."""
_SAME_BREAK = 0.8
"""How likely a sentence that opens a paragraph has a translation that opens one."""


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences that correspond to each other.

    Attributes:
        first, second: numbers of neighbouring sentences of each text; one of them may be empty.
        score: natural logarithm of how much likelier the sides are as translations than as strangers; 0 for a
            sentence without a counterpart.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    score: float


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


def align(first: Text, second: Text) -> list[Bead]:
    """Align two language versions of a text sentence by sentence.

    Parameters:
        first, second: the texts.

    Returns:
        beads in the order of the first text (those of the second only, where they stand in it); together they hold
        every sentence of both texts once.

    Example:
        >>> kk = Text("kk", ["Құрметті достар!", "Биыл 2025 жыл.", "Елімізде 20 миллион адам тұрады."])
        >>> ru = Text("ru", ["Уважаемые друзья!", "Наступил 2025 год, и в стране живет 20 миллионов человек."])
        >>> [(bead.first, bead.second) for bead in align(kk, ru)]
        [((0,), (0,)), ((1, 2), (1,))]
    """
    beads: list[Bead] = []
    start1 = start2 = 0
    while True:
        ends = _window(len(first.sentences) - start1, len(second.sentences) - start2)
        part = _align(_part(first, start1, ends[0]), _part(second, start2, ends[1]))
        last = start1 + ends[0] == len(first.sentences) and start2 + ends[1] == len(second.sentences)
        kept = part if last else _sure_part(part)
        beads += [
            Bead(tuple(start1 + i for i in bead.first), tuple(start2 + j for j in bead.second), bead.score)
            for bead in kept
        ]
        if last:
            return beads
        start1 += sum(len(bead.first) for bead in kept)
        start2 += sum(len(bead.second) for bead in kept)


def _window(left1: int, left2: int) -> tuple[int, int]:
    """How many sentences to look at together: all, unless that takes more memory than a laptop has to spare."""
    if left1 * left2 <= _CELLS:
        return left1, left2
    ratio = min(max(left2 / max(left1, 1), 0.25), 4.0)
    rows = int(math.sqrt(_CELLS / ratio))
    return min(left1, rows), min(left2, _CELLS // max(rows, 1))


def _part(text: Text, start: int, count: int) -> Text:
    return Text(text.lang, text.sentences[start : start + count], text.paragraphs[start : start + count])


def _sure_part(beads: list[Bead]) -> list[Bead]:
    """The beads of a window but for its end, where what corresponds may lie outside."""
    most = int(len(beads) * 0.7)
    sure = [place for place in range(most // 2, most) if beads[place].score > _SURE]
    return beads[: (sure[-1] if sure else most) + 1]


def _align(first: Text, second: Text) -> list[Bead]:
    n, m = len(first.sentences), len(second.sentences)
    if not n or not m:
        return [Bead((i,), (), 0.0) for i in range(n)] + [Bead((), (j,), 0.0) for j in range(m)]
    sides = tuple([keys_of(sentence, text.lang) for sentence in text.sentences] for text in (first, second))
    beads = _aligned(_Evidence(first, second, *sides))
    pairs = [(sides[0][b.first[0]].stems, sides[1][b.second[0]].stems) for b in beads if len(b.first) == len(b.second) == 1]
    learnt = learn(pairs)
    return _aligned(_Evidence(first, second, *sides, learnt=learnt)) if learnt else beads


def _aligned(evidence: _Evidence) -> list[Bead]:
    """The best beads in the order of both texts, or in any order where that explains them better."""
    total, beads = _best_path(evidence)
    free, links = _any_order(evidence)
    if free > total:
        return links
    return _moved(evidence, beads)


class _Evidence:
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

    def beads(self, a: int, b: int, row: int) -> _Array:
        """Score of the beads that end with sentence `row` of the first text and each of the second."""
        n = self.shape[1]
        top = row - a + 1
        scores = self.shared.scores(a, b)[row]
        long1 = self.lengths[0][top : row + 1].sum()
        long2 = _last(self.lengths[1], b)
        return scores + self._lengths(long1, long2, a, b) + self._breaks(top, row, b, n)

    def _lengths(self, one: float, two: _Array, a: int, b: int) -> _Array:
        """How much likelier the second length is after the first than by itself."""
        shift = np.log(two) - math.log(one) - self.ratio
        spread = _SPREAD + _SHORT / np.minimum(one, two)
        logs = np.log(self.lengths[1])
        middle, wide = logs.mean() + math.log(b), max(float(logs.var()), _AT_LEAST)
        far = np.log(two) - middle
        return 0.5 * (np.log(wide / spread) + far**2 / wide - shift**2 / spread)

    def _breaks(self, top: int, row: int, b: int, n: int) -> _Array:
        if not len(self.opens[0]) or not len(self.opens[1]):
            return np.zeros(n)
        one, two = self.opens
        starts = np.zeros(n, dtype=bool)
        starts[b - 1 :] = two[: n - b + 1]
        rates = one.mean(), two.mean()
        q = min(max(rates[0], 1 / len(one)), 0.99), min(max(rates[1], 1 / len(two)), 0.99)
        common = max(q[1], _SAME_BREAK)
        found = (
            np.where(starts, math.log(common / q[1]), math.log((1 - common + 1e-9) / (1 - q[1])))
            if one[top]
            else np.where(starts, math.log((1 - _SAME_BREAK) / (1 - q[0])), 0.0)
        )
        inside = one[top + 1 : row + 1].sum() + (_last(two.astype(float), b) - starts)
        return found - 2.0 * inside


def _opens(text: Text) -> _Array:
    numbers = np.array(text.paragraphs)
    return np.concatenate([[True], numbers[1:] != numbers[:-1]]) if len(numbers) else np.array([], dtype=bool)


def _last(values: _Array, count: int) -> _Array:
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
        seen = [
            np.array([(count.get(key, 0) + _RARE) / (len(side) + 1) for key in place])
            for count, side in zip(counts, (one, two), strict=True)
        ]
        self._chance = np.maximum(*seen)
        self._sides = [self._matrix(side, place) for side in (one, two)]
        self._unions: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
        self._scores: dict[tuple[int, int], _Array] = {}

    def scores(self, a: int, b: int) -> _Array:
        """For each sentence of both texts, the score of the bead of `a` and `b` sentences that ends there."""
        if (a, b) not in self._scores:
            chance = 1 - (1 - self._chance) ** max(a, b)  # in several sentences a key is found more easily
            shared = self._shared + (1 - self._shared) * chance
            gains, losses = np.log(shared / chance), np.log((1 - shared) / (1 - chance))
            one, two = self._union(0, a), self._union(1, b)
            both = ((one * (gains - 2 * losses)) @ two.T).toarray()
            self._scores[a, b] = _TRUST * (both + (one @ losses)[:, None] + (two @ losses)[None, :])
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


def _best_path(evidence: _Evidence) -> tuple[float, list[Bead]]:
    n, m = evidence.shape
    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    came = np.zeros((n + 1, m + 1), dtype=np.int8)
    skip = math.log(_PRIORS[2])
    scores: dict[tuple[int, int], _Array] = {}
    for i in range(n + 1):
        if i:
            for number, (a, b) in enumerate(SHAPES):
                if a == 0 or a > i:
                    continue
                if b == 0:
                    here = best[i - 1] + math.log(_PRIORS[number])
                else:
                    if b > m:
                        continue
                    scores[number, i] = evidence.beads(a, b, i - 1)
                    here = np.full(m + 1, -np.inf)
                    here[b:] = best[i - a, : m + 1 - b] + scores[number, i][b - 1 :] + math.log(_PRIORS[number])
                better = here > best[i]
                best[i, better] = here[better]
                came[i, better] = number
        along = best[i] - skip * np.arange(m + 1)
        top = np.maximum.accumulate(along)
        skipped = top > along + 1e-12
        best[i] = top + skip * np.arange(m + 1)
        came[i, skipped] = 2
    beads = []
    i, j = n, m
    while i or j:
        a, b = SHAPES[number := int(came[i, j])]
        score = float(scores[number, i][j - 1]) if a and b else 0.0
        beads.append(Bead(tuple(range(i - a, i)), tuple(range(j - b, j)), score))
        i, j = i - a, j - b
    return float(best[n, m]), beads[::-1]


def _links(evidence: _Evidence, rows: Sequence[int], columns: Sequence[int]) -> tuple[float, list[Bead]]:
    """Match some sentences of both texts one to one, in any order; leave alone what is better left alone.

    Where order tells nothing, each link must be worth saying which sentence of the others it is.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(rows) or not len(columns):
        return 0.0, []
    scores = np.array([evidence.beads(1, 1, row)[columns] for row in rows])
    cost = math.log(_PRIORS[0]) - 2 * math.log(_PRIORS[1]) - math.log(max(len(rows), len(columns))) + 1.0
    worth = np.maximum(scores + cost, 0.0)
    found = [(i, j) for i, j in zip(*linear_sum_assignment(-worth), strict=True) if worth[i, j] > 0]
    beads = [Bead((int(rows[i]),), (int(columns[j]),), float(scores[i, j])) for i, j in found]
    return float(sum(worth[i, j] for i, j in found)), beads


def _any_order(evidence: _Evidence) -> tuple[float, list[Bead]]:
    n, m = evidence.shape
    gained, links = _links(evidence, range(n), range(m))
    return gained + (n + m) * math.log(_PRIORS[1]), _complete(evidence, links)


def _moved(evidence: _Evidence, beads: list[Bead]) -> list[Bead]:
    """Match what was left alone on both sides: paragraphs that stand elsewhere in the other version."""
    alone = [bead for bead in beads if not bead.first or not bead.second]
    rows, columns = [i for bead in alone for i in bead.first], [j for bead in alone for j in bead.second]
    links = [bead for bead in _links(evidence, rows, columns)[1] if bead.score > _SURE]
    return _complete(evidence, [bead for bead in beads if bead.first and bead.second] + links) if links else beads


def _complete(evidence: _Evidence, beads: list[Bead]) -> list[Bead]:
    """Give sentences without a counterpart to the bead of a neighbour where that fits better, else a bead each."""
    n, m = evidence.shape
    found = list(beads)
    for side, count in ((0, n), (1, m)):
        of = {i: bead for bead in found for i in (bead.first, bead.second)[side]}
        for i in range(count):
            if i in of:
                continue
            wider = [
                better
                for near in (i - 1, i + 1)
                if (bead := of.get(near)) and (better := _with(evidence, bead, i, side)) is not None
            ]
            best = max(wider, key=lambda pair: pair[1].score - pair[0].score, default=None)
            if best:
                found[found.index(best[0])] = best[1]
                of |= dict.fromkeys((best[1].first, best[1].second)[side], best[1])
            else:
                found.append(Bead((i,), (), 0.0) if side == 0 else Bead((), (i,), 0.0))
    by_second = {j: bead for bead in found for j in bead.second}

    def place(bead: Bead) -> tuple[float, int]:
        if bead.first:
            return bead.first[0], 0
        before = (by_second[j].first for j in range(bead.second[0], -1, -1) if j in by_second)
        return next((rows[-1] + 0.5 for rows in before if rows), -1.0), bead.second[0]

    return sorted(found, key=place)


def _with(evidence: _Evidence, bead: Bead, number: int, side: int) -> tuple[Bead, Bead] | None:
    """A bead and the same with one sentence more, if the two say more together than apart."""
    sides = [bead.first, bead.second]
    sides[side] = tuple(sorted((*sides[side], number)))
    shape = len(sides[0]), len(sides[1])
    if shape not in SHAPES:
        return None
    score = float(evidence.beads(*shape, sides[0][-1])[sides[1][-1]])
    gain = score + math.log(_PRIORS[SHAPES.index(shape)]) - bead.score
    known = SHAPES.index((len(bead.first), len(bead.second)))
    if gain - math.log(_PRIORS[known]) <= math.log(_PRIORS[1]):
        return None
    return bead, Bead(sides[0], sides[1], score)
