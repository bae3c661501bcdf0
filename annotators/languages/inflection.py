"""Inflection by suffixes: the grammar of a language, compiled from its suffixes.yaml, stems.yaml and words.yaml.

Made for languages that put suffixes in slots, one after another, and spell them by the sounds before them: Kazakh,
Kyrgyz and their kin. All that is particular to a language is in its three files; those of kk explain how to write them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CACHED_CHAINS = 1 << 17
FOLDER = Path(__file__).parent


class Step(NamedTuple):
    """One suffix as spelled after a certain sound: its letters, the slot it leads to, what it means."""

    letters: str
    slot: str
    meaning: tuple[tuple[str, str], ...]


class Stem(NamedTuple):
    """A form that a dictionary word takes before suffixes."""

    letters: str
    slot: str
    before_vowel: bool


class StemRule:
    """One rule of stems.yaml."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.pattern = re.compile(rule["match"])
        self.become: str = rule["become"]
        self.before_vowel = rule.get("before") == "vowel"
        self.slot: str | None = rule.get("slot")
        self.least: int = rule.get("letters", 3)
        self.only = frozenset(str(rule.get("only", "")).split())

    def apply(self, form: str) -> str | None:
        """The changed form, or None where the rule does not apply."""
        if len(form) < self.least or (self.only and form not in self.only) or not self.pattern.search(form):
            return None
        return self.pattern.sub(self.become, form)


