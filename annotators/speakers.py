"""Everybody named in a document: where, and whom a name, an office or a pronoun there means."""

from __future__ import annotations

from bisect import bisect_left

from annotators.context import Context
from annotators.quotes.cases import Cases
from annotators.quotes.grammar import Grammar
from annotators.quotes.known import Known
from annotators.quotes.layout import Layout
from annotators.quotes.mentions import Mention
from annotators.quotes.names import Names
from annotators.quotes.offices import Offices
from annotators.quotes.persons import Persons


class People:
    """Everybody named in a text.

    Parameters:
        layout: the text.
        grammar: of its language.
        known: the registry of known speakers.
        context: date and country decide who holds an office.
        hidden: stretches (page furniture) in which nobody is looked for.
    """

    def __init__(
        self,
        layout: Layout,
        grammar: Grammar,
        known: Known,
        context: Context,
        hidden: list[tuple[int, int]] | None = None,
    ) -> None:
        self.layout, self.grammar, self.known, self.context = layout, grammar, known, context
        self.names = Names(layout, grammar, known.families, hidden or [])
        self.words = self.names.words
        self.mentions = self.names.find()
        if grammar.lang == "ru":
            Cases(layout, grammar).settle(self.mentions)
        self._joined = Persons(layout, grammar, known, context, self.names)
        self._joined.join(self.mentions)
        self.persons = self._joined.persons
        self.offices = Offices(self)
        self._starts = [m.start for m in self.mentions]

    def between(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie between two offsets."""
        k = self.before(start)
        found = []
        while k < len(self.mentions) and self.mentions[k].start < end:
            if self.mentions[k].end <= end:
                found.append(self.mentions[k])
            k += 1
        return found

    def before(self, offset: int) -> int:
        """How many mentions begin before an offset."""
        return bisect_left(self._starts, offset)

    def force(self, first: int, last: int) -> Mention | None:
        """Take the capitalised words from a token on as a person: the place beside a verb of saying says so."""
        if self.grammar.lang == "en" and first and self.layout.tokens[first - 1].low == "the":
            return None  # «the Crown says»
        mention = self.names.forced(first, last)
        if mention is None:
            return None
        self._joined.add(mention)
        k = self.before(mention.start)
        self.mentions.insert(k, mention)
        self._starts.insert(k, mention.start)
        self.offices.forget()
        return mention

    def recent(self, before: int, gender: str | None, quoted: bytearray) -> Mention | None:
        """The last mention before an offset, outside quotations; of a subject of that gender if there is one near."""
        k = self.before(before) - 1
        weak: Mention | None = None
        steps = 0
        while k >= 0 and steps < 12:
            m = self.mentions[k]
            k -= 1
            steps += 1
            person = m.person
            if person is None or quoted[m.start]:
                continue
            if gender in {"m", "f"} and person.gender and person.gender != gender:
                continue
            if m.direct and all(
                not part or any(r.direct and (not r.gender or r.gender == (person.gender or r.gender)) for r in part)
                for part in m.readings
            ):
                if self.names.owns(m.last):
                    weak = weak or m  # «Тоқаев ұжымына»: a name that only belongs to what follows
                    continue
                return m  # «сравнил Н. Назарбаева»: of a man no nominative
            weak = weak or m
        return weak
