"""What the words of a language can be in an attribution: verbs of saying, offices, names, pronouns. Data: cues.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from annotators.quotes.layout import Token

LANGUAGES = Path(__file__).parents[1] / "languages"
_OBLIQUE = ("ның", "нің", "дың", "дің", "тың", "тің", "пен", "бен", "мен", "дағы", "дегі", "тағы", "тегі")
"""Endings of the genitive and the instrumental that hardly any name ends in."""
_DATIVE = ("ға", "ге", "қа", "ке")
"""Endings that only short names end in."""
GENDERS = {"masc": "m", "femn": "f"}


class Hit(NamedTuple):
    """A listed word or phrase found at a token."""

    kinds: frozenset[str]
    end: int  # index after the last token


class Name(NamedTuple):
    """A reading of a name word: its nominative, the gender it shows, whether the form itself is nominative."""

    nominative: str
    gender: str | None
    direct: bool
    kind: str  # given, surname, any


class Grammar:
    """The data and morphology that quotation rules ask about one language.

    Parameters:
        lang: a language with ``cues.yaml`` in its folder.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.cues: dict[str, Any] = _read(lang, "cues.yaml")
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
        self.prepositions = frozenset(map(str.lower, self.cues.get("clause_prepositions", ())))
        self.agency_words = frozenset(map(str.lower, agency.get("words", ())))
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._exact: dict[str, set[str]] = {}
        verbs: dict[str, set[str]] = {}
        for kind in ("say", "naming", "bound"):
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
        self._morph = _MORPHOLOGY.get(lang, Plain)(self)

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
            if self._morph.noun_in(low, self._exact, "documents"):
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

    def plain_noun(self, word: str) -> bool:
        """Whether the word can only be a noun."""
        return self._morph.plain_noun(word.lower())

    def nominative(self, word: str) -> bool:
        """Whether the word can stand as a subject."""
        return self._morph.nominative(word)

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


