"""``minber rerun``: make a statistic again as its manifest tells, from the corpus as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, say
from corpus.cli.part import PINNED


@app.command(epilog="Example: minber rerun words.manifest.json --out words-again.csv")
def rerun(
    context: typer.Context,
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="A file that --manifest wrote.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there instead of where it was written.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a statistic again from the tables as they were, and check that it is the same."""
    from typer.main import get_command

    from corpus.stats.manifest import PinnedCorpus, read_manifest
    from corpus.store import find_corpus

    found = read_manifest(manifest)
    folder = context.obj if context.obj is not None else find_corpus()
    corpus = PinnedCorpus(folder, found)
    command = get_command(app)
    arguments = _without(found.command, ("--manifest", "--plot", "--corpus", *(("--out",) if out else ())))
    with command.make_context("minber", [*arguments, *(("--out", str(out)) if out else ())]) as again:
        again.meta[PINNED] = corpus
        command.invoke(again)
    say(f"the same as then: {found.rows:,} rows, sha256 {found.sha256[:12]}", quiet)


def _without(arguments: tuple[str, ...], options: tuple[str, ...]) -> list[str]:
    """Arguments without some options and their values."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in options:
            skip = True
        elif not argument.startswith(tuple(f"{option}=" for option in options)):
            kept.append(argument)
    return kept
