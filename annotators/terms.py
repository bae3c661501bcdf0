"""Match words and phrases of a list in running text, inflected as each language inflects them.

Everything that is looked up by words goes through here: the lexicons of codebooks, the names of institutions, titles of
office. A term is matched on the tokens of a spaCy Doc, so that every match is a span.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from annotators.term_index import GAP, PASSED, STOP, Key, Pattern, TermIndex, Word

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

__all__ = ["GAP", "MAX_GAP", "TermMatch", "TermMatcher"]

_NONE: tuple[()] = ()
MAX_GAP = 3
"""«салық … төмендету»: up to this many words may stand at the gap of a phrase."""


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
        self._index = TermIndex(lang, terms)

    def find(self, text: Doc | Span) -> list[TermMatch[Key]]:
        """Find the terms in a Doc or a Span of one.

        Parameters:
            text: what to search, tokenized by Minber's tokenizer of the language.

        Returns:
            matches in order of their place; token indices count from the beginning of the Doc.
        """
        offset: int = getattr(text, "start", 0)
        index, words = self._index, self._index.words
        numbers = index.numbers(text.doc, offset, offset + len(text))
        places = index.candidates(numbers)
        if not places:
            return []
        following: list[int] = [*numbers.tolist(), STOP]
        found: list[TermMatch[Key]] = []
        phrases: list[int] = []  # where they stand among those found
        ends: dict[Key, int] = {}  # of the last phrase of each key
        inside: list[int] = []  # those found of one word that stand inside a phrase of their key
        crowded: set[Key] = set()  # keys of which phrases overlap
        busy = 0  # where the last phrase ends
        match: Any = TermMatch
        new = tuple.__new__  # TermMatch(…) without a call of Python for each
        for at in places:
            here = offset + at
            word = words[following[at]]
            begun = self._begun(word, at, following) if word.begins else _NONE
            for key, _, end in begun:
                end += offset
                if ends.get(key, 0) > here:
                    crowded.add(key)
                ends[key] = end
                busy = max(busy, end)
            for key, term in word.singles:
                if here < busy and ends.get(key, 0) > here:
                    inside.append(len(found))
                found.append(new(match, (key, term, here, here + 1)))
            for key, term, end in begun:
                phrases.append(len(found))
                found.append(new(match, (key, term, here, offset + end)))
        if crowded:  # rare
            inside = [number for number in inside if found[number][0] not in crowded]
            inside += _shorter(found, [number for number in phrases if found[number][0] in crowded])
        for number in sorted(inside, reverse=True):
            del found[number]
        return found

    def _begun(self, word: Word[Key], at: int, numbers: list[int]) -> Iterable[tuple[Key, str, int]]:
        """The phrases that begin with a word.

        Parameters:
            word: the first.
            at: its place.
            numbers: of the words.

        Returns:
            key, term and end (exclusive), by end and term.
        """
        second = at + 1
        number = numbers[second]
        while number == PASSED:
            second += 1
            number = numbers[second]
        if number == STOP:
            return _NONE
        whole, patterns, longer = word.after.get(number) or self._index.after(word, number)
        behind = self._behind_gap(word, second, numbers) if word.gapped else []
        if longer or behind:
            return self._further([*((pattern, second) for pattern in patterns), *behind], numbers)
        return [(key, term, second + 1) for key, term in whole] if whole else _NONE

    def _behind_gap(self, word: Word[Key], second: int, numbers: list[int]) -> list[tuple[Pattern[Key], int]]:
        """The phrases with a gap after their first word whose second word is near, with its place: the nearest."""
        begun: dict[int, tuple[Pattern[Key], int]] = {}
        here: int | None = second
        for _ in range(MAX_GAP + 1):
            if here is None:
                break
            number = numbers[here]
            for pattern in (word.after_gap.get(number) or self._index.after_gap(word, number))[1]:
                begun.setdefault(pattern.number, (pattern, here))
            here = _next(here, numbers)
        return list(begun.values())

    def _further(self, begun: Iterable[tuple[Pattern[Key], int]], numbers: list[int]) -> list[tuple[Key, str, int]]:
        """Those of the phrases with their second word in place that stand there to their end: as `_begun`."""
        ends = [(self._follow(pattern, place, numbers), pattern) for pattern, place in begun]
        whole = sorted((end, p.term, p.number, p.key) for end, p in ends if end is not None)
        return [(key, term, end + 1) for end, term, _, key in whole]

    def _follow(self, pattern: Pattern[Key], second: int, numbers: list[int]) -> int | None:
        """Where a phrase ends whose second word has a place; None where it does not match."""
        here, words = second, self._index.words
        for slots, gap in zip(pattern.slots[2:], pattern.gap_before[2:], strict=True):
            for _ in range((MAX_GAP if gap else 0) + 1):
                following = _next(here, numbers)
                if following is None:
                    return None
                here = following
                if not slots.isdisjoint(words[numbers[here]].fills):
                    break
            else:
                return None
        return here


def _next(at: int, numbers: list[int]) -> int | None:
    """Index of the next word; None where a phrase ends. A stop stands behind the last word."""
    while (number := numbers[at := at + 1]) == PASSED:
        pass
    return None if number == STOP else at


def _shorter(found: list[TermMatch[Key]], phrases: list[int]) -> set[int]:
    """Of overlapping matches of one key those that give way.

    The longest is kept, then the one whose term is longer, then the first.

    Parameters:
        found: all matches in their order.
        phrases: indices of the phrases of the keys in question; their matches of one word give way to any of them.

    Returns:
        indices.
    """
    dropped = set()
    taken: dict[Key, set[int]] = {}
    for number in sorted(phrases, key=lambda n: (found[n][2] - found[n][3], -len(found[n][1]), n)):
        key, _, start, end = found[number]
        of_key = taken.setdefault(key, set())
        if of_key.isdisjoint(range(start, end)):
            of_key.update(range(start, end))
        else:
            dropped.add(number)
    kept = set(phrases) - dropped
    for number, (key, _, start, _) in enumerate(found):
        if key in taken and start in taken[key] and number not in kept:
            dropped.add(number)
    return dropped
