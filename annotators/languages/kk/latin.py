"""Kazakh written in Latin letters, read as Cyrillic for matching; the text itself is never changed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from schemas.datafile import read_data

SHORTEST = 5
"""A word without any letter of the Kazakh Latin alphabets is only read when it has this many letters."""


class _Alphabet(NamedTuple):
    own: frozenset[str]
    rules: list[tuple[re.Pattern[str], str]]
    letters: dict[int, str]


@cache
def _alphabets() -> tuple[list[_Alphabet], dict[str, list[str]]]:
    data: dict[str, Any] = read_data(Path(__file__).parent / "latin.yaml")
    alphabets = []
    for listed in data["alphabets"]:
        rules = [(re.compile(pattern), become) for pattern, become in listed["rules"]]
        alphabets.append(_Alphabet(frozenset(listed["own"]), rules, str.maketrans(listed["letters"])))
    return alphabets, data["readings"]


def to_cyrillic(word: str) -> list[str]:
    """Read a word in Kazakh Latin letters as Cyrillic.

    Parameters:
        word: one word.

    Returns:
        its readings, the likeliest first; empty where the word is not Latin, or is short and has no Kazakh letter.

    Example:
        >>> to_cyrillic("Qūqyqtary"), to_cyrillic("reformalardyń"), to_cyrillic("to")
        (['құқықтары'], ['реформалардың'], [])
    """
    # Turkic I: the capital of i may come with a dot, and lower() leaves that dot behind
    lower = word.replace("İ", "i").lower()
    alphabets, readings = _alphabets()
    own = [alphabet for alphabet in alphabets if not alphabet.own.isdisjoint(lower)]
    if not own and len(lower) < SHORTEST:
        return []
    alphabet = own[0] if own else alphabets[-1]
    if any(letter.isalpha() and ord(letter) not in alphabet.letters for letter in lower):
        return []
    plain = lower
    for pattern, become in alphabet.rules:
        plain = pattern.sub(become, plain)
    found = [plain.translate(alphabet.letters)]
    for letter, ways in readings.items():
        found += [text.replace(letter, way) for text in found for way in ways[1:] if letter in text]
    return list(dict.fromkeys(found))
