"""Whom a pronoun goes back to: who spoke last, who was named last, whose turn it is."""

from __future__ import annotations

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout, Token
from annotators.quotes.phrases import Phrases
from annotators.quotes.voice import NOBODY, Voice
from annotators.speakers import People


class Antecedents:
    """Remembers who spoke, and finds whom a word without a name means.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it.
        phrases: finds where a phrase begins and ends.

    Attributes:
        history: offsets and who spoke there, in order of the text.
        quoted: 1 for each character inside a quotation.
    """

    def __init__(self, layout: Layout, grammar: Grammar, people: People, phrases: Phrases) -> None:
        self.layout, self.grammar, self.people, self.phrases = layout, grammar, people, phrases
        self.tokens = layout.tokens
        self.history: list[tuple[int, Voice]] = []
        self.quoted = bytearray(len(layout.text))

    def remember(self, offset: int, voice: Voice) -> None:
        """Note who spoke, in order of the text."""
        if voice.name:
            self.history.append((offset, voice))

    def possessor(self, token: Token) -> Voice | None:
        """Whom a possessive stands for: «по его словам», «оның айтуынша»."""
        gender = self.grammar.cues.get("possessives", {}).get(token.low)
        voice = self.latest(token.start, gender if gender in {"m", "f"} else None)
        return Voice(voice.name, voice.id, (token.start, token.end), voice.person) if voice else None

    def latest(self, offset: int, gender: str | None) -> Voice | None:
        """The last person who was named as a subject, or who spoke, before an offset."""
        mention = self.people.recent(offset, gender, self.quoted)
        spoke = next(
            (
                (at, v)
                for at, v in reversed(self.history[-20:])
                if at < offset and (gender not in {"m", "f"} or not v.person or v.person.gender in (None, gender))
            ),
            None,
        )
        if mention is None or mention.person is None:
            return spoke[1] if spoke else self.unnamed(offset) or self._later(offset, gender)
        person = mention.person
        if spoke and self.grammar.lang == "ru" and not mention.direct and spoke[1].person is None:
            return spoke[1]  # «По словам советника Мартенса, … Он»
        named = mention.start >= spoke[0] - 1 if spoke else True
        if named and spoke and self.grammar.lang == "kk" and not mention.direct and spoke[1].person:
            named = False  # «Нұрислам Равидің мықты екенін айтты»: whoever was only spoken of does not speak
        if spoke is None or named or spoke[1].person is person:
            return Voice(person.name, person.id, None, person)
        return spoke[1]

    def _later(self, offset: int, gender: str | None) -> Voice | None:
        """Whom a pronoun with nobody before it means: the first person named afterwards."""
        if gender not in {"m", "f"}:
            return None
        for m in self.people.mentions:
            person = m.person
            if (
                m.start > offset
                and m.direct
                and person
                and person.gender in (None, gender)
                and not self.quoted[m.start]
            ):
                return Voice(person.name, person.id, None, person)
        return None

    def turn(self, number: int) -> Voice:
        """Who has a turn of a dialogue, counted from the last attributed one: two people speak in turn."""
        speakers = list(dict.fromkeys(voice.name for _, voice in reversed(self.history[-6:])))
        wanted = (
            speakers[number % 2] if number % 2 < len(speakers) and (number % 2 == 0 or len(speakers) == 2) else None
        )
        voice = next((v for _, v in reversed(self.history) if v.name == wanted), NOBODY)
        return Voice(voice.name, voice.id, None, voice.person)

    def unnamed(self, offset: int) -> Voice | None:
        """The last office or role named as a subject: «Водитель не остался в стороне. Он ответил»."""
        k = self.layout.first_token(offset) - 1
        for j in range(k, max(k - 80, -1), -1):
            token = self.tokens[j]
            if self.quoted[token.start]:
                continue  # whom somebody speaks of is not who speaks
            if token.word and self.grammar.title(token.low) and self.grammar.nominative(token.low):
                if token.low in self.grammar.agency_words:
                    continue
                if j and self.tokens[j - 1].low in self.grammar.prepositions:
                    continue
                a = self.phrases.start(
                    j, self.layout.first_token(self.layout.sentences[self.layout.sentence(token.start)][0])
                )
                b = self.phrases.end(j)
                name = self.layout.text[self.tokens[a].start : self.tokens[b - 1].end]
                return Voice(name, None, None)
        return None
