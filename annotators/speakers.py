"""People of a document: where they are named, under which offices, and whom a name, an office or a pronoun means."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotators.context import Context
from annotators.quotes.cases import Cases
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout
from annotators.quotes.names import Mention, Names
from annotators.quotes.words import Name
from schemas.speakers import Speaker, SpeakerRegistry

HEADS = frozenset({"министр", "әкім", "президент", "премьер-министр", "төраға"})
"""Offices whose holders are no envoys of their body."""
STATE = frozenset({"президент", "премьер-министр"})
"""Offices of which every country has one."""
DECLINED = ("ов", "ев", "ёв", "ин", "ын", "ий", "ый", "а", "я", "у", "ю", "ым", "им", "ом", "ем", "е")
"""Russian: endings of family names that differ for men and women, or stand in an oblique case."""
NEAREST = 50
"""How many titled names around an office without a name are tried."""


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
        self.names = Names(layout, grammar, known.families, hidden or [])
        self.words = self.names.words
        self.mentions = self.names.find()
        if grammar.lang == "ru":
            Cases(layout, grammar).settle(self.mentions)
        self.persons: list[Person] = []
        self._by_family: dict[str, list[Person]] = {}
        self._by_given: dict[str, list[Person]] = {}
        self._titled: list[Mention] | None = None
        self._office_names: dict[str, str | None] = {}
        self._join()
        self._starts = [m.start for m in self.mentions]

    def _join(self) -> None:
        """Mentions of one person together: same family name, given names that do not contradict."""
        for m in sorted(self.mentions, key=lambda m: (-_full_words(m), m.start)):
            self._place(m, self._by_family)
        for person in self.persons:
            self._name(person)
            self._settle(person)
        self._restore_cut()

    def _restore_cut(self) -> None:
        """«министр Светлана», where the line is cut off: the family name of the only «С. Жақыпова» of the page."""
        tokens = self.layout.tokens
        for person in list(self.persons):
            m = person.mentions[0]
            if (
                any(len(n.parts) > 1 for n in person.mentions)
                or not m.readings[0]
                or not any(r.kind == "given" for r in m.readings[0])
            ):
                continue
            if m.last < len(tokens) and tokens[m.last].text != "\n":
                continue
            others = [
                p
                for p in self.persons
                if p is not person
                and p.given == {person.name[:1].lower()}
                and (p.gender or person.gender) in (None, person.gender or p.gender)
            ]
            if len(others) != 1:
                continue
            whole = others[0]
            whole.name = f"{person.name} {whole.name.split('.')[-1].strip()}"
            whole.given.add(person.name.lower())
            whole.gender = whole.gender or person.gender
            for n in person.mentions:
                n.person = whole
            whole.mentions = sorted([*whole.mentions, *person.mentions], key=lambda n: n.start)
            self.persons.remove(person)

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
        if other.intersection(firsts):
            return 3
        initial = any(a[0] == b[0] and 1 in {len(a), len(b)} for a in firsts for b in other)
        return 2 if initial else 0

    def _name(self, person: Person) -> None:
        """The fullest name in the nominative, the gender, and the entry of the registry."""
        best = min(
            person.mentions,
            key=lambda m: (-_full_words(m), -len(m.parts), m.governed, not m.direct, not self._plainly(m), m.start),
        )
        clear = {m.parts[-1] for m in person.mentions if m.readings[-1] and all(r.direct for r in m.readings[-1])}
        seen = {m.parts[-1] for m in person.mentions if m.direct and not m.governed}
        gender = next((r.gender for r in self._ordered(best, 0) if r.gender and r.kind == "given"), None)
        if len(best.parts) > 1 and best.readings[0]:
            gender = self._agreed(best) or gender
        if self.grammar.lang == "ru" and best.readings[-1]:
            verbs = self._shown_gender(person)
            if verbs == "f" and any(r.gender in (None, "f") and r.direct for r in best.readings[-1]):
                gender = "f"
            gender = gender or verbs
        if gender is None and self.grammar.honorifics:
            gender = next((g for m in person.mentions if (g := self.names.honorific(m.first))), None)
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

    def _agreed(self, m: Mention) -> str | None:
        """The gender that given name and family name can have together: «Дане Каратаевой», «Маулен Ашимбаев»."""
        wanted = m.direct and not m.governed
        for direct in (wanted, not wanted):
            last = [r for r in m.readings[-1] if r.direct == direct]
            given = {r.gender for r in m.readings[0] if r.direct == direct and r.kind == "given"}
            if len(given) == 1 and None not in given and last and not m.parts[-1].lower().endswith(DECLINED):
                return next(iter(given))  # «Виктория Пак»: a family name that shows no gender
            for first in ([r for r in m.readings[0] if r.direct == direct], m.readings[0]):
                both = {
                    a.gender or b.gender
                    for a in first
                    for b in last
                    if None in (a.gender, b.gender) or a.gender == b.gender
                }
                if len(both) == 1:
                    return next(iter(both))
        shown = {r.gender for r in m.readings[-1]}
        return next(iter(shown)) if len(shown) == 1 else None  # «Гульжан Сеитовой»

    def _settle(self, person: Person) -> None:
        """Russian: of the readings of each mention keep those of this name, and its own offices by their case."""
        if self.grammar.lang != "ru":
            return
        family = person.name.split()[-1:]
        for m in person.mentions:
            own = tuple(r for r in m.readings[-1] if [r.nominative] == family)
            if own and len(own) < len(m.readings[-1]):
                m.readings = (*m.readings[:-1], own)
            direct = all(not part or any(r.direct for r in part) for part in m.readings)
            oblique = all(not part or any(not r.direct for r in part) for part in m.readings)
            if m.roles and direct != oblique:
                # «советник президента Макрона», «заместитель министра Иванов»: each office in the case of its bearer
                fits = self.grammar.nominative if direct else self.grammar.inflected
                kept = [k for k, form in enumerate(m.role_forms) if not form or fits(form)]
                m.roles = tuple(m.roles[k] for k in kept)
                m.role_forms = tuple(m.role_forms[k] for k in kept)

    def _shown_gender(self, person: Person) -> str | None:
        """Russian: the gender of the verbs right beside a name: «Кусаинова заявила»."""
        tokens = self.layout.tokens
        shown = []
        for m in person.mentions:
            if not m.direct:
                continue
            beside = (min(m.role_first, m.first) - 1, m.first - 1, m.last)
            words = [tokens[k].text for k in beside if 0 <= k < len(tokens) and tokens[k].word]
            shown += [self.grammar.verb_gender(word) for word in words if "say" in self.grammar.kinds(word)]
        return "f" if shown.count("f") > shown.count("m") else "m" if shown.count("m") > shown.count("f") else None

    def _plainly(self, m: Mention) -> bool:
        """Russian: whether a name can be nothing but a nominative: «Акан Сатаев», not «Акана Сатаева»."""
        return self.grammar.lang != "ru" or all(r.direct for r in m.readings[-1])

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
        if self.grammar.lang == "en" and first and self.layout.tokens[first - 1].low == "the":
            return None  # «the Crown says»
        mention = self.names.forced(first, last)
        if mention is None:
            return None
        self._place(mention, self._by_family)
        if mention.person is not None and len(mention.person.mentions) == 1:
            self._name(mention.person)
            self._settle(mention.person)
            self._restore_cut()
        k = bisect_left(self._starts, mention.start)
        self.mentions.insert(k, mention)
        self._starts.insert(k, mention.start)
        self._titled = None
        return mention

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
        roles = self._alike(roles, words)
        for m in titled[max(here - NEAREST, 0) : here + NEAREST]:
            if m.person is None:
                continue
            held = self._alike(m.roles, m.role_words)
            same = [r for r in roles if r in held]
            if office and not self._holds(m, office):
                continue
            if not same and not office:
                continue
            if not office and self._another(words, m.role_words):
                continue
            own = words - set(roles) - (self.known.office_words.get(office, frozenset()) if office else frozenset())
            theirs = m.role_words - set(m.roles)
            common = len(own & theirs)
            if own and theirs and not common and roles and (office or roles[0] != held[0]):
                continue
            if own and not common and roles and roles[0] in STATE and any(self._foreign(word) for word in own):
                continue  # «Ливан Президенті» is not the president named without a country
            near = -abs(before - m.start) * (1 if m.start < before else 3)
            home = bool(office) and any(word.startswith(self.known.countries) for word in m.role_words)
            score = (
                home + common * 2 + (2 if office or same[0] == held[0] else 0) - (1 if own and not common else 0),
                near,
            )
            if best is None or score > best[0]:
                best = (score, m.person)
        return best[1] if best else None

    def _foreign(self, word: str) -> bool:
        """Whether a word names a country whose offices the registry does not know."""
        return (
            word in self.grammar.not_people
            and word not in self.known.beside
            and not word.startswith(self.known.countries)
        )

    def _alike(self, roles: Sequence[str], words: frozenset[str]) -> list[str]:
        """Roles under the first of their names: «спикер» for «төраға», «облыс басшысы» for «облыс әкімі»."""
        found = []
        for role in roles:
            same = self.grammar.alike.get(role, role)
            for head, beside, office in self.grammar.cues.get("offices_of", ()):
                if head == same and any(word.startswith(tuple(beside)) for word in words):
                    same = office
            found.append(same)
        return found

    def bears(self, person: Person, roles: Sequence[str]) -> bool:
        """Whether a person is named under one of some roles."""
        wanted = set(self._alike(roles, frozenset()))
        return any(wanted & set(self._alike(m.roles, m.role_words)) for m in person.mentions)

    def represents(self, words: frozenset[str], before: int) -> Person | None:
        """The last person before an offset whose office names one of some words: «ІІМ өкілі»."""
        for m in reversed(self.mentions[: bisect_left(self._starts, before)]):
            if m.person and m.roles and m.roles[0] not in HEADS and {word.lower() for word in m.role_words} & words:
                return m.person
        return None

    def details(self, words: Iterable[str]) -> frozenset[str]:
        """Russian: the nouns of an office that tell whose it is, as dictionary forms: «министр финансов» → финансы."""
        found = set()
        for word in words:
            if not self.grammar.title(word) and self.grammar.noun(word):
                lemma = self.grammar.lemma(word)
                if lemma not in self.grammar.vague:
                    found.add(lemma)
        return frozenset(found)

    def _another(self, words: frozenset[str], theirs: frozenset[str]) -> bool:
        """Russian: whether two offices are of different bodies: «министр финансов», «министр культуры»."""
        if self.grammar.lang != "ru":
            return False
        mine, other = self.details(words), self.details(theirs)
        return bool(mine and other and not mine & other)

    def by_kin(self, role: str, words: frozenset[str], gender: str | None, before: int) -> Person | None:
        """Who holds an office of the same kind («тренер», called «наставник»), the last one named before an offset."""
        if role in self.grammar.strangers:
            return None
        if self._titled is None:
            self._titled = [m for m in self.mentions if m.roles]
        kin = self.grammar.kin(role)
        own = self.details(words)
        here = bisect_left(self._titled, before, key=lambda m: m.start)
        ordered = [*reversed(self._titled[max(here - NEAREST, 0) : here]), *self._titled[here : here + NEAREST]]
        if own:  # the one of the same body before the one named last: «спикер Мажилиса» is its «председатель»
            ordered.sort(key=lambda m: not own & self.details(m.role_words))
        for m in ordered:
            if m.person is None or not kin.intersection(m.roles):
                continue
            if gender and m.person.gender not in (None, gender):
                continue
            theirs = self.details(m.role_words)
            other = role in m.roles or (_places(own) and _places(theirs)) or self._parted(own, theirs)
            if own and theirs and not own & theirs and other:
                continue  # another ministry's minister, the speaker of the other house
            return m.person
        return None

    def _parted(self, own: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether two offices are of different bodies: «Сенат», «Мажилис», not «Нацбанк», «банк»."""
        mine, other = ({word for word in words if self.grammar.institution(word)} for words in (own, theirs))
        return bool(mine and other) and not any(a.endswith(b) or b.endswith(a) for a in mine for b in other)

    def _holds(self, m: Mention, office: str) -> bool:
        """Whether a name stands under a title of an office: «премьер-министр», «Үкімет басшысы»."""
        return any(self.office(role) == office for role in m.roles) or any(
            title <= m.role_words for title in self.known.title_words.get(office, ())
        )

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
            if m.direct and all(
                not part or any(r.direct and (not r.gender or r.gender == (person.gender or r.gender)) for r in part)
                for part in m.readings
            ):
                if self.names.owns(m.last):
                    weak = weak or m  # «Тоқаев ұжымына»: a name that only belongs to what follows
                    continue
                return m  # «сравнил Н. Назарбаева»: of a man no nominative
            weak = weak or m
        return weak


