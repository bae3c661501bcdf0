"""People of a document: where they are named, under which offices, and whom a name, an office or a pronoun means."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from annotators.context import Context
from annotators.quotes.grammar import Grammar, Name
from annotators.quotes.layout import Layout, Token
from schemas.speakers import Speaker, SpeakerRegistry

MAX_NAME = 4
REACH = 14
"""How many tokens before a name its offices are looked for."""
NEAREST = 50
"""How many titled names around an office without a name are tried."""


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

    @property
    def direct(self) -> bool:
        """Whether the name can stand in the nominative."""
        return not self.governed and all(not part or any(r.direct for r in part) for part in self.readings)


@dataclass(slots=True, eq=False)
class Person:
    """Somebody named in the document, with every mention."""

    mentions: list[Mention] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    name: str = ""
    speaker: Speaker | None = None
    gender: str | None = None

    @property
    def id(self) -> str | None:
        """Id in the registry."""
        return self.speaker.id if self.speaker else None


class People:
    """Everybody named in a text.

    Parameters:
        layout: the text.
        grammar: of its language.
        known: the registry of known speakers.
        context: date and country decide who holds an office.
        hidden: stretches (page furniture) in which nobody is looked for.
    """

    def __init__(
        self,
        layout: Layout,
        grammar: Grammar,
        known: Known,
        context: Context,
        hidden: list[tuple[int, int]] | None = None,
    ) -> None:
        self.layout, self.grammar, self.known, self.context = layout, grammar, known, context
        self.registry = known.registry
        tokens = layout.tokens
        lower = {t.text for t in tokens if t.word and t.text[0].islower()}
        self.words = frozenset(t.text for t in tokens if t.word and t.text[0].isupper())
        self._common = {w for w in lower if len(w) > 2}
        self.mentions: list[Mention] = []
        self.persons: list[Person] = []
        self._by_family: dict[str, list[Person]] = {}
        self._by_given: dict[str, list[Person]] = {}
        self._titled: list[Mention] | None = None
        self._title_case: dict[int, bool] = {}
        self._office_names: dict[str, str | None] = {}
        self._hidden = sorted(hidden or [])
        self._sentence_starts = {a for a, _ in layout.sentences}
        self._find()
        self._join()
        self._starts = [m.start for m in self.mentions]

    # --- finding names -------------------------------------------------------------------------------------------

    def _is_hidden(self, offset: int) -> bool:
        k = bisect_left(self._hidden, (offset + 1, -1)) - 1
        return k >= 0 and self._hidden[k][0] <= offset < self._hidden[k][1]

    def _find(self) -> None:
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
            elif any(part[2] for part in run):
                weak.append((run[0][0], end, run))
            i = max(end, i + 1)
        self._second_pass(weak)
        self.mentions.sort(key=lambda m: m.start)

    def _second_pass(self, weak: list[tuple[int, int, list[tuple[int, int, tuple[Name, ...]]]]]) -> None:
        """Family names alone, of people who are named in full elsewhere or in the registry."""
        known = {reading.nominative.lower() for m in self.mentions for reading in (m.readings[-1] or ())}
        for _, _, run in weak:
            for part in run:
                hits = [r for r in part[2] if r.nominative.lower() in known]
                registered = [r for r in part[2] if r.nominative.lower() in self.known.families]
                if hits or (registered and len(run) == 1):
                    self.mentions.append(self._mention([(part[0], part[1], tuple(hits or registered))]))

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
            if not token.word or not token.text[0].isupper() or self._is_hidden(token.start):
                break
            if run and tokens[j - 1].end != token.start and self.layout.text[tokens[j - 1].end : token.start] != " ":
                break
            if (
                (len(token.text) == 1 or token.text in {"Дж", "Ә", "Ю"})
                and j + 1 < len(tokens)
                and (tokens[j + 1].text == "." and tokens[j + 1].start == token.end)
            ):
                run.append((j, j + 2, ()))
                j += 2
                continue
            if len(token.text) < 2 or (token.text.isupper() and len(token.text) > 1 and not self._shouting(token)):
                break
            if "." in token.text or (self.grammar.lang != "en" and token.text.isascii()):
                break  # a web address; a Latin name among Cyrillic ones
            readings = tuple(self.grammar.name(token.text, self.words))
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
            and tokens[j + 1].text[0].islower()
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
            if any("given" in k or "surname" in k for k in kinds) or titled or forced:
                if (
                    best[0] == "any"
                    and len(run) == 2
                    and "given" in kinds[1]
                    and not titled
                    and "surname" not in kinds[1]
                ):
                    return None
                return self._mention(run)
            return None
        if self._honorific(run[0][0]) is not None:
            return self._mention(run)
        if titled and best[0] in {"surname", "given"} and self.grammar.title(self.layout.tokens[run[0][0] - 1].text):
            return self._mention(run)
        if forced and self.grammar.oblique_name(run[0][2]):
            return None
        return self._mention(run) if forced else None

    def _honorific(self, first: int) -> str | None:
        """The gender that a form of address before a name shows («Mr. Adams»), "" if none; None without one."""
        k = first - 1
        if k > 0 and self.layout.tokens[k].text == ".":
            k -= 1
        return self.grammar.honorifics.get(self.layout.tokens[k].low) if k >= 0 else None

    def _name_length(self, best: list[str], run: list[tuple[int, int, tuple[Name, ...]]]) -> int:
        """How many words of a run are one name: after given name and family name another one begins."""
        for k in range(1, len(best) - 1):
            if best[k] == "surname" and best[k - 1] == "given" and best[k + 1] != "surname":
                return k + 1
        if self.grammar.lang == "kk" and len(run) == 3 and best[2] == "any" and self._owns(run[2][1]):
            return 2
        return len(best)

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
        roles, words, role_first = self._roles_before(first)
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
        )

    def _governed(self, first: int, role_first: int) -> bool:
        """Whether the words before a name rule out that it is a subject: «генсека ООН», «слова», «с»."""
        tokens, grammar = self.layout.tokens, self.grammar
        for j in range(role_first, first):  # the first office of the phrase is its head
            if tokens[j].word and grammar.title(tokens[j].text):
                return grammar.lang == "ru" and not grammar.nominative(tokens[j].text)
        if role_first < 1 or not tokens[role_first - 1].word:
            return False
        before = tokens[role_first - 1]
        return before.low in grammar.prepositions or before.low in grammar.governing

    def _roles_before(self, first: int) -> tuple[tuple[str, ...], frozenset[str], int]:
        """Offices in the phrase that runs up to a name: «ҚР ұлттық экономика министрі» Ерболат Досаев."""
        tokens = self.layout.tokens
        roles: list[str] = []
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
            elif not token.word and not depth:
                break
            elif token.word:
                kinds = self.grammar.kinds(token.text)
                if not depth and ("say" in kinds or "direct" in kinds or "binder" in kinds):
                    break
                if token.low in self.grammar.prepositions and token.low != "по":
                    break
                title = self.grammar.title(token.text)
                if (
                    roles
                    and not title
                    and not depth
                    and token.text[0].isupper()
                    and any(r.kind in {"given", "surname"} for r in self.grammar.name(token.text, self.words))
                ):
                    break  # somebody else's name
                if title:
                    # an office right before the name, or before the words that belong to it
                    if not roles and j != first - 1 and self.grammar.lang == "kk":
                        break
                    roles.append(title)
                    start = j
                elif (not roles and self.grammar.lang != "ru") or (not roles and first - j > 8):
                    break
                words.add(self.grammar.lemma(token.text))
                if roles:
                    start = j
        return tuple(roles), frozenset(words) if roles else frozenset(), start if roles else first

    def _roles_after(self, last: int) -> tuple[list[str], set[str]]:
        """An office set off by a comma or a dash: «Ержан Казыханов, министр иностранных дел,»."""
        tokens = self.layout.tokens
        if last >= len(tokens) or tokens[last].text not in {",", "–", "—", "-", "("}:
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

    # --- who is who ----------------------------------------------------------------------------------------------

    def _join(self) -> None:
        """Mentions of one person together: same family name, given names that do not contradict."""
        for m in sorted(self.mentions, key=lambda m: (-_full_words(m), m.start)):
            self._place(m, self._by_family)
        for person in self.persons:
            self._name(person)

    def _place(self, m: Mention, by_family: dict[str, list[Person]]) -> None:
        options: list[tuple[int, Person]] = []
        for position in (len(m.parts) - 1, 0):
            for reading in m.readings[position]:
                for person in by_family.get(reading.nominative.lower(), ()):
                    score = self._fits(m, person)
                    if score > 0:
                        options.append((score, person))
            if options or len([r for r in m.readings if r]) > 1:
                break
        if not options and len(m.parts) == 1 and m.readings[0]:
            # a first name alone, of the only person here who bears it
            wanted = {reading.nominative.lower() for reading in m.readings[0]}
            bearers = list(dict.fromkeys(p for name in wanted for p in self._by_given.get(name, ())))
            options = [(1, p) for p in bearers] if len(bearers) == 1 else []
        if options:
            person = max(options, key=lambda option: option[0])[1]
        else:
            person = Person()
            self.persons.append(person)
        person.mentions.append(m)
        m.person = person
        for name in _given(m):
            if len(name) > 1 and person not in (bearers := self._by_given.setdefault(name, [])):
                bearers.append(person)
        person.given.update(_given(m))
        for part in m.readings:
            for reading in part:
                if reading.kind != "given" or len(m.readings) == 1 or part is m.readings[-1] or part is m.readings[0]:
                    known = by_family.setdefault(reading.nominative.lower(), [])
                    if person not in known:
                        known.append(person)

    def _fits(self, m: Mention, person: Person) -> int:
        """How well a mention fits a person: 0 not at all."""
        firsts = _given(m)
        other = person.given
        if not firsts or not other:
            return 2
        for mine in firsts:
            for theirs in other:
                if mine == theirs:
                    return 3
                if (len(mine) == 1 or len(theirs) == 1) and mine[0] == theirs[0]:
                    return 2
        return 0

    def _name(self, person: Person) -> None:
        """The fullest name in the nominative, the gender, and the entry of the registry."""
        best = min(person.mentions, key=lambda m: (-_full_words(m), -len(m.parts), m.governed, not m.direct, m.start))
        clear = {m.parts[-1] for m in person.mentions if m.readings[-1] and all(r.direct for r in m.readings[-1])}
        seen = {m.parts[-1] for m in person.mentions if m.direct and not m.governed}
        gender = next((r.gender for r in self._ordered(best, 0) if r.gender and r.kind == "given"), None)
        if gender is None and self.grammar.honorifics:
            gender = next((g for m in person.mentions if (g := self._honorific(m.first))), None)
        parts: list[str] = []
        for k, (part, readings) in enumerate(zip(best.parts, best.readings, strict=True)):
            options = self._ordered(best, k)
            if not readings:
                parts.append(part)
                continue
            last = k == len(best.parts) - 1
            fitting = [r for r in options if gender is None or r.gender in (None, gender)] or options
            if last and k:
                known = [r for r in fitting if r.nominative in clear] or [r for r in fitting if r.nominative in seen]
                fitting = sorted(known, key=lambda r: len(r.nominative)) or fitting
            parts.append(fitting[0].nominative)
        person.name = " ".join(parts)
        if not best.readings[0] and best.parts[-1] == parts[-1]:
            person.name = self.layout.text[best.start : best.end]  # initials as they are printed
        person.gender = gender or next(
            (r.gender for m in person.mentions for r in self._ordered(m, len(m.parts) - 1)[:1] if r.gender), None
        )
        person.speaker = self._registered(person, parts)
        if person.speaker and person.speaker.gender:
            person.gender = person.speaker.gender

    @staticmethod
    def _ordered(m: Mention, k: int) -> list[Name]:
        """Readings of a part, those first that fit the place of the mention: nominative, or oblique if governed."""
        oblique = m.governed or not m.direct
        return sorted(m.readings[k], key=lambda r: r.direct == oblique)

    def _registered(self, person: Person, parts: list[str]) -> Speaker | None:
        options = self.known.families.get(parts[-1].lower(), ())
        given = {g for m in person.mentions for g in _given(m)}
        fitting = [
            speaker
            for speaker, first in options
            if not given or any(g == f or (min(len(g), len(f)) == 1 and g[0] == f[0]) for g in given for f in first)
        ]
        if len({s.id for s in fitting}) > 1 and self.context.date:
            serving = [s for s in fitting if any(o.held_on(self.context.date) for o in s.offices)]
            fitting = serving or fitting
        ids = {s.id for s in fitting}
        return fitting[0] if len(ids) == 1 else None

    # --- questions -----------------------------------------------------------------------------------------------

    def between(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie between two offsets."""
        k = bisect_left(self._starts, start)
        found = []
        while k < len(self.mentions) and self.mentions[k].start < end:
            if self.mentions[k].end <= end:
                found.append(self.mentions[k])
            k += 1
        return found

    def force(self, first: int, last: int) -> Mention | None:
        """Take the capitalised words from a token on as a person: the place beside a verb of saying says so."""
        run = [part for part in self._run(first) if part[1] <= last]
        while run and not run[-1][2]:
            run.pop()
        mention = self._accept(run, forced=True) if run else None
        if mention and self.grammar.lang == "en" and self._modifies(mention.last, last):
            return None
        if mention is None:
            return None
        self._place(mention, self._by_family)
        if mention.person is not None and len(mention.person.mentions) == 1:
            self._name(mention.person)
        k = bisect_left(self._starts, mention.start)
        self.mentions.insert(k, mention)
        self._starts.insert(k, mention.start)
        self._titled = None
        return mention

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

    def office(self, phrase: str) -> str | None:
        """Id of the office that a phrase in dictionary forms names; None where it is the office of something else."""
        if phrase not in self._office_names:
            self._office_names[phrase] = self._read_office(phrase.lower())
        return self._office_names[phrase]

    def _read_office(self, low: str) -> str | None:
        found = self.known.titles.search(low)
        if found is None:
            return None
        # «федерация президенті» is no head of state: beside the title only words for the country may stand
        for word in (low[: found.start()] + low[found.end() :]).replace("-", " ").split():
            if word not in self.known.beside and not word.startswith(self.known.countries):
                return None
        return self.known.offices[found[0]]

    def by_role(self, roles: list[str], words: frozenset[str], office: str | None, before: int) -> Person | None:
        """Who is named in the document under an office, the last one before an offset first."""
        if self._titled is None:
            self._titled = [m for m in self.mentions if m.roles]
        titled = self._titled
        here = bisect_left(titled, before, key=lambda m: m.start)
        best: tuple[tuple[int, int], Person] | None = None
        for m in titled[max(here - NEAREST, 0) : here + NEAREST]:
            if m.person is None:
                continue
            same = [r for r in roles if r in m.roles]
            if not same and not (office and any(self.office(r) == office for r in m.roles)):
                continue
            own = words - set(roles)
            theirs = m.role_words - set(m.roles)
            common = len(own & theirs)
            if own and theirs and not common and roles and (office or roles[0] != m.roles[0]):
                continue
            near = -abs(before - m.start) * (1 if m.start < before else 3)
            score = (common * 2 + (2 if same and same[0] == m.roles[0] else 0) - (1 if own and not common else 0), near)
            if best is None or score > best[0]:
                best = (score, m.person)
        return best[1] if best else None

    def country(self, words: frozenset[str] | set[str]) -> str | None:
        """The country that the words of a phrase name, else the document's, else that of its language."""
        for country, names in self.grammar.cues.get("countries", {}).items():
            if any(word.startswith(tuple(names)) for word in words):
                return str(country)
        return self.context.country or self.grammar.cues.get("country")

    def holder(self, office: str, country: str | None) -> Speaker | None:
        """Who held an office on the document's day, where day and country are known."""
        if self.context.date is None or country is None:
            return None
        holders = self.registry.holders(office, country, self.context.date)
        return holders[0] if holders else None

    def registered_holder(self, office: str, country: str | None) -> Person | None:
        """The only person named in the document who held an office (on its day, where that is known)."""
        day = self.context.date
        found = [
            p
            for p in self.persons
            if p.speaker
            and any(
                o.office == office and country in (None, o.country) and (day is None or o.held_on(day))
                for o in p.speaker.offices
            )
        ]
        return found[0] if len(found) == 1 else None

    def last_holder(self, office: str, country: str | None, before: int) -> Person | None:
        """Of several holders named in the document, the one named last before an offset."""
        k = bisect_left(self._starts, before)
        for m in reversed(self.mentions[max(k - NEAREST, 0) : k]):
            speaker = m.person.speaker if m.person else None
            if speaker and any(o.office == office and country in (None, o.country) for o in speaker.offices):
                return m.person
        return None

    def recent(self, before: int, gender: str | None, quoted: bytearray) -> Mention | None:
        """The last mention before an offset, outside quotations; of a subject of that gender if there is one near."""
        k = bisect_left(self._starts, before) - 1
        weak: Mention | None = None
        steps = 0
        while k >= 0 and steps < 12:
            m = self.mentions[k]
            k -= 1
            steps += 1
            person = m.person
            if person is None or quoted[m.start]:
                continue
            if gender in {"m", "f"} and person.gender and person.gender != gender:
                continue
            if m.direct:
                return m
            weak = weak or m
        return weak


