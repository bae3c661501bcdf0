"""Themes learned from people's labels: a component that adds what a trained model finds beyond the codebook's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import annotators.context  # noqa: F401 -- declares the attributes that spans get here
from annotators.classifier import Classifier, words_of
from annotators.themes import coded_sentences
from schemas.errors import MinberError

ABOUT = "model.json"
"""The file of a model's folder that says what it is; beside it is a folder of weights for each language."""

GROUP = "learned"


class Learned:
    """spaCy component: ``doc.spans["learned"]`` holds a span for each theme that a model gives a sentence.

    A theme that ``doc.spans["themes"]`` holds of the same sentence is not given again. ``label_`` is the theme's id,
    ``_.score`` the model's probability, ``_.evidence`` the words without which it would fall furthest (see
    ``Classifier.reasons``). The group's ``attrs["model"]`` is the model's name.

    Parameters:
        lang: of the pipeline; a model that has not learned it adds nothing.
        folder: of the model.

    Raises:
        MinberError: MB801 the model cannot be read.
    """

    def __init__(self, lang: str, folder: Path) -> None:
        self._lang = lang
        self._classifier: Classifier | None = None
        self._thresholds: dict[str, float] = {}
        try:
            about: dict[str, Any] = json.loads((folder / ABOUT).read_bytes())
            self.model = str(about["name"])  # not `name`: spaCy gives components theirs
            learned = about["languages"].get(lang)
            if learned is not None:
                themes: dict[str, Any] = learned["themes"]
                self._thresholds = {
                    theme: float(one["threshold"]) for theme, one in themes.items() if one["threshold"] is not None
                }
                self._classifier = Classifier.read(list(themes), folder / lang)
        except Exception as error:  # whatever spaCy makes of a damaged file
            problem = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise MinberError("MB801", folder.name, problem=problem) from error

    def __call__(self, doc: Doc) -> Doc:
        """Add what the model finds in a document's sentences."""
        spans: list[Span] = []
        sentences = coded_sentences(doc) if self._classifier and self._thresholds else []
        if self._classifier is not None and sentences:
            known = {(span.start, span.end, span.label_) for span in doc.spans.get("themes", ())}
            worded = [words_of(sentence, self._lang) for sentence in sentences]
            chances = self._classifier.probabilities([[word for _, word in words] for words in worded])
            for sentence, words, row in zip(sentences, worded, chances, strict=True):
                for theme, chance in zip(self._classifier.labels, row, strict=True):
                    wanted = self._thresholds.get(theme)
                    if wanted is None or chance < wanted or (sentence.start, sentence.end, theme) in known:
                        continue
                    span = Span(doc, sentence.start, sentence.end, label=theme)
                    places = self._classifier.reasons([word for _, word in words], theme)
                    span._.evidence = tuple(doc[words[place][0] : words[place][0] + 1] for place in places)
                    span._.score = round(float(chance), 3)
                    spans.append(span)
        doc.spans[GROUP] = SpanGroup(doc, name=GROUP, spans=spans, attrs={"model": self.model})
        return doc


@Language.factory("minber_learned", default_config={"model": ""}, assigns=["doc.spans"])
def make_learned(nlp: Language, name: str, model: str) -> Learned:  # noqa: ARG001 -- spaCy calls it so
    """Build the component that adds ``doc.spans["learned"]``.

    Parameters:
        nlp: the pipeline; its language chooses the weights.
        name: the component's name in the pipeline.
        model: path of a model's folder.

    Returns:
        the component.

    Raises:
        MinberError: MB801 there is no model, or it cannot be read.
    """
    return Learned(nlp.lang or "", Path(model))
