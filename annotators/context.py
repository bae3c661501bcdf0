"""What is known of a document beyond its text, and the attributes that our components set on spaCy objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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


_VALUES = {"speaker": None, "speaker_id": None, "score": 1.0, "details": None, "lang": None}
_SPANS = ("mention", "cue")


def register_extensions() -> None:
    """Declare the custom attributes of Doc and Span; safe to call again.

    ``doc._.context``: Context. Quotes: ``span._.speaker`` (fullest name in the document, or the role),
    ``speaker_id`` (of the registry), ``mention`` and ``cue`` (Span or None). Themes: ``span._.evidence`` (tuple of
    Spans). Sentences: ``span._.lang``, where it is not the document's language. Any of ours: ``span._.score`` (0 to 1)
    and ``span._.details`` (dict of JSON values, kept as attributes of the annotation).

    spaCy keeps a span's attributes by its offsets alone, so that two themes of one sentence would share them. Ours are
    kept by offsets and label. Spans are kept as offsets, so that a Doc can be serialised.
    """
    if not Doc.has_extension("context"):
        Doc.set_extension("context", default=Context())
    for name, default in _VALUES.items():
        _declare(name, _value_getter(name, default), _value_setter(name))
    for name in _SPANS:
        _declare(name, _span_getter(name), _span_setter(name))
    _declare("evidence", _get_evidence, _set_evidence)


def _declare(name: str, getter: Callable[[Span], Any], setter: Callable[[Span, Any], None]) -> None:
    if not Span.has_extension(name):
        Span.set_extension(name, getter=getter, setter=setter)


def _store(span: Span) -> dict[Any, Any]:
    """What spaCy keeps with a Doc; its own keys are tuples as well, whatever its annotation says."""
    return span.doc.user_data


def _key(span: Span, name: str) -> tuple[str, str, int, int, str]:
    return ("minber", name, span.start_char, span.end_char, span.label_)


def _value_getter(name: str, default: object) -> Callable[[Span], Any]:
    return lambda span: _store(span).get(_key(span, name), default)


def _value_setter(name: str) -> Callable[[Span, Any], None]:
    def set_value(span: Span, value: Any) -> None:
        _store(span)[_key(span, name)] = value

    return set_value


def _span_getter(name: str) -> Callable[[Span], Span | None]:
    def get_span(span: Span) -> Span | None:
        place = _store(span).get(_key(span, name))
        return None if place is None else span.doc[place[0] : place[1]]

    return get_span


def _span_setter(name: str) -> Callable[[Span, Span | None], None]:
    def set_span(span: Span, value: Span | None) -> None:
        _store(span)[_key(span, name)] = None if value is None else (value.start, value.end)

    return set_span


def _get_evidence(span: Span) -> tuple[Span, ...]:
    places = _store(span).get(_key(span, "evidence"), ())
    return tuple(span.doc[start:end] for start, end in places)


def _set_evidence(span: Span, words: Sequence[Span]) -> None:
    _store(span)[_key(span, "evidence")] = tuple((word.start, word.end) for word in words)


register_extensions()
