"""Match words and phrases of a list in running text, inflected as each language inflects them.

Everything that is looked up by words goes through here: the lexicons of codebooks, the names of institutions, titles of
office. A term is matched on the tokens of a spaCy Doc, so that every match is a span.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Key = TypeVar("Key", bound=Hashable)

GAP = "…"
MAX_GAP = 3
"""«салық … төмендету»: up to this many words may stand at the gap of a phrase."""

EXACT = "="

_SKIPPED = frozenset([*"«»\"“”„‟‘’'`-‐‑", "'s", "’s"])
"""Tokens that a phrase may run across: quotation marks («Таза Қазақстан» акциясы), hyphens, the English possessive."""


class TermMatch(NamedTuple, Generic[Key]):
    """A term found in a text.

    Attributes:
        key: what the caller listed the term under.
        term: the term as listed.
        start: index of its first token in the Doc.
        end: index after its last token.
    """

    key: Key
    term: str
    start: int
    end: int


@dataclass(slots=True)
class _Pattern(Generic[Key]):
    """One listed term: for each of its words the slots that fill it; ``gap_before[i]``: words may stand before it."""

    key: Key
    term: str
    number: int
    slots: list[frozenset[int]] = field(default_factory=list)
    gap_before: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class _Word(Generic[Key]):
    """What a word form is to the matcher, worked out once for each form.

    ``fills``: the slots it fills. ``singles``: the terms of one word that it is. ``seconds``: slot of the next word →
    the phrases that begin with this word. ``gapped``: the same for phrases with a gap after it. ``begins``: whether
    there are any of these three.
    """

    fills: frozenset[int] = frozenset()
    singles: tuple[_Pattern[Key], ...] = ()
    seconds: dict[int, list[_Pattern[Key]]] = field(default_factory=dict)
    gapped: dict[int, list[_Pattern[Key]]] = field(default_factory=dict)
    begins: bool = False


_Found = tuple[int, int, str, int, Key]
"""A match while it is being worked on: start, end, term, number of its pattern, key."""


class TermMatcher(Generic[Key]):
    """Find listed words and phrases, inflected, in a text.

    A phrase matches where its words follow each other, each in any of its forms: «Ата заң» finds «Ата заңымыздың»,
    «местное самоуправление» finds «местного самоуправления», «human right» finds «human rights». Quotation marks and
    hyphens inside are passed over, other punctuation is not. ``…`` in a phrase stands for up to three words. A word in
    capitals (БҰҰ, AI) matches only capitals. Of overlapping matches of one key the longest wins; of entries that
    begin alike (сайлау, сайлаушы) the longest that fits the word. ``=`` before a word asks for exactly that form:
    «=құқық қорғау» does not find «құқығын қорғау».

    Parameters:
        lang: language of the texts and the terms.
        terms: ``(key, term, pos, voice)``; pos is ``"N"`` or ``"V"`` and says how the last word inflects.

    Example:
        >>> from annotators.languages import blank
        >>> matcher = TermMatcher("ru", [("local", "местное самоуправление", "N", False)])
        >>> matcher.find(blank("ru")("О реформе местного самоуправления."))
        [TermMatch(key='local', term='местное самоуправление', start=2, end=4)]
    """

    def __init__(self, lang: str, terms: Iterable[tuple[Key, str, str, bool]]) -> None:
        self._nlp = _blank(lang)
        self._morphology: Any = import_module(f"annotators.languages.{lang}.morphology")
        self._listed_forms = _listed_forms(lang)
        self._slots: dict[tuple[str, str, bool], int] = {}
        self._capital_slots: set[int] = set()
        self._starting: dict[int, list[_Pattern[Key]]] = {}
        self._exact: dict[str, int] = {}
        self._count = 0
        for key, term, pos, voice in terms:
            self._add(key, term, pos, voice)
        # one lexicon answers for all, unless a word is listed both with voice and without
        plain = {(word, pos) for word, pos, voice in self._slots if not voice}
        apart = {slot for slot in self._slots if slot[2] and slot[:2] in plain}
        self._lexicons = [
            (self._morphology.Lexicon(slots), {slot[:2]: self._slots[slot] for slot in slots})
            for slots in ([slot for slot in self._slots if slot not in apart], sorted(apart))
            if slots
        ]
        self._passed: _Word[Key] = _Word()
        self._stop: _Word[Key] = _Word()
        self._known: dict[int, _Word[Key]] = {}

    def _add(self, key: Key, term: str, pos: str, voice: bool) -> None:
        pattern: _Pattern[Key] = _Pattern(key, term, self._count)
        self._count += 1
        words = [
            (word, number > 0 and index == 0, exact)
            for number, piece in enumerate(term.split(GAP))
            for index, (word, exact) in enumerate(self._words(piece))
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

    def _words(self, text: str) -> list[tuple[str, bool]]:
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

    def _learn(self, text: str, norm: str) -> _Word[Key]:
        """Work out what a word form is."""
        if text in _SKIPPED or (text.isspace() and text.count("\n") < 2):
            return self._passed
        if not _is_word(text):
            return self._stop
        word = norm if len(norm) == len(text) else text
        found = self._slots_of(word, text)
        if not found and "-" in word:  # сауда-экономикалық: what its parts are, where the whole is nothing
            for part in word.split("-"):
                found |= self._slots_of(part, text) if len(part) > 1 else {}
        learnt: _Word[Key] = _Word(frozenset(found))
        singles: list[_Pattern[Key]] = []
        for number in sorted(found, key=lambda number: -len(found[number])):
            for pattern in self._starting.get(number, ()):
                if len(pattern.slots) == 1:
                    singles.append(pattern)
                    continue
                by_second = learnt.gapped if pattern.gap_before[1] else learnt.seconds
                for second in pattern.slots[1]:
                    by_second.setdefault(second, []).append(pattern)
        learnt.singles = tuple(_longest_listed(singles, len(text)))
        learnt.begins = bool(learnt.singles or learnt.seconds or learnt.gapped)
        return learnt

    def _slots_of(self, word: str, text: str) -> dict[int, str]:
        """Slots of one word with the listed words that they are; ``text`` is the token as written."""
        exact = self._exact.get(word.lower())
        found = {} if exact is None else {exact: word}
        for lexicon, numbers in self._lexicons:
            for entry in lexicon.find(word):
                number = numbers[entry]
                if number not in self._capital_slots or text[:2].isupper():
                    found[number] = entry[0]
        return found

    def find(self, text: Doc | Span) -> list[TermMatch[Key]]:
        """Find the terms in a Doc or a Span of one.

        Parameters:
            text: what to search, tokenized by Minber's tokenizer of the language.

        Returns:
            matches in order of their place; token indices count from the beginning of the Doc.
        """
        offset: int = getattr(text, "start", 0)
        whole: Any = text.doc
        orths: list[int] = whole.to_array("ORTH")[offset : offset + len(text)].tolist()
        known = self._known
        try:
            words = list(map(known.__getitem__, orths))
        except KeyError:
            for index, orth in enumerate(orths):
                if orth not in known:
                    token = text[index]
                    known[orth] = self._learn(token.text, token.norm_)
            words = list(map(known.__getitem__, orths))
        words.append(self._stop)
        found: list[_Found[Key]] = []
        for at, word in enumerate(words):
            if not word.begins:  # most words of a text
                continue
            here = offset + at
            found += [(here, here + 1, single.term, single.number, single.key) for single in word.singles]
            following = words[at + 1]
            if word.gapped or following is self._passed:
                begun = self._begun(word, at, words)
            elif not following.fills.isdisjoint(word.seconds):
                begun = _starting_with(word.seconds, following, at + 1)
            else:
                continue
            for pattern, second in begun:
                end = second if len(pattern.slots) == 2 else self._follow(pattern, second, words)
                if end is not None:
                    found.append((here, offset + end + 1, pattern.term, pattern.number, pattern.key))
        return [TermMatch(key, term, start, end) for start, end, term, _, key in _longest(found)]

    def _begun(self, word: _Word[Key], at: int, words: Sequence[_Word[Key]]) -> list[tuple[_Pattern[Key], int]]:
        """The phrases whose first two words stand at a place, with that of the second: the nearest behind a gap."""
        here = self._next(at, words)
        if here is None:
            return []
        begun = _starting_with(word.seconds, words[here], here)
        gapped: dict[int, tuple[_Pattern[Key], int]] = {}
        for _ in range(MAX_GAP + 1 if word.gapped else 0):
            for pattern, second in _starting_with(word.gapped, words[here], here):
                gapped.setdefault(pattern.number, (pattern, second))
            following = self._next(here, words)
            if following is None:
                break
            here = following
        return [*begun, *gapped.values()]

    def _next(self, at: int, words: Sequence[_Word[Key]]) -> int | None:
        """Index of the next word; None where a phrase ends."""
        for index in range(at + 1, len(words)):
            word = words[index]
            if word is self._stop:
                return None
            if word is not self._passed:
                return index
        return None

    def _follow(self, pattern: _Pattern[Key], second: int, words: Sequence[_Word[Key]]) -> int | None:
        """Where a phrase ends whose second word has a place; None where it does not match."""
        here = second
        for slots, gap in zip(pattern.slots[2:], pattern.gap_before[2:], strict=True):
            for _ in range((MAX_GAP if gap else 0) + 1):
                following = self._next(here, words)
                if following is None:
                    return None
                here = following
                if not slots.isdisjoint(words[here].fills):
                    break
            else:
                return None
        return here


def _starting_with(
    by_second: dict[int, list[_Pattern[Key]]], second: _Word[Key], at: int
) -> list[tuple[_Pattern[Key], int]]:
    """The phrases of an index that a second word fits, with its place; one that it fits in two ways comes twice."""
    return [(pattern, at) for slot in second.fills for pattern in by_second.get(slot, ())]


def _longest_listed(singles: list[_Pattern[Key]], length: int) -> Iterator[_Pattern[Key]]:
    """Of terms that begin alike (сайлау, сайлаушы) those that no longer one covers, as far as the form holds them."""
    for pattern in singles:
        term = pattern.term.lower()
        longer = (other.term.lower() for other in singles if len(term) < len(other.term) <= length)
        if not any(other.startswith(term) for other in longer):
            yield pattern


def _longest(found: list[_Found[Key]]) -> list[_Found[Key]]:
    """Of overlapping matches of one key keep the longest, then the one whose term is longer, then the first."""
    latest: dict[Key, int] = {}
    ends: dict[Key, int] = {}
    crowded: set[int] = set()
    for index, (start, end, _, _, key) in enumerate(found):  # in order of their starts
        if ends.get(key, 0) > start:
            crowded.update((latest[key], index))
            end = max(end, ends[key])
        ends[key] = end
        latest[key] = index
    kept = [match for index, match in enumerate(found) if index not in crowded]
    taken: dict[Key, set[int]] = {}
    for match in sorted((found[i] for i in crowded), key=lambda m: (m[0] - m[1], -len(m[2]), m[0], m[2], m[3])):
        of_key = taken.setdefault(match[4], set())
        places = range(match[0], match[1])
        if of_key.isdisjoint(places):
            of_key.update(places)
            kept.append(match)
    kept.sort()  # a number of its own keeps every key from being compared
    return kept


def _is_word(text: str) -> bool:
    return text.isalnum() or (text not in _SKIPPED and any(letter.isalnum() for letter in text))


@lru_cache(maxsize=16)
def _blank(lang: str) -> Language:
    from annotators.languages import blank

    return blank(lang)


def _listed_forms(lang: str) -> Any:
    """How the words of a phrase are listed in a language, where it has rules of its own (`phrases.py`)."""
    try:
        return import_module(f"annotators.languages.{lang}.phrases").dictionary_forms
    except ModuleNotFoundError:
        return lambda _word: ()
