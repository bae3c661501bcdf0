"""Kazakh inflection: is a word a form of a lexicon entry, and through which suffixes?

Not a lemmatiser of running text: it is anchored in a lexicon. A word matches an entry when it begins with one of the
entry's stems and what follows is a legal chain of suffixes (suffixes.yaml), spelled as harmony and assimilation ask
(stems.yaml has the changes of stems).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Entry = tuple[str, str] | tuple[str, str, bool]
"""A term and its part of speech (``N`` or ``V``); a third value switches voice for this entry alone."""

BACK, FRONT = "back", "front"
HYPHENS = frozenset("-\u2010\u2011’'")
VOWELS = frozenset("аәоөұүыіеэяёую" + "и")


class _Step(NamedTuple):
    """One suffix as spelled after a certain sound: its letters, the slot it leads to, what it means."""

    letters: str
    slot: str
    meaning: tuple[tuple[str, str], ...]


class _Grammar:
    """The YAML files, compiled once."""

    def __init__(self, folder: Path) -> None:
        inflection: dict[str, Any] = yaml.safe_load((folder / "suffixes.yaml").read_text("utf-8"))
        stems: dict[str, Any] = yaml.safe_load((folder / "stems.yaml").read_text("utf-8"))
        sounds = inflection["sounds"]
        self.back, self.front, self.open = (frozenset(sounds[name]) for name in ("back", "front", "open"))
        self.classes: dict[str, str] = {
            letter: name for name, letters in sounds["classes"].items() for letter in letters
        }
        self.consonants: dict[str, dict[str, str]] = inflection["consonants"]
        self.slots: dict[str, list[dict[str, str]]] = {}
        self.final: set[str] = set()
        for name, slot in inflection["slots"].items():
            self.slots[name] = [suffix for group in slot["follow"] for suffix in inflection["suffixes"][group]]
            if slot.get("ends", True):
                self.final.add(name)
        self.voice: list[dict[str, str]] = inflection["suffixes"]["voice"]
        self.stem_rules = {kind: [_StemRule(rule) for rule in stems[kind]] for kind in ("noun", "infinitive", "verb")}
        self.elision = {kind: frozenset(words.split()) for kind, words in stems["elision"].items()}
        self.either = re.compile("|".join(f"(?:{pattern})" for pattern in stems["either_harmony"]))

        words: dict[str, Any] = yaml.safe_load((folder / "words.yaml").read_text("utf-8"))
        self.words = frozenset(" ".join([*words["function_words"], *words["adjectives"]]).split())
        self.irregular = {term: tuple(forms.split()) for term, forms in words["irregular"].items()}
        self.shadowed = {
            kind: [(re.compile(rule.get("root", "")), re.compile(rule["rest"])) for rule in rules]
            for kind, rules in words["shadowed"].items()
        }

    def sound_class(self, letter: str) -> str:
        return self.classes.get(letter, "voiceless")

    def is_shadowed(self, slot: str, stem: str, rest: str) -> bool:
        """Whether a form, though legal, is nearly always another word."""
        return any(root.search(stem) and tail.search(rest) for root, tail in self.shadowed.get(slot, ()))

    def harmony(self, stem: str) -> tuple[str, ...]:
        """Which suffixes may follow a stem: back, front, or both where it does not decide."""
        if self.either.search(stem):
            return (BACK, FRONT)
        for place, letter in enumerate(reversed(stem)):
            if letter in self.back:
                return (BACK, FRONT) if letter == "ё" else (BACK,)
            if letter in self.front:
                return (FRONT,)
            if (letter in self.open or letter == "у") and place:
                return (BACK, FRONT)
        return (BACK, FRONT)

    def spell(self, suffix: str, before: str, harmony: str) -> str | None:
        """Write a suffix after a letter; None where it cannot stand."""
        after_vowel = self.sound_class(before) == "vowel"
        if suffix[0] in "^_":
            if (suffix[0] == "^") is not after_vowel:
                return None
            suffix = suffix[1:]
        back = harmony == BACK
        written = before
        for letter in suffix:
            sign: str = self.consonants[letter][self.sound_class(written[-1])] if letter in self.consonants else letter
            if sign in _HARMONIC:
                sign = _HARMONIC[sign][0 if back else 1]
            written += sign
        return written[1:]


_HARMONIC = {"a": "ае", "y": "ыі", "g": "ғг", "k": "қк"}


class _StemRule:
    """One rule of stems.yaml."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.pattern = re.compile(rule["match"])
        self.become: str = rule["become"]
        self.before_vowel = rule.get("before") == "vowel"
        self.slot: str | None = rule.get("slot")
        self.least: int = rule.get("letters", 3)
        self.most: int = rule.get("most", 99)

    def apply(self, form: str) -> str | None:
        if not self.least <= len(form) <= self.most or not self.pattern.search(form):
            return None
        return self.pattern.sub(self.become, form)


