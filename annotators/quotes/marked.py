"""Quotations in marks: speech, a name in marks, a fragment; several paragraphs, interrupted, nested."""

from __future__ import annotations

import re
from bisect import bisect_left

from annotators.quotes.attribution import Attribution
from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.marks import Pair
from annotators.quotes.page import Page, Quotation, Stage
from annotators.quotes.signatures import Signatures


class Marked(Stage):
    """Quotations whose two marks are there."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.signatures = Signatures(page)

    @property
    def _infinitives(self) -> tuple[str, ...]:
        return tuple(self.grammar.cues.get("infinitive_endings", ("\n",)))

    def find(self) -> None:
        """Find quotations between whole pairs of marks; nested ones wait for `find_nested`."""
        previous: Quotation | None = None
        for pair in self.page.pairs:
            if not pair.whole or pair.parent is not None or self.page.is_hidden(pair.open):
                continue
            start, end = self.layout.trim(pair.open + 1, pair.close)
            if start >= end or not self.layout.words(start, end):
                continue
            if self.page.taken(pair.open, pair.close + 1):
                continue
            quotes = self._classify(pair, start, end, previous)
            if quotes:
                for quotation in quotes:
                    self.page.add(quotation)
                previous = quotes[-1]

    def _classify(self, pair: Pair, start: int, end: int, previous: Quotation | None) -> list[Quotation]:
        """Speech or not: the words after, the words before, the shape."""
        count = len(self.layout.words(start, end))
        after = self.attributor.after(pair.close + 1, ended=self.page.ended(pair.close))
        before, colon = self.attributor.before(pair.open)
        if after is None and count >= 4:
            after = self.signatures.signature(pair)
        if after is None and (headline := self.signatures.headline(pair)):
            return self._make(pair, [(start, end, headline)], headline, "direct", 0.8)
        lower = self.text[start].islower()
        begins = self.page.starts_sentence(pair.open)
        sentence_like = self.page.sentence_like(start, end)
        whole = [(start, end, after)]
        if after and after.kind == "name":
            if not (colon and sentence_like and self.signatures.name_before_colon(pair.open)):
                return []
            after = None  # «директор Раушан Тілеубаева: “…”, – деген ол»
        if after is None and begins and sentence_like and (signed := self.signatures.signed_line(pair.close)):
            return self._make(pair, whole, signed, "direct", 0.9)
        inside = self._interruption(start, end)
        if inside:
            whole = inside
        if after and after.kind == "speech" and after.cue is None and not after.firm:
            after = self.signatures.name_only(after, count, sentence_like)
        if after and after.kind == "agency":
            if not (before and before.firm):
                return []
            after = None
        if after and after.kind == "speech":
            certain = after.firm or sentence_like
            if certain and (count >= 2 or begins or sentence_like or colon or lower):
                label = "partial" if lower and not begins else "direct"
                if begins or colon or lower or sentence_like or (before and before.firm):
                    return self._make(pair, whole, after, label, 1.0 if after.firm else 0.8)
        if before and before.firm and colon and (sentence_like or (begins and count >= 2)):
            return self._make(pair, whole, before, "direct", 0.95)
        if before and before.firm and not colon and sentence_like and self.page.ends_sentence(pair.close):
            return self._make(pair, whole, before, "direct", 0.8)
        if colon and not before:
            named = self.signatures.name_before_colon(pair.open)
            if named and (sentence_like or count >= 3):
                return self._make(pair, whole, named, "direct", 0.9)
            if sentence_like and (lead := self.signatures.headline_lead(pair)):
                return self._make(pair, whole, lead, "direct", 0.8)
            if sentence_like and (self.page.has_voice(start, end) or self.signatures.labelled(pair.open)):
                return self._make(pair, whole, None, "direct", 0.7)
        if not colon and not before and begins is False and sentence_like and self.page.ends_sentence(pair.close):
            named = self.signatures.name_before_comma(pair.open)
            if named:
                return self._make(pair, whole, named, "direct", 0.8)
        if inside:
            return self._make(pair, inside, None, "direct", 0.9)
        if previous and previous.attribution and previous.attribution.side == "after":
            last = self.tokens[previous.attribution.last - 1].end if previous.attribution.last else 0
            between = self.text[last : pair.open] if last <= pair.open <= last + 6 else None
            if (
                between is not None
                and between.strip()
                and not between.strip(" .,;:" + DASHES + "\n")
                and (any(d in between for d in DASHES) or (lower and self.grammar.lang == "en"))
            ):
                if previous.group is None:
                    previous.group = self.page.new_group()
                made = self._make(pair, whole, previous.attribution, "direct", 1.0)
                for q in made:
                    q.group = previous.group
                return made
        goes_on = previous is not None and self._goes_on(previous, pair)
        if begins and goes_on and count >= 2 and self.page.ends_sentence(pair.close) and self.text[start].isupper():
            return self._make(pair, whole, None, "direct", 0.8)
        if begins and sentence_like and not after and self.signatures.cut_behind(pair.close):
            return self._make(pair, whole, None, "direct", 0.7)
        alone = begins and self.page.ends_sentence(pair.close) and sentence_like and not colon
        if alone and self._standalone(pair, start, end):
            return self._make(pair, whole, None, "direct", 0.7)
        if previous is not None and self._adjunct(previous, pair):
            return []
        fragment = before and lower and not colon and (count >= 2 or self._ascribed(start, before))
        if before and fragment and not self._scare(pair, before):
            return self._make(pair, whole, before, "partial", 0.6)
        return []

    def _adjunct(self, previous: Quotation, pair: Pair) -> bool:
        """Whether marks behind a preposition inside an attribution name a place or an event: «сказал он на «часе»»."""
        clause = previous.attribution
        if clause is None or clause.side != "after" or not clause.last:
            return False
        k = self.layout.first_token(pair.open) - 1
        within = self.tokens[clause.first].start < pair.open < self.tokens[clause.last - 1].end
        return within and self.tokens[k].low in self.grammar.prepositions

    def _goes_on(self, previous: Quotation, pair: Pair) -> bool:
        """Whether the speaker before goes on: nothing but the attribution stands between the two quotations."""
        clause = previous.attribution
        if clause is None or clause.side != "after":
            return False
        last = self.tokens[clause.last - 1].end
        return last <= pair.open and not self.text[last : pair.open].strip(" .,;" + DASHES)

    def _standalone(self, pair: Pair, start: int, end: int) -> bool:
        """Sentences in marks on their own, after narration: not a heading in the list of headings, not a title."""
        first = self.layout.lines[0]
        if first[0] == pair.open and first[1] <= pair.close + 2 and len(self.layout.words(start, end)) < 5:
            return self.page.has_voice(start, end)
        inner = self.text[start:end]
        many = len(re.findall(r"[.!?…](?=\s|$)", inner))
        return (
            many >= 2
            or self.page.has_voice(start, end)
            or inner.rstrip()[-1] in STOPS
            or (
                self.text[pair.close + 1 : pair.close + 2] in STOPS and self.text[pair.close + 1 : pair.close + 2] != ""
            )
        )

    def _ascribed(self, start: int, before: Attribution) -> bool:
        """Whether a single word in marks stands right after its cue and is no plain noun: «назвал «сырым»»."""
        first = self.layout.first_token(start)
        gap = [t for t in self.tokens[before.cue[1] if before.cue else first : first] if t.word]
        return len(gap) <= 3 and not self.grammar.plain_noun(self.tokens[first].text)

    def _scare(self, pair: Pair, before: Attribution) -> bool:
        """A word in marks that the narrator uses: no cue close enough to ascribe it."""
        if before.cue is None:
            return True
        gap = [t for t in self.tokens[before.cue[1] : self.layout.first_token(pair.open)] if t.word]
        return len(gap) > 12

    def _make(
        self,
        pair: Pair,
        parts: list[tuple[int, int, Attribution | None]],
        attribution: Attribution | None,
        label: str,
        score: float,
    ) -> list[Quotation]:
        made = []
        group = None
        if len(parts) > 1:
            group = self.page.new_group()
        for k, (a, b, own) in enumerate(parts):
            used = own if len(parts) > 1 or (own and attribution is None) else attribution
            outer_a = pair.open if k == 0 else a
            outer_b = pair.close + 1 if k == len(parts) - 1 else b
            made.append(Quotation(a, b, outer_a, outer_b, used or attribution, label, group, score))
        return made

    def _interruption(self, start: int, end: int) -> list[tuple[int, int, Attribution | None]] | None:
        """«Сөз, – деді ол, – сөз»: an attribution inside the marks cuts the quotation in parts."""
        parts: list[tuple[int, int, Attribution | None]] = []
        begin = start
        last_attribution: Attribution | None = None
        k, stop = self.layout.first_token(start), self.layout.first_token(end)
        while k < stop:
            hit = self.page.inline_at(k, stop)
            if hit is None:
                k += 1
                continue
            a, b = self.layout.trim(begin, self.tokens[k].start, ",; ")
            if a < b:
                parts.append((a, b, hit))
            last_attribution = hit
            n = hit.last
            while n < stop and not self.tokens[n].word and self.tokens[n].text not in '«“"„':
                n += 1
            begin = self.tokens[n].start if n < stop else end
            k = max(n, k + 1)
        if last_attribution is None:
            return None
        a, b = self.layout.trim(begin, end)
        if a < b:
            parts.append((a, b, last_attribution))
        return parts

    def find_nested(self) -> None:
        """Quotations inside quotations: only with a cue right beside them."""
        outer = sorted((q.start, q.end, q.outer_end) for q in self.page.found)
        ends = {q.end for q in self.page.found} | {q.outer_end - 1 for q in self.page.found}
        for pair in self.page.pairs:
            if not pair.whole or self.page.is_hidden(pair.open) or not self.page.taken(pair.open, pair.open + 1):
                continue
            start, end = self.layout.trim(pair.open + 1, pair.close)
            k = bisect_left(outer, (pair.open,)) - 1
            if k < 0 or pair.close >= outer[k][1] or start >= end or end in ends or pair.close in ends:
                continue
            count = len(self.layout.words(start, end))
            after = self.attributor.after(pair.close + 1, ended=self.page.ended(pair.close))
            before, colon = self.attributor.before(pair.open)
            if after and after.kind != "speech":
                continue
            if after and after.cue and self.tokens[after.cue[1] - 1].low.endswith(self._infinitives):
                continue  # «деп айту үшін»: nobody says it
            if after and after.cue and after.cue[0] == after.first and after.firm and count >= 2:
                used: Attribution | None = after
            elif (
                before
                and before.firm
                and count >= 2
                and (colon or self.grammar.lang != "en" or not self.text[start].islower())
                and (colon or (before.cue is not None and self.tokens[before.cue[1]].start >= pair.open))
            ):
                used = before
            else:
                continue
            self.page.add(Quotation(start, end, pair.open, pair.close + 1, used, score=0.8, nested=True))
