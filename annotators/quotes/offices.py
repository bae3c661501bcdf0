"""Whom an office means: who is named under it, who held it on the day, whose it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from annotators.quotes.mentions import Mention
from annotators.quotes.persons import Person
from schemas.speakers import Speaker

if TYPE_CHECKING:
    from annotators.speakers import People

HEADS = frozenset({"министр", "әкім", "президент", "премьер-министр", "төраға"})
"""Offices whose holders are no envoys of their body."""
STATE = frozenset({"президент", "премьер-министр"})
"""Offices of which every country has one."""
NEAREST = 50
"""How many titled names around an office without a name are tried."""


class Offices:
    """Offices and those who bear them in a document.

    Parameters:
        people: everybody named in it.
    """

    def __init__(self, people: People) -> None:
        self.people = people
        self.grammar, self.known, self.context = people.grammar, people.known, people.context
        self._titled: list[Mention] | None = None
        self._office_names: dict[str, str | None] = {}

    def named(self, phrase: str) -> str | None:
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
        titled = self._bearers()
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
        for m in reversed(self.people.mentions[: self.people.before(before)]):
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
        kin = self.grammar.kin(role)
        own = self.details(words)
        titled = self._bearers()
        here = bisect_left(titled, before, key=lambda m: m.start)
        ordered = [*reversed(titled[max(here - NEAREST, 0) : here]), *titled[here : here + NEAREST]]
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
        return any(self.named(role) == office for role in m.roles) or any(
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
        holders = self.known.registry.holders(office, country, self.context.date)
        return holders[0] if holders else None

    def registered_holder(self, office: str, country: str | None) -> Person | None:
        """The only person named in the document who held an office (on its day, where that is known)."""
        day = self.context.date
        found = [
            p
            for p in self.people.persons
            if p.speaker
            and any(
                o.office == office and country in (None, o.country) and (day is None or o.held_on(day))
                for o in p.speaker.offices
            )
        ]
        return found[0] if len(found) == 1 else None

    def last_holder(self, office: str, country: str | None, before: int) -> Person | None:
        """Of several holders named in the document, the one named last before an offset."""
        k = self.people.before(before)
        for m in reversed(self.people.mentions[max(k - NEAREST, 0) : k]):
            speaker = m.person.speaker if m.person else None
            if speaker and any(o.office == office and country in (None, o.country) for o in speaker.offices):
                return m.person
        return None

    def forget(self) -> None:
        """Read again who is named under an office: a name was found."""
        self._titled = None

    def _bearers(self) -> list[Mention]:
        if self._titled is None:
            self._titled = [m for m in self.people.mentions if m.roles]
        return self._titled


def _places(words: frozenset[str]) -> frozenset[str]:
    """Russian: names of places among words."""
    from annotators.languages.ru.morphology import parses

    return frozenset(w for w in words if w in {"рф", "рк", "сша", "оон"} or any("Geox" in p.tag for p in parses(w)))
