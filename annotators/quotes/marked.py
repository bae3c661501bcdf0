"""Quotations in marks: speech, a name in marks, a fragment; several paragraphs, interrupted, nested."""

from __future__ import annotations

import re
from bisect import bisect_left

from annotators.quotes.attribution import Attribution
from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.marks import Pair
from annotators.quotes.page import Quotation, Stage

LINES = 8
"""A quotation may run over this many lines and still tell what somebody else said."""


HEADLINES = 400
"""In how many characters from its beginning a page has its headline."""


class Marked(Stage):
    """Quotations whose two marks are there."""

    @property
    def _infinitives(self) -> tuple[str, ...]:
        return tuple(self.grammar.cues.get("infinitive_endings", ("\n",)))

    def find(self) -> None:
        """Find quotations between whole pairs of marks; nested ones wait for `find_nested`."""
        self._chain_paragraphs()
        self._part_strangers()
        self._pairs()

    def _chain_paragraphs(self) -> None:
        """Several paragraphs, each with an opening mark, only the last with a closing one: one quotation."""
        tops = [p for p in self.page.pairs if p.open >= 0]
        by_open = {p.open: p for p in tops}
        starts = {a for a, _ in self.layout.lines}
        lines = self.layout.lines
        for pair in tops:
            if pair.close >= 0 or pair.parent is not None:
                continue
            chain, line = [pair], self.layout.line(pair.open)
            if pair.open not in starts and not self._runs_on(pair, lines[line][1]):
                continue
            if self.page.inline(pair.open + 1, lines[line][1]) is not None:
                continue
            while line + 1 < len(lines):
                line += 1
                nxt = by_open.get(lines[line][0])
                if nxt is None or nxt.family != pair.family:
                    break
                if self.grammar.lang != "en" and (nxt.close < 0 or self.layout.line(nxt.close) != line):
                    break  # the closing mark of each was lost
                chain.append(nxt)
                if nxt.close >= 0:
                    break
            if len(chain) > 1 and chain[-1].close >= 0:
                pair.close = chain[-1].close
                for other in self.page.pairs:
                    if other is not pair and pair.open < max(other.open, other.close) <= pair.close:
                        other.parent = other.parent if other.parent and other.parent not in chain else pair
                for other in chain[1:]:
                    if other in self.page.pairs:
                        self.page.pairs.remove(other)

    def _runs_on(self, pair: Pair, end: int) -> bool:
        """English: whether nothing closes, up to the end of its line, a mark inside it: «She said: “… .»."""
        if self.grammar.lang != "en" or self.text[end - 1] not in STOPS:
            return False
        if any(mark in self.text[pair.open + 1 : end] for mark in "“”" + self.text[pair.open]):
            return False
        return " " in self.text[pair.open + 1 : end]

    def _part_strangers(self) -> None:
        """Part pairs that run over lines of somebody else: the one mark lost its partner, and so did the other."""
        kept: list[Pair] = []
        work = self.page.pairs[::-1]
        while work:
            pair = work.pop()
            if pair.whole and pair.parent is None and self._swallows(pair):
                kept += [Pair(pair.open, -1, pair.family), Pair(-1, pair.close, pair.family)]
                for child in pair.children:
                    child.parent = None
            else:
                kept.append(pair)
        kept.sort(key=lambda p: p.open if p.open >= 0 else p.close)
        self.page.pairs = kept

    def _swallows(self, pair: Pair) -> bool:
        for child in pair.children:
            if child.whole and child.close < pair.close - 2 and self._spoken_on_its_own(child):
                return True
        first, last = self.layout.line(pair.open), self.layout.line(pair.close)
        if first == last:
            return False
        lines = self.layout.lines
        if self.text[lines[first][1] - 1] == "…" or any(
            self.page.is_hidden(lines[n][0]) and not self._advertisement(*lines[n]) for n in range(first + 1, last)
        ):
            return True
        told = [n for n in range(first + 1, last) if self.page.dated(lines[n][0]) or self.page.reports(*lines[n])]
        if any(self.page.dated(lines[n][0]) for n in told):
            return True
        after = self.attributor.after(pair.close + 1, ended=self.page.ended(pair.close))
        return bool(told) and (last - first > LINES or after is None or after.kind != "speech")

    def _advertisement(self, start: int, end: int) -> bool:
        """Whether a line only marks the place of an advertisement: it parts no quotation."""
        return self.text[start:end].strip(" .:").lower() in {"реклама", "жарнама", "advertisement"}

    def _spoken_on_its_own(self, child: Pair) -> bool:
        """Whether a pair inside another begins a sentence, after no colon, and is attributed by comma and dash."""
        k = child.open - 1
        while k >= 0 and self.text[k].isspace():
            k -= 1
        if k < 0 or self.text[k] not in STOPS + "»”" or len(self.layout.words(child.open, child.close)) < 3:
            return False
        found = self.attributor.after(child.close + 1, ended=self.page.ended(child.close))
        if found is None or found.kind != "speech" or not found.firm or found.cue is None:
            return False
        return any(d in self.text[child.close + 1 : self.tokens[found.first].start] for d in DASHES)

    def _pairs(self) -> None:
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
            after = self._signature(pair)
        if after is None and (headline := self._headline(pair)):
            return self._make(pair, [(start, end, headline)], headline, "direct", 0.8)
        lower = self.text[start].islower()
        begins = self.page.starts_sentence(pair.open)
        sentence_like = self.page.sentence_like(start, end)
        whole = [(start, end, after)]
        if after and after.kind == "name":
            if not (colon and sentence_like and self._name_before_colon(pair.open)):
                return []
            after = None  # «директор Раушан Тілеубаева: “…”, – деген ол»
        if after is None and begins and sentence_like and (signed := self._signed_line(pair.close)):
            return self._make(pair, whole, signed, "direct", 0.9)
        inside = self._interruption(start, end)
        if inside:
            whole = inside
        if after and after.kind == "speech" and after.cue is None and not after.firm:
            after = self._name_only(after, count, sentence_like)
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
            named = self._name_before_colon(pair.open)
            if named and (sentence_like or count >= 3):
                return self._make(pair, whole, named, "direct", 0.9)
            if sentence_like and (lead := self._headline_lead(pair)):
                return self._make(pair, whole, lead, "direct", 0.8)
            if sentence_like and (self.page.has_voice(start, end) or self._labelled(pair.open)):
                return self._make(pair, whole, None, "direct", 0.7)
        if not colon and not before and begins is False and sentence_like and self.page.ends_sentence(pair.close):
            named = self._name_before_comma(pair.open)
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
        if begins and sentence_like and not after and self._cut_behind(pair.close):
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

    def _labelled(self, offset: int) -> bool:
        """English: a line that opens with who speaks and a colon, as in a transcript: «Protester: “…”»."""
        start = self.layout.lines[self.layout.line(offset)][0]
        lead = self.text[start:offset].rstrip()
        words = self.layout.words(start, offset)
        return self.grammar.lang == "en" and lead.endswith(":") and 1 <= len(words) <= 3 and words[0].text[0].isupper()

    def _adjunct(self, previous: Quotation, pair: Pair) -> bool:
        """Whether marks behind a preposition inside an attribution name a place or an event: «сказал он на «часе»»."""
        clause = previous.attribution
        if clause is None or clause.side != "after" or not clause.last:
            return False
        k = self.layout.first_token(pair.open) - 1
        within = self.tokens[clause.first].start < pair.open < self.tokens[clause.last - 1].end
        return within and self.tokens[k].low in self.grammar.prepositions

    def _headline(self, pair: Pair) -> Attribution | None:
        """A headline that opens with its speaker's words: «Қынжылдым». Бибігүл Төлегенова …, «…»: Ашимбаев …."""
        start, end = self.layout.lines[self.layout.line(pair.open)]
        rest = self.text[pair.close + 1 : end]
        if self.text[start : pair.open].strip() or rest[:1] not in {":", "."} or rest.rstrip()[-1:] == ".":
            return None
        if self.grammar.lang == "en" or pair.open > HEADLINES or len(self.text[pair.open : pair.close].split("\n")) > 1:
            return None
        first, last = self.layout.first_token(pair.close + 2), self.layout.first_token(end)
        words = [t for t in self.tokens[first:last] if t.word]
        if len(words) < 2:
            return None
        named = [m for m in self.people.between(words[0].start, end) if m.direct and m.person]
        opening = bool(named) and min(named[0].first, named[0].role_first) == first
        told = any("say" in self.attributor.match(k).kinds for k in range(first, last))
        titled = told and any(self.grammar.title(t.text) and self.grammar.nominative(t.text) for t in words)
        if not (opening or (named and rest[0] == ":") or (titled and rest[0] == ":")):
            return None
        return Attribution("speech", first, last, None, "after", True)

    def _headline_lead(self, pair: Pair) -> Attribution | None:
        """A headline that ends with its speaker's words: Тусипбаева заступилась за Димаша: «Он заставил весь мир …»."""
        start, end = self.layout.lines[self.layout.line(pair.open)]
        if self.grammar.lang == "en" or pair.open > HEADLINES or self.text[pair.close + 1 : end].strip():
            return None
        first, last = self.layout.first_token(start), self.layout.first_token(pair.open) - 1
        named = [m for m in self.people.between(start, pair.open) if m.direct and m.person]
        if not named or min(named[0].first, named[0].role_first) != first or last - first > 14:
            return None
        return Attribution("speech", first, last, None, "before", True)

    def _signature(self, pair: Pair) -> Attribution | None:
        """Russian: the rest of the line, or the next line, gives nothing but who it was: «…». Ерлан Ким, директор."""
        if self.grammar.lang != "ru" or not self.page.starts_sentence(pair.open):
            return None
        k = self.layout.first_token(pair.close + 1)
        same_line, dash = True, False
        while k < len(self.tokens) and not self.tokens[k].word:
            if self.tokens[k].text == "\n":
                same_line = False
            elif self.tokens[k].text in DASHES:
                dash = True
            elif self.tokens[k].text not in {".", ",", "…", *DASHES}:
                return None
            k += 1
        if k >= len(self.tokens):
            return None
        line = self.layout.lines[self.layout.line(self.tokens[k].start)]
        last = self.layout.first_token(line[1])
        if last - k > 14 or self.text[line[1] - 1] in STOPS + ":" or self.page.is_hidden(line[0]):
            return None
        words = self.tokens[k:last]
        if any(self.grammar.finite(t.text) for t in words if t.word) or self.attributor.is_agency(k, last):
            return None
        named = self.people.between(self.tokens[k].start, line[1])
        opening = next((m for m in named if k in (m.first, m.role_first) and m.direct), None)
        if opening is None:
            head = self.tokens[k].text
            body = self.grammar.institution(head) is not None and self.grammar.nominative(head)
            if not (same_line and (body or self.grammar.title(head))):
                return None
        elif not same_line and not opening.roles and not (dash and self.tokens[k - 1].text in DASHES):
            return None  # a byline, a photo credit; but «– Дмитрий Песков» under a quotation signs it
        return Attribution("speech", k, last, None, "after", True)

    def _cut_behind(self, close: int) -> bool:
        """Whether a line ends with a comma (and a dash) behind the mark: the page cut its attribution off."""
        tail = self.text[close + 1 : self.layout.lines[self.layout.line(close)][1]].strip()
        return self.text[close - 1] != "," and tail.startswith(",") and not tail.strip(" ," + DASHES)

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

    def _name_only(self, after: Attribution, count: int, sentence_like: bool) -> Attribution | None:
        """«…», - Президент: only a name or an office after the dash."""
        if not (sentence_like or count >= 4):
            return None
        if self._named_at(after.first, after.last):
            after.firm = True
            return after
        if self.grammar.cues.get("binder") and self.attributor.match(after.first).kinds & {"binder"}:
            return after
        return None

    def _named_at(self, first: int, last: int) -> bool:
        """Whether a clause starts with a person or an office and holds little else."""
        if first >= len(self.tokens) or last - first > 8:
            return False
        start = self.tokens[first].start
        named = [m for m in self.people.between(start, self.tokens[last - 1].end) if first in (m.first, m.role_first)]
        if named:
            return named[0].direct
        return bool(self.grammar.title(self.tokens[first].text)) and last - first <= 3

    def _name_before_colon(self, offset: int) -> Attribution | None:
        k = offset - 1
        while k >= 0 and (self.text[k].isspace() or self.text[k] in DASHES):
            k -= 1
        if k < 0 or self.text[k] != ":":
            return None
        start, _ = self.layout.sentences[self.layout.sentence(k)]
        first, end = self.layout.first_token(start), self.layout.first_token(k)
        mentions = self.people.between(start, k + 1)
        ends = mentions and mentions[-1].end >= k - 1
        title = end > first and self.grammar.title(self.tokens[end - 1].text) is not None
        pronoun = end > first and self.tokens[end - 1].low in self.grammar.pronouns
        if ends or title or pronoun:
            return Attribution("speech", first, end, None, "before", True)
        return None

    def _signed_line(self, close: int) -> Attribution | None:
        """«…». Анасы Алтынай Көшерова: the line of a quotation ends with who says it, and nothing else."""
        end = self.layout.lines[self.layout.line(close)][1]
        first, last = self.layout.first_token(close + 1), self.layout.first_token(end)
        while first < last and not self.tokens[first].word:
            first += 1
        if self.grammar.lang != "kk" or not 2 <= last - first <= 8 or not self.tokens[first].text[0].isupper():
            return None
        named = [m for m in self.people.between(self.tokens[first].start, end) if m.last == last]
        forced = None
        if not named and all(t.word and t.text[0].isupper() for t in self.tokens[last - 2 : last]):
            forced = self.people.force(last - 2, last)
        m = named[0] if named else forced
        if m is None or not m.direct or len(m.parts) < 2:
            return None
        if any(self.attributor.match(k).kinds or not self.tokens[k].word for k in range(first, m.first)):
            return None
        return Attribution("speech", m.first, last, None, "after", True)

    def _name_before_comma(self, offset: int) -> Attribution | None:
        """«Ердос Сұлтанов, хирург, «…».»: a name and an office in apposition open the sentence of a quotation."""
        if self.grammar.lang != "kk":
            return None
        start, _ = self.layout.sentences[self.layout.sentence(offset - 1)]
        lead = self.text[start:offset].rstrip()
        named = next(iter(self.people.between(start, offset)), None)
        if not lead.endswith(",") or named is None or not named.direct or len(named.parts) < 2:
            return None
        first, last = self.layout.first_token(start), self.layout.first_token(offset)
        if named.first != first or not named.roles or self.text[named.end : named.end + 1] != ",":
            return None
        return Attribution("speech", first, last, None, "before", True)

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
