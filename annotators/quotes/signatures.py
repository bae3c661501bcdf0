"""Who speaks without a verb of saying: headlines, signatures, names before a colon or a comma."""

from __future__ import annotations

from annotators.quotes.attribution import Attribution
from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.marks import Pair
from annotators.quotes.page import Stage

HEADLINES = 400
"""In how many characters from its beginning a page has its headline."""


class Signatures(Stage):
    """Reads names and offices around a pair of marks that stand there alone."""

    def labelled(self, offset: int) -> bool:
        """English: a line that opens with who speaks and a colon, as in a transcript: «Protester: “…”»."""
        start = self.layout.lines[self.layout.line(offset)][0]
        lead = self.text[start:offset].rstrip()
        words = self.layout.words(start, offset)
        return self.grammar.lang == "en" and lead.endswith(":") and 1 <= len(words) <= 3 and words[0].text[0].isupper()

    def headline(self, pair: Pair) -> Attribution | None:
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

    def headline_lead(self, pair: Pair) -> Attribution | None:
        """A headline that ends with its speaker's words: Тусипбаева заступилась за Димаша: «Он заставил весь мир …»."""
        start, end = self.layout.lines[self.layout.line(pair.open)]
        if self.grammar.lang == "en" or pair.open > HEADLINES or self.text[pair.close + 1 : end].strip():
            return None
        first, last = self.layout.first_token(start), self.layout.first_token(pair.open) - 1
        named = [m for m in self.people.between(start, pair.open) if m.direct and m.person]
        if not named or min(named[0].first, named[0].role_first) != first or last - first > 14:
            return None
        return Attribution("speech", first, last, None, "before", True)

    def signature(self, pair: Pair) -> Attribution | None:
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

    def cut_behind(self, close: int) -> bool:
        """Whether a line ends with a comma (and a dash) behind the mark: the page cut its attribution off."""
        tail = self.text[close + 1 : self.layout.lines[self.layout.line(close)][1]].strip()
        return self.text[close - 1] != "," and tail.startswith(",") and not tail.strip(" ," + DASHES)

    def name_only(self, after: Attribution, count: int, sentence_like: bool) -> Attribution | None:
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

    def name_before_colon(self, offset: int) -> Attribution | None:
        """A name, an office or a pronoun that stands before a colon."""
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

    def signed_line(self, close: int) -> Attribution | None:
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

    def name_before_comma(self, offset: int) -> Attribution | None:
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
