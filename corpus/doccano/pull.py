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
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.books import UNIT_KEYS, portions, read_noted
from corpus.doccano.client import Client
from corpus.doccano.comments import read_comments
from corpus.doccano.decisions import UNKNOWN, Decision, Marking, People, decide, is_new
from corpus.doccano.found import State, begin_export, read_states
from corpus.doccano.journal import Journal, exclusive
from corpus.doccano.label_types import match_types, recorded_types
from corpus.doccano.layouts import Label, LayoutName
from corpus.doccano.lost import find_lost, note_lost
from corpus.doccano.marks import Marks
from corpus.doccano.project import as_on_server, find_project, known_units, project_url
from corpus.doccano.proposals import Proposals, project_key
from corpus.doccano.teams import Team, team_of
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS, UTC

if TYPE_CHECKING:
    from corpus.store import Corpus


AT_ONCE = 4
"""Units that the server is asked about at the same time."""


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
        withdrawn: rows of the labels table that stood at the last pull and stand no longer, each with its label.
        marked: changed units with the check mark.
        texts: of the changed units.
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
    withdrawn: list[tuple[dict[str, Any], Label]] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
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
    number: int | None = None,
) -> PullReport:
    """Read the labels of a project and write what is people's into the corpus.

    Parameters:
        corpus: an open corpus.
        client: signed in as an administrator of the project.
        layout, unit, language: default: as ``minber.toml`` says.
        annotator: name of the person whose own project this is; all its decisions are theirs.
        dry_run: write nothing.
        number: of the round of labelling; default: the first.

    Returns:
        what was found.

    Raises:
        MinberError: MB403 worker down, MB418 the project is gone, MB410, MB411, MB416, MB417 it cannot be used,
            MB419 export failed.
    """
    started = time.monotonic()
    settings = corpus.settings.doccano
    team = team_of(corpus, layout, unit, number=number or 1)
    client.begin_health_check()
    with nullcontext() if dry_run else exclusive(corpus):
        if not dry_run:
            Journal(corpus).settle(client)
        report = pull_unlocked(corpus, client, team, language or settings.language, annotator, dry_run)
    report.seconds = time.monotonic() - started
    return report


def pull_unlocked(
    corpus: Corpus, client: Client, team: Team, language: str, annotator: str | None, dry_run: bool = False
) -> PullReport:
    """Pull for somebody who holds the lock of the corpus already; see ``pull``."""
    shape = team.layout
    name = team.project(annotator)
    table = known_units(corpus.units, name)
    here = table.filter(pl.col("server") == client.url)
    record = find_project(client, name, shape, sorted(here["project_id"].unique().to_list()))
    if record is None:
        client.check_health()
        raise MinberError("MB418", client.url, project=name, count=here.height)
    project_id = int(record["id"])
    begun = begin_export(client, project_id)
    shape = as_on_server(shape, record)
    report = PullReport(name, project_url(client, project_id), shape.name, dry_run)
    if record["name"] != name:
        report.notes.append(f"project {name!r} is called {record['name']!r} on the server now")
    # where nothing was pushed to this address, it may be the same server under another one
    rows = here.filter(pl.col("project_id") == project_id) if here.height else table.sort("pushed_at")
    rows = rows.unique("unit_id", keep="last", maintain_order=True)
    noted = read_noted(rows)
    runs = corpus.runs
    recorded = recorded_types(runs, name, project_id)
    types = match_types(client, project_id, shape, corpus.codebook, language, recorded)
    report.notes += types.notes
    client.check_health()  # the server waits for its worker half a second, in which the export has begun
    found = read_states(corpus, client, project_id, shape, rows, types.meanings, begun)
    lost = find_lost(runs, name, project_id, shape.kinds, recorded, types, rows)
    report.notes += lost.notes
    if not dry_run:
        note_lost(corpus, name, project_id, lost, found.states)
    found.states = lost.keep(found.states)
    report.units, report.confirmed = len(found.states), sum(state.confirmed for state in found.states.values())
    report.failures, report.moved, report.unknown_labels = found.failures, found.moved, sorted(found.unknown)
    pushed = {name for name, row in noted.items() if row.sent}
    report.missing = sorted(pushed - found.states.keys() - set(found.moved))
    if found.foreign:
        report.notes.append(f"{found.foreign} text(s) in this project did not come from Minber; they are left alone")
    waiting = Marks(corpus, project_id).pending()
    changed = {
        name: state for name, state in found.states.items() if name not in waiting and is_new(noted[name], state)
    }
    del noted
    known = {row["unit_id"]: row for row in rows.filter(pl.col("unit_id").is_in(list(changed))).iter_rows(named=True)}
    report.changed = list(changed)
    report.marked = {name for name, state in changed.items() if state.confirmed}
    report.texts = {name: state.text for name, state in changed.items()}
    marks: Marking = {}
    comments = read_comments(client, project_id, {state.example: name for name, state in found.states.items()})
    report.comments = sum(len(json.loads(rows)) for rows in comments.values())
    people = People(client, project_id, shape, types.meanings, annotator) if changed else None
    if people:
        proposals, key = Proposals(corpus), project_key(record)  # what auto-labelling gave is no person's either
        asked = [(name, proposals.machine_labels(key, known[name], state), state) for name, state in changed.items()]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for made in pool.map(lambda row: decide(row[0], row[1], row[2], people, marks), asked):
                report.decisions += made
    labels = _labels(corpus, client, report, known, changed, None if annotator or not people else people.names)
    counts = dict(labels["decision"].value_counts().iter_rows())
    report.added, report.rejected = counts.get("added", 0), counts.get("rejected", 0)
    report.kept = counts.get("confirmed", 0)
    if not dry_run:
        if changed:
            corpus.replace("labels", labels, f"project = '{report.project.replace(chr(39), chr(39) * 2)}'")
        marks |= {
            unit: (annotator if state.confirmed else None, None) for unit, state in changed.items() if unit not in marks
        }
        _write_units(corpus, rows, client.url, project_id, found.states, marks, comments)
    return report


