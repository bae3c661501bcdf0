"""JSON Lines: one document a line with its text, provenance, annotations and people's labels. Written and read.

The form is a promise to users: fields are added, never renamed. Times of fetching and labelling stay in the corpus, so
that the same texts and labels always give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl
from pydantic import ValidationError

from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Format, Report
from corpus.store.corpus import DONE_LAYER, sql_in
from schemas.annotation import Annotation
from schemas.document import Document, Source
from schemas.errors import MinberError
from schemas.tables import ANNOTATIONS, LABELS

if TYPE_CHECKING:
    from corpus.store import Corpus

_BATCH_LINES = 200
_BATCH_BYTES = 16_000_000
_IMPORTED = "import"
"""``run`` of annotations, and ``project`` of labels, that came from a file and name none of their own."""
_LABEL_KEYS = ["doc_id", "revision", "layer", "label", "start", "end", "annotator", "project", "unit_id"]


def as_json(described: Described) -> dict[str, Any]:
    """Put a document and its annotations into the form of one line.

    Parameters:
        described: the document and its annotations, in stable order.

    Returns:
        values that JSON can hold; keys in the order in which they are written.
    """
    document, source = described.document, described.document.source
    origin = {"uri": source.uri, "publisher": source.publisher, "sha256": source.sha256, "reader": source.reader}
    line: dict[str, Any] = {
        "id": document.id,
        "revision": document.revision,
        "lang": document.lang,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "kind": document.kind,
        "speaker": document.speaker,
        "version_of": document.version_of,
        "source": origin | ({"encoding": source.encoding} if source.encoding else {}),
        "text": document.text,
        "annotations": described.annotations,
    }
    for name in ("occasion", "place", "alternates", "docvars"):
        if value := getattr(document, name):
            line[name] = value
    if document.origins:
        line["origins"] = dict(sorted(document.origins.items()))
    return line


def export_jsonl(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write one document a line, UTF-8, letters as they are, ordered by id.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the lines go; memory stays bounded by a few million letters.

    Returns:
        how much went out.
    """
    report = Report()
    for described in described_documents(corpus, where):
        line = json.dumps(as_json(described), ensure_ascii=False, separators=(", ", ": "))
        out.write(line.encode("utf-8") + b"\n")
        report.documents += 1
        report.rows += len(described.annotations)
    return report


def import_jsonl(corpus: Corpus, stream: BinaryIO, name: str) -> Report:
    """Read lines in the form of ``export_jsonl`` into a corpus.

    Importing twice changes nothing. Machine annotations of a component that has itself worked on the document in this
    corpus are left out, and ``minber annotate`` later puts its own in the place of imported ones; people's labels are
    added to those that are there. The raw bytes are not in the file, so the corpus then knows their digest only.

    Parameters:
        corpus: the corpus.
        stream: the lines.
        name: of the stream, for messages.

    Returns:
        what came in; each line that did not is a failure MB604 with its place.
    """
    report = Report()
    for batch in _batches(stream):
        items: list[tuple[Document, list[dict[str, Any]]]] = []
        for number, line in batch:
            try:
                items.append(_parse(line))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                report.failures.append(MinberError("MB604", f"{name}:{number}", problem=_problem(error)))
        if items:
            _store(corpus, items, report)
    return report


def _batches(stream: BinaryIO) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    size = 0
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        batch.append((number, line))
        size += len(line)
        if len(batch) >= _BATCH_LINES or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _parse(line: bytes) -> tuple[Document, list[dict[str, Any]]]:
    """A document and rows of its annotations; unknown fields are left to whoever added them."""
    from corpus.ingest.canonical import canonical

    data = json.loads(line.decode("utf-8-sig"))
    if not isinstance(data, dict):
        raise TypeError("it is not a JSON object")
    now = dt.datetime.now(dt.UTC)
    given = data.get("source") or {}
    source = Source(**{key: given[key] for key in Source.model_fields if key in given} | {"retrieved": now})
    fields = {key: data[key] for key in Document.model_fields if key in data and key != "source"}
    document = Document(**fields, source=source)
    if canonical(document.text) != document.text:
        raise ValueError(
            "text: not canonical (Unicode NFC, line ends \\n, no control characters), so offsets would shift"
        )
    rows = []
    for number, row in enumerate(data.get("annotations") or []):
        known = {key: row[key] for key in Annotation.model_fields if key in row}
        given_ids = {"doc_id": document.id, "revision": document.revision, "created": now}
        annotation = Annotation.model_validate(known | given_ids)
        if annotation.end > len(document.text):
            raise ValueError(f"annotations.{number}: end {annotation.end} lies behind the text ({len(document.text)})")
        rows.append(annotation.model_dump())
    return document, rows


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        return f"{field}: {first['msg'].removeprefix('Value error, ')}" if field else first["msg"]
    return f"{type(error).__name__.removesuffix('Error')}: {error}" if isinstance(error, KeyError) else str(error)


