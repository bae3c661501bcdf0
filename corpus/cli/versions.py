"""``minber versions`` and ``minber duplicates``: language versions of one text, copies, repeated quotations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli.app import command_group, late_command
from corpus.cli.console import Quiet, progress, say
from corpus.cli.tables import Listing

if TYPE_CHECKING:
    import polars as pl


versions = command_group("versions", help="Language versions of one text: pair them, align their sentences.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")]


@versions.command(epilog="Example: minber versions pair --days 7")
def pair(
    context: typer.Context,
    to: Listing,
    days: Annotated[int, typer.Option(min=0, help="A translation may appear so many days apart.")] = 3,
    align: Annotated[bool, typer.Option("--align/--no-align", help="Align their sentences too.")] = True,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Find the language versions of each text, and note in `version_of` what each is a version of."""
    import polars as pl

    from corpus.store import open_corpus
    from corpus.versions import Cut, align_versions, pair_versions

    to.check()
    corpus = open_corpus(context.obj)
    with Cut(corpus) as cut:
        made = pair_versions(corpus, days, dry_run, lambda items, total: progress(items, total, "pairing", quiet), cut)
        aligned = None
        if align and made.base_of and not dry_run:
            aligned = align_versions(corpus, lambda items, total: progress(items, total, "aligning", quiet), cut)
    titles = corpus.documents.select(doc_id="id", lang="lang", date="date", title="title").collect()
    rows = [(doc_id, base, told.by, told.share) for doc_id, (base, told) in made.base_of.items()]
    schema = pl.Schema({"doc_id": pl.String(), "version_of": pl.String(), "by": pl.String(), "share": pl.Float64()})
    found = (
        pl.DataFrame(rows, schema=schema, orient="row").join(titles, on="doc_id", how="left").sort("version_of", "lang")
    )
    to.write(found, fit=True)
    bases = found["version_of"].n_unique()
    told = f"{bases:,} text(s) in several languages, {found.height:,} version(s) of them"
    say(f"{told}, {len(made.changed):,} document(s) {'would change' if dry_run else 'changed'}", quiet)
    if aligned is not None:
        say(_aligned(*aligned), quiet)


@versions.command(epilog="Example: minber versions align")
def align(context: typer.Context, quiet: Quiet = False) -> None:
    """Align the sentences of every two language versions, those that `minber ingest --version-of` named too."""
    from corpus.store import open_corpus
    from corpus.versions import align_versions
    from schemas.errors import MinberError

    corpus = open_corpus(context.obj)
    found, fresh = align_versions(corpus, lambda items, total: progress(items, total, "aligning", quiet))
    if not found.height:
        raise MinberError("MB160", str(corpus.path))
    say(_aligned(found, fresh), quiet)


