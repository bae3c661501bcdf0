"""Where people are named in a text, and under which offices."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout, Token
from annotators.quotes.words import Name

if TYPE_CHECKING:
    from annotators.speakers import Person

MAX_NAME = 4
_BELONGS = re.compile(
    r"^(?!\w+(?:[дт][ае]?[ғг][ыі]|[ғгқк][ае]н[ыі]н|т[ыі]н[ыі]н|екен[ыі]н)$)[^\W\d_A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]\w{3,}(?:(?<![дтнш])[ыі]|[ыі](?:н[ыі]ң|на|не|н))$"
)
_SPEAKER_LINE = re.compile(r"([^\W\d_a-zа-яё][\w-]+ [^\W\d_a-zа-яё][\w-]+), [^.:!?]{3,100}:$")
REACH = 14
"""How many tokens before a name its offices are looked for."""


@dataclass(slots=True, eq=False)
class Mention:
    """A person named at one place.

    Attributes:
        first, last: token indices, last exclusive; the name alone.
        parts: the words of the name as written, initials with their stop.
        readings: readings of each part (empty for initials).
        roles: dictionary forms of the offices before (or, between commas, after) the name.
        role_words: all words of the phrase that holds the offices, as dictionary forms.
        role_first: token index where that phrase starts.
        role_forms: words of those offices as written, in the same order (empty for offices after the name).
        governed: a preposition or a noun before the name asks for an oblique case.
    """

    start: int
    end: int
    first: int
    last: int
    parts: tuple[str, ...]
    readings: tuple[tuple[Name, ...], ...]
    roles: tuple[str, ...] = ()
    role_words: frozenset[str] = frozenset()
    role_first: int = -1
    governed: bool = False
    person: Person | None = None
    role_forms: tuple[str, ...] = ()

    @property
    def direct(self) -> bool:
        """Whether the name can stand in the nominative."""
        return not self.governed and all(not part or any(r.direct for r in part) for part in self.readings)


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
        tokens = layout.tokens
        lower = {t.text for t in tokens if t.word and t.text[0].islower()}
        self.words = frozenset(t.text for t in tokens if t.word and t.text[0].isupper())
        self._common = {w for w in lower if len(w) > 2}
        self.mentions: list[Mention] = []
        self._title_case: dict[int, bool] = {}
        self._hidden = sorted(hidden)
        self._sentence_starts = {a for a, _ in layout.sentences}

    def find(self) -> list[Mention]:
        """All mentions, in order."""
        tokens, i = self.layout.tokens, 0
        weak: list[tuple[int, int, list[tuple[int, int, tuple[Name, ...]]]]] = []
        while i < len(tokens):
            run = self._run(i)
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
        run = [part for part in self._run(first) if part[1] <= last]
        while run and not run[-1][2]:
            run.pop()
        mention = self._accept(run, forced=True) if run else None
        if mention and self.grammar.lang == "en" and self._modifies(mention.last, last):
            return None
        return mention

    def _is_hidden(self, offset: int) -> bool:
        k = bisect_left(self._hidden, (offset + 1, -1)) - 1
        return k >= 0 and self._hidden[k][0] <= offset < self._hidden[k][1]

    def _second_pass(self, weak: list[tuple[int, int, list[tuple[int, int, tuple[Name, ...]]]]]) -> None:
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

    def _spoken(self, run: list[tuple[int, int, tuple[Name, ...]]]) -> list[Name]:
        """Russian: a family name alone beside its verb of saying is a person's: «подчеркнул Песков»."""
        if len(run) != 1:
            return []
        first, last, readings = run[0]
        tokens = self.layout.tokens
        if self.grammar.title(tokens[first].text) or tokens[first].low in self._common:
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

    def _run(self, i: int) -> list[tuple[int, int, tuple[Name, ...]]]:
        """Adjacent capitalised words and initials from token i: (first, last, readings); empty readings: an initial."""
        tokens, run = self.layout.tokens, list[tuple[int, int, tuple[Name, ...]]]()
        j = i
        while j < len(tokens) and len(run) < MAX_NAME + 1:
            token = tokens[j]
            if run and self._title_inside(j):
                run.append((j, j + 1, (Name(token.text, None, True, "given"),)))
                j += 1
                continue
            if not token.word or not token.text[0].isupper() or self._is_hidden(token.start):
                break
            if run and tokens[j - 1].end != token.start and self.layout.text[tokens[j - 1].end : token.start] != " ":
                break
            if self.grammar.lang == "en" and self._country(j):
                break
            if (
                (len(token.text) == 1 or token.text in {"Дж", "Ә", "Ю"})
                and j + 1 < len(tokens)
                and (tokens[j + 1].text == "." and tokens[j + 1].start == token.end)
            ):
                run.append((j, j + 2, ()))
                j += 2
                continue
            capitals = token.text.isupper() and len(token.text) > 1 and not self._shouting(token)
            if len(token.text) < 2 or (capitals and not self._capital_name(token, run)):
                break
            if "." in token.text or (self.grammar.lang != "en" and token.text.isascii()):
                break  # a web address; a Latin name among Cyrillic ones
            word = token.text.title() if capitals else token.text  # «Жанар ҚАРЖАУБАЕВА»
            readings = tuple(self.grammar.name(word, self.words))
            if not readings and not run and self._ambiguous(j):
                readings = (Name(token.text, None, True, "given"),)
            if not readings:
                break
            if all(reading.kind == "common" for reading in readings) and not (run and _may_follow(run[-1])):
                break
            if not run and self._adjective(j):
                break
            if (
                token.start in self._sentence_starts
                and not run
                and readings[0].kind == "any"
                and (token.low in self._common or self.grammar.kinds(token.text) or self.grammar.title(token.text))
            ):
                break
            titled = readings[0].kind == "any" and self.grammar.title(token.text)
            if titled and not (run and (self.grammar.lang == "en" or _may_follow(run[-1]))):
                break
            run.append((j, j + 1, readings))
            j += 1
        return run

    def _title_inside(self, j: int) -> bool:
        """Kazakh: whether a word between two capitals is a part of the name: «Наурызбай қажы Тағанұлы»."""
        tokens = self.layout.tokens
        return (
            tokens[j].text in self.grammar.names.get("inside", ())
            and j + 1 < len(tokens)
            and tokens[j + 1].word
            and tokens[j + 1].text[0].isupper()
        )

    def _ambiguous(self, j: int) -> bool:
        """Kazakh: whether a place or a month at a token is a given name here, a family name behind it."""
        tokens = self.layout.tokens
        if tokens[j].low not in self.grammar.names.get("also_names", ()) or j + 1 >= len(tokens):
            return False
        return any(r.kind == "surname" for r in self.grammar.name(tokens[j + 1].text, self.words)) and (
            tokens[j + 1].text[0].isupper()
        )

    def _capital_name(self, token: Token, run: list[tuple[int, int, tuple[Name, ...]]]) -> bool:
        """Whether a word all in capitals is a family name, as newspapers print it: its ending, the words before."""
        if self.grammar.lang == "kk" and self._speaker_line(token):
            return True
        if self.grammar.lang == "en" or len(token.text) < 4 or token.text.isascii():
            return False
        known = {r.kind for r in self.grammar.name(token.text.title(), self.words)}
        return "surname" in known or "given" in known or bool(run and _may_follow(run[-1]))

    def _country(self, j: int) -> bool:
        """English: whether a letter belongs to «U.S.», «U.N.», «U.K.», and is no initial."""
        tokens = self.layout.tokens
        ahead = tokens[j].text == "U" and j + 2 < len(tokens) and tokens[j + 2].text in {"S", "N", "K"}
        return ahead or (j > 1 and tokens[j - 2].text == "U" and tokens[j].text in {"S", "N", "K"})

    def _place_before(self, k: int) -> bool:
        """Whether the word before a token says that the next one names a place: «города», «села»."""
        tokens = self.layout.tokens
        places = self.grammar.names.get("places", ())
        return bool(k and places and tokens[k - 1].word and self.grammar.lemma(tokens[k - 1].text) in places)

    def _speaker_line(self, token: Token) -> bool:
        """Whether a word is one of the first of a line that names a speaker: «Мөлдір АН, АУЫЛ ТҰРҒЫНЫ:»."""
        start, end = self.layout.lines[self.layout.line(token.start)]
        found = _SPEAKER_LINE.match(self.layout.text[start : min(end, start + 160)])
        return found is not None and start <= token.start < start + found.end(1)

    def _goes_on(self, last: int) -> bool:
        tokens = self.layout.tokens
        return (
            last < len(tokens)
            and tokens[last].text[0].isupper()
            and not self.grammar.name(tokens[last].text, self.words)
        )

    def _adjective(self, j: int) -> bool:
        """«Костанайской области»: an adjective in capitals before its noun."""
        tokens = self.layout.tokens
        endings = tuple(self.grammar.names.get("adjective_endings", ()))
        return (
            bool(endings)
            and tokens[j].low.endswith(endings)
            and j + 1 < len(tokens)
            and tokens[j + 1].word
            and (
                tokens[j + 1].text[0].islower()
                or self.grammar.lemma(tokens[j + 1].text) in self.grammar.names.get("not_people", ())
            )
            and not self.grammar.kinds(tokens[j + 1].text)
        )

    def _shouting(self, token: Token) -> bool:
        """In a line all in capitals, capitals say nothing against a name."""
        start, end = self.layout.lines[self.layout.line(token.start)]
        return self.layout.text[start:end].isupper()

    def _accept(self, run: list[tuple[int, int, tuple[Name, ...]]], forced: bool = False) -> Mention | None:
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
        titled = self._roles_before(run[0][0])[0]
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
        if self.honorific(run[0][0]) is not None or self._bears(run[-1][1] - 1):
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
            and bool(self._roles_after(last)[0])
            and self.layout.tokens[last].text == ","
        )

    def honorific(self, first: int) -> str | None:
        """The gender that a form of address before a name shows («Mr. Adams»), "" if none; None without one."""
        k = first - 1
        if k > 0 and self.layout.tokens[k].text == ".":
            k -= 1
        return self.grammar.honorifics.get(self.layout.tokens[k].low) if k >= 0 else None

    def _name_length(self, best: list[str], run: list[tuple[int, int, tuple[Name, ...]]]) -> int:
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

    def _mention(self, run: list[tuple[int, int, tuple[Name, ...]]]) -> Mention:
        tokens, text = self.layout.tokens, self.layout.text
        first, last = run[0][0], run[-1][1]
        parts = tuple(text[tokens[a].start : tokens[b - 1].end] for a, b, _ in run)
        roles, words, role_first, forms = self._roles_before(first)
        more, more_words = self._roles_after(last)
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
            self._governed(first, role_first),
            None,
            (*forms, *("" for _ in more)),
        )

    def _governed(self, first: int, role_first: int) -> bool:
        """Whether the words before a name rule out that it is a subject: «генсека ООН», «слова», «с»."""
        tokens, grammar = self.layout.tokens, self.grammar
        for j in range(role_first, first):  # the first office of the phrase is its head
            if tokens[j].word and grammar.title(tokens[j].text):
                if grammar.lang == "ru" and not grammar.nominative(tokens[j].text):
                    return True
                return grammar.lang == "ru" and j > 0 and tokens[j - 1].low in grammar.governing
        if role_first < 1 or not tokens[role_first - 1].word:
            return False
        before = tokens[role_first - 1]
        return before.low in grammar.prepositions or before.low in grammar.governing

    def _roles_before(self, first: int) -> tuple[tuple[str, ...], frozenset[str], int, tuple[str, ...]]:
        """Offices in the phrase that runs up to a name: «ҚР ұлттық экономика министрі» Ерболат Досаев."""
        tokens = self.layout.tokens
        roles: list[str] = []
        forms: list[str] = []
        words: set[str] = set()
        start, depth = first, 0
        for j in range(first - 1, max(first - REACH, 0) - 1, -1):
            token = tokens[j]
            if token.text in "»”":
                depth += 1
            elif token.text in "«“" and depth:
                depth -= 1
            elif token.text in "-–—" and j and tokens[j - 1].end == token.start:
                pass
            elif token.text in "№#" or token.text.isdigit():
                pass  # «председатель ОСИ дома № 11 Айсулу Тулеуова»
            elif not token.word and not depth:
                break
            elif token.word:
                kinds = self.grammar.kinds(token.text)
                if not depth and token.low in self.grammar.governing:
                    break  # «директор школы имени А.С. Макаренко»
                if not depth and ("say" in kinds or "direct" in kinds or "binder" in kinds or self._phrase_ends(j)):
                    break
                if token.low in self.grammar.prepositions and token.low != "по" and (roles or not self._headed(j)):
                    break
                opens = self.grammar.lang == "kk" and token.start in self._sentence_starts
                title = self.grammar.title(token.low if opens else token.text)  # «Жүргізуші Қайрат қалып қойған»
                if (
                    roles
                    and not title
                    and not depth
                    and token.text[0].isupper()
                    and any(r.kind in {"given", "surname"} for r in self.grammar.name(token.text, self.words))
                ):
                    break  # somebody else's name
                if title and self.grammar.crowd(token.text):
                    break  # «сообщил журналистам Игорь Лепеха»
                if title and self._object(token):
                    break  # «БАҚ өкілдеріне сұхбат берген Мемлекет басшысы»
                if title:
                    # an office right before the name, or before the words that belong to it
                    if not roles and j != first - 1 and self.grammar.lang == "kk":
                        break
                    roles.append(title)
                    forms.append(token.text)
                    start = j
                elif (not roles and self.grammar.lang != "ru") or (not roles and first - j > 8):
                    break
                words.add(self.grammar.lemma(token.text))
                if roles:
                    start = j
        return tuple(roles), frozenset(words) if roles else frozenset(), start if roles else first, tuple(forms)

    def _headed(self, k: int) -> bool:
        """Whether an office right before a preposition goes on behind it: «посол США в Казахстане»."""
        tokens = self.layout.tokens
        if tokens[k].low not in self.grammar.inner_prepositions:
            return False
        for j in range(k - 1, max(k - 5, -1), -1):
            word = tokens[j]
            if not word.word or word.low in self.grammar.prepositions or self.grammar.kinds(word.text) & {"say"}:
                return False
            if self.grammar.title(word.text):
                return True
        return False

    def _phrase_ends(self, j: int) -> bool:
        """Whether a listed phrase of saying ends with a token: «жауап берді»."""
        hits = ((n, self.grammar.match(self.layout.tokens, n)) for n in range(max(j - 2, 0), j))
        return any(hit.end == j + 1 and hit.kinds & {"say", "speaks"} for _, hit in hits)

    def _object(self, token: Token) -> bool:
        """Kazakh: whether an office stands in an oblique case other than the genitive: it is no part of a title."""
        return (
            self.grammar.lang == "kk"
            and not self.grammar.nominative(token.low)
            and not token.low.endswith(("ның", "нің", "дың", "дің", "тың", "тің"))
        )

    def _roles_after(self, last: int) -> tuple[list[str], set[str]]:
        """An office set off by a comma or a dash: «Ержан Казыханов, министр иностранных дел,»."""
        tokens = self.layout.tokens
        while last < len(tokens) and tokens[last].text in '"»”' and self._bears(last):
            last += 1
        if last >= len(tokens) or (tokens[last].text not in {",", "–", "—", "-", "("} and not self._bears(last - 1)):
            return [], set()
        roles: list[str] = []
        words: set[str] = set()
        for j in range(last + 1, min(last + 8, len(tokens))):
            token = tokens[j]
            if not token.word or "say" in self.grammar.kinds(token.text):
                break
            title = self.grammar.title(token.text)
            if title:
                roles.append(title)
            elif not roles and j > last + 4:
                break
            words.add(self.grammar.lemma(token.text))
        return (roles, words) if roles else ([], set())

    def _bears(self, k: int) -> bool:
        """Kazakh: whether «есімді» follows a token, over a closing mark: «Айбек есімді жүргізуші»."""
        tokens = self.layout.tokens
        k += 1
        if k < len(tokens) and tokens[k].text in '"»”':
            k += 1
        return k < len(tokens) and tokens[k].low in self.grammar.cues.get("named", ())

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


def _may_follow(part: tuple[int, int, tuple[Name, ...]]) -> bool:
    """Whether a common word may be a family name after this part: an initial or a given name."""
    return not part[2] or any(reading.kind == "given" for reading in part[2])


def _last_word(run: list[tuple[int, int, tuple[Name, ...]]]) -> int:
    return max(k for k, part in enumerate(run) if part[2])
