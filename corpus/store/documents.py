"""Documents as rows of a table, and whether a document that comes in is new, changed or known."""

from __future__ import annotations

import json
from typing import Any, Literal

import polars as pl

from schemas.document import DOCVAR, Document, Source

Status = Literal["added", "revised", "unchanged"]

METADATA = (
    "lang",
    "title",
    "date",
    "kind",
    "speaker",
    "occasion",
    "place",
    "version_of",
    "alternates",
    "publisher",
    "docvars",
)
"""Fields whose change makes a new row, even where the text stays."""

_SAID = ("user", "sidecar")
PAIRED = "paired by "
"""How the origin of ``version_of`` begins where `corpus.versions` found it."""

PERIODS = {
    "year": pl.col("date").dt.year(),
    "month": pl.col("date").dt.strftime("%Y-%m"),
    "decade": pl.col("date").dt.year() // 10 * 10,
}
"""Fields that conditions and groups may name although the table does not hold them."""

HEAD = ("id", "revision", "sequence", *METADATA, "origins")
"""Columns that decide what becomes of a document that comes in."""


def row_of(document: Document) -> dict[str, Any]:
    """Turn a document into a row of the table ``documents``, without its sequence number.

    Parameters:
        document: the document.

    Returns:
        column → value.
    """
    row = document.model_dump(exclude={"source", "origins", "alternates", "docvars"})
    row |= document.source.model_dump()
    row["alternates"] = json.dumps(document.alternates, sort_keys=True) if document.alternates else None
    row["docvars"] = json.dumps(document.docvars, ensure_ascii=False, sort_keys=True) if document.docvars else None
    row["origins"] = json.dumps(document.origins, ensure_ascii=False, sort_keys=True)
    return row


def document_of(row: dict[str, Any]) -> Document:
    """Turn a row of the table ``documents`` back into a document.

    Parameters:
        row: column → value.

    Returns:
        the document.
    """
    source = Source(**{name: row[name] for name in Source.model_fields})
    objects = {name: json.loads(row.get(name) or "{}") for name in ("alternates", "docvars", "origins")}
    fields = {name: row[name] for name in Document.model_fields if name in row and name not in objects}
    return Document(**fields, **objects, source=source)


def decide(document: Document, head: dict[str, Any] | None) -> tuple[Status, dict[str, Any]]:
    """Decide what a document is to the corpus.

    What the user once said (origin ``user`` or ``sidecar``) outlives a later reading that does not say it again:
    ingesting a folder anew must not undo ``--date`` or ``--speaker`` of an earlier command; so does what pairing of
    language versions found. When the bytes were fetched, and bytes that read as the same text, are no change.

    Parameters:
        document: what comes in.
        head: the newest row of the same id, None if there is none.

    Returns:
        the status and the row to write (with its sequence number) if the status is not ``unchanged``.
    """
    row = row_of(document)
    if head is None:
        return "added", row | {"sequence": 1}
    origins, known = dict(document.origins), json.loads(head["origins"] or "{}")
    for field in METADATA:
        if known.get(field) in _SAID and origins.get(field) not in _SAID:
            row[field], origins[field] = head[field], known[field]
    if head["docvars"]:
        docvars, said = (json.loads(one["docvars"] or "{}") for one in (row, head))
        for name in said:
            if known.get(key := f"{DOCVAR}{name}") in _SAID and origins.get(key) not in _SAID:
                docvars[name], origins[key] = said[name], known[key]
        row["docvars"] = json.dumps(docvars, ensure_ascii=False, sort_keys=True) if docvars else None
    if str(known.get("version_of", "")).startswith(PAIRED) and "version_of" not in origins:
        row["version_of"], origins["version_of"] = head["version_of"], known["version_of"]
    row["origins"] = json.dumps(origins, ensure_ascii=False, sort_keys=True)
    same = all(row[field] == head[field] for field in ("revision", *METADATA))
    return "unchanged" if same else "revised", row | {"sequence": head["sequence"] + 1}
