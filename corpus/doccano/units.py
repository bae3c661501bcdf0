"""From documents to units: what a person sees as one example, with its pre-annotations and what stands around it."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from corpus.doccano.layouts import (
    IDENTITY,
    Label,
    Layout,
    UnitName,
    interface,
    localized,
    resolve_overlaps,
    voice_label,
    voice_rows,
)
from corpus.doccano.notation import labels_from_json, labels_to_json

if TYPE_CHECKING:
    from corpus.store import Corpus

_NEAR = 200  # letters between a quotation and the words that name its speaker, where both are to be read together
_NEIGHBOUR = 300  # letters of the text before and after that are shown beside a unit
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_LINES = re.compile(r"\s*\n\s*")

Row = Mapping[str, Any]


class Page(Protocol):
    """What the units of a revision have in common."""

    doc_id: str
    revision: str
    text: str

    def meta(self, start: int, end: int) -> dict[str, str]:
        """What is shown beside a unit, with localized keys."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One example: a stretch of one revision of a document.

    A corpus may have hundreds of thousands of units, and all of them are looked at before the first is sent. So a unit
    keeps its labels as written, and cuts its text and what stands around it from the page when it is asked for them.

    Attributes:
        page: the revision that it belongs to.
        start, end: code points of the document's text.
        written: its pre-annotations in code points of the unit, as the books write them.
        hidden: evidence that the layout has no room for because it overlaps; ours keeps it.
        cut: labels that the unit cannot show because they reach beyond it, or an arrow's other end does.
        preannotated: whether pre-annotations are shown at all.
    """

    page: Page
    start: int
    end: int
    written: str
    hidden: tuple[Label, ...] = ()
    cut: tuple[Label, ...] = ()
    preannotated: bool = True

    @property
    def doc_id(self) -> str:
        """Of the document."""
        return self.page.doc_id

    @property
    def revision(self) -> str:
        """Of the document."""
        return self.page.revision

    @property
    def unit_id(self) -> str:
        """Our name of it: ``doc_id:revision:start-end``."""
        return unit_id(self.page.doc_id, self.page.revision, self.start, self.end)

    @property
    def text(self) -> str:
        """That stretch."""
        return self.page.text[self.start : self.end]

    @property
    def labels(self) -> tuple[Label, ...]:
        """Its pre-annotations, in order."""
        return tuple(labels_from_json(self.written))

    @property
    def meta(self) -> dict[str, str]:
        """What is shown beside the text, with localized keys; values are strings."""
        return self.page.meta(self.start, self.end)


@dataclass(slots=True)
class UnitSet:
    """All units of a corpus in a layout.

    Attributes:
        units: in order of date, document and position.
        unannotated: documents that have no sentences yet.
        left_out: number of units left out as page furniture or recap.
    """

    units: list[Unit] = field(default_factory=list)
    unannotated: list[str] = field(default_factory=list)
    left_out: int = 0


def unit_id(doc_id: str, revision: str, start: int, end: int) -> str:
    """Name a stretch of a revision.

    Example:
        >>> unit_id("kz-1", "d3bd63f7a3ab1ad9", 0, 42)
        'kz-1:d3bd63f7a3ab1ad9:0-42'
    """
    return f"{doc_id}:{revision}:{start}-{end}"


def collect_units(
    corpus: Corpus, layout: Layout, unit: UnitName, language: str, furniture: bool | None = None
) -> UnitSet:
    """Cut all documents of a corpus into units.

    Parameters:
        corpus: an open corpus.
        layout: how annotations will be shown.
        unit: ``sentence``, ``paragraph``, ``quotation`` or ``document``.
        language: of the metadata keys.
        furniture: whether units of page furniture and recaps are shown; default: as the layout has it.

    Returns:
        the units, and which documents gave none.
    """
    found = UnitSet()
    annotations = corpus.annotations.select("doc_id", "layer", "label", "start", "end", "attributes").collect()
    rows = {key[0]: frame for key, frame in annotations.partition_by("doc_id", as_dict=True).items()}
    order = [theme.id for theme in corpus.codebook.themes]
    show = layout.furniture if furniture is None else furniture
    columns = ["id", "revision", "date", "title", "speaker", "text"]
    documents = corpus.documents.select(columns).sort(pl.col("date").fill_null(pl.date(1, 1, 1)), "id").collect()
    for document in documents.iter_rows(named=True):
        frame = rows.get(document["id"])
        annotated = frame.to_dicts() if frame is not None else []
        if not any(row["layer"] == "sentence" for row in annotated):
            found.unannotated.append(document["id"])
            continue
        units, left_out = cut(document, annotated, layout, unit, language, order, show)
        found.units += units
        found.left_out += left_out
    return found


def cut(
    document: Row,
    annotations: Sequence[Row],
    layout: Layout,
    unit: UnitName,
    language: str,
    order: Sequence[str],
    furniture: bool,
) -> tuple[list[Unit], int]:
    """Cut one document into units.

    Parameters:
        document: id, revision, text, date, title, speaker.
        annotations: its rows: layer, label, start, end, attributes (JSON text or a dict).
        layout, unit, language: as in ``collect_units``.
        order: theme ids in the order of the codebook.
        furniture: whether units of page furniture and recaps are kept.

    Returns:
        the units in order of position, and how many were left out as furniture.
    """
    text = document["text"]
    layers: dict[str, list[Row]] = {}
    for row in sorted(annotations, key=lambda row: (row["start"], row["end"])):
        layers.setdefault(row["layer"], []).append(row)
    ranges = list(_ranges(text, layers, unit, layout))
    outside = (
        []
        if furniture
        else [(row["start"], row["end"]) for name in ("chrome", "background") for row in layers.get(name, ())]
    )
    kept = [place for place in ranges if 2 * _covered(place, outside) < place[1] - place[0]]
    inside, beyond = _place(shown_labels(layers, layout), kept, layout)
    sentences = layers.get("sentence", ()) if unit == "quotation" else ()
    places = [(row["start"], row["end"]) for row in sentences]
    page = _Page(document, layers.get("quote", ()), unit, language, places, kept)
    units = []
    for position, (start, end) in enumerate(kept):
        shown, hidden = _arrange(inside[position], layout, end - start, order)
        written = labels_to_json(shown) if shown else "[]"
        units.append(Unit(page, start, end, written, hidden, tuple(sorted(beyond[position]))))
    return units, len(ranges) - len(kept)


class _Page:
    """A document as its units show it."""

    __slots__ = ("_about", "_kept", "_names", "_quotes", "_sentences", "_unit", "doc_id", "revision", "text")

    def __init__(
        self,
        document: Row,
        quotes: Sequence[Row],
        unit: UnitName,
        language: str,
        sentences: Sequence[tuple[int, int]],
        kept: Sequence[tuple[int, int]],
    ) -> None:
        self.doc_id, self.revision, self.text = str(document["id"]), str(document["revision"]), str(document["text"])
        self._about = {name: str(document[name] or "") for name in ("speaker", "date", "title")}
        self._names = localized(interface()["metadata"], language)
        self._quotes, self._unit, self._sentences, self._kept = quotes, unit, sentences, kept

    def meta(self, start: int, end: int) -> dict[str, str]:
        names, passage = self._names, (start, end)
        if self._unit == "quotation":
            passage = _passage(start, end, self._quotes, self._sentences)
            before, after = self.text[: passage[0]], self.text[passage[1] :]
        else:
            position = bisect_left(self._kept, (start, end))
            before = self.text[slice(*self._kept[position - 1])] if position else ""
            after = self.text[slice(*self._kept[position + 1])] if position + 1 < len(self._kept) else ""
        found = {
            names["previous"]: _shorten(before, from_end=True),
            names["next"]: _shorten(after),
            names["speaker"]: _speaker(self._quotes, start, end) or self._about["speaker"],
            names["date"]: self._about["date"],
            names["title"]: self._about["title"],
        }
        if self._unit == "quotation":
            found[names["attribution"]] = _attribution(self.text, passage, start, end)
        return found | dict(zip(IDENTITY, (self.doc_id, self.revision, f"{start}-{end}"), strict=True))


def _ranges(
    text: str, layers: Mapping[str, Sequence[Row]], unit: UnitName, layout: Layout
) -> Iterator[tuple[int, int]]:
    """Where units lie, without white space at their ends."""
    places: Iterable[tuple[int, int]]
    if unit == "sentence":
        places = ((row["start"], row["end"]) for row in layers.get("sentence", ()))
    elif unit == "document":
        places = ((0, len(text)),)
    elif unit == "quotation":
        places = _quotations(layers, layout)
    else:
        held = [(row["start"], row["end"]) for name in ("sentence", "quote") for row in layers.get(name, ())]
        places = _paragraphs(text, held)
    for start, end in places:
        words = text[start:end]
        left, right = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        if left < right:
            yield left, right


def _quotations(layers: Mapping[str, Sequence[Row]], layout: Layout) -> Iterator[tuple[int, int]]:
    """The words of each quotation; where its speaker is shown too, the whole sentences of both.

    Quotations that overlap, or whose sentences are the same, are one unit.
    """
    quotes = layers.get("quote", ())
    sentences = [(row["start"], row["end"]) for row in layers.get("sentence", ())]
    whole = layout.name == "voices" or layout.relations
    last: tuple[int, int] | None = None
    places = ((row["start"], row["end"]) for row in quotes)
    for start, end in sorted(_passage(*place, quotes, sentences) if whole else place for place in places):
        if last is not None and start < last[1]:
            last = last[0], max(last[1], end)
            continue
        if last is not None:
            yield last
        last = start, end
    if last is not None:
        yield last


def _passage(start: int, end: int, quotes: Iterable[Row], sentences: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The sentences that hold the quotations of a stretch, and the words near them that say whose they are."""
    held = [(start, end)]
    for row in quotes:
        if row["start"] < end and start < row["end"]:
            parts = (_attributes(row).get(name) for name in ("mention", "cue"))
            held += [
                (left, right) for left, right in filter(None, parts) if start - _NEAR < left and right < end + _NEAR
            ]
    left, right = min(place[0] for place in held), max(place[1] for place in held)
    around = [place for place in sentences if place[0] < right and left < place[1]]
    return min([left, *(place[0] for place in around)]), max([right, *(place[1] for place in around)])


