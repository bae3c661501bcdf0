"""``minber schema``: print the JSON Schema of what Minber reads and writes."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.cli.app import app


@app.command(epilog="Example: minber schema codebook > codebook.schema.json")
def schema(
    name: Annotated[
        str, typer.Argument(help="document, source, annotation, codebook, theme, speaker, office, settings …")
    ],
) -> None:
    """Print the JSON Schema of a document, annotation, codebook, speaker … (names with --help)."""
    import json

    from schemas.jsonschema import json_schema

    typer.echo(json.dumps(json_schema(name), ensure_ascii=False, indent=2))
