"""Everything that happened to labels, check marks and comments, in the order of time, from the versions of the tables.

Nothing is written for it: the tables keep every version, and this reads what came and went with each.
"""

from __future__ import annotations

import bisect
import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.labels.compare import CHANGES, compare_labels, compare_units
from schemas.errors import MinberError
from schemas.tables import UTC

if TYPE_CHECKING:
    from corpus.store import Corpus

EVENTS = pl.Schema(
    dict[str, Any](
        {
            "when": UTC,  # when it happened, as far as the server tells; else when a pull first saw it
            **{name: kind for name, kind in CHANGES.items() if name != "at"},
            "seen": UTC,  # when the pull that found it was committed
            "version": pl.Int64,  # of the table of labels at that moment
        }
    )
)
"""One row an event."""


def events(corpus: Corpus, doc_id: str | None = None) -> pl.DataFrame:
    """All that people did, in the order of time.

    The server tells when a label was made or a check mark set, not when something was taken away: such an event has the
    time of the pull that missed it.

    Parameters:
        corpus: an open corpus.
        doc_id: one document, or None for all.

    Returns:
        a row an event (`EVENTS`).

    Raises:
        MinberError: MB206 no such document; MB204 a table is damaged.

    Example:
        >>> import tempfile, corpus
        >>> from corpus.labels import events
        >>> c = corpus.init(tempfile.mkdtemp())
        >>> events(c).height
        0
    """
    if doc_id is not None and not corpus.revisions.filter(pl.col("id") == doc_id).select("id").collect().height:
        raise MinberError("MB206", doc_id, path=corpus.path)
    where = None if doc_id is None else pl.col("doc_id") == doc_id
    found: list[dict[str, Any]] = []
    told: set[tuple[Any, ...]] = set()
    moments = [commit.time for commit in corpus.history("labels")]
    for commit, before, after in corpus.changes("labels", where):
        rows = compare_labels(before, after).to_dicts()
        found += [row | {"seen": commit.time, "version": commit.version} for row in rows]
    for commit, before, after in corpus.changes("units", where):
        version = bisect.bisect_right(moments, commit.time) - 1
        for row in compare_units(before, after).to_dicts():
            key = (row["project"], row["unit_id"], row["annotator"], row["at"], row["words"])
            if row["event"] == "commented" and key in told:
                continue  # the same comment of the same server under another address
            told.add(key)
            found.append(row | {"seen": commit.time, "version": version})
    found.sort(key=lambda row: row["seen"])
    _date(found)
    frame = pl.DataFrame(found, schema=EVENTS)
    return with_words(corpus, frame).sort("when", "version", "doc_id", "start", maintain_order=True)


def _date(found: list[dict[str, Any]]) -> None:
    """Give each event its time: never later than we saw it, never before what an earlier pull had seen of its unit."""
    last: dict[Any, list[dt.datetime]] = {}
    for row in found:
        at, seen = row["at"] or row["seen"], row["seen"]
        if row["layer"] != "comment":
            pulls = last.setdefault((row["project"], row["unit_id"], row["layer"] == "unit"), [])
            if not pulls or pulls[-1] != seen:
                pulls.append(seen)
            at = max([at, *pulls[-2:-1]])
        row["when"] = min(at, seen)


def with_words(corpus: Corpus, frame: pl.DataFrame) -> pl.DataFrame:
    """Fill the column ``words`` with the text that each row covers, in the revision that it was made on.

    Parameters:
        corpus: an open corpus.
        frame: ``doc_id``, ``revision``, ``start``, ``end``, ``words``; where ``words`` is there it stays.

    Returns:
        the frame; null where the corpus does not have the text.
    """
    ids = frame["doc_id"].unique().to_list()
    rows = corpus.revisions.filter(pl.col("id").is_in(ids)).select("id", "revision", "text").collect()
    texts = {(doc_id, revision): text for doc_id, revision, text in rows.iter_rows()}
    words = [
        known if known is not None or (text := texts.get((doc_id, revision))) is None else text[start:end]
        for doc_id, revision, start, end, known in frame.select(
            "doc_id", "revision", "start", "end", "words"
        ).iter_rows()
    ]
    return frame.with_columns(words=pl.Series(words, dtype=pl.String))