def _store(corpus: Corpus, items: list[tuple[Document, list[dict[str, Any]]]], report: Report) -> None:
    stored = corpus.add_documents([(document, None) for document, _ in items])
    report.documents += sum(one.status != "unchanged" for one in stored)
    report.unchanged += sum(one.status == "unchanged" for one in stored)
    rows = [row for _, some in items for row in some]
    report.rows += _store_machine(corpus, items, [row for row in rows if row["origin"] == "machine"])
    report.rows += _store_human(corpus, items, [row for row in rows if row["origin"] == "human"])


def _store_machine(corpus: Corpus, items: list[tuple[Document, Any]], rows: list[dict[str, Any]]) -> int:
    """Bring machine rows in: in place of earlier imports, but not of what a component here has found itself."""
    ids = [document.id for document, _ in items]
    here = corpus.table("annotations").filter(pl.col("doc_id").is_in(ids)).collect()
    own = here.filter(pl.col("run") != _IMPORTED)
    treated = set(own.select("doc_id", "revision", pl.col("annotator").str.split("@").list.first()).iter_rows())
    kept = [row for row in rows if (row["doc_id"], row["revision"], row["annotator"].partition("@")[0]) not in treated]
    found = [row | {"attributes": _text(row["attributes"]), "run": _IMPORTED} for row in kept]
    frame = pl.DataFrame(found + _bookkeeping(found), schema=ANNOTATIONS)
    columns = [name for name in ANNOTATIONS if name != "created"]
    before = here.filter(pl.col("run") == _IMPORTED).select(columns)
    if _same(before, frame.select(columns)):
        return 0
    corpus.replace("annotations", frame, f"{sql_in('doc_id', ids)} AND run = '{_IMPORTED}'")
    return len(found)


def _bookkeeping(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that say which component made what came in, with a fingerprint that is never current.

    So ``minber annotate`` knows that these rows are there, and puts its own in their place.
    """
    from annotators.pipeline import COMPONENTS

    marks = {}
    for row in rows:
        component = row["annotator"].partition("@")[0]
        if component in COMPONENTS:
            place = {"layer": DONE_LAYER, "label": component, "start": 0, "end": 0, "score": 1.0, "attributes": "{}"}
            marks[row["doc_id"], row["revision"], row["annotator"]] = row | place
    return list(marks.values())


def _store_human(corpus: Corpus, items: list[tuple[Document, Any]], rows: list[dict[str, Any]]) -> int:
    """Add people's labels that are new or say something else than before."""
    if not rows:
        return 0
    labels = []
    for row in rows:
        attributes = dict(row["attributes"])
        labels.append(
            {
                name: row[name]
                for name in ("doc_id", "revision", "layer", "label", "start", "end", "annotator", "origin")
            }
            | {
                "decision": attributes.pop("decision", "rejected" if row["score"] == 0.0 else "added"),
                "confirmed": bool(attributes.pop("confirmed", True)),
                "unit_id": attributes.pop("unit_id", ""),
                "project": attributes.pop("project", ""),
                "attributes": _text(attributes),
                "first_seen": row["created"],
                "last_seen": row["created"],
            }
        )
    frame = pl.DataFrame(labels, schema=LABELS)
    ids = [document.id for document, _ in items]
    here = corpus.labels.filter(pl.col("doc_id").is_in(ids)).collect()
    said = [*_LABEL_KEYS, "decision", "confirmed", "attributes"]
    fresh = frame.join(here.with_columns(pl.col("unit_id", "project").fill_null("")), on=said, how="anti")
    if fresh.height:
        corpus.upsert("labels", fresh, keys=_LABEL_KEYS)
    return fresh.height


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.height == other.height and one.sort(one.columns).equals(other.sort(other.columns))


def _text(attributes: dict[str, Any]) -> str:
    return json.dumps(attributes, ensure_ascii=False)


FORMAT = Format("jsonl", "one document a line: text, provenance, annotations, labels", export_jsonl, import_jsonl)
"""The format, for the registry."""
