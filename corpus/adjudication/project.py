"""Adjudication on the labelling server: units in disagreement go to a project of their own, decisions come back.

What was sent and what came back stands in a table of its own, so that an adjudicator is never counted as one more
coder, and nothing of the coders' own labels changes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus.adjudication.rules import Given, Key, Rule, decide, in_disagreement, labels_by_coder
from corpus.agreement import read_codings
from corpus.doccano.books import Sending, example_uuid
from corpus.doccano.found import State, read_states
from corpus.doccano.label_types import types_on_server, types_to_rows
from corpus.doccano.layouts import (
    IDENTITY,
    LAYOUTS,
    Label,
    Layout,
    LayoutName,
    interface,
    label_types,
    localized,
    resolve_overlaps,
    unit_of,
    upload_row,
)
from corpus.doccano.members import ensure_accounts
from corpus.doccano.notation import labels_from_json, labels_to_json
from corpus.doccano.project import Project, find_project, prepare_project, project_name, project_url
from corpus.doccano.units import Unit
from corpus.doccano.verify import verify
from schemas.errors import MinberError
from schemas.tables import UTC

if TYPE_CHECKING:
    from corpus.doccano.client import Client
    from corpus.store import Corpus

TABLE = "adjudications"
KEYS = ("server", "project_id", "unit_id")

ADJUDICATIONS = pl.Schema(
    {
        "unit_id": pl.String(),
        "doc_id": pl.String(),
        "revision": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "layout": pl.String(),
        "round": pl.Int32(),
        "server": pl.String(),
        "project": pl.String(),
        "project_id": pl.Int64(),
        "candidates": pl.String(),  # JSON object: coder → labels, code points of the unit
        "pushed": pl.String(),  # JSON: the labels that were filled in
        "pulled": pl.String(),  # JSON: the labels that the last pull found
        "confirmed": pl.Boolean(),
        "by": pl.String(),  # whose check mark it is
        "pushed_at": UTC,
        "pulled_at": UTC,
    }
)
"""One row a unit that was given to an adjudicator."""

Prefill = Literal["unanimous", "majority", "none"]

_FILE_ROWS = 1000
_AROUND = 300  # letters of the text shown before and after


@dataclass(slots=True)
class AdjudicationReport:
    """What a push or pull of an adjudication did.

    Attributes:
        project, url: of the project on the server.
        units: in disagreement (push), or of ours on the server (pull).
        sent: units uploaded.
        present: units that were there already.
        settled: units there in which people no longer differ; they stay there.
        confirmed: units that were decided.
        changed: units decided otherwise than at the last pull.
        gold: rows of gold that are new.
        undecided: units that nothing decides yet.
        notes: about the project.
        failures: labels that fit no letters.
    """

    project: str
    url: str
    units: int = 0
    sent: int = 0
    present: int = 0
    settled: int = 0
    confirmed: int = 0
    changed: int = 0
    gold: int = 0
    undecided: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[MinberError] = field(default_factory=list)


def push_disagreements(
    corpus: Corpus,
    client: Client,
    layout: LayoutName | None = None,
    number: int = 1,
    language: str | None = None,
    prefill: Prefill = "unanimous",
    layers: Sequence[str] = (),
    adjudicator: str | None = None,
    dry_run: bool = False,
) -> AdjudicationReport:
    """Bring the units in which people differ to a project of their own; what is there already is not sent again.

    Parameters:
        corpus: an open corpus whose labels were pulled.
        client: signed in as somebody who may make projects.
        layout, language: default: as ``minber.toml`` says.
        number: of the round.
        prefill: which labels are there when the adjudicator opens a unit: those that all gave, that most gave, none.
        layers: what must be the same for people to agree (`corpus.adjudication.rules.judged_layers`).
        adjudicator: user name of who becomes a member of the project.
        dry_run: send nothing.

    Returns:
        what was done.

    Raises:
        MinberError: MB480 nobody has confirmed a unit; MB482 no unit was confirmed by two people; MB410, MB411, MB416,
            MB417 the project cannot be used; MB413, MB414 the upload failed; MB490 the adjudicator has no account.
    """
    settings = corpus.settings.doccano
    codings = read_codings(corpus, layout, number)
    if not codings.double:
        raise MinberError("MB482", layout=codings.layout, count=codings.items.height, coders=len(codings.coders))
    shape, language = LAYOUTS[layout or settings.layout], language or settings.language
    client.check_health()
    user = ensure_accounts(client, [adjudicator], make=False).ids.get(adjudicator) if adjudicator else None
    if adjudicator and user is None:
        raise MinberError("MB490", client.url, user=adjudicator)
    name = name_of(corpus, shape, number)
    known = _rows_of(corpus, client, name)
    ids = sorted({row["project_id"] for row in known.values()})
    project = prepare_project(client, name, shape, corpus.codebook, language, corpus.runs, ids, dry_run)
    report = AdjudicationReport(name, project.url, notes=project.notes)
    given = labels_by_coder(codings)
    open_units = in_disagreement(codings, layers)
    report.units = open_units.height
    wanted = set(open_units["unit_id"])
    there = {} if project.id is None else {unit_of(row["meta"]): row["id"] for row in client.examples(project.id)}
    report.present = len(wanted & there.keys())
    report.settled = len({unit for unit in there if unit and unit in known} - wanted)
    rows = [row for row in open_units.iter_rows(named=True) if row["unit_id"] not in there]
    texts = _texts(corpus, rows)
    order = [theme.id for theme in corpus.codebook.themes]
    names = project.names()
    items, candidates = [], []
    for row in rows:
        people = given[row["round"], row["unit_id"]]
        filled = _prefilled(people, prefill, row["start"], shape, order)
        shown = tuple(label for label in filled if (label.layer, label.label) in names)  # others are only told of
        unit = _unit(row, texts, shown, people, codings.coders, shape, corpus, language)
        items.append(Sending(unit, unit.written, unit.written))
        candidates.append({who: _relative(labels, row["start"]) for who, labels in people.items()})
    report.sent = len(items)
    if dry_run or project.id is None:
        return report
    if items:
        _send(corpus, client, project, items, candidates, number)
    if user is not None and user not in {row["user"] for row in client.members(project.id)}:
        client.add_member(project.id, user)
        report.notes.append(f"{adjudicator} is a member of the project now")
    return report


def pull_decisions(
    corpus: Corpus,
    client: Client,
    layout: LayoutName | None = None,
    number: int = 1,
    rule: Rule | None = None,
    layers: Sequence[str] = (),
) -> AdjudicationReport:
    """Bring an adjudicator's decisions back and make the gold set of the round anew.

    Parameters:
        corpus: an open corpus.
        client: signed in as an administrator of the project.
        layout: default: as ``minber.toml`` says.
        number: of the round.
        rule: for units that were not adjudicated.
        layers: as in ``push_disagreements``.

    Returns:
        what was found. A unit counts once it carries the check mark; if the mark is taken back, it is open again.

    Raises:
        MinberError: MB491 nothing was pushed; MB418 the project is gone; MB410, MB411, MB416, MB417 it cannot be used;
            MB419 export failed.
    """
    from corpus.adjudication.gold import write_gold

    settings = corpus.settings.doccano
    shape = LAYOUTS[layout or settings.layout]
    client.check_health()
    name = name_of(corpus, shape, number)
    known = _rows_of(corpus, client, name)
    if not known:
        raise MinberError("MB491", layout=shape.name, number=number)
    record = find_project(client, name, shape, sorted({row["project_id"] for row in known.values()}))
    if record is None:
        raise MinberError("MB418", client.url, project=name, count=len(known))
    project_id = int(record["id"])
    known = {unit: row for unit, row in known.items() if row["project_id"] == project_id}
    report = AdjudicationReport(name, project_url(client, project_id))
    types = types_on_server(corpus, client, name, project_id, shape, settings.language)
    units = pl.DataFrame(list(known.values()), schema=ADJUDICATIONS)
    found = read_states(corpus, client, project_id, shape, units, types.meanings)
    report.notes += types.notes
    report.failures, report.units = found.failures, len(found.states)
    report.confirmed = sum(state.confirmed for state in found.states.values())
    rows = _pulled(client, project_id, known, found.states)
    report.changed = len(rows)
    if rows:
        corpus.upsert(TABLE, pl.DataFrame(rows, schema=ADJUDICATIONS), KEYS, ADJUDICATIONS)
    codings = read_codings(corpus, shape.name, number)
    decided = decide(codings, rule, adjudicated(corpus, shape.name), layers)
    report.gold = write_gold(corpus, shape.name, [number], decided.rows)
    report.undecided = len(decided.undecided)
    return report


def adjudicated(corpus: Corpus, layout: str) -> dict[Key, tuple[set[Given], str]]:
    """What adjudicators decided, as of the last pull.

    Parameters:
        corpus: an open corpus.
        layout: of the projects.

    Returns:
        unit → labels (code points of the document), and who decided.
    """
    rows = corpus.table(TABLE, ADJUDICATIONS).filter((pl.col("layout") == layout) & pl.col("confirmed")).collect()
    return {
        (row["round"], row["unit_id"]): (
            {
                (label.layer, label.label, row["start"] + label.start, row["start"] + label.end)
                for label in labels_from_json(row["pulled"])
            },
            row["by"],
        )
        for row in rows.sort("pulled_at").iter_rows(named=True)
    }


def name_of(corpus: Corpus, layout: Layout, number: int) -> str:
    """Name of the project in which a round is adjudicated."""
    return project_name(corpus.settings.corpus.name, layout, annotator="adjudication", number=number)


def _rows_of(corpus: Corpus, client: Client, name: str) -> dict[str, dict[str, Any]]:
    mine = (pl.col("project") == name) & (pl.col("server") == client.url)
    rows = corpus.table(TABLE, ADJUDICATIONS).filter(mine).collect().sort("project_id")
    return {row["unit_id"]: row for row in rows.to_dicts()}


def _pulled(
    client: Client, project_id: int, known: Mapping[str, Mapping[str, Any]], states: Mapping[str, State]
) -> list[dict[str, Any]]:
    """Rows of units that are others than at the last pull; only for these the server is asked who decided."""
    now, names, rows = dt.datetime.now(dt.UTC), client.users(), []
    for unit, state in states.items():
        row, labels = known[unit], state.written
        if row["pulled"] == labels and bool(row["confirmed"]) == state.confirmed:
            continue
        marks = client.confirmations(project_id, state.example) if state.confirmed else []
        by = names.get(marks[-1][0], "unknown") if marks else "unknown"
        decision = {"pulled": labels, "confirmed": state.confirmed, "by": by if state.confirmed else None}
        rows.append({**row, **decision, "pulled_at": now})
    return rows


def _send(
    corpus: Corpus,
    client: Client,
    project: Project,
    items: Sequence[Sending],
    candidates: Sequence[dict[str, list[Label]]],
    number: int,
) -> None:
    """Write down what is meant, send it, prove it, date it: after a crash the next push sends what is missing."""
    assert project.id is not None  # noqa: S101 -- prepare_project made it
    details = {"project": project.name, "server": client.url, "project_id": project.id, "purpose": "adjudication"}
    details |= {"label_types": types_to_rows(project.types.ids)}
    run = corpus.record("push", details)
    rows = [
        {
            **{name: getattr(item.unit, name) for name in ("unit_id", "doc_id", "revision", "start", "end")},
            "layout": project.layout.name,
            "round": number,
            "server": client.url,
            "project": project.name,
            "project_id": project.id,
            "candidates": json.dumps({who: json.loads(labels_to_json(labels)) for who, labels in given.items()}),
            "pushed": item.pushed,
            "confirmed": False,
        }
        for item, given in zip(items, candidates, strict=True)
    ]
    corpus.upsert(TABLE, pl.DataFrame(rows, schema=ADJUDICATIONS), KEYS, ADJUDICATIONS)
    names = project.names()
    batch = [
        upload_row(
            project.layout,
            item.unit.text,
            item.shown,
            names,
            item.unit.meta,
            example_uuid(project.id, item.unit.unit_id),
        )
        for item in items
    ]
    for start in range(0, len(batch), _FILE_ROWS):
        client.upload(
            project.id, batch[start : start + _FILE_ROWS], f"minber-adjudication-{start // _FILE_ROWS + 1:04}.jsonl"
        )
    verify(client, project, items, None)
    sent = pl.DataFrame(rows, schema=ADJUDICATIONS).with_columns(pushed_at=pl.lit(dt.datetime.now(dt.UTC), UTC))
    corpus.upsert(TABLE, sent, KEYS, ADJUDICATIONS)
    corpus.record("push", details | {"sent": len(items)}, run)


def _texts(corpus: Corpus, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    wanted = pl.DataFrame(
        {"id": [row["doc_id"] for row in rows], "revision": [row["revision"] for row in rows]},
        schema={"id": pl.String, "revision": pl.String},
    ).unique()
    found = corpus.revisions.join(wanted.lazy(), on=["id", "revision"], how="semi")
    found = found.select("id", "revision", "text", "title", "date")
    return {(row["id"], row["revision"]): row for row in found.collect().to_dicts()}


def _relative(labels: set[Given], start: int) -> list[Label]:
    return sorted(Label(layer, label, begin - start, end - start) for layer, label, begin, end in labels)


def _prefilled(
    people: Mapping[str, set[Given]], prefill: Prefill, start: int, layout: Layout, order: Sequence[str]
) -> tuple[Label, ...]:
    """The labels that are there when the adjudicator opens a unit."""
    if prefill == "none":
        return ()
    every = set.union(*people.values())
    needed = len(people) if prefill == "unanimous" else len(people) // 2 + 1
    kept = _relative({label for label in every if sum(label in ours for ours in people.values()) >= needed}, start)
    if layout.overlap:
        return tuple(kept)
    spans, _ = resolve_overlaps([label for label in kept if label.layer == "evidence"], order)
    return tuple(sorted([label for label in kept if label.layer != "evidence"] + spans))


def _unit(
    row: Mapping[str, Any],
    texts: Mapping[tuple[str, str], Mapping[str, Any]],
    shown: tuple[Label, ...],
    people: Mapping[str, set[Given]],
    coders: Sequence[str],
    layout: Layout,
    corpus: Corpus,
    language: str,
) -> Unit:
    """A unit with what each coder said of it beside the text."""
    document = texts[row["doc_id"], row["revision"]]
    text, start, end = document["text"], row["start"], row["end"]
    keys = localized(interface()["metadata"], language)
    names = {(found.layer, found.label): found.name for found in label_types(layout, corpus.codebook, language)}
    sets = layout.name == "themes"
    said = {f"@{who}": _said(people.get(who), names, text, sets) for who in coders}
    beside = {
        **said,
        keys["previous"]: " ".join(text[max(0, start - _AROUND) : start].split()),
        keys["next"]: " ".join(text[end : end + _AROUND].split()),
        keys["date"]: str(document["date"] or ""),
        keys["title"]: document["title"] or "",
        **dict(zip(IDENTITY, (row["doc_id"], row["revision"], f"{start}-{end}"), strict=True)),
    }
    return Unit(_Page(row["doc_id"], row["revision"], text, beside), start, end, labels_to_json(shown))


@dataclass(slots=True)
class _Page:
    """A document with what stands beside one unit of it."""

    doc_id: str
    revision: str
    text: str
    beside: dict[str, str]

    def meta(self, start: int, end: int) -> dict[str, str]:  # noqa: ARG002 -- it is made for one unit
        return self.beside


def _said(labels: set[Given] | None, names: Mapping[tuple[str, str], str], text: str, sets: bool) -> str:
    """What a coder gave, for reading: empty if they did not code the unit, a dash if they gave nothing."""
    if labels is None:
        return ""
    told = []
    for layer, label, start, end in sorted(labels, key=lambda one: (one[0] != "theme", one[2], one)):
        name = names.get((layer, label), label)
        told.append(name if sets and layer == "theme" else f"{name} «{' '.join(text[start:end].split())}»")
    return ", ".join(told) or "–"
