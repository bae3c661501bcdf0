"""Dates as pages and texts write them: in figures, in words, and counted from the day of the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from schemas.datafile import read_data

_HEADER_LINES = 12
_HEADER_CHARS = 3000
_LONGEST = 80  # characters of a line that is nothing but a date

Form = Literal["full", "yearless", "relative"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A date that a text mentions.

    Attributes:
        start, end: code points.
        day: the day meant.
        form: ``full``; ``yearless`` («14 наурызда»: the year nearest to the page's day) or ``relative`` («кеше»).
    """

    start: int
    end: int
    day: dt.date
    form: Form


def find_dates(text: str, now: dt.date | None = None) -> list[Mention]:
    """Find the dates in a text, in Kazakh, Russian and English, in any case.

    Parameters:
        text: any length.
        now: the day of the page (or its time), by which dates without a year and «бүгін», «вчера», «2 hours ago» are
            resolved; without it they are left out.

    Returns:
        mentions that do not overlap, in the order of the text.

    Example:
        >>> [str(found.day) for found in find_dates("2025 жылғы 14 наурызда, «вчера» и March 1, 2024")]
        ['2025-03-14', '2024-03-01']
        >>> found = find_dates("Бүгін емес, 14 наурызда", dt.date(2025, 3, 20))
        >>> [(str(one.day), one.form) for one in found]
        [('2025-03-20', 'relative'), ('2025-03-14', 'yearless')]
    """
    if not _hint().search(text):
        return []
    full = _apart(_full(text), [])
    taken = _apart(_resolved(text, now, full), full) if now else full
    return sorted(taken, key=lambda one: one.start)


def _apart(mentions: Iterable[Mention], taken: list[Mention]) -> list[Mention]:
    """What is taken, and of the mentions those that do not overlap it or each other."""
    kept = list(taken)
    for found in mentions:
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return kept


def date_line(line: str, now: dt.date | None = None) -> dt.date | None:
    """Read a line that is nothing but a date, with or without a clock time, a weekday, a label.

    Parameters:
        line: one line of a page header.
        now: the day or time at which the page was fetched, for «Бүгін, 18:05» and «14 марта, 18:05».

    Returns:
        the day, or None where the line is something else or no possible day.

    Example:
        >>> date_line("2025 жылғы 14 наурыз")
        datetime.date(2025, 3, 14)
        >>> date_line("2025 жылғы 14 наурызда құрылтай өтті.") is None
        True
        >>> date_line("Кеше, 18:05", dt.date(2025, 3, 14))
        datetime.date(2025, 3, 13)
    """
    line = line.strip()
    if not line or len(line) > _LONGEST:
        return None
    found = find_dates(line, now)
    if not found:
        return None
    rest = line
    for one in reversed(found):
        rest = rest[: one.start] + " | " + rest[one.end :]
    bare = _beside().sub(" ", rest)
    if any(char.isalnum() for char in bare) or (bare == rest and len({one.day for one in found}) > 1):
        return None  # a sentence, or a range of days
    return found[0].day


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
    days = {found.day for found in find_dates(name)}
    return days.pop() if len(days) == 1 else None


def date_in(text: str, now: dt.date | None = None) -> dt.date | None:
    """Find the date line of a page header, among the first twelve lines that are not blank.

    Parameters:
        text: the text.
        now: the day of the page, if known.

    Returns:
        the day, or None.

    Example:
        >>> date_in("Құрылтай өтті\\n14 наурыз 2025, 18:05\\n\\nБүгін ...")
        datetime.date(2025, 3, 14)
    """
    lines = [line for line in text[:_HEADER_CHARS].splitlines() if line.strip()]
    return next((day for line in lines[:_HEADER_LINES] if (day := date_line(line, now))), None)


# --- the forms

_NEAR = (
    40  # characters between a date without a year and one of the same period: «2025 жылғы 1 қаңтардан 5 ақпанға дейін»
)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?!\d)"
_DAY = (
    r"(?<!\d)(?<!\d[.:,])(?P<mark>[«\"“])?(?P<day>\d{1,2})(?(mark)[»\"”])(?:-?(?:го|ого|е|шы|ші|st|nd|rd|th|d(?!\w)))?"
)
_YEAR_AFTER = r"(?:\s*(?:года?|г\.|жыл(?:ғы|ы|дың)?|ж\.)(?!\w))?"
_YEAR_BEFORE = rf"(?<!\d){_YEAR}\s*(?:жылғы|жылдың|жылы|жыл|ж\.?|года|г\.?)[, ]+"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_data(files("corpus.ingest") / "dates.yaml")
    return data


@cache
def _months() -> dict[str, int]:
    """Every name of a month, in all languages and cases → 1 to 12."""
    return _numbers({f"{kind} {lang}": names for kind in ("months", "short") for lang, names in _data()[kind].items()})


@cache
def _days() -> dict[str, int]:
    return _numbers(_data()["days"])


def _numbers(listed: dict[str, list[str]]) -> dict[str, int]:
    return {
        name: number for names in listed.values() for number, forms in enumerate(names, 1) for name in forms.split("|")
    }


def _any(names: Any) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _hint() -> re.Pattern[str]:
    """Something that every date has; most lines of a page have none of it."""
    words = [word for group in _data()["relative"].values() for word in group]
    names = _any([*words, *_data()["past"], *_months()])
    return re.compile(rf"\d[-_./]\d{{1,2}}[-_./]\d|(?<![^\W\d])(?:{names})", re.IGNORECASE)


