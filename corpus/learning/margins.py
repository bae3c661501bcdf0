"""How near a model is to deciding otherwise: which units teach it most if a person labels them next."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from annotators.classifier import Classifier, words_of
from annotators.languages import blank
from corpus.learning.models import open_model
from corpus.recipe import unpack

if TYPE_CHECKING:
    from corpus.store import Corpus


def margins(corpus: Corpus, name: str, texts: Iterable[tuple[str, str, str]]) -> dict[str, float]:
    """Distance of the nearest theme's probability from its threshold.

    Parameters:
        corpus: an open corpus.
        name: of a model.
        texts: key, language and text of each unit.

    Returns:
        key → distance, from 0 to 1; units in a language that the model has not learned are left out. The threshold
        is that of the classifier alone: where the model stays silent beside the codebook it has most to learn.

    Raises:
        MinberError: MB800 no such model; MB801, MB802 it cannot be used.
    """
    model = open_model(corpus, name)
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, lang, text in texts:
        if lang in model.languages:
            by_language[lang].append((key, text))
    found: dict[str, float] = {}
    for lang, units in by_language.items():
        themes = model.about["languages"][lang]["themes"]
        thresholds = np.array([np.nan if one["alone"] is None else one["alone"] for one in themes.values()])
        used = ~np.isnan(thresholds)
        if not used.any():
            continue
        with tempfile.TemporaryDirectory(prefix="minber-") as folder:  # the bytes that were checked, not the files
            unpack(model.of(lang), Path(folder))
            classifier = Classifier.read(list(themes), Path(folder) / lang)
        nlp = blank(lang)
        words = [[word for _, word in words_of(nlp(text), lang)] for _, text in units]
        distances = np.abs(classifier.probabilities(words)[:, used] - thresholds[used]).min(axis=1)
        found |= {key: float(distance) for (key, _), distance in zip(units, distances, strict=True)}
    return found
