"""``minber init``: make a new corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, say


@app.command(epilog="Example: minber init speeches --codebook reforms --language kk --language ru --country KZ")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new corpus; made if need be.")],
    codebook: Annotated[
        str, typer.Option(help="Built-in name, or a YAML file, which is copied into the corpus.", metavar="NAME|FILE")
    ] = "reforms",
    name: Annotated[str | None, typer.Option(help="What the corpus is called; default: name of the folder.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Language that texts may be in; give it again for more.", metavar="CODE")
    ] = None,
    country: Annotated[
        str | None,
        typer.Option(help="Whose president «the president» is where a text does not tell: KZ, RU …", metavar="CODE"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a new corpus: a folder with minber.toml, raw bytes and tables."""
    from corpus.store import init_corpus

    made = init_corpus(
        folder,
        name=name,
        codebook=codebook,
        languages=tuple(language or ("kk", "ru", "en")),
        country=country.upper() if country else None,
    )
    say(f"new corpus {made.settings.corpus.name} in {made.path}, codebook {made.settings.corpus.codebook}", quiet)