class Grammar:
    """The three files, in the shapes that matching needs."""

    def __init__(self, folder: Path) -> None:
        inflection, stems, words = (
            yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in ("suffixes", "stems", "words")
        )
        sounds: dict[str, Any] = inflection["sounds"]
        self.vowels = frozenset(sounds["vowels"])
        self.harmonies: dict[str, str] = {
            vowel: name for name, vowels in sounds["harmonies"].items() for vowel in vowels
        }
        self.every_harmony = tuple(sounds["harmonies"])
        self.open = frozenset(sounds["open"])
        self.either_vowels = frozenset(sounds["either"])
        self.harmonic: dict[str, dict[str, str]] = sounds["letters"]
        self.harmony_renews: bool = sounds["harmony_renews"]
        self.classes: dict[str, str] = {
            letter: name for name, letters in sounds["classes"].items() for letter in letters
        }
        self.hyphened = tuple(suffix["s"] for suffix in inflection["suffixes"]["particle"])
        self.examples: str = sounds["examples"]
        self.consonants: dict[str, dict[str, str]] = inflection["consonants"]
        groups: dict[str, list[dict[str, Any]]] = inflection["suffixes"]
        self.slots: dict[str, list[dict[str, Any]]] = {}
        self.voiced_slots: dict[str, list[dict[str, Any]]] = {}
        self.final: set[str] = set()
        for name, slot in inflection["slots"].items():
            self.slots[name] = [suffix for group in slot["follow"] for suffix in groups[group]]
            self.voiced_slots[name] = self.slots[name] + [
                suffix for group in slot.get("follow_with_voice", []) for suffix in groups[group]
            ]
            if slot.get("ends", True):
                self.final.add(name)
        self.stem_rules = {kind: [StemRule(rule) for rule in stems[kind]] for kind in ("noun", "infinitive", "verb")}
        self.elision = {kind: frozenset(listed.split()) for kind, listed in stems["elision"].items()}
        self.either = re.compile("|".join(f"(?:{pattern})" for pattern in stems["either_harmony"]))
        self.compounding = re.compile(stems["compounding"])
        self.steps = cache(self._steps)
        self.chain = lru_cache(maxsize=CACHED_CHAINS)(self._chain)
        self.words = frozenset(" ".join([*words["function_words"], *words["adjectives"]]).split())
        self.own_verbs = frozenset(" ".join(words["own_verbs"]).split())
        self.irregular = {term: tuple(forms.split()) for term, forms in words["irregular"].items()}
        self.shadowed = {
            kind: [(re.compile(rule.get("root", "")), re.compile(rule["rest"])) for rule in rules]
            for kind, rules in words["shadowed"].items()
        }

    def harmony(self, stem: str) -> tuple[str, ...]:
        """Which suffixes may follow a stem, as names of harmonies; all of them where it does not decide."""
        if self.either.search(stem):
            return self.every_harmony
        for place, letter in enumerate(reversed(stem)):
            if letter in self.either_vowels or (letter in self.open and place):
                return self.every_harmony
            if letter in self.harmonies:
                return (self.harmonies[letter],)
        return self.every_harmony

    def sound_class(self, letter: str) -> str:
        """Class of a sound, which decides how the suffix after it begins."""
        return self.classes.get(letter, "voiceless")

    def spell(self, suffix: str, before: str, harmony: str) -> str | None:
        """Write a suffix after a letter; None where it cannot stand."""
        if suffix[0] in "^_":
            if (suffix[0] == "^") is not (self.sound_class(before) == "vowel"):
                return None
            suffix = suffix[1:]
        written = before
        for letter in suffix:
            sign = self.consonants[letter][self.sound_class(written[-1])] if letter in self.consonants else letter
            written += self.harmonic[sign][harmony] if sign in self.harmonic else sign
        return written[1:]

    def is_shadowed(self, slot: str, stem: str, rest: str) -> bool:
        """Whether a form, though legal, is nearly always another word."""
        return any(root.search(stem) and tail.search(rest) for root, tail in self.shadowed.get(slot, ()))

    def _steps(self, slot: str, before: str, harmony: str, voice: bool) -> tuple[Step, ...]:
        """Every suffix that may stand in a slot after a letter, as spelled there."""
        sound = self.sound_class(before)
        found: dict[Step, None] = {}
        for suffix in (self.voiced_slots if voice else self.slots)[slot]:
            letters = self.spell(suffix["s"], before, harmony) if sound in suffix.get("after", (sound,)) else None
            if letters:
                meaning = tuple((key, value) for key, value in suffix.items() if key not in {"s", "to", "after"})
                found[Step(letters, suffix["to"], meaning)] = None
        return tuple(found)

    def _chain(self, slot: str, before: str, harmony: str, rest: str, voice: bool) -> tuple[Step, ...] | None:
        """Find the shortest chain of suffixes that spells the rest of a word.

        Parameters:
            slot: where the chain begins (``noun``, ``verb``, or a slot that a stem rule names).
            before: the last sound of the stem.
            harmony: a name of suffixes.yaml.
            rest: the letters to be spelled.
            voice: whether suffixes of voice may take part.

        Returns:
            the suffixes in order, empty for an empty rest; None where no chain fits.
        """
        if not rest:
            return () if slot in self.final else None
        best: tuple[Step, ...] | None = None
        for step in self.steps(slot, before, harmony, voice):
            if rest.startswith(step.letters):
                after = harmony
                if self.harmony_renews:
                    after = next((self.harmonies[v] for v in reversed(step.letters) if v in self.harmonies), harmony)
                tail = self.chain(step.slot, step.letters[-1], after, rest[len(step.letters) :], voice)
                if tail is not None and (best is None or len(tail) + 1 < len(best)):
                    best = (step, *tail)
        return best

    def allomorphs(self, term: str, pos: str) -> list[Stem]:
        """List the stems of a dictionary form.

        Parameters:
            term: dictionary form in lower case; a verb as dictionaries list it, or as its root.
            pos: ``N`` or ``V``.

        Example:
            >>> [stem.letters for stem in grammar("kk").allomorphs("халық", "N")]
            ['халық', 'халығ', 'халқ']
        """
        kind, roots = "noun", [term]
        if pos == "V":
            kind = "verb"
            roots = [root for rule in self.stem_rules["infinitive"] if (root := rule.apply(term))] or [term]
        narrow = self.harmonic["y"][self.harmony(term)[0]]
        roots = [root.replace("y", narrow) for root in roots]
        stems = [Stem(root, kind, False) for root in roots]
        for root in roots:
            changes = ((rule, rule.apply(root)) for rule in self.stem_rules[kind])
            stems += [Stem(letters, rule.slot or kind, rule.before_vowel) for rule, letters in changes if letters]
            if root in self.elision[kind]:
                stems.append(Stem(root[:-2] + root[-1], kind, True))
        return list(dict.fromkeys(stems))


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of a language.

    Example:
        >>> [step.letters for step in grammar("kk").chain("noun", "а", "back", "ларымыздың", False)]
        ['лар', 'ымыз', 'дың']
    """
    return Grammar(FOLDER / lang)
