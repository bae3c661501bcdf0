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
def _forms() -> tuple[re.Pattern[str], ...]:
    """The ways in which a full date is written."""
    month = rf"(?P<word>{'|'.join(sorted(_months(), key=len, reverse=True))})\.?"
    return tuple(
        re.compile(form, re.IGNORECASE)
        for form in (
            r"(?<!\d)(?P<year>(?:1[6-9]|20)\d\d)[-_](?P<month>\d{2})[-_](?P<day>\d{2})(?!\d)",
            r"(?<!\d)(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>(?:1[6-9]|20)\d\d)(?!\d)",
            rf"(?<!\d)(?P<day>\d{{1,2}})\s+{month}[, ]+(?P<year>\d{{4}})(?!\d)(?:\s*(?:года|г\.?|жыл|ж\.?)(?!\w))?",
            rf"(?<!\d)(?P<year>\d{{4}})\s+(?:жылғы|жылдың|жыл|ж\.?)[, ]+(?P<day>\d{{1,2}})\s+{month}(?!\w)",
            rf"(?<!\w){month}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?!\d)",
        )
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The same as whole lines: with a label before, a clock time before or after."""
    label = "|".join(_data()["labels"])
    clock = r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?"
    before, after = rf"\W*(?:(?:{label})\W*)?(?:{clock}[, |–-]*)?", rf"(?:[T, |–-]*(?:в )?{clock})?\W*"
    return tuple(re.compile(f"{before}{form.pattern}{after}", re.IGNORECASE) for form in _forms())


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
    return next(
        (day for pattern in _patterns() if (found := pattern.fullmatch(line)) and (day := _day_of(found))), None
    )


def _day_of(found: re.Match[str]) -> dt.date | None:
    parts = found.groupdict()
    month = _months()[parts["word"].lower()] if parts.get("word") else int(parts["month"])
    try:
        return dt.date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def date_within(name: str) -> dt.date | None:
    """Find the only full date in a title or file name.

    Parameters:
        name: title, or file name such as ``2025-03-14_speech.txt``.

    Returns:
        the day; None where there is none, or several.

    Example:
        >>> date_within("Выступление на курултае, 14 марта 2025 года")
        datetime.date(2025, 3, 14)
        >>> date_within("akorda_2025-03-14_3.txt")
        datetime.date(2025, 3, 14)
    """
    days = {day for form in _forms() for found in form.finditer(name) if (day := _day_of(found))}
    return days.pop() if len(days) == 1 else None


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
