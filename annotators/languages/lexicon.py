"""Lexicons for languages with suffixes: is a word a form of an entry, and through which suffixes?

Anchored in a lexicon: a word matches an entry when it begins with one of the entry's stems and what follows is a legal
chain of suffixes (suffixes.yaml), spelled as harmony and assimilation ask (stems.yaml has the changes of stems,
words.yaml the words that only look inflected).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from spacy.attrs import ORTH  # type: ignore[import-not-found]

from annotators.languages.inflection import Chains, Grammar, Shadows, Step, grammar
from annotators.languages.scripts import PLAIN, repair
from annotators.languages.wordtypes import WordTypes

if TYPE_CHECKING:
    from spacy.tokens import Doc

Entry = tuple[str, str] | tuple[str, str, bool]
"""A term and its part of speech (``N`` or ``V``); a third value switches voice for this entry alone."""

HYPHENS = "-\u2010\u2011’'"
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*[-\u2010\u2011]?")
CACHED_FORMS = 1 << 18
"""Word types whose answer a lexicon keeps."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a word form inflects a lexicon entry.

    Attributes:
        term: the entry's term, as given.
        pos: ``N`` or ``V``, as given.
        stem: the stem found in the form (``халқ`` for халық).
        suffixes: the suffixes as written, in order.
        features: what they mean, of: number, possessive, case, person, tense, voice, negative, degree, attributive,
            particle; values are in suffixes.yaml.
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
        """Person of the owner: 1sg, 2sg, 3, 1pl, 2pl; None without a possessive suffix."""
        return self.features.get("possessive")

    @property
    def plural(self) -> bool:
        """Whether a plural suffix stands in the form."""
        return self.features.get("number") == "plural"


class _Anchor(NamedTuple):
    """A stem of an entry and how a chain may begin after it; ``chains`` is None where nothing may follow.

    ``strict``: whether the spelling of the entry decides as well (capitals, forms that are not its own).
    """

    entry: int
    chains: Chains | None
    shadows: Shadows | None
    before_vowel: bool
    hyphen: bool
    strict: bool


class _Listed(NamedTuple):
    """An entry, with what decides whether a form that begins like it is one of its forms."""

    key: tuple[str, str]
    lower: str
    capital: bool
    exclude: frozenset[str]


_Readings = dict[int, tuple[str, tuple[Step, ...]]]
"""Entries, with the stem as found and the suffixes behind it."""


# Most words match nothing; one empty list for all of them keeps the garbage collector out of it.
_NOTHING: list[tuple[str, str]] = []
_NO_READING: _Readings = {}
_is_plain = PLAIN.fullmatch


