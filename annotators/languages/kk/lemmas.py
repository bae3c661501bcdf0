"""Dictionary forms of Kazakh words that no lexicon lists: a guess, and marked as one.

A word is cut at every place where a legal chain of suffixes may begin; of the roots that come out, the likeliest is
taken. How likely a root and a suffix are was learnt without labels from plain text (lemmas.tsv and chains.tsv, written
by benchmarks/learn_kazakh_lemmas.py, which also names the texts).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from annotators.languages.inflection import Step, grammar
from annotators.languages.scripts import repair
from schemas.datafile import read_data

UNSEEN_STEP = math.log(1e-4)
UNSEEN_ROOT = 500.0
"""Weight of all roots that were never seen, against the weights of lemmas.tsv."""
LETTER = 2.2
"""What one more letter of an unseen root costs, in natural logarithms."""
STRIPPED = 1.5
"""What an unseen root costs beyond that when suffixes were cut off to find it."""
STRIPPED_VERB = 4.0
"""The same for verbs: an unseen word is far more often a name or a noun."""
_WORD = re.compile("[а-яәғқңөұүһіё]+(?:-[а-яәғқңөұүһіё]+)*")


class Lemma(NamedTuple):
    """Dictionary form of a word.

    Attributes:
        text: the dictionary form, lower case; verbs in -у.
        pos: ``N`` or ``V``.
        guessed: whether it is a guess; False for words listed in words.yaml.
    """

    text: str
    pos: str
    guessed: bool


class Cut(NamedTuple):
    """One way to cut a word: its root, and the edges (slot, suffix) of the chain up to its end."""

    root: str
    pos: str
    edges: tuple[tuple[str, str], ...]


class _Restore:
    """One rule of the section ``restore`` of stems.yaml."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.pattern = re.compile(rule["match"])
        self.become: str = rule["become"]
        self.before_vowel = rule.get("before") == "vowel"
        self.bare: bool = rule.get("bare", True)
        self.pos: str = rule["pos"]
        self.slot: str = rule.get("slot", "verb" if rule["pos"] == "V" else "noun")


class _Model(NamedTuple):
    roots: dict[tuple[str, str], float]
    total: float
    steps: dict[tuple[str, str], float]
    restore: list[_Restore]
    itself: frozenset[str]
    irregular: dict[str, str]


@cache
def _model() -> _Model:
    folder = Path(__file__).parent
    rules = grammar("kk")
    listed = read_data(folder / "words.yaml")["uninflected"]
    restore = read_data(folder / "stems.yaml")["restore"]
    roots = {(root, pos): float(weight) for root, pos, weight in _rows(folder / "lemmas.tsv")}
    steps = {(slot, suffix): float(weight) for slot, suffix, weight in _rows(folder / "chains.tsv")}
    irregular = {form: term for term, forms in rules.irregular.items() for form in forms}
    itself = frozenset(" ".join(listed).split()) | rules.words
    return _Model(roots, sum(roots.values()), steps, [_Restore(rule) for rule in restore], itself, irregular)


def _rows(path: Path) -> Iterator[list[str]]:
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            if not line.startswith("#"):
                yield line.split("\t")


def cuts(word: str) -> list[Cut]:
    """List the ways to cut a word into a root and suffixes.

    Parameters:
        word: one word, lower case.

    Returns:
        one Cut for each root and part of speech, that with the fewest suffixes; the whole word is the last.

    Example:
        >>> [cut.root for cut in cuts("балам")]
        ['бал', 'бала', 'балам']
    """
    rules = grammar("kk")
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for length in range(2, len(word) + 1):
        stem, rest = word[:length], word[length:]
        if rules.vowels.isdisjoint(stem):
            continue
        for root, pos, slot in _roots(stem, rest):
            for harmony in rules.harmony(root):
                steps = rules.chain(slot, stem.rstrip("ьъ")[-1:], harmony, rest, False)
                if steps is None or rules.is_shadowed(slot, stem, rest):
                    continue
                edges = tuple(_edges(slot, steps))
                if (root, pos) not in found or len(edges) < len(found[root, pos]):
                    found[root, pos] = edges
    return [Cut(root, pos, edges) for (root, pos), edges in found.items()]


def _roots(stem: str, rest: str) -> Iterator[tuple[str, str, str]]:
    """Roots that may stand as this stem: root, part of speech, slot where the chain begins."""
    rules = grammar("kk")
    yield stem, "N", "noun"
    if rest:
        yield stem, "V", "verb"
    for rule in _model().restore:
        if (rest and (not rule.before_vowel or rest[0] in rules.vowels)) or (
            not rest and rule.bare and not rule.before_vowel
        ):
            root, changed = rule.pattern.subn(rule.become, stem)
            if changed:
                yield root.replace("y", rules.harmonic["y"][rules.harmony(stem)[0]]), rule.pos, rule.slot
    if rest and rest[0] in rules.vowels and len(stem) > 2:
        for kind, pos in (("noun", "N"), ("verb", "V")):
            for vowel in "ыі":
                if (root := stem[:-1] + vowel + stem[-1]) in rules.elision[kind]:
                    yield root, pos, kind


def _edges(slot: str, steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    for step in steps:
        yield slot, step.slot + "".join(f" {key}={value}" for key, value in step.meaning)
        slot = step.slot
    yield slot, "."


def guess(form: str, pos: str | None = None) -> Lemma:
    """Guess the dictionary form of a word.

    Parameters:
        form: one word.
        pos: ``V`` or ``N`` where it is known; otherwise both are tried.

    Returns:
        its Lemma; a word that is no Kazakh word (numbers, Latin script) is its own.

    Example:
        >>> guess("мектептерімізде").text, guess("айтқанымыз").text, guess("арқылы")
        ('мектеп', 'айту', Lemma(text='арқылы', pos='N', guessed=False))
    """
    return _guess(repair(form).lower(), pos)


@lru_cache(maxsize=1 << 16)
def _guess(word: str, pos: str | None) -> Lemma:
    model = _model()
    if word in model.irregular:
        return Lemma(model.irregular[word], "N", False)
    if word in model.itself:
        return Lemma(word, pos or "N", False)
    if not _WORD.fullmatch(word):
        return Lemma(word, "N", True)
    best, chosen = -math.inf, Cut(word, "N", ())
    for cut in cuts(word):
        known = model.roots.get((cut.root, cut.pos), 0.0)
        score = math.log((known + UNSEEN_ROOT * math.exp(-LETTER * len(cut.root))) / (model.total + UNSEEN_ROOT))
        score += sum(model.steps.get(edge, UNSEEN_STEP) for edge in cut.edges)
        if not known and len(cut.edges) > 1:
            score -= STRIPPED if cut.pos == "N" else STRIPPED_VERB
            if len(cut.root) < 3:
                continue
        if pos and pos != cut.pos:
            score -= 3.0
        if score > best:
            best, chosen = score, cut
    return Lemma(infinitive(chosen.root) if chosen.pos == "V" else chosen.root, chosen.pos, True)


def infinitive(root: str) -> str:
    """Write the dictionary form of a verb root.

    Example:
        >>> infinitive("айт"), infinitive("қой"), infinitive("оқы"), infinitive("тап")
        ('айту', 'қою', 'оқу', 'табу')
    """
    if root[-1] == "й":
        return root[:-1] + "ю"
    if root[-1] in "ыі" and len(root) > 2:
        return root[:-1] + "у"
    if root[-1] == "и":
        return root + "ю"
    return root[:-1] + {"п": "б", "к": "г", "қ": "ғ"}.get(root[-1], root[-1]) + "у"
