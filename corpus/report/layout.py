"""A document laid out for reading: paragraphs, sentences and segments with what is known of each.

Both the page (``view``) and the terminal (``terminal``) draw this; neither looks at annotation rows itself. Every code
point of the text stands in exactly one segment or is a line break.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas import Codebook, Document

Row = Mapping[str, Any]
"""An annotation: layer, label, start, end, score, annotator, attributes; origin is machine where it is missing."""

_VOICE_LAYERS = {"quote": "quote", "reported": "reported"}
_ENTITY_LAYERS = ("institution", "quantity")
_PARTS = ("chrome", "background")


@dataclass(slots=True)
class Voice:
    """Somebody who is quoted in the document; ``name`` is None where nobody could be made out."""

    number: int
    name: str | None
    speaker_id: str | None
    quotes: int = 0
    letters: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation or stretch of reported speech."""

    start: int
    end: int
    kind: str  # quote | reported
    label: str  # direct | partial …
    voice: Voice
    human: bool


@dataclass(slots=True)
class Chip:
    """A theme of a sentence: who gave it and why.

    ``state``: ``machine`` (nobody looked), ``agreed`` (machine and people), ``human`` (people only), ``rejected``
    (people took the machine's away).
    """

    theme: str
    name: str
    color: str
    score: float = 1.0
    state: str = "machine"
    people: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a sentence in which nothing begins or ends."""

    start: int
    text: str
    quote: Quote | None
    opens: tuple[Quote, ...]
    closes: bool
    cue: bool
    mention: bool
    evidence: tuple[str, ...]
    entity: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or text between sentences (``number`` 0), within one paragraph."""

    start: int
    end: int
    number: int
    part: str  # body | chrome | background
    segments: tuple[Segment, ...]
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """How many sentences carry a theme."""

    theme: str
    name: str
    color: str
    count: int
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole document: ``paragraphs`` of pieces, who speaks, which themes occur."""

    paragraphs: tuple[tuple[Piece, ...], ...]
    voices: tuple[Voice, ...]
    themes: tuple[ThemeCount, ...]
    sentences: int
    quotes: int
    layers: frozenset[str]


def lay_out(document: Document, rows: Iterable[Row], codebook: Codebook | None = None, language: str = "en") -> Layout:
    """Bring the annotations of a document into reading order.

    Parameters:
        document: the document; offsets are code points into its ``text``.
        rows: annotations of this revision, in any order; those that lie outside the text are left out.
        codebook: gives names and colours of themes; ids and grey without it.
        language: of the themes' names.

    Returns:
        the layout.

    Example:
        >>> import datetime as dt
        >>> from schemas import Document, Source
        >>> source = Source(uri="stdin:0", retrieved=dt.datetime(2025, 1, 1), sha256="0" * 64, reader="text@1")
        >>> document = Document(id="d", lang="en", source=source, text="“Let us talk,” said Ayan Omarov.")
        >>> said = {"speaker": "Ayan Omarov", "mention": [20, 31], "cue": [15, 19]}
        >>> quote = {"layer": "quote", "label": "direct", "start": 1, "end": 13, "attributes": said}
        >>> layout = lay_out(document, [quote])
        >>> [voice.name for voice in layout.voices]
        ['Ayan Omarov']
        >>> [s.text for paragraph in layout.paragraphs for piece in paragraph for s in piece.segments]
        ['“', 'Let us talk,', '” ', 'said', ' ', 'Ayan Omarov', '.']
    """
    text = document.text
    valid = sorted(
        (row for row in rows if 0 <= row["start"] < row["end"] <= len(text)),
        key=lambda row: (row["start"], -row["end"], row["layer"], row["label"]),
    )
    valid = _without_themes_of_furniture(valid)
    quotes, voices = _quotes(valid)
    pieces = _pieces(text, valid)
    chips = _chips(valid, pieces, text, codebook, language)
    spans = _spans(valid, quotes)
    starts = [piece[0] for piece in pieces]
    within: list[list[_Span]] = [[] for _ in pieces]
    for span in spans:
        for index in range(max(bisect_right(starts, span.start) - 1, 0), bisect_left(starts, span.end)):
            within[index].append(span)
    paragraphs: list[list[Piece]] = []
    previous_line = -1
    for index, (start, end, number, part, line) in enumerate(pieces):
        if line != previous_line:
            paragraphs.append([])
            previous_line = line
        segments = _segments(text, start, end, within[index])
        paragraphs[-1].append(Piece(start, end, number, part, segments, tuple(chips.get(index, ()))))
    return Layout(
        paragraphs=tuple(tuple(paragraph) for paragraph in paragraphs),
        voices=tuple(voices),
        themes=_theme_counts(paragraphs, codebook),
        sentences=sum(1 for row in valid if row["layer"] == "sentence"),
        quotes=sum(1 for quote in quotes if quote.kind == "quote"),
        layers=frozenset(row["layer"] for row in valid),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str  # quote | cue | mention | evidence | entity
    quote: Quote | None = None
    label: str = ""
    layer: str = ""


def _is_human(row: Row) -> bool:
    return bool(row.get("origin", "machine") == "human")


def _rejected(row: Row) -> bool:
    return "rejected" in ((row.get("attributes") or {}).get("decision"), row.get("decision"))


def _place(row: Row) -> tuple[str, str, int, int]:
    return row["layer"], row["label"], row["start"], row["end"]


def _quotes(rows: Sequence[Row]) -> tuple[list[Quote], list[Voice]]:
    """Every quotation with its voice; the same person is one voice; a person's label stands for the machine's."""
    voices: dict[str, Voice] = {}
    found: dict[tuple[int, int, str], Quote] = {}
    for row in rows:
        kind = _VOICE_LAYERS.get(row["layer"])
        if kind is None or _rejected(row):
            continue
        at = (row["start"], row["end"], kind)
        if at in found and not _is_human(row):
            continue
        attributes = row.get("attributes") or {}
        name, speaker_id = attributes.get("speaker"), attributes.get("speaker_id")
        if name is None and at in found:  # a person's span says what, the machine's says who
            voice = found[at].voice
        else:
            key = speaker_id or name or ""
            voice = voices.setdefault(key, Voice(len(voices) + 1, name, speaker_id))
        found[at] = Quote(row["start"], row["end"], kind, row["label"], voice, _is_human(row))
    quotes = sorted(found.values(), key=lambda quote: (quote.start, -quote.end))
    for quote in quotes:
        if quote.kind == "quote":
            quote.voice.quotes += 1
            quote.voice.letters += quote.end - quote.start
    used = {id(quote.voice) for quote in quotes}
    kept = [voice for voice in voices.values() if id(voice) in used]
    for number, voice in enumerate(kept, 1):
        voice.number = number
    return quotes, kept


def _pieces(text: str, rows: Sequence[Row]) -> list[tuple[int, int, int, str, int]]:
    """Cut the text at line breaks and sentence borders: start, end, sentence number, part, line number."""
    sentences = sorted({(row["start"], row["end"]) for row in rows if row["layer"] == "sentence"})
    parts = [(row["start"], row["end"], row["layer"]) for row in rows if row["layer"] in _PARTS]
    pieces: list[tuple[int, int, int, str, int]] = []
    index = 0
    line_start = 0
    for number, line in enumerate(text.split("\n")):
        line_end = line_start + len(line)
        at = line_start
        while index < len(sentences) and sentences[index][1] <= line_start:
            index += 1
        cursor = index
        while cursor < len(sentences) and sentences[cursor][0] < line_end:
            start, end = max(sentences[cursor][0], at), min(sentences[cursor][1], line_end)
            if start > at:
                pieces.append((at, start, 0, _part(parts, at, start), number))
            if end > start:
                pieces.append((start, end, cursor + 1, _part(parts, start, end), number))
                at = end
            cursor += 1
        if at < line_end:
            pieces.append((at, line_end, 0, _part(parts, at, line_end), number))
        if line_end < len(text):  # the break itself, so that nothing of the text is lost
            pieces.append((line_end, line_end + 1, 0, "body", number))
        line_start = line_end + 1
    return pieces


def _without_themes_of_furniture(rows: Sequence[Row]) -> list[Row]:
    """Leave out the machine's themes of page furniture and of older news, as statistics do."""
    parts = [(row["start"], row["end"], row["layer"]) for row in rows if row["layer"] in _PARTS]
    return [
        row
        for row in rows
        if row["layer"] != "theme" or _is_human(row) or _part(parts, row["start"], row["end"]) == "body"
    ]


