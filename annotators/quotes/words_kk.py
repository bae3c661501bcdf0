"""Words of Kazakh, and of languages built like it, in attributions: through the suffix automaton of the language."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from annotators.quotes.words import Name, Plain

if TYPE_CHECKING:
    from annotators.languages.lexicon import SuffixLexicon
    from annotators.quotes.grammar import Grammar


class Kazakh(Plain):
    """Words of a language whose ``Lexicon`` knows suffixes."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        lexicon: type[SuffixLexicon] = import_module(f"annotators.languages.{grammar.language}.morphology").Lexicon
        cues = grammar.cues
        verbs = [v.split()[-1] for kind in ("say", "naming", "bound", "speaks") for v in cues.get(kind, ())]
        verbs += [
            v.split()[-1] for kind in ("verbs", "quoting", "writing") for v in cues.get("agency", {}).get(kind, ())
        ]
        self._lexicon = lexicon
        self._verb_lexicon = lexicon([(verb, "V") for verb in dict.fromkeys(verbs)])
        nouns = [*cues.get("titles", ()), *cues.get("institutions", ())]
        self._nouns = lexicon([(noun.lower(), "N") for noun in dict.fromkeys(nouns) if " " not in noun])
        self._no_agents = tuple(cues.get("no_agents", ("\0",)))
        self._oblique = tuple(grammar.names.get("oblique_endings", ()))
        self._genitive = ("ның", "нің", "дың", "дің", "тың", "тің")
        self._dative = tuple(grammar.names.get("dative_endings", ()))
        self._given_endings = tuple(grammar.names.get("given_endings", ("\n",)))
        self._past = tuple(grammar.names.get("past_endings", ("ды", "ді")))
        self._cases = frozenset(cues.get("case_endings", ()))
        self._linked = tuple(cues.get("linked_endings", ()))
        self._names: dict[str, list[tuple[str, bool]]] = {}

    def verbs(self, word: str) -> tuple[str, ...]:
        """Listed verbs that the word is a finite form of."""
        return tuple(term for term, _ in self._verb_lexicon.find(word))

    def noun_in(self, word: str, exact: dict[str, set[str]], kind: str) -> bool:
        """Whether the word inflects a noun listed under a kind."""
        return kind in exact.get(word, ())

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:
        """The listed noun that the word inflects, or another noun for people."""
        for term, _ in self._nouns.find(word):
            if term in titles:
                return term
        if common and len(word) > 5:
            for ending in self.grammar.cues.get("agent_endings", ()):
                if word.endswith(ending) and not word.endswith(self._no_agents):
                    return str(word)
        return None

    def nominative(self, word: str) -> bool:
        """Whether the word can stand as a subject."""
        readings = self._nouns.analyse(word)
        if readings:
            return any(reading.case is None for reading in readings)
        return not any(
            reading.case in {"genitive", "dative", "accusative", "ablative", "locative", "instrumental"}
            for reading in self._lexicon([(word[:-k], "N") for k in (2, 3) if len(word) > k + 3]).analyse(word)
        )

    def lemma(self, word: str) -> str:
        """Dictionary form."""
        found = self._nouns.find(word)
        return found[0][0] if found else word

    def _stems(self, word: str) -> list[tuple[str, bool]]:
        """Stems that a name form may inflect, with whether the form is the stem itself."""
        known = self._names.get(word)
        if known is None:
            prefixes = [word[:n] for n in range(max(3, len(word) - 4), len(word))]
            readings = self._lexicon([(prefix, "N") for prefix in prefixes]).analyse(word)
            known = [(word, True)]
            known += [
                (word[: len(r.stem)], False)
                for r in readings
                if r.case and not r.possessive and not r.plural and r.stem == r.term.lower()
            ]
            known += [
                (word[:-k], False)  # «Сметовке»: the ending that the foreign consonant asks for
                for k in (2, 3)
                if len(word) > k + 3
                and word[-k:].lower() in self._cases
                and word[:-k].lower().endswith(self.grammar.surname_endings)
                and (word[:-k], False) not in known
            ]
            if len(known) == 1 and len(word) > 6 and word.lower().endswith(self._genitive):
                known.append((word[:-3], False))  # a foreign name with the other vowels: «Берзофскидің»
            self._names[word] = known
        return known

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:
        """Readings as a name, likeliest first."""
        grammar = self.grammar
        if word.lower() in grammar.not_people:
            return []
        found: list[tuple[int, Name]] = []
        for stem, direct in self._stems(word):
            low = stem.lower()
            if low in grammar.not_people:
                return []
            parts = low.split("-")
            given = low in grammar.given or (len(parts) == 2 and all(part in grammar.given for part in parts))
            given = given or (len(low) > 5 and low.endswith(self._given_endings))
            surname = low.endswith(grammar.surname_endings)
            kind = "given" if given else "surname" if surname else "any"
            plain = low != word.lower() and (
                word.lower().endswith(self._oblique)
                or (len(word) > 5 and word.lower().endswith(self._dative))
                or (word.lower().endswith(("ды", "ді")) and not word.lower().endswith(self._past))
            )
            rank = (
                (0 if given or surname else 2)
                if direct
                else (0 if given or surname or plain else 1 if stem in known else 3)
            )
            gender = None
            if surname:
                gender = "f" if low.endswith(tuple(self.grammar.names.get("feminine_endings", ()))) else None
            found.append((rank, Name(stem, gender, direct, kind)))
        found.sort(key=lambda pair: (pair[0], not pair[1].direct if pair[0] != 0 else -len(pair[1].nominative)))
        if any(rank == 0 and not name.direct for rank, name in found) and not any(
            rank == 0 and name.direct for rank, name in found
        ):
            found = [pair for pair in found if not pair[1].direct]  # «Оқаповтың» is no nominative beside Оқапов
        return [name for _, name in found]

    def from_genitive(self, words: Sequence[str]) -> str:
        """Nominative of a phrase in the genitive: «ел Президентінің» – «ел Президенті»."""
        return self.to_nominative(words)

    def to_nominative(self, words: Sequence[str]) -> str:
        """Nominative of a phrase that stands in an oblique case."""
        last = words[-1]
        lowered = last.lower()
        readings = self._nouns.analyse(lowered)
        if readings and all(r.case for r in readings):
            base = readings[0]
            kept = lowered[: len(base.stem)]
            suffixes = list(base.suffixes)
            # keep plural and possessive, drop the case (the last suffix)
            kept = lowered[: len(lowered) - len(suffixes[-1])] if suffixes else kept
            if kept.endswith(self._linked):
                kept = kept[:-1]
            last = last[: len(kept)]
        return " ".join([*words[:-1], last])
