"""MATTR and MTLD, told from where each word stood before: work grows with the tokens, all texts are done at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
    Sizes = NDArray[np.int64]
    Values = NDArray[np.float64]

THRESHOLD = 0.72
STEP = 128
"""Tokens of each text looked at in one go; a factor of ordinary prose is a little shorter."""
TEXTS = 4096
"""Texts looked at in one go, which bounds the memory."""


def window_ratios(before: Places, sizes: Sizes, window: int) -> Values:
    """Find MATTR of each text: the mean type-token ratio of all its windows.

    A token is new in the windows that begin after its last occurrence, so that one pass counts for all.

    Parameters:
        before: for each token of all texts, laid end to end, where the same word stood before, -1 for nowhere.
        sizes: tokens of each text, none 0.
        window: tokens of a window; a shorter text is one window.

    Returns:
        MATTR of each text.

    Example:
        >>> import numpy as np
        >>> window_ratios(np.array([-1, -1, 0], np.int32), np.array([3]), 2).tolist()  # x y x: both windows hold two
        [1.0]

    Source: Covington, M. A., & McFall, J. D. (2010). Cutting the Gordian knot. J. Quantitative Linguistics 17, 94–100.
    """
    import numpy as np

    starts = np.cumsum(sizes) - sizes
    spans = np.minimum(sizes, window)
    at = np.arange(len(before), dtype=np.int32)
    first = np.maximum(before + 1, np.repeat(starts.astype(np.int32), sizes))
    np.maximum(first, at - np.repeat(spans.astype(np.int32), sizes) + 1, out=first)
    last = np.minimum(at, np.repeat((starts + sizes - spans).astype(np.int32), sizes))
    new = np.add.reduceat(np.maximum(last - first + 1, 0), starts, dtype=np.int64) if len(sizes) else sizes
    ratios: Values = new / (spans * (sizes - spans + 1))
    return ratios


def factor_lengths(before: Places, sizes: Sizes) -> Values:
    """Find MTLD of each text: the mean length of stretches whose type-token ratio stays high, of both directions.

    Parameters:
        before: as in `window_ratios`.
        sizes: tokens of each text.

    Returns:
        MTLD of each text; NaN where no word is used twice.

    Example:
        >>> import numpy as np
        >>> words = np.array([-1, 0, 1, 2, 3], np.int32)  # the same word five times: each second token ends a factor
        >>> factor_lengths(words, np.array([5])).tolist()
        [2.5]

    Source: McCarthy, P. M., & Jarvis, S. (2010). MTLD, vocd-D, and HD-D. Behavior Research Methods 42, 381–392.
    """
    import numpy as np

    count = len(before)
    after = np.full(count, -1, np.int32)  # the same, read from the end
    seen = np.flatnonzero(before >= 0)
    after[before[seen]] = count - 1 - seen
    ends = np.cumsum(sizes)
    starts = ends - sizes
    forwards = _lengths(before, starts, ends)
    backwards = _lengths(after[::-1], count - ends, count - starts)
    mean: Values = (forwards + backwards) / 2
    return mean


def _lengths(before: Places, starts: Sizes, ends: Sizes) -> Values:
    """Mean length of the factors of each text, in one direction.

    A token is a new type of its factor if the same word stood last before the factor began.
    """
    import numpy as np

    result = np.full(len(starts), np.nan)
    steps = np.arange(STEP)
    for first in range(0, len(starts), TEXTS):
        chosen = np.arange(first, min(first + TEXTS, len(starts)))
        begin, place, end = starts[chosen].copy(), starts[chosen].copy(), ends[chosen]
        types, factors = np.zeros(len(chosen), np.int64), np.zeros(len(chosen))
        busy = np.flatnonzero(place < end)
        while len(busy):
            at = place[busy, None] + steps
            inside = at < end[busy, None]
            new = (before[np.minimum(at, len(before) - 1)] < begin[busy, None]) & inside
            so_far = types[busy, None] + new.cumsum(1)
            low = (so_far < THRESHOLD * (at - begin[busy, None] + 1)) & inside
            where = low.argmax(1)
            found = low[np.arange(len(busy)), where]
            done = busy[found]
            factors[done] += 1
            place[done] += where[found] + 1
            begin[done], types[done] = place[done], 0
            rest = busy[~found]
            types[rest] = so_far[~found, -1]
            place[rest] = np.minimum(place[rest] + STEP, end[rest])
            busy = busy[place[busy] < end[busy]]
        left = end - begin
        part = left > 0
        factors[part] += (1 - types[part] / left[part]) / (1 - THRESHOLD)
        whole = factors > 0
        result[chosen[whole]] = (end - starts[chosen])[whole] / factors[whole]
    return result