def _part(parts: Sequence[tuple[int, int, str]], start: int, end: int) -> str:
    """The part of the page that holds more than half of a stretch."""
    for part_start, part_end, layer in parts:
        if min(end, part_end) - max(start, part_start) > (end - start) / 2:
            return layer
    return "body"


def _chips(
    rows: Sequence[Row],
    pieces: Sequence[tuple[int, int, int, str, int]],
    text: str,
    codebook: Codebook | None,
    language: str,
) -> dict[int, list[Chip]]:
    """Themes by the piece that their range ends in; the same theme from machine and people is one chip."""
    themes = {theme.id: theme for theme in codebook.themes} if codebook else {}
    order = {theme: position for position, theme in enumerate(themes)}
    starts = [piece[0] for piece in pieces]
    found: dict[int, dict[str, Chip]] = {}
    for row in rows:
        if row["layer"] != "theme":
            continue
        end = row["start"] + len(text[row["start"] : row["end"]].rstrip())
        place = max(bisect_right(starts, max(end - 1, row["start"])) - 1, 0)
        theme = themes.get(row["label"])
        chips = found.setdefault(place, {})
        chip = chips.get(row["label"])
        if chip is None:
            name, color = (theme.name(language), theme.color) if theme else (row["label"], "#777777")
            chip = chips[row["label"]] = Chip(row["label"], name, color, state="")
        if _is_human(row):
            chip.people.append(row["annotator"])
            if _rejected(row):
                chip.state = chip.state if chip.state in ("agreed", "human") else "rejected"
            else:
                chip.state = "agreed" if chip.state in ("machine", "agreed") else "human"
        else:
            chip.score = row.get("score", 1.0)
            chip.state = {"": "machine", "human": "agreed"}.get(chip.state, chip.state)
            evidence = (row.get("attributes") or {}).get("evidence") or ()
            chip.words.extend(text[a:b] for a, b in evidence)
    return {
        place: sorted(chips.values(), key=lambda chip: (order.get(chip.theme, len(order)), chip.theme))
        for place, chips in found.items()
    }


