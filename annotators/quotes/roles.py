"""Who speaks under an office: with a name beside it, or without one."""

from __future__ import annotations

from annotators.quotes.antecedents import Antecedents
from annotators.quotes.attribution import SAYING
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, Layout, Token
from annotators.quotes.mentions import Mention
from annotators.quotes.phrases import GENITIVE, Phrases, nominal
from annotators.quotes.voice import Voice, of_mention
from annotators.speakers import People


class Roles:
    """Reads offices that are subjects.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it.
        phrases: finds where a phrase begins and ends.
        antecedents: whom an office without a name may go back to.
    """

    def __init__(
        self, layout: Layout, grammar: Grammar, people: People, phrases: Phrases, antecedents: Antecedents
    ) -> None:
        self.layout, self.grammar, self.people = layout, grammar, people
        self.phrases, self.antecedents, self.tokens = phrases, antecedents, layout.tokens

    def read(self, k: int, first: int, last: int, named: dict[int, Mention], oblique: bool = False) -> Voice | None:
        """The speaker that an office at a token names, with the name beside it.

        Parameters:
            k: token of the office.
            first, last: tokens of the clause.
            named: mentions of the clause, by their first token.
            oblique: the speaker stands in an oblique case.

        Returns:
            the speaker, or None where the office belongs to somebody else.
        """
        tokens, grammar = self.tokens, self.grammar
        a = b = k
        while b + 1 < last:
            nxt = tokens[b + 1]
            if b + 1 in named:
                m = named[b + 1]
                relation = grammar.title(tokens[k].text) in grammar.relational and len(m.parts) == 1
                if oblique and relation and grammar.lang == "ru":
                    b = m.last - 1  # «по словам советника Дюбуа»
                    continue
                if (m.direct and (grammar.lang != "ru" or not self.genitive(m))) or (
                    oblique and grammar.lang == "ru" and grammar.inflected(tokens[k].text)
                ):
                    voice = of_mention(self.tokens, m, a)
                    start = self.phrases.start(k, first)
                    return Voice(voice.name, voice.id, (tokens[start].start, m.end), voice.person)
                if grammar.lang == "kk" and not m.direct:
                    return None  # «боксшы Жанат Жақияновтың бапкері»: the office goes with the name in the genitive
                b = m.last - 1
                continue
            if nxt.text in "«“":  # a company's name goes with its office
                closing = next((n for n in range(b + 2, min(last, b + 14)) if tokens[n].text in "»”"), None)
                if closing is not None:
                    b = closing
                    continue
            if nxt.text in "№#" or (nxt.text.isdigit() and tokens[b].text in "№#"):
                b += 1
                continue
            if not nxt.word:
                if nxt.text in '«»“”"' or (nxt.text in DASHES and nxt.start == tokens[b].end):
                    b += 1
                    continue
                break
            if nxt.low in grammar.prepositions and nxt.low != "по":
                break
            if grammar.lang == "ru" and grammar.title(nxt.text) and grammar.nominative(nxt.text):
                b += 1
                continue
            if grammar.kinds(nxt.text) & {"say", "direct", "binder", "agency"} and grammar.lang != "ru":
                break
            if nxt.low in grammar.agency_names:
                break
            if grammar.lang == "kk" and grammar.title(nxt.text) and not grammar.nominative(nxt.text):
                break  # «бапкері шәкіртінің фотосын жариялады»
            if grammar.lang == "kk" and not grammar.title(nxt.text):
                # the head is the last word: behind it only a name goes on
                forced = self.people.force(b + 1, last) if nxt.text[0].isupper() else None
                if forced is None or not forced.direct:
                    break
                start = self.phrases.start(k, first)
                voice = of_mention(self.tokens, forced, start)
                return Voice(voice.name, voice.id, (tokens[start].start, forced.end), voice.person)
            if grammar.lang == "ru" and nxt.text[0].islower() and not nominal(nxt.text):
                break
            if grammar.lang == "en" and nxt.low not in {"of", "for", "the", "and"} and nxt.text[0].islower():
                break
            if nxt.text[0].isupper() and not nxt.text.isupper() and b + 1 not in named:
                oblique = grammar.lang == "ru" and not self._nominative_name(b + 1)
                forced = None if oblique else self.people.force(b + 1, last)
                if forced is not None and forced.direct:
                    start = self.phrases.start(k, first)
                    voice = of_mention(self.tokens, forced, start)
                    return Voice(voice.name, voice.id, (tokens[start].start, forced.end), voice.person)
            b += 1
        while b > k and not tokens[b].word and tokens[b].text not in '»”"':
            b -= 1
        a = self.phrases.start(k, first)
        if grammar.lang == "ru" and (farther := self._named_behind(b + 1, last)):
            voice = of_mention(self.tokens, farther, a)
            return Voice(voice.name, voice.id, (tokens[a].start, farther.end), voice.person)
        if (
            b + 2 < (min(last + 3, len(tokens)) if oblique and grammar.lang == "ru" else last)
            and tokens[b + 1].text == ","
        ):
            beside = [m for m in self.people.between(tokens[b + 2].start, tokens[b + 2].start + 60) if m.first == b + 2]
            if not beside and grammar.lang != "en" and tokens[b + 2].text[0].isupper():
                forced = self.people.force(b + 2, last)
                beside = [forced] if forced is not None and forced.last == last else []
            apposed = bool(beside) and oblique and not beside[0].direct  # «по словам матери, Гульжан Сеитовой,»
            if beside and (beside[0].direct or apposed):  # «the chairwoman, Ingrid Solberg,»
                voice = of_mention(self.tokens, beside[0], a)
                return Voice(voice.name, voice.id, (tokens[a].start, beside[0].end), voice.person)
        return self.resolve(a, b + 1)

    def resolve(self, a: int, b: int) -> Voice | None:
        """Whom an office between two tokens means, else the office itself."""
        tokens, grammar, offices = self.tokens, self.grammar, self.people.offices
        words = [t for t in tokens[a:b] if t.word]
        if not words:
            return None
        span = (tokens[a].start, tokens[b - 1].end)
        if grammar.lang == "en" and words[0].low in grammar.cues.get("indefinite", ()):
            text = " ".join(self.layout.text[span[0] : span[1]].split())
            return Voice(text.split(" ", 1)[1] if words[0].low in {"a", "an"} and " " in text else text, None, span)
        owners = [k for k, t in enumerate(words[:-1]) if grammar.lang == "kk" and t.low.endswith(GENITIVE)]
        heads = words[owners[-1] + 1 :] if owners else words  # «боксшының бапкері» is no boxer
        roles = [title for t in heads if (title := grammar.title(t.text))]
        if grammar.lang == "ru" and len(roles) > 1:
            kept = [title for t in heads if (title := grammar.title(t.text)) and grammar.nominative(t.text)]
            roles = kept if kept[:1] == roles[:1] else roles[:1]  # «вдова пилота» is no pilot
        if grammar.lang == "ru" and heads and grammar.several(heads[0].text):
            return Voice(" ".join(self.layout.text[span[0] : span[1]].split()), None, span)  # «стражи порядка»
        lemmas = frozenset(grammar.lemma(t.text) for t in words)
        plain = " ".join(t.low for t in words)
        lemma_first = " ".join([grammar.title(words[0].text) or words[0].low, *(t.low for t in words[1:])])
        lemma_all = " ".join(grammar.lemma(t.text) for t in words)
        office = offices.named(plain) or offices.named(lemma_first) or offices.named(lemma_all)
        country = offices.country(lemmas | {t.low for t in words}) if office else None
        person = offices.registered_holder(office, country) if office and country else None
        if person is None and grammar.lang == "kk" and len(words) == 1 and not office:
            last = self.antecedents.latest(span[0], None)  # of several deputies, the one who was speaking
            if last and last.person and offices.bears(last.person, roles[:1]):
                person = last.person
        if person is None:
            person = offices.by_role(roles[:2] if grammar.lang == "ru" else roles[::-1][:2], lemmas, office, span[0])
        if person is None and office:
            person = offices.registered_holder(office, country) or offices.last_holder(office, country, span[0])
        envoys = grammar.cues.get("envoys", ())
        singular = words[-1].low[:-1] in envoys  # «ІІМ өкілі», but not «БАҚ өкілдері»
        if person is None and roles and roles[-1] in envoys and len(words) > 1 and singular:
            person = offices.represents(frozenset(t.low for t in words[:-1]), span[0])
        if person is not None:
            return Voice(person.name, person.id, span, person)
        if office and len(words) <= 3:
            holder = offices.holder(office, country)
            if holder:
                return Voice(holder.name(grammar.lang), holder.id, span)
        content = [t for t in words if t.low not in {"the", "a", "an", "his", "her", "their", "our"}]
        gender = grammar.role_gender(roles[0]) if roles else None
        if roles and grammar.lang == "ru":
            kin = offices.by_kin(roles[0], lemmas, gender, span[0])
            if kin is not None:
                return Voice(kin.name, kin.id, span, kin)
        plural = grammar.lang == "en" and bool(content) and content[-1].low not in grammar.titles
        bare = (len(content) == 1 and not plural) or plain in grammar.generic or self._bare(content)
        if bare and (not roles or not {roles[0]} & (grammar.strangers | grammar.relational)):
            recent = self.antecedents.latest(span[0], gender)
            if recent and recent.person is None and grammar.lang == "ru" and plain not in grammar.generic:
                mention = self.people.recent(
                    span[0], gender, self.antecedents.quoted
                )  # an unnamed one spoke last: «спросила зрительница»
                if mention and mention.person and not self._may_mean(content[0].low, roles[0], recent):
                    recent = Voice(mention.person.name, mention.person.id, None, mention.person)
            if (
                recent
                and recent.name
                and (plain in grammar.generic or self._may_mean(content[0].low, roles[0], recent))
                and not (gender and recent.person and recent.person.gender not in (None, gender))
            ):
                return Voice(recent.name, recent.id, span, recent.person)
        own = (
            {roles[0]} & (grammar.strangers | (grammar.relational - {"представитель", "пресс-секретарь"}))
            if roles
            else set()
        )
        if roles and grammar.lang == "ru" and not bare and not own:
            hero = self.antecedents.latest(span[0], gender)
            if (
                hero
                and hero.person
                and len(hero.person.mentions) > 1
                and not any(m.roles for m in hero.person.mentions)
            ):
                return Voice(hero.name, hero.id, span, hero.person)  # named without an office, then by it
        for _, said in reversed(self.antecedents.history[-12:]):
            # «начальник отдела», named before as «начальник отдела УДП»
            if said.person is None and said.name and {t.low for t in content} <= set(said.name.lower().split()):
                return Voice(said.name, said.id, span)
        text = self.layout.text[span[0] : span[1]]
        if grammar.lang == "ru" and not grammar.nominative(words[0].text):
            text = grammar.oblique(text.split())
        return Voice(" ".join(text.split()), None, span)

    def _named_behind(self, k: int, last: int) -> Mention | None:
        """Russian: a full name in the nominative behind words that go with the office: «глава центра при вузе Ли»."""
        if k >= last or not self.tokens[k].word:
            return None
        for m in self.people.between(self.tokens[k].start, self.tokens[last - 1].end):
            if len(m.parts) < 2 or self.tokens[m.first - 1].low in self.grammar.prepositions:
                continue
            if any(not self.tokens[j].word and self.tokens[j].text == "," for j in range(k, m.first)):
                return None
            readings = [part for part in m.readings if part]
            if m.governed and not all(part[0].direct for part in readings):
                continue
            genders = [{r.gender for r in part if r.direct} for part in readings]
            if all(genders) and (len(genders) < 2 or None in genders[0] | genders[-1] or genders[0] & genders[-1]):
                return m
        return None

    def _nominative_name(self, k: int) -> bool:
        readings = self.grammar.name(self.tokens[k].text, self.people.words)
        return any(r.direct and r.kind != "any" for r in readings) or (
            bool(readings) and readings[0].direct and len(readings) == 1
        )

    def genitive(self, m: Mention) -> bool:
        """Russian: «сказал представитель Назарбаева» – the form could be a nominative, its place says no."""
        if self.grammar.lang != "ru" or m.first == 0:
            return False
        before = self.tokens[m.first - 1]
        if not before.word or self.grammar.title(before.text) or self.grammar.kinds(before.text) & SAYING:
            return False
        readings = m.readings[-1]
        return bool(readings) and not all(r.direct for r in readings) and readings[0].direct is False

    def _bare(self, words: list[Token]) -> bool:
        """Russian: whether an office stands with nothing that tells whose it is: «молодой врач», «глава ведомства»."""
        return self.grammar.lang == "ru" and bool(words) and not self.people.offices.details(t.text for t in words)

    def _may_mean(self, word: str, role: str, voice: Voice) -> bool:
        """Whether an office without a name can mean whoever was last named: not one who holds another office."""
        if role in self.grammar.cues.get("kin", ()) and word != role:
            return False  # «әкесі»: of whoever was last named
        if voice.person is None:
            return role in (voice.name or "").lower() or word[:5] in (voice.name or "").lower()
        held = {kin for m in voice.person.mentions for r in m.roles for kin in self.grammar.kin(r)}
        return role in held or not (held and role in self.grammar.distinct)