@cache
def _beside() -> re.Pattern[str]:
    """What may stand beside a date in its line."""
    words = _any([*_data()["labels"], *_data()["weekdays"]])
    clock = r"T?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?(?!\w))?"
    zone = r"(?:Z|GMT|UTC|EST|EDT|МСК)?\s*(?:[+-]\s*\d{1,2}(?::?\d{2})?)?"
    return re.compile(
        rf"(?<!\w)(?:{words})(?!\w)|(?<!\d){clock}\s*{zone}(?!\w)|\|\s*(?:GMT|UTC)\s*[+-]\s*\d+", re.IGNORECASE
    )


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """The ways in which a full date is written, and those without a year."""
    data = _data()
    kazakh = _any(name for forms in data["months"]["kk"] for name in forms.split("|"))
    endings = _any(data["endings"]).replace("і", "[іi]")  # many Kazakh sites write the Latin letter
    letter = r"[^\W\d_]"
    month = (
        rf"(?P<word>{kazakh})(?:с?[ыі])?(?:{endings})?(?!{letter})"
        rf"|(?P<word2>{_any(_months())})\.?(?!{letter})"
    )
    month = f"(?:{month})"
    words = rf"(?<!\w)(?P<dayword>{_any(_days())})"
    day = f"(?:{_DAY}|{words})"
    apart = r"(?:\s*[-–]\s*|\s+(?:of\s+)?)"
    possessive = r"(?:\s*[-–]?\s*с?[ыі]н?\w{0,4})?(?!\w)"
    inverse = rf"(?<!\w)(?P<word>{kazakh})[дтн][ыі]ң\s+(?P<day>\d{{1,2}})(?!\d){possessive}"
    full = (
        rf"(?<!\d){_YEAR}[-_.](?P<month>\d{{2}})[-_.](?P<day>\d{{2}})(?!\d)",
        rf"(?<![\d.])(?P<day>\d{{1,2}})[./](?P<month>\d{{1,2}})[./]{_YEAR}(?!\.\d)",
        rf"{day}{apart}{month}[, ]*{_YEAR}{_YEAR_AFTER}",
        rf"{_YEAR_BEFORE}{day}{apart}{month}",
        rf"{_YEAR_BEFORE}{inverse}",
        rf"(?<!\w){month}\s+{_DAY},?\s+{_YEAR}",
    )
    yearless = (
        rf"{day}{apart}{month}",
        inverse,
        rf"(?<!\w)(?P<word>{_any(data['months']['en'])})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th|d)?(?![\d\w])",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in full), tuple(
        re.compile(form, re.IGNORECASE) for form in yearless
    )


def _full(text: str) -> Iterator[Mention]:
    for pattern in _patterns()[0]:
        for found in pattern.finditer(text):
            if day := _day_of(found, int(found["year"])):
                yield Mention(*found.span(), day, "full")


def _resolved(text: str, now: dt.date, full: list[Mention]) -> Iterator[Mention]:
    """What is only a date on a page of a known day; beside a full date, a date without a year is of the same year."""
    today = now.date() if isinstance(now, dt.datetime) else now
    for pattern in _patterns()[1]:
        for found in pattern.finditer(text):
            name = found.groupdict().get("word2") or found["word"]
            if name.lower() in ("may", "march", "mar") and not name[0].isupper():
                continue  # "rule 14 may apply"
            same = [one.day.year for one in full if one.start - _NEAR < found.end() and found.start() < one.end + _NEAR]
            days = [_day_of(found, year) for year in same[:1] or (today.year, today.year - 1, today.year + 1)]
            nearest = min((day for day in days if day), key=lambda day: abs(day - today), default=None)
            if nearest:
                yield Mention(*found.span(), nearest, "yearless")
    for found in _ago().finditer(text):
        unit = next(unit for unit in _data()["ago"].values() if found["unit"].lower() in unit["forms"])
        count = int(found["count"]) if (found["count"] or "").isdigit() else 1
        moment = now if isinstance(now, dt.datetime) else dt.datetime.combine(now, dt.time(23, 59))
        try:
            yield Mention(*found.span(), (moment - dt.timedelta(seconds=count * unit["seconds"])).date(), "relative")
        except OverflowError:
            continue
    for found in _counted().finditer(text):
        steps = next(step for step, words in _data()["relative"].items() if found.group().lower() in words)
        yield Mention(*found.span(), today + dt.timedelta(days=steps), "relative")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{_any(w for words in _data()['relative'].values() for w in words)})(?!\w)", re.IGNORECASE
    )


@cache
def _ago() -> re.Pattern[str]:
    data = _data()
    units = _any(form for unit in data["ago"].values() for form in unit["forms"])
    count = rf"(?:(?P<count>\d{{1,4}}|{_any(data['one'])})\s+)?"
    return re.compile(rf"(?<!\w){count}(?P<unit>{units})\.?\s+(?:{_any(data['past'])})(?!\w)", re.IGNORECASE)


def _day_of(found: re.Match[str], year: int) -> dt.date | None:
    parts = found.groupdict()
    name = parts.get("word") or parts.get("word2")
    month = _months()[name.lower()] if name else int(parts["month"])
    day = _days()[parts["dayword"].lower()] if parts.get("dayword") else int(parts["day"])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