def _may_follow(part: tuple[int, int, tuple[Name, ...]]) -> bool:
    """Whether a common word may be a family name after this part: an initial or a given name."""
    return not part[2] or any(reading.kind == "given" for reading in part[2])


def _last_word(run: list[tuple[int, int, tuple[Name, ...]]]) -> int:
    return max(k for k, part in enumerate(run) if part[2])


def _full_words(m: Mention) -> int:
    return sum(1 for readings in m.readings if readings)


def _given(m: Mention) -> list[str]:
    """First names and initials of a mention, lower case; an initial is one letter."""
    found: list[str] = []
    for k, (part, readings) in enumerate(zip(m.parts, m.readings, strict=True)):
        if k == len(m.parts) - 1 and readings:
            continue
        if readings:
            found += [reading.nominative.lower() for reading in readings]
        else:
            found.append(part[0].lower())
        break
    return found


class Known:
    """The registry as one language sees it: family names, titles of office.

    Parameters:
        registry: known speakers.
        grammar: of the language.
    """

    def __init__(self, registry: SpeakerRegistry, grammar: Grammar) -> None:
        self.registry = registry
        self.families: dict[str, list[tuple[Speaker, tuple[str, ...]]]] = {}
        for speaker in registry.speakers:
            for name in sorted({speaker.name(grammar.lang), *speaker.aliases.get(grammar.lang, ())}):
                words = name.lower().split()
                first = tuple(words[:1]) if len(words) > 1 else ()
                self.families.setdefault(words[-1], []).append((speaker, first))
        self.offices = {
            title: office for office, names in registry.titles.items() for title in names.get(grammar.lang, ())
        }
        longest_first = sorted(self.offices, key=lambda title: (-len(title), title))
        self.titles = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
        self.countries = tuple(name for names in grammar.cues.get("countries", {}).values() for name in names)
        self.beside = frozenset(grammar.cues.get("beside_office", ()))
