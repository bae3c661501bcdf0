"""Lexicons for languages with suffixes: is a word a form of an entry, and through which suffixes?

Anchored in a lexicon: a word matches an entry when it begins with one of the entry's stems and what follows is a legal
chain of suffixes (suffixes.yaml), spelled as harmony and assimilation ask (stems.yaml has the changes of stems,
words.yaml the words that only look inflected).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress, product
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from annotators.languages.inflection import Grammar, Step, grammar
from annotators.languages.scripts import repair

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
    """A stem of an entry and how a chain may begin after it."""

    entry: int
    slot: str
    sound: str
    harmony: str
    before_vowel: bool
    hyphen: bool


class _Reading(NamedTuple):
    """An entry, its stem as found, and the suffixes behind it."""

    entry: int
    stem: str
    suffixes: tuple[Step, ...]


# Most words match nothing; one empty list for all of them keeps the garbage collector out of it.
_NOTHING: list[tuple[str, str]] = []
_NO_READING: list[_Reading] = []


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
        self._entries: list[tuple[str, str, bool]] = []
        self._anchors: dict[str, tuple[_Anchor, ...]] = {}  # of every stem, and empty for the beginnings of stems
        self._shortest = 3
        self._found: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[int, list[tuple[str, str]]] = {}  # the same by spaCy's hash of the form
        self._exclude = {term: frozenset(form.lower() for form in forms) for term, forms in (exclude or {}).items()}
        for entry in dict.fromkeys(entries):
            self._add(entry[0], entry[1], entry[2] if len(entry) > 2 else voice)

    @property
    def _grammar(self) -> Grammar:
        return grammar(self.lang)  # kept outside, so that a lexicon can be pickled

    def _add(self, term: str, pos: str, voice: bool) -> None:
        if not term.strip():
            return
        number = len(self._entries)
        self._entries.append((term, pos, voice))
        lower = repair(term).lower()
        rules = self._grammar
        anchors: list[tuple[str, _Anchor]] = []
        if pos != "V":
            irregular = _Anchor(number, "irregular", "", "", False, False)
            anchors += [(form, irregular) for form in rules.irregular.get(lower, ())]
        if _is_spelled_out(term):
            # read aloud as letters or as the full name, so that its spelling does not decide: ҚР-ның, АҚШ-тың, %-ы
            ways = product(rules.examples, rules.every_harmony)
            anchors += [(lower, _Anchor(number, "noun", sound, harmony, False, True)) for sound, harmony in ways]
        for letters, slot, before_vowel in rules.allomorphs(lower, pos):
            sound = letters.rstrip("ьъ")[-1:]
            ways = product((sound,), sorted({*rules.harmony(letters), *rules.harmony(lower)}))
            anchors += [(letters, _Anchor(number, slot, *way, before_vowel, False)) for way in ways]
        for letters, anchor in anchors:
            self._anchors[letters] = (*self._anchors.get(letters, ()), anchor)
            self._shortest = min(self._shortest, len(letters))
            for length in range(1, len(letters)):
                self._anchors.setdefault(letters[:length], ())

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
        try:
            return self._found[form]
        except KeyError:
            if len(self._found) >= CACHED_FORMS:
                self._found.clear()
            readings = self._read(form)
            found = list(dict.fromkeys(self._entries[reading.entry][:2] for reading in readings)) or _NOTHING
            self._found[form] = found
            return found

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
        known = self._known
        orths: list[int] = doc.to_array("ORTH").tolist()
        try:
            found = list(map(known.__getitem__, orths))
        except KeyError:
            if len(known) > CACHED_FORMS:
                known.clear()
            strings = doc.vocab.strings
            for orth in orths:
                if orth not in known:
                    known[orth] = self.find(strings[orth])
            found = list(map(known.__getitem__, orths))
        return list(compress(enumerate(found), found))

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
        for entry, stem, suffixes in self._read(form):
            term, pos, _ = self._entries[entry]
            features: dict[str, str] = {}
            for suffix in suffixes:
                for key, value in suffix.meaning:
                    features[key] = f"{features[key]}+{value}" if key == "voice" and key in features else value
            analyses.append(Analysis(term, pos, stem, tuple(suffix.letters for suffix in suffixes), features))
        return analyses

    @staticmethod
    def respell(word: str) -> list[str]:  # noqa: ARG004 -- for languages to override
        """Other spellings to try where a word as it stands matches nothing; none unless a language has some."""
        return []

    def _read(self, form: str) -> list[_Reading]:
        """How a form may be read, spelled as it is or else as it may be meant."""
        word = repair(form)
        readings = self._readings(word)
        if readings or not word:
            return readings
        if word[0].isdigit() and (number := _NUMBER.match(word)):
            readings = self._readings(word[number.end() :])
        elif spellings := self.respell(word):
            readings = next(filter(None, map(self._readings, spellings)), [])
        elif "-" in word:
            parts = word.split("-")
            if all(map(self._grammar.compounding.search, parts)):
                readings = [reading for part in reversed(parts) for reading in self._readings(part)]
        return readings

    def _readings(self, word: str) -> list[_Reading]:
        """The first reading of each entry, the longest stem first."""
        lower = word.lower()
        anchors = self._anchors
        stems = []
        for length in range(self._shortest, len(lower) + 1):
            here = anchors.get(lower[:length])
            if here is None:  # no stem begins so
                break
            if here:
                stems.append((length, here))
        if not stems or len(lower) != len(word):
            return _NO_READING
        found: dict[int, _Reading] = {}
        for length, here in reversed(stems):
            for anchor in here:
                if anchor.entry in found or (suffixes := self._chain(lower, length, anchor)) is None:
                    continue
                term = self._entries[anchor.entry][0]
                if (
                    (anchor.slot != "irregular" and lower in self._grammar.words and lower != term.lower())
                    or (len(term) > 1 and term.isupper() and not word[:length].isupper())
                    or lower in self._exclude.get(term, ())
                ):
                    continue
                found[anchor.entry] = _Reading(anchor.entry, lower[:length], suffixes)
        return list(found.values())

    def _chain(self, lower: str, length: int, anchor: _Anchor) -> tuple[Step, ...] | None:
        """The suffixes of a word after an anchor's stem, or None where they are not legal."""
        stem, rest = lower[:length], lower[length:]
        if anchor.slot == "irregular":
            return None if rest else ()
        if anchor.before_vowel and (not rest or rest[0] not in self._grammar.vowels):
            return None
        if len(rest) > 1 and rest[0] in HYPHENS and not rest.startswith(self._grammar.hyphened):
            rest = rest[1:]
        elif anchor.hyphen and rest and stem.isalpha() and rest[0] in self._grammar.vowels:
            return None
        suffixes = self._grammar.chain(anchor.slot, anchor.sound, anchor.harmony, rest, self._entries[anchor.entry][2])
        if suffixes is None or self._grammar.is_shadowed(anchor.slot, stem, rest):
            return None
        root = stem
        for suffix in suffixes:
            if suffix.slot != "voiced":
                break
            root += suffix.letters
            if root in self._grammar.own_verbs:
                return None
        return suffixes


def _is_spelled_out(term: str) -> bool:
    """Whether a term is an abbreviation or a sign, whose letters do not show how it is said."""
    return not any(letter.isalpha() for letter in term) or (len(term) > 1 and term.isupper())
