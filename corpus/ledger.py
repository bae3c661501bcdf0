"""What is annotated and what is not, kept beside the annotations themselves, and the commits that change it.

See docs/decisions/011-annotations-and-their-bookkeeping.md.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from annotators.context import Context
from annotators.pipeline import LEARNED
from corpus.recipe import Annotated, Recipe, Shard, context_digest
from corpus.store.corpus import DONE_LAYER, sql_in
from corpus.store.table import Append, Change, Replace, Snapshot
from schemas.errors import MinberError
from schemas.tables import ANNOTATIONS

if TYPE_CHECKING:
    from corpus.store import Corpus

BY_A_MODEL = pl.col("annotator").str.starts_with(f"{LEARNED}@")
"""Rows of annotations that a trained model gave."""

_MOST_AT_ONCE = 2048  # documents in one commit
_KEY = [
    "doc_id",
    "revision",
    "label",
    "run",
    "attributes",
]  # of a bookkeeping row: done so, for this state of the document


@dataclass(slots=True)
class Report:
    """What an annotation run did.

    Attributes:
        annotated: documents that got new rows.
        rows: annotations written.
        current: documents that were up to date.
        failures: documents that could not be annotated, and why.
        removed: annotations of a trained model that were taken away.
        skipped: languages without annotators, and how many documents are in them: nothing failed there.
    """

    annotated: int = 0
    rows: int = 0
    current: int = 0
    removed: int = 0
    failures: list[MinberError] = field(default_factory=list)
    skipped: list[MinberError] = field(default_factory=list)


def context_of(head: dict[str, Any], country: str | None) -> Context:
    """What annotators are told about a document: a row of ``Corpus.heads`` and the corpus's country."""
    return Context(
        date=head["date"],
        country=country,
        kind=head["kind"],
        speaker=head["speaker"],
        title=head["title"],
        publisher=head["publisher"],
    )


@dataclass(frozen=True, slots=True)
class Pending:
    """A document and the components that are missing or stale for it."""

    doc_id: str
    revision: str
    lang: str
    components: frozenset[str]


