"""Pre-annotate what is new or stale: plan shards, run pipelines on them, commit shard by shard.

What is done is known from the table of annotations itself: in the same commit as a document's rows stands a bookkeeping
row for each component, with the fingerprint of what made them. A component is stale for a document when text, metadata
or fingerprint differ; then exactly its rows are replaced. See docs/decisions/011-annotations-and-their-bookkeeping.md.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from annotators.context import Context
from annotators.languages import LANGUAGES
from annotators.pipeline import COMPONENTS
from annotators.records import GROUPS
from corpus import engine
from corpus.recipe import Annotated, Recipe, Shard, Text, annotate_shard, context_digest, recipe_of
from corpus.store.corpus import DONE_LAYER, sql_in
from corpus.store.table import Append, Change, Replace, Snapshot
from schemas.codebook import load_codebook
from schemas.errors import MinberError
from schemas.speakers import load_speakers
from schemas.tables import ANNOTATIONS

if TYPE_CHECKING:
    from corpus.store import Corpus

SHARD_DOCUMENTS = 16
SHARD_CHARACTERS = 200_000
"""A shard is closed at either: it is what a kill loses, what a worker holds, and what one commit writes."""

_BLOCK = 16  # shards whose texts are read from the tables at once
_MOST_AT_ONCE = 2048  # documents in one commit
_KEY = [
    "doc_id",
    "revision",
    "label",
    "run",
    "attributes",
]  # of a bookkeeping row: done so, for this state of the document

COMPONENT_OF_LAYER = {"sentence": "minber_sentences", **dict(GROUPS.values())}
"""Layer → the component that writes it."""

Outcomes = Iterable[engine.Outcome[Shard, list[Annotated]]]


@dataclass(slots=True)
class Report:
    """What an annotation run did.

    Attributes:
        annotated: documents that got new rows.
        rows: annotations written.
        current: documents that were up to date.
        failures: documents and languages that were not annotated, and why.
    """

    annotated: int = 0
    rows: int = 0
    current: int = 0
    failures: list[MinberError] = field(default_factory=list)


def annotate(
    corpus: Corpus,
    layers: Sequence[str] | None = None,
    *,
    workers: int = 1,
    cluster: str | None = None,
    watch: Callable[[Outcomes, int], Outcomes] | None = None,
) -> Report:
    """Annotate every document that has no annotations yet, or whose annotations something else would make today.

    Parameters:
        corpus: the corpus.
        layers: only the components that write these layers; all if None.
        workers: number of processes; 1 works in this one.
        cluster: address of a Dask scheduler to work on instead.
        watch: passes the finished shards on, given also their number: a progress bar.

    Returns:
        what was done, with a coded error for each document that could not be.

    Raises:
        MinberError: MB393 unknown layer, MB002 or MB011 bad codebook or speakers, MB202 the disk refuses, MB21x the
            workers fail as a whole.
    """
    wanted = _components(layers)
    heads = corpus.heads()
    report = Report()
    for lang, count in sorted(heads.group_by("lang").len().iter_rows()):
        if lang not in LANGUAGES:
            report.failures.append(MinberError("MB392", str(corpus.path), lang=lang, count=count))
    heads = heads.filter(pl.col("lang").is_in(LANGUAGES))
    book, registry = load_codebook(corpus.codebook_source), load_speakers(*corpus.speaker_files)
    last = max(COMPONENTS.index(name) for name in wanted)
    needed = COMPONENTS[: last + 1]  # those before the wanted ones may be what they build on
    recipes = {
        lang: recipe_of(lang, corpus.codebook_source, corpus.speaker_files, needed, (book.digest, registry.digest))
        for lang in sorted(heads["lang"].unique())
    }
    ledger = _Ledger(corpus, recipes)
    pending = ledger.pending(heads, wanted)
    report.current = heads.height - len(pending)
    if not pending:
        return report
    shards = _cut(corpus, pending)
    details: dict[str, object] = {
        "codebook": {"id": book.id, "version": book.version, "digest": book.digest},
        "speakers": registry.digest,
        "components": sorted(wanted),
        "libraries": dict(next(iter(recipes.values())).libraries),
        "fingerprints": {lang: recipe.fingerprints for lang, recipe in recipes.items()},
    }
    run = corpus.record("annotate", details)
    outcomes = _work(_load(corpus, shards, recipes, heads), workers, cluster)
    writer = _Writer(ledger, report)
    try:
        for outcome in watch(outcomes, len(shards)) if watch else outcomes:
            if outcome.error is not None:
                report.failures.append(outcome.error)
            else:
                writer.take(outcome.item, outcome.result or [])
    finally:  # what is finished is kept when a worker fails or the user stops the run
        writer.flush()
    corpus.tidy("annotations")
    counts = {"documents": report.annotated, "annotations": report.rows, "failures": len(report.failures)}
    corpus.record("annotate", details | counts, run)
    return report


def _components(layers: Sequence[str] | None) -> frozenset[str]:
    if layers is None:
        return frozenset(COMPONENTS)
    for layer in layers:
        if layer not in COMPONENT_OF_LAYER:
            raise MinberError("MB393", name=layer, known=", ".join(sorted(COMPONENT_OF_LAYER)))
    return frozenset(COMPONENT_OF_LAYER[layer] for layer in layers)


def _context(head: dict[str, Any], country: str | None) -> Context:
    return Context(
        date=head["date"],
        country=country,
        kind=head["kind"],
        speaker=head["speaker"],
        title=head["title"],
        publisher=head["publisher"],
    )


def _work(shards: Iterator[Shard], workers: int, cluster: str | None) -> Outcomes:
    """Annotate shards; of a shard that kills its worker, each document alone, so that only the guilty one fails."""

    def name(shard: Shard) -> str:
        return ", ".join(text.doc_id for text in shard.texts)

    alone: list[Shard] = []
    for outcome in engine.run(annotate_shard, shards, workers=workers, cluster=cluster, describe=name):
        texts = outcome.item.texts
        if outcome.error is not None and len(texts) > 1:
            alone += [dataclasses.replace(outcome.item, texts=(text,)) for text in texts]
        else:
            yield outcome
    if alone:
        yield from engine.run(annotate_shard, alone, workers=max(workers, 2), cluster=cluster, describe=name)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document and the components that are missing or stale for it."""

    doc_id: str
    revision: str
    lang: str
    components: frozenset[str]


