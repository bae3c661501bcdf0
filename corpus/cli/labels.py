"""``minber labels``: the history of people's labels, what differs between two states, and gold sets that stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.app import command_group
from corpus.cli.console import Quiet, finish, say
from corpus.cli.tables import Format, Listing

if TYPE_CHECKING:
    import polars as pl

    from corpus.labels import LabelSnapshot
    from corpus.store import Corpus

labels = command_group("labels", help="People's labels: their history, differences between two states, gold sets.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the snapshot.")]


@labels.command(epilog="Example: minber labels log speech-2025 --who aigul --format csv --out log.csv")
def log(
    context: typer.Context,
    table: Listing,
    document: Annotated[str | None, typer.Argument(metavar="[DOC]", help="Id of a document; default: all.")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person did.")] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND", help="Only added, rejected, confirmed, unconfirmed, changed, withdrawn, carried, commented."
        ),
    ] = None,
    layer: Annotated[str | None, typer.Option(metavar="LAYER", help="Only theme, evidence, quote, unit …")] = None,
    quiet: Quiet = False,
) -> None:
    """All that people did with the labels of a document, in the order of time: who, when, what, on which words."""
    import polars as pl

    from corpus.labels import KINDS, events
    from corpus.stats.frames import check_choice

    table.check()
    for kind in event or ():
        check_choice("kind of event", kind, KINDS)
    found = events(_corpus(context), document)
    if who is not None:
        found = found.filter(annotator=who)
    if event:
        found = found.filter(pl.col("event").is_in(event))
    if layer is not None:
        found = found.filter(layer=layer)
    hide = ["decision", "revision", "start", "end", "server", "unit_id", "seen", "project"]
    table.write_labels(found, [*hide, *(["doc_id"] if document else [])])
    people = found["annotator"].drop_nulls().n_unique()
    say(f"{found.height:,} event(s) of {people} person(s)", quiet)


@labels.command(epilog="Example: minber labels diff 2026-01-31 latest --by annotator; minber labels diff gold-1 latest")
def diff(
    context: typer.Context,
    table: Listing,
    before: Annotated[
        str, typer.Argument(metavar="[V1]", help="previous, latest, a version, a day, a moment or a snapshot.")
    ] = "previous",
    after: Annotated[str, typer.Argument(metavar="[V2]", help="The same.")] = "latest",
    by: Annotated[
        str | None,
        typer.Option(
            metavar="FIELD",
            help="Only counts: by doc_id, annotator, layer, label, project or round.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """What differs between two states of the labels: every change, and counts per document and per person.

    On a terminal the counts come first; JSON is one object with both states, both counts and all changes.
    """
    from corpus.labels import counted, state
    from corpus.labels import diff as run
    from corpus.stats.frames import check_choice

    table.check()
    if by is not None:
        check_choice("field", by, ("doc_id", "annotator", "layer", "label", "project", "round"))
    corpus = _corpus(context)
    old, new = state(corpus, before), state(corpus, after)
    changes = run(corpus, old, new)
    if by is not None:
        table.write_labels(_nonzero(counted(changes, by)))
    elif table.form == "json":
        table.write_json(
            {
                "before": {"name": old.name, "version": old.version, "time": old.time, "labels": old.labels.height},
                "after": {"name": new.name, "version": new.version, "time": new.time, "labels": new.labels.height},
                "documents": counted(changes, "doc_id").to_dicts(),
                "people": counted(changes, "annotator").to_dicts(),
                "changes": changes.to_dicts(),
            }
        )
    else:
        if table.form == "table" and changes.height and table.out is None:
            for field in ("doc_id", "annotator"):
                table.write_labels(_nonzero(counted(changes, field)))
                typer.echo()
        hide = ["decision", "revision", "server", "unit_id", "project", "at"]
        table.write_labels(changes, hide)
    states = [f"{one.name} ({one.labels.height:,} labels, version {one.version})" for one in (old, new)]
    say(f"{changes.height:,} change(s) from {states[0]} to {states[1]}", quiet)


@labels.command(epilog="Example: minber labels versions --format json")
def versions(context: typer.Context, table: Listing, quiet: Quiet = False) -> None:
    """The versions of the labels, one for each pull that found something new, with the snapshots taken of them."""
    import polars as pl

    from corpus.labels import KINDS
    from corpus.labels import versions as run

    table.check()
    found = run(_corpus(context))
    frame = pl.DataFrame(
        [
            {
                "version": one.version,
                "time": one.time,
                "labels": one.labels,
                **{kind: one.changes.get(kind, 0) for kind in KINDS if kind != "commented"},
                "people": list(one.people),
                "projects": list(one.projects),
                "snapshots": list(one.snapshots),
            }
            for one in found
        ],
        schema={
            "version": pl.Int64,
            "time": pl.Datetime("us", "UTC"),
            "labels": pl.Int64,
            **{kind: pl.Int64 for kind in KINDS if kind != "commented"},
            **{name: pl.List(pl.String) for name in ("people", "projects", "snapshots")},
        },
    )
    table.write_labels(_nonzero(frame) if table.form == "table" else frame)
    say(f"{len(found)} version(s)", quiet)


@labels.command(epilog="Example: minber labels snapshot gold-1 --note 'for the paper of May'")
def snapshot(
    context: typer.Context,
    name: Name,
    at: Annotated[
        str, typer.Option("--at", metavar="STATE", help="latest, previous, a version, a day or a moment.")
    ] = "latest",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    quiet: Quiet = False,
) -> None:
    """Keep the labels as they are under a name, for good: a gold set with a checksum that a paper can cite."""
    from corpus.labels import state, take_snapshot

    corpus = _corpus(context)
    taken = take_snapshot(corpus, name, state(corpus, at), note)
    typer.echo(f"{taken.checksum}  {taken.name}")
    book = f"codebook {taken.codebook['id']} {taken.codebook['version']} ({taken.codebook['digest']})"
    people = ", ".join(f"{who} {count:,}" for who, count in taken.people.items())
    say(f"{_counts(taken)}; {book}; {people}; in {corpus.path / 'snapshots' / name}", quiet)


@labels.command(epilog="Example: minber labels snapshots --format json")
def snapshots(context: typer.Context, table: Listing, quiet: Quiet = False) -> None:
    """The snapshots of this corpus."""
    import json

    import polars as pl

    from corpus.labels import snapshots as run

    table.check()
    found = run(_corpus(context))
    if table.form == "json":
        table.write_json([json.loads(one.model_dump_json()) for one in found])
    else:
        names = ("name", "created", "labels", "units", "confirmed", "documents", "checksum", "note")
        rows = [{field: getattr(one, field) for field in names} for one in found]
        frame = pl.DataFrame(rows, schema_overrides={"created": pl.Datetime("us", "UTC")}, infer_schema_length=None)
        if table.form == "table" and frame.height:
            frame = frame.with_columns(pl.col("checksum").str.head(12))
        table.write_labels(frame)
    say(f"{len(found)} snapshot(s)", quiet)


@labels.command(epilog="Example: minber labels verify gold-1 --checksum 3f5a09c1b2de")
def verify(
    context: typer.Context,
    name: Name,
    checksum: Annotated[
        str | None, typer.Option(metavar="HEX", help="What a paper says it is; its first letters are enough.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check that a snapshot is what it was, and that the texts it speaks of are here."""
    from corpus.labels import verify_snapshot
    from schemas.errors import MinberError

    corpus = _corpus(context)
    found, missing = verify_snapshot(corpus, name, checksum)
    typer.echo(f"{found.checksum}  {found.name}")
    book = corpus.codebook
    if book.digest != found.codebook["digest"]:
        say(
            f"note: the codebook has changed since; then it was {found.codebook['id']} {found.codebook['version']}",
            quiet,
        )
    say(f"as it was on {found.created:%Y-%m-%d %H:%M} UTC: {_counts(found)}", quiet)
    if missing:
        finish([MinberError("MB476", name, count=len(missing), first=missing[0])])