@cache
def _grammar() -> _Grammar:
    return _Grammar(Path(__file__).parent)


@cache
def _steps(slot: str, before: str, harmony: str, voice: bool) -> tuple[_Step, ...]:
    """Every suffix that may stand in a slot after a letter, as spelled there."""
    grammar = _grammar()
    steps: dict[_Step, None] = {}
    sound = grammar.sound_class(before)
    for suffix in grammar.slots[slot] + (grammar.voice if voice and slot in {"verb", "voiced"} else []):
        if sound not in suffix.get("after", (sound,)):
            continue
        letters = grammar.spell(suffix["s"], before, harmony)
        if letters:
            meaning = tuple((key, value) for key, value in suffix.items() if key not in {"s", "to", "after"})
            steps[_Step(letters, suffix["to"], meaning)] = None
    return tuple(steps)


@lru_cache(maxsize=1 << 17)
def _chain(slot: str, before: str, harmony: str, rest: str, voice: bool) -> tuple[_Step, ...] | None:
    """The shortest chain of suffixes that spells ``rest``, or None."""
    if not rest:
        return () if slot in _grammar().final else None
    best: tuple[_Step, ...] | None = None
    for step in _steps(slot, before, harmony, voice):
        if rest.startswith(step.letters):
            tail = _chain(step.slot, step.letters[-1], harmony, rest[len(step.letters) :], voice)
            if tail is not None and (best is None or len(tail) + 1 < len(best)):
                best = (step, *tail)
    return best


