"""``minber serve`` and ``minber doccano setup-autolabel``: labels proposed as people open texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.app import app
from corpus.cli.console import Quiet, finish, say
from corpus.cli.doccano import doccano

TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="File with the token, readable by you only; default: MINBER_SERVICE_TOKEN, else a file of your own.",
    ),
]


@app.command(epilog="Example: minber serve --port 8765")
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen at; others than this machine's own need a token given.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8765,
    lang: Annotated[str | None, typer.Option("--lang", help="Of all texts; default: each text tells.")] = None,
    token_file: TokenFile = None,
    quiet: Quiet = False,
) -> None:
    """Propose labels over HTTP to whoever opens a text in Doccano ('minber doccano setup-autolabel' tells it where).

    Prints its address when it is ready; stops at Ctrl-C or SIGTERM. See docs/labelling.md.
    """
    from corpus.cli.sync import open_from
    from corpus.service.server import is_loopback, listen, run, url_of
    from corpus.service.token import find_token

    corpus, _ = open_from(context)
    token = find_token(token_file, make=True, given_only=not is_loopback(host))
    with listen(host, port) as listening:
        from corpus.service.labelling import Labeller  # spaCy is loaded once all else is in order

        labeller = Labeller(corpus, lang)
        url = url_of(listening)

        def ready() -> None:
            typer.echo(url)
            say(f"{labeller.codebook_name} in {', '.join(labeller.languages)}; stop with Ctrl-C", quiet)

        run(listening, labeller, token, ready, quiet)


@doccano.command(name="setup-autolabel", epilog="Example: minber doccano setup-autolabel --url http://127.0.0.1:8765")
def setup_autolabel(
    context: typer.Context,
    url: Annotated[
        str, typer.Option("--url", help="Of 'minber serve', as the labelling server reaches it.")
    ] = "http://127.0.0.1:8765",
    layout: Annotated[
        str | None, typer.Option("--layout", help="themes, voices or spans; default: as minber.toml says.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="sentence, paragraph, quotation or document; default: likewise.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Of label names; default: as minber.toml says.")
    ] = None,
    labelling_round: Annotated[
        int | None, typer.Option("--round", min=1, help="Of labelling; default: as minber.toml says.")
    ] = None,
    token_file: TokenFile = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out of the projects; labels stay.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try the recommender, change nothing.")] = False,
    quiet: Quiet = False,
) -> None:
    """Let the projects of a layout ask 'minber serve' whenever somebody opens a text with auto-labelling switched on.

    Nothing is changed where the server gets no answer. Texts that have labels already get no proposals.
    """
    from corpus.cli.sync import chosen_layout, connected, open_from
    from corpus.doccano.autolabel import remove as take_out
    from corpus.doccano.autolabel import set_up
    from corpus.doccano.teams import team_of
    from corpus.service.token import find_token
    from schemas.errors import MinberError

    corpus, ask = open_from(context)
    team = team_of(corpus, chosen_layout(layout), unit, number=labelling_round)
    token = None if remove else find_token(token_file)
    failures: list[MinberError] = []
    with connected(corpus, ask) as client:
        for person in team.people:
            try:
                if token is None:
                    found = take_out(corpus, client, team, person, dry_run)
                else:
                    found = set_up(corpus, client, team, person, url, token, language, dry_run)
            except MinberError as error:
                if person is None or error.code != "MB466":
                    raise
                failures.append(error)
                continue
            for note in found.notes:
                say(f"note: {note}", quiet)
            counts = f"{found.made} made, {found.changed} changed, {found.removed} removed, {found.kept} as they were"
            say(f"{found.url}: configurations{' (dry run)' if dry_run else ''} {counts}", quiet)
            if found.closed:
                say(f"{found.closed} text(s) have labels already and get no proposals", quiet)
    if not failures and not remove:
        say("Each person switches it on in the page: the magic wand above the text, 'Auto Labeling'.", quiet)
    finish(failures)
