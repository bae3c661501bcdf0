"""Bring units to the server: each once, whatever happens on the way.

What will be sent is written down on our side first, with the labels it will carry, and without a date. Then it is
sent, then the server is asked what arrived, then the date is set. So after a crash at any point the next push knows
what was meant, sees what is there, and sends the rest. An example's UUID is derived from project and unit, so even a
repeated upload cannot double anything: the server refuses the second copy.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.books import Sending, example_uuid, labels_from_json, labels_to_json, write_sent
from corpus.doccano.client import Client
from corpus.doccano.label_types import recorded_types, types_to_rows
from corpus.doccano.layouts import LayoutName, upload_row
from corpus.doccano.members import assign, ensure_accounts, join, recorded_members
from corpus.doccano.omissions import Omission, omissions
from corpus.doccano.project import Project, known_units, prepare_project
from corpus.doccano.selection import Selection, note_selection
from corpus.doccano.teams import Handout, plan_push, team_of
from corpus.doccano.units import Unit
from corpus.doccano.verify import list_arrived, verify
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

FILE_ROWS = 1000
"""Rows a file: the server imports in batches of 1,000 without a transaction, so a file is either there or not."""


@dataclass(slots=True)
class PushReport:
    """What a push did.

    Attributes:
        project: name of the project.
        url: its page.
        layout: what it shows.
        dry_run: whether nothing was done in truth.
        sent: units uploaded.
        present: units that were there already.
        repaired: of those, units that a push which was cut short had sent.
        deleted: units that people deleted on the server; they are not sent again unless asked.
        outdated: units of earlier revisions of a text, which stay on the server.
        renewed: units whose pre-annotations on our side are others now; those on the server stay.
        hidden: overlapping words that the layout cannot underline; our annotations keep them.
        omitted: all that the layout cannot show of the units of this project, with the reason.
        chosen, total: how many units the selection takes, of how many.
        left_out: units left out as page furniture or recap.
        unannotated: documents without sentences.
        notes: about project, label types and guideline.
        failures: units that cannot be sent, each with its reason.
        seconds: how long it took.
    """

    project: str
    url: str
    layout: str
    dry_run: bool
    sent: int = 0
    present: int = 0
    repaired: int = 0
    deleted: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    omitted: list[Omission] = field(default_factory=list)
    chosen: int = 0
    total: int = 0
    left_out: int = 0
    unannotated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[MinberError] = field(default_factory=list)
    seconds: float = 0.0


def push(
    corpus: Corpus,
    client: Client,
    layout: LayoutName | None = None,
    unit: str | None = None,
    language: str | None = None,
    annotator: str | None = None,
    furniture: bool | None = None,
    restore: bool = False,
    dry_run: bool = False,
    progress: Callable[[Sequence[Any], str], Iterable[Any]] = lambda items, _: items,
    relations: bool | None = None,
    number: int | None = None,
    selection: Selection | None = None,
    handout: Handout | None = None,
) -> PushReport:
    """Send all units that the project should have and does not have yet.

    Parameters:
        corpus: an open, annotated corpus.
        client: signed in as an administrator of the project (or as staff, to make it).
        layout, unit, language: default: as ``minber.toml`` says.
        annotator: name of a person with a project of their own.
        furniture: whether units of page furniture and recaps are sent; default: as the layout has it.
        restore: send again what people deleted on the server.
        dry_run: do nothing, report what would be done.
        progress: wraps the files that are uploaded.
        relations: whether quotations are joined to their speakers; default: as ``minber.toml`` says.
        number: of the round of labelling; default: as ``minber.toml`` says.
        selection: which units; default: as at the last push to this project, else all.
        handout: what the whole team gets, where it is known already.

    Returns:
        what was done.

    Raises:
        MinberError: MB403 worker down (nothing is sent); MB410, MB411, MB416, MB417 the project cannot be used;
            MB413 import failed; MB414 the server does not have what it was sent.
    """
    started = time.monotonic()
    settings = corpus.settings.doccano
    team = team_of(corpus, layout, unit, relations, number, annotator)
    language = language or settings.language
    client.check_health()
    name = team.project(annotator)
    table = known_units(corpus.units, name)
    ids = sorted(table.filter(pl.col("server") == client.url)["project_id"].unique().to_list())
    project = prepare_project(client, name, team.layout, corpus.codebook, language, corpus.runs, ids, dry_run)
    project.annotator, project.number = annotator, team.number
    report = PushReport(name, project.url, team.layout.name, dry_run, notes=project.notes)
    if ids and project.id not in ids:
        report.notes.append("the project that units were pushed to before is gone from the server; this is another one")
    if handout is None:
        handout = plan_push(corpus, replace(team, layout=project.layout), language, furniture, selection)
        report.notes += handout.notes
    if not dry_run:
        handout.write(corpus)
    units = handout.units[annotator]
    report.left_out, report.unannotated = handout.found.left_out, handout.found.unannotated
    report.chosen, report.total = handout.chosen, len(handout.found.units)
    report.omitted = omissions(units, [theme.id for theme in corpus.codebook.themes])
    members, member = _member(corpus, client, project, report)
    to_send = _compare(corpus, client, project, units, table, restore, report)
    batch = _rows(project, to_send, report)
    report.sent = len(batch)
    report.hidden = [(item.unit.unit_id, word.label) for item, _ in batch for word in item.unit.hidden]
    noted = recorded_types(corpus.runs, name, project.id)
    news = batch or project.types.ids.items() - noted.items() or handout.new_selection or members
    if not dry_run and news:
        details: dict[str, object] = {"project": name, "server": client.url, "project_id": project.id}
        details |= {"label_types": types_to_rows(project.types.ids), "members": members, "round": team.number}
        details |= note_selection(team.scope, handout.selection, project.layout.relations)
        run = corpus.record("push", details)
        if batch:
            _send(corpus, client, project, batch, progress)
        corpus.record("push", details | {"sent": len(batch)}, run)
    if not dry_run and annotator and member is not None and project.id is not None:
        report.notes += assign(client, project.id, annotator, member)
    report.seconds = time.monotonic() - started
    return report


def _member(corpus: Corpus, client: Client, project: Project, report: PushReport) -> tuple[list[str], int | None]:
    """See to it that a person is a member of their project; returns names to be noted, and the person's number."""
    name = project.annotator
    if name is None:
        return [], None
    user = ensure_accounts(client, [name], make=False).ids.get(name)
    if user is None:
        report.notes.append(f"{name} has no account on this server: 'minber doccano team' makes it")
    if user is None or project.id is None:
        return [], None
    recorded = recorded_members(corpus.runs, project.name, project.id)
    if report.dry_run:
        return [], None
    member, notes = join(client, project.id, name, user, recorded)
    report.notes += notes
    return [name] if member and name not in recorded else [], user if member else None


