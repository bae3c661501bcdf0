"""``minber export`` and ``minber import``: corpora in exchange formats."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, finish, say


@app.command(epilog="""Example: minber export jsonl speeches.jsonl --where 'lang == "kk" and date >= "2022-01-01"'""")
def export(
    context: typer.Context,
    form: Annotated[
        str, typer.Argument(metavar="FORMAT", help="jsonl, csv, parquet, conllu, docbin, tei, refi-qda, brat …")
    ],
    dest: Annotated[str, typer.Argument(metavar="DEST", help="File to write; - for standard output.")],
    where: Annotated[
        str | None, typer.Option(help="Condition on the documents.", metavar="CONDITION", show_default="all")
    ] = None,
    snapshot: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Labels, and the texts labelled, as a snapshot holds them (minber labels)."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write documents with their annotations and labels in an exchange format."""
    from corpus.exchange import export_corpus, named
    from corpus.exchange.reading import condition
    from corpus.store import open_corpus

    named(form)
    corpus = open_corpus(context.obj)
    if snapshot is not None:
        from corpus.labels import open_snapshot

        corpus = open_snapshot(corpus, snapshot)
        if corpus.outdated:
            say(f"note: {corpus.outdated} label(s) on earlier revisions are not shown: minber labels export", quiet)
    report = export_corpus(corpus, form, dest, condition(corpus, where) if where else None)
    skipped = f"; {report.skipped} not annotated yet (minber annotate)" if report.skipped else ""
    say(f"{report.documents} document(s), {report.rows} row(s) written to {dest}{skipped}", quiet)
    for note in report.notes:
        say(f"note: {note}", quiet)
    finish(report.failures)


@app.command("import", epilog="Example: minber import jsonl speeches.jsonl")
def import_(
    context: typer.Context,
    form: Annotated[
        str, typer.Argument(metavar="FORMAT", help="brat, conllu, csv, docbin, doccano, jsonl, parquet, refi-qda, tei.")
    ],
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="File to read (of brat also a folder); - for standard input.")
    ],
    quiet: Quiet = False,
) -> None:
    """Read documents, annotations and labels from an exchange format; what is there already stays."""
    from corpus.exchange import import_corpus, named
    from corpus.store import open_corpus

    named(form)
    report = import_corpus(open_corpus(context.obj), form, source)
    say(
        f"{report.documents} document(s) new or changed, {report.unchanged} known already, {report.rows} annotation(s) "
        f"and label(s) added, {len(report.failures)} failed",
        quiet,
    )
    for note in report.notes:
        say(f"note: {note}", quiet)
    finish(report.failures)
