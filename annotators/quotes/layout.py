"""The text as lines, sentences and words at character offsets: what quotation rules look at."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from annotators.languages.scripts import repair

DASHES = "-–—−‒―"
STOPS = ".!?…"
CLOSING = "»”“\"’')]"
_TOKEN = re.compile(
    r"\n"
    r"|[^\W_]+\.(?:kz|ru|com|org|net|info|uz|kg|by|ua)\b"  # Stan.kz is one word
    r"|[^\W_]+(?:[-’'‑][^\W_]+)*"
    r"|[.!?…]{2,}|[^\w\s]|_"
)


class Token(NamedTuple):
    """A word (look-alike letters of another script repaired), a sign or a line break."""

    start: int
    end: int
    text: str
    word: bool

    @property
    def low(self) -> str:
        """The word in lower case."""
        return self.text.lower()


def lies_in(stretches: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether an offset lies in one of some stretches, which are sorted and do not overlap.

    Example:
        >>> lies_in([(0, 4), (9, 12)], 9), lies_in([(0, 4), (9, 12)], 4)
        (True, False)
    """
    k = bisect_left(stretches, (offset + 1, -1)) - 1
    return k >= 0 and stretches[k][0] <= offset < stretches[k][1]


def is_picture(letter: str) -> bool:
    """Whether a character at the beginning of a line is an emoji or a bullet, which stands before the words."""
    return letter in "•·▪\ufe0f" or unicodedata.category(letter) in {"So", "Sk", "Cf"}


class Layout:
    """A text cut into tokens, lines and sentences.

    Parameters:
        text: the whole document.
        abbreviations: words (lower case, no stop) after which a stop ends no sentence.

    Example:
        >>> layout = Layout("Ol keldi. К. Плотников айтты.\\nСоңы", frozenset())
        >>> [layout.text[a:b] for a, b in layout.sentences]
        ['Ol keldi.', 'К. Плотников айтты.', 'Соңы']
    """

    def __init__(self, text: str, abbreviations: frozenset[str] | set[str]) -> None:
        self.text = text
        self.abbreviations = abbreviations
        written = cache(repair)
        self.tokens = [Token(m.start(), m.end(), written(m[0]), m[0][0].isalnum()) for m in _TOKEN.finditer(text)]
        self.starts = [token.start for token in self.tokens]
        self.lines: list[tuple[int, int]] = []
        self.sentences: list[tuple[int, int]] = []
        self._cut()
        self._line_starts = [a for a, _ in self.lines]
        self._sentence_starts = [a for a, _ in self.sentences]

    def _cut(self) -> None:
        text = self.text
        offset = 0
        for raw in text.split("\n"):
            start, end = offset, offset + len(raw)
            offset = end + 1
            while start < end and (text[start].isspace() or is_picture(text[start])):
                start += 1
            while end > start and text[end - 1].isspace():
                end -= 1
            if start == end:
                continue
            self.lines.append((start, end))
            begin = start
            for i in range(bisect_left(self.starts, start), bisect_left(self.starts, end)):
                if self.tokens[i].start < begin or not self.ends_sentence(i):
                    continue
                stop = self.tokens[i].end
                while stop < end and text[stop] in STOPS + CLOSING:
                    if text[stop] == '"' and stop + 1 < end and text[stop + 1].isalnum():
                        break  # it opens the next sentence: «сөз."Келесі»
                    stop += 1
                self.sentences.append((begin, stop))
                while stop < end and text[stop].isspace():
                    stop += 1
                begin = stop
                if begin >= end:
                    break
            if begin < end:
                self.sentences.append((begin, end))

    def ends_sentence(self, i: int) -> bool:
        """Whether the sign at token i ends a sentence (an initial's or an abbreviation's stop does not)."""
        token = self.tokens[i]
        if token.text[0] not in STOPS:
            return False
        text, after = self.text, token.end
        while after < len(text) and text[after] in STOPS + CLOSING:
            after += 1
        if after >= len(text) or text[after] == "\n":
            return True
        before = self.tokens[i - 1] if i else None
        glued = not text[after].isspace()
        if token.text == "." and before is not None and before.word and before.end == token.start:
            if before.end - before.start == 1 and before.text.isupper():
                return False
            if before.low in self.abbreviations:
                return False
            if before.text.isdigit() and glued:
                return False
        if glued:
            # a lost line break: «келді.Порадовало»
            if before is None or not before.word or not (before.text[-1].islower() or len(before.text) > 1):
                return False
            follows = text[after + 1 : after + 3]
            if text[after] in DASHES:
                return follows[:1] == " " and follows[1:].isupper()
            if text[after] in "«“„":
                return follows[:1].isupper()
            return text[after].isupper() and (before.text[-1].islower() or follows[:1].islower())
        while after < len(text) and text[after] in " \t":
            after += 1
        while after < len(text) and text[after] in DASHES + "«“„\"‘'([ ":
            after += 1
        return after >= len(text) or not text[after].islower()

    def first_token(self, offset: int) -> int:
        """Index of the first token that starts at or after an offset."""
        return bisect_left(self.starts, offset)

    def line(self, offset: int) -> int:
        """Index of the line that holds an offset (the line before, between lines)."""
        return max(bisect_right(self._line_starts, offset) - 1, 0)

    def sentence(self, offset: int) -> int:
        """Index of the sentence that holds an offset (the one before, between sentences)."""
        return max(bisect_right(self._sentence_starts, offset) - 1, 0)

    def trim(self, start: int, end: int, signs: str = ",;") -> tuple[int, int]:
        """Shrink a stretch by blanks, and by signs that belong to the sentence around it."""
        text = self.text
        while start < end and (text[start].isspace() or text[start] in signs):
            start += 1
        while end > start and (text[end - 1].isspace() or text[end - 1] in signs):
            end -= 1
        return start, end

    def words(self, start: int, end: int) -> list[Token]:
        """The words between two offsets."""
        return [t for t in self.tokens[self.first_token(start) : self.first_token(end)] if t.word]
