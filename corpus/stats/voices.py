"""The stretches of one voice of many documents, as a frame; what a voice is, ``annotators.voices`` says."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import polars as pl

from annotators.voices import FURNITURE, voice_segments

SEGMENTS = pl.Schema(
    {
        "doc_id": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "voice": pl.String(),
        "speaker": pl.String(),
        "furniture": pl.String(),
    }
)
"""Columns of a frame of segments; those of one document follow each other without gap or overlap."""

LAYERS = ("quote", *FURNITURE)
"""The layers that decide on voices."""


def segments(documents: pl.DataFrame, annotations: pl.DataFrame) -> pl.DataFrame:
    """Cut many texts into stretches of one voice.

    Parameters:
        documents: ``doc_id``, ``length`` (code points), ``kind``, ``speaker``.
        annotations: ``doc_id``, ``layer``, ``start``, ``end``, ``attributes`` (JSON text).

    Returns:
        a frame of `SEGMENTS`, ordered by document as in `documents`, then by position.

    Example:
        >>> documents = pl.DataFrame({"doc_id": ["a"], "length": [5], "kind": ["transcript"], "speaker": ["Abai"]})
        >>> segments(documents, pl.DataFrame(schema={"doc_id": pl.String})).rows()
        [('a', 0, 5, 'quoted', 'Abai', None)]
    """
    by_document: dict[str, list[dict[str, Any]]] = {}
    if annotations.height:
        wanted = annotations.filter(pl.col("layer").is_in(LAYERS))
        for row in wanted.select("doc_id", "layer", "start", "end", "attributes").iter_rows(named=True):
            row["attributes"] = json.loads(row["attributes"] or "{}")
            by_document.setdefault(row["doc_id"], []).append(row)
    rows = [
        (doc_id, *segment)
        for doc_id, length, kind, speaker in documents.select("doc_id", "length", "kind", "speaker").iter_rows()
        for segment in voice_segments(by_document.get(doc_id, ()), length, kind, speaker)
    ]
    return pl.DataFrame(rows, schema=SEGMENTS, orient="row")


def said_before(cut: pl.DataFrame, documents: pl.DataFrame, quotations: pl.DataFrame) -> pl.DataFrame:
    """Mark the stretches whose words count elsewhere, cutting segments where a repeated quotation begins or ends.

    Parameters:
        cut: a frame of `SEGMENTS`.
        documents: ``doc_id`` of whole copies of other documents.
        quotations: ``doc_id``, ``start``, ``end`` of quotations that stand elsewhere too, and count there.

    Returns:
        the frame, with ``before``: true where the words count elsewhere.

    Example:
        >>> cut = pl.DataFrame([("a", 0, 9, "quoted", None, None)], schema=SEGMENTS, orient="row")
        >>> quotations = pl.DataFrame({"doc_id": ["a"], "start": [4], "end": [9]})
        >>> said_before(cut, pl.DataFrame({"doc_id": []}), quotations).select("start", "end", "before").rows()
        [(0, 4, False), (4, 9, True)]
    """
    copied = set(documents["doc_id"].to_list())
    ranges: dict[str, list[tuple[int, int]]] = {}
    for doc_id, start, end in quotations.select("doc_id", "start", "end").iter_rows():
        ranges.setdefault(doc_id, []).append((start, end))
    rows: list[tuple[Any, ...]] = []
    for doc_id, start, end, *rest in cut.select(SEGMENTS.names()).iter_rows():
        inside = [(max(a, start), min(b, end)) for a, b in ranges.get(doc_id, ()) if a < end and b > start]
        ends = sorted({start, end, *(place for pair in inside for place in pair)})
        for a, b in pairwise(ends):
            before = doc_id in copied or any(left <= a and b <= right for left, right in inside)
            rows.append((doc_id, a, b, *rest, before))
    return pl.DataFrame(rows, schema={**SEGMENTS, "before": pl.Boolean()}, orient="row")