def _labels(
    corpus: Corpus,
    client: Client,
    report: PullReport,
    known: Mapping[str, Mapping[str, Any]],
    changed: Mapping[str, State],
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
            "attributes": _attributes(unit, label),
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
        if before is not None:
            row["attributes"] = before["attributes"]
        ours = before is not None and decision.annotator == client.user["username"] and '"carried"' in row["attributes"]
        if before is not None and (not decision.certain or ours) and before["annotator"] != UNKNOWN:
            row["annotator"] = before["annotator"]  # who it was does not change with who is a member today
        if before is None or before["annotator"] != row["annotator"]:
            rows.append(row | {"first_seen": now, "last_changed": decision.changed or now})
        else:
            since = before["last_changed"] or before["first_seen"]
            at = max(since, decision.changed) if decision.changed else since
            rows.append(row | {"first_seen": before["first_seen"], "last_changed": at})
    now_there = {_key(row) for row in (*rows, *departed.values())}
    for row in old.to_dicts():
        if row["unit_id"] in changed and _key(row) not in now_there:
            start = known[row["unit_id"]]["start"]
            label = Label(row["layer"], row["label"], row["start"] - start, row["end"] - start)
            report.withdrawn.append((row, label))
    report.departed = sorted({str(row["annotator"]) for row in departed.values()})
    fresh = pl.DataFrame(rows, schema=LABELS)
    kept = pl.DataFrame(list(departed.values()), schema=LABELS)
    rest = old.filter(~pl.col("unit_id").is_in(list(changed))).select(LABELS.names())
    return pl.concat([rest, fresh, kept])


def _attributes(unit: Mapping[str, Any], label: Label) -> str:
    """What a label has beyond its place: of a relation, where its second span lies."""
    target = [unit["start"] + offset for offset in label.target]
    return json.dumps({"target": target}) if target else "{}"


def _key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """A decision, whoever made it."""
    names = ["unit_id", "layer", "label", "start", "end", "decision"]
    return tuple(row[name] for name in (names if row["layer"] != "relation" else [*names, "attributes"]))


def _write_units(
    corpus: Corpus,
    rows: pl.DataFrame,
    server: str,
    project_id: int,
    states: Mapping[str, State],
    marks: Marking,
    comments: Mapping[str, str],
) -> None:
    """Note what was found, after the labels are safe; where nothing is new, nothing is written.

    ``marks`` has an entry for each unit that changed.
    """
    now = pl.lit(dt.datetime.now(dt.UTC), UTC)
    for part in portions(sorted(states)):
        who, since = zip(*(marks.get(name, (None, None)) for name in part), strict=True)
        found = pl.DataFrame(
            {
                "unit_id": part,
                "pulled_now": [states[name].written for name in part],
                "confirmed_now": [states[name].confirmed for name in part],
                "comments_now": [comments.get(name, "[]") for name in part],
                "changed": [name in marks for name in part],
                "who": who,
                "since": since,
            },
            schema_overrides={"who": pl.String, "since": UTC},
        )
        talked = pl.col("comments_now") != pl.col("comments").fill_null("[]")
        known = rows.join(found, on="unit_id").filter(pl.col("changed") | pl.col("pulled").is_null() | talked)
        frame = known.with_columns(
            server=pl.lit(server),
            project_id=pl.lit(project_id, rows.schema["project_id"]),
            pulled="pulled_now",
            confirmed="confirmed_now",
            confirmed_by=pl.when("changed").then("who").otherwise("confirmed_by"),
            confirmed_at=pl.when("changed").then("since").otherwise("confirmed_at"),
            comments="comments_now",
            pushed_at=pl.col("pushed_at").fill_null(now),
            pulled_at=now,
        ).select(UNITS.names())
        if frame.height:
            corpus.upsert("units", frame, UNIT_KEYS)
