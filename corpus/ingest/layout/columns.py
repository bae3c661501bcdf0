"""The order in which a page is read: columns from left to right, between what stands across all of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from statistics import median

from corpus.ingest.layout.lines import Line, Stretch, joined

_LEAST_LINES = 4  # in each of two columns
_LEAST_LETTERS = 11  # in the middle line of a column; cells of tables are shorter
_FULL = 0.45  # of its column's width that the middle line fills
_CROSSING = 0.34  # of all lines that may stand across two columns
_DEEPEST = 4
_MOST_STRIPS = 12


def in_order(parts: Sequence[Stretch], page: int, depth: int = 0) -> list[list[Line]]:
    """Order what stands on a page, or in a column of it.

    Parameters:
        parts: stretches of line.
        page: index from 0.
        depth: columns around it.

    Returns:
        columns in reading order, each with its lines from top to bottom.
    """
    gutter = _gutter(parts) if depth < _DEEPEST else None
    if gutter is None:
        lines = joined(parts, page)
        return [lines] if lines else []
    left_edge, right_edge = gutter
    middle = (left_edge + right_edge) / 2
    across = [part for part in parts if part.x0 < left_edge - 1 and part.x1 > right_edge + 1]
    across += _continuations(parts, across, middle)
    rest = [part for part in parts if not any(part is other for other in across)]
    found: list[list[Line]] = []
    above = float("inf")
    for line in [*joined(across, page), None]:
        y = line.y if line else -float("inf")
        between = [part for part in rest if y < part.y <= above]
        for side in (
            [part for part in between if (part.x0 + part.x1) / 2 < middle],
            [part for part in between if (part.x0 + part.x1) / 2 >= middle],
        ):
            if side:
                found += in_order(side, page, depth + 1)
        if line:
            if found and found[-1] and found[-1][-1].parts[0] in across and not between:
                found[-1].append(line)
            else:
                found.append([line])
        above = y
    return found


def _continuations(parts: Sequence[Stretch], across: Sequence[Stretch], middle: float) -> list[Stretch]:
    """Short stretches on the same baseline as one that stands across belong to its line."""
    return [
        part
        for part in parts
        if not any(part is other for other in across)
        and any(abs(part.y - other.y) < 0.2 * other.size and not (part.x0 < middle < part.x1) for other in across)
    ]


def _gutter(parts: Sequence[Stretch]) -> tuple[float, float] | None:
    """The blank strip between two columns: left and right edge."""
    if len(parts) < 2 * _LEAST_LINES:
        return None
    x0, x1 = min(part.x0 for part in parts), max(part.x1 for part in parts)
    width = x1 - x0
    size = median(part.size for part in parts)
    step = max(1.0, size / 4)
    crossing = [0] * (int(width / step) + 1)
    for part in parts:
        for n in range(int((part.x0 - x0) / step), int((part.x1 - x0) / step) + 1):
            crossing[min(n, len(crossing) - 1)] += 1
    inner = range(int(0.15 * len(crossing)), int(0.85 * len(crossing)) + 1)
    # Strips that equally few stretches cross: the emptiest first, then the widest.
    strips: list[tuple[int, int, float]] = []
    limit = _CROSSING * len(joined(parts, 0))  # of lines: loose lines are in many pieces
    for count, group in groupby(inner, key=lambda n: crossing[min(n, len(crossing) - 1)]):
        places = list(group)
        if count <= limit:
            strips.append((count, -len(places), x0 + (places[0] + len(places) / 2) * step))
    found = (_strip(parts, x, x0, x1, size, limit) for _, _, x in sorted(strips)[:_MOST_STRIPS])
    return next(filter(None, found), None)


def _strip(
    parts: Sequence[Stretch], x: float, x0: float, x1: float, size: float, limit: float
) -> tuple[float, float] | None:
    """The blank strip around a place, if what stands on both sides are columns of text."""
    left = [part for part in parts if part.x1 <= x]
    right = [part for part in parts if part.x0 >= x]
    crossing = len(parts) - len(left) - len(right)
    if min(len(left), len(right)) < _LEAST_LINES or crossing > limit:
        return None
    left_edge, right_edge = max(part.x1 for part in left), min(part.x0 for part in right)
    if right_edge - left_edge < 0.5 * size:
        return None
    for side, width in ((left, left_edge - x0), (right, x1 - right_edge)):
        lines = joined(side, 0)
        if len(lines) < _LEAST_LINES:
            return None
        if median(len(line.text) for line in lines) < _LEAST_LETTERS:
            return None
        if median(line.x1 - line.x0 for line in lines) < _FULL * width:
            return None
    top, bottom = (
        min(max(p.y for p in left), max(p.y for p in right)),
        max(min(p.y for p in left), min(p.y for p in right)),
    )
    heights = [max(p.y for p in side) - min(p.y for p in side) for side in (left, right)]
    return (left_edge, right_edge) if top - bottom > 0.3 * min(heights) else None
