"""``minber doccano``: a local Doccano server for people who have none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import command_group
from corpus.cli.console import Quiet, say

doccano = command_group("doccano", help="Start, stop and look at a local Doccano server.")

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of its database and uploads; default: in the user's data folder.")
]


@doccano.command(epilog="Example: minber doccano up --port 8123")
def up(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0: any free one. Default 8000.")
    ] = None,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Start a Doccano server on this machine, reachable from this machine only; installs it the first time."""
    from shlex import quote

    from corpus.doccano import server

    url = server.up(home, port=port, say=lambda message: say(message, quiet))
    typer.echo(url)
    say(f"Doccano runs at {url}. User: {server.ADMIN}. Password: cat {quote(str(server.password_file(home)))}", quiet)
    if url != f"http://127.0.0.1:{server.DEFAULT_PORT}":
        say(f'In minber.toml: [doccano] url = "{url}"', quiet)


@doccano.command(epilog="Example: minber doccano down")
def down(
    home: Home = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Delete its database too, with all labels that were not pulled.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Stop the local Doccano server; its labels stay, unless --purge."""
    from corpus.doccano import server

    ran = server.down(home, purge=purge)
    say(("stopped" if ran else "nothing ran") + (" and deleted" if purge else ""), quiet)


@doccano.command(epilog="Example: minber doccano status")
def status(home: Home = None) -> None:
    """Say whether the local Doccano server runs, and where."""
    from corpus.doccano import server

    found = server.status(home)
    state = {True: "running", False: "stopped"}
    typer.echo(f"url       {found.url or 'never started'}")
    typer.echo(f"web       {state[found.web]}")
    typer.echo(f"worker    {state[found.worker]}")
    typer.echo(f"home      {found.home}")
    typer.echo(f"password  {server.password_file(home)}")
