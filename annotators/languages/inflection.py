"""Inflection by suffixes: the grammar of a language, compiled from its suffixes.yaml, stems.yaml and words.yaml.

Made for languages that put suffixes in slots, one after another, and spell them by the sounds before them: Kazakh,
Kyrgyz and their kin. All that is particular to a language is in its three files; those of kk explain how to write them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from schemas.datafile import read_data

CACHED_CHAINS = 1 << 17
"""Endings of words whose chains a grammar keeps; beyond it they are worked out anew."""
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


class Chains(dict[str, "tuple[Step, ...] | None"]):
    """Letters after a stem of one kind → the suffixes that spell them, or None: worked out where first asked for.

    Parameters:
        grammar: whose suffixes.
        slot: where chains begin (``noun``, ``verb``, or a slot that a stem rule names).
        before: the last sound of the stem.
        harmony: a name of suffixes.yaml.
        voice: whether suffixes of voice may take part.
    """

    def __init__(self, grammar: Grammar, slot: str, before: str, harmony: str, voice: bool) -> None:
        super().__init__()
        self._grammar = grammar
        self._kind = (slot, before, harmony, voice)

    def __missing__(self, rest: str) -> tuple[Step, ...] | None:
        found = self._grammar.shortest_chain(*self._kind, rest)
        self._grammar.make_room()
        self[rest] = found
        return found


class Shadows(dict[str, "tuple[re.Pattern[str], ...]"]):
    """Letters after a stem → what the stem must match for the form to be another word; nearly always nothing.

    Parameters:
        rules: of the stem's slot: pattern of the stem, pattern of what follows it.
    """

    def __init__(self, rules: list[tuple[re.Pattern[str], re.Pattern[str]]]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, rest: str) -> tuple[re.Pattern[str], ...]:
        roots = tuple(root for root, tail in self._rules if tail.search(rest))
        if len(self) >= CACHED_CHAINS:
            self.clear()
        self[rest] = roots
        return roots


class Grammar:
    """The three files, in the shapes that matching needs."""

    def __init__(self, folder: Path) -> None:
        inflection, stems, words = (read_data(folder / f"{name}.yaml") for name in ("suffixes", "stems", "words"))
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
        self.chains = cache(self._chains)
        self._every_chains: dict[tuple[str, str, str, bool], Chains] = {}
        self._sounds: dict[str, str] = {}
        self._cached = 0
        self.words = frozenset(" ".join([*words["function_words"], *words["adjectives"]]).split())
        self.own_verbs = frozenset(" ".join(words["own_verbs"]).split())
        self.irregular = {term: tuple(forms.split()) for term, forms in words["irregular"].items()}
        self._shadows = {
            kind: Shadows([(re.compile(rule.get("root", "")), re.compile(rule["rest"])) for rule in rules])
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
        shadows = self._shadows.get(slot)
        return shadows is not None and any(root.search(stem) for root in shadows[rest])

    def shadows(self, slot: str) -> Shadows | None:
        """What `is_shadowed` goes by for stems of a slot; None where nothing ever is."""
        return self._shadows.get(slot)

    def _steps(self, slot: str, before: str, harmony: str, voice: bool) -> dict[str, list[Step]]:
        """Every suffix that may stand in a slot after a letter, as spelled there, by its first letter."""
        sound = self.sound_class(before)
        found: dict[Step, None] = {}
        for suffix in (self.voiced_slots if voice else self.slots)[slot]:
            letters = self.spell(suffix["s"], before, harmony) if sound in suffix.get("after", (sound,)) else None
            if letters:
                meaning = tuple((key, value) for key, value in suffix.items() if key not in {"s", "to", "after"})
                found[Step(letters, suffix["to"], meaning)] = None
        by_letter: dict[str, list[Step]] = {}
        for step in found:
            by_letter.setdefault(step.letters[0], []).append(step)
        return by_letter

    def _chains(self, slot: str, before: str, harmony: str, voice: bool) -> Chains:
        """Chains after a letter: the same for all letters of one class of sounds."""
        letter = self._sounds.setdefault(self.sound_class(before), before) if before else before
        kind = (slot, letter, harmony, voice)
        if kind not in self._every_chains:
            self._every_chains[kind] = Chains(self, *kind)
        return self._every_chains[kind]

    def make_room(self) -> None:
        """Count one more chain that is kept, and forget all of them where they become too many."""
        self._cached += 1
        if self._cached > CACHED_CHAINS:
            self._cached = 0
            for chains in self._every_chains.values():
                chains.clear()

    def chain(self, slot: str, before: str, harmony: str, rest: str, voice: bool) -> tuple[Step, ...] | None:
        """Find the shortest chain of suffixes that spells the rest of a word; each is worked out once.

        Parameters:
            slot: where the chain begins (``noun``, ``verb``, or a slot that a stem rule names).
            before: the last sound of the stem.
            harmony: a name of suffixes.yaml.
            rest: the letters to be spelled.
            voice: whether suffixes of voice may take part.

        Returns:
            the suffixes in order, empty for an empty rest; None where no chain fits.
        """
        return self.chains(slot, before, harmony, voice)[rest]

    def shortest_chain(self, slot: str, before: str, harmony: str, voice: bool, rest: str) -> tuple[Step, ...] | None:
        """The same as `chain`, worked out."""
        if not rest:
            return () if slot in self.final else None
        best: tuple[Step, ...] | None = None
        for step in self.steps(slot, before, harmony, voice).get(rest[0], ()):
            letters = step.letters
            if rest.startswith(letters):
                after = harmony
                if self.harmony_renews:
                    after = next((self.harmonies[v] for v in reversed(letters) if v in self.harmonies), harmony)
                tail = self.chains(step.slot, letters[-1], after, voice)[rest[len(letters) :]]
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
