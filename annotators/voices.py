"""Whose words: a document cut into stretches that each have exactly one voice.

``quoted`` are a speaker's words: the quotations of a report, and a transcript as a whole (its own speaker's words where
nothing is quoted). ``narrator`` is everything else. Page furniture (``chrome``) is nobody's voice and recaps
(``background``) are told or quoted as other text is: both are marked beside the voice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

FURNITURE = ("chrome", "background")


class Segment(NamedTuple):
    """A stretch in one voice; offsets are code points, end exclusive."""

    start: int
    end: int
    voice: Literal["quoted", "narrator"]
    speaker: str | None
    furniture: str | None

    @property
    def whose(self) -> str:
        """The one owner of the stretch: furniture, narrator, or the speaker (``?`` where unknown)."""
        if self.furniture == "chrome":
            return "furniture"
        return self.speaker or "?" if self.voice == "quoted" else "narrator"


def voice_segments(
    rows: Iterable[Mapping[str, Any]] | Doc, length: int | None = None, kind: str = "report", speaker: str | None = None
) -> list[Segment]:
    """Cut a text into stretches of one voice.

    Parameters:
        rows: annotation rows with ``layer``, ``start``, ``end`` and ``attributes`` (a dict), or a processed Doc, whose
            context then gives `kind` and `speaker`. Of quotations inside each other the innermost speaks.
        length: of the text, in code points; not needed for a Doc.
        kind: ``transcript`` or ``report``.
        speaker: of a transcript.

    Returns:
        segments from 0 to `length` without gap or overlap, neighbours different; none for an empty text.

    Raises:
        TypeError: rows without length.

    Example:
        >>> quote = {"layer": "quote", "start": 4, "end": 8, "attributes": {"speaker": "Abai"}}
        >>> [(part.start, part.end, part.whose) for part in voice_segments([quote], 10)]
        [(0, 4, 'narrator'), (4, 8, 'Abai'), (8, 10, 'narrator')]
    """
    if hasattr(rows, "spans"):
        doc: Doc = rows  # type: ignore[assignment]
        context = doc._.context
        return voice_segments(_rows(doc), len(doc.text), context.kind, context.speaker)
    if length is None:
        raise TypeError("voice_segments of rows needs the length of the text")
    spans: list[tuple[int, int, str, str | None]] = []
    events: list[tuple[int, int, int]] = []  # offset, 0 closes or 1 opens, number of the span
    for row in rows:
        layer = row["layer"]
        start, end = max(int(row["start"]), 0), min(int(row["end"]), length)
        if (layer != "quote" and layer not in FURNITURE) or start >= end:
            continue
        name = (row.get("attributes") or {}).get("speaker") if layer == "quote" else None
        events += [(start, 1, len(spans)), (end, 0, len(spans))]
        spans.append((start, end, layer, name))
    own: Literal["quoted", "narrator"] = "quoted" if kind == "transcript" else "narrator"
    segments: list[Segment] = []
    active: set[int] = set()
    position = 0
    for offset, opens, number in [*sorted(events), (length, 0, -1)]:
        if offset > position:
            quotes = [spans[k] for k in active if spans[k][2] == "quote"]
            layers = {spans[k][2] for k in active}
            furniture = next((layer for layer in FURNITURE if layer in layers), None)
            inner = min(quotes, key=lambda span: span[1] - span[0], default=None)
            segment = (
                Segment(position, offset, own, speaker if own == "quoted" else None, furniture)
                if inner is None
                else Segment(position, offset, "quoted", inner[3], furniture)
            )
            if segments and segments[-1][2:] == segment[2:]:
                segments[-1] = segments[-1]._replace(end=offset)
            else:
                segments.append(segment)
            position = offset
        if opens:
            active.add(number)
        else:
            active.discard(number)
    return segments


def _rows(doc: Doc) -> list[dict[str, Any]]:
    return [
        {"layer": layer, "start": s.start_char, "end": s.end_char, "attributes": {"speaker": s._.speaker}}
        for key, layer in (("quotes", "quote"), ("chrome", "chrome"), ("background", "background"))
        for s in doc.spans.get(key, ())
    ]
