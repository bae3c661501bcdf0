"""``minber annotate``: pre-annotate what is new or stale."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, finish, progress, say


@app.command(epilog="Example: minber annotate --layer quote --workers 4")
def annotate(
    context: typer.Context,
    layer: Annotated[
        list[str] | None,
        typer.Option(help="Only this layer (and others of the same component); give it again for more.", metavar="L"),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of processes.", metavar="N")] = 1,
    cluster: Annotated[
        str | None, typer.Option(help="Work on the Dask cluster with this scheduler: tcp://HOST:8786.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Add the themes of this model (minber train); none: take them away. Default: as minber.toml says.",
            metavar="NAME",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with exit code 1 if documents are in a language without annotators.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Find sentences, quotations, themes, institutions … in every document that is new or stale.

    Documents in a language without annotators are passed over, which is said but is no failure.
    """
    from corpus.annotate import annotate as run
    from corpus.store import open_corpus

    began = time.monotonic()
    report = run(
        open_corpus(context.obj),
        layer,
        workers=workers,
        cluster=cluster,
        model=model,
        watch=lambda outcomes, total: progress(outcomes, total, "annotating", quiet),
    )
    failed = f"; {len(report.failures)} failed" if report.failures else ""
    say(
        f"annotated {report.annotated} document(s) with {report.rows} annotation(s) "
        f"in {time.monotonic() - began:.1f} s; {report.current} up to date{failed}",
        quiet,
    )
    if report.removed:
        say(f"{report.removed} annotation(s) of a trained model were taken away", quiet)
    if not strict:
        for skipped in report.skipped:
            say(f"note: {skipped}", quiet)
    finish([*report.failures, *(report.skipped if strict else ())])