class _Ledger:
    """Which component has treated which revision of which document, and how; kept current from commit to commit."""

    def __init__(self, corpus: Corpus, recipes: dict[str, Recipe]) -> None:
        self._corpus = corpus
        self._country = corpus.settings.corpus.country
        self._runs = {lang: recipe.fingerprints for lang, recipe in recipes.items()}
        self._known: tuple[int | None, pl.DataFrame] = (None, pl.DataFrame())

    def pending(self, heads: pl.DataFrame, wanted: frozenset[str]) -> list[_Pending]:
        """Compare what should be there with what is."""
        rows = [
            (head["id"], head["revision"], head["lang"], name, self._runs[head["lang"]][name], mark)
            for head in heads.iter_rows(named=True)
            for mark in [_mark(_context(head, self._country))]
            for name in sorted(wanted)
        ]
        columns = ["doc_id", "revision", "lang", "label", "run", "attributes"]
        due = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        missing = due.join(
            self._done(self._corpus.snapshot("annotations")),
            on=["doc_id", "revision", "label", "run", "attributes"],
            how="anti",
        )
        grouped = missing.group_by("doc_id", "revision", "lang").agg("label").sort("doc_id")
        return [_Pending(doc, rev, lang, frozenset(names)) for doc, rev, lang, names in grouped.iter_rows()]

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
        annotators = {name: f"{name}@{version}" for name, version in recipe.versions}
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
                if head["revision"] != one.revision or _mark(_context(head, self._country)) != mark:
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


class _Writer:
    """Commits what comes back, so often that a kill loses little and so seldom that commits cost little.

    Adding rows costs a few hundredths of a second. Replacing stale ones costs more the larger the table is, as its
    files are rewritten; so the next commit waits until eight times as long as the last one took has gone into work.
    """

    def __init__(self, ledger: _Ledger, report: Report) -> None:
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


def _cut(corpus: Corpus, pending: list[_Pending]) -> list[list[_Pending]]:
    """Cut the work into shards of one language and one set of components."""
    wanted = pl.Series([one.doc_id for one in pending], dtype=pl.String).implode()
    lengths = corpus.documents.filter(pl.col("id").is_in(wanted)).select("id", pl.col("text").str.len_chars())
    size = dict(lengths.collect(engine="streaming").iter_rows())
    groups: dict[tuple[str, tuple[str, ...]], list[_Pending]] = {}
    for one in pending:
        groups.setdefault((one.lang, tuple(sorted(one.components))), []).append(one)
    shards: list[list[_Pending]] = []
    for _, members in sorted(groups.items()):
        shard: list[_Pending] = []
        room = SHARD_CHARACTERS
        for one in members:
            length = size.get(one.doc_id, 0)
            if shard and (len(shard) == SHARD_DOCUMENTS or length > room):
                shards.append(shard)
                shard, room = [], SHARD_CHARACTERS
            shard.append(one)
            room -= length
        shards.append(shard)
    return shards


def _load(
    corpus: Corpus, shards: list[list[_Pending]], recipes: dict[str, Recipe], heads: pl.DataFrame
) -> Iterator[Shard]:
    """Read the texts of a few shards at a time and send them off; what was revised meanwhile waits for the next run."""
    documents = corpus.documents
    country = corpus.settings.corpus.country
    for begin in range(0, len(shards), _BLOCK):
        block = shards[begin : begin + _BLOCK]
        ids = pl.Series([one.doc_id for shard in block for one in shard], dtype=pl.String).implode()
        texts = documents.filter(pl.col("id").is_in(ids)).select("id", "revision", "text").collect()
        text_of = {(doc_id, revision): text for doc_id, revision, text in texts.iter_rows()}
        head_of = {head["id"]: head for head in heads.filter(pl.col("id").is_in(ids)).to_dicts()}
        for shard in block:
            found = tuple(
                Text(one.doc_id, one.revision, text_of[key], _context(head_of[one.doc_id], country))
                for one in shard
                if (key := (one.doc_id, one.revision)) in text_of
            )
            if found:
                yield Shard(recipes[shard[0].lang], shard[0].components, found)
