"""Which marks belong together: quotations of several paragraphs, and marks that lost their partner."""

from __future__ import annotations

from annotators.quotes.layout import DASHES, STOPS
from annotators.quotes.marks import Pair
from annotators.quotes.page import Stage

LINES = 8
"""A quotation may run over this many lines and still tell what somebody else said."""


class Pairing(Stage):
    """Puts the pairs of marks of a page right before anything is looked for between them."""

    def settle(self) -> None:
        """Join marks of one quotation and part those of two."""
        self._chain_paragraphs()
        self._part_strangers()

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
