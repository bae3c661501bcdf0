"""Tables of the report: what stands in each cell, by what it is sorted, and how long its bar is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, the value to sort by, a bar from 0 to 100 with an interval, a shade from 0 to 1."""

    text: str
    value: float | str = ""
    bar: float | None = None
    low: float | None = None
    high: float | None = None
    shade: float | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``number`` puts it to the right."""

    title: str
    number: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its caption; ``side`` colours its bars."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    heat: bool = False
    side: str = "a"


class Numbers:
    """How a language writes numbers.

    Parameters:
        language: of the interface.

    Example:
        >>> Numbers("en").count(1234), Numbers("ru").share(0.256), Numbers("en").decimal(-1.5)
        ('1,234', '25,6\\xa0%', '−1.50')
    """

    def __init__(self, language: str) -> None:
        english = language == "en"
        self._thousands, self._point, self._percent = (",", ".", "%") if english else ("\u00a0", ",", "\u00a0%")

    def _written(self, text: str) -> str:
        return text.translate({ord(","): self._thousands, ord("."): self._point, ord("-"): "−"})

    def count(self, value: int) -> str:
        """A whole number."""
        return self._written(f"{value:,}")

    def decimal(self, value: float | None, digits: int = 2) -> str:
        """A number with some digits; nothing for none."""
        return "" if value is None or not math.isfinite(value) else self._written(f"{value:,.{digits}f}")

    def share(self, value: float | None, digits: int = 1) -> str:
        """A share in percent; nothing for none."""
        if value is None or not math.isfinite(value):
            return ""
        return self._written(f"{100 * value:.{digits}f}") + self._percent


def text_cell(value: Any, lang: str = "") -> Cell:
    """A cell of words, of a date or of nothing."""
    shown = "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)
    return Cell(shown, shown, lang=lang)


def count_cell(numbers: Numbers, value: int | None, most: int | None = None) -> Cell:
    """A cell of a count, with a bar if the greatest is given."""
    if value is None:
        return Cell("", -1.0)
    return Cell(numbers.count(value), float(value), 100 * value / most if most else None)


def share_cell(
    numbers: Numbers, value: float | None, most: float, low: float | None = None, high: float | None = None
) -> Cell:
    """A cell of a share with its bar and, where known, its interval."""
    if value is None or not math.isfinite(value):
        return Cell("", -1.0)
    scale = 100 / most if most else 0.0
    low, high = (None if end is None else round(min(100.0, end * scale), 2) for end in (low, high))
    return Cell(numbers.share(value), value, round(value * scale, 2), low, high)


def shade_cell(numbers: Numbers, value: float | None, count: int, most: float) -> Cell:
    """A cell of a heat map; empty where nothing was counted."""
    if not count or value is None:
        return Cell("", 0.0, shade=0.0)
    return Cell(numbers.share(value, 0), value, shade=round(value / most, 3) if most else 0.0)


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], note: str = "", **options: Any
) -> ReportTable:
    """Put a table together."""
    return ReportTable(caption, tuple(columns), tuple(tuple(row) for row in rows), note, **options)
