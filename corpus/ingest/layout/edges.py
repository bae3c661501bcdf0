"""Running heads, running feet and page numbers: what stands at the same place of several pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.ingest.layout.lines import Line, Stretch, joined

_ROWS = 4  # at either edge of a page
_NEAR = 4.0  # points by which a running line may move
_FAR = 3  # pages between two that have the same line: those of chapters change
_ROMAN = r"(?<![^\W\d_])[ivxlc]{1,7}(?![^\W\d_])"
_NUMBER = re.compile(rf"\d+|{_ROMAN}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line at an edge: how it reads without its numbers, the numbers, its height."""

    page: int
    key: str
    numbers: tuple[int, ...]
    y: float
    line: Line


def without_edges(
    pages: Sequence[Sequence[Stretch]], heights: Sequence[float]
) -> tuple[list[list[Stretch]], list[str]]:
    """Take running heads, feet and page numbers off.

    Parameters:
        pages: stretches of each page.
        heights: of the pages.

    Returns:
        the stretches that are left of each page; the lines taken off, each kind once.
    """
    rows = [joined(parts, number) for number, parts in enumerate(pages)]
    taken: list[set[int]] = [set() for _ in pages]
    names: dict[str, str] = {}
    for top in (True, False):
        edges = [_edge(lines, top, heights[number]) for number, lines in enumerate(rows)]
        running = _running([row for edge in edges for row in edge])
        for number, edge in enumerate(edges):
            outer: list[_Row] = []
            for row in edge:  # from the edge inwards: what stands inside of text is text
                if id(row) not in running and not (len(pages) < 3 and _alone(row, rows[number], top)):
                    break
                outer.append(row)
            while outer and not _apart(outer[-1], rows[number], top):
                outer.pop()
            for row in outer:
                taken[number] |= {id(part) for part in row.line.parts}
                names.setdefault(row.key, row.line.text if row.key.strip("# ") else "page numbers")
    left = [[part for part in parts if id(part) not in taken[number]] for number, parts in enumerate(pages)]
    return left, list(dict.fromkeys(names.values()))


def _edge(lines: Sequence[Line], top: bool, height: float) -> list[_Row]:
    """The lines nearest an edge, the outermost first."""
    ordered = lines if top else list(reversed(lines))
    found = []
    for line in ordered[:_ROWS]:
        if (line.y < 0.6 * height) if top else (line.y > 0.4 * height):
            break
        text = " ".join(line.text.split())
        numbers = tuple(_value(word) for word in _NUMBER.findall(text))
        key = re.sub(r"[^\w#]+", " ", _NUMBER.sub("#", text.lower())).strip()
        found.append(_Row(line.page, key or text, numbers, line.y, line))
    return found


def _running(rows: Sequence[_Row]) -> set[int]:
    """Which rows stand on several pages, their numbers counting on with the pages or staying the same."""
    same: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        same[row.key].append(row)
    reach = (_FAR + 1) * _ROWS  # rows come page by page: no other can be near enough
    found: set[int] = set()
    for group in same.values():
        for number, one in enumerate(group):
            for other in group[max(0, number - reach) : number + reach + 1]:
                gap = abs(one.page - other.page)
                if 0 < gap <= _FAR and abs(one.y - other.y) < _NEAR and _counts_on(one, other):
                    found.add(id(one))
                    break
    return found


def _counts_on(one: _Row, other: _Row) -> bool:
    """Whether the numbers of two rows are equal or differ as their pages do."""
    pages = one.page - other.page
    if len(one.numbers) != len(other.numbers):
        return False
    return all(a == b or a - b == pages for a, b in zip(one.numbers, other.numbers, strict=True)) and (
        one.key.strip("# ") != "" or any(a != b for a, b in zip(one.numbers, other.numbers, strict=True))
    )


def _alone(row: _Row, lines: Sequence[Line], top: bool) -> bool:
    """Whether a row of a short document is a page number by its looks: figures alone, far from the text."""
    if (
        not re.fullmatch(r"[-–—\s]*\d{1,3}[-–—\s]*", row.line.text)
        or int(re.sub(r"\D", "", row.line.text)) != row.page + 1
    ):
        return False
    inner = [line for line in lines if (line.y < row.y) == top and line is not row.line]
    return not inner or min(abs(line.y - row.y) for line in inner) > 1.8 * row.line.size


def _apart(row: _Row, lines: Sequence[Line], top: bool) -> bool:
    """Whether a row looks unlike the text next to it: a blank between, other letters, another place; or is a number."""
    if not row.key.strip("# "):
        return True
    at = next(number for number, line in enumerate(lines) if line is row.line) + (1 if top else -1)
    if not 0 <= at < len(lines):
        return False
    inner, size = lines[at], row.line.size
    gaps = sorted(abs(a.y - b.y) for a, b in pairwise(lines))
    usual = gaps[len(gaps) // 2]
    return (
        abs(inner.y - row.y) > 1.2 * usual
        or abs(inner.size - size) > 0.05 * size
        or inner.bold != row.line.bold
        or abs(inner.x0 - row.line.x0) > 3 * size
    )


def _value(word: str) -> int:
    if word.isdecimal():
        return int(word[-9:])
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    digits = [values[letter] for letter in word.lower()]
    following = [*digits[1:], 0]
    return sum(-digit if digit < after else digit for digit, after in zip(digits, following, strict=True))
