"""What is learned from: units that people confirmed, with what they gave and what the codebook's words found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.ledger import BY_A_MODEL
from corpus.stats.correction import in_sentences
from corpus.stats.frames import check_choice
from corpus.stats.selection import Selected, Selection
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

_PLACE = ["doc_id", "start", "end"]


@dataclass(frozen=True)
class Gold:
    """Whose labels are learned.

    Attributes:
        source: ``human``, units with a check mark, where a theme counts that at least half of their coders gave; or
            ``gold``, the adjudicated ones.
        snapshot: name of a snapshot of people's labels; None for the corpus as it is.
        where: a condition on documents.
    """

    source: str = "human"
    snapshot: str | None = None
    where: str = ""


@dataclass(frozen=True)
class Example:
    """A sentence that people looked at.

    Attributes:
        doc_id, revision, start, end: where it stands.
        lang: of the document.
        text: its words.
        given: themes that people gave it; every other theme they rejected, or did not see there.
        found: themes that the annotators found in it by the codebook.
    """

    doc_id: str
    revision: str
    start: int
    end: int
    lang: str
    text: str
    given: frozenset[str]
    found: frozenset[str] = field(default=frozenset())


def read_examples(corpus: Corpus, gold: Gold, lang: str | None = None) -> tuple[list[Example], dict[str, Any]]:
    """Read the confirmed units that are sentences.

    Parameters:
        corpus: an open corpus that was annotated.
        gold: whose labels.
        lang: only documents in this language.

    Returns:
        the examples, in order of document and place, and where they are from: source, versions of the tables or
        checksum of the snapshot, condition. Units of other sizes (paragraphs, documents) and of revisions that are no
        longer the newest are left out; so is every unit without a check mark.

    Raises:
        MinberError: MB506 nobody confirmed a unit, or nothing is annotated; MB475 no such snapshot; MB505 no such
            source; MB509 a snapshot of adjudicated labels; MB501 to MB504 the condition is not understood, or leaves
            nothing.
    """
    from corpus.labels import open_snapshot, whose

    check_choice("source of labels", gold.source, ("human", "gold"))
    kept = open_snapshot(corpus, gold.snapshot) if gold.snapshot is not None else None
    chosen = Selection(gold.where, furniture=True)
    part = Selected(kept or corpus, chosen)
    units, labels = (frame.collect() for frame in part.themes_of(whose(gold.source, gold.snapshot)))
    sentences = Selected(corpus, chosen).sentences().collect()
    heads = corpus.documents.select("id", "revision", "lang", "text").collect()
    if kept is not None:  # labels of an older revision do not fit the text of today
        shown = kept.documents.select("id", "revision").collect()
        heads = heads.join(shown, on=["id", "revision"], how="semi")
    fitting = in_sentences(units.select(_PLACE), sentences)
    given: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for doc_id, start, end, label in labels.select(*_PLACE, "label").iter_rows():
        given[doc_id, start, end].add(label)
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    rows = corpus.annotations.filter((pl.col("layer") == "theme") & ~BY_A_MODEL).select("doc_id", "start", "label")
    for doc_id, start, label in rows.collect().iter_rows():
        found[doc_id, start].add(label)
    documents = {row["id"]: row for row in heads.iter_rows(named=True) if lang is None or row["lang"] == lang}
    examples = {}
    for row in fitting.sort(_PLACE).iter_rows(named=True):
        document = documents.get(row["doc_id"])
        if document is None:
            continue
        doc_id, start, end = row["doc_id"], row["_start"], row["_end"]
        examples[doc_id, start, end] = Example(
            doc_id,
            document["revision"],
            start,
            end,
            document["lang"],
            document["text"][start:end],
            frozenset(given[doc_id, row["start"], row["end"]]),
            frozenset(found[doc_id, start]),
        )
    if not examples:
        raise MinberError("MB506", what="confirmed units that are sentences", command="minber pull")
    origin: dict[str, Any] = {"source": gold.source, "where": gold.where, "lang": lang}
    if kept is not None:
        origin |= {"source": "snapshot", "snapshot": kept.about.name, "checksum": kept.about.checksum}
    else:
        origin |= {name: corpus.version(name) for name in ("labels", "units", "gold") if corpus.version(name) >= 0}
    return list(examples.values()), origin
