"""What is known of a document beyond its text, and the attributes that our components set on spaCy objects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from spacy.tokens import Doc, Span


@dataclass(frozen=True, slots=True)
class Context:
    """Metadata that components may use; every field may be unknown.

    Attributes:
        date: day of the document; decides who «the president» is.
        country: ISO 3166 code of the document's country; decides the same.
        kind: ``transcript`` (one speaker's words) or ``report``.
        speaker: of a transcript, full name.
        title: title of the document, where it is not part of the text.
        publisher: who published it; an agency is not a speaker.
    """

    date: dt.date | None = None
    country: str | None = None
    kind: str = "report"
    speaker: str | None = None
    title: str | None = None
    publisher: str | None = None


def register_extensions() -> None:
    """Declare the custom attributes of Doc and Span; safe to call again.

    ``doc._.context``: Context. Quotes: ``span._.speaker`` (fullest name in the document, or the role),
    ``speaker_id`` (of the registry), ``mention`` and ``cue`` (Span or None). Themes: ``span._.evidence`` (tuple of
    Spans). Any of ours: ``span._.score`` (0 to 1) and ``span._.details`` (dict of JSON values, kept as attributes of
    the annotation).
    """
    if not Doc.has_extension("context"):
        Doc.set_extension("context", default=Context())
    defaults: dict[str, object] = {
        "speaker": None,
        "speaker_id": None,
        "mention": None,
        "cue": None,
        "evidence": (),
        "score": 1.0,
        "details": None,
    }
    for name, default in defaults.items():
        if not Span.has_extension(name):
            Span.set_extension(name, default=default)


register_extensions()
