"""People of a document: the mentions of each together, and the fullest name that they give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from annotators.context import Context
from annotators.quotes.grammar import Grammar
from annotators.quotes.known import Known
from annotators.quotes.layout import Layout
from annotators.quotes.mentions import Mention
from annotators.quotes.names import Names
from annotators.quotes.words import Name
from schemas.speakers import Speaker

DECLINED = ("ов", "ев", "ёв", "ин", "ын", "ий", "ый", "а", "я", "у", "ю", "ым", "им", "ом", "ем", "е")
"""Russian: endings of family names that differ for men and women, or stand in an oblique case."""


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


class Persons:
    """Joins mentions of one person, and names them.

    Parameters:
        layout: the text.
        grammar: of its language.
        known: the registry of known speakers.
        context: its date tells who holds an office.
        names: finds the names of the text.
    """

    def __init__(self, layout: Layout, grammar: Grammar, known: Known, context: Context, names: Names) -> None:
        self.layout, self.grammar, self.known, self.context, self.names = layout, grammar, known, context, names
        self.persons: list[Person] = []
        self._by_family: dict[str, list[Person]] = {}
        self._by_given: dict[str, list[Person]] = {}

    def join(self, mentions: Iterable[Mention]) -> None:
        """Mentions of one person together: same family name, given names that do not contradict."""
        for m in sorted(mentions, key=lambda m: (-_full_words(m), m.start)):
            self._place(m)
        for person in self.persons:
            self._name(person)
            self._settle(person)
        self._restore_cut()

    def add(self, mention: Mention) -> None:
        """Give a mention that was found later to its person."""
        self._place(mention)
        if mention.person is not None and len(mention.person.mentions) == 1:
            self._name(mention.person)
            self._settle(mention.person)
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

    def _place(self, m: Mention) -> None:
        options: list[tuple[int, Person]] = []
        for position in (len(m.parts) - 1, 0):
            for reading in m.readings[position]:
                for person in self._by_family.get(reading.nominative.lower(), ()):
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
                    known = self._by_family.setdefault(reading.nominative.lower(), [])
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
