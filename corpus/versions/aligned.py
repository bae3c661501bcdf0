"""The language versions of a corpus: paired, their sentences aligned, kept as ``version_of`` and a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.store.documents import PAIRED, document_of
from corpus.versions.cut import Cut
from corpus.versions.pairing import DAYS, Candidate, Pair, every_pair, groups, pair, stated
from corpus.versions.scoring import Text
from corpus.versions.tables import Watch, watch_nothing

if TYPE_CHECKING:
    from corpus.store import Corpus

ALIGNER = "minber_alignment@2"
"""Name and version of what aligned; raised when its answers change."""

ALIGNMENTS = pl.Schema(
    {
        "doc1": pl.String(),
        "revision1": pl.String(),
        "lang1": pl.String(),
        "doc2": pl.String(),
        "revision2": pl.String(),
        "lang2": pl.String(),
        "paragraph": pl.Int32(),  # number of the smallest group of paragraphs that no bead leaves
        "bead": pl.Int32(),
        "shape": pl.String(),  # sentences of each side: 1-1, 1-2, 1-0 …
        "start1": pl.Int64(),  # null where the side is empty
        "end1": pl.Int64(),
        "start2": pl.Int64(),
        "end2": pl.Int64(),
        "score": pl.Float64(),
        "aligner": pl.String(),
    }
)
"""One row a bead: sentences of two versions that say the same, or one without a counterpart."""


@dataclass(slots=True)
class Versions:
    """What pairing made of a corpus.

    Attributes:
        pairs: the pairs found, those that people made too.
        base_of: document → the document that it is a version of, and the pair that told it.
        changed: documents whose ``version_of`` changed or would change.
    """

    pairs: list[Pair]
    base_of: dict[str, tuple[str, Pair]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


def pair_versions(
    corpus: Corpus, days: int = DAYS, dry_run: bool = False, watch: Watch = watch_nothing, cut: Cut | None = None
) -> Versions:
    """Find the language versions in a corpus, and set ``version_of`` of each, with its origin.

    What a person said (``minber ingest --version-of``) stays; of each set of versions the base is the document that a
    person named, else that in the corpus's first language.

    Parameters:
        corpus: an open corpus.
        days: that the days of two versions may lie apart.
        dry_run: change nothing.
        watch: for a progress bar.
        cut: where sentences and alignments are kept for ``align_versions``.

    Returns:
        what was found, and which documents changed.

    Raises:
        MinberError: MB202, MB203 the documents cannot be written.
    """
    rows = corpus.documents.drop("text").collect().sort("id").to_dicts()
    by_id = {row["id"]: row for row in rows}
    said = {row["id"]: row["version_of"] for row in rows if row["version_of"] and not _ours(row)}
    candidates = [_candidate(row, said.get(row["id"])) for row in rows]
    rank = _rank(corpus, rows)
    with Cut(corpus) if cut is None else nullcontext(cut) as texts:
        texts.prepare(list(by_id))
        found = pair(candidates, days, lambda items: watch(items, len(candidates)), texts, rank)
    named = set(said.values())
    made = Versions(found, groups(found, named, rank))
    for row in rows:
        if row["id"] in said or row["id"] in named:
            continue
        if row["version_of"] != made.base_of.get(row["id"], (None,))[0]:
            made.changed.append(row["id"])
    if made.changed and not dry_run:
        wanted = pl.Series(made.changed, dtype=pl.String).implode()
        items = []
        for full in corpus.documents.filter(pl.col("id").is_in(wanted)).collect().sort("id").to_dicts():
            document = document_of(full)
            base, told = made.base_of.get(document.id, (None, None))
            origins = document.origins | {"version_of": PAIRED + (told.by if told else "nothing any more")}
            items.append((document.model_copy(update={"version_of": base, "origins": origins}), None))
        corpus.add_documents(items)
    return made


def _ours(row: dict[str, Any]) -> bool:
    return str(json.loads(row["origins"] or "{}").get("version_of", "")).startswith(PAIRED)


def _rank(corpus: Corpus, rows: Iterable[dict[str, Any]]) -> Callable[[str], Any]:
    """What sorts documents: the corpus's first language first, and the earliest; a base, and the first of two sides."""
    languages = [*corpus.settings.corpus.languages]
    by_id = {row["id"]: (row["lang"], str(row["date"] or "9999")) for row in rows}

    def rank(doc_id: str) -> tuple[Any, ...]:
        lang, day = by_id[doc_id]
        return languages.index(lang) if lang in languages else len(languages), day, doc_id

    return rank


def _candidate(row: dict[str, Any], base: str | None) -> Candidate:
    known = {name: row[name] for name in ("lang", "uri", "title", "date", "speaker", "place", "kind")}
    return Candidate(row["id"], alternates=stated(row["alternates"]), base=base, **known)