class Ledger:
    """Which component has treated which revision of which document, and how; kept current from commit to commit."""

    def __init__(self, corpus: Corpus, recipes: dict[str, Recipe]) -> None:
        self._corpus = corpus
        self._country = corpus.settings.corpus.country
        self._runs = {lang: recipe.fingerprints for lang, recipe in recipes.items()}
        self._known: tuple[int | None, pl.DataFrame] = (None, pl.DataFrame())

    def pending(self, heads: pl.DataFrame, wanted: frozenset[str]) -> list[Pending]:
        """Compare what should be there with what is."""
        rows = [
            (head["id"], head["revision"], head["lang"], name, self._runs[head["lang"]][name], mark)
            for head in heads.iter_rows(named=True)
            for mark in [_mark(context_of(head, self._country))]
            for name in sorted(self._with_model(head["lang"], wanted))
        ]
        columns = ["doc_id", "revision", "lang", "label", "run", "attributes"]
        due = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        missing = due.join(
            self._done(self._corpus.snapshot("annotations")),
            on=["doc_id", "revision", "label", "run", "attributes"],
            how="anti",
        )
        grouped = missing.group_by("doc_id", "revision", "lang").agg("label").sort("doc_id")
        return [Pending(doc, rev, lang, frozenset(names)) for doc, rev, lang, names in grouped.iter_rows()]

    def _with_model(self, lang: str, wanted: frozenset[str]) -> frozenset[str]:
        """The components wanted of a language: with a model, what it learned follows what the codebook finds."""
        return wanted | ({LEARNED} & self._runs[lang].keys())

    def commit(self, shards: list[Shard], found: list[Annotated]) -> list[Annotated]:
        """Write documents in one commit, leaving out those that somebody else has revised or done since.

        Parameters:
            shards: of one recipe, with the same components wanted.
            found: rows of their documents.

        Returns:
            the documents written.
        """
        written: list[Annotated] = []
        fresh = pl.DataFrame()
        recipe = shards[0].recipe
        runs = {name: recipe.fingerprints[name] for name in sorted(shards[0].wanted)}
        annotators = recipe.annotators
        marks = {text.doc_id: _mark(text.context) for shard in shards for text in shard.texts}
        ids = pl.Series([one.doc_id for one in found], dtype=pl.String).implode()

        def plan(now: Snapshot) -> Change | None:
            nonlocal fresh
            written.clear()
            done = self._done(now).filter(pl.col("doc_id").is_in(ids) & pl.col("label").is_in(list(runs)))
            heads = {head["id"]: head for head in self._corpus.heads().filter(pl.col("id").is_in(ids)).to_dicts()}
            have = set(done.select(_KEY).iter_rows())
            created = dt.datetime.now(dt.UTC)
            rows: list[dict[str, Any]] = []
            for one in found:
                mark, head = marks[one.doc_id], heads[one.doc_id]
                if head["revision"] != one.revision or _mark(context_of(head, self._country)) != mark:
                    continue
                if all((one.doc_id, one.revision, name, run, mark) in have for name, run in runs.items()):
                    continue
                written.append(one)
                common = {"doc_id": one.doc_id, "revision": one.revision, "origin": "machine", "created": created}
                for row in one.rows:
                    attributes = json.dumps(row["attributes"], ensure_ascii=False, sort_keys=True)
                    run = runs[row["annotator"].split("@")[0]]
                    rows.append({**row, **common, "attributes": attributes, "run": run})
                for name, run in runs.items():
                    place = {"layer": DONE_LAYER, "label": name, "start": 0, "end": 0, "score": 1.0}
                    rows.append({**common, **place, "annotator": annotators[name], "attributes": mark, "run": run})
            frame = pl.DataFrame(rows, schema=ANNOTATIONS)
            fresh = _bookkeeping(frame.lazy()).collect()
            stale = done.filter(pl.col("doc_id").is_in([one.doc_id for one in written]))
            if not written:
                return None
            if not stale.height:
                return Append(frame)
            whose = sorted({*stale["annotator"], *(annotators[name] for name in runs)})
            replaced = sql_in("doc_id", [one.doc_id for one in written])
            return Replace(frame, f"{replaced} AND {sql_in('annotator', whose)}")

        version = self._corpus.change("annotations", plan)
        if written:  # the commit follows directly on the state that was planned on
            old = self._known[1].join(fresh, on=["doc_id", "label"], how="anti")
            self._known = (version, pl.concat([old, fresh]))
        return written

    def _done(self, now: Snapshot) -> pl.DataFrame:
        version, done = self._known
        if version != now.version:
            done = _bookkeeping(now.rows).collect()
            self._known = (now.version, done)
        return done


class Writer:
    """Commits what comes back, so often that a kill loses little and so seldom that commits cost little.

    Adding rows costs a few hundredths of a second. Replacing stale ones costs more the larger the table is, as its
    files are rewritten; so the next commit waits until eight times as long as the last one took has gone into work.
    """

    def __init__(self, ledger: Ledger, report: Report) -> None:
        self._ledger = ledger
        self._report = report
        self._shards: list[Shard] = []
        self._found: list[Annotated] = []
        self._due = 0.0

    def take(self, shard: Shard, found: list[Annotated]) -> None:
        """Note a finished shard; commit when it is time."""
        if self._shards and (self._shards[0].recipe, self._shards[0].wanted) != (shard.recipe, shard.wanted):
            self.flush()
        self._report.failures += [one.error for one in found if one.error is not None]
        self._shards.append(shard)
        self._found += [one for one in found if one.error is None]
        if time.monotonic() >= self._due or len(self._found) >= _MOST_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Commit everything noted."""
        shards, found = self._shards, self._found
        self._shards, self._found = [], []
        if not found:
            return
        began = time.monotonic()
        written = self._ledger.commit(shards, found)
        self._due = time.monotonic() + 8 * (time.monotonic() - began)
        self._report.annotated += len(written)
        self._report.rows += sum(len(one.rows) for one in written)


def _mark(context: Context) -> str:
    return json.dumps({"context": context_digest(context)})


def _bookkeeping(rows: pl.LazyFrame) -> pl.LazyFrame:
    done = rows.filter(pl.col("layer") == DONE_LAYER)
    return done.select("doc_id", "revision", "label", "run", "attributes", "annotator")
