"""What a format of another program cannot hold travels beside what it shows, so that nothing is lost on the way back.

A sheet is a line of JSON Lines without the text. On the way back, what the file shows decides: an annotation that it
should show and does not was taken out by somebody, one that the sheet does not know was added by somebody, and what the
format never shows comes back from the sheet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.exchange.intake import Coming, Intake
from corpus.exchange.jsonl import as_json, document_of
from corpus.exchange.reading import Described
from schemas.document import Document

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An annotation as the file shows it.

    Attributes:
        place: for messages.
        mark: what the format shows of it, the same as for the annotation that it was written from.
        row: fields of ``Annotation`` for one that nobody wrote from ours; none for words that only another is tied to.
        machine: whether it stands among what the annotators found, and is somebody's only if it was not there before.
    """

    place: str
    mark: Hashable
    row: dict[str, Any] = field(default_factory=dict)
    machine: bool = False


def sheet(described: Described, **more: object) -> str:
    """Write all that is known of a document and its annotations, but not its text.

    Parameters:
        described: the document.
        more: what the format needs beside it.

    Returns:
        JSON in one line.
    """
    told = as_json(described) | more
    del told["text"]
    return json.dumps(told, ensure_ascii=False)


def read_sheet(data: str | bytes) -> dict[str, Any]:
    """Read what ``sheet`` wrote.

    Raises:
        ValueError: it is none.
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"what Minber noted of it is damaged ({error})") from error
    rows = told.get("annotations") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or "id" not in told:
        raise ValueError("what Minber noted of it is damaged")
    return dict(told)


def bring_back(
    intake: Intake,
    place: str,
    told: Mapping[str, Any] | None,
    text: str,
    data: bytes,
    found: Iterable[Found],
    marks_of: Callable[[Row], Iterable[Hashable]],
    otherwise: Callable[[], Document],
    reader: str,
) -> Coming:
    """Put a document together from what a file shows and from its sheet.

    Parameters:
        intake: where failures and notes go.
        place: of the document, for messages.
        told: its sheet; None where there is none.
        text: in canonical form.
        data: the bytes that the text came from.
        found: what the file shows.
        marks_of: what the format shows of an annotation: first of itself, then of the words that it is tied to; nothing
            of one that it does not show.
        otherwise: makes a document where there is no sheet.
        reader: what read the file.

    Returns:
        the document with its annotations.

    Raises:
        ValueError: it is no document.
    """
    marked = list(found)
    shown = [one for one in marked if one.row]
    if told is None:
        document = otherwise()
        rows = intake.annotations(document, ((one.place, one.row) for one in shown))
        return Coming(document, rows, data, partial=True)
    now = dt.datetime.now(dt.UTC)
    try:
        document = document_of({**told, "text": text}, now)
    except ValueError:
        bare = document_of({**told, "text": text, "revision": ""}, now)  # raises anew where the text is not the reason
        changed = {"sha256": hashlib.sha256(data).hexdigest(), "reader": reader, "encoding": None}
        document = bare.model_copy(update={"source": bare.source.model_copy(update=changed)})
        note = f"{place}: the text was changed since it was exported; what the annotators had found is left out"
        if people := _unshown(told["annotations"], marks_of):
            note += f", and so are {people} label(s) of people that only Minber's notes held"
        intake.report.notes.append(note)
        rows = intake.annotations(document, ((one.place, one.row) for one in shown if not one.machine))
        return Coming(document, rows, data, partial=True)
    seen, known, kept = {one.mark for one in marked}, set[Hashable](), []
    for number, row in enumerate(told["annotations"]):
        try:
            marks = list(marks_of(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            intake.fail("MB606", f"{place}: annotation {number}", error)
            continue
        known.update(marks)
        if not marks or marks[0] in seen:
            kept.append((f"{place}: annotation {number}", row))
    added = [(one.place, one.row) for one in shown if one.mark not in known]
    return Coming(document, intake.annotations(document, [*kept, *added]))


def _unshown(rows: Iterable[Row], marks_of: Callable[[Row], Iterable[Hashable]]) -> int:
    """How many labels of people the format does not show; one that is damaged is not shown either."""
    number = 0
    for row in rows:
        if row.get("origin") == "human":
            try:
                number += not list(marks_of(row))
            except (KeyError, TypeError, ValueError, AttributeError):
                number += 1
    return number
