"""Find the quantities of a text: numbers first, then what follows each of them and says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import pairwise

from annotators.quantities.patterns import (
    SPACE,
    SYMBOLS,
    amount_pattern,
    date_patterns,
    noun_pattern,
    unit_patterns,
    words,
)

_FIRST_YEAR, _LAST_YEAR = 1000, 2199
_TIME = re.compile(r"(?<![\d.:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])")
_NUMBERED = re.compile(r"(?:№|\bNo\.)\s?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a text.

    Attributes:
        start, end: code points in the text, end exclusive.
        label: ``percent``, ``money``, ``date``, ``time``, ``duration``, ``measure``, ``count``, ``ordinal``,
            ``number``.
        value: a number; of a date, ISO 8601 as far as known: ``2022``, ``2022-03``, ``2022-03-16``, ``--03-16``, of a
            range ``2023/2025``, of a decade ``199X``; of a time ``15:30``.
        unit: ``percent``, a currency (ISO 4217), a unit; None for a plain number.
        noun: what is counted or numbered, in its dictionary form as far as it can be told; None where nothing is.
        upper: of a range, its upper end.
    """

    start: int
    end: int
    label: str
    value: float | int | str
    unit: str | None = None
    noun: str | None = None
    upper: float | int | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number of a text before it is known what it counts."""

    start: int
    end: int
    value: float
    scale: float
    upper: float | None
    symbol: str | None
    in_digits: bool


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
        self._words = words(lang)
        self._lemma = import_module(f"annotators.languages.{lang}.morphology").lemma
        self._dates = [re.compile(pattern, self._words["flags"]) for _, pattern in date_patterns(self._words)]
        self._amount = re.compile(amount_pattern(self._words), re.IGNORECASE)
        self._units = [
            (label, unit, re.compile(pattern, re.IGNORECASE)) for label, unit, pattern in unit_patterns(self._words)
        ]
        ordinals = "|".join(self._words["ordinals"])
        self._ordinal = re.compile(rf"-?(?:{ordinals})(?!\w)", re.IGNORECASE)
        self._noun = re.compile(noun_pattern(self._words))
        endings = self._words.get("number_endings")
        self._ended = re.compile(rf"-(?:{endings})(?!\w)") if endings else None
        self._hyphened = re.compile(r"-(?P<noun>[^\W\d_]{3,})")
        self._ranges = [
            (re.compile(rf"(?:.*\b)?{before}$" if before else "", re.IGNORECASE), re.compile(between, re.IGNORECASE))
            for before, between in ((row["before"], row["between"]) for row in self._words.get("ranges", ()))
        ]
        self._joints = re.compile(self._words.get("joints") or SPACE, re.IGNORECASE)

    def find(self, text: str) -> list[Quantity]:
        """Find them in order of their place; no two overlap.

        Parameters:
            text: any text of the language.

        Returns:
            quantities, dates first where both would fit.
        """
        taken: list[Quantity] = []
        for item in (*self._find_dates(text), *self._find_times(text), *self._find_amounts(text)):
            if all(item.end <= other.start or other.end <= item.start for other in taken):
                taken.append(item)
        return sorted(taken, key=lambda item: item.start)

    def _find_dates(self, text: str) -> Iterator[Quantity]:
        for pattern in self._dates:
            for match in pattern.finditer(text):
                value = self._iso(match.groupdict())
                if value is not None:
                    start = min(match.start(name) for name, part in match.groupdict().items() if part)
                    yield Quantity(start, match.end(), "date", value)

    def _find_times(self, text: str) -> Iterator[Quantity]:
        for match in _TIME.finditer(text):
            yield Quantity(match.start(), match.end(), "time", match[0].zfill(5))

    def _iso(self, parts: dict[str, str | None]) -> str | None:
        """ISO 8601 of the parts of a date; None where no calendar has it."""
        year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
        number, last_day, last_year = parts.get("monthnumber"), parts.get("lastday"), parts.get("lastyear")
        if month:
            number = str(1 + next(i for i, m in enumerate(self._words["months"]) if re.match(m, month, re.IGNORECASE)))
        if year and not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
            return None
        if number and not 1 <= int(number) <= 12:
            return None
        if any(found and not 1 <= int(found) <= 31 for found in (day, last_day)):
            return None
        if last_day and day and int(last_day) <= int(day):
            return None
        if last_year:
            return f"{year}/{last_year}" if year and int(last_year) > int(year) else None
        decade = parts.get("decade")
        if decade:
            return f"{decade[:3]}X"
        if not number:
            return year
        head = f"{year or '-'}-{int(number):02}"
        dates = [head + (f"-{int(found):02}" if found else "") for found in (day, last_day)]
        return "/".join(dates) if last_day else dates[0]

    # --- numbers

    def _find_amounts(self, text: str) -> Iterator[Quantity]:
        amounts = self._join_ranges(text, self._join_parts(text, list(self._read_amounts(text))))
        for amount in amounts:
            yield from self._with_unit(text, amount)

    def _read_amounts(self, text: str) -> Iterator[_Amount]:
        for match in self._amount.finditer(text):
            value = self._value(match)
            if value is None:
                continue
            scale = self._scale(match["scale"])
            upper = self._number(match["upper"]) * scale if match["upper"] else None
            yield _Amount(*match.span(), value * scale, scale, upper, match["symbol"], bool(match["digits"]))

    def _join_parts(self, text: str, amounts: list[_Amount]) -> list[_Amount]:
        """«1 млрд 200 млн»: a large part and a smaller one behind it are one number."""
        joined: list[_Amount] = []
        for amount in amounts:
            last = joined[-1] if joined else None
            if (
                last is not None
                and last.upper is None
                and amount.upper is None
                and last.scale > max(1, amount.scale)
                and amount.value < last.scale
                and last.in_digits == amount.in_digits
                and not amount.symbol
                and self._joints.fullmatch(text, last.end, amount.start)
            ):
                joined[-1] = replace(last, end=amount.end, value=last.value + amount.value, scale=max(1, amount.scale))
            else:
                joined.append(amount)
        return joined

    def _join_ranges(self, text: str, amounts: list[_Amount]) -> list[_Amount]:
        """«от 60 до 72», «70-тен 80-ге дейін»: the ends of a range are one quantity."""
        joined: list[_Amount] = []
        skip = False
        for amount, following in pairwise([*amounts, None]):
            if skip or amount is None:
                skip = False
                continue
            if (
                following is not None
                and amount.upper is following.upper is None
                and amount.symbol == following.symbol
                and any(
                    between.fullmatch(text, amount.end, following.start)
                    and before.match(text[max(0, amount.start - 12) : amount.start])
                    for before, between in self._ranges
                )
            ):
                lower = amount.value * (following.scale if amount.scale == 1 else 1)
                if lower < following.value:
                    joined.append(replace(following, start=amount.start, value=lower, upper=following.value))
                    skip = True
                    continue
            joined.append(amount)
        return joined

    def _with_unit(self, text: str, amount: _Amount) -> Iterator[Quantity]:
        """What follows the number tells what it is."""
        start, end = amount.start, amount.end
        value, upper = _tidy(amount.value), None if amount.upper is None else _tidy(amount.upper)
        if amount.symbol:
            yield Quantity(start, end, "money", value, SYMBOLS[amount.symbol], upper=upper)
            return
        for label, unit, pattern in self._units:
            after = pattern.match(text, end)
            if after:
                yield Quantity(start, after.end(), label, value, unit, upper=upper)
                return
        if not amount.in_digits and amount.scale == 1:
            return  # number words are quantities only with a unit: «бір» is also an article
        ordinal = self._ordinal.match(text, end)
        if ordinal:
            yield Quantity(start, ordinal.end(), "ordinal", value)
            return
        hyphened = self._hyphened.match(text, end) if self._words.get("number_endings") else None
        if hyphened and not re.fullmatch(self._words["number_endings"], hyphened["noun"]):
            yield Quantity(start, hyphened.end(), "ordinal", value, noun=self._lemma(hyphened["noun"]))  # 5-бап
            return
        noun = self._noun.match(text, end)
        word = noun and (noun["noun"] or noun["bare"])
        if noun and word and self._is_counted(word):
            label = "ordinal" if _NUMBERED.search(text, 0, start) else "count"
            yield Quantity(start, noun.end(), label, value, noun=self._lemma(word), upper=upper)
            return
        if self._ended is not None and (ended := self._ended.match(text, end)):
            end = ended.end()  # 20-сы
        following = text[end : end + 1]
        if not (following.isalnum() or following in "-/_") or text[end : end + 2] in ("- ", "-,") or upper is not None:
            yield Quantity(start, end, "number", value, upper=upper)

    def _is_counted(self, word: str) -> bool:
        """Whether a word behind a number may be what it counts: not a preposition, not a verb."""
        if word.lower() in self._words["not_counted"]:
            return False
        verbal = self._words.get("verbal")  # the end of the dictionary form of verbs
        if not verbal:
            return True
        lemma = self._lemma(word)
        return not lemma.endswith(verbal) or word.lower().startswith(lemma)

    def _value(self, match: re.Match[str]) -> float | None:
        """The number without its scale."""
        if match["digits"]:
            return self._number(match["digits"])
        total: float = 0
        spoken = match["words"].lower()
        for phrase, half in self._words["halves"].items():
            if " " in phrase and phrase in spoken:  # two and a half
                total += half
                spoken = spoken.replace(phrase, "")
        for word in re.findall(r"[^\W\d_]+", spoken):
            number = self._words["numbers"].get(word)
            half = self._words["halves"].get(word)
            if number is None and half is None:
                continue
            if number == 100 and 1 <= total < 10:
                total *= 100
            else:
                total += number if number is not None else half
        return total or None

    def _scale(self, text: str | None) -> float:
        product = 1.0
        for word in re.findall(r"[^\W\d_]+", (text or "").lower()):
            product *= next((value for stem, value in self._words["scales"].items() if word.startswith(stem)), 1)
        return product

    def _number(self, digits: str) -> float:
        plain = re.sub(SPACE, "", digits)
        for mark in self._words["thousands"]:
            plain = plain.replace(mark, "")
        for mark in self._words["decimal"]:
            plain = plain.replace(mark, ".")
        return float(plain)


def _tidy(number: float) -> float | int:
    """Whole numbers as int; no noise of binary fractions."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded
