"""Whose words: each text cut into stretches of one voice, so that a leader's words are not counted as a journalist's.

``quoted`` are a speaker's words: the quotations of a report, and a transcript as a whole. ``narrator`` is everything
else: the journalist. Page furniture (layer ``chrome``) and recaps of older news (``background``) are marked beside
the voice, because a recap may quote too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import polars as pl

Voice = Literal["quoted", "narrator"]

SEGMENTS = pl.Schema(
    {
        "doc_id": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "voice": pl.String(),
        "speaker": pl.String(),
        "furniture": pl.String(),
    }
)
"""Columns of a frame of segments; those of one document follow each other without gap or overlap."""

_FURNITURE = ("chrome", "background")
LAYERS = ("quote", *_FURNITURE)
"""The layers that decide on voices."""


class Segment(NamedTuple):
    """A stretch of one text in one voice; offsets are code points, end exclusive."""

    start: int
    end: int
    voice: Voice
    speaker: str | None
    furniture: str | None


def segments_of(
    length: int, rows: Iterable[Mapping[str, Any]], kind: str = "report", speaker: str | None = None
) -> list[Segment]:
    """Cut one text into stretches of one voice.

    Parameters:
        length: of the text, in code points.
        rows: annotations with ``layer``, ``start``, ``end`` and ``attributes`` (a dict, or JSON text); of quotations
            inside each other the innermost speaks.
        kind: ``transcript`` or ``report``.
        speaker: of a transcript.

    Returns:
        segments from 0 to `length` without gap; none for an empty text.

    Example:
        >>> quote = {"layer": "quote", "start": 4, "end": 8, "attributes": {"speaker": "Abai"}}
        >>> [(part.start, part.end, part.voice, part.speaker) for part in segments_of(10, [quote])]
        [(0, 4, 'narrator', None), (4, 8, 'quoted', 'Abai'), (8, 10, 'narrator', None)]
    """
    events: list[tuple[int, int, int, str, str | None]] = []  # position, 1 opens or 0 closes, number, layer, speaker
    spans: dict[int, tuple[int, str, str | None]] = {}
    for number, row in enumerate(rows):
        start, end, layer = max(0, int(row["start"])), min(length, int(row["end"])), str(row["layer"])
        if layer in LAYERS and start < end:
            spans[number] = (end - start, layer, _speaker(row) if layer == "quote" else None)
            events += [(start, 1, number, layer, None), (end, 0, number, layer, None)]
    events.sort()
    own: Voice = "quoted" if kind == "transcript" else "narrator"
    result: list[Segment] = []
    active: set[int] = set()
    position = 0

    def close(until: int) -> None:
        if until <= position:
            return
        quotes = [spans[number] for number in active if spans[number][1] == "quote"]
        furniture = next((name for name in _FURNITURE if any(spans[number][1] == name for number in active)), None)
        innermost = min(quotes, key=lambda span: span[0]) if quotes else None
        if innermost is None:
            voice, who = own, speaker if own == "quoted" else None
        else:
            voice, who = "quoted", innermost[2]
        last = result[-1] if result else None
        if last and (last.voice, last.speaker, last.furniture) == (voice, who, furniture):
            result[-1] = last._replace(end=until)
        else:
            result.append(Segment(position, until, voice, who, furniture))

    for at, opens, number, _, _ in events:
        close(at)
        position = max(position, at)
        if opens:
            active.add(number)
        else:
            active.discard(number)
    close(length)
    return result


def segments(documents: pl.DataFrame, annotations: pl.DataFrame) -> pl.DataFrame:
    """Cut many texts into stretches of one voice.

    Parameters:
        documents: ``doc_id``, ``length`` (code points), ``kind``, ``speaker``.
        annotations: ``doc_id``, ``layer``, ``start``, ``end``, ``attributes`` (JSON text).

    Returns:
        a frame of `SEGMENTS`, ordered by document as in `documents`, then by position.

    Example:
        >>> documents = pl.DataFrame({"doc_id": ["a"], "length": [5], "kind": ["transcript"], "speaker": ["Abai"]})
        >>> segments(documents, pl.DataFrame(schema={"doc_id": pl.String})).rows()
        [('a', 0, 5, 'quoted', 'Abai', None)]
    """
    by_document: dict[str, list[dict[str, Any]]] = {}
    if annotations.height:
        wanted = annotations.filter(pl.col("layer").is_in(LAYERS))
        for row in wanted.select("doc_id", "layer", "start", "end", "attributes").iter_rows(named=True):
            by_document.setdefault(row["doc_id"], []).append(row)
    rows = [
        (doc_id, *segment)
        for doc_id, length, kind, speaker in documents.select("doc_id", "length", "kind", "speaker").iter_rows()
        for segment in segments_of(length, by_document.get(doc_id, ()), kind, speaker)
    ]
    return pl.DataFrame(rows, schema=SEGMENTS, orient="row")


def _speaker(row: Mapping[str, Any]) -> str | None:
    attributes = row.get("attributes") or {}
    if isinstance(attributes, str):
        attributes = json.loads(attributes)
    speaker = attributes.get("speaker")
    return str(speaker) if speaker else None
