"""Folds of whole documents, and thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.doccano.selection import fate

if TYPE_CHECKING:
    from numpy.typing import NDArray


def grouped_folds(groups: Sequence[str], folds: int, seed: int = 0) -> list[int]:
    """Deal whole groups into folds of about equal size: the largest first, each to the smallest fold.

    Parameters:
        groups: of each sentence, the document that it stands in.
        folds: how many; fewer where there are fewer groups.
        seed: orders groups of one size.

    Returns:
        of each sentence, its fold.

    Example:
        >>> grouped_folds(["a", "b", "b", "a", "c", "c", "c"], 2)
        [1, 1, 1, 1, 0, 0, 0]
    """
    sizes = Counter(groups)
    loads = [0] * min(folds, max(1, len(sizes)))
    fold_of = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], fate(seed, "fold", name))):
        fold = loads.index(min(loads))
        fold_of[group] = fold
        loads[fold] += sizes[group]
    return [fold_of[group] for group in groups]


def best_threshold(
    chances: NDArray[np.float64], given: NDArray[np.bool_], found: NDArray[np.bool_] | None = None
) -> float | None:
    """Choose the threshold above which a label is given so that F1 is greatest.

    Parameters:
        chances: probability of the label in each sentence.
        given: whether people gave it.
        found: where the label stands already, whatever the probability; F1 is then that of both together.

    Returns:
        the threshold, in the middle between two probabilities, the highest of equally good ones; None where none is
        better than giving the label nowhere else.

    Example:
        >>> best_threshold(np.array([0.1, 0.4, 0.6]), np.array([False, False, True]))
        0.5
    """
    already = np.zeros(len(given), dtype=bool) if found is None else found
    order = np.argsort(-chances, kind="stable")
    fresh = ~already[order]
    tp = (already & given).sum() + np.cumsum(fresh & given[order])
    size = already.sum() + np.cumsum(fresh)
    scores = 2 * tp / np.maximum(1, size + given.sum())
    before = 2 * (already & given).sum() / max(1, already.sum() + given.sum())
    ranked = chances[order]
    below = np.append(ranked[1:], 0.0)
    scores[ranked == below] = -1.0  # one cannot cut between equals
    best = int(np.argmax(scores))
    return float((ranked[best] + below[best]) / 2) if scores[best] > before else None
