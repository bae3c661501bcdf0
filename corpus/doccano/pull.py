"""Bring people's labels back as human annotations.

What is a person's? In a unit with the check mark every label is that person's, and every pre-annotation that is gone
was rejected by them. In a unit without it only the difference from what was pushed is a person's: a label added, a
label taken away. Untouched pre-annotations of unconfirmed units are nobody's yet and are not written.

Decisions are computed from two states, pushed and found, and never from the last pull: pulling again after a crash
gives the same table, and pulling when nothing changed writes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.client import Client, LabelKind
from corpus.doccano.comments import read_comments
from corpus.doccano.label_types import match_types, recorded_types
from corpus.doccano.layouts import LAYOUTS, Label, Layout, LayoutName, choose_unit, meaning, read_row, unit_of
from corpus.doccano.project import (
    find_project,
    known_units,
    labels_from_rows,
    labels_to_rows,
    project_name,
    project_url,
)
from corpus.doccano.push import UNIT_KEYS
from corpus.doccano.utf16 import Offsets
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS

if TYPE_CHECKING:
    from corpus.store import Corpus

UNKNOWN = "unknown"
"""Annotator of a label that was taken away where the server does not tell by whom (it forgets deleted labels)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a label of a unit; offsets are code points of the unit."""

    unit_id: str
    label: Label
    decision: str
    annotator: str
    confirmed: bool
    changed: dt.datetime | None = None
    """When it was made, where the server tells."""
    certain: bool = True
    """Whether the server tells by whom; else it is concluded from who works there."""


@dataclass(slots=True)
class PullReport:
    """What a pull found.

    Attributes:
        project: name of the project.
        url: its page.
        layout: what it shows.
        dry_run: whether nothing was written.
        units: units of ours on the server.
        changed: units whose labels or check mark are others than at the last pull (or than pushed, at the first).
        confirmed: units with the check mark.
        added, rejected, kept: human decisions as they stand now, in all units.
        decisions: those of the changed units.
        missing: units that we pushed and that are no longer there; their labels stay on our side.
        moved: units whose text on the server is not the text that was pushed; nothing is read from them.
        unknown_labels: label names that are not ours; such labels are kept under their name.
        comments: that people wrote beside the units.
        departed: people whose account is gone from the server, which deletes their labels there; here they are kept.
        notes: about the project.
        failures: labels that fit no letters.
        seconds: how long it took.
    """

    project: str
    url: str
    layout: str
    dry_run: bool
    units: int = 0
    changed: list[str] = field(default_factory=list)
    confirmed: int = 0
    added: int = 0
    rejected: int = 0
    kept: int = 0
    decisions: list[Decision] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unknown_labels: list[str] = field(default_factory=list)
    comments: int = 0
    departed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[MinberError] = field(default_factory=list)
    seconds: float = 0.0


def pull(
    corpus: Corpus,
    client: Client,
    layout: LayoutName | None = None,
    unit: str | None = None,
    language: str | None = None,
    annotator: str | None = None,
    dry_run: bool = False,
) -> PullReport:
    """Read the labels of a project and write what is people's into the corpus.

    Parameters:
        corpus: an open corpus.
        client: signed in as an administrator of the project.
        layout, unit, language: default: as ``minber.toml`` says.
        annotator: name of the person whose own project this is; all its decisions are theirs.
        dry_run: write nothing.

    Returns:
        what was found.

    Raises:
        MinberError: MB403 worker down, MB418 the project is gone, MB410, MB411, MB416, MB417 it cannot be used,
            MB419 export failed.
    """
    started = time.monotonic()
    settings = corpus.settings.doccano
    shape = LAYOUTS[layout or settings.layout]
    wanted_unit = choose_unit(shape, unit or (settings.unit if shape.name == settings.layout else None))
    client.check_health()
    name = project_name(corpus.settings.corpus.name, shape, wanted_unit, annotator)
    table = known_units(corpus.units, name)
    here = table.filter(pl.col("server") == client.url)
    record = find_project(client, name, shape, sorted(here["project_id"].unique().to_list()))
    if record is None:
        raise MinberError("MB418", client.url, project=name, count=here.height)
    project_id = int(record["id"])
    report = PullReport(name, project_url(client, project_id), shape.name, dry_run)
    if record["name"] != name:
        report.notes.append(f"project {name!r} is called {record['name']!r} on the server now")
    # where nothing was pushed to this address, it may be the same server under another one
    rows = here.filter(pl.col("project_id") == project_id) if here.height else table.sort("pushed_at")
    known = {row["unit_id"]: row for row in rows.to_dicts()}
    recorded = recorded_types(corpus.runs, name, project_id)
    types = match_types(client, project_id, shape, corpus.codebook, language or settings.language, recorded)
    report.notes += types.notes
    found = _read(corpus, client, project_id, shape, known, types.meanings)
    report.units, report.confirmed = len(found.states), sum(state.confirmed for state in found.states.values())
    report.failures, report.moved, report.unknown_labels = found.failures, found.moved, sorted(found.unknown)
    pushed = {name for name, row in known.items() if row["pushed_at"] is not None}
    report.missing = sorted(pushed - found.states.keys() - set(found.moved))
    if found.foreign:
        report.notes.append(f"{found.foreign} text(s) in this project did not come from Minber; they are left alone")
    changed = {name: state for name, state in found.states.items() if _is_new(known[name], state)}
    report.changed = list(changed)
    marks: dict[str, tuple[str, dt.datetime]] = {}
    comments = read_comments(client, project_id, {state.example: name for name, state in found.states.items()})
    report.comments = sum(len(json.loads(rows)) for rows in comments.values())
    people = _People(client, project_id, shape, types.meanings, annotator) if changed else None
    if people:
        for name, state in changed.items():
            report.decisions += _decide(name, known[name], state, people, marks)
    labels = _labels(corpus, client, report, known, changed, None if annotator or not people else people.names)
    counts = dict(labels["decision"].value_counts().iter_rows())
    report.added, report.rejected = counts.get("added", 0), counts.get("rejected", 0)
    report.kept = counts.get("confirmed", 0)
    if not dry_run:
        if changed:
            corpus.replace("labels", labels, f"project = '{report.project.replace(chr(39), chr(39) * 2)}'")
        _write_units(corpus, client, project_id, known, found.states, changed, comments, marks, annotator)
    report.seconds = time.monotonic() - started
    return report


@dataclass(frozen=True, slots=True)
class _State:
    """A unit as it is on the server."""

    example: int
    text: str
    labels: tuple[Label, ...]
    confirmed: bool


@dataclass(slots=True)
class _Found:
    states: dict[str, _State] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    foreign: int = 0
    failures: list[MinberError] = field(default_factory=list)


def _read(
    corpus: Corpus,
    client: Client,
    project_id: int,
    layout: Layout,
    known: Mapping[str, Mapping[str, Any]],
    types: Mapping[tuple[str, str], tuple[str, str]],
) -> _Found:
    """Download, and read what the export wrote of our units; a text that differs from what we pushed is not read.

    The export does not say which texts carry the check mark, so those are exported a second time, and read from there:
    whoever labels and confirms between the two exports is read as they confirmed it.
    """
    rows = client.download(project_id).get("all", [])
    checked = (
        {row["id"]: row for row in client.download(project_id, confirmed_only=True).get("all", [])} if rows else {}
    )
    found = _Found()
    texts = _texts(corpus, known)
    for row in [checked.get(row["id"], row) for row in rows]:
        name = unit_of(row) or ""
        if name not in known:
            found.foreign += 1
            continue
        if row["text"] != texts.get(name):
            found.moved.append(name)
            continue
        labels, unknown, errors = read_row(layout, row, types)
        found.unknown.update(unknown)
        found.failures += errors
        before = found.states.get(name)
        if before is not None:  # somebody uploaded it a second time: nobody's labels are dropped
            labels = sorted({*labels, *before.labels})
        confirmed = row["id"] in checked or (before is not None and before.confirmed)
        found.states[name] = _State(int(row["id"]), str(row["text"]), tuple(labels), confirmed)
    return found


def _texts(corpus: Corpus, known: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The text of each unit as it was pushed, from the revision that it was cut from."""
    wanted = {(row["doc_id"], row["revision"]) for row in known.values()}
    ids = sorted({doc_id for doc_id, _ in wanted})
    frame = corpus.revisions.select("id", "revision", "text").filter(pl.col("id").is_in(ids)).collect()
    texts = {(doc_id, revision): text for doc_id, revision, text in frame.iter_rows() if (doc_id, revision) in wanted}
    return {
        name: texts[row["doc_id"], row["revision"]][row["start"] : row["end"]]
        for name, row in known.items()
        if (row["doc_id"], row["revision"]) in texts
    }


