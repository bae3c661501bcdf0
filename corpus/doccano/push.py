"""Bring units to the server: each once, whatever happens on the way.

What will be sent is written down on our side first, with the labels it will carry, and without a date. Then it is
sent, then the server is asked what arrived, then the date is set. So after a crash at any point the next push knows
what was meant, sees what is there, and sends the rest. An example's UUID is derived from project and unit, so even a
repeated upload cannot double anything: the server refuses the second copy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.carry import CarryOver, carry_over
from corpus.doccano.client import Client
from corpus.doccano.comparison import compare, revised
from corpus.doccano.journal import Journal, exclusive
from corpus.doccano.label_types import recorded_types, types_to_rows
from corpus.doccano.layouts import LayoutName
from corpus.doccano.lost import find_lost, give_again, note_lost
from corpus.doccano.marks import Marks
from corpus.doccano.members import assign, ensure_accounts, join, recorded_members, unassigned
from corpus.doccano.omissions import omissions
from corpus.doccano.project import Project, known_units, prepare_project
from corpus.doccano.pull import pull_unlocked
from corpus.doccano.push_report import PushReport
from corpus.doccano.selection import Selection, note_selection
from corpus.doccano.sending import in_files, send, upload_rows
from corpus.doccano.settled import Kept, Settled
from corpus.doccano.teams import Handout, Team, plan_push, team_of
from corpus.doccano.update import Renewal, update_units

if TYPE_CHECKING:
    from corpus.store import Corpus

UPDATE_LIMIT = 2000
"""Units that one push brings up to date at most; the next push goes on."""


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
    settled: Settled | None = None,
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
        settled: what the last push left in order, as it was looked up before anything was planned.
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
    client.begin_health_check()
    journal = Journal(corpus)
    settled = settled or Settled(corpus, team, language, furniture, selection)
    with nullcontext() if dry_run else exclusive(corpus):
        if not dry_run:
            journal.settle(client)
        name = team.project(annotator)
        units_now = corpus.snapshot("units")
        table = known_units(units_now.rows, name)
        runs = _noted(corpus)
        ids = sorted(table.filter(pl.col("server") == client.url)["project_id"].unique().to_list())
        kept = None
        if ids and not (handout or dry_run or restore):
            kept = settled.kept(name, table, units_now.version)
        found = _as_it_was(corpus, client, team, name, annotator, language, kept, table, ids, runs) if kept else None
        client.check_health()
        if found is not None:
            found.notes += settled.notes
            found.seconds = time.monotonic() - started
            return found
        project = prepare_project(client, name, team.layout, corpus.codebook, language, runs, ids, dry_run)
        project.annotator, project.number = annotator, team.number
        report = PushReport(name, project.url, team.layout.name, dry_run, notes=project.notes)
        if ids and project.id not in ids:
            report.notes.append(
                "the project that units were pushed to before is gone from the server; this is another one"
            )
        if project.id in ids:
            theirs = table.filter(pl.col("project_id") == project.id)
            report.notes += _lost(corpus, client, project, theirs, runs, restore, dry_run)
        members, member = _member(client, project, runs, report)
        news = bool(members) or _has_news(corpus, project, runs)
        if handout is None:
            handout = plan_push(corpus, replace(team, layout=project.layout), language, furniture, selection)
            report.notes += handout.notes
        if not dry_run:
            handout.write(corpus)
        units = handout.units[annotator]
        report.left_out, report.unannotated = handout.found.left_out, handout.found.unannotated
        report.chosen, report.total = handout.chosen, len(handout.found.units)
        report.omitted = omissions(units, [theme.id for theme in corpus.codebook.themes])
        carried = CarryOver()
        if revised(units, table):
            if not dry_run and project.id in ids:  # what people did on the old text until now comes along
                pull_unlocked(corpus, client, team, language, annotator)
                table = known_units(corpus.units, name)
            carried = carry_over(corpus, name, project.layout, units, table)
            report.questions = carried.questions
        to_send, renewals = compare(corpus, client, project, units, table, restore, carried, report)
        if dry_run:
            for part in in_files(to_send):
                report.sending += (item for item, _ in upload_rows(project, part, report))
            report.sent = len(report.sending)
            _update(client, project, renewals, None, limit, report, progress)
        elif news or to_send or renewals or handout.new_selection:
            details: dict[str, object] = {"project": name, "server": client.url, "project_id": project.id}
            details |= {"label_types": types_to_rows(project.types.ids), "members": members, "round": team.number}
            details |= note_selection(team.scope, handout.selection, project.layout.relations)
            run = corpus.record("push", details)
            send(corpus, client, project, to_send, carried, report, progress)
            _update(client, project, renewals, journal, limit, report, progress)
            corpus.record("push", details | {"sent": report.sent, "updated": len(report.updated)}, run)
        concerned = report.updated.keys() | report.kept.keys()
        report.texts = {unit.unit_id: unit.text for unit in units if unit.unit_id in concerned}
        if not dry_run and annotator and member is not None and project.id is not None:
            report.notes += assign(client, project.id, annotator, member)
        elif report.sent and not dry_run and annotator is None and project.id is not None:
            report.notes += unassigned(client, project.id)
        if not (dry_run or handout.remarks or report.unsettled):
            now = corpus.snapshot("units")
            settled.note(name, known_units(now.rows, name), now.version, report.kept_numbers)
    report.seconds = time.monotonic() - started
    return report


def _as_it_was(
    corpus: Corpus,
    client: Client,
    team: Team,
    name: str,
    annotator: str | None,
    language: str,
    kept: Kept,
    table: pl.DataFrame,
    ids: Sequence[int],
    runs: pl.LazyFrame,
) -> PushReport | None:
    """Ask the server whether a project is still as the last push left it; None where it is not.

    Nothing is changed there, but that a person who is no member of their project any more becomes one again, and gets
    the texts that nobody has.
    """
    project = prepare_project(client, name, team.layout, corpus.codebook, language, runs, ids, dry_run=True)
    if project.id is None or project.id not in ids or project.unfinished or project.layout != team.layout:
        return None
    project.annotator, project.number = annotator, team.number
    report = PushReport(name, project.url, team.layout.name, dry_run=False, notes=project.notes)
    theirs = table.filter(pl.col("project_id") == project.id)
    if _has_news(corpus, project, runs) or _lost(corpus, client, project, theirs, runs, restore=False, dry_run=True):
        return None
    if client.count(project.id) != kept.present:
        return None
    client.check_health()
    members, member = _member(client, project, runs, report)
    if members:
        return None
    if annotator and member is not None:
        report.notes += assign(client, project.id, annotator, member)
    report.take(kept)
    return report


def _noted(corpus: Corpus) -> pl.LazyFrame:
    """What was noted of projects until now, read once: a push asks for it several times before it notes anything."""
    return corpus.runs.filter(pl.col("command").is_in(["push", "team", "lost"])).collect().lazy()


def _has_news(corpus: Corpus, project: Project, runs: pl.LazyFrame) -> bool:
    """Whether label types are not noted yet, or check marks still to be set."""
    noted = recorded_types(runs, project.name, project.id)
    return bool(project.types.ids.items() - noted.items() or Marks(corpus, project.id or 0).pending())


def _lost(
    corpus: Corpus,
    client: Client,
    project: Project,
    table: pl.DataFrame,
    runs: pl.LazyFrame,
    restore: bool,
    dry_run: bool,
) -> list[str]:
    """Note which labels went with label types that people deleted; give them again where that is asked for."""
    assert project.id is not None  # noqa: S101 -- asked only of projects that exist
    recorded = recorded_types(runs, project.name, project.id)
    lost = find_lost(runs, project.name, project.id, project.layout.kinds, recorded, project.types, table)
    if not dry_run:
        note_lost(corpus, project.name, project.id, lost)
        if restore and (count := give_again(client, project, lost)):
            return [*lost.notes, f"{count} label(s) that went with their type are given again, in your name"]
    return lost.notes


def _member(client: Client, project: Project, runs: pl.LazyFrame, report: PushReport) -> tuple[list[str], int | None]:
    """See to it that a person is a member of their project; returns names to be noted, and the person's number."""
    name = project.annotator
    if name is None:
        return [], None
    user = ensure_accounts(client, [name], make=False).ids.get(name)
    if user is None:
        report.notes.append(f"{name} has no account on this server: 'minber doccano team' makes it")
    if user is None or project.id is None:
        return [], None
    recorded = recorded_members(runs, project.name, project.id)
    if report.dry_run:
        return [], None
    member, notes = join(client, project.id, name, user, recorded)
    report.notes += notes
    return [name] if member and name not in recorded else [], user if member else None


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
