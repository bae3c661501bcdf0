"""What the words of a language can be in an attribution: verbs of saying, offices, names, pronouns. Data: cues.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from annotators.quotes.layout import Token
from annotators.quotes.words import Name, Plain
from annotators.quotes.words_kk import Kazakh
from annotators.quotes.words_ru import Russian
from schemas.datafile import read_data

LANGUAGES = Path(__file__).parents[1] / "languages"


class Hit(NamedTuple):
    """A listed word or phrase found at a token."""

    kinds: frozenset[str]
    end: int  # index after the last token


class Grammar:
    """The data and morphology that quotation rules ask about one language.

    Parameters:
        lang: a language with ``cues.yaml`` in its folder.

    Attributes:
        language: the language itself.
        lang: the language whose sentences are built the same way: ``grammar`` of cues.yaml, else the language itself.
    """

    def __init__(self, lang: str) -> None:
        self.language = lang
        self.cues: dict[str, Any] = _read(lang, "cues.yaml")
        self.lang: str = self.cues.get("grammar", lang)
        self.names: dict[str, Any] = _read(lang, "names.yaml")
        self.abbreviations = frozenset(map(str.lower, self.cues.get("abbreviations", ())))
        first_person = self.cues.get("first_person", ())
        self._first_person = frozenset(first_person) | {w.capitalize() for w in first_person} | {"I"}
        self.honorifics: dict[str, str] = self.cues.get("honorifics", {})
        self.pronouns: dict[str, str] = {k.lower(): v for k, v in self.cues.get("pronouns", {}).items()}
        self.given = frozenset(map(str.lower, self.names.get("given", ())))
        agency = self.cues.get("agency", {})
        self.agency_names = frozenset(map(str.lower, agency.get("names", ())))
        self.not_people = frozenset(map(str.lower, self.names.get("not_people", ()))) | self.agency_names
        self.surname_endings = tuple(self.names.get("surname_endings", ()))
        self.governing = frozenset(map(str.lower, self.cues.get("governing", ())))
        self.distinct = frozenset(map(str.lower, self.cues.get("distinct", ())))
        self.alike = {name: group[0] for group in self.cues.get("same_offices", ()) for name in group}
        self.relational = frozenset(map(str.lower, self.cues.get("relational", ())))
        self.settings = frozenset(map(str.lower, self.cues.get("settings", ())))
        self.strangers = frozenset(map(str.lower, self.cues.get("strangers", ())))
        self.vague = frozenset(map(str.lower, self.cues.get("vague_bodies", ())))
        self._kin: dict[str, frozenset[str]] = {}
        for group in self.cues.get("kin", ()):
            for role in group:
                self._kin[role] = self._kin.get(role, frozenset()) | frozenset(group)
        self.prepositions = frozenset(map(str.lower, self.cues.get("clause_prepositions", ())))
        self.inner_prepositions = frozenset(self.cues.get("inner_prepositions", ()))
        self.agency_words = frozenset(map(str.lower, agency.get("words", ())))
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._exact: dict[str, set[str]] = {}
        verbs: dict[str, set[str]] = {}
        for kind in ("say", "naming", "bound", "speaks"):
            self._verbs(verbs, self.cues.get(kind, ()), kind)
        self._verbs(verbs, agency.get("verbs", ()), "agency")
        for forms in self.cues.get("forms", {}).values():
            self._words(forms, "say")
        for kind in (
            "direct",
            "binder",
            "relative",
            "document_cues",
            "stance",
            "reported",
            "speech_nouns",
            "documents",
        ):
            self._words(self.cues.get(kind, ()), kind)
        self._words(agency.get("sources", ()), "source")
        self._verbs(verbs, agency.get("quoting", ()), "quoting")
        self._verbs(verbs, agency.get("writing", ()), "writing")
        self.titles = frozenset(map(str.lower, self.cues.get("titles", ())))
        self.institutions = frozenset(map(str.lower, self.cues.get("institutions", ())))
        self.generic = frozenset(map(str.lower, self.cues.get("generic_phrases", ())))
        self._verb_kinds = {verb: frozenset(kinds) for verb, kinds in verbs.items()}
        self._kinds: dict[str, frozenset[str]] = {}
        self._morph = _MORPHOLOGY.get(self.lang, Plain)(self)

    def _verbs(self, verbs: dict[str, set[str]], terms: Iterable[str], kind: str) -> None:
        for term in terms:
            words = tuple(str(term).lower().split())
            verbs.setdefault(words[-1], set())
            if len(words) == 1:
                verbs[words[-1]].add(kind)
            else:
                self._phrases.setdefault(words[0], []).append((words, kind, True))

    def _words(self, terms: Iterable[str], kind: str) -> None:
        for term in terms:
            words = tuple(str(term).lower().split())
            if len(words) == 1:
                self._exact.setdefault(words[0], set()).add(kind)
            else:
                self._phrases.setdefault(words[0], []).append((words, kind, False))

    def kinds(self, word: str) -> frozenset[str]:
        """What a single word can be: say, naming, agency, stance, direct, binder, title, documents …"""
        known = self._kinds.get(word)
        if known is None:
            low = word.lower()
            found = set(self._exact.get(low, ()))
            for verb in self._morph.verbs(low):
                found |= self._verb_kinds.get(verb, frozenset())
            if self._morph.noun_in(low.rsplit("-", 1)[-1], self._exact, "documents"):  # «Telegram-арнасында»
                found.add("documents")
            if self._morph.noun_in(low, self._exact, "speech_nouns"):
                found.add("speech_nouns")
            if self.lang == "en" and word[0].isupper():
                found.discard("say")  # the United States
            known = self._kinds[word] = frozenset(found)
        return known

    def first_person(self, word: str) -> bool:
        """Whether a word shows the first person; capitals count where cues.yaml has them (Kazakh мен is also «and»)."""
        return word in self._first_person

    def match(self, tokens: Sequence[Token], i: int) -> Hit:
        """The longest listed phrase at a token, else what the word alone can be."""
        token = tokens[i]
        best: tuple[int, set[str]] = (0, set())
        for words, kind, inflects in self._phrases.get(token.low, ()):
            end = i + len(words)
            if end > len(tokens) or any(tokens[i + k].low != w for k, w in enumerate(words[1:-1], 1)):
                continue
            last = tokens[end - 1].low
            if last == words[-1] or (inflects and words[-1] in self._morph.verbs(last)):
                if len(words) > best[0]:
                    best = (len(words), {kind})
                elif len(words) == best[0]:
                    best[1].add(kind)
        if best[0]:
            return Hit(frozenset(best[1]), i + best[0])
        return Hit(self.kinds(token.text), i + 1)

    def title(self, word: str) -> str | None:
        """Dictionary form of an office or role that the word names, in any case; None for other words."""
        return self._morph.title(word.lower(), self.titles, word[:1].islower())

    def institution(self, word: str) -> str | None:
        """Dictionary form of a body that can speak («министрлік»), in any case; None for other words."""
        return self._morph.title(word.lower(), self.institutions, False)

    def finite(self, word: str) -> bool:
        """Whether the word is a verb in the third person, where the language can tell."""
        return self._morph.finite(word.lower())

    def noun(self, word: str) -> bool:
        """Whether the word is most likely a noun, where the language can tell."""
        return self._morph.noun(word.lower())

    def plain_noun(self, word: str) -> bool:
        """Whether the word can only be a noun."""
        return self._morph.plain_noun(word.lower())

    def nominative(self, word: str) -> bool:
        """Whether the word can stand as a subject."""
        return self._morph.nominative(word)

    def kin(self, role: str) -> frozenset[str]:
        """Roles by which the same person may be called: «тренер» – «наставник»."""
        return self._kin.get(role, frozenset({role}))

    def many(self, word: str) -> bool:
        """Whether a verb form can do without a subject: «сообщили в мэрии»."""
        return self._morph.many(word.lower())

    def several(self, word: str) -> bool:
        """Whether a noun can only mean several people, where the language can tell: «стражи», «жители»."""
        return self._morph.several(word.lower())

    def crowd(self, word: str) -> bool:
        """Whether a noun means several people to whom something is done, where the language can tell: «журналистам»."""
        return self._morph.crowd(word.lower())

    def seat(self, word: str) -> bool:
        """Whether a word can name, behind «в», the body that says something: «мэрии», «Минздраве»."""
        return self._morph.seat(word.lower()) and self.lemma(word) not in self.settings

    def inflected(self, word: str) -> bool:
        """Whether the word can stand in an oblique case, where the language has them."""
        return self._morph.inflected(word.lower())

    def verb_gender(self, word: str) -> str | None:
        """The gender that a verb form shows: «сказала» f, «сказал» m."""
        return self._morph.verb_gender(word.lower())

    def role_gender(self, word: str) -> str | None:
        """The gender of the people that a role (dictionary form) can mean: «певица» f, «мужчина» m, «министр» any."""
        return self._morph.role_gender(word)

    def receives(self, word: str) -> bool:
        """Whether the word can only stand in the dative or the instrumental, where the language has them."""
        return self._morph.receives(word.lower())

    def lemma(self, word: str) -> str:
        """Dictionary form of a word, lower case."""
        return self._morph.lemma(word.lower())

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:
        """Readings of a capitalised word as a person's name, likeliest first; empty where it is none.

        ``known`` holds the words of the document: a nominative seen there is preferred.
        """
        return self._morph.name(word, known)

    def oblique_name(self, readings: Sequence[Name]) -> bool:
        """Whether a word taken for a name looks like one only in an oblique case."""
        return bool(readings) and any(not reading.direct for reading in readings) and readings[0].kind == "any"

    def oblique(self, words: Sequence[str]) -> str:
        """Turn the head of a noun phrase that stands in an oblique case («пресс-службе МВД») into the nominative."""
        return self._morph.to_nominative(words)

    def governed(self, words: Sequence[str]) -> str:
        """Turn the head of a noun phrase that «по словам» or «айтуынша» governs into the nominative."""
        return self._morph.from_genitive(words)


_MORPHOLOGY: dict[str, type[Plain]] = {"kk": Kazakh, "ru": Russian}


def _read(lang: str, name: str) -> dict[str, Any]:
    path = LANGUAGES / lang / name
    return read_data(path) or {} if path.exists() else {}


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of a language, read once."""
    return Grammar(lang)


__all__ = ["Grammar", "Hit", "Name", "grammar"]