def _is_new(row: Mapping[str, Any], state: _State) -> bool:
    last = row["pulled"] if row["pulled"] is not None else row["pushed"]
    return bool(row["confirmed"]) != state.confirmed or set(labels_from_rows(json.loads(last))) != set(state.labels)


class _People:
    """Who did it. The export does not say, so the server is asked, only for units that changed."""

    def __init__(
        self,
        client: Client,
        project_id: int,
        layout: Layout,
        types: Mapping[tuple[str, str], tuple[str, str]],
        annotator: str | None,
    ) -> None:
        self._client, self._project, self._annotator = client, project_id, annotator
        self.names: dict[int, str] = {}
        if annotator:
            return
        self.names = client.users()
        self._us = client.user["id"]
        others = [row["username"] for row in client.members(project_id) if row["user"] != self._us]
        self._likely = others[0] if len(others) == 1 else UNKNOWN if others else str(client.user["username"])
        kinds: tuple[LabelKind, ...] = ("category", "span") if layout.name == "themes" else ("span",)
        self._types = {
            kind: {row["id"]: meaning(layout, kind, row["text"], types) for row in client.label_types(project_id, kind)}
            for kind in kinds
        }

    def of(self, state: _State, confirmed: bool) -> _Work:
        """Who worked in a unit.

        Parameters:
            state: the unit.
            confirmed: whether the whole unit counts as theirs who set the check mark.

        Returns:
            what the server tells; where it tells nothing, the likely person, or ``unknown``. A label that we uploaded
            and that somebody changed still bears our name there: its giver is not known.
        """
        if self._annotator:
            return _Work(self._annotator, certain=True)
        offsets = Offsets(state.text)
        work = _Work(self._likely, certain=False)
        for kind, names in self._types.items():
            for row in self._client.labels(self._project, state.example, kind):
                if row["label"] not in names:
                    continue
                start, end = 0, len(state.text)
                if kind == "span":
                    try:
                        start, end = (offsets.to_code_point(row[name]) for name in ("start_offset", "end_offset"))
                    except MinberError:
                        continue  # reported where the export was read
                label = Label(*names[row["label"]], start, end)
                work.times[label] = dt.datetime.fromisoformat(row["updated_at"])
                if row["user"] != self._us or not _was_edited(row):
                    work.givers[label] = self.names.get(row["user"], UNKNOWN)
        if confirmed:
            for user, since in self._client.confirmations(self._project, state.example):
                work.who, work.certain, work.confirmed_at = self.names.get(user, UNKNOWN), True, since
        return work


