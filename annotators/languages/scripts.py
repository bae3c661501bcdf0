"""Letters that look alike in two scripts, and Kazakh written in Latin letters."""

from __future__ import annotations

import re

LATIN_TWINS = dict(zip("aeopcxyikhəƏABEKMHOPCTXYIƏ", "аеорсхуікһәӘАВЕКМНОРСТХУІӘ", strict=True))
"""Latin letters (and a Latin schwa) → the Cyrillic letter that looks the same."""
OTHER_TWINS = {"ӊ": "ң", "ҡ": "қ", "ҙ": "з", "ҝ": "қ", "ҹ": "ч", "ӷ": "ғ"}
"""Cyrillic letters of other languages, used for a Kazakh letter where a font lacks it."""
_TWINS = {ord(letter): twin for letter, twin in {**LATIN_TWINS, **OTHER_TWINS}.items()}
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_LATIN = re.compile("[A-Za-zəƏ]")
_FOREIGN = re.compile(f"[{''.join([*LATIN_TWINS, *OTHER_TWINS])}]")
PLAIN = re.compile("[" + "".join(map(chr, sorted({*range(0x400, 0x500)} - {*map(ord, OTHER_TWINS)}))) + "]+")
"""A word of nothing but Cyrillic letters that `repair` leaves as they are: nearly every word of a text."""
_PART = re.compile(r"[^\-‐‑–’']+")


def repair(word: str) -> str:
    """Replace Latin letters that stand inside a Cyrillic word by the Cyrillic ones they look like.

    A part of a word between hyphens is repaired when it mixes the scripts and each Latin letter has a twin, so that
    «IT-мамандар» and «YouTube-тағы» stay as they are. The result has the same length, letter for letter.

    Example:
        >>> repair("мeмлeкeт") == "мемлекет", repair("IT-мамандар")
        (True, 'IT-мамандар')
    """
    if not _FOREIGN.search(word) or not _CYRILLIC.search(word):
        return word

    def part(match: re.Match[str]) -> str:
        text = match.group()
        latin = _LATIN.findall(text)
        if not _CYRILLIC.search(text) or any(letter not in LATIN_TWINS for letter in latin):
            return text
        return text.translate(_TWINS)

    return _PART.sub(part, word)


def norm(word: str) -> str:
    """Norm of a word: lower case, look-alike letters repaired; as long as the word itself where lower case is."""
    return repair(word).lower()
