"""Russian words and their dictionary forms: every likely reading of pymorphy3 counts, so no context is needed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.analyzer import Parse

PartOfSpeech = Literal["N", "V"]
Entry = tuple[str, PartOfSpeech] | tuple[str, PartOfSpeech, bool]

_VERBAL = {"VERB", "INFN", "PRTF", "PRTS", "GRND"}  # pymorphy's tags of verb forms, participles included
_FAR_FETCHED = 0.03
"""Readings less likely than this share of the likeliest are dropped: после is hardly ever a form of посол."""
_PARTICIPLES = {"PRTF", "PRTS"}
_REFLEXIVE = ("ся", "сь")


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=1 << 17)
def parses(form: str) -> tuple[Parse, ...]:
    """Every reading of pymorphy3, likeliest first, for those who need its grammemes.

    Parameters:
        form: one word form, lower case.

    Returns:
        its readings, at least one, whatever the word is made of.

    Example:
        >>> parses("мэра")[0].normal_form
        'мэр'
    """
    try:
        return tuple(_analyzer().parse(form))
    except ValueError:  # pymorphy3 asks every letter for its name, and some have none
        return tuple(_analyzer().parse("".join(c if unicodedata.name(c, "") else "\ufffd" for c in form)))


@lru_cache(maxsize=1 << 17)
def _weighed(form: str) -> tuple[tuple[str, str, float], ...]:
    """Dictionary form, pymorphy tag and likelihood of every reading of a word form, likeliest first."""
    weights: dict[tuple[str, str], float] = {}
    for parse in parses(_plain(form.lower())):
        reading = (_plain(parse.normal_form), str(parse.tag.POS or ""))
        weights[reading] = weights.get(reading, 0.0) + parse.score
    return tuple((word, tag, weight) for (word, tag), weight in sorted(weights.items(), key=lambda item: -item[1]))


def _readings(form: str) -> list[tuple[str, str]]:
    """Dictionary form and tag of the readings of a word form without the far-fetched ones."""
    found = _weighed(form)
    return [(word, tag) for word, tag, weight in found if weight >= _FAR_FETCHED * found[0][2]]


def _plain(word: str) -> str:
    """Newspapers print е for ё."""
    return word.replace("ё", "е")


class Lexicon:
    """Find which entries a Russian word form may inflect.

    Parameters:
        entries: ``(term, pos)`` or ``(term, pos, voice)``. ``term`` may stand in any form: an adjective of a phrase is
            listed as it agrees («местное»), a noun in the case that its phrase asks for.
        voice: for verbs, the default of entries that do not say: also match reflexive forms (строить, строиться).

    Example:
        >>> lexicon = Lexicon([("самоуправление", "N"), ("избирать", "V")])
        >>> lexicon.find("самоуправлениями"), lexicon.find("избираемый")
        ([('самоуправление', 'N')], [('избирать', 'V')])
    """

    def __init__(self, entries: Iterable[Entry], voice: bool = False) -> None:
        self._by_lemma: dict[tuple[str, bool], list[tuple[str, PartOfSpeech]]] = {}
        self._forms: dict[str, list[tuple[str, PartOfSpeech]]] = {}
        for entry in entries:
            term, pos = entry[0], entry[1]
            verbal = pos == "V"
            with_voice = entry[2] if len(entry) > 2 else voice
            lemmas = set(_lemmas_of(term, verbal))
            if verbal and with_voice:
                lemmas |= {(_toggle_reflexive(word), True) for word, _ in lemmas}
            for key in lemmas:
                self._by_lemma.setdefault(key, []).append((term, pos))

    def find(self, form: str) -> list[tuple[str, PartOfSpeech]]:
        """Entries that a word form may belong to.

        Parameters:
            form: one word as it stands in the text; case does not matter.

        Returns:
            ``(term, pos)`` of each, the longest first; empty where none fits.
        """
        known = self._forms.get(form)
        if known is None:
            found = [
                entry
                for lemma, tag in _readings(form)
                for verbal in ((True, False) if tag in _PARTICIPLES else (tag in _VERBAL,))
                for entry in self._by_lemma.get((lemma, verbal), ())
            ]
            known = sorted(dict.fromkeys(found), key=lambda entry: -len(entry[0]))
            self._forms[form] = known
        return list(known)


def _lemmas_of(term: str, verbal: bool) -> list[tuple[str, bool]]:
    """Dictionary forms that an entry stands for, and whether each is a verb's: those of its own class, else all."""
    readings = _readings(term)
    if (
        not verbal and (_plain(term.lower()), "NOUN") in readings
    ):  # a noun as dictionaries list it: nothing else is meant
        return [(_plain(term.lower()), False)]
    fitting = [(word, verbal) for word, tag in readings if (tag in _VERBAL) == verbal or tag in _PARTICIPLES]
    return list(dict.fromkeys(fitting or [(word, tag in _VERBAL) for word, tag in readings]))


def _toggle_reflexive(infinitive: str) -> str:
    """Строить ↔ строиться, нести ↔ нестись."""
    if infinitive.endswith(_REFLEXIVE):
        return infinitive[:-2]
    return infinitive + ("ся" if infinitive.endswith(("ть", "чь")) else "сь")


def lemma(form: str, pos: str | None = None) -> str:
    """The likeliest dictionary form of a Russian word.

    Parameters:
        form: one word form.
        pos: ``"N"`` or ``"V"`` to prefer a reading of that class.

    Returns:
        the dictionary form in lower case, with е for ё.

    Example:
        >>> lemma("Выборов"), lemma("стекла", "V")
        ('выборы', 'стечь')
    """
    readings = _weighed(form)
    if pos is not None:
        for word, tag, _ in readings:
            if (tag in _VERBAL) == (pos == "V"):
                return word
    return readings[0][0]