@dataclass(slots=True)
class _Work:
    """Who worked in a unit as a whole (by the check mark, or likely), and who gave each label, when."""

    who: str
    certain: bool
    confirmed_at: dt.datetime | None = None
    givers: dict[Label, str] = field(default_factory=dict)
    times: dict[Label, dt.datetime] = field(default_factory=dict)


def _was_edited(row: Mapping[str, Any]) -> bool:
    made, changed = (dt.datetime.fromisoformat(row[name]) for name in ("created_at", "updated_at"))
    return changed - made > dt.timedelta(seconds=0.5)


def _decide(
    name: str,
    row: Mapping[str, Any],
    state: _State,
    people: _People,
    marks: dict[str, tuple[str, dt.datetime]],
) -> list[Decision]:
    """Compare what was pushed with what is there; note in ``marks`` whose check mark it is, where the server tells."""
    pushed, there = set(labels_from_rows(json.loads(row["pushed"]))), set(state.labels)
    if not state.confirmed and pushed == there:
        return []
    work = people.of(state, state.confirmed)
    who, certain = work.who, work.certain
    if work.confirmed_at is not None:
        marks[name] = (who, work.confirmed_at)
    if not state.confirmed:  # the one who added something here is likely the one who took something away
        workers = {work.givers[label] for label in there - pushed if label in work.givers}
        who = workers.pop() if len(workers) == 1 else who
    before = row["pulled_at"] or row["pushed_at"]
    gone_at = work.confirmed_at if work.confirmed_at and before and work.confirmed_at > before else None
    decisions = []
    for label in sorted(pushed | there):
        if label not in there:
            decisions.append(Decision(name, label, "rejected", who, state.confirmed, gone_at, certain))
        elif label not in pushed:
            giver, at = work.givers.get(label, who), work.times.get(label)
            sure = certain or label in work.givers
            decisions.append(Decision(name, label, "added", giver, state.confirmed, at, sure))
        elif state.confirmed:
            decisions.append(Decision(name, label, "confirmed", who, True, work.confirmed_at, certain))
    return decisions


