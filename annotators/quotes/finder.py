"""Quotations of a text: marked, dashed, unmarked, with lost marks; each with its attribution."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from annotators.quotes.attribution import SAYING, Attribution, Attributor
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, STOPS, Layout
from annotators.quotes.marks import Pair, find_pairs
from annotators.speakers import People

BACK = 12
"""How many sentences a lost opening mark is looked for, back from the closing one."""
FORWARD = 6
"""How many sentences a quotation with a lost closing mark may go on."""
LINES = 8
"""A quotation may run over this many lines and still tell what somebody else said."""
LONG = 4000
"""A quotation with a lost mark is looked for over this many characters."""
HOPELESS = 12
"""A line with more lost marks than this is left alone."""
DASH_LINES = 15
"""How many lines a dash paragraph may run on before its attribution."""

_DATED = re.compile(r"\d{1,2} \w+ \d{4}, \d{1,2}:\d{2}|\d{4} \w+ \d{1,2} \w+ (?=\S)|\d{1,2}[./]\d{1,2}[./]\d{4}")
_DATELINE = re.compile(r"[^\n.]{0,40}?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ-]{4,}\.[^\n.]{0,40}? [-–—] ")


@dataclass(slots=True)
class Quotation:
    """One stretch of quoted words.

    Attributes:
        start, end: the words, marks not included.
        outer_start, outer_end: the stretch with its marks.
        attribution: the clause that attributes it; None where nothing does.
        label: direct or partial.
        group: number shared by parts of one interrupted quotation.
        score: how sure the rules are.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    attribution: Attribution | None
    label: str = "direct"
    group: int | None = None
    score: float = 1.0
    nested: bool = False
    turn: int = 0  # of a dialogue without attributions: turns since the last attributed one


