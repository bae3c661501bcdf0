"""What the words of a text are to listed terms: which of their words each fills, which terms it is or begins.

Worked out once for each word form; all forms that fill the same words share one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from spacy.attrs import ORTH  # type: ignore[import-not-found]

from annotators.languages.lexicon import SuffixLexicon
from annotators.languages.wordtypes import WordTypes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

Key = TypeVar("Key", bound=Hashable)

GAP = "…"
EXACT = "="

_SKIPPED = frozenset([*"«»\"“”„‟‘’'`-‐‑", "'s", "’s"])
"""Tokens that a phrase may run across: quotation marks («Таза Қазақстан» акциясы), hyphens, the English possessive."""

NOTHING, PASSED, STOP = range(3)
"""Numbers of the words that no term knows, of the tokens that a phrase may run across, of what ends a phrase."""

_SLOT_BITS = 62
_ANY, _SINGLE = 1 << 62, 1 << 63
"""Bits of a word beside those of slots: a phrase with a gap after it begins here; a term of one word stands here."""


@dataclass(slots=True)
class Pattern(Generic[Key]):
    """One listed term: for each of its words the slots that fill it; ``gap_before[i]``: words may stand before it."""

    key: Key
    term: str
    number: int
    slots: list[frozenset[int]] = field(default_factory=list)
    gap_before: list[bool] = field(default_factory=list)


Begun = tuple[tuple[tuple[Key, str], ...], tuple[Pattern[Key], ...], bool]
"""The phrases that two words begin: key and term of those that they are; all; whether some go on. By their terms."""


@dataclass(slots=True)
class Word(Generic[Key]):
    """What word forms are to the listed terms.

    ``fills``: the slots they fill. ``singles``: key and term of the terms of one word that they are, one for each key.
    ``seconds``: slot of the next word → the phrases that begin with this word. ``gapped``: the same for phrases with a
    gap after it. ``after``: number of the next word → what the two begin, kept once it was asked for; ``after_gap``:
    the same for phrases with a gap. ``begins``: whether there are any phrases.
    """

    fills: frozenset[int] = frozenset()
    singles: tuple[tuple[Key, str], ...] = ()
    seconds: dict[int, list[Pattern[Key]]] = field(default_factory=dict)
    gapped: dict[int, list[Pattern[Key]]] = field(default_factory=dict)
    after: dict[int, Begun[Key]] = field(default_factory=dict)
    after_gap: dict[int, Begun[Key]] = field(default_factory=dict)
    begins: bool = False


class TermIndex(Generic[Key]):
    """Listed terms by their words.

    Parameters:
        lang: language of the texts and the terms.
        terms: ``(key, term, pos, voice)``, see ``TermMatcher``.

    ``words`` holds what the numbers of ``numbers`` stand for.
    """

    def __init__(self, lang: str, terms: Iterable[tuple[Key, str, str, bool]]) -> None:
        self._nlp = _blank(lang)
        self._listed_forms = _listed_forms(lang)
        self._slots: dict[tuple[str, str, bool], int] = {}
        self._capital_slots: set[int] = set()
        self._starting: dict[int, list[Pattern[Key]]] = {}
        self._exact: dict[str, int] = {}
        self._count = 0
        for key, term, pos, voice in terms:
            self._add(key, term, pos, voice)
        self._find = _finder(lang, self._slots)
        self._types = WordTypes()
        self.words: list[Word[Key]] = [Word(), Word(), Word()]  # NOTHING, PASSED, STOP
        # slots that a form fills, and its length where that decides as well (else 0) → number of its word
        self._numbered: dict[tuple[tuple[int, ...], int], int] = {}
        self._crowded: set[tuple[int, ...]] = set()  # slots where the length of the form decides as well
        # by the number of a word: what it begins, as bits, and what of that its presence behind a word would go on with
        self._begins = np.zeros(64, dtype=np.uint64)
        self._goes_on = np.zeros(64, dtype=np.uint64)
        self._goes_on[[NOTHING, PASSED, STOP]] = _ANY | _SINGLE, (1 << 64) - 1, _SINGLE

    def numbers(self, doc: Doc, start: int, end: int) -> NDArray[np.int32]:
        """Number the words of a stretch of a Doc.

        Parameters:
            doc: any Doc.
            start, end: token indices.

        Returns:
            for each token the index of its word in ``words``.
        """
        stretch: Any = doc if end - start == len(doc) else doc[start:end]
        hashes: Any = stretch.to_array([ORTH]).reshape(-1)  # the stubs of Span lack to_array
        vocab, strings = doc.vocab, doc.vocab.strings

        def learn(orth: int) -> int:
            norm, text = vocab[orth].norm, strings[orth]
            return self._learn(text, text if norm == orth else strings[norm])

        return self._types.numbers(hashes, learn)

    def candidates(self, numbers: NDArray[np.int32]) -> list[int]:
        """Places where a term may begin: one of a single word, or a phrase whose next word may be the right one.

        Parameters:
            numbers: of words that follow each other.

        Returns:
            indices, ascending. Slots share bits, so that some phrases turn out not to be there.
        """
        begins = self._begins.take(numbers)
        following = self._goes_on.take(numbers[1:])
        places: list[int] = (begins[:-1] & following).nonzero()[0].tolist()
        if len(numbers) and self.words[numbers[-1]].singles:
            places.append(len(numbers) - 1)
        return places

    def after(self, word: Word[Key], number: int) -> Begun[Key]:
        """The phrases that a word begins with a certain next one."""
        begun = word.after.get(number)
        if begun is None:
            begun = word.after[number] = _begun(word.seconds, self.words[number])
        return begun

    def after_gap(self, word: Word[Key], number: int) -> Begun[Key]:
        """The phrases that a word begins with a certain word behind a gap."""
        begun = word.after_gap.get(number)
        if begun is None:
            begun = word.after_gap[number] = _begun(word.gapped, self.words[number])
        return begun

    def _add(self, key: Key, term: str, pos: str, voice: bool) -> None:
        pattern: Pattern[Key] = Pattern(key, term, self._count)
        self._count += 1
        words = [
            (word, number > 0 and index == 0, exact)
            for number, piece in enumerate(term.split(GAP))
            for index, (word, exact) in enumerate(self._words_of(piece))
        ]
        for index, (word, gap, exact) in enumerate(words):
            last = index == len(words) - 1
            capital = len(word) > 1 and word.isupper()
            listed = [word.lower()]
            if len(words) > 1:
                listed += self._listed_forms(word.lower())
            if exact:
                pattern.slots.append(frozenset([self._exact.setdefault(word.lower(), -1 - len(self._exact))]))
            else:
                kind, voiced = (pos, voice) if last else ("N", False)
                pattern.slots.append(frozenset(self._slot(form, kind, voiced, capital) for form in listed))
            pattern.gap_before.append(gap)
        if pattern.slots:
            for slot in pattern.slots[0]:
                self._starting.setdefault(slot, []).append(pattern)

    def _words_of(self, text: str) -> list[tuple[str, bool]]:
        """The words of a term as the tokenizer cuts them, and whether each must stand exactly so."""
        return [
            (token.text, piece.startswith(EXACT))
            for piece in text.split()
            for token in self._nlp.make_doc(piece.removeprefix(EXACT))
            if _is_word(token.text)
        ]

    def _slot(self, word: str, pos: str, voice: bool, capital: bool) -> int:
        number = self._slots.setdefault((word, pos, voice), len(self._slots))
        if capital:
            self._capital_slots.add(number)
        return number

    def _learn(self, text: str, norm: str) -> int:
        """Work out the number of a word form."""
        if not text.isalnum():
            if text in _SKIPPED or (text.isspace() and text.count("\n") < 2):
                return PASSED
            if not _is_word(text):
                return STOP
        word = norm if len(norm) == len(text) else text
        slots = self._slots_of(word, text)
        if not slots and "-" in word:  # сауда-экономикалық: what its parts are, where the whole is nothing
            parts = [part for part in word.split("-") if len(part) > 1]
            slots = tuple(dict.fromkeys(slot for part in parts for slot in self._slots_of(part, text)))
        if not slots:
            return NOTHING
        if len(slots) > 1:
            slots = tuple(sorted(slots))
        number = self._numbered.get((slots, len(text) if slots in self._crowded else 0))
        return self._new_word(slots, len(text)) if number is None else number

    def _slots_of(self, word: str, text: str) -> tuple[int, ...]:
        """Slots that one word fills; ``text`` is the token as written."""
        found = self._find(word)
        if found and not self._capital_slots.isdisjoint(found) and not text[:2].isupper():
            found = tuple(slot for slot in found if slot not in self._capital_slots)
        if self._exact and (exact := self._exact.get(word.lower())) is not None:
            found = (*found, exact)
        return found

    def _new_word(self, slots: tuple[int, ...], length: int) -> int:
        """Work out what the forms are that fill certain slots; of some their length decides as well."""
        word: Word[Key] = Word(frozenset(slots))
        singles: list[Pattern[Key]] = []
        for slot in slots:
            for pattern in self._starting.get(slot, ()):
                if len(pattern.slots) == 1:
                    singles.append(pattern)
                    continue
                by_second = word.gapped if pattern.gap_before[1] else word.seconds
                for second in pattern.slots[1]:
                    by_second.setdefault(second, []).append(pattern)
        word.begins = bool(word.seconds or word.gapped)
        if len(singles) > 1:
            self._crowded.add(slots)
            word.singles = _one_of_each_key(_longest_listed(singles, length))
        elif singles:
            word.singles = ((singles[0].key, singles[0].term),)
        number = len(self.words)
        self._numbered[slots, length if slots in self._crowded else 0] = number
        self.words.append(word)
        if number >= len(self._begins):
            self._begins = np.concatenate([self._begins, np.zeros_like(self._begins)])
            self._goes_on = np.concatenate([self._goes_on, np.zeros_like(self._goes_on)])
        self._begins[number] = _bits(word.seconds) | (_bits(word.gapped) and _ANY) | (_SINGLE if word.singles else 0)
        self._goes_on[number] = _bits(slots) | _ANY | _SINGLE
        return number


def _begun(by_second: dict[int, list[Pattern[Key]]], second: Word[Key]) -> Begun[Key]:
    """The phrases of an index that a second word fits, each once although it may fit in two ways."""
    if second.fills.isdisjoint(by_second):
        return _NONE_BEGUN
    fitting = {p.number: p for slot in second.fills if slot in by_second for p in by_second[slot]}
    patterns = tuple(sorted(fitting.values(), key=lambda pattern: (pattern.term, pattern.number)))
    whole = tuple((pattern.key, pattern.term) for pattern in patterns if len(pattern.slots) == 2)
    return whole, patterns, len(whole) < len(patterns)


_NONE_BEGUN: tuple[tuple[()], tuple[()], bool] = (), (), False


def _bits(slots: Iterable[int]) -> int:
    """Slots as bits; two slots may share one."""
    bits = 0
    for slot in slots:
        bits |= 1 << (slot % _SLOT_BITS)
    return bits


def _longest_listed(singles: list[Pattern[Key]], length: int) -> Iterator[Pattern[Key]]:
    """Of terms that begin alike (сайлау, сайлаушы) those that no longer one covers, as far as the form holds them."""
    for pattern in singles:
        term = pattern.term.lower()
        longer = (other.term.lower() for other in singles if len(term) < len(other.term) <= length)
        if not any(other.startswith(term) for other in longer):
            yield pattern


def _one_of_each_key(singles: Iterable[Pattern[Key]]) -> tuple[tuple[Key, str], ...]:
    """Key and term of each key's longest term, in the order of terms."""
    best: dict[Key, Pattern[Key]] = {}
    for pattern in sorted(singles, key=lambda pattern: (-len(pattern.term), pattern.term, pattern.number)):
        best.setdefault(pattern.key, pattern)
    ordered = sorted(best.values(), key=lambda pattern: (pattern.term, pattern.number))
    return tuple((pattern.key, pattern.term) for pattern in ordered)