def align_versions(corpus: Corpus, watch: Watch = watch_nothing, cut: Cut | None = None) -> tuple[pl.DataFrame, int]:
    """Align every two language versions of a corpus, and keep the result as its table ``alignments``.

    What was aligned before, and has not changed since, is not aligned again; what an earlier aligner made is.

    Parameters:
        corpus: an open corpus with ``version_of`` set.
        watch: for a progress bar.
        cut: what ``pair_versions`` kept.

    Returns:
        the frame of `ALIGNMENTS`, and how many pairs of documents were aligned anew.

    Raises:
        MinberError: MB202, MB203 the table cannot be written.
    """
    heads = corpus.heads().select("id", "revision", "lang", "date", "version_of")
    revision = dict(heads.select("id", "revision").iter_rows())
    base_of = {doc_id: base for doc_id, base in heads.select("id", "version_of").iter_rows() if base in revision}
    wanted = every_pair(base_of, _rank(corpus, heads.iter_rows(named=True)))
    before = corpus.table("alignments", ALIGNMENTS).collect()
    known = {
        (one, two): part
        for (one, r1, two, r2), part in before.filter(pl.col("aligner") == ALIGNER).group_by(
            "doc1", "revision1", "doc2", "revision2"
        )
        if (revision.get(one), revision.get(two)) == (r1, r2)
    }
    fresh = [ends for ends in wanted if ends not in known]
    frames = [known[ends] for ends in wanted if ends in known]
    with Cut(corpus) if cut is None else nullcontext(cut) as texts:
        texts.prepare(sorted({doc_id for ends in fresh for doc_id in ends}))
        for one, two in watch(fresh, len(fresh)):
            frames.append(_aligned(one, two, texts))
    found = (
        pl.concat([frame.select(ALIGNMENTS.names()) for frame in frames]) if frames else pl.DataFrame(schema=ALIGNMENTS)
    )
    found = found.sort("doc1", "doc2", "bead")
    if fresh or before.height != found.height:
        corpus.replace("alignments", found, None, ALIGNMENTS)
    return found, len(fresh)


def is_current(corpus: Corpus, alignments: pl.DataFrame) -> bool:
    """Whether rows of the table ``alignments`` are of the present texts, and made by the present aligner.

    Parameters:
        corpus: that the rows are of.
        alignments: a frame of `ALIGNMENTS`.

    Returns:
        false where ``align_versions`` would renew or remove any of them because a text or the aligner changed.
    """
    if not alignments["aligner"].eq(ALIGNER).all():
        return False
    heads = corpus.heads().select("id", "revision")
    sides = [alignments.select(id=f"doc{side}", revision=f"revision{side}").unique() for side in (1, 2)]
    return not pl.concat(sides).join(heads, on=["id", "revision"], how="anti").height


def _aligned(one: str, two: str, texts: Cut) -> pl.DataFrame:
    first, second, beads = texts.version(one), texts.version(two), texts.beads(one, two)
    groups_of = paragraph_groups(first.text, second.text, [(bead.first, bead.second) for bead in beads])
    rows = []
    for number, (bead, paragraph) in enumerate(zip(beads, groups_of, strict=True)):
        sides = [
            (ranges[numbers[0]][0], ranges[numbers[-1]][1]) if numbers else (None, None)
            for numbers, ranges in ((bead.first, first.ranges), (bead.second, second.ranges))
        ]
        shape = f"{len(bead.first)}-{len(bead.second)}"
        start = (one, first.revision, first.text.lang, two, second.revision, second.text.lang)
        rows.append((*start, paragraph, number, shape, *sides[0], *sides[1], round(bead.score, 3), ALIGNER))
    return pl.DataFrame(rows, schema=ALIGNMENTS, orient="row")


def paragraph_groups(first: Text, second: Text, beads: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[int]:
    """Number the smallest groups of paragraphs that correspond to each other as wholes.

    Parameters:
        first, second: the texts, with the paragraph of each sentence.
        beads: sentences of each that correspond.

    Returns:
        a number for each bead; a sentence without a counterpart belongs to the group of its paragraph.

    Example:
        >>> kk, ru = Text("kk", ["а", "б", "в"], [0, 0, 1]), Text("ru", ["а", "б", "в"], [0, 1, 2])
        >>> paragraph_groups(kk, ru, [((0,), (0,)), ((1,), (1,)), ((2,), (2,))])
        [0, 0, 1]
    """
    import networkx

    def paragraphs(text: Text, numbers: Sequence[int], side: int) -> list[tuple[int, int]]:
        return [(side, text.paragraphs[number] if text.paragraphs else number) for number in numbers]

    graph = networkx.Graph()
    nodes = [[*paragraphs(first, one, 0), *paragraphs(second, two, 1)] for one, two in beads]
    for members in nodes:
        networkx.add_path(graph, members)
    found: dict[tuple[int, int], int] = {}
    fresh = 0
    for members in nodes:
        if members[0] not in found:
            found |= dict.fromkeys(networkx.node_connected_component(graph, members[0]), fresh)
            fresh += 1
    return [found[members[0]] for members in nodes]


def with_words(corpus: Corpus, alignments: pl.DataFrame) -> pl.DataFrame:
    """Put the words of both sides beside the rows of a table of alignments.

    Parameters:
        corpus: that the rows are of.
        alignments: a frame of `ALIGNMENTS`.

    Returns:
        the frame with ``text1`` and ``text2``, empty where the side is.
    """
    ids = pl.concat([alignments["doc1"], alignments["doc2"]]).unique().implode()
    keys = ["id", "revision"]
    rows = corpus.revisions.filter(pl.col("id").is_in(ids)).select(*keys, "text").unique(keys, keep="any").collect()
    text_of = {(doc_id, revision): text for doc_id, revision, text in rows.iter_rows()}
    columns: dict[str, list[str]] = {}
    for side in ("1", "2"):
        names = [f"doc{side}", f"revision{side}", f"start{side}", f"end{side}"]
        columns[f"text{side}"] = [
            text_of.get((doc_id, revision), "")[start:end] if start is not None else ""
            for doc_id, revision, start, end in alignments.select(names).iter_rows()
        ]
    return alignments.with_columns(*(pl.Series(name, values, dtype=pl.String) for name, values in columns.items()))
