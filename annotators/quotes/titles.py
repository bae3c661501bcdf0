"""Offices beside a name: in the phrase that runs up to it, or set off behind it."""

from __future__ import annotations

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import Layout, Token
from annotators.quotes.runs import Runs

REACH = 14
"""How many tokens before a name its offices are looked for."""


class Titles:
    """Reads the offices beside a name.

    Parameters:
        layout: the text.
        grammar: of its language.
        runs: knows where sentences start and which words have a capital.
    """

    def __init__(self, layout: Layout, grammar: Grammar, runs: Runs) -> None:
        self.layout, self.grammar, self.runs = layout, grammar, runs

    def before(self, first: int) -> tuple[tuple[str, ...], frozenset[str], int, tuple[str, ...]]:
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
                opens = self.grammar.lang == "kk" and token.start in self.runs.sentence_starts
                title = self.grammar.title(token.low if opens else token.text)  # «Жүргізуші Қайрат қалып қойған»
                if (
                    roles
                    and not title
                    and not depth
                    and token.text[0].isupper()
                    and any(r.kind in {"given", "surname"} for r in self.grammar.name(token.text, self.runs.words))
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

    def after(self, last: int) -> tuple[list[str], set[str]]:
        """An office set off by a comma or a dash: «Ержан Казыханов, министр иностранных дел,»."""
        tokens = self.layout.tokens
        while last < len(tokens) and tokens[last].text in '"»”' and self.bears(last):
            last += 1
        if last >= len(tokens) or (tokens[last].text not in {",", "–", "—", "-", "("} and not self.bears(last - 1)):
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

    def bears(self, k: int) -> bool:
        """Kazakh: whether «есімді» follows a token, over a closing mark: «Айбек есімді жүргізуші»."""
        tokens = self.layout.tokens
        k += 1
        if k < len(tokens) and tokens[k].text in '"»”':
            k += 1
        return k < len(tokens) and tokens[k].low in self.grammar.cues.get("named", ())

    def governed(self, first: int, role_first: int) -> bool:
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
