"""Reported speech: clauses that give what somebody said in the narrator's grammar («заявил, что …», «айтуынша, …»)."""

from __future__ import annotations

from dataclasses import dataclass

from annotators.quotes.attribution import Attribution, Attributor
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, Layout

SHORTEST = 2
"""Words that a reported clause has at least."""
MAX_TOKENS = 250
"""Sentences longer than this are left alone."""


@dataclass(slots=True)
class Reported:
    """A reported clause.

    Attributes:
        start, end: the clause, without the words of saying.
        attribution: where cue and subject stand.
        possessor: token of a possessive that stands for the speaker («по его словам», «оның айтуынша»).
        oblique: the speaker stands in an oblique case («по словам министра»).
    """

    start: int
    end: int
    attribution: Attribution
    possessor: int | None = None
    oblique: bool = False


class Reports:
    """Finds reported speech in the sentences that are the narrator's.

    Parameters:
        layout: the text.
        grammar: of its language.
        attributor: reads cues.
        taken: 1 at every character inside a direct quotation or page furniture.
    """

    def __init__(self, layout: Layout, grammar: Grammar, attributor: Attributor, taken: bytearray) -> None:
        self.layout, self.grammar, self.attributor, self.taken = layout, grammar, attributor, taken
        self.tokens = layout.tokens
        cues = grammar.cues
        self.that = frozenset(cues.get("that", ()))
        self.nominalised = tuple(cues.get("nominalised_endings", ()))
        self.finite = frozenset(cues.get("finite", ()))
        self.told = frozenset(cues.get("told", ()))
        self.possessives: dict[str, str] = cues.get("possessives", {})

    def find(self) -> list[Reported]:
        """All reported clauses, in order; at most one a sentence."""
        read = self._kazakh if self.grammar.cues.get("binder") else self._with_that
        found = []
        for start, end in self.layout.sentences:
            first, last = self.layout.first_token(start), self.layout.first_token(end)
            if last - first > MAX_TOKENS or self.taken.find(1, start, end) >= 0:
                continue
            while last > first and not self.tokens[last - 1].word:
                last -= 1
            report = read(first, last)
            if report is not None and len(self.layout.words(report.start, report.end)) >= SHORTEST:
                found.append(report)
        return found

    def _clause(
        self,
        first: int,
        last: int,
        cue: tuple[int, int],
        zone: tuple[int, int],
        side: str,
        possessor: int | None = None,
        oblique: bool = False,
    ) -> Reported | None:
        """A report of the tokens first..last, its subject looked for in the tokens of zone."""
        if first >= last:
            return None
        start, end = self.layout.trim(self.tokens[first].start, self.tokens[last - 1].end, ",;: " + DASHES)
        text = self.layout.text
        if text[start] in '«“"' and not any(c in text[start + 1 : end] for c in '»”"'):
            start += 1  # a partial quotation, cut at its closing mark
        where = Attribution("speech", zone[0], zone[1], cue, "after" if side == "after" else "before", True)
        return Reported(start, end, where, possessor, oblique) if start < end else None

    def _comma(self, first: int, last: int) -> int | None:
        return next((k for k in range(first, last) if self.tokens[k].text == ","), None)

    # --- languages with «that» (Russian, English) --------------------------------------------------------------------

    def _with_that(self, first: int, last: int) -> Reported | None:
        tokens = self.tokens
        for k in range(first, last):
            hit = self.attributor.match(k)
            if "reported" in hit.kinds:
                return self._by_words_of(k, hit.end, first, last)
            if not hit.kinds & {"say", "stance"}:
                continue
            after_comma = k > first and tokens[k - 1].text == ","
            that = next((n for n in range(hit.end, min(hit.end + 12, last)) if tokens[n].low in self.that), None)
            if that is not None and (not after_comma or (self.grammar.lang == "ru" and that == hit.end + 1)):
                if self.grammar.lang == "ru" and tokens[that - 1].text != ",":
                    continue
                if after_comma:  # «Мать ученика, которая …, рассказала, что»
                    return self._clause(that + 1, last, (k, hit.end), (first, that), "before")
                begin = max((n + 1 for n in range(first, k) if tokens[n].text in {",", ";"}), default=first)
                zone = (begin if begin < k else first, that)
                return self._clause(that + 1, last, (k, hit.end), zone, "before")
            if after_comma and that is None and k - first > SHORTEST:
                found = self.attributor.after(tokens[k - 1].start)
                if self.finite and self._goes_on(hit.end, last):
                    return self._english(k, hit.end, first, last)  # «Brown, who is tall, said it was late»
                if found and found.kind == "speech" and not found.medium and found.cue and found.cue[0] == k:
                    return self._clause(first, k - 1, (k, hit.end), (k, found.last), "after")
                return None
            if self.grammar.lang == "en" and (not after_comma or that is not None):
                return self._english(k, hit.end, first, last)
        return None

    def _by_words_of(self, k: int, end: int, first: int, last: int) -> Reported | None:
        """«по словам X, …» before or after the clause."""
        comma = self._comma(end, last)
        possessor = next((n for n in range(k, end) if self.tokens[n].low in self.possessives), None)
        who = (possessor, possessor is None)
        if k <= first + 2 and comma is not None:
            return self._clause(comma + 1, last, (k, end), (k, comma), "after", *who)
        if k > first and self.tokens[k - 1].text == ",":
            return self._clause(first, k - 1, (k, end), (k, comma or last), "after", *who)
        return None

    def _english(self, k: int, end: int, first: int, last: int) -> Reported | None:
        """«She said the law would pass», «The law will pass, she said»."""
        tokens = self.tokens
        comma = max((n for n in range(first, k) if tokens[n].text == ","), default=None)
        if comma is not None and end >= last - 3 and comma - first > SHORTEST and comma < k - 1:
            return self._clause(first, comma, (k, end), (comma + 1, last), "after")
        if tokens[k].low not in self.grammar.cues.get("bare_clause", ()):
            if tokens[k].low not in self.told or not self._goes_on(end + 1, last):
                return None
            return self._clause(end + 1, last, (k, end), (first, end), "before")  # «told reporters the plan had failed»
        that = next((n for n in range(end, min(end + 12, last)) if tokens[n].low in self.that), None)
        if that is not None:  # «Brown, the mayor, said on Monday that …»
            return self._clause(that + 1, last, (k, end), (first, that), "before")
        starts_clause = end < last and (
            tokens[end].low in self.grammar.pronouns
            or tokens[end].low in self.grammar.cues.get("determiners", ())
            or (tokens[end].text[0].isupper() and k > first)
            or self._goes_on(end, last)
        )
        return self._clause(end, last, (k, end), (first, end), "before") if starts_clause else None

    def _goes_on(self, place: int, last: int) -> bool:
        """Whether a clause of its own follows: within a few words, before any comma, stands a finite verb."""
        for n in range(place, min(place + 9, last)):
            if self.tokens[n].text in {",", ";", ":"}:
                return False
            if self.tokens[n].low in self.finite:
                return n > place
        return False

    # --- Kazakh ------------------------------------------------------------------------------------------------------

    def _kazakh(self, first: int, last: int) -> Reported | None:
        tokens = self.tokens
        for k in range(first, last):
            hit = self.attributor.match(k)
            if "reported" in hit.kinds:
                comma = self._comma(hit.end, last)
                begin = comma + 1 if comma is not None and comma - hit.end <= 3 else hit.end
                possessor = next((n for n in range(first, k) if tokens[n].low in self.possessives), None)
                return self._clause(begin, last, (k, hit.end), (first, k), "before", possessor, possessor is None)
            if hit.kinds & {"binder"} and k > first:
                if tokens[k - 1].text == ",":
                    found = self.attributor.after(tokens[k - 1].start)
                    said = found is not None and found.kind == "speech" and not found.medium
                    if said and found and found.cue and found.cue[1] - found.cue[0] > 1:
                        return self._clause(first, k - 1, found.cue, (k, found.last), "after")
                    return None
                verb = self.attributor.match(k + 1) if k + 1 < last else None
                if verb and verb.kinds & {"say", "bound"} and verb.end >= last:
                    return self._clause(first, k, (k, verb.end), (first, k), "before")
            if "say" in hit.kinds and hit.end >= last and k > first:
                word = tokens[k - 1]
                if word.word and word.low.endswith(self.nominalised):
                    return self._clause(first, k, (k, hit.end), (first, k), "before")
        return None
