"""What a layout cannot show, by which rule, as a list for people. Nothing of it is lost: our annotations hold it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from corpus.doccano.layouts import Label
from corpus.doccano.units import Unit
from schemas.errors import MinberError

OVERLAP = "overlaps words that are underlined: the longer ones stay, then the earlier, then the codebook's first theme"
CUT = "reaches beyond the unit"
ARROW = "the words that name the speaker lie outside of the unit"


@dataclass(frozen=True, slots=True)
class Omission:
    """A label that a unit on the server does not show.

    Attributes:
        unit_id, doc_id, revision: where.
        layer, label: what.
        start, end: code points of the document.
        words: in the unit.
        reason: which rule.
        shown_instead: label of the words that are underlined there; empty where nothing is.
    """

    unit_id: str
    doc_id: str
    revision: str
    layer: str
    label: str
    start: int
    end: int
    words: str
    reason: str
    shown_instead: str


def omissions(units: Sequence[Unit], order: Sequence[str]) -> list[Omission]:
    """List what units do not show.

    Parameters:
        units: as they are sent; those that are to show no pre-annotations omit nothing by a rule of the layout.
        order: theme ids in the order of the codebook.

    Returns:
        labels in order of unit and place.
    """
    rank = {name: place for place, name in enumerate(order)}
    found = []
    for unit in units:
        shown = [label for label in unit.labels if label.layer == "evidence"]
        for label in unit.hidden:
            over = [other for other in shown if other.start < label.end and label.start < other.end]
            first = min(over, key=lambda other: (other.start - other.end, other.start, rank.get(other.label, 0)))
            found.append(_omission(unit, label, OVERLAP, first.label))
        for label in unit.cut:
            held = label.start >= 0 and label.end <= len(unit.text)
            found.append(_omission(unit, label, ARROW if label.target and held else CUT, ""))
    return found


def write_omissions(path: Path, rows: Sequence[Omission]) -> None:
    """Write the list as CSV or JSON, by the ending of the file.

    Parameters:
        path: ``.csv`` or ``.json``.
        rows: each counts once, in however many projects its unit is.

    Raises:
        MinberError: MB507 another ending, or the file cannot be written.
    """
    dicts = [asdict(row) for row in dict.fromkeys(rows)]
    if path.suffix == ".json":
        text = json.dumps(dicts, ensure_ascii=False, indent=2) + "\n"
    elif path.suffix == ".csv":
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, [column.name for column in fields(Omission)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(dicts)
        text = buffer.getvalue()
    else:
        raise MinberError("MB507", path=path, problem="its ending says no format", known=".csv, .json")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MinberError("MB507", path=path, problem=error.strerror or str(error), known=".csv, .json") from error


def _omission(unit: Unit, label: Label, reason: str, instead: str) -> Omission:
    words = unit.text[max(0, label.start) : label.end]
    place = unit.start + label.start, unit.start + label.end
    return Omission(unit.unit_id, unit.doc_id, unit.revision, label.layer, label.label, *place, words, reason, instead)