def _places(words: frozenset[str]) -> frozenset[str]:
    """Russian: names of places among words."""
    from annotators.languages.ru.morphology import parses

    return frozenset(w for w in words if w in {"рф", "рк", "сша", "оон"} or any("Geox" in p.tag for p in parses(w)))


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
            for name in sorted({speaker.name(grammar.language), *speaker.aliases.get(grammar.language, ())}):
                words = name.lower().split()
                first = tuple(words[:1]) if len(words) > 1 else ()
                self.families.setdefault(words[-1], []).append((speaker, first))
        self.offices = {
            title: office for office, names in registry.titles.items() for title in names.get(grammar.language, ())
        }
        self.office_words: dict[str, frozenset[str]] = {}
        self.title_words: dict[str, list[frozenset[str]]] = {}
        for title, office in self.offices.items():
            words_of = frozenset(grammar.lemma(word) for word in title.split()) | frozenset(title.split())
            self.title_words.setdefault(office, []).append(frozenset(grammar.lemma(word) for word in title.split()))
            self.office_words[office] = self.office_words.get(office, frozenset()) | words_of
        longest_first = sorted(self.offices, key=lambda title: (-len(title), title))
        self.titles = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
        self.countries = tuple(name for names in grammar.cues.get("countries", {}).values() for name in names)
        self.beside = frozenset(grammar.cues.get("beside_office", ()))
