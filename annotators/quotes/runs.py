"""Capitalised words and initials side by side, which may be a name."""

from __future__ import annotations

import re

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout, Token, lies_in
from annotators.quotes.mentions import Part, Run
from annotators.quotes.words import Name

MAX_NAME = 4
_SPEAKER_LINE = re.compile(r"([^\W\d_a-zа-яё][\w-]+ [^\W\d_a-zа-яё][\w-]+), [^.:!?]{3,100}:$")


class Runs:
    """Reads the run of words that begins at a token.

    Parameters:
        layout: the text.
        grammar: of its language.
        hidden: stretches (page furniture) in which nobody is looked for.
    """

    def __init__(self, layout: Layout, grammar: Grammar, hidden: list[tuple[int, int]]) -> None:
        self.layout, self.grammar = layout, grammar
        tokens = layout.tokens
        self.words = frozenset(t.text for t in tokens if t.word and t.text[0].isupper())
        self.common = {t.text for t in tokens if t.word and t.text[0].islower() and len(t.text) > 2}
        self.sentence_starts = {a for a, _ in layout.sentences}
        self._hidden = sorted(hidden)

    def at(self, i: int) -> Run:
        """Adjacent capitalised words and initials from token i: (first, last, readings); empty readings: an initial."""
        tokens, run = self.layout.tokens, Run()
        j = i
        while j < len(tokens) and len(run) < MAX_NAME + 1:
            token = tokens[j]
            if run and self._title_inside(j):
                run.append((j, j + 1, (Name(token.text, None, True, "given"),)))
                j += 1
                continue
            if not token.word or not token.text[0].isupper() or lies_in(self._hidden, token.start):
                break
            if run and tokens[j - 1].end != token.start and self.layout.text[tokens[j - 1].end : token.start] != " ":
                break
            if self.grammar.lang == "en" and self._country(j):
                break
            if (
                (len(token.text) == 1 or token.text in {"Дж", "Ә", "Ю"})
                and j + 1 < len(tokens)
                and (tokens[j + 1].text == "." and tokens[j + 1].start == token.end)
            ):
                run.append((j, j + 2, ()))
                j += 2
                continue
            capitals = token.text.isupper() and len(token.text) > 1 and not self._shouting(token)
            if len(token.text) < 2 or (capitals and not self._capital_name(token, run)):
                break
            if "." in token.text or (self.grammar.lang != "en" and token.text.isascii()):
                break  # a web address; a Latin name among Cyrillic ones
            word = token.text.title() if capitals else token.text  # «Жанар ҚАРЖАУБАЕВА»
            readings = tuple(self.grammar.name(word, self.words))
            if not readings and not run and self._ambiguous(j):
                readings = (Name(token.text, None, True, "given"),)
            if not readings:
                break
            if all(reading.kind == "common" for reading in readings) and not (run and _may_follow(run[-1])):
                break
            if not run and self._adjective(j):
                break
            if (
                token.start in self.sentence_starts
                and not run
                and readings[0].kind == "any"
                and (token.low in self.common or self.grammar.kinds(token.text) or self.grammar.title(token.text))
            ):
                break
            titled = readings[0].kind == "any" and self.grammar.title(token.text)
            if titled and not (run and (self.grammar.lang == "en" or _may_follow(run[-1]))):
                break
            run.append((j, j + 1, readings))
            j += 1
        return run

    def _title_inside(self, j: int) -> bool:
        """Kazakh: whether a word between two capitals is a part of the name: «Наурызбай қажы Тағанұлы»."""
        tokens = self.layout.tokens
        return (
            tokens[j].text in self.grammar.names.get("inside", ())
            and j + 1 < len(tokens)
            and tokens[j + 1].word
            and tokens[j + 1].text[0].isupper()
        )

    def _ambiguous(self, j: int) -> bool:
        """Kazakh: whether a place or a month at a token is a given name here, a family name behind it."""
        tokens = self.layout.tokens
        if tokens[j].low not in self.grammar.names.get("also_names", ()) or j + 1 >= len(tokens):
            return False
        return any(r.kind == "surname" for r in self.grammar.name(tokens[j + 1].text, self.words)) and (
            tokens[j + 1].text[0].isupper()
        )

    def _capital_name(self, token: Token, run: Run) -> bool:
        """Whether a word all in capitals is a family name, as newspapers print it: its ending, the words before."""
        if self.grammar.lang == "kk" and self._speaker_line(token):
            return True
        if self.grammar.lang == "en" or len(token.text) < 4 or token.text.isascii():
            return False
        known = {r.kind for r in self.grammar.name(token.text.title(), self.words)}
        return "surname" in known or "given" in known or bool(run and _may_follow(run[-1]))

    def _country(self, j: int) -> bool:
        """English: whether a letter belongs to «U.S.», «U.N.», «U.K.», and is no initial."""
        tokens = self.layout.tokens
        ahead = tokens[j].text == "U" and j + 2 < len(tokens) and tokens[j + 2].text in {"S", "N", "K"}
        return ahead or (j > 1 and tokens[j - 2].text == "U" and tokens[j].text in {"S", "N", "K"})

    def _speaker_line(self, token: Token) -> bool:
        """Whether a word is one of the first of a line that names a speaker: «Мөлдір АН, АУЫЛ ТҰРҒЫНЫ:»."""
        start, end = self.layout.lines[self.layout.line(token.start)]
        found = _SPEAKER_LINE.match(self.layout.text[start : min(end, start + 160)])
        return found is not None and start <= token.start < start + found.end(1)

    def _adjective(self, j: int) -> bool:
        """«Костанайской области»: an adjective in capitals before its noun."""
        tokens = self.layout.tokens
        endings = tuple(self.grammar.names.get("adjective_endings", ()))
        return (
            bool(endings)
            and tokens[j].low.endswith(endings)
            and j + 1 < len(tokens)
            and tokens[j + 1].word
            and (
                tokens[j + 1].text[0].islower()
                or self.grammar.lemma(tokens[j + 1].text) in self.grammar.names.get("not_people", ())
            )
            and not self.grammar.kinds(tokens[j + 1].text)
        )

    def _shouting(self, token: Token) -> bool:
        """In a line all in capitals, capitals say nothing against a name."""
        start, end = self.layout.lines[self.layout.line(token.start)]
        return self.layout.text[start:end].isupper()


def _may_follow(part: Part) -> bool:
    """Whether a common word may be a family name after this part: an initial or a given name."""
    return not part[2] or any(reading.kind == "given" for reading in part[2])
