"""Words that translate each other, learnt from sentences that were aligned without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from math import log

_TOGETHER = 3
"""Sentence pairs that two words must share."""
_SURE = 10.0
"""Least log-likelihood ratio."""


def learn(pairs: Sequence[tuple[Set[str], Set[str]]]) -> list[tuple[str, str]]:
    """Pair words by how much more often than by chance they stand in sentences that correspond.

    Parameters:
        pairs: the words of each of two sentences.

    Returns:
        pairs of words, the surest first; each word is in one pair at most.

    Example:
        >>> learn([({"қала"}, {"город"})] * 4 + [({"жол"}, {"дорога"})] * 4)
        [('жол', 'дорога'), ('қала', 'город')]

    Source: Melamed, I. D. (2000). Models of translational equivalence among words. Computational Linguistics, 26(2)
    (competitive linking); Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence.
    Computational Linguistics, 19(1).
    """
    singles = Counter(word for one, _ in pairs for word in one), Counter(word for _, two in pairs for word in two)
    kept = [
        ({w for w in one if singles[0][w] >= _TOGETHER}, {w for w in two if singles[1][w] >= _TOGETHER})
        for one, two in pairs
    ]
    together = Counter((a, b) for one, two in kept for a in one for b in two)
    total = len(pairs)
    scored = [
        (score, a, b)
        for (a, b), count in together.items()
        if count >= _TOGETHER
        and count * total > singles[0][a] * singles[1][b]
        and (score := _ratio(count, singles[0][a], singles[1][b], total)) >= _SURE
    ]
    found: list[tuple[str, str]] = []
    taken: tuple[set[str], set[str]] = set(), set()
    for _, a, b in sorted(scored, key=lambda item: (-item[0], item[1:])):
        if a not in taken[0] and b not in taken[1]:
            found.append((a, b))
            taken[0].add(a)
            taken[1].add(b)
    return found


def _ratio(both: int, one: int, two: int, total: int) -> float:
    cells = (
        (both, one * two),
        (one - both, one * (total - two)),
        (two - both, (total - one) * two),
        (total - one - two + both, (total - one) * (total - two)),
    )
    return 2 * sum(seen * log(seen * total / product) for seen, product in cells if seen)
