"""JSON Lines: one document a line with its text, provenance, annotations and people's labels. Written and read.

The form is a promise to users: fields are added, never renamed. Times of fetching and labelling stay in the corpus, so
that the same texts and labels always give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.intake import Coming, problem_of_value, store
from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Format, Report
from schemas.annotation import Annotation
from schemas.document import Document, Source
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

_BATCH_LINES = 200
_BATCH_BYTES = 16_000_000


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
        items: list[Coming] = []
        for number, line in batch:
            try:
                items.append(Coming(*parse(json.loads(line.decode("utf-8-sig")))))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                report.failures.append(MinberError("MB604", f"{name}:{number}", problem=problem_of_value(error)))
        if items:
            store(corpus, items, report, whole=True)
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


def parse(data: object) -> tuple[Document, list[dict[str, Any]]]:
    """Read a document and its annotations in the form of a line; unknown fields are left to whoever added them.

    Parameters:
        data: what ``as_json`` made.

    Returns:
        the document, and whole rows of its annotations.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is not such a document, or an annotation does not fit.
    """
    if not isinstance(data, dict):
        raise TypeError("it is not a JSON object")
    now = dt.datetime.now(dt.UTC)
    document = document_of(data, now)
    rows = []
    for number, row in enumerate(data.get("annotations") or []):
        known = {key: row[key] for key in Annotation.model_fields if key in row}
        given_ids = {"doc_id": document.id, "revision": document.revision, "created": now}
        annotation = Annotation.model_validate(known | given_ids)
        if annotation.end > len(document.text):
            raise ValueError(f"annotations.{number}: end {annotation.end} lies behind the text ({len(document.text)})")
        rows.append(annotation.model_dump())
    return document, rows


def document_of(data: Mapping[str, Any], now: dt.datetime) -> Document:
    """Read the document of a line, without its annotations.

    Parameters:
        data: what ``as_json`` made.
        now: when it came in.

    Returns:
        the document.

    Raises:
        ValueError, TypeError, AttributeError: it is no document, or its text is not canonical.
    """
    from corpus.ingest.canonical import canonical

    given = data.get("source") or {}
    source = Source(**{key: given[key] for key in Source.model_fields if key in given} | {"retrieved": now})
    fields = {key: data[key] for key in Document.model_fields if key in data and key != "source"}
    document = Document(**fields, source=source)
    if canonical(document.text) != document.text:
        raise ValueError(
            "text: not canonical (Unicode NFC, line ends \\n, no control characters), so offsets would shift"
        )
    return document


FORMAT = Format("jsonl", "one document a line: text, provenance, annotations, labels", export_jsonl, import_jsonl)
"""The format, for the registry."""
