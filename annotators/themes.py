"""Themes of sentences: which themes of a codebook each sentence is about, and the words that say so."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import annotators.context  # noqa: F401 -- declares the attributes that spans get here
from annotators.negation import NegationFinder
from annotators.ranges import Ranges
from annotators.theme_reader import theme_reader, trimmed
from schemas.codebook import Codebook, load_codebook

_SKIPPED_GROUPS = ("chrome", "background")
_QUOTED_GROUPS = ("quotes", "reported")


class Themes:
    """spaCy component: ``doc.spans["themes"]`` holds a span for each theme of each sentence.

    The span is the sentence; ``label_`` the theme's id; ``_.evidence`` the words that caused it (empty where the theme
    was taken from the sentence before and no hint stands in this one); ``_.score`` the theme's score divided by twice
    its threshold, at most 1, so
    that 0.5 is just enough; ``_.details`` may hold ``negated`` (a negation stands in the sentence) and ``from_before``.

    Parameters:
        nlp: the pipeline.
        codebook: what to code by.
    """

    def __init__(self, nlp: Language, codebook: Codebook) -> None:
        lang = nlp.lang or ""
        self.reader = theme_reader(lang, codebook)
        self._negation = NegationFinder(lang)

    def __call__(self, doc: Doc) -> Doc:
        """Add the themes of a document's sentences."""
        sentences = coded_sentences(doc)
        speakers = (quote._.mention for group in _QUOTED_GROUPS for quote in doc.spans.get(group, ()))
        attributions = sorted({(mention.start, mention.end) for mention in speakers if mention is not None})
        spans = []
        thresholds = {theme.id: theme.threshold for theme in self.reader.codebook.themes}
        for reading in self.reader.read(doc, sentences, attributions):
            negated = bool(reading.given) and self._negation.found(reading.span)
            for theme in reading.given:
                span = Span(doc, reading.span.start, reading.span.end, label=theme)
                evidence = dict.fromkeys(
                    (hit.start, hit.end) for hit in reading.hits if hit.theme == theme and not hit.dropped
                )
                span._.evidence = tuple(doc[start:end] for start, end in evidence)
                score = reading.scores.get(theme, 0.0) if not reading.from_before else thresholds[theme]
                span._.score = round(min(1.0, score / (2 * thresholds[theme])), 3)
                details = {}
                if negated:
                    details["negated"] = True
                if reading.from_before:
                    details["from_before"] = True
                span._.details = details or None
                spans.append(span)
        doc.spans["themes"] = SpanGroup(doc, name="themes", spans=spans)
        return doc


def coded_sentences(doc: Doc) -> list[Span]:
    """The sentences of a document that are read for themes: all but page furniture and recaps of older news.

    Parameters:
        doc: a Doc with sentences (without, it is one), perhaps with ``doc.spans["chrome"]`` and ``["background"]``.

    Returns:
        spans without blanks at their ends.
    """
    skipped = Ranges((span.start, span.end) for group in _SKIPPED_GROUPS for span in doc.spans.get(group, ()))
    whole = doc.sents if doc.has_annotation("SENT_START") else [doc[:]]
    return [
        span
        for span in (trimmed(sentence) for sentence in whole)
        if span is not None and not skipped.hold(span.start, span.end)
    ]


@Language.factory("minber_themes", default_config={"codebook": "reforms"}, assigns=["doc.spans"])
def make_themes(nlp: Language, name: str, codebook: str) -> Themes:  # noqa: ARG001 -- spaCy calls it so
    """Build the component that adds ``doc.spans["themes"]``.

    Parameters:
        nlp: the pipeline; its language chooses the lexicons.
        name: the component's name in the pipeline.
        codebook: built-in name or path of a YAML file.

    Returns:
        the component.

    Raises:
        MinberError: MB002 unknown codebook, MB003 unreadable, MB004 not YAML; MinberErrors: MB011 broken.
    """
    return Themes(nlp, load_codebook(codebook))
