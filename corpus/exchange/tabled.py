"""Tables of annotations (`corpus.exchange.table`) on their way back into a corpus.

Rows of a document stand together. A table whose texts somebody took out still brings its annotations, to documents that
the corpus has in the same revision: so a researcher's labels come back from R or a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corpus.exchange.intake import Coming, Intake
from corpus.exchange.registry import Report
from schemas.document import Document, Source
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

NEEDED = ("doc_id", "revision")
"""Columns without which a table is none of ours."""
_FIELDS = ("lang", "title", "date", "kind", "speaker", "occasion", "place", "version_of")
_OBJECTS = ("docvars", "alternates", "origins")
_QUOTING = ("quote", "reported")
"""Layers whose annotations always say whose words they are, be it nobody's."""


@dataclass(slots=True)
class _Group:
    """The rows of one document: place for messages, column → value."""

    doc_id: str
    rows: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


def import_table(
    corpus: Corpus, rows: Iterable[tuple[str, Mapping[str, Any]]], name: str, reader: str, report: Report
) -> Report:
    """Read rows of ``table.COLUMNS`` into a corpus; other columns are left to whoever added them.

    Parameters:
        corpus: the corpus.
        rows: place for messages, and column → value: text, or of the column's own type; None for nothing.
        name: of the table, for messages.
        reader: what read the table, for texts that came from nowhere else.
        report: where what came in is counted, and what did not is named.

    Returns:
        the report; a document that cannot be had is a failure MB607, an annotation that does not fit MB606, a
        document that is neither in the table nor in the corpus MB610.
    """
    seen = set[str]()
    revisions = dict(corpus.heads().select("id", "revision").iter_rows())
    with Intake(corpus, report) as intake:
        for group in _groups(rows, name, intake):
            if group.doc_id in seen:
                problem = "its rows do not stand together; sort the table by doc_id"
                intake.fail("MB607", group.rows[0][0], problem, document=group.doc_id)
                continue
            seen.add(group.doc_id)
            try:
                coming = _coming(corpus, group, revisions, reader)
            except MinberError as error:
                report.failures.append(error)
                continue
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                intake.fail("MB607", group.rows[0][0], error, document=group.doc_id)
                continue
            coming.rows = intake.annotations(coming.document, _annotations(group, intake))
            intake.add(coming)
    return report


def _groups(rows: Iterable[tuple[str, Mapping[str, Any]]], name: str, intake: Intake) -> Iterator[_Group]:
    group: _Group | None = None
    for place, row in rows:
        where = f"{name}:{place}"
        doc_id = row.get("doc_id")
        if not doc_id:
            intake.fail("MB607", where, "the row names no document", document="?")
            continue
        if group is None or group.doc_id != doc_id:
            if group is not None:
                yield group
            group = _Group(str(doc_id))
        group.rows.append((where, row))
    if group is not None:
        yield group


def _coming(corpus: Corpus, group: _Group, revisions: Mapping[str, str], reader: str) -> Coming:
    """The document of a group: out of its rows, or, where the table has no text, the corpus's own."""
    place, first = group.rows[0]
    revision = str(first.get("revision") or "")
    text = _text(row for _, row in group.rows)
    if text is None:
        if revisions.get(group.doc_id) is None or revision not in ("", revisions[group.doc_id]):
            raise MinberError("MB610", place, document=group.doc_id, revision=revision or "any")
        return Coming(corpus.document(group.doc_id), [], partial=True)
    told: dict[str, Any] = {name: first[name] for name in _FIELDS if first.get(name) is not None}
    told |= {name: _object(first[name], name) for name in _OBJECTS if first.get(name) is not None}
    source = Source(
        uri=first.get("uri") or f"{reader.partition('@')[0]}:{group.doc_id}",
        publisher=first.get("publisher"),
        retrieved=dt.datetime.now(dt.UTC),
        sha256=first.get("sha256") or hashlib.sha256(text.encode("utf-8")).hexdigest(),
        reader=first.get("reader") or reader,
        encoding=first.get("encoding"),
    )
    return Coming(Document(id=group.doc_id, revision=revision, text=text, source=source, **told), [])


def _text(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """Put a text together from its pieces, in whatever order somebody sorted them; None where there are none."""
    from corpus.ingest.canonical import canonical

    pieces = sorted((_number(row.get("text_start") or 0), row["text"]) for row in rows if row.get("text"))
    if not pieces:
        return None
    text = ""
    for start, piece in pieces:
        if start != len(text):
            raise ValueError(f"text: the piece at {len(text)} is missing or changed")
        text += piece
    if canonical(text) != text:
        raise ValueError("text: not canonical (Unicode NFC, line ends \\n, no control characters)")
    return text


def _annotations(group: _Group, intake: Intake) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, row in group.rows:
        if row.get("layer") is None:
            continue
        try:
            yield place, _annotation(row)
        except (ValueError, TypeError) as error:
            intake.fail("MB606", place, error)


def _annotation(row: Mapping[str, Any]) -> dict[str, Any]:
    attributes = _object(row["attributes"], "attributes") if row.get("attributes") is not None else {}
    said = {"speaker": row.get("said_by"), "speaker_id": row.get("said_by_id")}
    quoting = row["layer"] in _QUOTING and row.get("origin") != "human"
    attributes |= {name: value for name, value in said.items() if value is not None or quoting}
    if row.get("decision") is not None:
        attributes["decision"] = row["decision"]
    found = {name: row.get(name) for name in ("layer", "label", "annotator")}
    found |= {name: row[name] for name in ("origin", "words") if row.get(name) is not None}
    found |= {name: _number(row.get(name)) for name in ("start", "end")}
    if row.get("score") is not None:
        found["score"] = float(row["score"])
    return found | {"attributes": attributes}


def _number(value: Any) -> int:
    """A whole number, also as a spreadsheet may write it: 7.0."""
    if value is None:
        raise ValueError("start or end is missing")
    number = float(value)
    if number != int(number):
        raise ValueError(f"{value} is no whole number")
    return int(number)


def _object(value: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: it is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise TypeError(f"{name}: it is not a JSON object")
    return found
