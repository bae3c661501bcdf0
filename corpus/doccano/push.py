"""Bring units to the server: each once, whatever happens on the way.

What will be sent is written down on our side first, with the labels it will carry, and without a date. Then it is
sent, then the server is asked what arrived, then the date is set. So after a crash at any point the next push knows
what was meant, sees what is there, and sends the rest. An example's UUID is derived from project and unit, so even a
repeated upload cannot double anything: the server refuses the second copy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.label_types import recorded_types, types_to_rows
from corpus.doccano.layouts import LAYOUTS, Label, LayoutName, choose_unit, read_row, unit_of, upload_row
from corpus.doccano.project import (
    Project,
    known_units,
    labels_from_rows,
    labels_to_rows,
    prepare_project,
    project_name,
)
from corpus.doccano.units import Unit, collect_units
from schemas.errors import MinberError
from schemas.tables import UNITS

if TYPE_CHECKING:
    from corpus.store import Corpus

FILE_ROWS = 1000
"""Rows a file: the server imports in batches of 1,000 without a transaction, so a file is either there or not."""

UNIT_KEYS = ("server", "project", "project_id", "unit_id")
"""Columns that name a row of the units table."""


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
) -> PushReport:
    """Send all units of a corpus that the project does not have yet.

    Parameters:
        corpus: an open, annotated corpus.
        client: signed in as an administrator of the project (or as staff, to make it).
        layout, unit, language: default: as ``minber.toml`` says.
        annotator: name of a person with a project of their own.
        furniture: whether units of page furniture and recaps are sent; default: as the layout has it.
        restore: send again what people deleted on the server.
        dry_run: do nothing, report what would be done.
        progress: wraps the files that are uploaded.

    Returns:
        what was done.

    Raises:
        MinberError: MB403 worker down (nothing is sent); MB410, MB411, MB416, MB417 the project cannot be used;
            MB413 import failed; MB414 the server does not have what it was sent.
    """
    started = time.monotonic()
    settings = corpus.settings.doccano
    shape = LAYOUTS[layout or settings.layout]
    wanted_unit = choose_unit(shape, unit or (settings.unit if shape.name == settings.layout else None))
    language = language or settings.language
    client.check_health()
    name = project_name(corpus.settings.corpus.name, shape, wanted_unit, annotator)
    table = known_units(corpus.units, name)
    ids = sorted(table.filter(pl.col("server") == client.url)["project_id"].unique().to_list())
    project = prepare_project(client, name, shape, corpus.codebook, language, corpus.runs, ids, dry_run)
    report = PushReport(name, project.url, shape.name, dry_run, notes=project.notes)
    if ids and project.id not in ids:
        report.notes.append("the project that units were pushed to before is gone from the server; this is another one")
    found = collect_units(corpus, shape, wanted_unit, language, furniture)
    report.left_out, report.unannotated = found.left_out, found.unannotated
    to_send = _compare(corpus, client, project, found.units, table, restore, report)
    batch = _rows(project, to_send, report)
    report.sent = len(batch)
    report.hidden = [(item.unit.unit_id, word.label) for item, _ in batch for word in item.unit.hidden]
    noted = recorded_types(corpus.runs, name, project.id)
    if not dry_run and (batch or project.types.ids.items() - noted.items()):
        details: dict[str, object] = {"project": name, "server": client.url, "project_id": project.id}
        details["label_types"] = types_to_rows(project.types.ids)
        run = corpus.record("push", details)
        if batch:
            _send(corpus, client, project, batch, progress)
        corpus.record("push", details | {"sent": len(batch)}, run)
    report.seconds = time.monotonic() - started
    return report


def example_uuid(project_id: int, unit_id: str) -> str:
    """The UUID of a unit's example in a project: always the same one, in version 4 form (the server takes no other).

    Parameters:
        project_id: of the server.
        unit_id: our name of the unit.

    Returns:
        a UUID.

    Example:
        >>> example_uuid(1, "kz-1:d3bd63f7a3ab1ad9:0-42")
        '1ed82d76-ce61-4b2a-9780-ddf0bae7225b'
    """
    digest = hashlib.sha256(f"minber\0{project_id}\0{unit_id}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


@dataclass(frozen=True, slots=True)
class _Sending:
    """A unit on its way: what is shown, what counts as pushed by the machine, and what a person had made of it."""

    unit: Unit
    shown: tuple[Label, ...]
    pushed: str
    pulled: str | None = None


def _compare(
    corpus: Corpus,
    client: Client,
    project: Project,
    units: Sequence[Unit],
    table: pl.DataFrame,
    restore: bool,
    report: PushReport,
) -> list[_Sending]:
    """Which units to send. Nothing but their number is asked of the server where our books already agree with it."""
    rows = table.filter((pl.col("server") == client.url) & (pl.col("project_id") == (project.id or 0))).to_dicts()
    known = {row["unit_id"]: row for row in rows}
    there = {name for name, row in known.items() if row["pushed_at"] is not None}
    wanted = {unit.unit_id: unit for unit in units}
    report.outdated = sorted(there - wanted.keys())
    report.renewed = [name for name in wanted if name in there and _json(wanted[name].labels) != known[name]["pushed"]]
    count = client.count(project.id) if project.id is not None else 0
    if wanted.keys() <= there and count == len(there):
        report.present = len(wanted)
        return []
    remote = _remote(client, project, report) if count else {}
    earlier = {row["unit_id"]: row["pushed"] for row in table.to_dicts()}  # the same project under another address
    to_send, arrived = [], []
    for name, unit in wanted.items():
        row = known.get(name)
        fresh = _json(unit.labels)
        if name in remote:
            report.present += 1
            if name not in there:
                report.repaired += 1
                arrived.append(_Sending(unit, unit.labels, row["pushed"] if row else earlier.get(name, fresh)))
        elif name in there and not restore:
            report.deleted.append(name)
        elif row is not None and row["pulled"] is not None:
            shown = tuple(labels_from_rows(json.loads(row["pulled"])))
            to_send.append(_Sending(unit, shown, row["pushed"], row["pulled"]))
        else:
            to_send.append(_Sending(unit, unit.labels, fresh))
    report.deleted += sorted(there - wanted.keys() - remote.keys())
    if arrived and not report.dry_run:
        _write(corpus, client, project, arrived, dt.datetime.now(dt.UTC))
    return to_send


def _rows(
    project: Project, to_send: Sequence[_Sending], report: PushReport
) -> list[tuple[_Sending, dict[str, object]]]:
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
    batch: list[tuple[_Sending, dict[str, object]]],
    progress: Callable[[Sequence[Any], str], Iterable[Any]],
) -> None:
    assert project.id is not None  # noqa: S101 -- prepare_project made it
    items = [item for item, _ in batch]
    _write(corpus, client, project, items, None)
    files = [batch[start : start + FILE_ROWS] for start in range(0, len(batch), FILE_ROWS)]
    for number, part in enumerate(progress(files, "push"), start=1):
        name = f"minber-{project.layout.name}-{number:04}.jsonl"
        try:
            client.upload(project.id, [row for _, row in part], name)
        except MinberError as error:
            if "UNIQUE constraint" not in str(error) and "already exists" not in str(error):
                raise
            there = _remote(client, project)  # somebody else sent some of them at this moment
            rest = [row for item, row in part if item.unit.unit_id not in there]
            if rest:
                client.upload(project.id, rest, name)
    _verify(items, _remote(client, project), project)
    _write(corpus, client, project, items, dt.datetime.now(dt.UTC))


def _remote(client: Client, project: Project, report: PushReport | None = None) -> dict[str, Mapping[str, Any]]:
    """The examples of a project by our name of the unit; others, which people uploaded themselves, are left alone."""
    assert project.id is not None  # noqa: S101 -- asked only of projects that exist
    rows = client.download(project.id).get("all", [])
    ours = [(name, row) for row in rows if (name := unit_of(row))]
    found: dict[str, Mapping[str, Any]] = dict(ours)
    if report is not None and (foreign := len(rows) - len(ours)):
        report.notes.append(f"{foreign} text(s) in this project did not come from Minber; they are left alone")
    if report is not None and (twice := len(ours) - len(found)):
        report.notes.append(f"{twice} unit(s) are on the server more than once")
    return found


def _verify(items: Sequence[_Sending], arrived: Mapping[str, Mapping[str, Any]], project: Project) -> None:
    """Check that the server has the very texts and labels that it was sent: it drops what it dislikes in silence."""
    wrong = []
    for item in items:
        row = arrived.get(item.unit.unit_id)
        if row is None or row["text"] != item.unit.text:
            wrong.append(item.unit.unit_id)
            continue
        labels, _, errors = read_row(project.layout, row, project.types.meanings)
        if errors or set(labels) != set(item.shown):
            wrong.append(item.unit.unit_id)
    if wrong:
        raise MinberError("MB414", project.url, count=len(wrong), total=len(items), unit=wrong[0])


def _write(
    corpus: Corpus, client: Client, project: Project, items: Sequence[_Sending], pushed_at: dt.datetime | None
) -> None:
    rows = [
        {
            "unit_id": item.unit.unit_id,
            "doc_id": item.unit.doc_id,
            "revision": item.unit.revision,
            "start": item.unit.start,
            "end": item.unit.end,
            "server": client.url,
            "project": project.name,
            "project_id": project.id,
            "layout": project.layout.name,
            "pushed": item.pushed,
            "pulled": item.pulled,
            "confirmed": False,
            "pushed_at": pushed_at,
            "pulled_at": None,
        }
        for item in items
    ]
    corpus.upsert("units", pl.DataFrame(rows, schema=UNITS), UNIT_KEYS)


def _json(labels: Sequence[Label]) -> str:
    return json.dumps(labels_to_rows(sorted(labels)), ensure_ascii=False)
