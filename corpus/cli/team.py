"""``minber doccano team``: accounts and projects of the people who label."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.console import Quiet, say
from corpus.cli.doccano import doccano


@doccano.command(epilog="Example: minber doccano team --passwords ~/passwords.txt")
def team(
    context: typer.Context,
    passwords: Annotated[
        Path | None, typer.Option("--passwords", help="File for new passwords; default: in the user's data folder.")
    ] = None,
    labelling_round: Annotated[
        int | None, typer.Option("--round", min=1, help="Of labelling; default: as minber.toml says.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option("--layout", help="themes, voices or spans; default: as minber.toml says.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make an account for everybody in [doccano] annotators who has none, and a member of their project who is not.

    New passwords go to a file that only you can read; hand each person theirs. Who left keeps account and labels.
    """
    from corpus.cli.sync import chosen_layout, connected, open_from
    from corpus.doccano.members import set_up_team
    from corpus.doccano.teams import team_of

    corpus, ask = open_from(context)
    found = team_of(corpus, chosen_layout(layout), number=labelling_round)
    with connected(corpus, ask) as client:
        places, accounts = set_up_team(corpus, client, found, passwords, dry_run)
    for place in places:
        typer.echo(f"{place.name}\t{place.account}\t{place.url or 'no project yet: minber push makes it'}")
        for note in place.notes:
            say(f"note: {note}", quiet)
    if accounts.passwords:
        say(f"{len(accounts.made)} new password(s): {accounts.passwords}", quiet)
