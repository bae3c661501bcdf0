"""Units as they should be on the server, against the books and, where these do not suffice, the server itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from corpus.doccano.books import Noted, Sending, read_noted, write_sent
from corpus.doccano.carry import CarryOver
from corpus.doccano.client import Client
from corpus.doccano.layouts import Label
from corpus.doccano.merge import merge
from corpus.doccano.notation import labels_from_json, labels_to_json
from corpus.doccano.outbox import Outbox, really_sent
from corpus.doccano.project import Project
from corpus.doccano.push_report import PushReport
from corpus.doccano.units import Unit
from corpus.doccano.update import Renewal
from corpus.doccano.verify import Arrived, list_arrived

if TYPE_CHECKING:
    from corpus.store import Corpus


def compare(
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


def revised(units: Sequence[Unit], table: pl.DataFrame) -> bool:
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