def _compare(
    corpus: Corpus,
    client: Client,
    project: Project,
    units: Sequence[Unit],
    table: pl.DataFrame,
    restore: bool,
    report: PushReport,
) -> list[Sending]:
    """Which units to send. Nothing but their number is asked of the server where our books already agree with it."""
    rows = table.filter((pl.col("server") == client.url) & (pl.col("project_id") == (project.id or 0))).to_dicts()
    known = {row["unit_id"]: row for row in rows}
    there = {name for name, row in known.items() if row["pushed_at"] is not None}
    wanted = {unit.unit_id: unit for unit in units}
    report.outdated = sorted(there - wanted.keys())
    report.renewed = [
        name for name in wanted if name in there and labels_to_json(wanted[name].labels) != known[name]["pushed"]
    ]
    count = client.count(project.id) if project.id is not None else 0
    if wanted.keys() <= there and count == len(there):
        report.present = len(wanted)
        return []
    remote = list_arrived(client, project, report.notes) if count else {}
    earlier = {row["unit_id"]: row["pushed"] for row in table.to_dicts()}  # the same project under another address
    to_send, arrived = [], []
    for name, unit in wanted.items():
        row = known.get(name)
        fresh = labels_to_json(unit.labels)
        if name in remote:
            report.present += 1
            if name not in there:
                report.repaired += 1
                arrived.append(Sending(unit, unit.labels, row["pushed"] if row else earlier.get(name, fresh)))
        elif name in there and not restore:
            report.deleted.append(name)
        elif row is not None and row["pulled"] is not None:
            shown = tuple(labels_from_json(row["pulled"]))
            to_send.append(Sending(unit, shown, row["pushed"], row["pulled"]))
        else:
            to_send.append(Sending(unit, unit.labels, fresh))
    report.deleted += sorted(there - wanted.keys() - remote.keys())
    if arrived and not report.dry_run:
        write_sent(corpus, client, project, arrived, dt.datetime.now(dt.UTC))
    return to_send


def _rows(project: Project, to_send: Sequence[Sending], report: PushReport) -> list[tuple[Sending, dict[str, object]]]:
    """Write each unit as the import takes it; what cannot be sent is reported and does not stop the others."""
    names = project.names()
    batch = []
    for item in to_send:
        unit = item.unit
        try:
            identity = example_uuid(project.id or 0, unit.unit_id)
            batch.append((item, upload_row(project.layout, unit.text, item.shown, names, unit.meta, identity)))
        except MinberError as error:
            placed = error if error.code == "MB415" else MinberError("MB415", unit=unit.unit_id, problem=error.message)
            report.failures.append(placed)
    return batch


def _send(
    corpus: Corpus,
    client: Client,
    project: Project,
    batch: list[tuple[Sending, dict[str, object]]],
    progress: Callable[[Sequence[Any], str], Iterable[Any]],
) -> None:
    assert project.id is not None  # noqa: S101 -- prepare_project made it
    items = [item for item, _ in batch]
    write_sent(corpus, client, project, items, None)
    files = [batch[start : start + FILE_ROWS] for start in range(0, len(batch), FILE_ROWS)]
    for number, part in enumerate(progress(files, "push"), start=1):
        name = f"minber-{project.layout.name}-{number:04}.jsonl"
        try:
            client.upload(project.id, [row for _, row in part], name)
        except MinberError as error:
            if "UNIQUE constraint" not in str(error) and "already exists" not in str(error):
                raise
            there = list_arrived(client, project)  # somebody else sent some of them at this moment
            rest = [row for item, row in part if item.unit.unit_id not in there]
            if rest:
                client.upload(project.id, rest, name)
    verify(items, list_arrived(client, project), project)
    write_sent(corpus, client, project, items, dt.datetime.now(dt.UTC))
