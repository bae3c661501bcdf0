"""A multi-label classifier of sentences by their words: spaCy's own text categorizer, fed with dictionary forms.

It is linear: each word adds its weights, so that what a word does to a label can be told by leaving the word out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from annotators.languages import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.pipeline.textcat_multilabel import MultiLabel_TextCategorizer
    from spacy.tokens import Span

PIPE = "textcat_multilabel"
EPOCHS = 20
LEARN_RATE = 0.01
BATCH = 16
ROOM = 1 << 15
"""Hashes of words that have weights of their own: a speech has some thousand dictionary forms."""

_MODEL = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": False,
    "ngram_size": 1,
    "no_output_layer": False,
    "length": ROOM,
}
_NOTHING = "-"  # the word of a sentence without words


@cache
def _lemma(lang: str) -> Callable[[str], str]:
    if lang not in LANGUAGES:
        return str
    found: Callable[[str], str] = getattr(import_module(f"annotators.languages.{lang}.morphology"), "lemma", str)
    return found


def words_of(span: Span | Doc, lang: str) -> list[tuple[int, str]]:
    """The words of a sentence as the classifier sees them.

    Parameters:
        span: of any Doc of the language.
        lang: language code.

    Returns:
        place of the token in its Doc, and dictionary form; of tokens with a letter in them.

    Example:
        >>> from annotators.languages import blank
        >>> [word for _, word in words_of(blank("kk")("Сайлаулардан кейін 2024 жылы."), "kk")][:2]
        ['сайлау', 'кейін']
    """
    lemma = _lemma(lang)
    return [
        (token.i, lemma(token.norm_.lower() or token.lower_))
        for token in span
        if any(letter.isalpha() for letter in token.text)
    ]


class Classifier:
    """Gives sentences, as lists of words, the probability of each label.

    Parameters:
        labels: in their order.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.nlp: Language = spacy.blank("xx")
        self._pipe = cast("MultiLabel_TextCategorizer", self.nlp.add_pipe(PIPE, config={"model": _MODEL}))
        for label in self.labels:
            self._pipe.add_label(label)

    @classmethod
    def fitted(
        cls, labels: Sequence[str], sentences: Sequence[Sequence[str]], given: Sequence[frozenset[str]], seed: int = 0
    ) -> Classifier:
        """Learn from labelled sentences.

        Parameters:
            labels: what to learn.
            sentences: words of each.
            given: labels of each; those that are not in ``labels`` are passed over.
            seed: of the order in which sentences are shown; the same one gives the same weights.

        Returns:
            the classifier.

        Example:
            >>> court = Classifier.fitted(["law"], [["judge"], ["tree"]] * 9, [frozenset({"law"}), frozenset()] * 9)
            >>> [bool(row[0] > 0.5) for row in court.probabilities([["judge"], ["tree"]])]
            [True, False]
        """
        fix_random_seed(seed)
        made = cls(labels)
        examples = [
            Example.from_dict(made._doc(words), {"cats": {label: float(label in these) for label in made.labels}})
            for words, these in zip(sentences, given, strict=True)
        ]
        made.nlp.initialize(lambda: examples)
        optimizer = Adam(LEARN_RATE, L2=0.0, grad_clip=1.0)
        order = random.Random(seed)  # noqa: S311 -- no secret
        for _ in range(EPOCHS):
            order.shuffle(examples)
            for first in range(0, len(examples), BATCH):
                made._pipe.update(examples[first : first + BATCH], sgd=optimizer)
        return made

    @classmethod
    def read(cls, labels: Sequence[str], folder: Path) -> Classifier:
        """Read what `write` wrote; spaCy's files hold no code, and none of them is unpickled.

        Parameters:
            labels: those that it learned, in their order.
            folder: of the classifier.

        Returns:
            the classifier.

        Raises:
            ValueError, OSError or others of spaCy: the files are damaged.
        """
        made = cls(labels)
        made._pipe.from_disk(folder / PIPE, exclude=["vocab"])
        if made._pipe.labels != made.labels:
            raise ValueError("other labels than it says")
        return made

    def write(self, folder: Path) -> None:
        """Write a folder that ``spacy.load`` reads too; its texts are dictionary forms with spaces between."""
        self.nlp.to_disk(folder)

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """The probability of each label.

        Parameters:
            sentences: words of each.

        Returns:
            a row a sentence, a column a label; of a sentence without words all are 0.
        """
        if not sentences:
            return np.zeros((0, len(self.labels)))
        found = np.asarray(self._pipe.predict([self._doc(words) for words in sentences]), dtype=np.float64)
        found[[not words for words in sentences]] = 0.0
        return found

    def reasons(self, words: Sequence[str], label: str, most: int = 3) -> list[int]:
        """Which words speak for a label: those without which its probability would fall furthest.

        Parameters:
            words: of a sentence.
            label: one of ours.
            most: how many words at most.

        Returns:
            places in ``words``, in order; only words that do at least a quarter of what the weightiest does; none
            where no word speaks for the label.
        """
        column = self.labels.index(label)
        forms = list(dict.fromkeys(words))
        without = [[word for word in words if word != form] or [_NOTHING] for form in forms]
        shown = self.probabilities([list(words), *without])[:, column]
        falls = {form: float(shown[0] - left) for form, left in zip(forms, shown[1:], strict=True)}
        weighty = sorted((form for form in forms if falls[form] > 0), key=lambda form: -falls[form])[:most]
        chosen = {form for form in weighty if falls[form] * 4 >= falls[weighty[0]]}
        return [place for place, word in enumerate(words) if word in chosen]

    def _doc(self, words: Sequence[str]) -> Doc:
        return Doc(self.nlp.vocab, words=list(words) or [_NOTHING])
