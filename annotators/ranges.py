"""Ranges of a text that are asked often: does one of them hold a stretch, which matches stand in one?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Ranges:
    """Ranges that may overlap, asked whether one of them holds a stretch as a whole.

    Of the ranges that start no later than the stretch the one that reaches farthest decides, so that a question is a
    binary search, however many ranges there are.

    Parameters:
        ranges: (start, end), end exclusive, in any order and any unit.

    Example:
        >>> ranges = Ranges([(0, 4), (6, 9)])
        >>> ranges.hold(1, 4), ranges.hold(3, 7)
        (True, False)
    """

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def hold(self, start: int, end: int) -> bool:
        """Whether one range holds all from start to end."""
        last = bisect_right(self._starts, start) - 1
        return last >= 0 and self._reach[last] >= end


def between(starts: list[int], start: int, end: int) -> slice:
    """Where in a list ordered by its starts those from start to before end stand.

    Example:
        >>> between([2, 5, 5, 9], 3, 9)
        slice(1, 3, None)
    """
    return slice(bisect_left(starts, start), bisect_left(starts, end))
