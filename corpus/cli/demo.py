"""``minber demo``: the main job on bundled texts, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, finish, say


@app.command(epilog="Example: minber demo my-first-corpus --language kk")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or that of an earlier demo.")] = Path(
        "minber-demo"
    ),
    language: Annotated[
        str, typer.Option(help="Of the themes' names and the pages: en, kk, ru.", metavar="CODE")
    ] = "en",
    quiet: Quiet = False,
) -> None:
    """Take a speech and a news report through the main job: quotations, themes, statistics, files for Doccano."""
    from rich.console import Console

    from corpus.demo import run_demo

    console = Console(highlight=False, quiet=quiet)
    result = run_demo(folder, console, language)
    say(f"demo: {result.documents} documents in {result.folder}, {result.seconds:.1f} s", quiet)
    finish(result.failures)
