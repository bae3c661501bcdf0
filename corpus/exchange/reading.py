"""Documents of a corpus with all that is known of them, one after the other, in bounded memory.

Used by every format that writes documents, and by the pages: each batch holds at most a few million letters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.store.documents import PERIODS, document_of

if TYPE_CHECKING:
    from corpus.store import Corpus
    from schemas import Document

_LETTERS = 4_000_000
_DOCUMENTS = 500
_HUMAN = ("decision", "confirmed", "unit_id", "project")
"""Columns of a label that travel as attributes, because machine annotations have none of them."""

LEFT_OUT = ("sentence", "unit")
"""Layers that cover everything, which programs for coding are not shown."""


@dataclass(frozen=True, slots=True)
class Described:
    """A document and its annotations, machine and human, in stable order."""

    document: Document
    annotations: list[dict[str, Any]]

    @property
    def machine(self) -> list[dict[str, Any]]:
        """What the annotators found."""
        return [row for row in self.annotations if row["origin"] == "machine"]

    @property
    def is_annotated(self) -> bool:
        """Whether the annotators have read the document: they find sentences in every text."""
        return any(row["layer"] == "sentence" for row in self.annotations)


def is_rejected(row: Mapping[str, Any]) -> bool:
    """Whether an annotation is a label that a person said is wrong."""
    return bool(row["attributes"].get("decision") == "rejected")


def is_coding(row: Mapping[str, Any]) -> bool:
    """Whether an annotation says something of some words: not where sentences are, and nothing that was rejected."""
    return row["layer"] not in LEFT_OUT and not is_rejected(row)


def described_documents(corpus: Corpus, where: pl.Expr | None = None) -> Iterator[Described]:
    """Go through the newest revisions of a corpus, with their annotations and people's labels.

    The state is that of the first moment, whatever other processes write meanwhile.

    Parameters:
        corpus: the corpus.
        where: condition on documents, see ``condition``; None for all documents.

    Yields:
        documents in the order of their ids; annotations by position, then layer, label and origin. A person's label
        has ``score`` 1.0, or 0.0 where they rejected it, and ``decision`` among its attributes.
    """
    documents, annotations, labels = corpus.documents, corpus.annotations, corpus.labels
    chosen = documents if where is None else _with_fields(documents, where.meta.root_names()).filter(where)
    heads = chosen.select("id", size=pl.col("text").str.len_chars()).sort("id").collect(engine="streaming")
    for ids in _batches(heads):
        rows = documents.filter(_one_of("id", ids)).sort("id").collect(engine="streaming")
        revisions = dict(rows.select("id", "revision").iter_rows())
        found: dict[str, list[dict[str, Any]]] = {doc_id: [] for doc_id in ids}
        for frame, convert in ((annotations, _machine), (labels, _human)):
            for row in frame.filter(_one_of("doc_id", ids)).collect(engine="streaming").iter_rows(named=True):
                if row["revision"] == revisions.get(row["doc_id"]):
                    found[row["doc_id"]].append(convert(row))
        for row in rows.iter_rows(named=True):
            yield Described(document_of(row), sorted(found.pop(row["id"]), key=_order))


def condition(corpus: Corpus, text: str) -> pl.Expr:
    """Turn what the user wrote after ``--where`` into a condition on documents.

    Parameters:
        corpus: the corpus.
        text: such as ``lang == "kk" and year >= 2022``; columns of ``documents``, and year, month, decade,
            ``docvars.party`` and its like.

    Returns:
        the condition.

    Raises:
        MinberError: MB501 an unknown field, or a docvar that no document has; MB502 not understood; MB503 a value of
            the wrong type.
    """
    from corpus.stats.docvars import PREFIX, WithDocvars, check_docvars
    from corpus.stats.filters import parse_condition

    fields = corpus.documents.with_columns(**PERIODS).collect_schema()
    named = parse_condition(text, WithDocvars(fields)).fields
    if wanted := {name for name in named if name.startswith(PREFIX)}:
        check_docvars(wanted, corpus.documents.select("docvars").collect()["docvars"], fields)
    return parse_condition(text, _with_fields(corpus.documents, named).collect_schema()).expression


def _with_fields(documents: pl.LazyFrame, named: Iterable[str]) -> pl.LazyFrame:
    """Documents with what a condition may name beside their columns; docvars have the types that statistics give."""
    from corpus.stats.docvars import PREFIX, docvar_columns

    documents = documents.with_columns(**PERIODS)
    wanted = {name for name in named if name.startswith(PREFIX)}
    if not wanted:
        return documents
    told = documents.select("id", "docvars").collect()
    found = docvar_columns(told["docvars"], wanted)
    unknown = [pl.lit(None, pl.String).alias(name) for name in sorted(wanted - set(found.columns))]
    columns = told.select("id", *found.get_columns(), *unknown)
    return documents.join(columns.lazy(), on="id", how="left")


def described_document(corpus: Corpus, doc_id: str) -> Described:
    """One document with its annotations and people's labels.

    Parameters:
        corpus: the corpus.
        doc_id: id of the document.

    Returns:
        the document in its newest revision.

    Raises:
        MinberError: MB206 no such document.
    """
    corpus.document(doc_id)
    return next(described_documents(corpus, pl.col("id") == doc_id))


def _one_of(column: str, ids: list[str]) -> pl.Expr:
    """Rows of some documents; the range first, because files and row groups outside it are then not read at all."""
    return pl.col(column).is_between(pl.lit(ids[0]), pl.lit(ids[-1])) & pl.col(column).is_in(ids)


def _batches(heads: pl.DataFrame) -> Iterator[list[str]]:
    batch: list[str] = []
    letters = 0
    for doc_id, size in heads.iter_rows():
        if batch and (letters + size > _LETTERS or len(batch) >= _DOCUMENTS):
            yield batch
            batch, letters = [], 0
        batch.append(doc_id)
        letters += size
    if batch:
        yield batch


def _machine(row: dict[str, Any]) -> dict[str, Any]:
    return _common(row, row["score"], json.loads(row["attributes"] or "{}"))


def _human(row: dict[str, Any]) -> dict[str, Any]:
    attributes = json.loads(row["attributes"] or "{}")
    attributes |= {name: row[name] for name in _HUMAN if row[name] not in (None, "")}
    return _common(row, 0.0 if row["decision"] == "rejected" else 1.0, attributes)


def _common(row: dict[str, Any], score: float, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "label": row["label"],
        "start": row["start"],
        "end": row["end"],
        "score": score,
        "annotator": row["annotator"],
        "origin": row["origin"],
        "attributes": attributes,
    }


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    rest = json.dumps(row["attributes"], ensure_ascii=False, sort_keys=True)
    return (row["start"], row["end"], row["layer"], row["label"], row["origin"], row["annotator"], rest)
