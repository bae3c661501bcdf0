"""Training and its honest measure: whole documents held out, thresholds chosen without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from annotators.classifier import Classifier, words_of
from corpus.learning.examples import Example, Gold, read_examples
from corpus.learning.folds import best_threshold, grouped_folds
from corpus.stats.correction import gold_counts
from schemas.errors import MinberError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.learning.models import Model
    from corpus.store import Corpus

FOLDS, INNER, FEWEST = 5, 3, 10
"""Folds held out; folds within the others, for thresholds; sentences with a theme that are enough to learn it."""

WAYS = ("matcher", "learned", "both")
_FEWEST_DOCUMENTS = 3  # one is held out, of two others one chooses thresholds for what the other taught


@dataclass(frozen=True)
class Thresholds:
    """From which probability on a theme is given.

    Attributes:
        alone: where F1 of the classifier by itself was greatest.
        both: where F1 of classifier and codebook together was greatest; this one is used. None: nowhere.
    """

    alone: float | None
    both: float | None


@dataclass
class Learned:
    """What was learned of one language.

    Attributes:
        lang: language code.
        classifier: learned from all examples.
        thresholds: theme → its thresholds.
        examples: what it was learned from, and of each its fold.
        counts: theme → sentences that people gave it to.
        left_out: themes with too few examples → how many they had.
        scores: as `score_rows` gives them, of sentences in documents that were held out.
    """

    lang: str
    classifier: Classifier
    thresholds: dict[str, Thresholds]
    examples: list[tuple[Example, int]]
    counts: dict[str, int]
    left_out: dict[str, int]
    scores: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folds(self) -> int:
        """How many folds there were."""
        return 1 + max(fold for _, fold in self.examples)


@dataclass(frozen=True)
class _Task:
    """Sentences as numbers: words, labels, and what the codebook found."""

    themes: tuple[str, ...]
    groups: list[str]
    words: list[list[str]]
    labels: list[frozenset[str]]
    given: NDArray[np.bool_]
    found: NDArray[np.bool_]
    seed: int

    def chances(self, learn: Sequence[int], ask: Sequence[int]) -> NDArray[np.float64]:
        """Learn from some sentences and give the probabilities of others."""
        made = Classifier.fitted(
            self.themes, [self.words[at] for at in learn], [self.labels[at] for at in learn], self.seed
        )
        return made.probabilities([self.words[at] for at in ask])

    def held_out(self, among: Sequence[int], folds: Sequence[int]) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
        """For each fold: its sentences and their probabilities, learned from the other folds."""
        for fold in sorted(set(folds)):
            ask = [at for at, its in zip(among, folds, strict=True) if its == fold]
            learn = [at for at, its in zip(among, folds, strict=True) if its != fold]
            yield ask, self.chances(learn, ask)

    def thresholds(self, among: Sequence[int], chances: NDArray[np.float64]) -> dict[str, Thresholds]:
        """Choose thresholds by probabilities that were given to sentences by classifiers that had not seen them."""
        rows = list(among)
        return {
            theme: Thresholds(
                best_threshold(chances[:, column], self.given[rows, column]),
                best_threshold(chances[:, column], self.given[rows, column], self.found[rows, column]),
            )
            for column, theme in enumerate(self.themes)
        }


def learn(
    examples: Sequence[Example],
    lang: str,
    themes: Sequence[str],
    folds: int = FOLDS,
    fewest: int = FEWEST,
    seed: int = 0,
    watch: Callable[[Iterator[int], int], Iterator[int]] | None = None,
) -> Learned:
    """Learn the themes of one language and measure what was learned.

    Parameters:
        examples: labelled sentences; those in other languages are passed over.
        lang: language code.
        themes: of the codebook, in its order.
        folds: into how many parts documents are dealt; each is held out once. Three where two would leave one document
            only to learn and choose from.
        fewest: a theme of fewer sentences, or of one document only, is left out.
        seed: of folds and of learning.
        watch: passes the numbers of the folds on: a progress bar.

    Returns:
        what was learned. Thresholds of a fold come from an inner round of the same kind within the other folds; those
        of the classifier that is kept come from the probabilities of the sentences held out.

    Raises:
        MinberError: MB803 too few documents or examples.
    """
    from annotators.languages import STARTED, blank

    mine = [one for one in examples if one.lang == lang]
    documents = sorted({one.doc_id for one in mine})
    counts = Counter(theme for one in mine for theme in one.given)
    spread = Counter(theme for _, theme in {(one.doc_id, theme) for one in mine for theme in one.given})
    enough = tuple(theme for theme in themes if counts[theme] >= fewest and spread[theme] > 1)
    left_out = {theme: counts[theme] for theme in themes if theme not in enough}
    if lang not in STARTED or len(documents) < _FEWEST_DOCUMENTS or not enough:
        raise MinberError("MB803", lang, sentences=len(mine), documents=len(documents), fewest=fewest)
    nlp = blank(lang)
    task = _Task(
        enough,
        [one.doc_id for one in mine],
        [[word for _, word in words_of(nlp(one.text), lang)] for one in mine],
        [one.given for one in mine],
        np.array([[theme in one.given for theme in enough] for one in mine]),
        np.array([[theme in one.found for theme in enough] for one in mine]),
        seed,
    )
    dealt = grouped_folds(task.groups, folds, seed)
    if min(Counter(dict(zip(task.groups, dealt, strict=True)).values()).values()) == 1 and max(dealt) == 1:
        dealt = grouped_folds(task.groups, _FEWEST_DOCUMENTS, seed)  # the inner round needs two documents
    chances = np.zeros(task.given.shape)
    alone, together = np.zeros_like(task.given), task.found.copy()
    numbers = iter(sorted(set(dealt)))
    for fold in watch(numbers, max(dealt) + 1) if watch else numbers:
        ask = [at for at, its in enumerate(dealt) if its == fold]
        rest = [at for at, its in enumerate(dealt) if its != fold]
        inner = np.zeros((len(mine), len(enough)))
        for within, found in task.held_out(rest, grouped_folds([task.groups[at] for at in rest], INNER, seed)):
            inner[within] = found
        chosen = task.thresholds(rest, inner[rest])
        chances[ask] = task.chances(rest, ask)
        for column, theme in enumerate(enough):
            one = chosen[theme]
            if one.alone is not None:
                alone[ask, column] = chances[ask, column] >= one.alone
            if one.both is not None:
                together[ask, column] |= chances[ask, column] >= one.both
    result = Learned(
        lang,
        Classifier.fitted(enough, task.words, task.labels, seed),
        task.thresholds(range(len(mine)), chances),
        list(zip(mine, dealt, strict=True)),
        {theme: counts[theme] for theme in enough},
        left_out,
    )
    result.scores = score_rows(mine, enough, dict(zip(WAYS, (task.found, alone, together), strict=True)))
    return result


def score_rows(
    examples: Sequence[Example], themes: Sequence[str], found: dict[str, NDArray[np.bool_]]
) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each way of finding themes, theme by theme and of all together (micro).

    Parameters:
        examples: the sentences.
        themes: columns of the arrays.
        found: way → a row a sentence, a column a theme: whether it was found.

    Returns:
        ``theme`` (``all`` is the last), ``examples``, and of each way ``WAY_precision``, ``WAY_recall``, ``WAY_f1``;
        None where nothing was found, or nothing is there.
    """
    places = [{"doc_id": one.doc_id, "start": one.start, "end": one.end} for one in examples]
    shape = {"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64}
    units = pl.DataFrame(places, schema=shape)

    def labels(rows: list[dict[str, Any]]) -> pl.DataFrame:
        return pl.DataFrame(rows, schema={**shape, "label": pl.String})

    human = labels(
        [place | {"label": theme} for place, one in zip(places, examples, strict=True) for theme in one.given]
    )
    human = human.filter(pl.col("label").is_in(list(themes)))
    rows: dict[str, dict[str, Any]] = {}
    for way, hits in found.items():
        machine = labels([places[row] | {"label": themes[column]} for row, column in np.argwhere(hits)])
        counts = gold_counts(units, human, machine, themes)
        whole = counts.select(pl.lit("all").alias("theme"), pl.col("tp", "fp", "fn", "tn").sum())
        for theme, tp, fp, fn, _ in pl.concat([counts, whole]).iter_rows():
            row = rows.setdefault(theme, {"theme": theme, "examples": tp + fn})
            row |= {
                f"{way}_precision": tp / (tp + fp) if tp + fp else None,
                f"{way}_recall": tp / (tp + fn) if tp + fn else None,
                f"{way}_f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None,
            }
    return list(rows.values())


def train(
    corpus: Corpus,
    gold: Gold | None = None,
    name: str | None = None,
    lang: str | None = None,
    folds: int = FOLDS,
    fewest: int = FEWEST,
    seed: int = 0,
    watch: Callable[[Iterator[int], int], Iterator[int]] | None = None,
) -> tuple[Model, list[MinberError]]:
    """Learn themes from people's labels and keep the model in the corpus.

    Parameters:
        corpus: an open corpus.
        gold: whose labels; default: of people, in units with a check mark.
        name: of the model; default: the first of ``themes-1``, ``themes-2`` … that is free.
        lang: only this language; default: each that has enough.
        folds, fewest, seed, watch: as in `learn`.

    Returns:
        the model, and for each language that has too few examples a MB803.

    Raises:
        MinberError: MB803 no language has enough; MB804 the name is taken; MB805 not a name; MB202 the disk refuses;
            others as `read_examples`.
    """
    from corpus.learning.models import free_name, keep

    name = free_name(corpus, name)
    examples, origin = read_examples(corpus, gold or Gold(), lang)
    themes = [theme.id for theme in corpus.codebook.themes]
    learned, missing = [], []
    for one in sorted({example.lang for example in examples}):
        try:
            learned.append(learn(examples, one, themes, folds, fewest, seed, watch))
        except MinberError as error:
            missing.append(error)
    if not learned:
        raise missing[0]
    run = corpus.record("train", {"model": name, "gold": origin, "seed": seed})
    model = keep(corpus, name, learned, {"gold": origin, "seed": seed, "fewest": fewest})
    corpus.record("train", {"model": name, "gold": origin, "seed": seed, "checksum": model.checksum}, run)
    return model, missing
