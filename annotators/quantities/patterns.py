"""Regular expressions of numbers, units and dates, built from the words of a language."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from schemas.datafile import read_data

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "¥": "CNY"}
SPACE = r"[ \u00a0\u202f\u2009]"
_JOIN = r"[ \u00a0\u202f\u2009-]"
"""Between the parts of a date: 16 наурыз, 16-наурыз."""
_TO = r"\s?[–—-]\s?"
"""Between the ends of a range of dates: 2023–2025, 14–16 марта."""
_DURATIONS = frozenset({"year", "month", "week", "day", "hour", "minute"})


@lru_cache(maxsize=8)
def words(lang: str) -> dict[str, Any]:
    """The words of a language (``languages/XX/quantities.yaml``)."""
    path = Path(__file__).parents[1] / "languages" / lang / "quantities.yaml"
    data: dict[str, Any] = read_data(path)
    data["flags"] = re.NOFLAG if data.get("months_capital") else re.IGNORECASE
    return data


def amount_pattern(words: dict[str, Any]) -> str:
    """A number in digits or words, its currency sign before it and its scale (thousand, million) behind it."""
    digits = _digits(words)
    short = "|".join(
        stem for stem in words["scales"] if not re.search("[аеёиоуыэюяәіөұүaeiou]", stem[1:]) or len(stem) < 4
    )
    scale = "|".join(sorted(words["scales"], key=len, reverse=True))
    scale = rf"(?:{short})\.|(?:{scale}){_ending(words)}" if short else rf"(?:{scale}){_ending(words)}"
    number_words = "|".join(sorted((*words["numbers"], *words["halves"]), key=len, reverse=True))
    symbols = "".join(re.escape(symbol) for symbol in SYMBOLS)
    return (
        rf"(?<![\w.,\-])(?:(?P<symbol>[{symbols}]){SPACE}?)?"
        rf"(?:(?P<digits>{digits})(?:{SPACE}?[–—-]{SPACE}?(?P<upper>{digits}))?"
        rf"|(?P<words>\b(?:{number_words})\b(?:[ -](?:{number_words})\b)*))"
        rf"(?P<scale>(?:{SPACE}?-?(?:{scale}))*)"
    )


def unit_patterns(words: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Label, unit and pattern of every unit; the longest words first."""
    end = _ending(words)
    gap = rf"(?:-[^\W\d_]{{1,4}})?{approximate(words)}(?:{SPACE}|-)?"
    patterns = [("percent", "percent", rf"{SPACE}?%(?:-[^\W\d_]+)?")]
    patterns += [("money", unit, rf"{SPACE}?{re.escape(symbol)}(?:-[^\W\d_]+)?") for symbol, unit in SYMBOLS.items()]
    listed = [("percent", "percent", word) for word in words["percent"]]
    listed += [("money", unit, word) for unit, stems in words["money"].items() for word in stems]
    for unit, stems in words["units"].items():
        listed += [("duration" if unit in _DURATIONS else "measure", unit, word) for word in stems]
    for label, unit, word in sorted(listed, key=lambda row: -len(row[2])):
        patterns.append((label, unit, gap + word.replace(" ", r"\w*" + SPACE) + end))
    return patterns


def noun_pattern(words: dict[str, Any]) -> str:
    """What is counted: the next word, behind the adjectives that a language shows by their endings."""
    word = r"[^\W\d_]{2,}(?:-[^\W\d_]+)*"
    adjective = words.get("adjective")
    skipped = rf"(?:(?:{adjective}){SPACE}){{0,2}}" if adjective else ""
    ending = rf"(?:-(?:{words['number_endings']})(?!\w))?" if words.get("number_endings") else r"(?:-\w{1,4}(?!\w))?"
    noun = rf"(?P<noun>{word})"
    return rf"{ending}{approximate(words)}{SPACE}(?:{skipped}(?={word}){noun}|{noun.replace('noun', 'bare')})"


def approximate(words: dict[str, Any]) -> str:
    """«400 мыңға жуық көлік»: words that may stand between a number and what it counts."""
    listed = "|".join(words["approximate"])
    return rf"(?:{SPACE}(?:{listed})\b)?" if listed else ""


