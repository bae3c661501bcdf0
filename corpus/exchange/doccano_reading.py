"""Doccano's own exports on their way into a corpus: the JSON Lines that somebody downloaded, or the ZIP of them.

A row that Minber once wrote is a unit of a document that the corpus has; what stands in it beyond the annotators' own
labels is the person's. A row of other people's projects is a document of its own, and all of its labels are theirs.
Whose they are is what the file in the ZIP is called. Offsets are UTF-16 units, as Doccano's page counts.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.exchange.foreign import Letters, address, foreign_document
from corpus.exchange.intake import Coming, Intake
from corpus.exchange.members import members_of_zip
from corpus.exchange.reading import Described, described_document
from corpus.exchange.registry import Report
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.doccano.layouts import Label, Layout
    from corpus.store import Corpus

READER = "doccano@1"
WHOEVER = "doccano"
_EVERYBODY = ("all", "unknown")
"""What Doccano calls files that are nobody's."""
_LONGEST = 64 * 1024 * 1024


@dataclass(slots=True)
class _Reading:
    """One import.

    Attributes:
        intake: where documents go.
        known: labels of ours by layout, kind and name.
        absent: documents that were named as missing.
        same: labels that the annotators give as well.
        comments: that were left out.
        at: the document that the last row belonged to, and its units' labels by layout.
    """

    intake: Intake
    known: dict[str, dict[tuple[str, str], tuple[str, str]]]
    absent: set[str] = field(default_factory=set)
    same: int = 0
    comments: int = 0
    at: Described | None = None
    units: dict[str, dict[str, set[Label]]] = field(default_factory=dict)
    coming: Coming | None = None