@versions.command(epilog="Example: minber versions table --out aligned.csv")
def table(
    context: typer.Context,
    to: Listing,
    document: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only with this document.")] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="kk,ru", help="Only between these two languages, in this order.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Print the aligned sentences side by side, or write them to a file; what is out of date is aligned anew before."""
    import polars as pl

    from corpus.store import open_corpus
    from corpus.versions import ALIGNMENTS, align_versions, is_current, with_words
    from schemas.errors import MinberError

    to.check()
    corpus = open_corpus(context.obj)
    rows = corpus.table("alignments", ALIGNMENTS).collect()
    if not is_current(corpus, rows):
        rows, _ = align_versions(corpus, lambda items, total: progress(items, total, "aligning", quiet))
    if document is not None:
        corpus.document(document)
        rows = rows.filter((pl.col("doc1") == document) | (pl.col("doc2") == document))
    rows = _in_order(rows, lang) if lang is not None else rows
    if not rows.height:
        raise MinberError("MB160", str(corpus.path))
    words = with_words(corpus, rows.sort("doc1", "doc2", "bead"))
    to.write(words, _HIDDEN, fit=True)
    pairs = rows.select("doc1", "doc2").unique().height
    say(f"{rows.height:,} bead(s) of {pairs:,} pair(s) of documents", quiet)


_HIDDEN = ["revision1", "revision2", "start1", "end1", "start2", "end2", "aligner", "doc2", "bead"]


def _in_order(rows: pl.DataFrame, lang: str) -> pl.DataFrame:
    """The rows between two languages, the sides changed where they stand the other way round."""
    import polars as pl

    from schemas.errors import MinberError

    wanted = [code.strip() for code in lang.split(",")]
    if len(wanted) != 2:
        raise MinberError("MB119", option="--lang", value=lang, expected="two languages such as kk,ru")
    straight = rows.filter((pl.col("lang1") == wanted[0]) & (pl.col("lang2") == wanted[1]))
    other = rows.filter((pl.col("lang1") == wanted[1]) & (pl.col("lang2") == wanted[0]))
    names = {f"{name}{side}": f"{name}{3 - side}" for name in _SIDED for side in (1, 2)}
    turned = other.rename(names).with_columns(shape=pl.col("shape").str.replace(r"(\d)-(\d)", "$2-$1"))
    return pl.concat([straight, turned.select(straight.columns)])


_SIDED = ("doc", "revision", "lang", "start", "end")


def _aligned(found: pl.DataFrame, fresh: int) -> str:
    pairs = found.select("doc1", "doc2").unique().height
    alone = found["shape"].is_in(["1-0", "0-1"]).sum()
    told = f"{pairs:,} pair(s) of documents aligned ({fresh:,} anew)"
    return f"{told}, {found.height - alone:,} bead(s), {alone:,} sentence(s) alone"


@late_command("duplicates", epilog="Example: minber duplicates --out copies.csv; minber duplicates --quotations")
def duplicates(
    context: typer.Context,
    to: Listing,
    quotations: Annotated[
        bool, typer.Option("--quotations", help="The quotations that stand in several places, instead of documents.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Documents and quotations without copies too.")] = False,
    quiet: Quiet = False,
) -> None:
    """Find copies of documents (same, changed lead, reprint, excerpt) and the same quotation across outlets."""
    import polars as pl

    from corpus.labels.log import with_words
    from corpus.store import open_corpus
    from corpus.versions import refresh

    to.check()
    corpus = open_corpus(context.obj)

    def watch(items: Iterable[Any], total: int) -> Iterable[Any]:
        return progress(items, total, "comparing", quiet)

    copied, spoken = refresh(corpus, watch)
    several = spoken.filter((pl.col("quotations") > 1) | pl.col("transcript").is_not_null())
    if quotations:
        rows = spoken if every else several
        rows = with_words(corpus, rows.with_columns(words=pl.lit(None, pl.String)))
        hidden = ["revision", "start", "end"]
        rows = rows.sort("documents", "quotations", "utterance", "occurrence", descending=[True, True, False, False])
    else:
        clusters = copied.group_by("cluster").len().filter(pl.col("len") > 1)
        rows = copied if every else copied.join(clusters, on="cluster", how="semi")
        about = corpus.documents.select(doc_id="id", date="date", publisher="publisher", title="title").collect()
        rows = rows.join(about, on="doc_id", how="left").sort("cluster", "date", "doc_id", nulls_last=True)
        hidden = ["revision", "similarity"]
    to.write(rows, hidden, fit=True)
    kinds = copied.drop_nulls("relation").group_by("relation").len().sort("len", "relation", descending=[True, False])
    told = ", ".join(f"{count:,} {relation}" for relation, count in kinds.iter_rows()) or "no copies"
    repeated = several.filter(pl.col("occurrence") > 1).height
    say(
        f"{copied.height:,} document(s): {told}; {spoken.height:,} quotation(s), {repeated:,} of them said before",
        quiet,
    )
    if not spoken.height and copied.height:
        say("no quotations are known: run 'minber annotate'", quiet)
