"""A table of annotations, one a row, with the words that each is about and the document's metadata beside it.

For spreadsheets, R, pandas, DuckDB: what JSON Lines holds as a tree. A document that has no annotations yet has one
row, so that counting documents gives their number. The text of a document stands in its first rows, in pieces that fit
into a cell of a spreadsheet: once a document, not once a row (`corpus.exchange.tabled` puts it together again).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Report

if TYPE_CHECKING:
    from corpus.store import Corpus

ROWS = 50_000
"""A batch ends with the document that reaches so many rows."""

PIECE = 16_000
"""Code points of a piece of text: a cell of Excel holds 32,767 UTF-16 units."""

COLUMNS = pl.Schema(
    {
        "doc_id": pl.String(),
        "revision": pl.String(),
        "lang": pl.String(),
        "title": pl.String(),
        "date": pl.Date(),
        "kind": pl.String(),
        "speaker": pl.String(),  # of a transcript
        "occasion": pl.String(),
        "place": pl.String(),
        "version_of": pl.String(),
        "publisher": pl.String(),
        "uri": pl.String(),
        "docvars": pl.String(),  # JSON object
        "layer": pl.String(),
        "label": pl.String(),
        "start": pl.Int64(),  # code points of the document's text
        "end": pl.Int64(),
        "words": pl.String(),
        "said_by": pl.String(),  # of a quotation: the speaker's name, and the id in the registry
        "said_by_id": pl.String(),
        "score": pl.Float64(),
        "annotator": pl.String(),
        "origin": pl.String(),  # machine | human
        "decision": pl.String(),  # of people: added | confirmed | rejected
        "attributes": pl.String(),  # JSON object: all that the columns above do not tell
        "sha256": pl.String(),  # of the bytes that the document was read from, and what read them
        "reader": pl.String(),
        "encoding": pl.String(),
        "alternates": pl.String(),  # JSON object
        "origins": pl.String(),  # JSON object
        "text_start": pl.Int64(),  # where the piece of the text in this row begins, code points
        "text": pl.String(),
    }
)
"""Columns are added behind these, never renamed."""

_OF_DOCUMENT = ("revision", "lang", "title", "date", "kind", "speaker", "occasion", "place", "version_of")
_OBJECTS = ("docvars", "alternates", "origins")


def frames(corpus: Corpus, where: pl.Expr | None, report: Report) -> Iterator[pl.DataFrame]:
    """Go through a corpus as a table, a batch at a time.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        report: what went out is counted there.

    Yields:
        rows of `COLUMNS`, by document and then by place; at least one frame, so that an empty corpus has a header.
    """
    rows: list[dict[str, Any]] = []
    begun = False
    for described in described_documents(corpus, where):
        rows += rows_of(described)
        report.documents += 1
        report.rows += len(described.annotations)
        if len(rows) >= ROWS:
            yield pl.DataFrame(rows, schema=COLUMNS)
            rows, begun = [], True
    if rows or not begun:
        yield pl.DataFrame(rows, schema=COLUMNS)


def rows_of(described: Described) -> list[dict[str, Any]]:
    """The rows of one document.

    Parameters:
        described: the document and its annotations.

    Returns:
        a row an annotation; one without layer where there are none.
    """
    document, source = described.document, described.document.source
    told: dict[str, Any] = {name: getattr(document, name) for name in _OF_DOCUMENT}
    told |= {name: getattr(source, name) for name in ("publisher", "uri", "sha256", "reader", "encoding")}
    told["doc_id"] = document.id
    told |= {name: _json(value) if (value := getattr(document, name)) else None for name in _OBJECTS}
    rows = []
    for annotation in described.annotations:
        attributes = dict(annotation["attributes"])
        rows.append(
            told
            | {name: annotation[name] for name in ("layer", "label", "start", "end", "score", "annotator", "origin")}
            | {
                "words": document.text[annotation["start"] : annotation["end"]],
                "said_by": attributes.pop("speaker", None),
                "said_by_id": attributes.pop("speaker_id", None),
                "decision": attributes.pop("decision", None),
                "attributes": _json(attributes) if attributes else None,
            }
        )
    rows = rows or [told]
    for number, (start, text) in enumerate(_pieces(document.text, len(rows))):
        rows[number] = rows[number] | {"text_start": start, "text": text}
    return rows


def _pieces(text: str, most: int) -> Iterator[tuple[int, str]]:
    """Cut a text into pieces that fit into a cell; the last of so many takes all that is left."""
    for number, start in enumerate(range(0, len(text), PIECE), 1):
        if number == most:
            yield start, text[start:]
            return
        yield start, text[start : start + PIECE]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