class Plain:
    """Words that do not inflect in a way that matters here (English): listed forms only."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    def verbs(self, word: str) -> tuple[str, ...]:  # noqa: ARG002
        """Listed verbs that the word is a finite form of."""
        return ()

    def noun_in(self, word: str, exact: dict[str, set[str]], kind: str) -> bool:
        """Whether the word inflects a noun listed under a kind."""
        return kind in exact.get(word, ()) or (word.endswith("s") and kind in exact.get(word[:-1], ()))

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:  # noqa: ARG002
        """The listed noun that the word inflects."""
        for form in (word, word.removesuffix("s")):
            if form in titles:
                return form
        return None

    def finite(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word is a verb in the third person."""
        return False

    def plain_noun(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can only be a noun."""
        return False

    def nominative(self, word: str) -> bool:  # noqa: ARG002
        """Whether the word can stand as a subject."""
        return True

    def lemma(self, word: str) -> str:
        """Dictionary form."""
        return word.removesuffix("’s").removesuffix("'s")

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:  # noqa: ARG002
        """Readings as a name."""
        base = word.removesuffix("’s").removesuffix("'s")
        low = base.lower()
        if low in self.grammar.not_people:
            return []
        kind = "given" if low in self.grammar.given else "any"
        if kind == "any" and low.endswith(self.grammar.surname_endings or ("\0",)):
            kind = "surname"
        return [Name(base, None, base == word, kind)]

    def to_nominative(self, words: Sequence[str]) -> str:
        """Nominative of a phrase."""
        return " ".join(words)


class Kazakh(Plain):
    """Kazakh words through the suffix automaton."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        from annotators.languages.kk.morphology import Lexicon

        cues = grammar.cues
        verbs = [v.split()[-1] for kind in ("say", "naming", "bound") for v in cues.get(kind, ())]
        verbs += [
            v.split()[-1] for kind in ("verbs", "quoting", "writing") for v in cues.get("agency", {}).get(kind, ())
        ]
        self._lexicon = Lexicon
        self._verb_lexicon = Lexicon([(verb, "V") for verb in dict.fromkeys(verbs)])
        nouns = [*cues.get("titles", ()), *cues.get("institutions", ())]
        self._nouns = Lexicon([(noun.lower(), "N") for noun in dict.fromkeys(nouns) if " " not in noun])
        self._no_agents = tuple(cues.get("no_agents", ("\0",)))
        self._names: dict[str, list[tuple[str, bool]]] = {}

    def verbs(self, word: str) -> tuple[str, ...]:
        return tuple(term for term, _ in self._verb_lexicon.find(word))

    def noun_in(self, word: str, exact: dict[str, set[str]], kind: str) -> bool:
        return kind in exact.get(word, ())

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:
        for term, _ in self._nouns.find(word):
            if term in titles:
                return term
        if common and len(word) > 5:
            for ending in self.grammar.cues.get("agent_endings", ()):
                if word.endswith(ending) and not word.endswith(self._no_agents):
                    return word
        return None

    def nominative(self, word: str) -> bool:
        readings = self._nouns.analyse(word)
        if readings:
            return any(reading.case is None for reading in readings)
        return not any(
            reading.case in {"genitive", "dative", "accusative", "ablative", "locative", "instrumental"}
            for reading in self._lexicon([(word[:-k], "N") for k in (2, 3) if len(word) > k + 3]).analyse(word)
        )

    def lemma(self, word: str) -> str:
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
            self._names[word] = known
        return known

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:
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
            surname = low.endswith(grammar.surname_endings)
            kind = "given" if given else "surname" if surname else "any"
            plain = low != word.lower() and (
                word.lower().endswith(_OBLIQUE) or (len(word) > 5 and word.lower().endswith(_DATIVE))
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

    def to_nominative(self, words: Sequence[str]) -> str:
        last = words[-1]
        lowered = last.lower()
        readings = self._nouns.analyse(lowered)
        if readings and all(r.case for r in readings):
            base = readings[0]
            kept = lowered[: len(base.stem)]
            suffixes = list(base.suffixes)
            # keep plural and possessive, drop the case (the last suffix)
            kept = lowered[: len(lowered) - len(suffixes[-1])] if suffixes else kept
            if kept.endswith(("ын", "ін", "нд")):
                kept = kept[:-1]
            last = last[: len(kept)]
        return " ".join([*words[:-1], last])


class Russian(Plain):
    """Russian words through pymorphy3."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        from annotators.languages.ru.morphology import parses

        self._parse = parses
        self._name_cache: dict[str, list[Name]] = {}
        self._given = {g: frozenset(grammar.names.get(f"given_{g}", ())) for g in "mf"}
        cues = grammar.cues
        self._known_verbs = {
            v.split()[-1].replace("ё", "е")
            for kind in (
                cues.get("say", ()),
                cues.get("naming", ()),
                cues.get("agency", {}).get("verbs", ()),
                cues.get("agency", {}).get("quoting", ()),
                cues.get("agency", {}).get("writing", ()),
            )
            for v in kind
        }
        self._spelling = {
            v.split()[-1].replace("ё", "е"): v.split()[-1]
            for kind in (
                cues.get("say", ()),
                cues.get("naming", ()),
                cues.get("agency", {}).get("verbs", ()),
                cues.get("agency", {}).get("quoting", ()),
            )
            for v in kind
        }

    def verbs(self, word: str) -> tuple[str, ...]:
        found = []
        for p in self._parse(word):
            if (
                p.tag.POS == "VERB"
                and not {"impr", "futr"} & p.tag.grammemes
                and not {"1per", "2per"} & p.tag.grammemes
            ):
                lemma = p.normal_form.replace("ё", "е")
                if lemma in self._known_verbs:
                    found.append(self._spelling[lemma])
        return tuple(dict.fromkeys(found))

    def noun_in(self, word: str, exact: dict[str, set[str]], kind: str) -> bool:
        return any(p.tag.POS == "NOUN" and kind in exact.get(p.normal_form, ()) for p in self._parse(word))

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:
        if word in titles:
            return word
        parses = self._parse(word)
        # in capitals only a word in its dictionary form: «Водитель …», not the name Амантаев
        animate = (common or any(p.normal_form == word for p in parses)) and sum(
            p.score for p in parses if "anim" in p.tag
        ) > 0.5
        for p in parses:
            if p.tag.POS != "NOUN" and word not in titles:
                continue
            lemma = p.normal_form
            if lemma in titles:
                return str(lemma)
            if animate and "anim" in p.tag and not {"Name", "Surn", "Patr", "Geox"} & p.tag.grammemes and p.is_known:
                return str(lemma)
        return None

    def finite(self, word: str) -> bool:
        tag = self._parse(word)[0].tag
        return tag.POS == "VERB" and not {"impr", "1per", "2per", "futr"} & tag.grammemes

    def plain_noun(self, word: str) -> bool:
        return all(p.tag.POS == "NOUN" for p in self._parse(word))

    def nominative(self, word: str) -> bool:
        parses = self._parse(word.lower())
        return any(p.tag.case == "nomn" for p in parses) or all(p.tag.case is None for p in parses)

    def lemma(self, word: str) -> str:
        return str(self._parse(word)[0].normal_form)

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:
        found = self._name_cache.get(word)
        if found is None:
            found = self._name_cache[word] = self._read_name(word)
        return sorted(found, key=lambda name: name.nominative not in known) if len(found) > 1 else found

    def _read_name(self, word: str) -> list[Name]:
        low = word.lower()
        if low in self.grammar.not_people:
            return []
        if "-" in low:
            parts = [self._read_name(part) for part in word.split("-")]
            if all(parts):
                last = parts[-1]
                firsts = {name.nominative for name in parts[0]}
                head = word.split("-", maxsplit=1)[0]
                first = head if head in firsts else parts[0][0].nominative
                return [Name(f"{first}-{n.nominative}", n.gender, n.direct, n.kind) for n in last]
            return []
        readings = self._listed(word, low)
        if readings:
            return readings
        parses = self._parse(low)
        proper = [p for p in parses if {"Name", "Surn", "Patr"} & p.tag.grammemes and p.tag.number != "plur"]
        for p in proper or parses:
            tag = p.tag
            if tag.number == "plur" or tag.POS not in {"NOUN", "ADJF"}:
                continue
            if not proper and "Geox" in tag and p.is_known:
                return []
            kind = "surname" if "Surn" in tag else "given" if {"Name", "Patr"} & tag.grammemes else "any"
            if kind == "any" and p.is_known:
                kind = "common"
            direct = tag.case == "nomn"
            form = word if direct else None
            if form is None:
                inflected = p.inflect({"nomn"})
                form = _like(inflected.word if inflected else p.normal_form, word)
            gender = GENDERS.get(str(tag.gender))
            if tag.POS == "NOUN" or not proper:
                readings.append(Name(form, gender if kind != "any" else None, direct, kind))
        if not any(name.direct for name in readings) and not any(p.is_known for p in parses):
            kind = readings[0].kind if readings else "any"
            readings.insert(0, Name(word, None, True, kind))  # an unknown name: take it as it stands
        if not readings:
            readings = [Name(word, None, True, "any")]
        if low.endswith(self.grammar.surname_endings) and not proper:
            readings = [
                Name(word, None, True, "surname"),
                *(name._replace(kind="surname") for name in readings if name.nominative != word),
            ]
        return list(dict.fromkeys(readings))

    def _listed(self, word: str, low: str) -> list[Name]:
        """Readings as a given name of names.yaml, for those that pymorphy3 does not know."""
        lists: dict[str, frozenset[str]] = self._given
        found = [Name(word, gender, True, "given") for gender, names in lists.items() if low in names]
        for ending in ("а", "я", "у", "ю", "ом", "ем", "е"):
            base = low[: -len(ending)]
            if low.endswith(ending) and base in lists["m"] and base[-1] not in "аеёиоуыэюя":
                found.append(Name(word[: len(base)], "m", False, "given"))
        return found

    def to_nominative(self, words: Sequence[str]) -> str:
        out: list[str] = []
        for k, word in enumerate(words):
            if word[:1].isupper() and k and not out:
                break
            parses = [p for p in self._parse(word.lower()) if p.tag.case not in {None, "gent"}]
            if not parses:
                out.append(word)
                continue
            p = parses[0]
            inflected = p.inflect({"nomn"})
            out.append(_like(inflected.word, word) if inflected else word)
            if p.tag.POS == "NOUN":
                return " ".join([*out, *words[k + 1 :]])
        return " ".join([*out, *words[len(out) :]])


def _like(word: str, model: str) -> str:
    """A word with the capital letters of another."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


_MORPHOLOGY: dict[str, type[Plain]] = {"kk": Kazakh, "ru": Russian}


def _read(lang: str, name: str) -> dict[str, Any]:
    path = LANGUAGES / lang / name
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of a language, read once."""
    return Grammar(lang)


__all__ = ["Grammar", "Hit", "Name", "grammar"]
