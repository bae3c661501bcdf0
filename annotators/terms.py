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
    slots: list[frozenset[int]] = field(default_factory=list)
    gap_before: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class _Word(Generic[Key]):
    """What a word form is to the matcher, worked out once for each form.

    ``fills``: the slots it fills. ``singles``: the terms of one word that it is. ``seconds``: slot of the next word →
    the phrases that begin with this word. ``gapped``: the phrases that begin with it and have a gap after it.
    """

    fills: frozenset[int] = frozenset()
    singles: tuple[_Pattern[Key], ...] = ()
    seconds: dict[int, list[_Pattern[Key]]] = field(default_factory=dict)
    gapped: list[_Pattern[Key]] = field(default_factory=list)
    matters: bool = False


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
        for key, term, pos, voice in terms:
            self._add(key, term, pos, voice)
        self._lexicons = [
            (
                self._morphology.Lexicon([(word, pos) for word, pos, v in self._slots if v == voiced], voice=voiced),
                voiced,
            )
            for voiced in (False, True)
            if any(v == voiced for _, _, v in self._slots)
        ]
        self._passed: _Word[Key] = _Word()
        self._stop: _Word[Key] = _Word()
        self._known: dict[int, _Word[Key]] = {}

    def _add(self, key: Key, term: str, pos: str, voice: bool) -> None:
        pattern: _Pattern[Key] = _Pattern(key, term)
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
                elif pattern.gap_before[1]:
                    learnt.gapped.append(pattern)
                else:
                    for second in pattern.slots[1]:
                        learnt.seconds.setdefault(second, []).append(pattern)
        learnt.singles = tuple(_longest_listed(singles, len(text)))
        learnt.matters = bool(singles or learnt.seconds or learnt.gapped)
        return learnt

    def _slots_of(self, word: str, text: str) -> dict[int, str]:
        """Slots of one word with the listed words that they are; ``text`` is the token as written."""
        exact = self._exact.get(word.lower())
        found = {} if exact is None else {exact: word}
        for lexicon, voiced in self._lexicons:
            for term, pos in lexicon.find(word):
                number = self._slots[term, pos, voiced]
                if number not in self._capital_slots or text[:2].isupper():
                    found[number] = term
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
        words = [known.get(orth) for orth in orths]
        if None in words:
            for index, orth in enumerate(orths):
                if words[index] is None:
                    token = text[index]
                    known[orth] = self._learn(token.text, token.norm_)
            words = [known[orth] for orth in orths]
        found: list[TermMatch[Key]] = []
        for at, word in enumerate(words):
            if word is not None and word.matters:
                here = offset + at
                found += [TermMatch(pattern.key, pattern.term, here, here + 1) for pattern in word.singles]
                if word.seconds or word.gapped:
                    self._match_phrases(at, words, offset, found)
        return _longest(found)

    def _match_phrases(self, at: int, words: list[_Word[Key] | None], offset: int, found: list[TermMatch[Key]]) -> None:
        """Add the phrases that begin at a word."""
        word, following = words[at], self._next(at, words)
        if word is None or following is None:
            return
        patterns = list(word.gapped)
        if word.seconds:
            for second in words[following].fills:  # type: ignore[union-attr]  # _next gives words only
                patterns += word.seconds.get(second, ())
        for pattern in {id(pattern): pattern for pattern in patterns}.values():
            end = self._follow(pattern, at, words)
            if end is not None:
                found.append(TermMatch(pattern.key, pattern.term, offset + at, offset + end + 1))

    def _next(self, at: int, words: Sequence[_Word[Key] | None]) -> int | None:
        """Index of the next word; None where a phrase ends."""
        for index in range(at + 1, len(words)):
            word = words[index]
            if word is self._stop:
                return None
            if word is not self._passed:
                return index
        return None

    def _follow(self, pattern: _Pattern[Key], at: int, words: Sequence[_Word[Key] | None]) -> int | None:
        """Where a phrase that begins at a word ends; None where it does not match."""
        here = at
        for slots, gap in zip(pattern.slots[1:], pattern.gap_before[1:], strict=True):
            for _ in range((MAX_GAP if gap else 0) + 1):
                following = self._next(here, words)
                if following is None:
                    return None
                here = following
                if not slots.isdisjoint(words[here].fills):  # type: ignore[union-attr]
                    break
            else:
                return None
        return here


def _longest_listed(singles: list[_Pattern[Key]], length: int) -> Iterator[_Pattern[Key]]:
    """Of terms that begin alike (сайлау, сайлаушы) those that no longer one covers, as far as the form holds them."""
    for pattern in singles:
        term = pattern.term.lower()
        longer = (other.term.lower() for other in singles if len(term) < len(other.term) <= length)
        if not any(other.startswith(term) for other in longer):
            yield pattern


def _longest(found: list[TermMatch[Key]]) -> list[TermMatch[Key]]:
    """Of overlapping matches of one key keep the longest, then the one whose term is longer, then the first."""
    of_key: dict[Key, list[TermMatch[Key]]] = {}
    for match in found:
        of_key.setdefault(match.key, []).append(match)
    kept: list[TermMatch[Key]] = []
    for matches in of_key.values():
        if len(matches) == 1:
            kept += matches
            continue
        taken: set[int] = set()
        for match in sorted(matches, key=lambda m: (m.start - m.end, -len(m.term), m.start, m.term)):
            if taken.isdisjoint(range(match.start, match.end)):
                taken.update(range(match.start, match.end))
                kept.append(match)
    return sorted(kept, key=lambda m: (m.start, m.end, m.term))


def _is_word(text: str) -> bool:
    return text not in _SKIPPED and any(letter.isalnum() for letter in text)


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
