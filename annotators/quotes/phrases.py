"""Where the noun phrase of an office begins and ends, in each language's way."""

from __future__ import annotations

from annotators.quotes.grammar import Grammar
from annotators.quotes.layout import DASHES, Layout

GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")


class Phrases:
    """Edges of noun phrases.

    Parameters:
        layout: the text.
        grammar: of its language.
    """

    def __init__(self, layout: Layout, grammar: Grammar) -> None:
        self.layout, self.grammar, self.tokens = layout, grammar, layout.tokens
        self._openers = frozenset(grammar.cues.get("openers", ()))

    def start(self, k: int, first: int) -> int:
        """Where the noun phrase of an office begins: «ҚР ұлттық экономика министрі», «известный боксер»."""
        tokens, grammar = self.tokens, self.grammar
        if grammar.lang == "en":
            return self._english_start(k, first)
        a = k
        while a - 1 >= first:
            prev = tokens[a - 1]
            if not prev.word:
                if (
                    prev.text in DASHES
                    and prev.end == tokens[a].start
                    and a - 2 >= first
                    and tokens[a - 2].end == prev.start
                ):
                    a -= 1
                    continue
                if prev.text == ")" and grammar.lang == "kk":  # «Жанат Жақияновтың (27-1) бапкері»
                    opening = next((j for j in range(a - 2, max(first, a - 14) - 1, -1) if tokens[j].text == "("), None)
                    if opening is not None and opening > first and tokens[opening - 1].low.endswith(GENITIVE):
                        a = opening
                        continue
                if prev.text in "»”":
                    opening = next((j for j in range(a - 2, first - 1, -1) if tokens[j].text in "«“"), None)
                    if opening is not None:
                        a = opening
                        continue
                break
            if grammar.kinds(prev.text) & {"say", "direct", "binder", "reported", "agency"}:
                break
            if grammar.lang == "ru" and not agrees(grammar, prev.text):
                break
            if prev.low in self._openers:
                break
            if (
                grammar.lang == "kk"
                and prev.text[0].islower()
                and not grammar.nominative(prev.text)
                and not prev.low.endswith(GENITIVE)
            ):
                break
            if (
                grammar.lang == "kk"
                and prev.low in {"бүгін", "кеше", "барысында", "бойынша", "туралы", "кезінде"}
                and prev.low != "бойынша"
            ):
                break
            a -= 1
        return a

    def _english_start(self, k: int, first: int) -> int:
        """Back to a determiner near by, else over capitalised words and titles: «the city engineer», «Senator»."""
        tokens, grammar = self.tokens, self.grammar
        determiners = grammar.cues.get("determiners", ())
        for a in range(k - 1, max(k - 6, first) - 1, -1):
            if (not tokens[a].word and tokens[a].text not in "-’'") or tokens[a].low in grammar.prepositions:
                break
            if tokens[a].low in determiners:
                partitive = a - 2 >= first and tokens[a - 1].low == "of" and tokens[a - 2].low in determiners
                return a - 2 if partitive else a  # «one of her brothers»
        a = k
        while (
            a - 1 >= first
            and tokens[a - 1].word
            and (tokens[a - 1].text[0].isupper() or grammar.title(tokens[a - 1].text))
        ):
            a -= 1
        return a

    def end(self, k: int) -> int:
        """Where the noun phrase that a Russian or English office heads ends: «начальник отдела УДП»."""
        b = k + 1
        while b < len(self.tokens) and self.tokens[b].word and self.grammar.lang != "kk":
            word = self.tokens[b].text
            if self.grammar.lang == "ru":
                if not (word.isupper() and len(word) > 1) and not (word[0].islower() and nominal(word)):
                    break
            elif self.tokens[b].low not in {"of", "the"} and not word[0].isupper():
                break
            b += 1
        return b


def nominal(word: str) -> bool:
    """Russian: whether a lower-case word can go on a noun phrase in the genitive («министр сельского хозяйства»)."""
    from annotators.languages.ru.morphology import parses

    return (
        any(
            p.tag.POS in {"NOUN", "ADJF", "PRTF", "CONJ"} and (p.tag.POS == "CONJ" or p.tag.case in {"gent", "datv"})
            for p in parses(word.lower())
        )
        and word.lower() != "что"
    )


def agrees(grammar: Grammar, word: str) -> bool:
    """Russian: whether a word can stand before the head of a noun phrase («управляющий», «первый», «ҚР»)."""
    from annotators.languages.ru.morphology import parses

    if word.lower() in grammar.prepositions:
        return False
    if any(p.tag.POS in {"ADJF", "PRTF", "NUMR"} for p in parses(word.lower())):
        return True
    return bool(grammar.title(word)) and grammar.nominative(word)


def nominative_genitive(words: list[str]) -> str:
    """Russian: a phrase in the genitive with its head in the nominative («пресс-службы МВД» → пресс-служба МВД)."""
    from annotators.languages.ru.morphology import parses

    if len(words) == 1 and words[0][:1] in '«“"' and len(words[0]) > 3:
        bare = words[0].strip('«»“”"')  # «в сообщении "Казгидромета"»
        gent = next((p for p in parses(bare.lower()) if p.tag.case == "gent" and p.tag.number == "sing"), None)
        nominative = gent.inflect({"nomn"}) if gent else None
        if nominative is None or not bare.istitle():
            return bare
        return str(nominative.word if "ё" in bare else nominative.word.replace("ё", "е")).capitalize()
    out: list[str] = []
    for k, word in enumerate(words):
        readings = [p for p in parses(word.lower()) if p.tag.case == "gent" and p.tag.POS in {"NOUN", "ADJF", "PRTF"}]
        if not readings or word.isupper():
            return " ".join([*out, *words[k:]])
        best = next((p for p in readings if p.tag.number == "sing"), readings[0])
        inflected = best.inflect({"nomn"})
        form = inflected.word if inflected else word
        out.append(form[:1].upper() + form[1:] if word[:1].isupper() else form)
        if best.tag.POS == "NOUN":
            return " ".join([*out, *words[k + 1 :]])
    return " ".join(out)
