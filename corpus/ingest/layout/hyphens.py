"""Words divided at line ends: joined, unless the hyphen belongs to the word («из-за», «Қасым-Жомарт»)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from corpus.ingest.titles import russian
from schemas.datafile import read_data

_DIVIDED = re.compile(r"(?P<head>[^\W_]+(?:-[^\W_]+)*)[-\u2010\u00ad]$")
DIVIDED = ("-", "\u2010", "\u00ad")
"""Signs with which a line ends inside a word."""
_STEM = 4  # letters by which the second part of a pair is known whatever its ending
_LONGEST = 60  # letters of a word
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_REST = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u3000-\u9fff\uff00-\uffef]{2}")  # Chinese and Japanese have no spaces
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.IGNORECASE)
_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)


class Hyphens:
    """Decides on divided words, by the words of the same document first.

    Parameters:
        text: all lines of the document, in reading order.

    Example:
        >>> hyphens = Hyphens(["социально-экономическое развитие", "развитие"])
        >>> hyphens.join("новое социально-", "экономическое раз")
        'новое социально-экономическое раз'
        >>> hyphens.join("раз-", "витие страны")
        'развитие страны'
        >>> hyphens.join("Қасым-", "Жомарт")
        'Қасым-Жомарт'
    """

    def __init__(self, text: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._hyphenated: set[str] = set()
        cyrillic = kazakh = 0
        divided = False
        for line in text:
            words = line.lower().split()
            half, divided = divided, line.endswith(DIVIDED)
            words = words[half : len(words) - divided]  # halves of words are no words
            self._whole.update(re.sub(r"^\W+|\W+$", "", word) for word in words)
            self._hyphenated.update(_HYPHENATED.findall(" ".join(words)))
            cyrillic += len(_CYRILLIC.findall(line))
            kazakh += len(_KAZAKH.findall(line))
        parts = (word.split("-") for word in self._hyphenated)
        own = {(one, other[:_STEM]) for word in parts for one, other in pairwise(word) if len(other) >= _STEM}
        self._pairs = own | _rules()["pairs"]
        self._kazakh = kazakh > 0.02 * cyrillic
        self._beginnings = {word[:5] for word in self._whole if len(word) > 5}

    def join(self, line: str, following: str) -> str:
        """Put two lines together, with a space between them unless a word was divided.

        Parameters:
            line: the first; with the hyphen at its end, if any.
            following: the second.

        Returns:
            both.
        """
        head = _DIVIDED.search(line[-_LONGEST:])
        rest = _REST.match(following)
        if line.endswith("\u00ad"):
            return line[:-1] + following
        if not head or not rest:
            return f"{line}{following}" if _UNSPACED.match(line[-1:] + following[:1]) else f"{line} {following}"
        if self._belongs(head["head"], rest[0], following):
            return line[:-1] + "-" + following
        return line[:-1] + following

    def _belongs(self, head: str, rest: str, following: str) -> bool:
        """Whether the hyphen is the word's own."""
        first, last = head.rpartition("-")[2], rest.lower()
        capitals = first.isupper() and rest.isupper() and len(first) > 1
        if first[-1].isdigit() or not (rest[0].islower() or capitals):
            return True  # a name, or 1990-х
        first = first.lower()
        if f"{first}{last}" in self._whole or f"{first}{_WORD.match(following)[0].lower()}" in self._whole:  # type: ignore[index]
            return False
        if f"{first}-{last}" in self._hyphenated or (first, last[:_STEM]) in self._pairs:
            return True
        if _CYRILLIC.search(first + last):
            if self._kazakh and first not in _rules()["keep_after"]:
                return (
                    min(len(first) - 1, len(last) - 3) > 0
                    and first in self._whole
                    and (last in self._whole or last[:5] in self._beginnings)
                )
            if _known(f"{first}-{last}"):
                return True
            if _known(first + last):
                return False
            if len(last) > 2 and _known(last) and (_known(first) or first.endswith(("о", "е"))):
                return True
        elif first in self._whole and last in self._whole and len(first) > 3 and len(last) > 3:
            return True
        return first in _rules()["keep_after"] or last in _rules()["keep_before"]


def _known(word: str) -> bool:
    """Whether the Russian dictionary has a word."""
    return bool(russian().word_is_known(word))


@cache
def _rules() -> dict[str, frozenset[Any]]:
    listed: dict[str, Any] = read_data(files("corpus.ingest.layout") / "hyphens.yaml")
    pairs = (pair.split("-") for pair in listed["pairs"])
    return {
        "keep_after": frozenset(listed["keep_after"]),
        "keep_before": frozenset(listed["keep_before"]),
        "pairs": frozenset((one, other[:_STEM]) for one, other in pairs),
    }