@labels.command(
    epilog="Example: minber labels export gold-1 gold.csv; minber export jsonl gold.jsonl --snapshot gold-1"
)
def export(
    context: typer.Context,
    name: Name,
    dest: Annotated[
        Path | None, typer.Argument(metavar="[DEST]", help="File: .csv, .json, .parquet; default: standard output.")
    ] = None,
    form: Format = None,
    quiet: Quiet = False,
) -> None:
    """Write the decisions of a snapshot as a table, one a row, with the words that each is about."""
    import polars as pl

    from corpus.labels import open_snapshot
    from corpus.labels.log import with_words
    from corpus.labels.snapshots import LABEL_FIELDS

    table = Listing(form, dest)
    table.check()
    corpus = open_snapshot(_corpus(context), name)
    rows = corpus.labels.select(LABEL_FIELDS).sort("doc_id", "start", "end", "layer", "label", "annotator").collect()
    rows = with_words(corpus, rows.with_columns(words=pl.lit(None, pl.String)))
    table.write_labels(rows, ["revision", "unit_id", "project", "attributes"])
    say(f"{_counts(corpus.about)}; sha256 {corpus.about.checksum}", quiet)


def _corpus(context: typer.Context) -> Corpus:
    from corpus.store import open_corpus

    return open_corpus(context.obj)


def _counts(one: LabelSnapshot) -> str:
    return f"{one.labels:,} labels, {one.units:,} units ({one.confirmed:,} confirmed), {one.documents:,} documents"


def _nonzero(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out kinds of changes that did not happen."""
    from corpus.labels import KINDS

    return frame.drop([kind for kind in KINDS if kind in frame.columns and not frame[kind].sum()])
