"""Numbers with what they count: percentages, money, measures, counted things, dates, each with a normalised value.

The words of a language are in ``languages/XX/quantities.yaml``; the grammar of numbers and dates is one for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import annotators.context  # noqa: F401 -- declares the attributes that spans get here

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "¥": "CNY"}
_SPACE = r"[ \u00a0\u202f\u2009]"
_JOIN = r"[ \u00a0\u202f\u2009-]"
"""Between the parts of a date: 16 наурыз, 16-наурыз."""
_FIRST_YEAR, _LAST_YEAR = 1000, 2199


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a text.

    Attributes:
        start, end: code points in the text, end exclusive.
        label: ``percent``, ``money``, ``date``, ``duration``, ``measure``, ``count``, ``ordinal`` or ``number``.
        value: a number; of a date, ISO 8601 as far as known: ``2022``, ``2022-03``, ``2022-03-16``, ``--03-16``, of a
            decade ``199X`` (ISO 8601-2).
        unit: ``percent``, a currency (ISO 4217), a unit; None for a plain number.
        noun: what is counted, in its dictionary form as far as it can be told; None where nothing is.
        upper: of a range, its upper end.
    """

    start: int
    end: int
    label: str
    value: float | int | str
    unit: str | None = None
    noun: str | None = None
    upper: float | int | None = None


class QuantityFinder:
    """Find the quantities of a text.

    Parameters:
        lang: a language with a ``quantities.yaml``.

    Example:
        >>> found = QuantityFinder("kk").find("2022 жылдың наурыз айында әкімдердің 72%-ы жаңарды, 45 әкім сайланды.")
        >>> [(item.label, item.value, item.unit or item.noun) for item in found]
        [('date', '2022-03', None), ('percent', 72, 'percent'), ('count', 45, 'әкім')]
    """

    def __init__(self, lang: str) -> None:
        self._words = _words(lang)
        self._lemma = import_module(f"annotators.languages.{lang}.morphology").lemma
        self._dates = [
            (shape, re.compile(pattern, self._words["flags"])) for shape, pattern in _date_patterns(self._words)
        ]
        self._amount = re.compile(_amount_pattern(self._words), re.IGNORECASE)
        self._units = [
            (label, unit, re.compile(pattern, re.IGNORECASE)) for label, unit, pattern in _unit_patterns(self._words)
        ]

    def find(self, text: str) -> list[Quantity]:
        """Find them in order of their place; no two overlap.

        Parameters:
            text: any text of the language.

        Returns:
            quantities, dates first where both would fit.
        """
        taken: list[Quantity] = []
        for item in (*self._find_dates(text), *self._find_amounts(text)):
            if all(item.end <= other.start or other.end <= item.start for other in taken):
                taken.append(item)
        return sorted(taken, key=lambda item: item.start)

    def _find_dates(self, text: str) -> Iterator[Quantity]:
        for _, pattern in self._dates:
            for match in pattern.finditer(text):
                value = self._iso(match.groupdict())
                if value is not None:
                    start = min(match.start(name) for name, part in match.groupdict().items() if part)
                    yield Quantity(start, match.end(), "date", value)

    def _iso(self, parts: dict[str, str | None]) -> str | None:
        """ISO 8601 of the parts of a date; None where no calendar has it."""
        year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
        number = parts.get("monthnumber")
        if month:
            number = str(1 + next(i for i, m in enumerate(self._words["months"]) if re.match(m, month, re.IGNORECASE)))
        if year and not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
            return None
        if number and not 1 <= int(number) <= 12:
            return None
        if day and not 1 <= int(day) <= 31:
            return None
        decade = parts.get("decade")
        if decade:
            return f"{decade[:3]}X"
        if not number:
            return year
        return f"{year or '-'}-{int(number):02}" + (f"-{int(day):02}" if day else "")

    def _find_amounts(self, text: str) -> Iterator[Quantity]:
        for match in self._amount.finditer(text):
            value = self._value(match)
            if value is None:
                continue
            upper = self._number(match["upper"]) if match["upper"] else None
            scale = self._scale(match["scale"])
            if upper is not None:
                upper = _tidy(upper * (scale or 1))
            yield from self._with_unit(text, match, value, upper)

    def _with_unit(
        self, text: str, match: re.Match[str], value: float | int, upper: float | int | None
    ) -> Iterator[Quantity]:
        """What follows the number tells what it is."""
        start, end = match.span()
        in_digits = bool(match["digits"])
        if match["symbol"]:
            yield Quantity(start, end, "money", value, SYMBOLS[match["symbol"]], upper=upper)
            return
        for label, unit, pattern in self._units:
            after = pattern.match(text, end)
            if after:
                yield Quantity(start, after.end(), label, value, unit, upper=upper)
                return
        if not in_digits and not (match["scale"] or "").strip():
            return  # number words are quantities only with a unit: «бір» is also an article
        ordinal = re.compile(rf"-(?:{'|'.join(self._words['ordinals'])})\b", re.IGNORECASE).match(text, end)
        if not ordinal and not text.startswith("-", end):
            ordinal = re.compile(rf"(?:{'|'.join(self._words['ordinals'])})\b").match(text, end)
        if ordinal:
            yield Quantity(start, ordinal.end(), "ordinal", value)
            return
        noun = re.compile(
            rf"(?:-\w+)?{_approximate(self._words)}{_SPACE}(?P<noun>[^\W\d_]{{2,}}(?:-[^\W\d_]+)*)"
        ).match(text, end)
        if noun:
            yield Quantity(start, noun.end(), "count", value, noun=self._lemma(noun["noun"]), upper=upper)
            return
        following = text[end : end + 1]
        if not (following.isalnum() or following in "-/_") or text[end : end + 2] in ("- ", "-,"):
            yield Quantity(start, end, "number", value, upper=upper)

    def _value(self, match: re.Match[str]) -> float | int | None:
        scale = self._scale(match["scale"])
        if match["digits"]:
            return _tidy(self._number(match["digits"]) * (scale or 1))
        total: float = 0
        for word in re.findall(r"[^\W\d_]+", match["words"].lower()):
            number = self._words["numbers"].get(word)
            half = self._words["halves"].get(word)
            if number is None and half is None:
                continue
            if number == 100 and 0 < total < 10:
                total *= 100
            else:
                total += number if number is not None else half
        if total == 0:
            return None
        return _tidy(total * (scale or 1))

    def _scale(self, words: str | None) -> float | None:
        if not words or not words.strip():
            return None
        product = 1.0
        for word in re.findall(r"[^\W\d_]+", words.lower()):
            product *= next(value for stem, value in self._words["scales"].items() if word.startswith(stem))
        return product

    def _number(self, digits: str) -> float:
        plain = re.sub(_SPACE, "", digits)
        for mark in self._words["thousands"]:
            plain = plain.replace(mark, "")
        for mark in self._words["decimal"]:
            plain = plain.replace(mark, ".")
        return float(plain)


