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

import numpy as np

from corpus.versions.evidence import keys_of
from corpus.versions.scoring import PRIORS, SHAPES, Array, Evidence, Text
from corpus.versions.translations import learn

_SURE = 5.0
"""Score of a bead that is hardly wrong."""
_DRIFT = 0.5
"""What a link from the beginning of one text to the end of the other costs: of equal sentences the nearest is meant."""
_CELLS = 1_500_000
"""Pairs of sentences that are looked at together."""


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
    keys1, keys2 = ([keys_of(sentence, text.lang) for sentence in text.sentences] for text in (first, second))
    beads = _aligned(Evidence(first, second, keys1, keys2))
    alone = [bead for bead in beads if len(bead.first) == len(bead.second) == 1]
    learnt = learn([(keys1[bead.first[0]].stems, keys2[bead.second[0]].stems) for bead in alone])
    return _aligned(Evidence(first, second, keys1, keys2, learnt)) if learnt else beads


def _aligned(evidence: Evidence) -> list[Bead]:
    """The best beads in the order of both texts, or in any order where that explains them better."""
    total, beads = _best_path(evidence)
    free, links = _any_order(evidence)
    if free > total:
        return links
    return _moved(evidence, beads)


def _best_path(evidence: Evidence) -> tuple[float, list[Bead]]:
    n, m = evidence.shape
    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    came = np.zeros((n + 1, m + 1), dtype=np.int8)
    skip = math.log(PRIORS[2])
    scores: dict[tuple[int, int], Array] = {}
    for i in range(n + 1):
        if i:
            for number, (a, b) in enumerate(SHAPES):
                if a == 0 or a > i:
                    continue
                if b == 0:
                    here = best[i - 1] + math.log(PRIORS[number])
                else:
                    if b > m:
                        continue
                    scores[number, i] = evidence.beads(a, b, i - 1)
                    here = np.full(m + 1, -np.inf)
                    here[b:] = best[i - a, : m + 1 - b] + scores[number, i][b - 1 :] + math.log(PRIORS[number])
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


def _links(evidence: Evidence, rows: Sequence[int], columns: Sequence[int]) -> tuple[float, list[Bead]]:
    """Match some sentences of both texts one to one, in any order; leave alone what is better left alone.

    Where order tells nothing, each link must be worth saying which sentence of the others it is.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(rows) or not len(columns):
        return 0.0, []
    scores = np.array([evidence.beads(1, 1, row)[columns] for row in rows])
    cost = math.log(PRIORS[0]) - 2 * math.log(PRIORS[1]) - math.log(max(len(rows), len(columns))) + 1.0
    drift = np.abs(np.arange(len(rows))[:, None] / len(rows) - np.arange(len(columns))[None, :] / len(columns))
    worth = np.maximum(scores + cost - _DRIFT * drift, 0.0)
    found = [(i, j) for i, j in zip(*linear_sum_assignment(-worth), strict=True) if worth[i, j] > 0]
    beads = [Bead((int(rows[i]),), (int(columns[j]),), float(scores[i, j])) for i, j in found]
    return float(sum(worth[i, j] for i, j in found)), beads


def _any_order(evidence: Evidence) -> tuple[float, list[Bead]]:
    n, m = evidence.shape
    gained, links = _links(evidence, range(n), range(m))
    return gained + (n + m) * math.log(PRIORS[1]), _complete(evidence, links)


def _moved(evidence: Evidence, beads: list[Bead]) -> list[Bead]:
    """Match what was left alone on both sides: paragraphs that stand elsewhere in the other version."""
    alone = [bead for bead in beads if not bead.first or not bead.second]
    rows, columns = [i for bead in alone for i in bead.first], [j for bead in alone for j in bead.second]
    links = [bead for bead in _links(evidence, rows, columns)[1] if bead.score > _SURE]
    return _complete(evidence, [bead for bead in beads if bead.first and bead.second] + links) if links else beads


def _complete(evidence: Evidence, beads: list[Bead]) -> list[Bead]:
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


def _with(evidence: Evidence, bead: Bead, number: int, side: int) -> tuple[Bead, Bead] | None:
    """A bead and the same with one sentence more, if the two say more together than apart."""
    sides = [bead.first, bead.second]
    sides[side] = tuple(sorted((*sides[side], number)))
    shape = len(sides[0]), len(sides[1])
    if shape not in SHAPES:
        return None
    score = float(evidence.beads(*shape, sides[0][-1])[sides[1][-1]])
    gain = score + math.log(PRIORS[SHAPES.index(shape)]) - bead.score
    known = SHAPES.index((len(bead.first), len(bead.second)))
    if gain - math.log(PRIORS[known]) <= math.log(PRIORS[1]):
        return None
    return bead, Bead(sides[0], sides[1], score)