class SuffixLexicon:
    """Words to be found in any of their inflected forms.

    An entry in capitals (БҰҰ, ҚР) only matches capitals and takes its suffixes behind a hyphen or at once; a number
    before an entry is passed over («72%-ы» is a form of %, «3-бабы» of бап); adjectives also match inside a hyphenated
    word («қоғамдық-саяси»). Look-alike Latin letters in a Cyrillic word do not matter, nor another
    spelling that `respell` knows.

    Parameters:
        entries: (term, "N" | "V") or (term, pos, voice); verbs as listed in dictionaries (in -у) or as roots. N stands
            for all that declines: nouns, names, adjectives, numerals, pronouns.
        voice: whether verbs also match passive, causative, reflexive and reciprocal forms, unless an entry says.
        exclude: term → word forms that are not this entry.

    Each language has its own class of this name in its folder (``kk.morphology.Lexicon``).
    """

    lang: ClassVar[str]
    """The folder whose grammar is used."""

    def __init__(
        self,
        entries: Iterable[Entry],
        voice: bool = False,
        exclude: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._rules: Grammar = grammar(self.lang)
        self._entries: list[tuple[str, str, bool]] = []
        self._listed: list[_Listed] = []
        self._anchors: dict[str, tuple[_Anchor, ...]] = {}  # of every stem
        self._found: dict[str, list[tuple[str, str]]] = {}
        self._types = WordTypes()
        self._answers: list[list[tuple[str, str]]] = [_NOTHING]
        self._numbers: dict[tuple[tuple[str, str], ...], int] = {(): 0}  # of the answers
        self._exclude = {term: frozenset(form.lower() for form in forms) for term, forms in (exclude or {}).items()}
        for entry in dict.fromkeys(entries):
            self._add(entry[0], entry[1], entry[2] if len(entry) > 2 else voice)
        # the stems in alphabetical order, each with the stems that it begins with, itself the first
        self._stems = sorted(self._anchors)
        self._within: list[tuple[tuple[str, tuple[_Anchor, ...]], ...]] = [
            ()
        ]  # by how many stems are not behind a word
        self._shortest: list[str] = ["\0"]  # nothing begins so
        for stem in self._stems:
            shorter = (stem[:length] for length in range(len(stem), 0, -1))
            self._within.append(tuple((part, self._anchors[part]) for part in shorter if part in self._anchors))
            self._shortest.append(self._within[-1][-1][0])

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what was listed; the rest is made of it again."""
        return type(self), (self._entries, False, self._exclude)

    def _add(self, term: str, pos: str, voice: bool) -> None:
        if not term.strip():
            return
        number = len(self._entries)
        self._entries.append((term, pos, voice))
        capital = len(term) > 1 and term.isupper()
        exclude = self._exclude.get(term, frozenset())
        strict = capital or bool(exclude)
        self._listed.append(_Listed((term, pos), term.lower(), capital, exclude))
        lower = repair(term).lower()
        rules = self._rules
        if pos != "V":
            for form in rules.irregular.get(lower, ()):
                self._anchor(form, _Anchor(number, None, None, False, False, strict))
        if _is_spelled_out(term):
            # read aloud as letters or as the full name, so that its spelling does not decide: ҚР-ның, АҚШ-тың, %-ы
            for sound, harmony in product(rules.examples, rules.every_harmony):
                chains = rules.chains("noun", sound, harmony, voice)
                self._anchor(lower, _Anchor(number, chains, rules.shadows("noun"), False, True, strict))
        for letters, slot, before_vowel in rules.allomorphs(lower, pos):
            sound = letters.rstrip("ьъ")[-1:]
            for harmony in sorted({*rules.harmony(letters), *rules.harmony(lower)}):
                chains = rules.chains(slot, sound, harmony, voice)
                self._anchor(letters, _Anchor(number, chains, rules.shadows(slot), before_vowel, False, strict))

    def _anchor(self, stem: str, anchor: _Anchor) -> None:
        self._anchors[stem] = (*self._anchors.get(stem, ()), anchor)

    def find(self, form: str) -> list[tuple[str, str]]:
        """Entries that a word may inflect, the one with the longest stem first.

        Parameters:
            form: one word, any case.

        Returns:
            (term, pos) of each entry; empty where none fits. The list is kept and shared: do not change it.

        Example:
            >>> from annotators.languages.kk.morphology import Lexicon
            >>> Lexicon([("халық", "N")]).find("халқымыздың")
            [('халық', 'N')]
        """
        found = self._found.get(form)
        if found is None:
            if len(self._found) >= CACHED_FORMS:
                self._found.clear()
            found = self._found[form] = self._answers[self._answer(form)]
        return found

    def entry_numbers(self, form: str) -> tuple[int, ...]:
        """Like `find`, but entries by their number as listed (the first is 0), and no answer is kept.

        Example:
            >>> from annotators.languages.kk.morphology import Lexicon
            >>> Lexicon([("халық", "N"), ("заң", "N")]).entry_numbers("заңымыз")
            (1,)
        """
        lower = form.lower()
        if not lower.startswith(self._shortest[bisect_right(self._stems, lower)]) and _is_plain(form):
            return ()  # most words: no stem begins them, and there is no other way to read them
        return tuple(self._read(form))

    def _answer(self, form: str) -> int:
        """Number of what a form is; forms of the same entries share one list of them."""
        entries = self.entry_numbers(form)
        if not entries:
            return 0
        listed = self._listed
        keys = tuple(dict.fromkeys([listed[entry].key for entry in entries]))
        number = self._numbers.get(keys)
        if number is None:
            number = self._numbers[keys] = len(self._answers)
            self._answers.append(list(keys))
        return number

    def matches(self, doc: Doc) -> list[tuple[int, list[tuple[str, str]]]]:
        """Find entries in a whole document: `find` for every token, each word type looked up once.

        Parameters:
            doc: a Doc of any pipeline.

        Returns:
            (token index, entries as `find` gives them) of the tokens that match any, in order.

        Example:
            >>> from annotators.languages import blank
            >>> from annotators.languages.kk.morphology import Lexicon
            >>> Lexicon([("сайлау", "N")]).matches(blank("kk")("Бүгін сайлауды өткіздік."))
            [(1, [('сайлау', 'N')])]
        """
        orths: Any = doc.to_array(ORTH)
        strings = doc.vocab.strings
        numbers = self._types.numbers(orths, lambda orth: self._answer(strings[orth]))
        places = numbers.nonzero()[0]
        return list(zip(places.tolist(), map(self._answers.__getitem__, numbers[places].tolist()), strict=True))

    def analyse(self, form: str) -> list[Analysis]:
        """Say how a word inflects each entry that it may belong to, the longest stem first.

        Parameters:
            form: one word, any case.

        Returns:
            one Analysis for each entry.

        Example:
            >>> from annotators.languages.kk.morphology import Lexicon
            >>> analysis = Lexicon([("мәслихат", "N")]).analyse("мәслихаттарымызда")[0]
            >>> analysis.suffixes, analysis.plural, analysis.possessive, analysis.case
            (('тар', 'ымыз', 'да'), True, '1pl', 'locative')
        """
        analyses = []
        for entry, (stem, suffixes) in self._read(form).items():
            term, pos, _ = self._entries[entry]
            features: dict[str, str] = {}
            for suffix in suffixes:
                for key, value in suffix.meaning:
                    features[key] = f"{features[key]}+{value}" if key == "voice" and key in features else value
            analyses.append(Analysis(term, pos, stem, tuple(suffix.letters for suffix in suffixes), features))
        return analyses

    @staticmethod
    def respell(word: str) -> list[str]:  # noqa: ARG004 -- for languages to override
        """Other spellings to try where a word as it stands matches nothing; none unless a language has some.

        Not asked for words of plain Cyrillic letters (`scripts.PLAIN`).
        """
        return []

    def _read(self, form: str) -> _Readings:
        """How a form may be read, spelled as it is or else as it may be meant."""
        if _is_plain(form):
            return self._readings(form)
        word = repair(form)
        readings = self._readings(word)
        if readings or not word:
            return readings
        if word[0].isdigit() and (number := _NUMBER.match(word)):
            readings = self._readings(word[number.end() :])
        elif spellings := self.respell(word):
            readings = next(filter(None, map(self._readings, spellings)), _NO_READING)
        elif "-" in word:
            parts = word.split("-")
            if all(map(self._rules.compounding.search, parts)):
                readings = {}
                for part in parts:
                    readings = self._readings(part) | readings
        return readings

    def _readings(self, word: str) -> _Readings:
        """The first reading of each entry, the longest stem first."""
        lower = word.lower()
        # the last stem that is not behind the word in the alphabet begins like it, as far as any stem does
        place = bisect_right(self._stems, lower)
        if not lower.startswith(self._shortest[place]) or len(lower) != len(word):
            return _NO_READING
        letters = lower.isalpha()
        only_itself = lower in self._rules.words
        vowels, hyphened = self._rules.vowels, self._rules.hyphened
        found: _Readings = {}
        for stem, anchors in self._within[place]:
            if not lower.startswith(stem):
                continue
            rest = bare = lower[len(stem) :]
            if not letters and len(rest) > 1 and rest[0] in HYPHENS and not rest.startswith(hyphened):
                bare = rest[1:]
            for entry, chains, shadows, before_vowel, hyphen, strict in anchors:
                if chains is None:  # a form listed as it is
                    if rest:
                        continue
                    suffixes: tuple[Step, ...] = ()
                else:
                    chain = chains[bare]
                    if chain is None or (before_vowel and (not rest or rest[0] not in vowels)):
                        continue
                    suffixes = chain
                if (
                    entry in found
                    or (hyphen and rest and bare is rest and stem.isalpha() and rest[0] in vowels)
                    or (shadows is not None and (roots := shadows[bare]) and any(root.search(stem) for root in roots))
                    or (suffixes and suffixes[0].slot == "voiced" and self._is_own_verb(stem, suffixes))
                ):
                    continue
                if strict or only_itself:
                    _, listed, capital, exclude = self._listed[entry]
                    if (
                        (only_itself and chains is not None and lower != listed)
                        or (capital and not word[: len(stem)].isupper())
                        or lower in exclude
                    ):
                        continue
                found[entry] = stem, suffixes
        return found

    def _is_own_verb(self, root: str, suffixes: tuple[Step, ...]) -> bool:
        """Whether a stem with its suffixes of voice is a verb with a meaning of its own."""
        for suffix in suffixes:
            if suffix.slot != "voiced":
                break
            root += suffix.letters
            if root in self._rules.own_verbs:
                return True
        return False


def _is_spelled_out(term: str) -> bool:
    """Whether a term is an abbreviation or a sign, whose letters do not show how it is said."""
    return not any(letter.isalpha() for letter in term) or (len(term) > 1 and term.isupper())