def _is_word(text: str) -> bool:
    return text.isalnum() or (text not in _SKIPPED and any(letter.isalnum() for letter in text))


@lru_cache(maxsize=16)
def _blank(lang: str) -> Language:
    from annotators.languages import blank

    return blank(lang)


def _finder(lang: str, slots: dict[tuple[str, str, bool], int]) -> Callable[[str], tuple[int, ...]]:
    """A function that finds the slots a word fills, by the lexicon of the language."""
    lexicon: Any = import_module(f"annotators.languages.{lang}.morphology").Lexicon
    if issubclass(lexicon, SuffixLexicon):
        numbers: Callable[[str], tuple[int, ...]] = lexicon(slots).entry_numbers  # slots are numbered as listed
        return numbers
    # one lexicon answers for all, unless a word is listed both with voice and without
    plain = {slot[:2] for slot in slots if not slot[2]}
    apart = {slot for slot in slots if slot[2] and slot[:2] in plain}
    lexicons = [
        (lexicon(listed), {slot[:2]: slots[slot] for slot in listed})
        for listed in ([slot for slot in slots if slot not in apart], sorted(apart))
        if listed
    ]
    return lambda word: tuple([numbers[entry] for lexicon, numbers in lexicons for entry in lexicon.find(word)])


def _listed_forms(lang: str) -> Any:
    """How the words of a phrase are listed in a language, where it has rules of its own (`phrases.py`)."""
    try:
        return import_module(f"annotators.languages.{lang}.phrases").dictionary_forms
    except ModuleNotFoundError:
        return lambda _word: ()
