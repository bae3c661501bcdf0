"""Upload units file by file, and prove that they arrived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.books import Sending, date_sent, example_uuid, forget, write_sent
from corpus.doccano.carry import LABEL_KEYS, CarryOver
from corpus.doccano.client import Client
from corpus.doccano.layouts import upload_row
from corpus.doccano.marks import Marks
from corpus.doccano.outbox import Outbox
from corpus.doccano.project import Project
from corpus.doccano.push_report import PushReport
from corpus.doccano.verify import count, list_arrived, verify
from schemas.errors import MinberError
from schemas.tables import LABELS

if TYPE_CHECKING:
    from corpus.store import Corpus

FILE_ROWS = 1000
"""Rows a file: the server imports in batches of 1,000 without a transaction, so a file is either there or not."""


def in_files(to_send: Sequence[Sending]) -> list[Sequence[Sending]]:
    """Part units into those of each file."""
    return [to_send[start : start + FILE_ROWS] for start in range(0, len(to_send), FILE_ROWS)]


def upload_rows(
    project: Project, part: Sequence[Sending], report: PushReport
) -> list[tuple[Sending, dict[str, object]]]:
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


def send(
    corpus: Corpus,
    client: Client,
    project: Project,
    to_send: Sequence[Sending],
    carried: CarryOver,
    report: PushReport,
    progress: Callable[[Sequence[Any], str], Iterable[Any]],
) -> None:
    """Note all that is meant, upload file after file, ask for the proof, note the date.

    While the server reads a file, the next is written. Rows of the books are noted in the order of their names: so
    those that are dated together lie in files of their own.
    """
    assert project.id is not None  # noqa: S101 -- prepare_project made it
    before = count(client, project) if len(to_send) > FILE_ROWS else None
    outbox, marks = Outbox(corpus, project.id), Marks(corpus, project.id)
    over = [item for item in to_send if item.unit.unit_id in carried.units]
    if over:
        rows = [row for item in over for row in carried.units[item.unit.unit_id].rows]
        corpus.upsert("labels", pl.DataFrame(rows, schema=LABELS), LABEL_KEYS)
        marks.note(item.unit.unit_id for item in over if item.confirmed)
    write_sent(corpus, client, project, to_send, None)
    sent: list[Sending] = []
    waiting: list[tuple[str, list[Sending], str]] = []
    for number, part in enumerate(progress(in_files(to_send), "push"), start=1):
        batch = upload_rows(project, part, report)
        items = [item for item, _ in batch]
        if not items:
            continue
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
    if len(sent) < len(to_send):
        there = {id(item) for item in sent}
        forget(corpus, client, project, [item.unit.unit_id for item in to_send if id(item) not in there])
    report.sent = len(sent)
    if marks.pending():
        examples = {name: row.example for name, row in list_arrived(client, project, {}).items()}
        marks.set(client, examples)


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
        rows = [row for _, row in upload_rows(project, rest, PushReport(project.name, project.url, "", dry_run=False))]
        if rows:
            client.upload(project.id, rows, name)
