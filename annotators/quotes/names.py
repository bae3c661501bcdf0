"""Where people are named in a text."""

from __future__ import annotations

import re
from collections.abc import Container

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout
from annotators.quotes.mentions import Mention, Run
from annotators.quotes.runs import Runs
from annotators.quotes.titles import Titles
from annotators.quotes.words import Name

_BELONGS = re.compile(
    r"^(?!\w+(?:[дт][ае]?[ғг][ыі]|[ғгқк][ае]н[ыі]н|т[ыі]н[ыі]н|екен[ыі]н)$)[^\W\d_A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]\w{3,}(?:(?<![дтнш])[ыі]|[ыі](?:н[ыі]ң|на|не|н))$"
)


class Names:
    """Finds the names of people.

    Parameters:
        layout: the text.
        grammar: of its language.
        families: family names of the registry, lower case.
        hidden: stretches (page furniture) in which nobody is looked for.
    """

    def __init__(
        self,
        layout: Layout,
        grammar: Grammar,
        families: Container[str],
        hidden: list[tuple[int, int]],
    ) -> None:
        self.layout, self.grammar, self.families = layout, grammar, families
        self.runs = Runs(layout, grammar, hidden)
        self.titles = Titles(layout, grammar, self.runs)
        self.words = self.runs.words
        self.mentions: list[Mention] = []
        self._title_case: dict[int, bool] = {}

    def find(self) -> list[Mention]:
        """All mentions, in order."""
        tokens, i = self.layout.tokens, 0
        weak: list[tuple[int, int, Run]] = []
        while i < len(tokens):
            run = self.runs.at(i)
            if not run:
                i += 1
                continue
            end = run[-1][1]
            mention = None if self._headline(self.layout.tokens[i].start) else self._accept(run)
            if mention and self.grammar.lang == "en" and self._goes_on(end):
                mention = None  # a part of a longer name: «U.N. Security Council»
            if mention:
                self.mentions.append(mention)
                if self.grammar.lang == "kk" or not run[0][2]:
                    end = mention.last  # «Сооранбай Жээнбеков Нұрсұлтан Назарбаевқа»: another name follows at once
            elif any(part[2] for part in run):
                weak.append((run[0][0], end, run))
            i = max(end, i + 1)
        self._second_pass(weak)
        self.mentions.sort(key=lambda m: m.start)
        self._part_neighbours()
        return self.mentions

    def _part_neighbours(self) -> None:
        """«Зеленский Трамппен кездесті»: two people side by side, each named in full elsewhere, are not one."""
        firsts: dict[str, set[str]] = {}
        for m in self.mentions:
            if len(m.parts) > 1 and all(m.readings):
                for family in m.readings[-1]:
                    firsts.setdefault(family.nominative, set()).update(r.nominative for r in m.readings[-2])
        kept: list[Mention] = []
        for m in self.mentions:
            cut = self._seam(m, firsts)
            if not cut:
                kept.append(m)
                continue
            tokens = range(m.first, m.last)
            run = [(k, k + 1, readings) for k, readings in zip(tokens, m.readings, strict=True)]
            kept += [self._mention(run[:cut]), self._mention(run[cut:])]
        self.mentions = kept

    def _seam(self, m: Mention, firsts: dict[str, set[str]]) -> int:
        """Where the name of another person begins inside a mention, 0 if nowhere."""
        count = len(m.parts)
        if count < 2 or m.last - m.first != count or not all(m.readings):
            return 0
        before, last = ({r.nominative for r in m.readings[k]} for k in (-2, -1))
        others = [names - before for family, names in firsts.items() if family in last]
        if not any(others) or any(r.kind == "given" for r in m.readings[-1]):
            return 0
        if count == 2 and not any(firsts.get(family, set()) for family in before):
            return 0
        return count - 1

    def forced(self, first: int, last: int) -> Mention | None:
        """The capitalised words from a token on as a name, where the place beside a verb says that they are one."""
        run = [part for part in self.runs.at(first) if part[1] <= last]
        while run and not run[-1][2]:
            run.pop()
        mention = self._accept(run, forced=True) if run else None
        if mention and self.grammar.lang == "en" and self._modifies(mention.last, last):
            return None
        return mention

    def _second_pass(self, weak: list[tuple[int, int, Run]]) -> None:
        """Family names alone, of people who are named in full elsewhere or in the registry."""
        known = {reading.nominative.lower() for m in self.mentions for reading in (m.readings[-1] or ())}
        if self.grammar.lang == "ru":
            known |= {r.nominative.lower() for _, _, run in weak for r in self._spoken(run)}
        for _, _, run in weak:
            for part in run:
                hits = [r for r in part[2] if r.nominative.lower() in known]
                registered = [r for r in part[2] if r.nominative.lower() in self.families]
                if hits or (registered and len(run) == 1):
                    self.mentions.append(self._mention([(part[0], part[1], tuple(hits or registered))]))

    def _spoken(self, run: Run) -> list[Name]:
        """Russian: a family name alone beside its verb of saying is a person's: «подчеркнул Песков»."""
        if len(run) != 1:
            return []
        first, last, readings = run[0]
        tokens = self.layout.tokens
        if self.grammar.title(tokens[first].text) or tokens[first].low in self.runs.common:
            return []  # «Женщина рассказала»
        beside = [k for k in (first - 1, last) if 0 <= k < len(tokens) and tokens[k].word]
        if not any("say" in self.grammar.kinds(tokens[k].text) for k in beside):
            return []
        gender = {self.grammar.verb_gender(tokens[k].text) for k in beside}
        return [r for r in readings if r.kind == "surname" and r.direct and (not r.gender or r.gender in gender)]

    def _headline(self, offset: int) -> bool:
        """English: a line in which nearly every word has a capital tells nothing of names."""
        if self.grammar.lang != "en":
            return False
        n = self.layout.line(offset)
        if n not in self._title_case:
            start, end = self.layout.lines[n]
            words = self.layout.words(start, min(end, start + 200))
            capitals = sum(word.text[0].isupper() for word in words)
            self._title_case[n] = (
                len(words) >= 4 and capitals >= 0.7 * len(words) and self.layout.text[end - 1] not in '.,!?"”’'
            )
        return self._title_case[n]

    def _place_before(self, k: int) -> bool:
        """Whether the word before a token says that the next one names a place: «города», «села»."""
        tokens = self.layout.tokens
        places = self.grammar.names.get("places", ())
        return bool(k and places and tokens[k - 1].word and self.grammar.lemma(tokens[k - 1].text) in places)

    def _goes_on(self, last: int) -> bool:
        tokens = self.layout.tokens
        return (
            last < len(tokens)
            and tokens[last].text[0].isupper()
            and not self.grammar.name(tokens[last].text, self.words)
        )

    def _accept(self, run: Run, forced: bool = False) -> Mention | None:
        words = [part for part in run if part[2]]
        initials = [part for part in run if not part[2]]
        if not words:
            return None
        if initials:
            # «А. Есімов», «Есімов А.», «Джордж У. Буш»; a stop that ends the sentence is no initial's
            if not run[0][2]:
                keep = [p for p in run if not p[2]][:3] + words[:1]
                first = run.index(words[0])
                if first <= 3:
                    return self._mention(run[: first + 1]) if keep else None
            elif len(words) >= 1 and words[0][2][0].kind in {"surname", "given"}:
                inner = run if run[-1][2] else run[: _last_word(run) + 1]
                if run[-1][2] or len(inner) > 1:
                    return self._mention(inner)
                return self._mention(run) if words[0][2][0].kind == "surname" and len(run) > 1 else None
            return None
        if len(run) == 3 and self._place_before(run[0][0]) and any(r.kind == "given" for r in run[1][2]):
            run = run[1:]  # «аким города Нур-Султан Сауле Кисыкова»
        kinds = [{r.kind for r in part[2]} for part in run]
        titled = self.titles.before(run[0][0])[0]
        best = [part[2][0].kind for part in run]
        if len(run) >= 2:
            run = run[: self._name_length(best, run)]
            kinds, best = kinds[: len(run)], best[: len(run)]
            if len(run) > 3:
                # drop what cannot belong: a name has at most three words
                named = [k for k, kind in enumerate(best) if kind in {"given", "surname"}]
                if not named:
                    return None
                run = run[named[0] : named[-1] + 1][:3]
                return self._accept(run) if len(run) < 4 else None
            if best[0] in {"any", "common"} and len(run) == 3 and "given" in kinds[1] and "surname" not in kinds[0]:
                run, kinds, best = run[1:], kinds[1:], best[1:]
            addressed = self.grammar.lang == "en" and self.honorific(run[0][0]) is not None
            apposed = len(run) == 2 and self._apposed(run[0][0], run[-1][1])
            if any("given" in k or "surname" in k for k in kinds) or titled or forced or apposed or addressed:
                if (
                    best[0] == "any"
                    and len(run) == 2
                    and "given" in kinds[1]
                    and not (titled or apposed)
                    and "surname" not in kinds[1]
                ):
                    return None
                return self._mention(run)
            return None
        if self.honorific(run[0][0]) is not None or self.titles.bears(run[-1][1] - 1):
            return self._mention(run)
        if titled and best[0] in {"surname", "given"} and self.grammar.title(self.layout.tokens[run[0][0] - 1].low):
            return self._mention(run)
        if forced and self.grammar.oblique_name(run[0][2]):
            return None
        return self._mention(run) if forced else None

    def _apposed(self, first: int, last: int) -> bool:
        """«Ориол Жункерас, один из лидеров,»: two unknown words that an office in apposition shows to be a name."""
        before = self.layout.tokens[first - 1].low if first else ""
        start = self.layout.tokens[first].start
        lead = self.layout.text[max(start - 40, 0) : start]
        if any(re.search(pattern, lead) for pattern in self.grammar.names.get("before_names", ())):
            return True  # «68-летний электрик Нарсис Термес»
        return (
            last < len(self.layout.tokens)
            and self.grammar.lang != "en"
            and before not in self.grammar.prepositions
            and bool(self.titles.after(last)[0])
            and self.layout.tokens[last].text == ","
        )

    def honorific(self, first: int) -> str | None:
        """The gender that a form of address before a name shows («Mr. Adams»), "" if none; None without one."""
        k = first - 1
        if k > 0 and self.layout.tokens[k].text == ".":
            k -= 1
        return self.grammar.honorifics.get(self.layout.tokens[k].low) if k >= 0 else None

    def _name_length(self, best: list[str], run: Run) -> int:
        """How many words of a run are one name: after given name and family name another one begins."""
        for k in range(1, len(best) - 1):
            if (
                self.grammar.lang == "kk"
                and run[k][2]
                and not self.grammar.nominative(self.layout.tokens[run[k][0]].text)
                and any(not r.direct for r in run[k][2])
            ):
                return k + 1  # «Дональд Трамптан Ақ үйде»: only the last word of a name takes an ending
            if best[k] == "surname" and best[k - 1] == "given" and best[k + 1] != "surname":
                return k + 1
            if self.grammar.lang == "kk" and best[k] == "surname" and best[k + 1] == "given":
                return k + 1
        if self.grammar.lang == "kk" and len(run) == 3 and best[2] == "any" and self._owns(run[2][1]):
            return 2
        return len(best)

    def owns(self, k: int) -> bool:
        """Kazakh: whether the word at a token, in whatever case, belongs to the name before it: «Тоқаев ұжымына»."""
        if self.grammar.lang != "kk" or k >= len(self.layout.tokens):
            return False
        word = self.layout.tokens[k]
        if not word.word or self.grammar.kinds(word.text) or self.grammar.title(word.text):
            return False
        return _BELONGS.search(word.text) is not None

    def _owns(self, k: int) -> bool:
        """Kazakh: whether the word at a token belongs to the name before it: «Индонезия билігі»."""
        if k >= len(self.layout.tokens):
            return False
        word = self.layout.tokens[k]
        endings = tuple(self.grammar.cues.get("possessive", ()))
        return word.word and word.text[0].islower() and word.low.endswith(endings) and not self.grammar.kinds(word.text)

    def _mention(self, run: Run) -> Mention:
        tokens, text = self.layout.tokens, self.layout.text
        first, last = run[0][0], run[-1][1]
        parts = tuple(text[tokens[a].start : tokens[b - 1].end] for a, b, _ in run)
        roles, words, role_first, forms = self.titles.before(first)
        more, more_words = self.titles.after(last)
        return Mention(
            tokens[first].start,
            tokens[last - 1].end,
            first,
            last,
            parts,
            tuple(p[2] for p in run),
            (*roles, *more),
            frozenset({*words, *more_words}),
            role_first,
            self.titles.governed(first, role_first),
            None,
            (*forms, *("" for _ in more)),
        )

    def _modifies(self, k: int, last: int) -> bool:
        """English: whether the word after a name makes it a modifier: «a Prison Service spokesman»."""
        if k >= min(last, len(self.layout.tokens)):
            return False
        word = self.layout.tokens[k]
        kinds = self.grammar.kinds(word.text)
        return self._goes_on(k) or (
            word.word
            and word.text[0].islower()
            and not kinds
            and word.low not in self.grammar.prepositions
            and self.grammar.title(word.text) is not None
        )


def _last_word(run: Run) -> int:
    return max(k for k, part in enumerate(run) if part[2])
