"""Quotations without any opening sign: closed by comma, dash and a verb of saying, or headlines."""

from __future__ import annotations

import itertools

from annotators.quotes.attribution import Attribution
from annotators.quotes.layout import DASHES
from annotators.quotes.page import DATELINE, Quotation, Stage

NAME_LINE = 120
"""Longest line that names whoever speaks in the paragraph under it."""


class Unmarked(Stage):
    """Quotations that nothing opens."""

    def find(self) -> None:
        """Find sentences of speech without marks, then the headline."""
        self._sentences()
        self._headlines()

    def under_names(self) -> None:
        """«Тимур Сүлейменов, Ұлттық банк төрағасы:» on a line of its own: the paragraph under it is what he says."""
        if not self.grammar.cues.get("binder"):
            return
        lines = self.layout.lines
        for (a, b), (c, d) in itertools.pairwise(lines):
            if self.text[b - 1] != ":" or b - a > NAME_LINE or self.page.is_hidden(a) or self.page.is_hidden(c):
                continue
            named = next(iter(self.people.between(a, b)), None)
            if named is None or not named.direct or len(named.parts) < 2 or self.page.taken(a, d):
                continue
            first, last = self.layout.first_token(a), self.layout.first_token(b) - 1
            behind = self.text[named.end : b - 1]
            if first not in (named.first, named.role_first) or (behind.strip() and behind.lstrip()[0] not in ",-–—("):
                continue
            if any(self.attributor.match(k).kinds & {"say", "direct", "binder"} for k in range(first, last)):
                continue
            n = self.layout.line(c)
            while n + 1 < len(lines) and self.text[lines[n + 1][0]].islower():
                n += 1  # lines broken where the page was narrow
                d = lines[n][1]
            start, end = self.layout.trim(c, d, ",; " + DASHES)
            if self.text[start] in '«“"„' or len(self.layout.words(start, end)) < 2:
                continue
            clause = Attribution("speech", first, last, None, "before", True)
            self.page.add(Quotation(start, end, start, end, clause, score=0.7))

    def _sentences(self) -> None:
        """Sentences closed by comma, dash and a verb of saying, with no mark at all."""
        for a, b in self.layout.sentences:
            if self.page.is_hidden(a) or self.page.taken(a, b):
                continue
            hit = self.page.inline(a, b)
            if hit is None:
                continue
            k, attribution = hit
            dateline = DATELINE.match(self.text, a, self.tokens[k].start)
            start = dateline.end() if dateline else self._opening(a)
            start, end = self.layout.trim(start, self.tokens[k].start, ",; " + DASHES)
            if len(self.layout.words(start, end)) < 3 or self._taken(start, end):
                continue
            if self.grammar.lang == "kk" and self._passed_on(end):
                continue  # «деп мәлімдеді, - деп жазды …»: an agency passes on what is told
            self.page.add(Quotation(start, end, start, end, attribution, score=0.6))

    def _taken(self, start: int, end: int) -> bool:
        """Whether a quotation found before has a part in a stretch, words that the stretch itself quotes aside."""
        if not self.page.taken(start, end):
            return False
        inside = [q for q in self.page.found if q.outer_start < end and q.outer_end > start]
        return any(q.label != "partial" or q.outer_start < start or q.outer_end > end for q in inside)

    def _passed_on(self, end: int) -> bool:
        """Whether a stretch ends with a verb of saying of its own."""
        last = self.layout.first_token(end) - 1
        return last > 1 and any(
            self.attributor.match(k).end > last
            and "say" in self.attributor.match(k).kinds
            and self.tokens[last].low.endswith(("ды", "ді", "ты", "ті"))
            for k in (last - 1, last)
        )

    def _opening(self, offset: int) -> int:
        """Where unmarked speech opens that a sentence at an offset closes: the page dropped its sign with its layout.

        A line that nothing but its last clause tells is a block of speech; elsewhere speech goes back over sentences
        that are not the narrator's.
        """
        if not self.grammar.cues.get("binder"):
            return offset
        first, _ = self.layout.lines[self.layout.line(offset)]
        before = [s for s in self.page.sentences(first, offset) if s[1] <= offset]
        if not before or self.page.dated(first):
            return offset
        told = {(a, b) for a, b in before if self.page.taken(a, b) or self.page.is_hidden(a) or self.page.reports(a, b)}
        if self.page.has_voice(*before[0]) and before[0] not in told:
            return first  # whoever begins a paragraph as «мен», «біз» goes on to its last clause
        introduces = any(m.roles and m.direct for m in self.people.between(first, offset))
        if not told and not introduces:
            return first
        for a, b in reversed(before):
            if (a, b) in told or self.page.narrator(a, b):
                break
            offset = a
        return offset

    def _headlines(self) -> None:
        """The title: «statement – Name …» and «Name: statement», unless it tells of the speaker."""
        lines = self.layout.lines
        for a, b in lines[:6]:
            if self.page.is_hidden(a):
                continue
            if self.page.taken(a, b) or self.text[b - 1] == ".":
                return
            self._headline(a, b)
            return

    def _headline(self, a: int, b: int) -> None:
        first, last = self.layout.first_token(a), self.layout.first_token(b)
        mentions = [m for m in self.people.between(a, b) if m.person]
        for k in range(last - 2, first, -1):
            token = self.tokens[k]
            if (
                token.text not in "-–—"
                or self.tokens[k - 1].end == token.start
                or self.tokens[k + 1].start == token.end
            ):
                continue
            named = [m for m in mentions if m.first == k + 1 or m.role_first == k + 1]
            person = named[0].person if named else None
            if person is None or not named[0].direct or len(person.mentions) < 2:
                continue
            if any(m.person is person and m.start < token.start for m in mentions):
                return
            start, end = self.layout.trim(a, token.start)
            words = self.layout.words(start, end)
            rest = self.tokens[named[0].last : last]
            about = frozenset(self.grammar.cues.get("about", ()))
            if len(words) < 3 or (rest and not (rest[-1].low in about or rest[0].low in about)):
                return
            clause = Attribution("speech", k + 1, named[0].last, None, "after", True)
            self.page.add(Quotation(start, end, start, end, clause, score=0.6))
            return
        colon = next((k for k in range(first, min(first + 8, last - 2)) if self.tokens[k].text == ":"), None)
        if colon is None:
            return
        named = [m for m in mentions if m.last == colon and (first in (m.first, m.role_first))]
        if not named or any(m.person is named[0].person for m in mentions if m.start > self.tokens[colon].start):
            return
        start, end = self.layout.trim(self.tokens[colon].end, b)
        if len(self.layout.words(start, end)) >= 3 and not self.page.taken(start, end):
            clause = Attribution("speech", first, colon, None, "before", True)
            self.page.add(Quotation(start, end, start, end, clause, score=0.6))
