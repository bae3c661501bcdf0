"""What sources themselves mark in their texts, kept as machine annotations of the reader."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.ingest.reading import Mark
    from corpus.store import Corpus
    from schemas.document import Document

RUN = "ingest"
"""``run`` of the annotations that readers write."""


def store_marks(corpus: Corpus, items: Sequence[tuple[Document, Sequence[Mark]]]) -> None:
    """Store the marks of documents, in place of those that an earlier reading of them left.

    To be called before the documents themselves are stored: annotations of a revision that the corpus does not have yet
    are seen by nobody, while a document without its marks would pass for one without any.

    Parameters:
        corpus: an open corpus.
        items: documents with their marks.
    """
    if not any(marks for _, marks in items):
        return
    import polars as pl

    from corpus.store.corpus import sql_in
    from schemas.tables import ANNOTATIONS

    now = dt.datetime.now(dt.UTC)
    rows = [row for document, marks in items for row in _rows(document, marks, now)]
    fresh = pl.DataFrame(rows, schema=ANNOTATIONS)
    ids = [document.id for document, _ in items]
    here = corpus.table("annotations").filter(pl.col("doc_id").is_in(ids) & (pl.col("run") == RUN)).collect()
    columns = [name for name in ANNOTATIONS if name != "created"]
    if not here.height:
        corpus.append("annotations", fresh)
    elif not here.select(columns).sort(columns).equals(fresh.select(columns).sort(columns)):
        corpus.replace("annotations", fresh, f"{sql_in('doc_id', ids)} AND run = '{RUN}'")


def _rows(document: Document, marks: Sequence[Mark], now: dt.datetime) -> list[dict[str, Any]]:
    return [
        {
            "doc_id": document.id,
            "revision": document.revision,
            "layer": mark.layer,
            "label": mark.label,
            "start": mark.start,
            "end": mark.end,
            "score": 1.0,
            "annotator": document.source.reader,
            "origin": "machine",
            "attributes": json.dumps(dict(mark.attributes), ensure_ascii=False, sort_keys=True),
            "created": now,
            "run": RUN,
        }
        for mark in marks
    ]
