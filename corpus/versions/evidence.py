"""What two sentences in different languages may share: numbers, names, words of common origin or of the word list.

Each sentence becomes a set of **keys** that do not depend on its language. A number is its digits; a word of the list
(``words.tsv``, the gazetteer of countries) is its line there; any other word is put into the consonants that its
sound leaves in either alphabet, and words of the two texts whose consonants begin alike are one key («Вашингтонда»,
«Вашингтоне», “Washington”).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from schemas.datafile import read_data

_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*(?!\d)(?:[.,]\d+)?|\d+")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*")
_MARKS = {"?": "?", "!": "!", "%": "%", "«": "“", "“": "“", '"': "“", "„": "“", ":": ":", "(": "("}
_LEAST_NAME = 2
"""Consonants that a capitalised word must share."""
_LEAST_WORD = 3
"""Consonants that any other word must share."""
_LONGEST_TAIL = {"kk": 14, "ky": 14}
"""Letters of endings that may follow a listed stem, in languages that add suffix to suffix."""
_TAIL = 6
_STEM = 6
"""Letters of a word that are left for learning."""


@dataclass(slots=True)
class Keys:
    """What one sentence offers for comparison.

    Attributes:
        fixed: keys that hold in any pair of texts: numbers, marks, listed words; each with its kind's letter first.
        sounds: consonants → whether the word was capitalised inside the sentence; compared pair by pair.
        stems: what is left of the words, for learning which of them translate each other.
    """

    fixed: set[str] = field(default_factory=set)
    sounds: dict[str, bool] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)


def keys_of(text: str, lang: str) -> Keys:
    """Reduce a sentence to its keys.

    Parameters:
        text: the sentence.
        lang: its language.

    Returns:
        the keys.

    Example:
        >>> sorted(keys_of("2025 жылы 1 000,5 тонна?", "kk").fixed & {"n:2025", "n:1000.5", "m:?"})
        ['m:?', 'n:1000.5', 'n:2025']
        >>> keys_of("Вашингтонда", "kk").sounds, keys_of("Washington", "en").sounds
        ({'FSNKTNT': True}, {'FSNKTN': True})
    """
    found = Keys()
    for number in _NUMBER.findall(text):
        found.fixed.add(f"n:{_digits(number)}")
    found.fixed.update(f"m:{_MARKS[mark]}" for mark in _MARKS.keys() & set(text))
    for match in _WORD.finditer(text):
        word = match.group()
        concepts = _concepts(word.lower(), lang)
        if concepts:
            found.fixed.update(concepts)
            continue
        for part in re.split(r"[-‐‑]", word):
            consonants = sound(part.lower())
            named = part[0].isupper()
            if len(consonants) >= (_LEAST_NAME if named else _LEAST_WORD):
                found.sounds[consonants] = named or found.sounds.get(consonants, False)
            if len(part) > 3:
                found.stems.add(part.lower()[:_STEM])
    return found


def _digits(number: str) -> str:
    """Write a number in one way: no spaces or commas between thousands, a stop before decimals."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", number)
    thousands = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain)
    if thousands:
        return re.sub(r"[.,]", "", plain)
    whole, sign, rest = plain.replace(",", ".").rpartition(".")
    return f"{whole.replace('.', '')}.{rest}" if sign else rest


# --- sound