class Finder:
    """Finds the quotations of one text.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it.
        attributor: reads the words beside a quotation.
        hidden: stretches of page furniture, in which nothing is quoted.
    """

    def __init__(
        self, layout: Layout, grammar: Grammar, people: People, attributor: Attributor, hidden: list[tuple[int, int]]
    ) -> None:
        self.layout, self.grammar, self.people, self.attributor = layout, grammar, people, attributor
        self.text, self.tokens = layout.text, layout.tokens
        self.hidden = sorted(hidden)
        organisations = frozenset(map(str.lower, grammar.cues.get("organisations", ())))
        self.pairs = find_pairs(layout, organisations)
        self.found: list[Quotation] = []
        self._groups = 0
        self._mask = bytearray(len(self.text))  # 1: inside a quotation found
        self._by_line: dict[int, list[Quotation]] = {}
        self._held = {role for m in people.mentions for role in m.roles}

    def find(self) -> list[Quotation]:
        """Everything quoted, in order; nested quotations after the one around them."""
        self._chain_paragraphs()
        self._part_strangers()
        self._marked()
        self._lost_marks()
        self._dash_paragraphs()
        self._dash_sentences()
        self._unmarked()
        self._headlines()
        self._nested()
        self.found.sort(key=lambda q: (q.start, -q.end))
        return self._without_overlap()

    # --- places ----------------------------------------------------------------------------------------------------

    def _is_hidden(self, offset: int) -> bool:
        k = bisect_left(self.hidden, (offset + 1, -1)) - 1
        return k >= 0 and self.hidden[k][0] <= offset < self.hidden[k][1]

    def _add(self, quotation: Quotation) -> None:
        self.found.append(quotation)
        a, b = quotation.outer_start, quotation.outer_end
        self._mask[a:b] = b"\1" * (b - a)
        self._by_line.setdefault(self.layout.line(a), []).append(quotation)

    def _taken(self, start: int, end: int) -> bool:
        return self._mask.find(1, start, end) >= 0

    def _starts_sentence(self, offset: int) -> bool:
        k = offset - 1
        while k >= 0 and self.text[k] in " \t":
            k -= 1
        if k < 0 or self.text[k] == "\n":
            return True
        if self.text[k] in DASHES:
            j = k - 1
            while j >= 0 and self.text[j] in " \t":
                j -= 1
            return j < 0 or self.text[j] in "\n.,:"
        return self.text[k] in STOPS + ':»”"' and (self.text[k] != "." or not self._abbreviation(k))

    def _abbreviation(self, k: int) -> bool:
        i = self.layout.first_token(k)
        return i < len(self.tokens) and self.tokens[i].start == k and not self.layout.ends_sentence(i)

    def _ends_sentence(self, close: int) -> bool:
        """Whether a sentence ends with a closing mark: a stop after it, or before it and a new sentence after."""
        k = close + 1
        while k < len(self.text) and self.text[k] in " \t)":
            k += 1
        if k >= len(self.text) or self.text[k] == "\n":
            return True
        if self.text[k] in STOPS:
            return True
        return self.text[close - 1] in STOPS and (self.text[k].isupper() or self.text[k] in '«“"„' + DASHES)

    def _sentence_like(self, start: int, end: int) -> bool:
        words = self.layout.words(start, end)
        if not words or not words[0].text[0].isupper():
            first_upper = bool(words) and words[0].text[0].isdigit()
            if not first_upper:
                return False
        inner = self.text[start:end]
        stop = inner.rstrip()[-1:] in STOPS
        first_person = any(self.grammar.first_person(w.text) for w in words)
        if self.grammar.lang == "kk" and words:
            first_person = first_person or words[-1].low.endswith(
                tuple(self.grammar.cues.get("first_person_endings", ()))
            )
        return (
            len(words) >= 6
            or (len(words) >= 3 and (stop or first_person))
            or (len(words) >= 2 and inner.rstrip()[-1:] in "!?")
        )

    def _ended(self, end: int) -> bool:
        inner = self.text[:end].rstrip() if end < 40 else self.text[end - 40 : end].rstrip()
        return inner[-1:] in "!?…," or inner[-3:] == "..."

    # --- marked quotations -----------------------------------------------------------------------------------------

    def _chain_paragraphs(self) -> None:
        """Several paragraphs, each with an opening mark, only the last with a closing one: one quotation."""
        tops = [p for p in self.pairs if p.open >= 0]
        by_open = {p.open: p for p in tops}
        starts = {a for a, _ in self.layout.lines}
        lines = self.layout.lines
        for pair in tops:
            if pair.close >= 0 or pair.open not in starts or pair.parent is not None:
                continue
            chain, line = [pair], self.layout.line(pair.open)
            if self._inline(pair.open + 1, lines[line][1]) is not None:
                continue
            while line + 1 < len(lines):
                line += 1
                nxt = by_open.get(lines[line][0])
                if nxt is None or nxt.family != pair.family:
                    break
                chain.append(nxt)
                if nxt.close >= 0:
                    break
            if len(chain) > 1 and chain[-1].close >= 0:
                pair.close = chain[-1].close
                for other in self.pairs:
                    if other is not pair and pair.open < max(other.open, other.close) <= pair.close:
                        other.parent = other.parent if other.parent and other.parent not in chain else pair
                for other in chain[1:]:
                    if other in self.pairs:
                        self.pairs.remove(other)

    def _part_strangers(self) -> None:
        """Part pairs that run over lines of somebody else: the one mark lost its partner, and so did the other."""
        kept: list[Pair] = []
        work = self.pairs[::-1]
        while work:
            pair = work.pop()
            if pair.whole and pair.parent is None and self._swallows(pair):
                kept += [Pair(pair.open, -1, pair.family), Pair(-1, pair.close, pair.family)]
                for child in pair.children:
                    child.parent = None
            else:
                kept.append(pair)
        kept.sort(key=lambda p: p.open if p.open >= 0 else p.close)
        self.pairs = kept

    def _swallows(self, pair: Pair) -> bool:
        for child in pair.children:
            if child.whole and child.close < pair.close - 2 and self._spoken_on_its_own(child):
                return True
        first, last = self.layout.line(pair.open), self.layout.line(pair.close)
        if first == last:
            return False
        lines = self.layout.lines
        if self.text[lines[first][1] - 1] == "…" or any(self._is_hidden(lines[n][0]) for n in range(first + 1, last)):
            return True
        told = [n for n in range(first + 1, last) if self._dated(lines[n][0]) or self._reports(*lines[n])]
        if any(self._dated(lines[n][0]) for n in told):
            return True
        after = self.attributor.after(pair.close + 1, ended=self._ended(pair.close))
        return bool(told) and (last - first > LINES or after is None or after.kind != "speech")

    def _spoken_on_its_own(self, child: Pair) -> bool:
        """Whether a pair inside another begins a sentence, after no colon, and is attributed by comma and dash."""
        k = child.open - 1
        while k >= 0 and self.text[k].isspace():
            k -= 1
        if k < 0 or self.text[k] not in STOPS + "»”" or len(self.layout.words(child.open, child.close)) < 3:
            return False
        found = self.attributor.after(child.close + 1, ended=self._ended(child.close))
        if found is None or found.kind != "speech" or not found.firm or found.cue is None:
            return False
        return any(d in self.text[child.close + 1 : self.tokens[found.first].start] for d in DASHES)

    def _dated(self, start: int) -> bool:
        """Whether a line opens with the date or the dateline of an article."""
        return bool(_DATED.match(self.text, start) or _DATELINE.match(self.text, start))

    def _marked(self) -> None:
        previous: Quotation | None = None
        for pair in self.pairs:
            if not pair.whole or pair.parent is not None or self._is_hidden(pair.open):
                continue
            start, end = self.layout.trim(pair.open + 1, pair.close)
            if start >= end or not self.layout.words(start, end):
                continue
            if self._taken(pair.open, pair.close + 1):
                continue
            quotes = self._classify(pair, start, end, previous)
            if quotes:
                for quotation in quotes:
                    self._add(quotation)
                previous = quotes[-1]

    def _classify(self, pair: Pair, start: int, end: int, previous: Quotation | None) -> list[Quotation]:
        """Speech or not: the words after, the words before, the shape."""
        count = len(self.layout.words(start, end))
        after = self.attributor.after(pair.close + 1, ended=self._ended(pair.close))
        before, colon = self.attributor.before(pair.open)
        lower = self.text[start].islower()
        begins = self._starts_sentence(pair.open)
        sentence_like = self._sentence_like(start, end)
        whole = [(start, end, after)]
        if after and after.kind == "name":
            return []
        inside = self._interruption(start, end)
        if inside:
            whole = inside
        if after and after.kind == "speech" and after.cue is None:
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
        if before and before.firm and not colon and sentence_like and self._ends_sentence(pair.close):
            return self._make(pair, whole, before, "direct", 0.8)
        if colon and not before:
            named = self._name_before_colon(pair.open)
            if named and (sentence_like or count >= 3):
                return self._make(pair, whole, named, "direct", 0.9)
            if sentence_like and self._has_voice(start, end):
                return self._make(pair, whole, None, "direct", 0.7)
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
                    self._groups += 1
                    previous.group = self._groups
                made = self._make(pair, whole, previous.attribution, "direct", 1.0)
                for q in made:
                    q.group = previous.group
                return made
        goes_on = previous is not None and self._goes_on(previous, pair)
        if begins and goes_on and count >= 2 and self._ends_sentence(pair.close) and self.text[start].isupper():
            return self._make(pair, whole, None, "direct", 0.8)
        alone = begins and self._ends_sentence(pair.close) and sentence_like and not colon
        if alone and self._standalone(pair, start, end):
            return self._make(pair, whole, None, "direct", 0.7)
        fragment = before and lower and not colon and (count >= 2 or self._ascribed(start, before))
        if before and fragment and not self._scare(pair, before):
            return self._make(pair, whole, before, "partial", 0.6)
        return []

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
            return self._has_voice(start, end)
        inner = self.text[start:end]
        many = len(re.findall(r"[.!?…](?=\s|$)", inner))
        return (
            many >= 2
            or self._has_voice(start, end)
            or inner.rstrip()[-1] in STOPS
            or (
                self.text[pair.close + 1 : pair.close + 2] in STOPS and self.text[pair.close + 1 : pair.close + 2] != ""
            )
        )

    def _has_voice(self, start: int, end: int) -> bool:
        words = self.layout.words(start, end)
        if any(self.grammar.first_person(w.text) for w in words):
            return True
        endings = tuple(self.grammar.cues.get("first_person_endings", ()))
        if endings and self.grammar.lang == "kk":
            for a, b in self._sentences(start, end):
                tail = self.layout.words(a, min(b, end))
                if tail and tail[-1].low.endswith(endings):
                    return True
        return self.text[start:end].rstrip()[-1:] in "!?"

    def _sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        k = self.layout.sentence(start)
        found = []
        while k < len(self.layout.sentences) and self.layout.sentences[k][0] < end:
            a, b = self.layout.sentences[k]
            if b > start:
                found.append((max(a, start), min(b, end)))
            k += 1
        return found

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
            self._groups += 1
            group = self._groups
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
            hit = self._inline_at(k, stop)
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

    # --- attributions inside running text --------------------------------------------------------------------------

    def _inline_at(self, k: int, stop: int) -> Attribution | None:
        """An attribution that starts at a dash token after a sign: «…, - деді ол», «…! — сказал он»."""
        tokens = self.tokens
        token = tokens[k]
        if token.text not in DASHES or k == 0 or k + 1 >= stop:
            return None
        prev = tokens[k - 1]
        if prev.text not in {",", "!", "?", "…", "...", "»", "”", '"', "."} and prev.text[:1] not in STOPS:
            return None
        if prev.text in {"»", "”", '"'}:
            return None
        hit = self.attributor.match(k + 1)
        if not hit.kinds & (SAYING | {"binder"}):
            second = self.attributor.match(k + 2) if k + 2 < stop else None
            if self.grammar.lang == "kk" or second is None or not second.kinds & {"say", "stance"}:
                return None
            if not (tokens[k + 1].low in self.grammar.pronouns or tokens[k + 1].text[0].isupper()):
                return None
        if prev.text == "." and self.grammar.lang != "en":
            return None
        found = self.attributor.after(tokens[k].start, stop=stop, ended=True)
        if found is None or found.kind != "speech" or not found.cue or found.quoting or found.medium:
            return None
        if "binder" in hit.kinds and found.cue[1] - found.cue[0] < 2 and found.cue[0] == k + 1:
            return None
        return found

    def _inline(self, start: int, end: int) -> tuple[int, Attribution] | None:
        """The first attribution of that kind between two offsets, with the offset of its dash."""
        k, stop = self.layout.first_token(start), self.layout.first_token(end)
        for n in range(k, stop):
            hit = self._inline_at(n, len(self.tokens))
            if hit:
                return n, hit
        return None

    # --- lost marks ------------------------------------------------------------------------------------------------

    def _narrator(self, start: int, end: int) -> bool:
        """Whether a sentence is clearly the narrator's: it reports, attributes, recaps, or names who has a title."""
        first, last = self.layout.first_token(start), self.layout.first_token(end)
        if self._is_hidden(start) or self._taken(start, end) or self._dated(start) or end - start > LONG:
            return True
        first_person = any(self.grammar.first_person(t.text) for t in self.tokens[first:last] if t.word)
        if any(t.low in self.grammar.agency_names for t in self.tokens[first : first + 3]):
            return True
        subjects = self.people.between(start, end)
        if self._reports(start, end):
            return True
        if subjects and not first_person and any(m.person and len(m.person.mentions) > 1 for m in subjects):
            return True
        titles = [self.grammar.title(t.text) for t in self.tokens[first:last] if t.word]
        return not first_person and any(t and t in self._held for t in titles)

    def _reports(self, start: int, end: int) -> bool:
        """Whether a stretch tells, in the third person, what somebody said."""
        first, last = self.layout.first_token(start), self.layout.first_token(end)
        words = [t for t in self.tokens[first:last] if t.word]
        if any(self.grammar.first_person(t.text) for t in words):
            return False
        named: bool | None = None
        for k in range(first, last):
            kinds = self.attributor.match(k).kinds
            if kinds & {"direct", "document_cues", "reported", "source"}:
                return True
            if "say" in kinds:
                if named is None:
                    named = bool(self.people.between(start, end)) or any(self.grammar.title(t.text) for t in words)
                if named or any(t.low in self.grammar.pronouns for t in self.tokens[first:k] if t.word):
                    return True
        return False

    def _lost_marks(self) -> None:
        lost = Counter(self.layout.line(max(p.open, p.close)) for p in self.pairs if not p.whole)
        for pair in self.pairs:
            if lost[self.layout.line(max(pair.open, pair.close))] > HOPELESS:
                continue
            if pair.whole or pair.parent is not None or self._is_hidden(max(pair.open, pair.close)):
                continue
            if pair.close < 0:
                self._no_close(pair)
        for pair in self.pairs:
            if lost[self.layout.line(max(pair.open, pair.close))] > HOPELESS:
                continue
            if pair.open < 0 and pair.parent is None and not self._is_hidden(pair.close):
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
                for q in self._by_line.get(self.layout.line(pair.open), ())
                if q.outer_start > pair.open
                and q.outer_start - pair.open < LONG
                and (self.text[q.outer_start] == "«") == (pair.family == "angle")
                and q.attribution
                and q.attribution.side == "after"
            ),
            None,
        )
        hit = self._inline(start, line_end)
        beside = inner is not None and inner.attribution is not None
        same = beside and (hit is None or hit[1].first == inner.attribution.first)  # type: ignore[union-attr]
        if inner and same and not self._ends_between(start, inner.outer_start):
            # «Біз "Назарбаев университетін", - деді: one closing mark for two opening ones
            a, b = self.layout.trim(start, inner.outer_end - 1)
            inner.start, inner.end, inner.outer_start = a, b, pair.open
            self._mask[pair.open : inner.outer_end] = b"\1" * (inner.outer_end - pair.open)
            inner.label = "direct"
            return
        if self._taken(pair.open, pair.open + 1):
            return
        if hit:
            a, b = self.layout.trim(start, self.tokens[hit[0]].start)
            if a < b and not self._taken(a, b):
                self._add(Quotation(a, b, pair.open, b, hit[1], score=0.8))
            return
        if self.grammar.lang == "en" and (hit := self._said_after_comma(start, line_end)):
            a, b = self.layout.trim(start, self.tokens[hit[0]].start)
            self._add(Quotation(a, b, pair.open, b, hit[1], score=0.7))
            return
        before, colon = self.attributor.before(pair.open)
        opens_line = pair.open == self.layout.lines[self.layout.line(pair.open)][0]
        if not (opens_line or (before and colon) or self._starts_sentence(pair.open)):
            return
        if not self._sentence_like(start, line_end) or "…" in self.text[start:line_end]:
            return  # nothing said, or a teaser that the page cut off
        k = self.layout.sentence(start)
        sentences = [(max(a, start), b) for a, b in self.layout.sentences[k : k + FORWARD + 3] if b > start]
        end, stopped = sentences[0][1] if sentences else line_end, False
        for n, (a, b) in enumerate(sentences):
            if n and self._narrator(a, b):
                stopped = True
                break
            if n > FORWARD:
                break
            end = b
        if not stopped and not opens_line and not colon:
            return
        if not stopped or end > line_end + 3000:
            own = [s for s in sentences if s[1] <= line_end]
            end = own[-1][1] if own else line_end
            voiced = self._has_voice(start, end)
            if not voiced and not (before and colon):
                return
        a, b = self.layout.trim(start, end)
        if a < b and not self._taken(a, b):
            self._add(Quotation(a, b, pair.open, b, before if before and before.firm else None, score=0.6))

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
        return any(start < b < end for _, b in self._sentences(start, end))

    def _no_open(self, pair: Pair) -> None:
        """A closing mark alone, with an attribution: back to the first sentence that is not the narrator's."""
        found = self.attributor.after(pair.close + 1, ended=self._ended(pair.close))
        if found is None or found.kind != "speech" or not found.firm or found.cue is None:
            return
        if self._taken(pair.close, pair.close + 1):
            return
        k = self.layout.sentence(pair.close - 1)
        start, own_start = self.layout.sentences[k][0], self.layout.sentences[k][0]
        reached = False
        for n in range(k - 1, max(k - BACK, -1) - 0, -1):
            a, b = self.layout.sentences[n]
            if self._narrator(a, b):
                reached = True
                break
            start = a
        if not reached:
            start = (
                self.layout.lines[self.layout.line(own_start)][0]
                if not self._narrator(own_start, pair.close)
                else own_start
            )
        a, b = self.layout.trim(start, pair.close, ",; " + DASHES)
        if a < b and not self._taken(a, b):
            self._add(Quotation(a, b, a, pair.close + 1, found, score=0.7))

    # --- dashes ----------------------------------------------------------------------------------------------------

    def _dash_paragraphs(self) -> None:
        lines = self.layout.lines
        n = 0
        while n < len(lines):
            a, _b = lines[n]
            if not self._dash_line(a) or self._is_hidden(a) or self._taken(a, a + 2):
                n += 1
                continue
            first = self.layout.first_token(a) + 1
            if (
                first < len(self.tokens)
                and self.attributor.match(first).kinds & (SAYING | {"binder"})
                and (self._taken(max(a - 80, 0), a))
            ):
                n += 1  # the attribution of the line above
                continue
            n = self._dash_block(n)

    def _dash_sentences(self) -> None:
        """Dash paragraphs whose line breaks were lost: sentences that open with a dash, up to an attribution."""
        sentences = self.layout.sentences
        starts = {a for a, _ in self.layout.lines}
        for n, (a, _) in enumerate(sentences):
            if a in starts or not self._dash_line(a) or self._is_hidden(a) or self._taken(a, a + 2):
                continue
            line = self.layout.line(a)
            for m in range(n, min(n + DASH_LINES, len(sentences))):
                b, e = sentences[m]
                if self.layout.line(b) != line or (m > n and (self._dash_line(b) or self._reports(b, e))):
                    hit = self._dash_attribution(max(a + 1, b), e) if self.layout.line(b) == line else None
                    if hit is None or self._dash_line(b):
                        break
                else:
                    hit = self._dash_attribution(max(a + 1, b), e)
                if self._taken(b, e):
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
            if m > n and (self._dash_line(a) or self._taken(a, b) or self._is_hidden(a)):
                break
            hit = self._dash_attribution(start if m == n else a, b)
            last = m
            if hit:
                break
            if m > n and self._reports(a, b):
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
            hit = self._inline_at(n, len(self.tokens))
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
        return None

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
                parts.append((a, b, attribution))
        group = None
        if len(parts) > 1:
            self._groups += 1
            group = self._groups
        for a, b, attribution in parts:
            a, b = self._unwrap(a, b)
            if not self._taken(a, b):
                self._add(Quotation(a, b, a, b, attribution, group=group, score=0.9))

    def _unwrap(self, a: int, b: int) -> tuple[int, int]:
        return a, b

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
        attributed = any(
            q.attribution
            and q.attribution.side == "after"
            and self.layout.line(q.outer_start) in {n - 1, n - 2, n - 3}
            and self._dash_line(lines[self.layout.line(q.outer_start)][0])
            for q in self.found[-4:]
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
                if self.text[last - 1] in STOPS and not self._taken(first, last) and self.layout.words(first, last):
                    before = self._colon_line(n) if introduced and m == n else None
                    turn = m - n + (0 if introduced else 1)
                    self._add(Quotation(first, last, a, last, before, score=0.6, turn=turn))
            taken_to = m
        return taken_to + 1

    def _colon_line(self, n: int) -> Attribution | None:
        found, _ = self.attributor.before(self.layout.lines[n][0])
        return found

    # --- without marks ---------------------------------------------------------------------------------------------

    def _unmarked(self) -> None:
        """Sentences closed by comma, dash and a verb of saying, with no mark at all."""
        for a, b in self.layout.sentences:
            if self._is_hidden(a) or self._taken(a, b):
                continue
            hit = self._inline(a, b)
            if hit is None:
                continue
            k, attribution = hit
            dateline = _DATELINE.match(self.text, a, self.tokens[k].start)
            start = dateline.end() if dateline else a
            start, end = self.layout.trim(start, self.tokens[k].start, ",; " + DASHES)
            if len(self.layout.words(start, end)) < 3 or self._taken(start, end):
                continue
            self._add(Quotation(start, end, start, end, attribution, score=0.6))

    def _headlines(self) -> None:
        """The title: «statement – Name …» and «Name: statement», unless it tells of the speaker."""
        lines = self.layout.lines
        for a, b in lines[:6]:
            if self._is_hidden(a):
                continue
            if self._taken(a, b) or self.text[b - 1] == ".":
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
            if not named or not named[0].direct or len(named[0].person.mentions) < 2:  # type: ignore[union-attr]
                continue
            if any(m.person is named[0].person and m.start < token.start for m in mentions):
                return
            start, end = self.layout.trim(a, token.start)
            words = self.layout.words(start, end)
            rest = self.tokens[named[0].last : last]
            about = frozenset(self.grammar.cues.get("about", ()))
            if len(words) < 3 or (rest and not (rest[-1].low in about or rest[0].low in about)):
                return
            clause = Attribution("speech", k + 1, named[0].last, None, "after", True)
            self._add(Quotation(start, end, start, end, clause, score=0.6))
            return
        colon = next((k for k in range(first, min(first + 8, last - 2)) if self.tokens[k].text == ":"), None)
        if colon is None:
            return
        named = [m for m in mentions if m.last == colon and (first in (m.first, m.role_first))]
        if not named or any(m.person is named[0].person for m in mentions if m.start > self.tokens[colon].start):
            return
        start, end = self.layout.trim(self.tokens[colon].end, b)
        if len(self.layout.words(start, end)) >= 3 and not self._taken(start, end):
            clause = Attribution("speech", first, colon, None, "before", True)
            self._add(Quotation(start, end, start, end, clause, score=0.6))

    # --- nested ----------------------------------------------------------------------------------------------------

    def _nested(self) -> None:
        """Quotations inside quotations: only with a cue right beside them."""
        outer = sorted((q.start, q.end, q.outer_end) for q in self.found)
        ends = {q.end for q in self.found} | {q.outer_end - 1 for q in self.found}
        for pair in self.pairs:
            if not pair.whole or self._is_hidden(pair.open) or not self._taken(pair.open, pair.open + 1):
                continue
            start, end = self.layout.trim(pair.open + 1, pair.close)
            k = bisect_left(outer, (pair.open,)) - 1
            if k < 0 or pair.close >= outer[k][1] or start >= end or end in ends or pair.close in ends:
                continue
            count = len(self.layout.words(start, end))
            after = self.attributor.after(pair.close + 1, ended=self._ended(pair.close))
            before, colon = self.attributor.before(pair.open)
            if after and after.kind != "speech":
                continue
            if after and after.cue and after.cue[0] == after.first and after.firm and count >= 2:
                used: Attribution | None = after
            elif before and before.firm and count >= 2 and (colon or self.tokens[before.cue[1]].start >= pair.open):  # type: ignore[index]
                used = before
            else:
                continue
            self._add(Quotation(start, end, pair.open, pair.close + 1, used, score=0.8, nested=True))

    def _without_overlap(self) -> list[Quotation]:
        kept: list[Quotation] = []
        around: list[Quotation] = []  # kept quotations that may hold the next one
        for q in self.found:
            if q.start >= q.end:
                continue
            while around and around[-1].end <= q.start:
                around.pop()
            inner = around[-1] if around else None
            if inner and (q.end > inner.end or (q.start, q.end) == (inner.start, inner.end)):
                continue
            kept.append(q)
            around.append(q)
        return kept
