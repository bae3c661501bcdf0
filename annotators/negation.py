"""Negation: whether a word or an ending of a sentence says no."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.datafile import read_data

if TYPE_CHECKING:
    from spacy.tokens import Span


class NegationFinder:
    """Tell whether a negation stands in a span; words and endings in ``languages/XX/negation.yaml``.

    Parameters:
        lang: language of the texts.

    Example:
        >>> from annotators.languages import blank
        >>> NegationFinder("en").found(blank("en")("We will not raise taxes.")[:])
        True
    """

    def __init__(self, lang: str) -> None:
        path = Path(__file__).with_name("languages") / lang / "negation.yaml"
        data = read_data(path) if path.exists() else {}
        self._words = frozenset(data.get("words", ()))
        self._forms = re.compile("|".join(data["forms"])) if data.get("forms") else None

    def found(self, span: Span) -> bool:
        """Whether a word of the span negates."""
        return any(
            token.norm_ in self._words
            or token.lower_ in self._words
            or (self._forms is not None and self._forms.search(token.lower_) is not None)
            for token in span
        )
