"""A table of annotations, one a row, with the words that each is about and the document's metadata beside it.

For spreadsheets, R, pandas, DuckDB: what JSON Lines holds as a tree, without the texts themselves. A document that has
no annotations yet has one row, so that counting documents gives their number.
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
    }
)
"""Columns are added behind these, never renamed."""


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
    document = described.document
    told = {name: getattr(document, name) for name in COLUMNS if hasattr(document, name)}
    told |= {"doc_id": document.id, "publisher": document.source.publisher, "uri": document.source.uri}
    told["docvars"] = _json(document.docvars) if document.docvars else None
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
    return rows or [told]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
