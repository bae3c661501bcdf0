"""Bring units to the server: each once, whatever happens on the way.

What will be sent is written down on our side first, with the labels it will carry, and without a date. Then it is
sent, then the server is asked what arrived, then the date is set. So after a crash at any point the next push knows
what was meant, sees what is there, and sends the rest. An example's UUID is derived from project and unit, so even a
repeated upload cannot double anything: the server refuses the second copy.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.books import Noted, Sending, date_sent, example_uuid, read_noted, write_sent
from corpus.doccano.carry import LABEL_KEYS, CarryOver, Question, carry_over
from corpus.doccano.client import Client
from corpus.doccano.journal import Journal, exclusive
from corpus.doccano.label_types import recorded_types, types_to_rows
from corpus.doccano.layouts import Label, LayoutName, upload_row
from corpus.doccano.lost import find_lost, give_again, note_lost
from corpus.doccano.marks import Marks
from corpus.doccano.members import assign, ensure_accounts, join, recorded_members, unassigned
from corpus.doccano.merge import Merge, Reason, merge
from corpus.doccano.notation import labels_from_json, labels_to_json
from corpus.doccano.omissions import Omission, omissions
from corpus.doccano.outbox import Outbox, really_sent
from corpus.doccano.project import Project, known_units, prepare_project
from corpus.doccano.pull import pull_unlocked
from corpus.doccano.selection import Selection, note_selection
from corpus.doccano.teams import Handout, plan_push, team_of
from corpus.doccano.units import Unit
from corpus.doccano.update import Renewal, update_units
from corpus.doccano.verify import Arrived, count, list_arrived, verify
from schemas.errors import MinberError
from schemas.tables import LABELS

if TYPE_CHECKING:
    from corpus.store import Corpus

FILE_ROWS = 1000
"""Rows a file: the server imports in batches of 1,000 without a transaction, so a file is either there or not."""


UPDATE_LIMIT = 2000
"""Units that one push brings up to date at most; the next push goes on."""


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
        updated: units that were there and whose pre-annotations were brought up to date, with what was changed.
        kept: units where such a change was not made because people decided there, with labels and reasons.
        carried: new units that took over what people had decided on an earlier revision of their text.
        questions: decisions on earlier revisions that a person must bring over.
        sending: in a dry run, what would be sent.
        texts: texts of the units in ``updated`` and ``kept``.
        waiting: units that the next push will bring up to date.
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
    updated: dict[str, Merge] = field(default_factory=dict)
    kept: dict[str, list[tuple[Label, Reason]]] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    sending: list[Sending] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
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
    limit: int = UPDATE_LIMIT,
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
        limit: most units that are brought up to date in one go; each takes a handful of requests.

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
    journal = Journal(corpus)
    with nullcontext() if dry_run else exclusive(corpus):
        if not dry_run:
            journal.settle(client)
        name = team.project(annotator)
        table = known_units(corpus.units, name)
        ids = sorted(table.filter(pl.col("server") == client.url)["project_id"].unique().to_list())
        project = prepare_project(client, name, team.layout, corpus.codebook, language, corpus.runs, ids, dry_run)
        project.annotator, project.number = annotator, team.number
        report = PushReport(name, project.url, team.layout.name, dry_run, notes=project.notes)
        if ids and project.id not in ids:
            report.notes.append(
                "the project that units were pushed to before is gone from the server; this is another one"
            )
        if project.id in ids:
            theirs = table.filter(pl.col("project_id") == project.id)
            report.notes += _lost(corpus, client, project, theirs, restore, dry_run)
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
        carried = CarryOver()
        if _revised(units, table):
            if not dry_run and project.id in ids:  # what people did on the old text until now comes along
                pull_unlocked(corpus, client, team, language, annotator)
                table = known_units(corpus.units, name)
            carried = carry_over(corpus, name, project.layout, units, table)
            report.questions = carried.questions
        to_send, renewals = _compare(corpus, client, project, units, table, restore, carried, report)
        noted = recorded_types(corpus.runs, name, project.id)
        news = to_send or renewals or project.types.ids.items() - noted.items() or handout.new_selection or members
        if dry_run:
            for part in _files(to_send):
                report.sending += (item for item, _ in _rows(project, part, report))
            report.sent = len(report.sending)
            _update(client, project, renewals, None, limit, report, progress)
        elif news or Marks(corpus, project.id or 0).pending():
            details: dict[str, object] = {"project": name, "server": client.url, "project_id": project.id}
            details |= {"label_types": types_to_rows(project.types.ids), "members": members, "round": team.number}
            details |= note_selection(team.scope, handout.selection, project.layout.relations)
            run = corpus.record("push", details)
            _send(corpus, client, project, to_send, carried, report, progress)
            _update(client, project, renewals, journal, limit, report, progress)
            corpus.record("push", details | {"sent": report.sent, "updated": len(report.updated)}, run)
        concerned = report.updated.keys() | report.kept.keys()
        report.texts = {unit.unit_id: unit.text for unit in units if unit.unit_id in concerned}
        if not dry_run and annotator and member is not None and project.id is not None:
            report.notes += assign(client, project.id, annotator, member)
        elif report.sent and not dry_run and annotator is None and project.id is not None:
            report.notes += unassigned(client, project.id)
    report.seconds = time.monotonic() - started
    return report


def _lost(
    corpus: Corpus, client: Client, project: Project, table: pl.DataFrame, restore: bool, dry_run: bool
) -> list[str]:
    """Note which labels went with label types that people deleted; give them again where that is asked for."""
    assert project.id is not None  # noqa: S101 -- asked only of projects that exist
    recorded = recorded_types(corpus.runs, project.name, project.id)
    lost = find_lost(corpus, project.name, project.id, project.layout.kinds, recorded, project.types, table)
    if not dry_run:
        note_lost(corpus, project.name, project.id, lost)
        if restore and (count := give_again(client, project, lost)):
            return [*lost.notes, f"{count} label(s) that went with their type are given again, in your name"]
    return lost.notes


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
    carried: CarryOver,
    report: PushReport,
) -> tuple[list[Sending], list[Renewal]]:
    """Which units to send, and which to bring up to date there.

    Nothing but their number is asked of the server where our books say that there is nothing to do.
    """
    here = (pl.col("server") == client.url) & (pl.col("project_id") == (project.id or 0))
    known = read_noted(table.filter(here))
    there = {name for name, row in known.items() if row.sent}
    wanted = {unit.unit_id: unit for unit in units}
    report.outdated = sorted(there - wanted.keys())
    renewed = _renewed(project, wanted, {name: known[name] for name in there}, report)
    count = client.count(project.id) if project.id is not None else 0
    if wanted.keys() <= there and count == len(there) and not renewed:
        report.present = len(wanted)
        return [], []
    remote = list_arrived(client, project, wanted, report.notes) if count else {}
    earlier = dict(table.filter(~here).select("unit_id", "pushed").iter_rows())  # the same under another address
    to_send, arrived = [], []
    for name, unit in wanted.items():
        row = known.get(name)
        if name in remote:
            report.present += 1
            if name not in there:
                report.repaired += 1
                sent = row[:3] if row else (earlier.get(name, unit.written),)
                arrived.append(Sending(unit, unit.written, *sent))
        elif name in there and not restore:
            report.deleted.append(name)
        elif row is not None and row.pulled is not None and name not in carried.units:
            to_send.append(Sending(unit, row.pulled, row.pushed, row.pulled))
        elif name in carried.units:
            over = carried.units[name]
            report.carried.append(name)
            shown = labels_to_json(over.shown)
            to_send.append(Sending(unit, shown, labels_to_json(over.pushed), shown, over.confirmed))
        else:
            to_send.append(Sending(unit, unit.written, unit.written))
    report.deleted += sorted(there - wanted.keys() - remote.keys())
    if arrived:
        arrived = _settle_arrived(corpus, client, project, arrived, remote, report)
        again = {item.unit.unit_id: Noted(item.pushed, None, False, True, True) for item in arrived}
        renewed |= _renewed(project, {item.unit.unit_id: item.unit for item in arrived}, again, report)
    renewals = [
        Renewal(name, wanted[name].text, tuple(pushed), wanted[name].labels, remote[name].example)
        for name, pushed in renewed.items()
        if name in remote and remote[name].same_text
    ]
    return to_send, renewals


def _revised(units: Sequence[Unit], table: pl.DataFrame) -> bool:
    """Whether units of an earlier revision of a text were pushed."""
    heads = {unit.doc_id: unit.revision for unit in units}
    rows = table.filter(pl.col("pushed_at").is_not_null()).select("doc_id", "revision").unique().iter_rows()
    return any(heads.get(doc_id, revision) != revision for doc_id, revision in rows)


def _renewed(
    project: Project, wanted: Mapping[str, Unit], known: Mapping[str, Noted], report: PushReport
) -> dict[str, list[Label]]:
    """Units that our books say can be brought up to date, with what was pushed; what people hold up is reported."""
    found = {}
    for name, unit in wanted.items():
        row = known.get(name)
        if row is None or not row.preannotated or unit.written == row.pushed:
            continue
        pushed = labels_from_json(row.pushed)
        plan = merge(pushed, unit.labels, labels_from_json(row.last), row.confirmed, project.layout)
        if plan:
            found[name] = pushed
        elif plan.kept:
            report.kept[name] = list(plan.kept)
    return found


def _settle_arrived(
    corpus: Corpus,
    client: Client,
    project: Project,
    arrived: Sequence[Sending],
    remote: Mapping[str, Arrived],
    report: PushReport,
) -> list[Sending]:
    """Note as sent what a push that was cut short had sent, without the labels that a killed import never stored."""
    outbox = Outbox(corpus, project.id or 0)
    pushed = {item.unit.unit_id: labels_from_json(item.pushed) for item in arrived}
    there = {name: remote[name].labels for name in pushed}
    less = really_sent(outbox.files(), pushed, there, project.layout)
    if less:
        report.notes.append(f"{len(less)} unit(s) of a push that was cut short had arrived without their labels")
    settled = [
        replace(item, pushed=labels_to_json(less[name])) if (name := item.unit.unit_id) in less else item
        for item in arrived
    ]
    if not report.dry_run:
        write_sent(corpus, client, project, settled, dt.datetime.now(dt.UTC))
        outbox.clear()
    return settled


def _files(to_send: Sequence[Sending]) -> list[Sequence[Sending]]:
    return [to_send[start : start + FILE_ROWS] for start in range(0, len(to_send), FILE_ROWS)]


def _rows(project: Project, part: Sequence[Sending], report: PushReport) -> list[tuple[Sending, dict[str, object]]]:
    """Write each unit as the import takes it; what cannot be sent is reported and does not stop the others."""
    names = project.names()
    batch = []
    for item in part:
        unit = item.unit
        try:
            identity = example_uuid(project.id or 0, unit.unit_id)
            batch.append((item, upload_row(project.layout, unit.text, item.shown, names, unit.meta, identity)))
        except MinberError as error:
            placed = error if error.code == "MB415" else MinberError("MB415", unit=unit.unit_id, problem=error.message)
            report.failures.append(placed)
        else:
            report.hidden += ((unit.unit_id, word.label) for word in unit.hidden)
    return batch


def _send(
    corpus: Corpus,
    client: Client,
    project: Project,
    to_send: Sequence[Sending],
    carried: CarryOver,
    report: PushReport,
    progress: Callable[[Sequence[Any], str], Iterable[Any]],
) -> None:
    """Upload file after file; while the server reads one, the next is written. Then ask for the proof."""
    assert project.id is not None  # noqa: S101 -- prepare_project made it
    before = count(client, project) if len(to_send) > FILE_ROWS else None
    outbox, marks = Outbox(corpus, project.id), Marks(corpus, project.id)
    sent: list[Sending] = []
    waiting: list[tuple[str, list[Sending], str]] = []
    for number, part in enumerate(progress(_files(to_send), "push"), start=1):
        batch = _rows(project, part, report)
        items = [item for item, _ in batch]
        if not items:
            continue
        over = [carried.units[item.unit.unit_id] for item in items if item.unit.unit_id in carried.units]
        if over:
            rows = [row for unit in over for row in unit.rows]
            corpus.upsert("labels", pl.DataFrame(rows, schema=LABELS), LABEL_KEYS)
            marks.note(item.unit.unit_id for item in items if item.confirmed and item.unit.unit_id in carried.units)
        write_sent(corpus, client, project, items, None)
        outbox.note(item.unit.unit_id for item in items)
        name = f"minber-{project.layout.name}-{number:04}.jsonl"
        task = client.start_upload(project.id, [row for _, row in batch], name)
        sent += items
        waiting.append((task, items, name))
        if len(waiting) > 1:
            _finish(client, project, *waiting.pop(0))
    for entry in waiting:
        _finish(client, project, *entry)
    if sent:
        verify(client, project, sent, before)
        date_sent(corpus, client, project, [item.unit.unit_id for item in sent], dt.datetime.now(dt.UTC))
        outbox.clear()
    report.sent = len(sent)
    if marks.pending():
        there = list_arrived(client, project, {})
        marks.set(client, {name: row.example for name, row in there.items()})


def _finish(client: Client, project: Project, task: str, items: Sequence[Sending], name: str) -> None:
    """Wait for a file; where somebody else sent some of its units at this moment, send the rest."""
    try:
        client.finish_upload(task)
    except MinberError as error:
        if "UNIQUE constraint" not in str(error) and "already exists" not in str(error):
            raise
        assert project.id is not None  # noqa: S101
        there = list_arrived(client, project, {})
        rest = [item for item in items if item.unit.unit_id not in there]
        rows = [row for _, row in _rows(project, rest, PushReport(project.name, project.url, "", dry_run=False))]
        if rows:
            client.upload(project.id, rows, name)


def _update(
    client: Client,
    project: Project,
    renewals: Sequence[Renewal],
    journal: Journal | None,
    limit: int,
    report: PushReport,
    progress: Callable[[Sequence[Any], str], Iterable[Any]],
) -> None:
    """Bring units up to date; without a journal, only say what would be done."""
    if not renewals:
        return
    done = update_units(client, project, renewals, journal, limit, progress)
    if journal is not None:
        journal.settle(client)
    report.updated, report.waiting = done.changed, done.waiting
    report.kept |= done.kept
