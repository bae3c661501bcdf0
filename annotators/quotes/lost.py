"""Quotations of which one mark was lost: recovered where the text shows the edge, else left alone."""

from __future__ import annotations

from collections import Counter

from annotators.quotes.attribution import Attribution
from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.marks import Pair
from annotators.quotes.page import LONG, Quotation, Stage

BACK = 12
"""How many sentences a lost opening mark is looked for, back from the closing one."""
FORWARD = 6
"""How many sentences a quotation with a lost closing mark may go on."""
HOPELESS = 12
"""A line with more lost marks than this is left alone."""


class Lost(Stage):
    """Quotations of which one mark was lost."""

    def find(self) -> None:
        """Recover quotations from single marks; a line with many of them is left alone."""
        lost = Counter(self.layout.line(max(p.open, p.close)) for p in self.page.pairs if not p.whole)
        for pair in self.page.pairs:
            if lost[self.layout.line(max(pair.open, pair.close))] > HOPELESS:
                continue
            if pair.whole or pair.parent is not None or self.page.is_hidden(max(pair.open, pair.close)):
                continue
            if pair.close < 0:
                self._no_close(pair)
        for pair in self.page.pairs:
            if lost[self.layout.line(max(pair.open, pair.close))] > HOPELESS:
                continue
            if pair.open < 0 and pair.parent is None and not self.page.is_hidden(pair.close):
                self._no_open(pair)

    def _no_close(self, pair: Pair) -> None:
        """An opening mark alone: to the attribution in its line, to the close of a name inside, or to the narrator."""
        start = pair.open + 1
        line_end = min(self.layout.lines[self.layout.line(pair.open)][1], start + LONG)
        if not self.layout.words(start, line_end):
            return
        inner = next(
            (
                q
                for q in self.page.by_line.get(self.layout.line(pair.open), ())
                if q.outer_start > pair.open
                and q.outer_start - pair.open < LONG
                and (self.text[q.outer_start] == "«") == (pair.family == "angle")
                and q.attribution
                and q.attribution.side == "after"
            ),
            None,
        )
        hit = self.page.inline(start, line_end)
        after = inner.attribution if inner is not None else None
        same = after is not None and (hit is None or hit[1].first == after.first)
        fragment = (
            inner is not None
            and self.text[inner.start].islower()  # it goes on a sentence of the speech around it
            and pair.open == self.layout.lines[self.layout.line(pair.open)][0]
            and not self.page.starts_sentence(inner.outer_start)
        )
        if inner and same and (fragment or not self._ends_between(start, inner.outer_start)):
            # «Біз "Назарбаев университетін", - деді: one closing mark for two opening ones
            a, b = self.layout.trim(start, inner.outer_end - 1)
            inner.start, inner.end, inner.outer_start = a, b, pair.open
            self.page.mask[pair.open : inner.outer_end] = b"\1" * (inner.outer_end - pair.open)
            inner.label = "direct"
            return
        if self.page.taken(pair.open, pair.open + 1):
            return
        if hit:
            a, b = self.layout.trim(start, self.tokens[hit[0]].start)
            if a < b and not self.page.taken(a, b):
                first = Quotation(a, b, pair.open, b, hit[1], score=0.8)
                self.page.add(first)
                self._second_part(first, hit[1])
            return
        if self.grammar.lang == "en" and (hit := self._said_after_comma(start, line_end)):
            a, b = self.layout.trim(start, self.tokens[hit[0]].start)
            self.page.add(Quotation(a, b, pair.open, b, hit[1], score=0.7))
            return
        before, colon = self.attributor.before(pair.open)
        opens_line = pair.open == self.layout.lines[self.layout.line(pair.open)][0]
        if not (opens_line or (before and colon) or self.page.starts_sentence(pair.open)):
            return
        if not self.page.sentence_like(start, line_end) or "…" in self.text[start:line_end]:
            return  # nothing said, or a teaser that the page cut off
        k = self.layout.sentence(start)
        sentences = [(max(a, start), b) for a, b in self.layout.sentences[k : k + FORWARD + 3] if b > start]
        end, stopped = sentences[0][1] if sentences else line_end, False
        for n, (a, b) in enumerate(sentences):
            if n and (self.page.narrator(a, b) or self._opens_another(a)):
                stopped = True
                break
            if n > FORWARD:
                break
            end = b
            if opens_line and self._cut_off(b):
                stopped = True
                break
        else:
            stopped = self.grammar.lang != "en" and opens_line  # the page ends before the narrator speaks again
        if not stopped and not opens_line and not colon:
            return
        if not stopped or end > line_end + 3000:
            own = [s for s in sentences if s[1] <= line_end]
            end = own[-1][1] if own else line_end
            voiced = self.page.has_voice(start, end)
            if not voiced and not (before and colon):
                return
        a, b = self.layout.trim(start, end)
        if a < b and not self.page.taken(a, b):
            self.page.add(Quotation(a, b, pair.open, b, before if before and before.firm else None, score=0.6))

    def _second_part(self, first: Quotation, attribution: Attribution) -> None:
        """«Сөз, - деді ол. - Сөз: what goes on behind the attribution, up to the narrator, with no closing mark."""
        k = attribution.last
        while k < len(self.tokens) and self.tokens[k].text in {".", ",", "\n"}:
            k += 1
        if k + 1 >= len(self.tokens) or self.tokens[k].text not in DASHES or not self.tokens[k + 1].text[0].isupper():
            return
        start = end = self.tokens[k + 1].start
        for n, (a, b) in enumerate(self.page.sentences(start, min(start + LONG, len(self.text)))[: FORWARD + 1]):
            if n and (self.page.narrator(a, b) or self._opens_another(a)):
                break
            end = b
            if self._cut_off(b):
                break
        a, b = self.layout.trim(start, end)
        if a < b and not self.page.taken(a, b):
            first.group = self.page.new_group()
            self.page.add(Quotation(a, b, a, b, attribution, group=first.group, score=0.6))

    def _cut_off(self, end: int) -> bool:
        """Whether a sentence ends with a line that the page cut off: mark and attribution went with the rest of it."""
        line_end = self.layout.lines[self.layout.line(end - 1)][1]
        return (
            self.grammar.lang != "en"
            and not self.text[end:line_end].strip()
            and self.text[max(line_end - 20, 0) : line_end].rstrip()[-1:] not in STOPS + '»”":;'
        )

    def _opens_another(self, offset: int) -> bool:
        """Whether a line opens with a quotation of its own."""
        return self.text[offset] in "«“" and offset == self.layout.lines[self.layout.line(offset)][0]

    def _said_after_comma(self, start: int, end: int) -> tuple[int, Attribution] | None:
        """English, with the closing mark lost: «…, Weller said.», the subject and the verb ending the sentence."""
        for k in range(self.layout.first_token(start), self.layout.first_token(end)):
            if self.tokens[k].text != ",":
                continue
            last = self.attributor.clause_end(k + 1)
            if last - k > 8:
                continue
            found = self.attributor.after(self.tokens[k].start)
            if found and found.kind == "speech" and found.firm and found.cue:
                named = self.people.between(self.tokens[k].start, self.tokens[last - 1].end)
                if named or any(t.low in self.grammar.pronouns for t in self.tokens[k + 1 : last]):
                    return k, found
        return None

    def _ends_between(self, start: int, end: int) -> bool:
        return any(start < b < end for _, b in self.page.sentences(start, end))

    def _no_open(self, pair: Pair) -> None:
        """A closing mark alone, with an attribution: back to the first sentence that is not the narrator's."""
        found = self.attributor.after(pair.close + 1, ended=self.page.ended(pair.close))
        if found is None or found.kind != "speech" or not found.firm or found.cue is None:
            return
        if self.page.taken(pair.close, pair.close + 1):
            return
        k = self.layout.sentence(pair.close - 1)
        start, own_start = self.layout.sentences[k][0], self.layout.sentences[k][0]
        reached = False
        for n in range(k - 1, max(k - BACK, -1) - 0, -1):
            a, b = self.layout.sentences[n]
            if self.page.narrator(a, b):
                reached = True
                break
            start = a
        if not reached:
            start = (
                self.layout.lines[self.layout.line(own_start)][0]
                if not self.page.narrator(own_start, pair.close)
                else own_start
            )
        a, b = self.layout.trim(start, pair.close, ",; " + DASHES)
        if a < b and not self.page.taken(a, b):
            self.page.add(Quotation(a, b, a, pair.close + 1, found, score=0.7))