def date_patterns(words: dict[str, Any]) -> list[tuple[str, str]]:
    """Patterns of dates from the fullest to the barest; a range comes before the date that it ends with."""
    end = _ending(words) if words["endings"] else r"\b"
    month = "(?P<month>" + "|".join(words["months"]) + ")" + end
    year_word = "|".join(word if "\\" in word else word + end for word in words["year_words"])
    tail = rf"(?:-(?:{'|'.join(words['ordinals'])})(?!\w))?"
    worded = rf"(?:{_JOIN}|{tail}{_JOIN})?(?:{year_word})" if year_word else r"(?!\d)"
    year = r"(?P<year>\d{4})" + worded
    bare_year = r"(?P<year>\d{4})" + (rf"(?:{worded}|{tail})" if year_word else r"(?!\d)")
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    days = rf"{day}(?:{_TO}(?P<lastday>\d{{1,2}})(?:st|nd|rd|th)?)?"
    month_word = words["month_word"]
    whole_month = month + (rf"{SPACE}{month_word}{end}" if month_word else "")
    before = r"(?<![\d.,-])"
    shapes = {
        "year-day-month": rf"{before}{year}{SPACE}{days}{_JOIN}{month}",
        "day-month-year": rf"{before}{days}{_JOIN}(?:of )?{month},?{SPACE}{bare_year}",
        "month-day-year": rf"\b{month}{SPACE}{days},?{SPACE}{bare_year}",
        "year-month": rf"{before}{year}{SPACE}{whole_month}",
        "month-year": rf"\b{month},?{SPACE}{bare_year}",
        "month-day": rf"\b{month}{SPACE}{days}\b",
        "day-month": rf"{before}{days}{_JOIN}{month}",
    }
    to = rf"(?:{_TO}|{words['between_years']})" if words.get("between_years") else _TO
    years = rf"{before}(?P<year>1[5-9]\d\d|20\d\d){to}(?P<lastyear>1[5-9]\d\d|20\d\d)"
    patterns = [
        ("iso", rf"{before}(?P<year>\d{{4}})-(?P<monthnumber>\d{{2}})-(?P<day>\d{{2}})(?!\d)"),
        ("dotted", rf"{before}(?P<day>\d{{1,2}})\.(?P<monthnumber>\d{{1,2}})\.(?P<year>\d{{4}})(?!\d)"),
        ("years", years + (worded if year_word else rf"(?![\d%]|{SPACE}[^\W\d_]+s\b)")),
    ]
    patterns += [(shape, shapes[shape]) for shape in words["date_order"]]
    decade = words["decade"]
    patterns.append(("decade", rf"{before}(?P<decade>1[5-9]\d0|20\d0){decade}"))
    if month_word:
        patterns.append(("month", rf"\b{whole_month}"))
    elif words["month_needs"] == "preposition":
        prepositions = "|".join(words["prepositions"])
        patterns.append(("month", rf"(?<=\b)(?:(?:{prepositions}){SPACE}){month}"))
    if year_word:
        patterns.append(("year", rf"{before}{year}"))
    elif words.get("year_after"):
        patterns.append(
            ("year", rf"(?i:\b(?:{'|'.join(words['year_after'])}){SPACE})(?P<year>1[5-9]\d\d|20\d\d)(?![\d,.%]\d|\d)")
        )
    return patterns


def _ending(words: dict[str, Any]) -> str:
    """What may follow a listed stem: endings, or only an English -s."""
    return r"[^\W\d_]{0,12}\b" if words["endings"] else r"s?\b"


def _digits(words: dict[str, Any]) -> str:
    marks = "".join(re.escape(mark) for mark in words["thousands"])
    separator = rf"(?:{SPACE}|[{marks}])" if marks else SPACE
    decimal = "".join(re.escape(mark) for mark in words["decimal"])
    return rf"(?:\d{{1,3}}(?:{separator}\d{{3}})+(?!\d)|\d+)(?:[{decimal}]\d+)?"
