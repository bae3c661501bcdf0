"""Dates as pages write them, in figures and in words."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib.resources import files
from typing import Any

_HEADER_LINES = 12
_HEADER_CHARS = 3000
_LONGEST = 60  # characters of a line that is nothing but a date


@cache
def _data() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load((files("corpus.ingest") / "dates.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _months() -> dict[str, int]:
    """Every name of a month, in all languages and cases → 1 to 12."""
    return {
        name: number
        for months in _data()["months"].values()
        for number, names in enumerate(months, 1)
        for name in names.split("|")
    }


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(_months(), key=len, reverse=True))
    month = rf"(?P<word>{names})\.?"
    label = "|".join(_data()["labels"])
    clock = r"\d{1,2}[:.]\d{2}(?::\d{2})?"
    return tuple(
        re.compile(rf"\W*(?:(?:{label})\W*)?(?:{clock}[, |–-]*)?{form}(?:[, |–-]*(?:в )?{clock})?\W*", re.IGNORECASE)
        for form in (
            r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})T?",
            r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})",
            rf"(?P<day>\d{{1,2}})\s+{month}[, ]+(?P<year>\d{{4}})(?:\s*(?:года|г\.?|жыл|ж\.?))?",
            rf"(?P<year>\d{{4}})\s+(?:жылғы|жылдың|жыл|ж\.?)[, ]+(?P<day>\d{{1,2}})\s+{month}",
            rf"{month}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})",
        )
    )


def date_line(line: str) -> dt.date | None:
    """Read a line that is nothing but a date, with or without a clock time.

    Parameters:
        line: one line of a page header.

    Returns:
        the day, or None where the line is something else or no possible day.

    Example:
        >>> date_line("2025 жылғы 14 наурыз")
        datetime.date(2025, 3, 14)
        >>> date_line("2025 жылғы 14 наурызда құрылтай өтті.") is None
        True
    """
    line = line.strip()
    if len(line) > _LONGEST or not any(char.isdigit() for char in line):
        return None
    for pattern in _patterns():
        found = pattern.fullmatch(line)
        if not found:
            continue
        parts = found.groupdict()
        month = _months()[parts["word"].lower()] if parts.get("word") else int(parts["month"])
        try:
            return dt.date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:
            continue
    return None


def date_in(text: str) -> dt.date | None:
    """Find the date line of a page header, among the first twelve lines that are not blank.

    Parameters:
        text: the text.

    Returns:
        the day, or None.

    Example:
        >>> date_in("Құрылтай өтті\\n14 наурыз 2025, 18:05\\n\\nБүгін ...")
        datetime.date(2025, 3, 14)
    """
    lines = [line for line in text[:_HEADER_CHARS].splitlines() if line.strip()]
    return next((day for day in map(date_line, lines[:_HEADER_LINES]) if day), None)