class Quantities:
    """spaCy component: ``doc.spans["quantities"]``, with ``_.details`` ``{"value": …, "unit": …, "noun": …}``.

    Parameters:
        nlp: the pipeline.
    """

    def __init__(self, nlp: Language) -> None:
        self._finder = QuantityFinder(nlp.lang or "")

    def __call__(self, doc: Doc) -> Doc:
        """Add the quantities of a document."""
        spans: list[Span] = []
        for item in self._finder.find(doc.text):
            span = doc.char_span(item.start, item.end, label=item.label, alignment_mode="expand")
            if span is None or (spans and span.start < spans[-1].end):
                continue
            details: dict[str, Any] = {"value": item.value, "unit": item.unit}
            if item.noun is not None:
                details["noun"] = item.noun
            if item.upper is not None:
                details["upper"] = item.upper
            span._.details = details
            spans.append(span)
        doc.spans["quantities"] = SpanGroup(doc, name="quantities", spans=spans)
        return doc


@Language.factory("minber_quantities", assigns=["doc.spans"])
def make_quantities(nlp: Language, name: str) -> Quantities:  # noqa: ARG001 -- spaCy calls it so
    """Build the component that adds ``doc.spans["quantities"]``.

    Parameters:
        nlp: the pipeline; its language chooses the words.
        name: the component's name in the pipeline.

    Returns:
        the component.
    """
    return Quantities(nlp)