_CYRILLIC = {
    **dict.fromkeys("бп", "P"),
    **dict.fromkeys("вф", "F"),
    **dict.fromkeys("дт", "T"),
    **dict.fromkeys("зсцжшщч", "S"),
    **dict.fromkeys("гкхғқ", "K"),
    **dict.fromkeys("нң", "N"),
    "л": "L",
    "м": "M",
    "р": "R",
}
_LATIN = {
    **dict.fromkeys("bp", "P"),
    **dict.fromkeys("vfw", "F"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("zsj", "S"),
    **dict.fromkeys("gkqhc", "K"),
    "n": "N",
    "l": "L",
    "m": "M",
    "r": "R",
    "x": "KS",
}
_SPELLINGS = [
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"дж", "ж"),
        (r"тс|дз", "ц"),
        (r"^у(?=[аәеэиіоө])", "в"),  # Уэльс: Wales
        (r"sch|tch|sh|ch|zh|dge|dg(?=[ei])", "s"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"ck|kh|gh(?=[aeiou])", "k"),
        (r"gh", ""),
        (r"wh?(?=r)|^k(?=n)", ""),
        (r"c(?=[eiy])", "s"),
        (r"g(?=[eiy])", "s"),
        (r"(?<=[a-z])h(?![aeiou])", ""),
        (r"(?<=[aeo])w(?![aeiou])", ""),
    )
]
_SOUNDS = {ord(letter): sound for letter, sound in {**_CYRILLIC, **_LATIN}.items()}
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Reduce a word to its consonants, in classes that survive a change of alphabet and of voice.

    Parameters:
        word: in small letters, Cyrillic or Latin.

    Returns:
        capital letters: P F T S K N L M R.

    Example:
        >>> sound("чикаго"), sound("chicago"), sound("джонсон"), sound("johnson"), sound("шейх"), sound("sheikh")
        ('SK', 'SK', 'SNSN', 'SNSN', 'SK', 'SK')
    """
    for pattern, letter in _SPELLINGS:
        word = pattern.sub(letter, word)
    return _DOUBLE.sub(r"\1", "".join(_SOUNDS.get(ord(letter), "") for letter in word))


def cognates(first: Sequence[Keys], second: Sequence[Keys]) -> list[tuple[bool, set[str], set[str]]]:
    """Find the words of two texts that sound alike, and put them into the same keys.

    Parameters:
        first, second: sentences of the two texts.

    Returns:
        whether they are names, words of the first and of the second text, by their consonants.
    """
    groups: list[tuple[bool, set[str], set[str]]] = []
    for named in (True, False):
        one, two = (
            {s for keys in side for s, big in keys.sounds.items() if big or not named} for side in (first, second)
        )
        if named:
            capital = one, two
        starts: dict[str, list[str]] = defaultdict(list)
        for word in two:
            starts[word[:2]].append(word)
        for word in one:
            alike = {other for other in starts.get(word[:2], ()) if _alike(word, other, named)}
            if alike and not (not named and word in capital[0] and alike <= capital[1]):
                groups.append((named, {word}, alike))
    return groups


def _alike(one: str, two: str, named: bool) -> bool:
    short, long = sorted((one, two), key=len)
    shared = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) - len(short) > 5:
        return False
    if shared < 3:
        return named and shared == len(short) and len(long) - shared <= 2
    return shared >= 0.7 * len(short)


# --- words of the list


@cache
def _listed() -> dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]]:
    """Language → stems and whole words, each with the lines of the list that they stand in."""
    found: dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]] = {
        lang: (defaultdict(list), defaultdict(list)) for lang in ("kk", "ru", "en")
    }

    def enter(lang: str, word: str, line: str) -> None:
        stems, whole = found[lang]
        if word.startswith("="):
            whole[word[1:]].append(line)
        else:
            stems[word].append(line)

    listed = (files("corpus.versions") / "words.tsv").read_text(encoding="utf-8").splitlines()
    for number, row in enumerate(listed):
        if not row or row.startswith("#"):
            continue
        for lang, cell in zip(("kk", "ru", "en"), row.split("\t"), strict=True):
            for word in cell.split("|"):
                if word and word != "-":
                    enter(lang, word, f"w:{number}")
    countries = read_data(files("annotators") / "gazetteer" / "countries.yaml")
    for code, names in countries.items():
        if len(code) == 2:
            for lang, spellings in names.items():
                for name in spellings:
                    if " " not in name and lang in found:
                        enter(lang, name.lower()[:-1] if lang == "ru" and len(name) > 5 else name.lower(), f"w:{code}")
    return found


@lru_cache(maxsize=200_000)
def _concepts(word: str, lang: str) -> tuple[str, ...]:
    listed = _listed().get(lang)
    if listed is None:
        return ()
    stems, whole = listed
    if word in whole:
        return tuple(whole[word])
    tail = _LONGEST_TAIL.get(lang, _TAIL)
    for end in range(len(word), max(2, len(word) - tail) - 1, -1):
        if word[:end] in stems:
            return tuple(stems[word[:end]])
    return ()
