"""Match words and phrases of a list in running text, inflected as each language inflects them.

Everything that is looked up by words goes through here: the lexicons of codebooks, the names of institutions, titles of
office. A term is matched on the tokens of a spaCy Doc, so that every match is a span.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class TermMatch(Generic[Key]):
    """A term found in a text.

    Attributes:
        key: what the caller listed the term under.
        term: the term as listed.
        start, end: token indices in the Doc, end exclusive.
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
        self._known: dict[int, tuple[int, ...] | None] = {}

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

    def _fill(self, text: str, norm: str) -> tuple[int, ...] | None:
        """Slots that a word form fills; None for punctuation."""
        if not _is_word(text):
            return None
        word = norm if len(norm) == len(text) else text
        found = self._slots_of(word, text)
        if not found and "-" in word:  # сауда-экономикалық: what its parts are, where the whole is nothing
            for part in word.split("-"):
                found |= self._slots_of(part, text) if len(part) > 1 else {}
        return tuple(sorted(found, key=lambda number: -len(found[number])))

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
        known = self._known
        words: list[int] = []  # tokens that are not passed over
        fills: list[tuple[int, ...] | None] = []
        hits = False
        whole: Any = text.doc
        rows = whole.to_array(["ORTH", "NORM"])[offset : offset + len(text)]
        for index, (orth, norm) in enumerate(rows.tolist()):
            if orth in known:
                fill = known[orth]
            else:
                strings = text.vocab.strings
                fill = known[orth] = self._fill(strings[orth], strings[norm])
            if fill is None and _is_passed_over(text[index].text):
                continue
            words.append(index)
            fills.append(fill)
            hits = hits or bool(fill)
        if not hits:
            return []
        found: list[TermMatch[Key]] = []
        for at, fill in enumerate(fills):
            if fill:
                found += self._match_from(at, fill, words, fills, offset, len(text[words[at]]))
        return _longest(found)

    def _match_from(
        self,
        at: int,
        fill: tuple[int, ...],
        words: list[int],
        fills: Sequence[tuple[int, ...] | None],
        offset: int,
        length: int,
    ) -> Iterable[TermMatch[Key]]:
        singles: list[_Pattern[Key]] = []
        for number in fill:
            for pattern in self._starting.get(number, ()):
                if len(pattern.slots) == 1:
                    singles.append(pattern)
                    continue
                end = _follow(pattern, at, fills)
                if end is not None:
                    yield TermMatch(pattern.key, pattern.term, offset + words[at], offset + words[end] + 1)
        for pattern in singles:
            term = pattern.term.lower()
            longer = (other.term.lower() for other in singles if len(term) < len(other.term) <= length)
            if not any(other.startswith(term) for other in longer):
                yield TermMatch(pattern.key, pattern.term, offset + words[at], offset + words[at] + 1)


def _follow(pattern: _Pattern[Any], at: int, fills: Sequence[tuple[int, ...] | None]) -> int | None:
    """Where a phrase that begins at a word ends, as an index of words; None where it does not match."""
    here = at
    for slots, gap in zip(pattern.slots[1:], pattern.gap_before[1:], strict=True):
        for step in range(1, (MAX_GAP if gap else 0) + 2):
            if here + step >= len(fills):
                return None
            fill = fills[here + step]
            if fill is None:
                return None
            if not slots.isdisjoint(fill):
                here += step
                break
        else:
            return None
    return here


def _longest(found: list[TermMatch[Key]]) -> list[TermMatch[Key]]:
    """Of overlapping matches of one key keep the longest, then the one whose term is longer, then the first."""
    taken: dict[Key, set[int]] = {}
    kept = []
    for match in sorted(found, key=lambda m: (m.start - m.end, -len(m.term), m.start, m.term)):
        tokens = taken.setdefault(match.key, set())
        if tokens.isdisjoint(range(match.start, match.end)):
            tokens.update(range(match.start, match.end))
            kept.append(match)
    return sorted(kept, key=lambda m: (m.start, m.end, m.term))


def _is_passed_over(text: str) -> bool:
    """Marks inside a phrase and the end of a line; not the end of a paragraph."""
    return text in _SKIPPED or (text.isspace() and text.count("\n") < 2)


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
