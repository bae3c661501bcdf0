"""Russian words in attributions, through pymorphy3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotators.quotes.words import Name, Plain

if TYPE_CHECKING:
    from annotators.quotes.grammar import Grammar

GENDERS = {"masc": "m", "femn": "f"}


class Russian(Plain):
    """Russian words through pymorphy3."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        from annotators.languages.ru.morphology import parses

        self._parse = parses
        self._name_cache: dict[str, list[Name]] = {}
        self._given = {g: frozenset(grammar.names.get(f"given_{g}", ())) for g in "mf"}
        cues = grammar.cues
        self._male = frozenset(cues.get("only_men", ()))
        self._either = frozenset(cues.get("men_and_women", ()))
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
        """Listed verbs that the word is a finite form of."""
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
        """Whether the word inflects a noun listed under a kind."""
        return any(p.tag.POS == "NOUN" and kind in exact.get(p.normal_form, ()) for p in self._parse(word))

    def title(self, word: str, titles: frozenset[str], common: bool) -> str | None:
        """The listed noun that the word inflects, or another noun for people."""
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
        """Whether the word is a verb in the third person."""
        tag = self._parse(word)[0].tag
        return tag.POS == "VERB" and not {"impr", "1per", "2per", "futr"} & tag.grammemes

    def noun(self, word: str) -> bool:
        """Whether the word is most likely a noun."""
        tag = self._parse(word)[0].tag
        return tag.POS == "NOUN" and not {"Name", "Surn", "Patr"} & tag.grammemes

    def plain_noun(self, word: str) -> bool:
        """Whether the word can only be a noun."""
        return all(p.tag.POS == "NOUN" for p in self._parse(word))

    def nominative(self, word: str) -> bool:
        """Whether the word can stand as a subject."""
        parses = self._parse(word.lower())
        parses = (
            tuple(p for p in parses if p.normal_form in self.grammar.titles) or parses
        )  # «акима» is no woman's name
        return any(p.tag.case == "nomn" for p in parses) or all(p.tag.case is None for p in parses)

    def receives(self, word: str) -> bool:
        """Whether the word can only stand in the dative or the instrumental."""
        cases = {p.tag.case for p in self._parse(word)}
        return bool(cases) and cases <= {"datv", "ablt"}

    def inflected(self, word: str) -> bool:
        """Whether the word can stand in an oblique case."""
        return any(p.tag.case not in {None, "nomn"} for p in self._parse(word))

    def verb_gender(self, word: str) -> str | None:
        """The gender that a verb form shows."""
        p = next((p for p in self._parse(word) if p.tag.POS == "VERB"), None)
        return GENDERS.get(str(p.tag.gender)) if p is not None and p.tag.gender else None

    def many(self, word: str) -> bool:
        """Whether a verb form can do without a subject: the third person plural («сообщили в мэрии»)."""
        return any(p.tag.POS == "VERB" and p.tag.number == "plur" for p in self._parse(word))

    def several(self, word: str) -> bool:
        """Whether a noun, if it is a subject, can only mean several people."""
        subjects = [p for p in self._parse(word) if p.tag.POS == "NOUN" and p.tag.case == "nomn"]
        return bool(subjects) and all(p.tag.number == "plur" for p in subjects)

    def crowd(self, word: str) -> bool:
        """Whether a noun means several people in an oblique case."""
        nouns = [p.tag for p in self._parse(word) if p.tag.POS == "NOUN"]
        return bool(nouns) and all(tag.number == "plur" and tag.case != "nomn" for tag in nouns)

    def seat(self, word: str) -> bool:
        """Whether the word is a noun in the locative, of no place on the map and no time."""
        return any(
            p.tag.POS == "NOUN"
            and p.tag.case in {"loct", "loc2"}
            and not {"Geox", "Name", "Surn", "Patr", "anim"} & p.tag.grammemes
            for p in self._parse(word)
        )

    def role_gender(self, word: str) -> str | None:
        """The gender of the people that a role can mean: feminine nouns mean women, a few masculine ones only men."""
        if word in self._either:
            return None
        if word in self._male:
            return "m"
        p = next((p for p in self._parse(word) if p.tag.POS == "NOUN" and p.normal_form == word), None)
        return "f" if p is not None and p.tag.gender == "femn" and "ms-f" not in p.tag else None

    def lemma(self, word: str) -> str:
        """Dictionary form."""
        return str(self._parse(word)[0].normal_form)

    def name(self, word: str, known: frozenset[str] | set[str]) -> list[Name]:
        """Readings as a name, likeliest first."""
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
                common = all(name.kind in {"any", "common"} for name in parts[0])  # «Козы-Корпеш»: taken as it stands
                first = head if head in firsts or common else parts[0][0].nominative
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
        if low.endswith(("ом", "ем")) and readings and readings[0].nominative == word[:-2]:
            readings = [name for name in readings if not name.direct]  # «с Дэн Сяопином»: no subject
            return list(dict.fromkeys(readings))
        oblique = low.endswith(tuple(self.grammar.names.get("oblique_surname_endings", ()))) and bool(readings)
        if not any(name.direct for name in readings) and not any(p.is_known for p in parses) and not oblique:
            kind = readings[0].kind if readings else "any"
            readings.insert(0, Name(word, None, True, kind))  # an unknown name: take it as it stands
        if not readings:
            readings = [Name(word, None, True, "any")]
        if low.endswith(self.grammar.surname_endings) and not proper:
            readings = [
                *(
                    []
                    if oblique and any(r.nominative != word for r in readings)
                    else [Name(word, None, True, "surname")]
                ),
                *(name._replace(kind="surname") for name in readings if name.nominative != word),
            ]
        return list(dict.fromkeys(_completed(word, readings)))

    def _listed(self, word: str, low: str) -> list[Name]:
        """Readings as a given name of names.yaml, for those that pymorphy3 does not know."""
        lists: dict[str, frozenset[str]] = self._given
        found = [Name(word, gender, True, "given") for gender, names in lists.items() if low in names]
        for ending in ("а", "я", "у", "ю", "ом", "ем", "е"):
            base = low[: -len(ending)]
            if low.endswith(ending) and base in lists["m"] and base[-1] not in "аеёиоуыэюя":
                found.append(Name(word[: len(base)], "m", False, "given"))
        return found

    def from_genitive(self, words: Sequence[str]) -> str:
        """Nominative of a phrase in the genitive: «главы государства» – «глава государства»."""
        out: list[str] = []
        for place, word in enumerate(words):
            parse = next(
                (
                    p
                    for p in self._parse(word.lower())
                    if p.tag.case == "gent" and p.tag.POS in {"NOUN", "ADJF", "PRTF"}
                ),
                None,
            )
            inflected = parse.inflect({"nomn", str(parse.tag.number)}) if parse else None
            if parse is None or inflected is None:
                break
            out.append(_like(inflected.word, word))
            if parse.tag.POS == "NOUN":
                return " ".join([*out, *words[place + 1 :]])
        return " ".join(words)

    def to_nominative(self, words: Sequence[str]) -> str:
        """Nominative of a phrase that stands in an oblique case."""
        out: list[str] = []
        head = next(
            (
                p
                for word in words
                for p in self._parse(word.lower())[:3]
                if p.tag.POS == "NOUN" and p.tag.case not in {None, "gent", "nomn"}
            ),
            None,
        )
        for k, word in enumerate(words):
            if word[:1].isupper() and k and not out:
                break
            if head is not None and head.tag.gender and head.tag.number == "sing":
                agreeing = next((p for p in self._parse(word.lower()) if p.tag.POS in {"ADJF", "PRTF"}), None)
                fitted = agreeing.inflect({"nomn", "sing", str(head.tag.gender)}) if agreeing else None
                if fitted is not None:
                    out.append(_like(fitted.word, word))
                    continue
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


def _completed(word: str, readings: list[Name]) -> list[Name]:
    """Readings of a family name with the woman's nominative that the dictionary lacks: «Раджабова»."""
    if not word.lower().endswith(("ова", "ева", "ёва")) or any(r.direct for r in readings):
        return readings
    if any(r.kind == "surname" and r.nominative == word[:-1] for r in readings):
        return [*readings, Name(word, "f", True, "surname")]
    return readings


def _like(word: str, model: str) -> str:
    """A word with the capital letters of another."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
