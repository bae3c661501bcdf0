"""Subjects the Kazakh way: behind the verb, in the genitive, by the letters of a body, in the sentence before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotators.quotes.layout import Token
from annotators.quotes.mentions import Mention
from annotators.quotes.phrases import GENITIVE
from annotators.quotes.voice import Voice, of_mention

if TYPE_CHECKING:
    from annotators.quotes.subjects import Subjects


class KazakhSubjects:
    """What Kazakh clauses, and those of languages built like it, show of their subject.

    Parameters:
        subjects: resolves names and offices; remembers who spoke.
    """

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.layout, self.grammar, self.people = subjects.layout, subjects.grammar, subjects.people
        self.attributor, self.phrases, self.tokens = subjects.attributor, subjects.phrases, subjects.tokens
        self._possessive = tuple(self.grammar.cues.get("possessive", ("\n",)))

    def owner(self, first: int, cue: int) -> Voice | None:
        """Kazakh: whoever stands right before «сөзінше», «айтуынша»: the name in the genitive, not an earlier word."""
        if self.grammar.lang != "kk" or "reported" not in self.attributor.match(cue).kinds or first >= cue:
            return None
        named = [m for m in self.people.between(self.tokens[first].start, self.tokens[cue - 1].end) if m.last == cue]
        if named:
            return of_mention(self.tokens, named[-1], named[-1].first)
        if self.grammar.institution(self.tokens[cue - 1].text):
            return self.subjects.bodies.institution(cue - 1, first, cue)
        owner = self.tokens[cue - 1]  # «спорт шолушысының пікірінше»
        if not (owner.word and owner.low.endswith(GENITIVE) and self.grammar.title(owner.text)):
            return None
        voice = self.subjects.roles.resolve(self.phrases.start(cue - 1, first), cue)
        return voice if voice and voice.person else None

    def himself(self, k: int, first: int) -> Voice | None:
        """Kazakh: «комментатордың өзі», «Абайдың өзі»: whoever stands in the genitive before it."""
        before = self.tokens[k - 1]
        if not before.low.endswith(GENITIVE):
            return None
        named = [m for m in self.people.between(self.tokens[first].start, before.end) if m.last == k]
        if named:
            return of_mention(self.tokens, named[0], named[0].first)
        if not self.grammar.title(before.text):
            return Voice(before.text[:-3], None, (before.start, self.tokens[k].end)) if before.word else None
        voice = self.subjects.roles.resolve(self.phrases.start(k - 1, first), k)
        if voice is None or voice.person:
            return voice
        words = (voice.name or "").split()
        return Voice(self.grammar.oblique(words), voice.id, voice.mention)

    def introduced(self, offset: int) -> Voice | None:
        """Who the sentence right before a quotation says to have spoken or written: a name that is its subject."""
        k = self.layout.sentence(offset)
        if k == 0:
            return None
        a, b = self.layout.sentences[k - 1]
        if b > offset or self.subjects.antecedents.quoted.find(1, a, b) >= 0:
            return None
        first, last = self.layout.first_token(a), self.layout.first_token(b)
        if not any(self.attributor.match(n).kinds & {"say", "direct", "speaks"} for n in range(first, last)):
            return None
        named = [m for m in self.people.between(a, b) if m.direct and m.person]
        return of_mention(self.tokens, named[0], named[0].first) if len(named) == 1 else None

    def named_last(self, words: list[Token]) -> Voice | None:
        """A name in the nominative that some words end with, known or not."""
        last = self.layout.first_token(words[-1].start) + 1
        known = [m for m in self.people.between(words[0].start, words[-1].end) if m.last == last]
        if known:
            return of_mention(self.tokens, known[0], known[0].first) if known[0].direct else None
        if not all(t.text[0].isupper() and not t.text.isupper() for t in words[-2:]):
            return None
        forced = self.people.force(last - 2, last)
        return (
            of_mention(self.tokens, forced, forced.first) if forced and forced.direct and forced.last == last else None
        )

    def closing_mention(self, first: int, last: int) -> Voice | None:
        """Kazakh: a full name that closes the clause behind its verb is the head of its subject, whatever it is."""
        if first >= last:
            return None
        tokens, end = self.tokens, last
        while end > first + 2 and not tokens[end - 1].word:
            end -= 1
        while end > first + 2 and tokens[end - 1].text[0].islower() and not tokens[end - 1].low.endswith(("сы", "сі")):
            end -= 1  # «агенттік тілшісіне», «баспасөз жиынында»: whom and where
        named = self.people.between(tokens[first].start, tokens[end - 1].end)
        m = next((n for n in named if n.last == end), None)
        if m is None and end - first >= 3 and all(t.word and t.text[0].isupper() for t in tokens[end - 2 : end]):
            behind = tokens[end - 3]  # «Мемлекеттік сыйлықтың лауреаты Мұзафар Әлімбай»
            if behind.word and behind.text[0].islower() and behind.low.endswith(self._possessive):
                m = self.people.force(end - 2, end)
        if m is None or not m.direct or len(m.parts) < 2 or any(n.direct and n.last < m.first for n in named):
            return None
        return of_mention(self.tokens, m, m.role_first if m.roles else m.first)

    def letters(self, k: int, first: int, last: int) -> Voice | None:
        """Kazakh: a body named by its letters, at the end of its clause: «деп хабарлады Абай облысының ПД»."""
        token = self.tokens[k]
        bare = token.text.split("-")[0]
        if not (bare.isupper() and 2 <= len(bare) <= 6 and bare.isalpha() and not bare.isascii()):
            return None
        if any(t.word for t in self.tokens[k + 1 : last]) or self.attributor.is_agency(first, last):
            return None
        if token.text != bare and not token.low.endswith(tuple(self.grammar.cues.get("from_endings", ()))):
            return None
        a = k
        while (
            a - 1 >= first
            and self.tokens[a - 1].word
            and (
                self.tokens[a - 1].text[0].isupper()
                or self.tokens[a - 1].low.endswith((*GENITIVE, "лық", "лік", "дық", "дік", "тық", "тік"))
            )
        ):
            a -= 1
        span = (self.tokens[a].start, token.end)
        return Voice(self.layout.text[span[0] : token.start + len(bare)], None, span)

    def closing_name(self, k: int, last: int) -> bool:
        """Kazakh: two words in capitals that close the clause are the subject: «деді дипломат Роберто Кальзадилья»."""
        words = self.tokens[k : min(last, k + 3)]
        return len(words) in {2, 3} and k + len(words) == last and all(t.word and t.text[0].isupper() for t in words)

    def plain_noun(self, first: int, last: int) -> Voice | None:
        """Kazakh: a bare noun after its verb is the subject, listed or not: «деді бала»."""
        words = [t for t in self.tokens[first:last] if t.word]
        if self.grammar.lang != "kk" or not 1 <= len(words) <= 4 or last - first != len(words):
            return None
        no_subjects = self.grammar.cues.get("no_subjects", ())
        words = words[next((k for k, t in enumerate(words) if t.low not in no_subjects), 0) :]
        low = words[-1].low
        if low in no_subjects or words[-1].text[0].isupper() or self.grammar.kinds(low):
            return None
        if low.endswith(tuple(self.grammar.cues.get("case_endings", ()))) or not low[-1].isalpha():
            return None
        span = (words[0].start, words[-1].end)
        if len(words) == 1 and (m := self._called(low, span[0])):
            return Voice(m.person.name, m.person.id, span, m.person) if m.person else None
        return Voice(self.layout.text[span[0] : span[1]], None, span)

    def heads(self, k: int, last: int) -> bool:
        """Kazakh: whether a capital opens the phrase of an office or a body: «Сыртқы істер министрлігі»."""
        words = self.tokens[k + 1 : last]
        if not words[0].word or not words[0].text[0].islower():
            return False
        return any(self.grammar.title(t.text) or self.grammar.institution(t.text) for t in words if t.word)

    def _called(self, word: str, before: int) -> Mention | None:
        """The last person before an offset with a word right before the name: «палуан Нұрислам … деді палуан»."""
        for m in reversed(self.people.between(0, before)):
            if m.first and self.tokens[m.first - 1].low == word and m.person:
                return m
        return None