class _Stem(NamedTuple):
    """One stem of an entry and how a chain may begin after it."""

    entry: int
    slot: str
    harmony: str
    before_vowel: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a word form inflects a lexicon entry.

    Attributes:
        term: the entry's term, as given.
        pos: ``N`` or ``V``, as given.
        stem: the stem found in the form (``халқ`` for халық).
        suffixes: the suffixes as written, in order.
        features: what they mean, of: number, possessive, case, person, tense, voice, negative, attributive, particle.
    """

    term: str
    pos: str
    stem: str
    suffixes: tuple[str, ...]
    features: dict[str, str]

    @property
    def case(self) -> str | None:
        """Case of the form, None for the bare (nominative) form."""
        return self.features.get("case")

    @property
    def possessive(self) -> str | None:
        """Person of the owner: 1sg, 2sg, 3, 1pl, 2pl."""
        return self.features.get("possessive")

    @property
    def plural(self) -> bool:
        """Whether a plural suffix stands in the form."""
        return self.features.get("number") == "plural"


class Lexicon:
    """Words to be found in any of their inflected forms.

    Parameters:
        entries: (term, "N" | "V") or (term, pos, voice); verbs as listed in dictionaries (in -у) or as roots.
        voice: whether verbs also match passive, causative, reflexive and reciprocal forms, unless an entry says.
        exclude: term → word forms that are not this entry.

    Example:
        >>> lexicon = Lexicon([("реформа", "N"), ("жаңғырту", "V")])
        >>> lexicon.find("реформаларымыздың")
        [('реформа', 'N')]
        >>> lexicon.find("жаңғыртқан")
        [('жаңғырту', 'V')]
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        voice: bool = False,
        exclude: dict[str, Sequence[str]] | None = None,
    ) -> None:
        self._entries: list[tuple[str, str, bool]] = []
        self._stems: dict[str, list[_Stem]] = {}
        self._longest = 0
        self._found: dict[str, list[tuple[str, str]]] = {}
        self._exclude = {term: frozenset(map(str.lower, forms)) for term, forms in (exclude or {}).items()}
        for entry in dict.fromkeys(tuple(entry) for entry in entries):
            term, pos = str(entry[0]), str(entry[1])
            self._add(term, pos, bool(entry[2]) if len(entry) > 2 else voice)

    def _add(self, term: str, pos: str, voice: bool) -> None:
        number = len(self._entries)
        self._entries.append((term, pos, voice))
        lower = term.lower()
        grammar = _grammar()
        for form in grammar.irregular.get(lower, ()) if pos == "N" else ():
            self._stems.setdefault(form, []).append(_Stem(number, "irregular", BACK, False))
            self._longest = max(self._longest, len(form))
        for letters, slot, before_vowel in _allomorphs(lower, pos):
            for harmony in sorted({*grammar.harmony(letters), *grammar.harmony(lower)}):
                self._stems.setdefault(letters, []).append(_Stem(number, slot, harmony, before_vowel))
            self._longest = max(self._longest, len(letters))

    def find(self, form: str) -> list[tuple[str, str]]:
        """Entries that a word may inflect, the one with the longest stem first.

        Parameters:
            form: one word, any case.

        Returns:
            (term, pos) of each entry; empty where none fits. The list is shared: do not change it.

        Example:
            >>> Lexicon([("халық", "N")]).find("халқымыздың")
            [('халық', 'N')]
        """
        found = self._found.get(form)
        if found is None:
            found = list(dict.fromkeys((analysis.term, analysis.pos) for analysis in self.analyse(form)))
            if len(self._found) >= 1 << 18:
                self._found.clear()
            self._found[form] = found
        return found

    def analyse(self, form: str) -> list[Analysis]:
        """Say how a word inflects each entry that it may belong to, the longest stem first.

        Parameters:
            form: one word, any case.

        Returns:
            one Analysis for each entry and stem.

        Example:
            >>> analysis = Lexicon([("мәслихат", "N")]).analyse("мәслихаттарымызда")[0]
            >>> analysis.suffixes, analysis.plural, analysis.possessive, analysis.case
            (('тар', 'ымыз', 'да'), True, '1pl', 'locative')
        """
        lower = form.lower()
        grammar = _grammar()
        itself = lower in grammar.words
        analyses: list[Analysis] = []
        for length in range(min(len(lower), self._longest), 0, -1):
            for stem in self._stems.get(lower[:length], ()):
                term, pos, voice = self._entries[stem.entry]
                rest = lower[length:]
                if stem.slot == "irregular":
                    chain: tuple[_Step, ...] | None = None if rest else ()
                elif (itself and lower != term.lower()) or (stem.before_vowel and (not rest or rest[0] not in VOWELS)):
                    continue
                else:
                    if rest[:1] in HYPHENS and rest[1:] and rest[:3] != "-ақ":
                        rest = rest[1:]
                    if grammar.is_shadowed(stem.slot, lower[:length], rest):
                        continue
                    chain = _chain(stem.slot, lower[:length].rstrip("ь")[-1:], stem.harmony, rest, voice)
                if chain is None or lower in self._exclude.get(term, ()):
                    continue
                if any(known.term == term and known.pos == pos for known in analyses):
                    continue
                features = {key: value for step in chain for key, value in step.meaning}
                suffixes = tuple(step.letters for step in chain)
                analyses.append(Analysis(term, pos, lower[:length], suffixes, features))
        return analyses


def _allomorphs(term: str, pos: str) -> list[tuple[str, str, bool]]:
    """Stems of a dictionary form: letters, slot, whether a vowel must follow."""
    rules = _grammar().stem_rules
    if pos != "V":
        stems = [(term, "noun", False)]
        kind = "noun"
        roots = [term]
    else:
        kind = "verb"
        infinitive = len(term) > 2 and term[-1] in "ую"
        won_back = [root for rule in rules["infinitive"] if (root := rule.apply(term))]
        roots = list(dict.fromkeys(won_back)) if infinitive and won_back else [term]
        stems = [(root, "verb", False) for root in roots]
    for root in roots:
        for rule in rules[kind]:
            if letters := rule.apply(root):
                stems.append((letters, rule.slot or kind, rule.before_vowel))
        if root in _grammar().elision[kind]:
            stems.append((root[:-2] + root[-1], kind, True))
    return list(dict.fromkeys(stems))


def lemma(form: str, pos: str | None = None) -> str:  # noqa: ARG001
    """Best guess at the dictionary form of a word, lower case."""
    return form.lower()