def _labels(
    corpus: Corpus,
    client: Client,
    report: PullReport,
    known: Mapping[str, Mapping[str, Any]],
    changed: Mapping[str, _State],
    names: Mapping[int, str] | None,
) -> pl.DataFrame:
    """The decisions of a project as they stand now: those of changed units anew, the others as they were.

    ``names`` are the accounts of the server; None where it was not asked. Where an account was deleted, the server has
    deleted its labels with it: that is no decision of anybody's, and here they stay.
    """
    now = dt.datetime.now(dt.UTC)
    old = corpus.labels.filter(pl.col("project") == report.project).collect()
    here = {UNKNOWN, *(names or {}).values()}
    earlier: dict[tuple[object, ...], dict[str, Any]] = {}
    departed: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in old.to_dicts():
        gone = names is not None and row["annotator"] not in here
        (departed if gone and row["unit_id"] in changed else earlier)[_key(row)] = row
    rows = []
    for decision in report.decisions:
        unit, label = known[decision.unit_id], decision.label
        row = {
            "doc_id": unit["doc_id"],
            "revision": unit["revision"],
            "layer": label.layer,
            "label": label.label,
            "start": unit["start"] + label.start,
            "end": unit["start"] + label.end,
            "annotator": decision.annotator,
            "origin": "human",
            "decision": decision.decision,
            "confirmed": decision.confirmed,
            "unit_id": decision.unit_id,
            "project": report.project,
            "attributes": "{}",
            "last_seen": now,
            "server": client.url,
            "round": unit["round"] or 1,
        }
        theirs = departed.get(_key(row))
        if theirs is not None:
            if decision.certain and decision.changed == theirs["last_changed"]:
                departed.pop(_key(row))  # the same label still: the account has another name now
            elif not decision.certain:
                continue
        before = earlier.get(_key(row))
        if before is not None and not decision.certain and before["annotator"] != UNKNOWN:
            row["annotator"] = before["annotator"]  # who it was does not change with who is a member today
        if before is None or before["annotator"] != row["annotator"]:
            rows.append(row | {"first_seen": now, "last_changed": decision.changed or now})
        else:
            since = before["last_changed"] or before["first_seen"]
            at = max(since, decision.changed) if decision.changed else since
            rows.append(row | {"first_seen": before["first_seen"], "last_changed": at})
    report.departed = sorted({str(row["annotator"]) for row in departed.values()})
    fresh = pl.DataFrame(rows, schema=LABELS)
    kept = pl.DataFrame(list(departed.values()), schema=LABELS)
    rest = old.filter(~pl.col("unit_id").is_in(list(changed))).select(LABELS.names())
    return pl.concat([rest, fresh, kept])


def _key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """A decision, whoever made it."""
    return tuple(row[name] for name in ("unit_id", "layer", "label", "start", "end", "decision"))


def _write_units(
    corpus: Corpus,
    client: Client,
    project_id: int,
    known: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, _State],
    changed: Mapping[str, _State],
    comments: Mapping[str, str],
    marks: Mapping[str, tuple[str, dt.datetime]],
    annotator: str | None,
) -> None:
    """Note what was found, after the labels are safe; where nothing is new, nothing is written."""
    now = dt.datetime.now(dt.UTC)
    rows = []
    for name, state in states.items():
        row = known[name]
        if name in changed or row["pulled"] is None or comments[name] != (row["comments"] or "[]"):
            who, since = row["confirmed_by"], row["confirmed_at"]
            if name in changed:
                who, since = marks.get(name, (annotator if state.confirmed else None, None))
            found = {
                "server": client.url,
                "project_id": project_id,
                "pulled": json.dumps(labels_to_rows(sorted(state.labels)), ensure_ascii=False),
                "confirmed": state.confirmed,
                "confirmed_by": who,
                "confirmed_at": since,
                "comments": comments[name],
                "pushed_at": row["pushed_at"] or now,
                "pulled_at": now,
            }
            rows.append({**row, **found})
    if rows:
        corpus.upsert("units", pl.DataFrame(rows, schema=UNITS), UNIT_KEYS)