def _spans(rows: Sequence[Row], quotes: Sequence[Quote]) -> list[_Span]:
    """Everything that marks letters inside sentences."""
    spans = [_Span(quote.start, quote.end, "quote", quote) for quote in quotes]
    people = [row for row in rows if _is_human(row)]
    refused = {_place(row) for row in people if _rejected(row)} - {_place(row) for row in people if not _rejected(row)}
    for row in rows:
        if _rejected(row) or _place(row) in refused:
            continue
        attributes = row.get("attributes") or {}
        if row["layer"] in _VOICE_LAYERS:
            for kind in ("cue", "mention"):
                if attributes.get(kind):
                    start, end = attributes[kind]
                    spans.append(_Span(start, end, kind))
        elif row["layer"] == "theme":
            spans.extend(_Span(a, b, "evidence", label=row["label"]) for a, b in attributes.get("evidence") or ())
        elif row["layer"] == "evidence":  # words that a person pointed at
            spans.append(_Span(row["start"], row["end"], "evidence", label=row["label"]))
        elif row["layer"] in _ENTITY_LAYERS:
            spans.append(_Span(row["start"], row["end"], "entity", label=row["label"], layer=row["layer"]))
    return spans


def _segments(text: str, start: int, end: int, spans: Sequence[_Span]) -> tuple[Segment, ...]:
    cuts = {start, end}
    for span in spans:
        cuts.update(cut for cut in (span.start, span.end) if start < cut < end)
    edges = sorted(cuts)
    segments = []
    for a, b in pairwise(edges):
        over = [span for span in spans if span.start <= a and b <= span.end]
        around = [span.quote for span in over if span.quote is not None]
        quote = min(around, key=lambda q: (q.kind == "reported", q.end - q.start), default=None)
        entity = next(((span.layer, span.label) for span in over if span.kind == "entity"), None)
        segments.append(
            Segment(
                start=a,
                text=text[a:b],
                quote=quote,
                opens=tuple(q for q in around if q.start == a),
                closes=quote is not None and quote.end == b,
                cue=any(span.kind == "cue" for span in over),
                mention=any(span.kind == "mention" for span in over),
                evidence=tuple(dict.fromkeys(span.label for span in over if span.kind == "evidence")),
                entity=entity,
            )
        )
    return tuple(segments)


def _theme_counts(paragraphs: Sequence[Sequence[Piece]], codebook: Codebook | None) -> tuple[ThemeCount, ...]:
    chips: dict[str, Chip] = {}
    where: dict[str, list[int]] = {}
    for paragraph in paragraphs:
        for piece in paragraph:
            for chip in piece.chips:
                if chip.state != "rejected":
                    chips.setdefault(chip.theme, chip)
                    where.setdefault(chip.theme, []).append(piece.number)
    order = {theme.id: position for position, theme in enumerate(codebook.themes)} if codebook else {}
    ranked = sorted(chips, key=lambda theme: (-len(where[theme]), order.get(theme, len(order)), theme))
    return tuple(
        ThemeCount(theme, chips[theme].name, chips[theme].color, len(where[theme]), tuple(where[theme]))
        for theme in ranked
    )