def import_doccano(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read rows that Doccano exported into a corpus.

    Parameters:
        corpus: the corpus; its settings say in which language labels are named.
        stream: JSON Lines, or a ZIP of them.
        name: of the stream, for messages.

    Returns:
        what came in; a row that cannot be had is a failure MB607, a label that does not fit MB606, a document that the
        corpus does not have MB610.

    Raises:
        MinberError: MB608 there are no rows in it.
    """
    from corpus.doccano.layouts import LAYOUTS, choose_layout, label_types

    report, language = Report(), corpus.settings.doccano.language
    known: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for layout_name, layout in LAYOUTS.items():
        shown = choose_layout(layout_name, True, False) if layout.overlap else layout
        types = label_types(shown, corpus.codebook, language)
        known[layout_name] = {(one.kind, one.name): (one.layer, one.label) for one in types}
    rows = 0
    with Intake(corpus, report) as intake:
        reading = _Reading(intake, known)
        for who, place, line in _lines(stream, name):
            rows += 1
            try:
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    raise TypeError("it is no row with a text")
                _take(reading, row, who, place)
            except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
                intake.fail("MB607", place, error, document="?")
        _close(reading)
    if not rows:
        raise MinberError("MB608", name, form="doccano", problem="there are no rows in it")
    if reading.same:
        note = (
            f"{reading.same} label(s) are the annotators' own and were not taken for a person's; minber pull knows more"
        )
        report.notes.append(note)
    if reading.comments:
        report.notes.append(f"{reading.comments} comment(s) were left out")
    return report


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[str, str, bytes]]:
    """Who, place and line; lines end at \\n alone."""
    source = stream if stream.seekable() else io.BytesIO(stream.read())
    start = source.read(4)
    source.seek(0)
    if not start.startswith(b"PK"):
        yield from _numbered(source, WHOEVER, name)
        return
    members = members_of_zip(source, name, "doccano")
    for member in members.names:
        path = PurePosixPath(member)
        if path.suffix.lower() in (".jsonl", ".json"):
            who = WHOEVER if path.stem in _EVERYBODY else path.stem
            yield from _numbered(io.BytesIO(members.read(member)), who, f"{name}#{member}")


def _numbered(stream: BinaryIO, who: str, place: str) -> Iterator[tuple[str, str, bytes]]:
    number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        if line.strip():
            yield who, f"{place}:{number}", line


def _layout_of(reading: _Reading, row: Mapping[str, Any]) -> Layout:
    """The layout of a row: by its form, and of those that look alike by the names of its labels."""
    from corpus.doccano.layouts import LAYOUTS, choose_layout

    if "cats" in row:
        return LAYOUTS["themes"]
    spans = row.get("entities") or row.get("label") or ()
    names = [span["label"] if isinstance(span, dict) else span[2] for span in spans]
    usual = reading.intake.corpus.settings.doccano.layout
    order = sorted(("voices", "spans"), key=lambda name: name != usual)
    best = max(order, key=lambda name: sum(("span", one) in reading.known[name] for one in names))
    return choose_layout("voices" if best == "voices" else "spans", "relations" in row, False)


def _take(reading: _Reading, row: dict[str, Any], who: str, place: str) -> None:
    from corpus.doccano.layouts import unit_of

    reading.comments += len(row.get("Comments") or ())
    if unit_of(row) is None:
        _take_foreign(reading, row, who, place)
        return
    doc_id, revision, (start, _, end) = row["doc_id"], row["rev"], row["range"].partition("-")
    if reading.at is None or reading.at.document.id != doc_id:
        _close(reading)
        try:
            reading.at = described_document(reading.intake.corpus, doc_id)
        except MinberError:
            reading.at = None
        reading.units = {}
    if reading.at is None or reading.at.document.revision != revision:
        if doc_id not in reading.absent:
            reading.absent.add(doc_id)
            error = MinberError("MB610", place, document=doc_id, revision=revision)
            reading.intake.report.failures.append(error)
        return
    document = reading.at.document
    if document.text[int(start) : int(end)] != row["text"]:
        raise ValueError(f"its text is not that of {doc_id} from {start} to {end}")
    layout = _layout_of(reading, row)
    given = _labels(reading, layout, row, place)
    ours = _ours(reading, reading.at, layout).get(row["range"], set())
    reading.same += len(given & ours)
    rows = []
    for label in sorted(given - ours):
        attributes: dict[str, Any] = {"decision": "added", "confirmed": False, "unit_id": unit_of(row)}
        if label.target:
            attributes["target"] = [place + int(start) for place in label.target]
        told: dict[str, Any] = {"layer": label.layer, "label": label.label, "origin": "human", "annotator": who}
        told |= {"start": label.start + int(start), "end": label.end + int(start), "attributes": attributes}
        rows.append((place, told))
    if reading.coming is None:
        reading.coming = Coming(document, [], partial=True)
    reading.coming.rows += reading.intake.annotations(document, rows)


def _close(reading: _Reading) -> None:
    """Hand a document on whose rows have all come."""
    if reading.coming is not None:
        reading.intake.add(reading.coming)
    reading.coming = None


def _labels(reading: _Reading, layout: Layout, row: Mapping[str, Any], place: str) -> set[Label]:
    from corpus.doccano.layouts import read_row

    labels, _, errors = read_row(layout, row, reading.known[layout.name])
    for error in errors:
        reading.intake.fail("MB606", place, error.message)
    return set(labels)


def _ours(reading: _Reading, described: Described, layout: Layout) -> dict[str, set[Label]]:
    """What the annotators give in each unit of the document, by where it lies, whatever it was cut into."""
    from corpus.doccano.units import cut

    if (found := reading.units.get(layout.name)) is None:
        found = reading.units[layout.name] = {}
        book = reading.intake.corpus.codebook
        order, language = [theme.id for theme in book.themes], reading.intake.corpus.settings.doccano.language
        document = described.document.model_dump()
        for unit, furniture in product(layout.units, {layout.furniture, True}):
            for one in cut(document, described.machine, layout, unit, language, order, furniture)[0]:
                found.setdefault(f"{one.start}-{one.end}", set()).update([*one.labels, *one.hidden])
    return found


def _take_foreign(reading: _Reading, row: dict[str, Any], who: str, place: str) -> None:
    """A row of somebody else's project: a document with labels."""
    from corpus.doccano.utf16 import Offsets

    raw, intake = row["text"], reading.intake
    letters, offsets = Letters(raw), Offsets(raw)
    name, _, number = place.rpartition(":")
    uri = address(name.partition("#")[0], str(row.get("id", number)))
    languages = intake.corpus.settings.corpus.languages
    data = raw.encode("utf-8", "surrogatepass")
    document = foreign_document(letters.text, data, "doccano", READER, uri, languages)
    shown = [] if "relations" in row else row.get("label") or ()
    shown = [shown] if isinstance(shown, str) else shown
    categories = [*(row.get("cats") or ()), *(one for one in shown if isinstance(one, str))]
    spans = [*(row.get("entities") or ()), *(one for one in shown if not isinstance(one, str))]
    names = {key: ours for types in reading.known.values() for key, ours in types.items()}
    rows: list[dict[str, Any]] = []
    by_id: dict[Any, dict[str, Any]] = {}
    for category in categories:
        layer, label = names.get(("category", category), ("category", str(category)))
        rows.append({"layer": layer, "label": label, "start": 0, "end": len(letters.text)})
    for span in spans:
        start, end, told = (
            (span["start_offset"], span["end_offset"], span["label"]) if isinstance(span, dict) else span[:3]
        )
        layer, label = names.get(("span", told), ("entity", str(told)))
        attributes: dict[str, Any] = {"confirmed": False}
        try:
            at = [letters.at(offsets.to_code_point(one)) for one in (start, end)]
        except (MinberError, ValueError, TypeError) as error:
            intake.fail("MB606", place, error.message if isinstance(error, MinberError) else error)
            continue
        rows.append({"layer": layer, "label": label, "start": at[0], "end": at[1], "attributes": attributes})
        if isinstance(span, dict):
            by_id[span.get("id")] = rows[-1]
    for one in row.get("relations") or ():
        if one["from_id"] not in by_id or one["to_id"] not in by_id:
            intake.fail("MB606", place, f"its relation {one['type']} has no words that it could lead from or to")
            continue
        to = by_id[one["to_id"]]
        tied = by_id[one["from_id"]]["attributes"].setdefault("relations", [])
        tied.append([one["type"], to["start"], to["end"]])
    common = {"origin": "human", "annotator": who, "attributes": {"confirmed": False}}
    checked = intake.annotations(document, ((place, common | one) for one in rows))
    intake.add(Coming(document, checked, data, partial=True))
