"""Whether words beside a quotation attribute it, and to whom: cue, mention, agency, name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from annotators.quotes.grammar import Grammar, Hit
from annotators.quotes.layout import DASHES, STOPS, Layout

if TYPE_CHECKING:
    from annotators.speakers import People

CLAUSE = 60
"""Longest attribution, in tokens."""

HEARERS = ("ға", "ге", "қа", "ке", "на", "не")
"""Endings of the dative."""

SAYING = frozenset({"say", "direct", "stance", "document_cues"})


@dataclass(slots=True)
class Attribution:
    """A clause that says whose words stand beside it.

    Attributes:
        kind: speech; agency (a medium passing it on); name (what is in marks is called so).
        first, last: tokens of the clause, last exclusive.
        cue: tokens of the words of saying, or None (a dash or colon alone).
        side: where the clause stands.
        firm: whether the clause by itself proves speech.
    """

    kind: Literal["speech", "agency", "name"]
    first: int
    last: int
    cue: tuple[int, int] | None
    side: Literal["after", "before"]
    firm: bool
    quoting: bool = False  # «передаёт слова министра»: an agency that names whom it quotes
    medium: bool = False  # «пишет газета»: a medium's own words, if they stand in marks


class Attributor:
    """Reads the words after and before a quotation.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it: somebody who tells an agency something is no agency.
    """

    def __init__(self, layout: Layout, grammar: Grammar, people: People | None = None) -> None:
        self.layout, self.grammar, self.tokens, self.people = layout, grammar, layout.tokens, people

    def clause_end(self, first: int, stop: int | None = None) -> int:
        """Where a clause that starts at a token ends: a full stop, a line break, a semicolon, a dash after a sign."""
        tokens = self.tokens
        limit = min(len(tokens), first + CLAUSE, stop if stop is not None else len(tokens))
        for k in range(first, limit):
            token = tokens[k]
            if token.text in {"\n", ";"} or (not token.word and self.layout.ends_sentence(k)):
                return k
            if (
                token.text in DASHES
                and k > first
                and tokens[k - 1].text in {",", "."}
                and tokens[k - 1].end != token.start
            ):
                return k - 1
            if token.text == ":" and k > first:
                return k
            if (
                token.text in '"“„«'
                and k > first
                and tokens[k - 1].text in {",", "."}
                and (token.text != '"' or self.layout.text[token.start - 1].isspace())
            ):
                return k - 1
        return limit

    def after(self, offset: int, stop: int | None = None, ended: bool = False) -> Attribution | None:
        """Read the clause after a closing mark (or after the last word of unmarked speech).

        Parameters:
            offset: where the quotation ends, its mark included.
            stop: token that the clause may not reach.
            ended: the quoted words end in a sign of their own (?, !, …).

        Returns:
            what the clause says of the quotation; None where it says nothing.
        """
        tokens, text = self.tokens, self.layout.text
        i = self.layout.first_token(offset)
        comma = dash = stopped = broken = False
        first = i
        while i < len(tokens) and not tokens[i].word:
            if i - first > 12:
                return None
            sign = tokens[i].text
            if sign == "\n":
                k = i
                while k < len(tokens) and tokens[k].text == "\n":
                    k += 1
                if dash or k >= len(tokens) or tokens[k].text not in DASHES:
                    return None
                broken = True
            elif sign in DASHES:
                glued = tokens[i].start == offset and tokens[i].end < len(text) and text[tokens[i].end].isalpha()
                if glued and not comma and not ended and self.grammar.lang == "kk":
                    return None  # a case ending on what is in marks: «Хабар»-ға
                dash = True
            elif sign == ",":
                comma = True
            elif sign[0] in STOPS:
                stopped = True
            elif sign not in {")", "]", "»", "”", '"'}:
                return None
            i += 1
        if i >= len(tokens) or (stop is not None and i >= stop) or (stopped and not dash):
            return None
        end = self.clause_end(i, stop)
        if broken and not self.match(i).kinds & (SAYING | {"binder"}):
            return None  # on a line of its own only the plainest form: «- деп жазды ол»
        return self._read_kazakh(i, end, comma, dash) if self._binds else self._read(i, end, comma or ended, dash)

    @property
    def _binds(self) -> bool:
        """Languages that bind speech with a word after it (деп, деген) name that word in cues.yaml."""
        return bool(self.grammar.cues.get("binder"))

    def match(self, i: int) -> Hit:
        """What stands at a token."""
        return self.grammar.match(self.tokens, i)

    def _read_kazakh(self, i: int, end: int, comma: bool, dash: bool) -> Attribution | None:
        hit = self.match(i)
        if hit.kinds & {"direct", "document_cues"}:
            return Attribution("speech", i, end, (i, hit.end), "after", True)
        if "binder" in hit.kinds:
            for k in range(i + 1, end):
                verb = self.match(k)
                if not verb.kinds & {"say", "naming", "agency", "bound"}:
                    continue
                near = k == i + 1
                if "naming" in verb.kinds and not (comma and dash) and (near or not verb.kinds & {"say", "bound"}):
                    return Attribution("name", i, end, (i, verb.end), "after", True)
                if verb.kinds & {"say", "agency", "bound"}:
                    if "agency" in verb.kinds and self.is_agency(i, end) and not self._told(i, end, verb):
                        if quoted := self._words_of(i, end):
                            return quoted
                        if "writing" in verb.kinds:
                            return Attribution("speech", i, end, (i, verb.end), "after", True, medium=True)
                        return Attribution("agency", i, end, (i, verb.end), "after", True)
                    cue = (i, verb.end) if near else (k, verb.end)
                    return Attribution("speech", i, end, cue, "after", True)
            if self.is_agency(i, end):
                return self._words_of(i, end) or Attribution("agency", i, end, None, "after", True)
            cut = end - i <= 1
            unlisted = i + 1 < end and self.tokens[i + 1].text[0].islower()  # «деп тебіренді»
            return Attribution("speech", i, end, None if cut else (i, i + 1 + unlisted), "after", dash or comma)
        if "relative" in hit.kinds and i + 1 >= end:
            return Attribution("speech", i, end, (i, hit.end), "after", True)  # «Абай «Адам бол!» деген.»
        if "relative" in hit.kinds and comma and dash and self.tokens[i + 1].low in self.grammar.pronouns:
            return Attribution("speech", i, end, (i, hit.end), "after", True)  # «…», – деген ол өз ойын айтты
        if "relative" in hit.kinds:
            for k in range(i + 1, min(i + 3, end)):
                noun = self.match(k)
                if "speech_nouns" in noun.kinds or (comma and dash and "say" in noun.kinds and noun.end > k + 1):
                    return Attribution("speech", i, end, (i, noun.end), "after", True)  # «деген пікір білдірді»
            return Attribution("name", i, end, None, "after", True)
        if not dash:
            return None
        for k in range(i, min(end, i + 25)):
            hit = self.match(k)
            if hit.kinds & {"direct", "binder"} or ("say" in hit.kinds and k + 1 >= end - 1):
                last = hit.end
                if "binder" in hit.kinds and k + 1 < end and self.match(k + 1).kinds & {"say"}:
                    last = self.match(k + 1).end
                if self.is_agency(i, end) and "direct" not in hit.kinds:
                    return Attribution("agency", i, end, (k, last), "after", True)
                return Attribution("speech", i, end, (k, last), "after", comma)
        return Attribution("speech", i, end, None, "after", False) if end - i <= 8 else None

    def _read(self, i: int, end: int, comma: bool, dash: bool) -> Attribution | None:
        english = self.grammar.lang == "en"
        reach = 25 if dash and comma else 4 if dash else (12 if english and comma else 2)
        for k in range(i, min(end, i + reach)):
            hit = self.match(k)
            if hit.kinds & (SAYING | {"agency"}):
                if self._carries(k) and (brought := self._brought(hit.end, end)):
                    return brought
                if self.is_agency(k, end) and ("agency" in hit.kinds or english) and not self._told(k, end, hit):
                    quoting = next((n for n in range(hit.end, end) if "speech_nouns" in self.match(n).kinds), None)
                    if quoting is not None:
                        return Attribution("speech", quoting, end, (quoting, quoting + 1), "after", True, quoting=True)
                    if "writing" in hit.kinds:
                        return Attribution("speech", i, end, (k, hit.end), "after", True, medium=True)
                    if "quoting" in hit.kinds:
                        return Attribution("speech", k, end, (k, hit.end), "after", True, quoting=True)
                    return Attribution("agency", i, end, (k, hit.end), "after", True)
                if "agency" in hit.kinds and not hit.kinds & SAYING:
                    return Attribution("agency", i, end, (k, hit.end), "after", True)
                if english and not dash and not comma and k != i:
                    return None
                return Attribution("speech", i, end, (k, hit.end), "after", k - i <= 2 or comma)
            if "reported" in hit.kinds and k == i and (comma or dash):
                return Attribution("speech", i, end, (k, hit.end), "after", True)
            if self.tokens[k].text in {"который", "которая", "которые", "which", "who"} and not english:
                break
        if dash and i + 1 < end and self.grammar.finite(self.tokens[i].text) and self._subject(i + 1, end):
            return Attribution(
                "speech", i, end, (i, i + 1), "after", comma
            )  # a verb that is not listed: «буркнул внук»
        if dash and end - i <= 8:
            return Attribution("speech", i, end, None, "after", False)
        return None

    def _carries(self, k: int) -> bool:
        """Whether a verb brings somebody else's words: «приводит», «передаёт»."""
        carrying = self.grammar.cues.get("agency", {}).get("carrying", ())
        return bool(carrying) and self.grammar.lemma(self.tokens[k].text) in carrying

    def _brought(self, first: int, end: int) -> Attribution | None:
        """«передаёт канал заявление министра»: whose words a medium brings, however it is called."""
        for n in range(first, min(end, first + 5)):
            if self.tokens[n].low in self.grammar.prepositions:
                return None
            if "speech_nouns" in self.match(n).kinds and n + 1 < end and self.tokens[n + 1].word:
                return Attribution("speech", n, end, (n, n + 1), "after", True, quoting=True)
        return None

    def _subject(self, first: int, end: int) -> bool:
        """Whether somebody stands in the nominative among the next words."""
        for k in range(first, min(first + 3, end)):
            token = self.tokens[k]
            if token.low in self.grammar.pronouns or (
                self.grammar.title(token.text) and self.grammar.nominative(token.text)
            ):
                return True
        mentions = self.people.between(self.tokens[first].start, self.tokens[end - 1].end) if self.people else []
        return bool(mentions) and mentions[0].direct and mentions[0].first <= first + 3

    def _words_of(self, first: int, end: int) -> Attribution | None:
        """An agency that says whose words it brings: «ТАСС Лавровтың сөзін келтіреді»."""
        for k in range(first, end):
            if "speech_nouns" in self.match(k).kinds and self.people is not None:
                before = self.people.between(self.tokens[first].start, self.tokens[k].start)
                if before:
                    return Attribution("speech", before[-1].first, k + 1, (k, k + 1), "after", True, quoting=True)
        return None

    def _told(self, first: int, end: int, verb: Hit) -> bool:
        """Whether a person is the subject: «рассказал корреспонденту агентства Иванов», «he told the agency»."""
        if "say" not in verb.kinds:
            return False
        if any(self.tokens[k].low in self.grammar.pronouns for k in range(first, min(end, first + 3))):
            return True
        if self.people is None or first >= end:
            return False
        mentions = self.people.between(self.tokens[first].start, self.tokens[end - 1].end)
        before = self.tokens[first - 1] if first else None
        if self.grammar.lang == "en" and before is not None and before.word:
            return True  # the subject stands before the verb
        return any(
            m.direct and (not self.is_agency(m.last, min(m.last + 1, end)) or self._hearer(m.last, end))
            for m in mentions
        )

    def _hearer(self, first: int, end: int) -> bool:
        """Kazakh: «Айбек Смадияров nur.kz тілшісіне»: the medium behind a name stands in the dative, it was told."""
        words = self.tokens[first : min(first + 4, end)]
        return self.grammar.lang == "kk" and any(
            t.word and t.low.endswith(HEARERS) and self.is_agency(k, k + 1) for k, t in enumerate(words, first)
        )

    def is_agency(self, first: int, end: int) -> bool:
        """Whether the clause shows a medium at work: its name, its kind, its web address, «со ссылкой на»."""
        grammar = self.grammar
        for k in range(first, end):
            token = self.tokens[k]
            if not token.word:
                continue
            if token.low in grammar.agency_names or token.text in grammar.cues.get("agency", {}).get("names", ()):
                return True
            if (
                "." in token.text
                or token.low in grammar.agency_words
                or grammar.lemma(token.text) in grammar.agency_words
            ):
                return True
            if "source" in self.match(k).kinds:
                return True
        return False

    def before(self, offset: int) -> tuple[Attribution | None, bool]:
        """Read the words before an opening mark, back to the start of their sentence.

        Returns:
            the attribution (None if nothing of the kind), and whether a colon stands right before the mark.
        """
        text, tokens = self.layout.text, self.tokens
        k = offset - 1
        while k >= 0 and (text[k].isspace() or text[k] in DASHES):
            k -= 1
        colon = k >= 0 and text[k] == ":"
        if k < 0 or (not colon and "\n" in text[k + 1 : offset]):
            return None, False
        start, _ = self.layout.sentences[self.layout.sentence(k)]
        first, end = self.layout.first_token(start), self.layout.first_token(k + 1)
        first = max(first, end - CLAUSE)
        if text[k] in STOPS and not colon:
            return None, False
        best: tuple[int, int] | None = None
        i = first
        while i < end:
            hit = self.match(i)
            document = "documents" in hit.kinds and (tokens[i - 1].low in {"в", "во", "in"} if i else False)
            document = document or ("documents" in hit.kinds and self.grammar.lang == "kk" and i + 1 == end)
            if hit.kinds & (SAYING | {"reported", "binder"}) or (colon and (document or "speech_nouns" in hit.kinds)):
                best = (i, hit.end)
            i = max(hit.end, i + 1) if hit.kinds else i + 1
        if best is None:
            return None, colon
        near = end - best[1] <= (8 if colon else 2)
        return Attribution("speech", first, end, best, "before", colon or near), colon
