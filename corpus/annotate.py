"""Pre-annotate what is new or stale: plan shards, run pipelines on them, commit shard by shard.

What is done is known from the table of annotations itself: in the same commit as a document's rows stands a bookkeeping
row for each component, with the fingerprint of what made them. A component is stale for a document when text, metadata
or fingerprint differ; then exactly its rows are replaced. See docs/decisions/011-annotations-and-their-bookkeeping.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from annotators.languages import LANGUAGES
from annotators.pipeline import COMPONENTS, LEARNED
from annotators.records import GROUPS
from corpus import engine
from corpus.ledger import BY_A_MODEL, Ledger, Pending, Report, Writer, context_of
from corpus.recipe import Annotated, Recipe, Shard, Text, annotate_shard, recipe_of
from corpus.store.corpus import sql_in
from schemas.codebook import load_codebook
from schemas.errors import MinberError
from schemas.speakers import load_speakers
from schemas.tables import ANNOTATIONS

if TYPE_CHECKING:
    from corpus.store import Corpus

SHARD_DOCUMENTS = 16
SHARD_CHARACTERS = 200_000
"""A shard is closed at either: it is what a kill loses, what a worker holds, and what one commit writes."""

_THEMES = "minber_themes"
_NO_MODEL = "none"
_BLOCK = 16  # shards whose texts are read from the tables at once

COMPONENT_OF_LAYER = {"sentence": "minber_sentences", **dict(GROUPS.values())}
"""Layer → the component that writes it."""

Outcomes = Iterable[engine.Outcome[Shard, list[Annotated]]]


def annotate(
    corpus: Corpus,
    layers: Sequence[str] | None = None,
    *,
    workers: int = 1,
    cluster: str | None = None,
    model: str | None = None,
    watch: Callable[[Outcomes, int], Outcomes] | None = None,
) -> Report:
    """Annotate every document that has no annotations yet, or whose annotations something else would make today.

    Parameters:
        corpus: the corpus.
        layers: only the components that write these layers; all if None.
        workers: number of processes; 1 works in this one.
        cluster: address of a Dask scheduler to work on instead.
        model: name of a trained model whose themes are added; default: as ``minber.toml`` says. ``none`` adds none and
            takes away what a model added before.
        watch: passes the finished shards on, given also their number: a progress bar.

    Returns:
        what was done, with a coded error for each document that could not be, and for each language without annotators.

    Raises:
        MinberError: MB393 unknown layer, MB002 or MB011 bad codebook or speakers, MB202 the disk refuses, MB21x the
            workers fail as a whole; MB800, MB801, MB802 the model is missing, damaged, or of another codebook.
    """
    wanted = _components(layers)
    heads = corpus.heads()
    report = Report()
    for lang, count in sorted(heads.group_by("lang").len().iter_rows()):
        if lang not in LANGUAGES:
            report.skipped.append(MinberError("MB392", str(corpus.path), lang=lang, count=count))
    heads = heads.filter(pl.col("lang").is_in(LANGUAGES))
    book, registry = load_codebook(corpus.codebook_source), load_speakers(*corpus.speaker_files)
    name = model or corpus.settings.corpus.model
    report.removed = _take_away(corpus) if name == _NO_MODEL else 0
    trained = None
    if name and name != _NO_MODEL and _THEMES in wanted:
        from corpus.learning.models import open_model  # brings spaCy's training code

        trained = open_model(corpus, name)
    last = max(COMPONENTS.index(name) for name in wanted)
    needed = COMPONENTS[: last + 1]  # those before the wanted ones may be what they build on
    learned = {lang: (trained.name, trained.of(lang)) for lang in trained.languages} if trained else {}
    recipes = {
        lang: recipe_of(
            lang,
            corpus.codebook_source,
            corpus.speaker_files,
            needed,
            (book.digest, registry.digest),
            learned.get(lang, ("", ())),
        )
        for lang in sorted(heads["lang"].unique())
    }
    ledger = Ledger(corpus, recipes)
    pending = ledger.pending(heads, wanted)
    report.current = heads.height - len(pending)
    if not pending:
        return report
    shards = _cut(corpus, pending)
    details: dict[str, object] = {
        "codebook": {"id": book.id, "version": book.version, "digest": book.digest},
        "speakers": registry.digest,
        "components": sorted(wanted | ({LEARNED} if learned else set())),
        "model": {"name": trained.name, "checksum": trained.checksum} if trained and learned else None,
        "libraries": dict(next(iter(recipes.values())).libraries),
        "fingerprints": {lang: recipe.fingerprints for lang, recipe in recipes.items()},
    }
    run = corpus.record("annotate", details)
    outcomes = _work(_load(corpus, shards, recipes, heads), workers, cluster)
    writer = Writer(ledger, report)
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


def _take_away(corpus: Corpus) -> int:
    """Remove what models added."""
    count = corpus.annotations.filter(BY_A_MODEL).select(pl.len()).collect().item()
    whose = (
        corpus.table("annotations")
        .filter(BY_A_MODEL)
        .select("annotator")
        .unique()
        .collect()["annotator"]
        .sort()
        .to_list()
    )
    if whose:
        corpus.replace("annotations", pl.DataFrame(schema=ANNOTATIONS), sql_in("annotator", whose))
    return int(count)


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


def _cut(corpus: Corpus, pending: list[Pending]) -> list[list[Pending]]:
    """Cut the work into shards of one language and one set of components."""
    wanted = pl.Series([one.doc_id for one in pending], dtype=pl.String).implode()
    lengths = corpus.documents.filter(pl.col("id").is_in(wanted)).select("id", pl.col("text").str.len_chars())
    size = dict(lengths.collect(engine="streaming").iter_rows())
    groups: dict[tuple[str, tuple[str, ...]], list[Pending]] = {}
    for one in pending:
        groups.setdefault((one.lang, tuple(sorted(one.components))), []).append(one)
    shards: list[list[Pending]] = []
    for _, members in sorted(groups.items()):
        shard: list[Pending] = []
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
    corpus: Corpus, shards: list[list[Pending]], recipes: dict[str, Recipe], heads: pl.DataFrame
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
                Text(one.doc_id, one.revision, text_of[key], context_of(head_of[one.doc_id], country))
                for one in shard
                if (key := (one.doc_id, one.revision)) in text_of
            )
            if found:
                yield Shard(recipes[shard[0].lang], shard[0].components, found)
