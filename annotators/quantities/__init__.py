"""Numbers with what they count: percentages, money, measures, counted things, dates, each with a normalised value.

The words of a language are in ``languages/XX/quantities.yaml``; the grammar of numbers and dates is one for all.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import annotators.context  # noqa: F401 -- declares the attributes that spans get here
from annotators.quantities.finder import Quantity, QuantityFinder

__all__ = ["Quantities", "Quantity", "QuantityFinder", "make_quantities"]


class Quantities:
    """spaCy component: ``doc.spans["quantities"]``, with ``_.details`` ``{"value": …, "unit": …, "noun": …}``.

    Parameters:
        nlp: the pipeline.
    """

    def __init__(self, nlp: Language) -> None:
        self._finder = QuantityFinder(nlp.lang or "")

    def __call__(self, doc: Doc) -> Doc:
        """Add the quantities of a document."""
        spans: list[Span] = []
        for item in self._finder.find(doc.text):
            span = doc.char_span(item.start, item.end, label=item.label, alignment_mode="expand")
            if span is None or (spans and span.start < spans[-1].end):
                continue
            details: dict[str, Any] = {"value": item.value, "unit": item.unit}
            if item.noun is not None:
                details["noun"] = item.noun
            if item.upper is not None:
                details["upper"] = item.upper
            span._.details = details
            spans.append(span)
        doc.spans["quantities"] = SpanGroup(doc, name="quantities", spans=spans)
        return doc


@Language.factory("minber_quantities", assigns=["doc.spans"])
def make_quantities(nlp: Language, name: str) -> Quantities:  # noqa: ARG001 -- spaCy calls it so
    """Build the component that adds ``doc.spans["quantities"]``.

    Parameters:
        nlp: the pipeline; its language chooses the words.
        name: the component's name in the pipeline.

    Returns:
        the component.
    """
    return Quantities(nlp)
