"""Dash paragraphs and dash dialogues, over as many lines as they take."""

from __future__ import annotations

import re

from annotators.quotes.attribution import SAYING, Attribution
from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.page import Quotation, Stage

_SIGNED = re.compile(r"\s*\((?:[^\W\d_]\w+ ){1,2}[^\W\d_]{3,}\)$")
"""A reporter's name in brackets at the end of a paragraph."""
_LEAD = re.compile(r"([^:\n]{5,90}:) ?[-–—] ?(?=[^\W\d_])")
DASH_LINES = 15
"""How many lines a dash paragraph may run on before its attribution."""


class Dashes(Stage):
    """Quotations that a dash opens."""

    def find(self) -> None:
        """Find dash paragraphs, also where line breaks were lost."""
        self._dash_paragraphs()
        self._dash_sentences()

    def _dash_paragraphs(self) -> None:
        lines = self.layout.lines
        n = 0
        while n < len(lines):
            a, _b = lines[n]
            self._presented(n)
            if not self._dash_line(a) or self.page.is_hidden(a) or self.page.taken(a, a + 2):
                n += 1
                continue
            first = self.layout.first_token(a) + 1
            if (
                first < len(self.tokens)
                and self.attributor.match(first).kinds & (SAYING | {"binder"})
                and (self.page.taken(max(a - 80, 0), a))
            ):
                n += 1  # the attribution of the line above
                continue
            n = self._dash_block(n)

    def _dash_sentences(self) -> None:
        """Dash paragraphs whose line breaks were lost: sentences that open with a dash, up to an attribution."""
        sentences = self.layout.sentences
        starts = {a for a, _ in self.layout.lines}
        for n, (a, _) in enumerate(sentences):
            if a in starts or not self._dash_line(a) or self.page.is_hidden(a) or self.page.taken(a, a + 2):
                continue
            line = self.layout.line(a)
            for m in range(n, min(n + DASH_LINES, len(sentences))):
                b, e = sentences[m]
                if self.layout.line(b) != line or (m > n and (self._dash_line(b) or self.page.reports(b, e))):
                    hit = self._dash_attribution(max(a + 1, b), e) if self.layout.line(b) == line else None
                    if hit is None or self._dash_line(b):
                        break
                else:
                    hit = self._dash_attribution(max(a + 1, b), e)
                if self.page.taken(b, e):
                    break
                if hit:
                    if self.tokens[hit[0]].start > a + 2:
                        self._dash_parts(a + 1, hit, line, e)
                    break

    def _dash_line(self, start: int) -> bool:
        text = self.text
        if text[start] not in DASHES:
            return False
        k = start + 1
        while k < len(text) and text[k] in " \t":
            k += 1
        return k < len(text) and (text[k].isupper() or text[k] in '«“"…' or (text[k].isdigit() and k > start + 1))

    def _dash_block(self, n: int) -> int:
        """One dash paragraph, over as many lines as it takes; the index of the next line to look at."""
        lines = self.layout.lines
        start = lines[n][0] + 1
        last = n
        hit: tuple[int, Attribution] | None = None
        for m in range(n, min(n + DASH_LINES, len(lines))):
            a, b = lines[m]
            if m > n and (self._dash_line(a) or self.page.taken(a, b) or self.page.is_hidden(a)):
                break
            hit = self._dash_attribution(start if m == n else a, b)
            last = m
            if hit:
                break
            if m > n and self.page.reports(a, b):
                break
        if hit is None:
            return self._dialogue(n)
        if self.tokens[hit[0]].start <= start + 1:
            return n + 1
        self._dash_parts(start, hit, last)
        return last + 1

    def _dash_attribution(self, start: int, end: int) -> tuple[int, Attribution] | None:
        k, stop = self.layout.first_token(start), self.layout.first_token(end)
        for n in range(k, stop):
            hit = self.page.inline_at(n, len(self.tokens))
            if (
                hit is None
                and self.tokens[n].text in DASHES
                and n > k
                and self.tokens[n - 1].text in {",", "!", "?", "…"}
            ):
                near = self.attributor.after(self.tokens[n].start, ended=True)
                if near and near.kind == "speech" and near.firm and near.cue and near.cue[0] - n <= 6:
                    hit = near
            if hit:
                return n, hit
            if n > k and self.tokens[n].text == "," and (closing := self._closing_clause(n, stop)):
                return n, closing
        return None

    def _closing_clause(self, comma: int, stop: int) -> Attribution | None:
        """Kazakh: «…, дейді Жылгелдиев.»: a comma alone before the clause that ends a dash paragraph."""
        if self.grammar.lang != "kk" or stop - comma > 8 or "direct" not in self.attributor.match(comma + 1).kinds:
            return None
        end = self.attributor.clause_end(comma + 1, stop)
        found = self.attributor.after(self.tokens[comma].start, stop=stop)
        return found if found and found.kind == "speech" and end >= stop - 1 and end > comma + 2 else None

    def _dash_parts(self, start: int, hit: tuple[int, Attribution], line: int, stop: int = 0) -> None:
        """The quoted parts of a dash paragraph: before each attribution, and after one that ends in a dash."""
        end = self.layout.lines[line][1]
        if stop:  # the line holds more than this paragraph: the last part is one sentence
            clause = self.layout.sentence(self.tokens[hit[1].last].start if hit[1].last < len(self.tokens) else stop)
            end = max(stop, min(end, self.layout.sentences[min(clause + 1, len(self.layout.sentences) - 1)][1]))
        parts: list[tuple[int, int, Attribution]] = []
        begin = start
        current: tuple[int, Attribution] | None = hit
        while current:
            k, attribution = current
            a, b = self.layout.trim(begin, self.tokens[k].start, ",; " + DASHES)
            if a < b:
                parts.append((a, b, attribution))
            n = attribution.last
            dash = False
            while n < len(self.tokens) and self.tokens[n].start < end and not self.tokens[n].word:
                if self.tokens[n].text in DASHES:
                    dash = True
                elif self.tokens[n].text in '«“"„':
                    break
                n += 1
            if not dash or n >= len(self.tokens) or self.tokens[n].start >= end:
                break
            begin = self.tokens[n].start
            current = self._dash_attribution(begin, end)
            if current is None:
                a, b = self.layout.trim(begin, end)
                signed = _SIGNED.search(self.text, a, b)
                parts.append((a, signed.start() if signed and signed.start() > a else b, attribution))
        group = None
        if len(parts) > 1:
            group = self.page.new_group()
        for a, b, attribution in parts:
            if not self.page.taken(a, b):
                self.page.add(Quotation(a, b, a, b, attribution, group=group, score=0.9))

    def _dialogue(self, n: int) -> int:
        """Dash lines without attribution: speech after a cue and a colon, or where one of the run is attributed."""
        lines = self.layout.lines
        end = n
        while end + 1 < len(lines) and self._dash_line(lines[end + 1][0]):
            end += 1
        run = list(range(n, end + 1))
        if any(self.text[lines[m][1] - 1] == ";" for m in run):
            return end + 1
        introduced = False
        if n and self.text[lines[n - 1][1] - 1] == ":":
            a, b = lines[n - 1]
            s, _ = self.layout.sentences[self.layout.sentence(b - 1)]
            introduced = any(
                self.attributor.match(k).kinds & {"say", "direct", "speech_nouns"}
                for k in range(self.layout.first_token(s), self.layout.first_token(b))
            )
            introduced = introduced or self._presents(n - 1) is not None
        attributed = any(
            q.attribution
            and q.attribution.side == "after"
            and self.layout.line(q.outer_start) in {n - 1, n - 2, n - 3}
            and self._dash_line(lines[self.layout.line(q.outer_start)][0])
            for q in self.page.found[-4:]
        ) or (end > n and False)
        later = end + 1 < len(lines) and False
        questions = sum(self.text[lines[m][1] - 1] == "?" for m in run)
        if not (introduced or attributed or later or (questions and len(run) >= 2)):
            # a run whose later line carries an attribution
            with_cue = [m for m in run if self._dash_attribution(lines[m][0] + 1, lines[m][1])]
            if not with_cue:
                return end + 1
        taken_to = n
        for m in run:
            a, b = lines[m]
            hit = self._dash_attribution(a + 1, b)
            if hit:
                self._dash_parts(a + 1, hit, m)
            else:
                first, last = self.layout.trim(a + 1, b)
                if self.text[last - 1] in STOPS and not self.page.taken(first, last) and self.layout.words(first, last):
                    before = self._colon_line(n) if introduced and m == n else None
                    turn = m - n + (0 if introduced else 1)
                    self.page.add(Quotation(first, last, a, last, before, score=0.6, turn=turn))
            taken_to = m
        return taken_to + 1

    def _colon_line(self, n: int) -> Attribution | None:
        found, _ = self.attributor.before(self.layout.lines[n][0])
        return found or self._presents(n - 1)

    def _presented(self, n: int) -> None:
        """Russian: who speaks and what in one line: «Елдос Кариев, археолог: - Золота было много.»."""
        a, b = self.layout.lines[n]
        colon = _LEAD.match(self.text, a, b)
        if self.grammar.lang != "ru" or colon is None or self.page.is_hidden(a) or self.page.taken(a, b):
            return
        attribution = self._presents(n, colon.end(1))
        start, end = self.layout.trim(colon.end(), b)
        if attribution is not None and self.page.sentence_like(start, end):
            self.page.add(Quotation(start, end, start, end, attribution, score=0.7))

    def _presents(self, n: int, until: int = 0) -> Attribution | None:
        """A line that only names who speaks, with a colon: «Али Алиев, главный тренер сборной:»."""
        a, b = self.layout.lines[n]
        b = until or b
        first, last = self.layout.first_token(a), self.layout.first_token(b - 1)
        if self.text[b - 1] != ":" or last - first > 25:
            return None
        opening = next((m for m in self.people.between(a, b) if first in (m.first, m.role_first) and m.direct), None)
        if opening is None or (opening.last != last and not opening.roles):
            return None
        if any(self.grammar.finite(t.text) for t in self.tokens[first:last] if t.word):
            return None
        return Attribution("speech", first, last, None, "before", True)