def _tidy(number: float) -> float | int:
    """Whole numbers as int; no noise of binary fractions."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


@lru_cache(maxsize=8)
def _words(lang: str) -> dict[str, Any]:
    path = Path(__file__).with_name("languages") / lang / "quantities.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    data["flags"] = re.NOFLAG if data.get("months_capital") else re.IGNORECASE
    return data


def _ending(words: dict[str, Any]) -> str:
    """What may follow a listed stem: endings, or only an English -s."""
    return r"[^\W\d_]{0,12}\b" if words["endings"] else r"s?\b"


def _approximate(words: dict[str, Any]) -> str:
    """«400 мыңға жуық көлік»: words that may stand between a number and what it counts."""
    listed = "|".join(words["approximate"])
    return rf"(?:{_SPACE}(?:{listed})\b)?" if listed else ""


def _digits(words: dict[str, Any]) -> str:
    marks = "".join(re.escape(mark) for mark in words["thousands"])
    separator = rf"(?:{_SPACE}|[{marks}])" if marks else _SPACE
    decimal = "".join(re.escape(mark) for mark in words["decimal"])
    return rf"(?:\d{{1,3}}(?:{separator}\d{{3}})+(?!\d)|\d+)(?:[{decimal}]\d+)?"


def _amount_pattern(words: dict[str, Any]) -> str:
    digits = _digits(words)
    scale = "|".join(sorted(words["scales"], key=len, reverse=True))
    number_words = "|".join(sorted((*words["numbers"], *words["halves"]), key=len, reverse=True))
    symbols = "".join(re.escape(symbol) for symbol in SYMBOLS)
    return (
        rf"(?<![\w.,\-])(?:(?P<symbol>[{symbols}]){_SPACE}?)?"
        rf"(?:(?P<digits>{digits})(?:{_SPACE}?[–—-]{_SPACE}?(?P<upper>{digits}))?"
        rf"|(?P<words>\b(?:{number_words})\b(?:[ -](?:{number_words})\b)*))"
        rf"(?P<scale>(?:{_SPACE}?-?(?:{scale}){_ending(words)}\.?)*)"
    )


def _unit_patterns(words: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Label, unit and pattern of every unit; the longest words first."""
    end = _ending(words)
    gap = rf"(?:-[^\W\d_]{{1,4}})?{_approximate(words)}(?:{_SPACE}|-)?"
    patterns = [("percent", "percent", rf"{_SPACE}?%(?:-[^\W\d_]+)?")]
    patterns += [("money", unit, rf"{_SPACE}?{re.escape(symbol)}(?:-[^\W\d_]+)?") for symbol, unit in SYMBOLS.items()]
    listed = [("percent", "percent", word) for word in words["percent"]]
    listed += [("money", unit, word) for unit, stems in words["money"].items() for word in stems]
    durations = {"year", "month", "week", "day", "hour", "minute"}
    for unit, stems in words["units"].items():
        listed += [("duration" if unit in durations else "measure", unit, word) for word in stems]
    for label, unit, word in sorted(listed, key=lambda row: -len(row[2])):
        patterns.append((label, unit, gap + word.replace(" ", r"\w*" + _SPACE) + end))
    return patterns


def _date_patterns(words: dict[str, Any]) -> list[tuple[str, str]]:
    """Patterns of dates from the fullest to the barest."""
    end = _ending(words) if words["endings"] else r"\b"
    month = "(?P<month>" + "|".join(words["months"]) + ")" + end
    year_word = "|".join(word if "\\" in word else word + end for word in words["year_words"])
    year = r"(?P<year>\d{4})" + (rf"{_JOIN}?(?:{year_word})" if year_word else r"(?!\d)")
    bare_year = r"(?P<year>\d{4})" + (rf"(?:{_JOIN}?(?:{year_word}))?" if year_word else r"(?!\d)")
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    month_word = words["month_word"]
    whole_month = month + (rf"{_SPACE}{month_word}{end}" if month_word else "")
    before = r"(?<![\d.,-])"
    shapes = {
        "year-day-month": rf"{before}{year}{_SPACE}{day}{_JOIN}{month}",
        "day-month-year": rf"{before}{day}{_JOIN}(?:of )?{month},?{_SPACE}{bare_year}",
        "month-day-year": rf"\b{month}{_SPACE}{day},?{_SPACE}{bare_year}",
        "year-month": rf"{before}{year}{_SPACE}{whole_month}",
        "month-year": rf"\b{month},?{_SPACE}{bare_year}",
        "month-day": rf"\b{month}{_SPACE}{day}\b",
        "day-month": rf"{before}{day}{_JOIN}{month}",
    }
    patterns = [
        ("iso", rf"{before}(?P<year>\d{{4}})-(?P<monthnumber>\d{{2}})-(?P<day>\d{{2}})(?!\d)"),
        ("dotted", rf"{before}(?P<day>\d{{1,2}})\.(?P<monthnumber>\d{{1,2}})\.(?P<year>\d{{4}})(?!\d)"),
    ]
    patterns += [(shape, shapes[shape]) for shape in words["date_order"]]
    decade = words["decade"]
    patterns.append(("decade", rf"{before}(?P<decade>1[5-9]\d0|20\d0){decade}"))
    if month_word:
        patterns.append(("month", rf"\b{whole_month}"))
    elif words["month_needs"] == "preposition":
        prepositions = "|".join(words["prepositions"])
        patterns.append(("month", rf"(?<=\b)(?:(?:{prepositions}){_SPACE}){month}"))
    if year_word:
        patterns.append(("year", rf"{before}{year}"))
    elif words.get("year_after"):
        patterns.append(
            ("year", rf"(?:\b(?:{'|'.join(words['year_after'])}){_SPACE})(?P<year>1[5-9]\d\d|20\d\d)(?![\d,.%]\d|\d)")
        )
    return patterns
