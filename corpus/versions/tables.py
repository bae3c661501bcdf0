"""What a corpus knows of copies, utterances and language versions: tables beside its documents, made and read here."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.versions.reprints import COPIES, Body, copies
from corpus.versions.utterances import UTTERANCES, Quotation, utterances

if TYPE_CHECKING:
    from corpus.store import Corpus

FURNITURE = ("chrome", "background")
"""Layers whose words are not the document's own: they would make strangers look alike."""

Watch = Callable[[Iterable[Any], int], Iterable[Any]]
"""Passes items on, given their number, for a progress bar."""

_BLOCK = 200  # documents whose texts are in memory at a time


def watch_nothing(items: Iterable[Any], total: int) -> Iterable[Any]:  # noqa: ARG001 -- see Watch
    """Pass items on."""
    return items


def refresh(corpus: Corpus, watch: Watch = watch_nothing) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare all documents and all quotations of a corpus, and keep the result as tables ``copies``, ``utterances``.

    Parameters:
        corpus: an open corpus; quotations and page furniture are known where it is annotated.
        watch: for a progress bar.

    Returns:
        the frames `COPIES` and `UTTERANCES`.

    Raises:
        MinberError: MB202, MB203 the tables cannot be written.
    """
    heads = corpus.documents.select(
        "id", "revision", "lang", "kind", "date", "retrieved", length=pl.col("text").str.len_chars()
    ).collect()
    cut: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows = corpus.annotations.filter(pl.col("layer").is_in(FURNITURE)).select("doc_id", "start", "end").collect()
    for doc_id, start, end in rows.iter_rows():
        cut[doc_id].append((start, end))
    day = {
        doc_id: str(date or (retrieved.date() if retrieved else dt.date.max))
        for doc_id, date, retrieved in heads.select("id", "date", "retrieved").iter_rows()
    }

    def bodies() -> Iterator[Body]:
        for doc_id, revision, lang, text in _texts(corpus, heads["id"].to_list()):
            yield Body(doc_id, revision, lang, (day[doc_id], doc_id), without(text, cut.get(doc_id, ())))

    found = copies(watch(bodies(), heads.height))
    spoken = utterances(list(_quotations(corpus, heads)), _transcripts(corpus, heads))
    for name, frame, schema in (("copies", found, COPIES), ("utterances", spoken, UTTERANCES)):
        before = corpus.table(name, schema).collect()
        if not before.sort(before.columns).equals(frame.sort(frame.columns)):
            corpus.replace(name, frame, None, schema)
    return found, spoken


def is_fresh(corpus: Corpus) -> bool:
    """Whether ``copies`` knows every document, and ``utterances`` every quotation, as they are now."""
    known = corpus.table("copies", COPIES).select("doc_id", "revision")
    missing = corpus.documents.select(doc_id="id", revision="revision").join(
        known, on=["doc_id", "revision"], how="anti"
    )
    if missing.limit(1).collect().height:
        return False
    place = ["doc_id", "revision", "start", "end"]
    quotations = corpus.annotations.filter(pl.col("layer") == "quote").select(place).unique()
    spoken = corpus.table("utterances", UTTERANCES).select(place)
    return not quotations.join(spoken, on=place, how="anti").limit(1).collect().height


def without(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Take stretches out of a text; what stood around them is parted by a line end.

    Example:
        >>> without("Меню Сөз Меню", [(0, 5), (9, 13)])
        'Сөз '
    """
    kept: list[str] = []
    place = 0
    for start, end in sorted(ranges):
        if start > place:
            kept.append(text[place:start])
        place = max(place, end)
    return "\n".join([*kept, *([text[place:]] if place < len(text) else [])])


def _texts(corpus: Corpus, ids: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    documents = corpus.documents
    for begin in range(0, len(ids), _BLOCK):
        block = pl.Series(ids[begin : begin + _BLOCK], dtype=pl.String).implode()
        rows = documents.filter(pl.col("id").is_in(block)).select("id", "revision", "lang", "text")
        yield from rows.collect().sort("id").iter_rows()


def _quotations(corpus: Corpus, heads: pl.DataFrame) -> Iterator[Quotation]:
    rows = (
        corpus.annotations.filter(pl.col("layer") == "quote").select("doc_id", "start", "end", "attributes").collect()
    )
    rows = rows.unique(["doc_id", "start", "end"], keep="first", maintain_order=True)
    by_document = rows.sort("doc_id", "start", "end").partition_by("doc_id", as_dict=True, include_key=False)
    date = dict(heads.select("id", "date").iter_rows())
    for doc_id, revision, lang, text in _texts(corpus, sorted(str(key[0]) for key in by_document)):
        for start, end, attributes in by_document[(doc_id,)].iter_rows():
            known = json.loads(attributes or "{}")
            speaker = known.get("speaker_id") or known.get("speaker")
            yield Quotation(doc_id, revision, start, end, text[start:end], lang, date[doc_id], speaker)


def _transcripts(corpus: Corpus, heads: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for doc_id, _, _, text in _texts(corpus, heads.filter(kind="transcript")["id"].to_list()):
        yield doc_id, text
