"""Who speaks: the subject of an attribution, and the person that a name, an office or a pronoun there means."""

from __future__ import annotations

from annotators.quotes.antecedents import Antecedents
from annotators.quotes.attribution import SAYING, Attributor
from annotators.quotes.bodies import Bodies
from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout, Token
from annotators.quotes.mentions import Mention
from annotators.quotes.phrases import Phrases, agrees
from annotators.quotes.roles import Roles
from annotators.quotes.subjects_kk import KazakhSubjects
from annotators.quotes.voice import NOBODY, Voice, of_mention
from annotators.speakers import People


class Subjects:
    """Finds and resolves subjects.

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
        self.antecedents = Antecedents(layout, grammar, people, self.phrases)
        self.roles = Roles(layout, grammar, people, self.phrases, self.antecedents)
        self.kazakh = KazakhSubjects(self)
        self.bodies = Bodies(layout, grammar, people, self.roles.resolve)

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
        for a, b, follows in zones:
            if a >= b:
                continue
            voice = self._zone(a, b, follows, oblique=follows and self._asks_genitive(cue))
            if voice is not None:
                return voice
        return None

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
                return of_mention(self.tokens, owners[k], k)
            if k in named and oblique:
                return of_mention(self.tokens, named[k], k)
            if k in named:
                m = named[k]
                if follows_cue and not m.direct and (woman := self._woman(m)):
                    return woman
                if m.direct and not self._governed(m.first, first) and not self.roles.genitive(m):
                    return of_mention(self.tokens, m, m.first)
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
                found = self.roles.read(k, first, last, named, oblique)
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
                        return of_mention(self.tokens, forced, forced.first)
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
                return of_mention(self.tokens, m, m.first)
            rest = self.tokens[m.last : min(m.last + 3, len(self.tokens))]
            if not m.direct and any("documents" in self.grammar.kinds(t.low) for t in rest if t.word):
                return of_mention(self.tokens, m, m.first)
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

    def _pronoun(self, word: str, offset: int, span: tuple[int, int]) -> Voice | None:
        gender = self.grammar.pronouns.get(word)
        if gender == "first":
            context = self.people.context
            own = context.speaker if context.kind == "transcript" else None
            return Voice(own, None, span) if own else None
        if gender == "plural":
            spoke = self.antecedents.history[-1][1] if self.antecedents.history else self.antecedents.unnamed(offset)
            return Voice(spoke.name, spoke.id, span) if spoke else None
        voice = self._told_before(offset, gender) or self.antecedents.latest(offset, gender)
        if voice is None:
            return Voice(None, None, span)
        return Voice(voice.name, voice.id, span, voice.person)

    def _told_before(self, offset: int, gender: str | None) -> Voice | None:
        """The office that opens the sentence before the quotation: «Спикер алғыс айтты. «…», – деді ол»."""
        k, sentences = self.layout.sentence(offset), self.layout.sentences
        history, quoted = self.antecedents.history, self.antecedents.quoted
        while k >= 0 and (sentences[k][1] > offset or quoted.find(1, *sentences[k]) >= 0):
            k -= 1
        if k < 0 or (history and history[-1][0] >= sentences[k][0]):
            return None
        a, b = sentences[k]
        first = self.layout.first_token(a)
        title = self.tokens[first].low if first < len(self.tokens) else ""
        if not self.grammar.title(title) or not self.grammar.nominative(title):
            return None
        second = self.tokens[first + 1].text if first + 1 < len(self.tokens) else ""
        if any(m.direct for m in self.people.between(a, b)) or (second and self.grammar.title(second)):
            return None
        voice = self.roles.resolve(first, first + 1)
        if (
            voice is None
            or voice.person is None
            or (gender in {"m", "f"} and voice.person.gender not in (None, gender))
        ):
            return None
        return voice

    def unattributed(self, offset: int, sentence: tuple[int, int] | None) -> Voice:
        """Whose words an unattributed quotation is: those of the subject before it, else of the last speaker."""
        if sentence:
            if self.antecedents.history and sentence[0] <= self.antecedents.history[-1][0] < sentence[1]:
                return self.antecedents.history[-1][1]  # the sentence before reports what somebody says: he goes on
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
        if self.antecedents.history:
            _, last_voice = self.antecedents.history[-1]
            return Voice(last_voice.name, last_voice.id, None, last_voice.person)
        mention = self.people.recent(offset, None, self.antecedents.quoted)
        person = mention.person if mention else None
        return Voice(person.name, person.id, None, person) if person else NOBODY