def _attribution(text: str, passage: tuple[int, int], start: int, end: int) -> str:
    """What the sentences of a quotation say around it; three dots stand for the quotation."""
    before, after = text[passage[0] : start], text[end : passage[1]]
    return f"{_shorten(before, from_end=True)}…{_shorten(after)}" if (before + after).strip() else ""


def _paragraphs(text: str, held: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Paragraphs end at blank lines, in a text without any at each line end; never inside a sentence or a quotation."""
    gaps = _BLANK_LINES.finditer(text)
    breaks = [gap for gap in gaps if text[: gap.start()].strip() and text[gap.end() :].strip()]
    start = 0
    for gap in breaks or _LINES.finditer(text):
        if not any(left < gap.start() and gap.end() < right for left, right in held):
            yield start, gap.start()
            start = gap.end()
    yield start, len(text)


def shown_labels(layers: Mapping[str, Sequence[Row]], layout: Layout) -> Iterator[Label]:
    """What the layout shows of a document's annotations, in code points of the document.

    Parameters:
        layers: layer → its annotations: label, start, end, attributes (JSON text or a dict).
        layout: how they are shown.
    """
    if layout.name != "voices":
        for row in layers.get("theme", ()):
            yield Label("theme", row["label"], row["start"], row["end"])
            if layout.name == "themes":
                for start, end in _attributes(row).get("evidence") or ():
                    yield Label("evidence", row["label"], start, end)
    shown = {row["layer"] for row in voice_rows(layout)}
    for layer in ("quote", "chrome", "background"):
        for row in layers.get(layer, ()) if layer in shown else ():
            label = voice_label(layer, row["label"])
            if label:
                yield Label(layer, label, row["start"], row["end"])
    for row in layers.get("quote", ()):
        for part in ("mention", "cue"):
            place = _attributes(row).get(part)
            if place and part in shown:
                yield Label(part, part, *place)
            if place and part == "mention" and layout.relations and voice_label("quote", row["label"]):
                yield Label("relation", "speaker", row["start"], row["end"], (place[0], place[1]))


def _place(
    labels: Iterable[Label], units: Sequence[tuple[int, int]], layout: Layout
) -> tuple[list[list[Label]], list[list[Label]]]:
    """The labels of each unit, in code points of the unit, and those that reach beyond the unit they begin in.

    A theme belongs to every unit that it touches; anything else only to the unit that holds all of it.
    """
    starts = [start for start, _ in units]
    placed: list[list[Label]] = [[] for _ in units]
    beyond: list[list[Label]] = [[] for _ in units]
    for label in labels:
        touches = label.layer == "theme" and layout.name == "themes"
        position = max(0, bisect_right(starts, label.start) - 1)
        first, held = None, False
        while position < len(units) and units[position][0] < label.end:
            start, end = units[position]
            left, right = max(label.start, start), min(label.end, end)
            whole = (left, right) == (label.start, label.end) and all(start <= at <= end for at in label.target)
            if right > left:
                first = position if first is None else first
                if touches or whole:
                    target = (label.target[0] - start, label.target[1] - start) if label.target else ()
                    placed[position].append(Label(label.layer, label.label, left - start, right - start, target))
                    held = True
            position += 1
        if first is not None and not held:
            start = units[first][0]
            target = (label.target[0] - start, label.target[1] - start) if label.target else ()
            beyond[first].append(Label(label.layer, label.label, label.start - start, label.end - start, target))
    return placed, beyond


def _arrange(
    labels: Sequence[Label], layout: Layout, length: int, order: Sequence[str]
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Labels as the layout can show them, and those that it cannot."""
    if layout.name != "themes":
        return tuple(sorted(set(labels))), ()
    themes = {Label("theme", label.label, 0, length) for label in labels if label.layer == "theme"}
    words = [label for label in set(labels) if label.layer == "evidence"]
    kept, hidden = resolve_overlaps(words, order)
    return (*sorted(themes), *kept), tuple(hidden)


def _speaker(quotes: Iterable[Row], start: int, end: int) -> str | None:
    """Whose words a unit mostly is: the speaker of the quotation that covers most of it."""
    best, most = None, 0
    for row in quotes:
        shared = min(row["end"], end) - max(row["start"], start)
        if shared > most:
            best, most = _attributes(row).get("speaker"), shared
    return best


def _covered(place: tuple[int, int], others: Iterable[tuple[int, int]]) -> int:
    return sum(max(0, min(place[1], end) - max(place[0], start)) for start, end in others)


def _attributes(row: Row) -> dict[str, Any]:
    value = row["attributes"]
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


def _shorten(text: str, from_end: bool = False) -> str:
    text = " ".join(text.split())
    if len(text) <= _NEIGHBOUR:
        return text
    return "…" + text[-_NEIGHBOUR:] if from_end else text[:_NEIGHBOUR] + "…"
