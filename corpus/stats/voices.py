"""The stretches of one voice of many documents, as a frame; what a voice is, ``annotators.voices`` says."""

from __future__ import annotations

import json
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
