"""Who speaks: the subject of an attribution, and the person that a name, an office or a pronoun there means."""

from __future__ import annotations

from annotators.quotes.attribution import SAYING, Attributor
from annotators.quotes.bodies import Bodies
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, Layout, Token
from annotators.quotes.names import Mention
from annotators.quotes.phrases import GENITIVE, Phrases, agrees, nominal
from annotators.quotes.subjects_kk import KazakhSubjects
from annotators.quotes.voice import NOBODY, Voice
from annotators.speakers import People


class Subjects:
    """Finds and resolves subjects; remembers who spoke last.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in the text.
        attributor: reads cues.
    """

    def __init__(self, layout: Layout, grammar: Grammar, people: People, attributor: Attributor) -> None:
        self.layout, self.grammar, self.people, self.attributor = layout, grammar, people, attributor
        self.tokens = layout.tokens
        self.phrases = Phrases(layout, grammar)
        self.kazakh = KazakhSubjects(self)
        self.bodies = Bodies(layout, grammar, people, self.resolve_role)
        self.history: list[tuple[int, Voice]] = []
        self.quoted = bytearray(len(layout.text))  # 1: inside a quotation

    def remember(self, offset: int, voice: Voice) -> None:
        """Note who spoke, in order of the text."""
        if voice.name:
            self.history.append((offset, voice))

    def find(
        self, first: int, last: int, cue: tuple[int, int] | None, side: str, quoting: bool = False
    ) -> Voice | None:
        """The subject of a clause.

        Parameters:
            first, last: tokens of the clause.
            cue: tokens of the words of saying.
            side: ``after`` or ``before`` the quotation.
            quoting: the speaker is not the subject but whom an agency quotes.

        Returns:
            the speaker, or None if the clause names nobody.
        """
        if quoting and cue is not None:
            return (
                self.kazakh.owner(first, cue[0])
                or self._zone(cue[1], last, True, oblique=True)
                or self._zone(first, cue[0], False, oblique=True)
            )
        if side == "before" and cue is not None:
            if grammar_owner := self.kazakh.owner(first, cue[0]):
                return grammar_owner
            commas = [k for k in range(first, cue[0]) if self.tokens[k].text == "," and not self._bracketed(k, first)]
            if commas:  # «Он вспомнил, как отец говорил:»: the subject stands nearest to its verb
                near = self._zone(commas[-1] + 1, cue[0], False)
                if near is not None and near.mention:
                    return near
        if cue is None:
            return self._zone(first, last, True, bare=side == "before")
        zones = [(cue[1], last, True), (first, cue[0], False)]
        if side == "before" or cue[0] > first:
            zones.reverse()
        spare: Voice | None = None
        for a, b, follows in zones:
            if a >= b:
                continue
            voice = self._zone(a, b, follows, oblique=follows and self._asks_genitive(cue))
            if voice is not None:
                if voice.mention is None or voice.person or not spare:
                    return voice
                return voice
        return spare

    def _bracketed(self, k: int, first: int) -> bool:
        """Whether a token stands in brackets that a clause from another token on opened."""
        signs = [t.text for t in self.tokens[first:k]]
        return signs.count("(") > signs.count(")")

    def _zone(
        self, first: int, last: int, follows_cue: bool, bare: bool = False, oblique: bool = False
    ) -> Voice | None:
        tokens, grammar = self.tokens, self.grammar
        between = grammar.cues.get("before_verbs", ())
        while between and not follows_cue and last - 1 > first and tokens[last - 1].low in between:
            last -= 1  # «Rezian has said»
        start = tokens[first].start if first < len(tokens) else 0
        end = tokens[last - 1].end if last > first else start
        named = {m.first: m for m in self.people.between(start, end)}
        owners = {m.role_first: m for m in named.values() if m.roles}
        if grammar.lang == "en" and (owner := self._english_owner(named, first, last, follows_cue)):
            return owner
        body: Voice | None = None
        if (
            grammar.lang == "kk"
            and follows_cue
            and not oblique
            and (closing := self.kazakh.closing_mention(first, last))
        ):
            return closing
        k = first
        depth = 0
        while k < last:
            token = tokens[k]
            if token.text in "«“„":
                depth += 1
            elif token.text in "»”":
                depth = max(depth - 1, 0)
            elif token.text == '"':
                k = next((n + 1 for n in range(k + 1, last) if tokens[n].text == '"'), k + 1)
                continue  # a name in straight marks: «радиостанции "Маяк" директор»
            if not token.word or depth:
                k += 1
                continue
            if k in owners and owners[k].direct and not self._governed(k, first):
                return self.of_mention(owners[k], k)
            if k in named and oblique:
                return self.of_mention(named[k], k)
            if k in named:
                m = named[k]
                if follows_cue and not m.direct and (woman := self._woman(m)):
                    return woman
                if m.direct and not self._governed(m.first, first) and not self._genitive(m):
                    return self.of_mention(m, m.first)
                k = m.last
                continue
            if token.low == "өзі" and k > first and (owner := self.kazakh.himself(k, first)):
                return owner
            if token.low in grammar.pronouns and (follows_cue or k < first + 3 or grammar.lang == "kk"):
                voice = self._pronoun(token.low, token.start, (token.start, token.end))
                if voice:
                    return voice
            title = grammar.title(token.text)
            if title and (oblique or (grammar.nominative(token.text) and not self._governed(k, first))):
                found = self._role(k, first, last, named, oblique)
                if found:
                    return found
            bodied = grammar.institution(token.text) if not title and not self._addressed(token, k, first) else None
            if bodied and body is None:
                body = self.bodies.institution(k, first, last, oblique)
                if grammar.lang == "kk" and not (
                    grammar.nominative(token.text) or token.low.endswith(tuple(grammar.cues.get("from_endings", ())))
                ):
                    body = None
            if grammar.lang == "kk" and follows_cue and body is None and not title and not bodied:
                body = self.kazakh.letters(k, first, last)
            if "documents" in grammar.kinds(token.text) and body is None and not title:
                body = self.bodies.document(k, first, last)
                if body and grammar.lang != "ru":
                    k += 1
                    continue
            if (
                token.text[0].isupper()
                and not token.text.isupper()
                and ((follows_cue and not bare) or (k and grammar.title(tokens[k - 1].text)) or k + 1 == last)
                and not title
                and not bodied
                and not self._governed(k, first)
            ):
                after_title = k > 0 and (grammar.title(tokens[k - 1].text) or tokens[k - 1].text in '»”"')
                before_verb = grammar.lang == "en" and not follows_cue and k + 1 == last
                closes = follows_cue and grammar.lang == "kk" and self.kazakh.closing_name(k, last)
                heads = grammar.lang == "kk" and k + 1 < last and self.kazakh.heads(k, last)
                beside = not heads and (
                    k == first
                    or after_title
                    or before_verb
                    or closes
                    or any(
                        r.direct and (r.kind == "given" or (r.kind == "surname" and not follows_cue))
                        for r in grammar.name(token.text, self.people.words)
                    )
                )
                if beside:
                    forced = self.people.force(k, last)
                    if forced is not None and (forced.direct or oblique):
                        return self.of_mention(forced, forced.first)
            elif token.text[0].isupper() and k == first and len(token.text) == 1:
                cut = self._initial(k)
                if cut:
                    return cut
            k += 1
        if body is None and grammar.lang == "ru":
            body = self._seat(first, last, follows_cue)
        documented = first and "document_cues" in self.attributor.match(first - 1).kinds
        if body is None and follows_cue and not bare and not documented:
            return self.kazakh.plain_noun(first, last)
        return body

    def _english_owner(self, named: dict[int, Mention], first: int, last: int, follows_cue: bool) -> Voice | None:
        """English: the name right before its verb, or the one whose statement it is: «Weller’s full letter:»."""
        for m in named.values():
            if not follows_cue and m.last == last and m.direct and not self._governed(m.first, first):
                return self.of_mention(m, m.first)
            rest = self.tokens[m.last : min(m.last + 3, len(self.tokens))]
            if not m.direct and any("documents" in self.grammar.kinds(t.low) for t in rest if t.word):
                return self.of_mention(m, m.first)
        return None

    def _seat(self, first: int, last: int, follows_cue: bool) -> Voice | None:
        """Russian: a verb in the plural without a subject speaks for whatever stands behind «в»: «сообщили в мэрии»."""
        tokens = self.tokens
        verb = tokens[first - 1] if follows_cue else tokens[last] if last < len(tokens) else None
        if verb is None or not self.grammar.many(verb.text):
            return None
        for k in range(first, last - 1):
            if tokens[k].low not in {"в", "во"}:
                continue
            j = k + 1
            while j + 1 < last and tokens[j].word and not self.grammar.seat(tokens[j].text):
                if not agrees(self.grammar, tokens[j].text):
                    break
                j += 1
            if tokens[j].word and (self.grammar.seat(tokens[j].text) or tokens[j].text.isupper()):
                return self.bodies.institution(j, k + 1, last)
        return None

    def _addressed(self, token: Token, k: int, first: int) -> bool:
        """Russian: whom something is told is not who tells it: «сообщили агентству»."""
        return self.grammar.lang == "ru" and not self._governed(k, first) and self.grammar.receives(token.text)

    def _asks_genitive(self, cue: tuple[int, int]) -> bool:
        """Russian: «по словам X», «слова X»."""
        kinds = self.attributor.match(cue[0]).kinds
        return self.grammar.lang == "ru" and bool(kinds & {"reported", "speech_nouns"}) and not kinds & SAYING

    def _initial(self, k: int) -> Voice | None:
        """A name cut off after its initial: «деп атап өтті К.»."""
        tokens = self.tokens
        if k + 1 < len(tokens) and tokens[k + 1].text == "." and (k + 2 >= len(tokens) or tokens[k + 2].text == "\n"):
            letter = tokens[k].text.lower()
            for m in reversed(self.people.mentions):
                if m.person and m.start < tokens[k].start and m.person.name[:1].lower() == letter:
                    return Voice(m.person.name, m.person.id, (tokens[k].start, tokens[k + 1].end), m.person)
        return None

    def _governed(self, k: int, first: int) -> bool:
        """Whether a preposition stands right before a token."""
        return k > first and self.tokens[k - 1].low in self.grammar.prepositions

    def _genitive(self, m: Mention) -> bool:
        """Russian: «сказал представитель Назарбаева» – the form could be a nominative, its place says no."""
        if self.grammar.lang != "ru" or m.first == 0:
            return False
        before = self.tokens[m.first - 1]
        if not before.word or self.grammar.title(before.text) or self.grammar.kinds(before.text) & SAYING:
            return False
        readings = m.readings[-1]
        return bool(readings) and not all(r.direct for r in readings) and readings[0].direct is False

    def of_mention(self, m: Mention, from_token: int) -> Voice:
        """The speaker that a mention names; what names him starts at a token."""
        person = m.person
        start = self.tokens[min(from_token, m.first)].start
        if person is None:
            return Voice(" ".join(m.parts), None, (start, m.end))
        return Voice(person.name, person.id, (start, m.end), person)

    def _role(self, k: int, first: int, last: int, named: dict[int, Mention], oblique: bool = False) -> Voice | None:
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
                if (m.direct and (grammar.lang != "ru" or not self._genitive(m))) or (
                    oblique and grammar.lang == "ru" and grammar.inflected(tokens[k].text)
                ):
                    voice = self.of_mention(m, a)
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
                voice = self.of_mention(forced, start)
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
                    voice = self.of_mention(forced, start)
                    return Voice(voice.name, voice.id, (tokens[start].start, forced.end), voice.person)
            b += 1
        while b > k and not tokens[b].word and tokens[b].text not in '»”"':
            b -= 1
        a = self.phrases.start(k, first)
        if grammar.lang == "ru" and (farther := self._named_behind(b + 1, last)):
            voice = self.of_mention(farther, a)
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
                voice = self.of_mention(beside[0], a)
                return Voice(voice.name, voice.id, (tokens[a].start, beside[0].end), voice.person)
        return self.resolve_role(a, b + 1)

    def _woman(self, m: Mention) -> Voice | None:
        """Russian: «сказала Назарбаева» is a woman, whatever man of that family the page or the registry names."""
        verb = self.tokens[m.first - 1] if m.first else None
        if self.grammar.lang != "ru" or verb is None or "say" not in self.grammar.kinds(verb.text):
            return None
        name = " ".join(m.parts)
        if not verb.low.endswith(("ла", "лась")) or not name.endswith(("а", "я")):
            return None
        same = [p for p in self.people.persons if p.gender != "m" and p.name.split()[-1:] == [m.parts[-1]]]
        person = same[0] if len(same) == 1 else None
        return Voice(person.name if person else name, person.id if person else None, (m.start, m.end), person)

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

    def resolve_role(self, a: int, b: int) -> Voice | None:
        """Whom an office between two tokens means, else the office itself."""
        tokens, grammar, people = self.tokens, self.grammar, self.people
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
        office = people.office(plain) or people.office(lemma_first) or people.office(lemma_all)
        country = people.country(lemmas | {t.low for t in words}) if office else None
        person = people.registered_holder(office, country) if office and country else None
        if person is None and grammar.lang == "kk" and len(words) == 1 and not office:
            last = self._latest(span[0], None)  # of several deputies, the one who was speaking
            if last and last.person and people.bears(last.person, roles[:1]):
                person = last.person
        if person is None:
            person = people.by_role(roles[:2] if grammar.lang == "ru" else roles[::-1][:2], lemmas, office, span[0])
        if person is None and office:
            person = people.registered_holder(office, country) or people.last_holder(office, country, span[0])
        envoys = grammar.cues.get("envoys", ())
        singular = words[-1].low[:-1] in envoys  # «ІІМ өкілі», but not «БАҚ өкілдері»
        if person is None and roles and roles[-1] in envoys and len(words) > 1 and singular:
            person = people.represents(frozenset(t.low for t in words[:-1]), span[0])
        if person is not None:
            return Voice(person.name, person.id, span, person)
        if office and len(words) <= 3:
            holder = people.holder(office, country)
            if holder:
                return Voice(holder.name(grammar.lang), holder.id, span)
        content = [t for t in words if t.low not in {"the", "a", "an", "his", "her", "their", "our"}]
        gender = grammar.role_gender(roles[0]) if roles else None
        if roles and grammar.lang == "ru":
            kin = people.by_kin(roles[0], lemmas, gender, span[0])
            if kin is not None:
                return Voice(kin.name, kin.id, span, kin)
        plural = grammar.lang == "en" and bool(content) and content[-1].low not in grammar.titles
        bare = (len(content) == 1 and not plural) or plain in grammar.generic or self._bare(content)
        if bare and (not roles or not {roles[0]} & (grammar.strangers | grammar.relational)):
            recent = self._latest(span[0], gender)
            if recent and recent.person is None and grammar.lang == "ru" and plain not in grammar.generic:
                mention = people.recent(
                    span[0], gender, self.quoted
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
            hero = self._latest(span[0], gender)
            if (
                hero
                and hero.person
                and len(hero.person.mentions) > 1
                and not any(m.roles for m in hero.person.mentions)
            ):
                return Voice(hero.name, hero.id, span, hero.person)  # named without an office, then by it
        for _, said in reversed(self.history[-12:]):
            # «начальник отдела», named before as «начальник отдела УДП»
            if said.person is None and said.name and {t.low for t in content} <= set(said.name.lower().split()):
                return Voice(said.name, said.id, span)
        text = self.layout.text[span[0] : span[1]]
        if grammar.lang == "ru" and not grammar.nominative(words[0].text):
            text = grammar.oblique(text.split())
        return Voice(" ".join(text.split()), None, span)

    def _bare(self, words: list[Token]) -> bool:
        """Russian: whether an office stands with nothing that tells whose it is: «молодой врач», «глава ведомства»."""
        return self.grammar.lang == "ru" and bool(words) and not self.people.details(t.text for t in words)

    def _may_mean(self, word: str, role: str, voice: Voice) -> bool:
        """Whether an office without a name can mean whoever was last named: not one who holds another office."""
        if role in self.grammar.cues.get("kin", ()) and word != role:
            return False  # «әкесі»: of whoever was last named
        if voice.person is None:
            return role in (voice.name or "").lower() or word[:5] in (voice.name or "").lower()
        held = {kin for m in voice.person.mentions for r in m.roles for kin in self.grammar.kin(r)}
        return role in held or not (held and role in self.grammar.distinct)

    def _pronoun(self, word: str, offset: int, span: tuple[int, int]) -> Voice | None:
        gender = self.grammar.pronouns.get(word)
        if gender == "first":
            context = self.people.context
            own = context.speaker if context.kind == "transcript" else None
            return Voice(own, None, span) if own else None
        if gender == "plural":
            spoke = self.history[-1][1] if self.history else self._unnamed(offset)
            return Voice(spoke.name, spoke.id, span) if spoke else None
        voice = self._told_before(offset, gender) or self._latest(offset, gender)
        if voice is None:
            return Voice(None, None, span)
        return Voice(voice.name, voice.id, span, voice.person)

    def _told_before(self, offset: int, gender: str | None) -> Voice | None:
        """The office that opens the sentence before the quotation: «Спикер алғыс айтты. «…», – деді ол»."""
        k = self.layout.sentence(offset)
        while k >= 0 and (self.layout.sentences[k][1] > offset or self.quoted.find(1, *self.layout.sentences[k]) >= 0):
            k -= 1
        if k < 0 or (self.history and self.history[-1][0] >= self.layout.sentences[k][0]):
            return None
        a, b = self.layout.sentences[k]
        first = self.layout.first_token(a)
        title = self.tokens[first].low if first < len(self.tokens) else ""
        if not self.grammar.title(title) or not self.grammar.nominative(title):
            return None
        second = self.tokens[first + 1].text if first + 1 < len(self.tokens) else ""
        if any(m.direct for m in self.people.between(a, b)) or (second and self.grammar.title(second)):
            return None
        voice = self.resolve_role(first, first + 1)
        if (
            voice is None
            or voice.person is None
            or (gender in {"m", "f"} and voice.person.gender not in (None, gender))
        ):
            return None
        return voice

    def possessor(self, token: Token) -> Voice | None:
        """Whom a possessive stands for: «по его словам», «оның айтуынша»."""
        gender = self.grammar.cues.get("possessives", {}).get(token.low)
        voice = self._latest(token.start, gender if gender in {"m", "f"} else None)
        return Voice(voice.name, voice.id, (token.start, token.end), voice.person) if voice else None

    def _latest(self, offset: int, gender: str | None) -> Voice | None:
        """The last person who was named as a subject, or who spoke, before an offset."""
        mention = self.people.recent(offset, gender, self.quoted)
        spoke = next(
            (
                (at, v)
                for at, v in reversed(self.history[-20:])
                if at < offset and (gender not in {"m", "f"} or not v.person or v.person.gender in (None, gender))
            ),
            None,
        )
        if mention is None or mention.person is None:
            return spoke[1] if spoke else self._unnamed(offset) or self._later(offset, gender)
        person = mention.person
        if spoke and self.grammar.lang == "ru" and not mention.direct and spoke[1].person is None:
            return spoke[1]  # «По словам советника Мартенса, … Он»
        named = mention.start >= spoke[0] - 1 if spoke else True
        if named and spoke and self.grammar.lang == "kk" and not mention.direct and spoke[1].person:
            named = False  # «Нұрислам Равидің мықты екенін айтты»: whoever was only spoken of does not speak
        if spoke is None or named or spoke[1].person is person:
            return Voice(person.name, person.id, None, person)
        return spoke[1]

    def _later(self, offset: int, gender: str | None) -> Voice | None:
        """Whom a pronoun with nobody before it means: the first person named afterwards."""
        if gender not in {"m", "f"}:
            return None
        for m in self.people.mentions:
            person = m.person
            if (
                m.start > offset
                and m.direct
                and person
                and person.gender in (None, gender)
                and not self.quoted[m.start]
            ):
                return Voice(person.name, person.id, None, person)
        return None

    def turn(self, number: int) -> Voice:
        """Who has a turn of a dialogue, counted from the last attributed one: two people speak in turn."""
        speakers = list(dict.fromkeys(voice.name for _, voice in reversed(self.history[-6:])))
        wanted = (
            speakers[number % 2] if number % 2 < len(speakers) and (number % 2 == 0 or len(speakers) == 2) else None
        )
        voice = next((v for _, v in reversed(self.history) if v.name == wanted), NOBODY)
        return Voice(voice.name, voice.id, None, voice.person)

    def _unnamed(self, offset: int) -> Voice | None:
        """The last office or role named as a subject: «Водитель не остался в стороне. Он ответил»."""
        k = self.layout.first_token(offset) - 1
        for j in range(k, max(k - 80, -1), -1):
            token = self.tokens[j]
            if self.quoted[token.start]:
                continue  # whom somebody speaks of is not who speaks
            if token.word and self.grammar.title(token.low) and self.grammar.nominative(token.low):
                if token.low in self.grammar.agency_words:
                    continue
                if j and self.tokens[j - 1].low in self.grammar.prepositions:
                    continue
                a = self.phrases.start(
                    j, self.layout.first_token(self.layout.sentences[self.layout.sentence(token.start)][0])
                )
                b = self.phrases.end(j)
                name = self.layout.text[self.tokens[a].start : self.tokens[b - 1].end]
                return Voice(name, None, None)
        return None

    def unattributed(self, offset: int, sentence: tuple[int, int] | None) -> Voice:
        """Whose words an unattributed quotation is: those of the subject before it, else of the last speaker."""
        if sentence:
            if self.history and sentence[0] <= self.history[-1][0] < sentence[1]:
                return self.history[-1][1]  # the sentence before reports what somebody says: he goes on
            first, last = self.layout.first_token(sentence[0]), self.layout.first_token(sentence[1])
            cue = next(
                (
                    (k, hit.end)
                    for k in range(first, last)
                    if (hit := self.attributor.match(k)).kinds & {"say", "direct", "speaks"}
                ),
                None,
            )
            voice = self.find(first, last, cue, "before")
            colon = self.layout.text[sentence[0] : sentence[1]].rstrip().endswith(":")
            if voice and voice.name and (voice.person is not None or cue or colon):
                return Voice(voice.name, voice.id, None, voice.person)
        if self.people.context.kind == "transcript":
            return NOBODY  # a saying, a motto: who speaks does not say whose
        if self.history:
            _, last_voice = self.history[-1]
            return Voice(last_voice.name, last_voice.id, None, last_voice.person)
        mention = self.people.recent(offset, None, self.quoted)
        person = mention.person if mention else None
        return Voice(person.name, person.id, None, person) if person else NOBODY


__all__ = ["NOBODY", "Subjects", "Voice"]
