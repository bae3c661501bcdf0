"""The people of a team on the server: their accounts, their roles, and, on servers that have it, their assignments.

Passwords are made here, written to a private file before the account is made, and shown nowhere else. An account that
exists is only added to projects. Who was taken out of a project on the server is not put back by a push.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.project import find_project, known_units, project_url
from corpus.doccano.teams import Team
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

_USER_NAME = re.compile(r"[\w.@+-]{1,150}")  # what the server takes
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read for another
_LENGTH = 16


@dataclass(slots=True)
class Accounts:
    """The accounts of a team.

    Attributes:
        ids: user name → number on the server.
        made: names of accounts made just now.
        missing: names without an account.
        passwords: the file that holds the passwords of those made; None where none was.
    """

    ids: dict[str, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    passwords: Path | None = None


def passwords_file(url: str) -> Path:
    """Where new passwords of a server go: a file in the user's data folder, outside of the corpus, which is shared.

    Example:
        >>> passwords_file("https://doccano.example.org").name
        'passwords-doccano.example.org.txt'
    """
    folder = os.environ.get("MINBER_CACHE") or os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    place = re.sub(r"[^\w.-]+", "-", urlsplit(url).netloc)
    return Path(folder).absolute() / "minber" / f"passwords-{place}.txt"


def ensure_accounts(client: Client, names: Sequence[str], make: bool, passwords: Path | None = None) -> Accounts:
    """Find the accounts of people; make those that are missing.

    Parameters:
        client: signed in; as staff, to make accounts.
        names: user names.
        make: False only looks.
        passwords: file for new passwords, a line each, readable by its owner only; it is only ever added to.

    Returns:
        the accounts.

    Raises:
        MinberError: MB429 a name that the server does not take, MB407 we may not make accounts, MB430 the file of
            passwords cannot be written (then no account is made).
    """
    ids = {name: number for number, name in client.users().items()}
    accounts = Accounts({name: ids[name] for name in names if name in ids})
    missing = [name for name in names if name not in ids]
    by_small = {name.lower(): name for name in ids}
    for name in missing:
        if not _USER_NAME.fullmatch(name):
            raise MinberError("MB429", name=name, problem="letters, digits and . @ + - _ are allowed, blanks are not")
        if name.lower() in by_small:  # the server would take it for somebody else
            raise MinberError("MB429", name=name, problem=f"there is {by_small[name.lower()]} already")
    if not make:
        accounts.missing = missing
        return accounts
    file = passwords or passwords_file(client.url)
    for name in missing:
        password = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        _keep(file, client.url, name, password)
        accounts.ids[name] = client.create_user(name, password)
        accounts.made.append(name)
        accounts.passwords = file
    return accounts


@dataclass(frozen=True, slots=True)
class Place:
    """A person and their project.

    Attributes:
        name: of the person.
        account: ``made``, ``found`` or ``missing``.
        project: its name.
        url: its page; None where no push has made it yet.
        notes: what was done.
    """

    name: str
    account: str
    project: str
    url: str | None
    notes: tuple[str, ...] = ()


def set_up_team(
    corpus: Corpus, client: Client, team: Team, passwords: Path | None = None, dry_run: bool = False
) -> tuple[list[Place], Accounts]:
    """See to it that everybody of a team has an account and is an annotator of their project, if there is one yet.

    Parameters:
        corpus: an open corpus.
        client: signed in, as staff where accounts are missing.
        team: whose; of one round.
        passwords: as in ``ensure_accounts``.
        dry_run: look only.

    Returns:
        a place a person, and the accounts.

    Raises:
        MinberError: MB431 the team has no people; MB416 a project's name is not unique; else as ``ensure_accounts``.
    """
    names = [person for person in team.people if person is not None]
    if not names:
        raise MinberError("MB431", str(corpus.path / "minber.toml"))
    accounts = ensure_accounts(client, names, make=not dry_run, passwords=passwords)
    places = []
    for name in names:
        project, url = team.project(name), None
        notes: list[str] = []
        table = known_units(corpus.units, project)
        ids = sorted(table.filter(pl.col("server") == client.url)["project_id"].unique().to_list())
        record = find_project(client, project, team.layout, ids)
        user = accounts.ids.get(name)
        if record is not None:
            number = int(record["id"])
            url = project_url(client, number)
            if user is not None and not dry_run:
                _, notes = join(client, number, name, user, again=True)
                notes += assign(client, number, name, user)
                if name not in recorded_members(corpus.runs, project, number):
                    details = {"project": project, "server": client.url, "project_id": number, "members": [name]}
                    corpus.record("team", dict(details), corpus.record("team", dict(details)))
        account = "made" if name in accounts.made else "found" if user is not None else "missing"
        places.append(Place(name, account, project, url, tuple(notes)))
    return places, accounts


def join(
    client: Client, project_id: int, name: str, user_id: int, recorded: Sequence[str] = (), again: bool = False
) -> tuple[bool, list[str]]:
    """Make somebody an annotator of a project, unless they are a member, whatever their role.

    Parameters:
        client: signed in as an administrator of the project.
        project_id: of the server.
        name, user_id: who.
        recorded: members that earlier pushes noted: who is among them and no longer there was taken out by people.
        again: put such a person back.

    Returns:
        whether they are a member now, and what is to be said.
    """
    members = {row["user"]: row for row in client.members(project_id)}
    if user_id in members:
        return True, []
    if name in recorded and not again:
        return False, [f"{name} was taken out of this project on the server ('minber doccano team' puts them back)"]
    client.add_member(project_id, user_id)
    return True, [f"{name} is an annotator of this project now"]


def assign(client: Client, project_id: int, name: str, user_id: int) -> list[str]:
    """Give somebody every document of their project that nobody has, on servers that have assignments.

    From version 1.8.5 on, an annotator sees only documents that are assigned to them. Older servers show everything.

    Parameters:
        client: signed in as an administrator of the project.
        project_id: of their own project.
        name, user_id: who; a member.

    Returns:
        what was done.
    """
    if not client.has_assignments(project_id):
        return []
    total = client.count(project_id)
    if not total or client.count(project_id, assignee=name) >= total:
        return []
    [member] = [row["id"] for row in client.members(project_id) if row["user"] == user_id]
    client.assign_all(project_id, member)
    return [f"all documents are assigned to {name}, for this server shows annotators no others"]


def unassigned(client: Client, project_id: int) -> list[str]:
    """Say that members of a shared project see nothing yet, on servers that show only what is assigned.

    Who is to get what in a shared project is for people to say: there every label is everybody's.
    """
    others = [row for row in client.members(project_id) if row["rolename"] != "project_admin"]
    if not others or not client.has_assignments(project_id):
        return []
    said = "this server shows annotators only what is assigned to them: assign the documents on the project's page"
    return [f"{said}, or give everybody a project of their own ([doccano] annotators)"]


def recorded_members(runs: pl.LazyFrame, project: str, project_id: int | None) -> list[str]:
    """Members of a project as earlier pushes noted them.

    Parameters:
        runs: the table of runs.
        project: our name of the project.
        project_id: its number on the server.

    Returns:
        user names.
    """
    rows = runs.filter(pl.col("command").is_in(["push", "team"])).select("details").collect()
    found: list[str] = []
    for details in map(json.loads, rows["details"].drop_nulls()):
        if details.get("project") == project and details.get("project_id") == project_id:
            found += details.get("members", ())
    return sorted(set(found))


def _keep(file: Path, url: str, name: str, password: str) -> None:
    """Write a password down before it is used: an account whose password nobody knows is of no use."""
    row: dict[str, Any] = {"server": url, "user": name, "password": password}
    row["made"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(number, "a", encoding="utf-8") as out:
            os.fchmod(number, 0o600)
            out.write("  ".join(f"{key}: {value}" for key, value in row.items()) + "\n")
            out.flush()
            os.fsync(number)
    except OSError as error:
        raise MinberError("MB430", str(file), problem=error.strerror or str(error)) from error
