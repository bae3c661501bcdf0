"""Bodies and documents that speak: «в пресс-службе МВД», «министрліктің хабарламасында»."""

from __future__ import annotations

from collections.abc import Callable

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, Layout, Token
from annotators.quotes.phrases import agrees, nominal, nominative_genitive
from annotators.quotes.voice import Voice
from annotators.speakers import People


class Bodies:
    """Reads a body or the holder of a document from the words around its head.

    Parameters:
        layout: the text.
        grammar: of its language.
        people: everybody named in it.
        resolve_role: who an office between two tokens is.
    """

    def __init__(
        self, layout: Layout, grammar: Grammar, people: People, resolve_role: Callable[[int, int], Voice | None]
    ) -> None:
        self.layout, self.grammar, self.people, self.tokens = layout, grammar, people, layout.tokens
        self.resolve_role = resolve_role

    def institution(self, k: int, first: int, last: int, oblique: bool = False) -> Voice:
        """A body that speaks: «в пресс-службе МВД» → пресс-служба МВД."""
        tokens, grammar = self.tokens, self.grammar
        if grammar.lang == "kk":
            k = self._head(k, last)
        a, b = k, k + 1
        about = frozenset(grammar.cues.get("about", ())) | frozenset(grammar.cues.get("openers", ()))
        while a - 1 >= first and tokens[a - 1].word and tokens[a - 1].low not in grammar.prepositions:
            if grammar.lang == "kk" and tokens[a - 1].low in about:
                break  # «Бұл туралы полиция департаменті хабарлады»
            if grammar.kinds(tokens[a - 1].text) & {"say", "direct", "binder", "agency", "reported", "document_cues"}:
                break
            if grammar.lang == "ru" and not agrees(grammar, tokens[a - 1].text):
                break
            if grammar.lang == "kk" and _dates(tokens, a - 1):
                break  # «07 қазаны Қазақстанның Ұлттық банкі»: the date that opens the article
            a -= 1
        while b < last and grammar.lang != "kk":
            t = tokens[b]
            if not t.word and not (t.text in '«»"“”' or (t.text in DASHES and t.start == tokens[b - 1].end)):
                break
            if t.word and (
                (t.low in grammar.prepositions and not self._field(b, last))
                or (t.text[0].islower() and grammar.lang == "en" and t.low not in {"of", "for", "the", "and"})
            ):
                break
            if t.word and grammar.lang == "ru" and t.text[0].islower() and t.low != "по" and not nominal(t.text):
                break
            b += 1
        start = tokens[a].start
        words = self.layout.text[start : tokens[b - 1].end].split()
        governed = a > 0 and tokens[a - 1].low in grammar.prepositions
        if grammar.lang != "ru" or governed:
            name = grammar.oblique(words)
        elif (
            grammar.nominative(tokens[a].text) and k - first < 2 and not (oblique and grammar.inflected(tokens[a].text))
        ):
            name = " ".join(words)
        else:
            name = nominative_genitive(words)
        lead = a - 1 if a - 1 >= first and tokens[a - 1].low in {"в", "во"} else a
        return Voice(name, None, (tokens[lead].start, tokens[b - 1].end))

    def _head(self, k: int, last: int) -> int:
        """Kazakh: the last body of a run of nouns is its head: «полиция департаментінің баспасөз қызметі»."""
        head = k
        for j in range(k + 1, min(k + 7, last)):
            token = self.tokens[j]
            if not token.word or self.grammar.kinds(token.text) or self.grammar.title(token.text):
                break
            if self.grammar.institution(token.text):
                head = j
        return head

    def _field(self, k: int, last: int) -> bool:
        """Russian: whether «по» opens what a body deals with: «министерство по чрезвычайным ситуациям»."""
        if self.tokens[k].low != "по" or k + 1 >= last or not self.tokens[k + 1].word:
            return False
        occasions = self.grammar.cues.get("occasions", ())
        return self.grammar.lang == "ru" and self.grammar.lemma(self.tokens[k + 1].text) not in occasions

    def document(self, k: int, first: int, last: int) -> Voice | None:
        """The holder of a document: «в сообщении пресс-службы МВД», «министрліктің хабарламасында»."""
        tokens, grammar = self.tokens, self.grammar
        if grammar.lang == "ru":
            b = k + 1
            while b < last and (tokens[b].word or tokens[b].text in '«»"“”' + DASHES):
                if tokens[b].word and tokens[b].low in grammar.prepositions and tokens[b].low != "по":
                    break
                if tokens[b].word and tokens[b].text[0].islower() and not nominal(tokens[b].text):
                    break
                b += 1
            if b == k + 1:
                return None
            mentions = self.people.between(tokens[k + 1].start, tokens[b - 1].end)
            if mentions and mentions[0].person:
                p = mentions[0].person
                return Voice(p.name, p.id, (tokens[k].start, mentions[0].end), p)
            title = grammar.title(tokens[k + 1].text)
            if title:
                voice = self.resolve_role(k + 1, b)
                if voice and voice.person:
                    return Voice(voice.name, voice.id, (tokens[k].start, tokens[b - 1].end), voice.person)
            if "documents" in grammar.kinds(tokens[k + 1].text):
                return None  # «в тексте документа»: nobody is named
            words = self.layout.text[tokens[k + 1].start : tokens[b - 1].end].split()
            return Voice(nominative_genitive(words), None, (tokens[k].start, tokens[b - 1].end))
        if grammar.lang == "kk":
            a = k
            media = frozenset(map(str.lower, grammar.cues.get("media", ())))
            k_own = k
            while k_own - 1 >= first and self._medium(tokens[k_own - 1], media):
                k_own -= 1  # «өзінің Facebook-тегі парақшасында»: where somebody wrote is not who wrote
            if k_own < k:
                a = k_own
            while a - 1 >= first and (tokens[a - 1].word or tokens[a - 1].text in "«»") and k - a < 8:
                if grammar.kinds(tokens[a - 1].text) & {"say", "direct", "binder", "document_cues"}:
                    break
                a -= 1
            if a == k_own:
                return None
            mentions = self.people.between(tokens[a].start, tokens[k].start)
            if mentions and mentions[-1].person:
                p = mentions[-1].person
                return Voice(p.name, p.id, (mentions[-1].start, tokens[k].end), p)
            words = self.layout.text[tokens[a].start : tokens[k_own - 1].end].split()
            return Voice(grammar.oblique(words), None, (tokens[a].start, tokens[k].end))
        return None

    @staticmethod
    def _medium(token: Token, media: frozenset[str]) -> bool:
        """Whether a word before a document says only where it stands: a network, «жеке», «желідегі»."""
        return token.low in media or token.text in DASHES or token.low.startswith(tuple(media)) or token.text.isascii()


def _dates(tokens: list[Token], k: int) -> bool:
    """Whether a word is the month of a date: a number stands right before it."""
    return tokens[k].text.isdigit() or (k > 0 and tokens[k - 1].text.isdigit() and tokens[k].text[0].islower())
