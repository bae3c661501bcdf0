"""spaCy's DocBin: documents as ``spacy.tokens.Doc`` with sentences and spans, to train and evaluate with.

``doc.spans`` holds what the annotators found under their own keys (``quotes``, ``themes`` …, with the attributes that
``annotators.context`` declares), and under ``human_theme``, ``human_quote`` … what people gave and nobody's rejection.
``doc.user_data["document"]`` is the metadata, ``doc.user_data["labels"]`` every label of a person, rejections too;
``doc.user_data["minber"]`` is all that there is to bring back (`corpus.exchange.kept`). Written and read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import polars as pl

from corpus.exchange.docbin_reading import import_docbin
from corpus.exchange.kept import sheet
from corpus.exchange.reading import Described, described_documents, is_rejected
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from corpus.store import Corpus

ATTRIBUTES = ("ORTH", "NORM", "SENT_START")


def export_docbin(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write all documents as one DocBin.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the bytes go; the documents are held in memory, packed.

    Returns:
        how many documents and spans went out.
    """
    from spacy.tokens import DocBin

    report, packed = Report(), DocBin(attrs=ATTRIBUTES, store_user_data=True)
    for described in described_documents(corpus, where):
        packed.add(doc_of(described))
        report.documents += 1
        report.rows += len(described.annotations)
    out.write(packed.to_bytes())
    return report


def doc_of(described: Described) -> Doc:
    """Make a Doc of a document and its annotations.

    Parameters:
        described: the document.

    Returns:
        a Doc of its language; ``doc.text`` is the text.
    """
    from annotators.records import GROUPS

    document = described.document
    doc = _blank(document.lang).make_doc(document.text)
    machine = described.machine
    human = [row for row in described.annotations if row["origin"] == "human"]
    _cut(doc, [row["start"] for row in machine if row["layer"] == "sentence"])
    for key, (layer, _) in GROUPS.items():
        doc.spans[key] = [_described(doc, row) for row in machine if row["layer"] == layer and _has_place(doc, row)]
    for layer in sorted({row["layer"] for row in human} - {"unit"}):
        given = {
            (row["start"], row["end"], row["label"])
            for row in human
            if row["layer"] == layer and not is_rejected(row) and _has_place(doc, row)
        }
        doc.spans[f"human_{layer}"] = [_span(doc, *place) for place in sorted(given)]
    doc.user_data["document"] = document.model_dump(mode="json", exclude={"text": True, "source": {"retrieved"}})
    doc.user_data["labels"] = human
    doc.user_data["minber"] = sheet(described)
    return doc


@cache
def _blank(lang: str) -> Language:
    import spacy

    from annotators.languages import STARTED, blank

    nlp = blank(lang) if lang in STARTED else spacy.blank("xx")
    nlp.max_length = 1 << 40  # the limit guards parsers, which we have none of
    return nlp


def _cut(doc: Doc, starts: list[int]) -> None:
    """Set where sentences start, where that is known."""
    if not starts or not len(doc):
        return
    firsts = {span.start for start in starts if (span := _found(doc, start, start + 1))}
    for token in doc:
        token.is_sent_start = token.i == 0 or token.i in firsts


def _has_place(doc: Doc, row: dict[str, Any]) -> bool:
    """Whether spaCy can show an annotation: one without letters has no tokens."""
    return _found(doc, row["start"], row["end"]) is not None


def _found(doc: Doc, start: int, end: int, label: str = "") -> Span | None:
    return doc.char_span(start, end, label=label, alignment_mode="expand") if start < end else None


def _span(doc: Doc, start: int, end: int, label: str = "") -> Span:
    return cast("Span", _found(doc, start, end, label))


def _described(doc: Doc, row: dict[str, Any]) -> Span:
    """A span with the attributes that the annotator gave it."""
    span, attributes = _span(doc, row["start"], row["end"], row["label"]), dict(row["attributes"])
    span._.score = row["score"]
    if row["layer"] in ("quote", "reported"):
        span._.speaker, span._.speaker_id = attributes.pop("speaker", None), attributes.pop("speaker_id", None)
        for name in ("mention", "cue"):
            place = attributes.pop(name, None)
            setattr(span._, name, _found(doc, *place) if place else None)
    if row["layer"] == "theme":
        shown = (_found(doc, *place) for place in attributes.pop("evidence", ()))
        span._.evidence = tuple(word for word in shown if word is not None)
    span._.details = attributes or None
    return span


FORMAT = Format(
    "docbin", "spaCy documents with sentences and spans, to train and evaluate with", export_docbin, import_docbin
)
"""The format, for the registry."""
