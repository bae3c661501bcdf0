"""One text under examination: what its stretches show, and the quotations found so far."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotators.quotes.attribution import SAYING, Attribution, Attributor
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, STOPS, Layout, is_picture, lies_in
from annotators.quotes.marks import Pair, find_pairs
from annotators.speakers import People

LONG = 4000
"""A quotation with a lost mark is looked for over this many characters."""

_DATED = re.compile(r"\d{1,2} \w+ \d{4}, \d{1,2}:\d{2}|\d{4} \w+ \d{1,2} \w+ (?=\S)|\d{1,2}[./]\d{1,2}[./]\d{4}")
DATELINE = re.compile(r"[^\n.]{0,40}?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ-]{4,}\.[^\n.]{0,40}? [-–—] ")


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


class Page:
    """A text, its words and people, and what has been found in it.

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
        self.pairs: list[Pair] = find_pairs(layout, frozenset(map(str.lower, grammar.cues.get("organisations", ()))))
        self.found: list[Quotation] = []
        self.mask = bytearray(len(self.text))  # 1: inside a quotation found
        self.by_line: dict[int, list[Quotation]] = {}
        self._groups = 0
        self._own_endings = tuple(grammar.cues.get("first_person_endings", ()))
        self._held = {role for m in people.mentions for role in m.roles}

    def new_group(self) -> int:
        """A number for the parts of one interrupted quotation."""
        self._groups += 1
        return self._groups

    def is_hidden(self, offset: int) -> bool:
        """Whether an offset lies in page furniture."""
        return lies_in(self.hidden, offset)

    def add(self, quotation: Quotation) -> None:
        """Take in a quotation; its place is taken from now on."""
        self.found.append(quotation)
        a, b = quotation.outer_start, quotation.outer_end
        self.mask[a:b] = b"\1" * (b - a)
        self.by_line.setdefault(self.layout.line(a), []).append(quotation)

    def taken(self, start: int, end: int) -> bool:
        """Whether a quotation found before has a part in a stretch."""
        return self.mask.find(1, start, end) >= 0

    def starts_sentence(self, offset: int) -> bool:
        """Whether a sentence begins at an offset: a line, a stop, a colon, a dash before it."""
        k = offset - 1
        while k >= 0 and self.text[k] in " \t":
            k -= 1
        if k < 0 or self.text[k] == "\n" or is_picture(self.text[k]):
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

    def ends_sentence(self, close: int) -> bool:
        """Whether a sentence ends with a closing mark: a stop after it, or before it and a new sentence after."""
        k = close + 1
        while k < len(self.text) and self.text[k] in " \t)":
            k += 1
        if k >= len(self.text) or self.text[k] == "\n":
            return True
        if self.text[k] in STOPS:
            return True
        return self.text[close - 1] in STOPS and (self.text[k].isupper() or self.text[k] in '«“"„' + DASHES)

    def sentence_like(self, start: int, end: int) -> bool:
        """Whether a stretch has the shape of what people say, and not of a name: length, stop, first person."""
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

    def ended(self, end: int) -> bool:
        """Whether quoted words end in a sign of their own, so that no comma need follow."""
        inner = self.text[:end].rstrip() if end < 40 else self.text[end - 40 : end].rstrip()
        return inner[-1:] in "!?…," or inner[-3:] == "..."

    def has_voice(self, start: int, end: int) -> bool:
        """Whether a stretch shows a speaker: the first person, a question, an exclamation."""
        words = self.layout.words(start, end)
        if any(self.grammar.first_person(w.text) for w in words):
            return True
        endings = tuple(self.grammar.cues.get("first_person_endings", ()))
        if endings and self.grammar.lang == "kk":
            for a, b in self.sentences(start, end):
                tail = self.layout.words(a, min(b, end))
                if tail and tail[-1].low.endswith(endings):
                    return True
        return self.text[start:end].rstrip()[-1:] in "!?"

    def sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        """The sentences of a stretch, cut at its edges."""
        k = self.layout.sentence(start)
        found = []
        while k < len(self.layout.sentences) and self.layout.sentences[k][0] < end:
            a, b = self.layout.sentences[k]
            if b > start:
                found.append((max(a, start), min(b, end)))
            k += 1
        return found

    def dated(self, start: int) -> bool:
        """Whether a line opens with the date or the dateline of an article."""
        return bool(_DATED.match(self.text, start) or DATELINE.match(self.text, start))

    def inline_at(self, k: int, stop: int) -> Attribution | None:
        """An attribution that starts at a dash token after a sign: «…, - деді ол», «…! — сказал он»."""
        tokens = self.tokens
        token = tokens[k]
        if token.text not in DASHES or k == 0 or k + 1 >= stop:
            return None
        prev = tokens[k - 1]
        if prev.text not in {",", "!", "?", "…", "...", "»", "”", '"', "."} and prev.text[:1] not in STOPS:
            bare = prev.word and self.grammar.lang == "kk" and prev.end < token.start  # «кетемін - деді қыз»
            if not bare or not self.attributor.match(k + 1).kinds & {"direct", "binder"}:
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

    def inline(self, start: int, end: int) -> tuple[int, Attribution] | None:
        """The first attribution of that kind between two offsets, with the offset of its dash."""
        k, stop = self.layout.first_token(start), self.layout.first_token(end)
        for n in range(k, stop):
            hit = self.inline_at(n, len(self.tokens))
            if hit:
                return n, hit
        return None

    def narrator(self, start: int, end: int) -> bool:
        """Whether a sentence is clearly the narrator's: it reports, attributes, recaps, or names who has a title."""
        first, last = self.layout.first_token(start), self.layout.first_token(end)
        if self.is_hidden(start) or self.taken(start, end) or self.dated(start) or end - start > LONG:
            return True
        first_person = any(self.grammar.first_person(t.text) for t in self.tokens[first:last] if t.word)
        if any(t.low in self.grammar.agency_names for t in self.tokens[first : first + 3]):
            return True
        subjects = self.people.between(start, end)
        if self.reports(start, end):
            return True
        if subjects and not first_person and any(m.person and len(m.person.mentions) > 1 for m in subjects):
            return True
        titles = [self.grammar.title(t.text) for t in self.tokens[first:last] if t.word]
        return not first_person and any(t and t in self._held for t in titles)

    def reports(self, start: int, end: int) -> bool:
        """Whether a stretch tells, in the third person, what somebody said."""
        first, last = self.layout.first_token(start), self.layout.first_token(end)
        words = [t for t in self.tokens[first:last] if t.word]
        if any(self.grammar.first_person(t.text) for t in words):
            return False
        if words and self.grammar.lang == "kk" and words[-1].low.endswith(self._own_endings):
            return False  # «айтып отырмын»: somebody speaks of what he says himself
        named: bool | None = None
        for k in range(first, last):
            kinds = self.attributor.match(k).kinds
            if kinds & {"direct", "document_cues", "reported", "source"}:
                return True
            if "say" in kinds:
                if self.grammar.lang == "kk" and not self._closes_clause(k, last):
                    continue  # «пікір білдіруім дұрыс болмас»: the verb that tells closes its clause
                if named is None:
                    named = bool(self.people.between(start, end)) or any(self.grammar.title(t.text) for t in words)
                if named or any(t.low in self.grammar.pronouns for t in self.tokens[first:k] if t.word):
                    return True
        return False

    def _closes_clause(self, k: int, last: int) -> bool:
        """Whether a verb, with at most one word behind it, stands before a sign or the end of the sentence."""
        end = self.attributor.match(k).end
        return any(n >= last or not self.tokens[n].word for n in (end, end + 1))


class Stage:
    """One kind of quotation, looked for on a page; later stages see what earlier ones found."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.layout, self.grammar, self.people, self.attributor = (
            page.layout,
            page.grammar,
            page.people,
            page.attributor,
        )
        self.text, self.tokens = page.text, page.tokens
