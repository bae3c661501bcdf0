"""What is where: which units are on the server, what people did to them, what is on our side only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from corpus.doccano.carry import Question, carry_over
from corpus.doccano.teams import plan_push, team_of

if TYPE_CHECKING:
    from corpus.store import Corpus


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """One project as our side knows it since the last push and pull.

    Attributes:
        project, server, layout: which one.
        annotator: whose own project; None: all share it.
        round: of labelling.
        pushed: units on the server.
        pending: units of a push that was cut short.
        pulled: units that were pulled at least once.
        confirmed: units with the check mark.
        changed: units in which a person changed a label.
        labels: human decisions in the corpus.
        outdated: units of earlier revisions of their text.
        local: units chosen for it that were never pushed (only for projects that ``minber.toml`` describes, else 0).
        pre_annotated: units on the server that show pre-annotations.
        questions: decisions on earlier revisions of a text that a person must bring over (for the same projects).
    """

    project: str
    server: str
    layout: str
    annotator: str | None
    round: int
    pushed: int
    pending: int
    pulled: int
    confirmed: int
    changed: int
    labels: int
    outdated: int
    local: int
    pre_annotated: int
    questions: list[Question] = field(default_factory=list)


def progress_lines(entries: Sequence[ProjectStatus]) -> list[str]:
    """How far people are: confirmed of given, a line a round and person.

    Parameters:
        entries: of ``status``.

    Returns:
        lines of text; none where nothing was pushed to anybody's own project.
    """
    rows = [
        (entry.layout, entry.round, entry.annotator, entry) for entry in entries if entry.annotator and entry.pushed
    ]
    rows.sort(key=lambda row: row[:3])
    if not rows:
        return []
    width = max(len(name) for _, _, name, _ in rows)
    lines = ["progress, confirmed of given"]
    for layout, number, name, entry in rows:
        share = f"{100 * entry.confirmed / entry.pushed:.0f} %"
        lines.append(f"  {layout}  round {number}  {name:{width}}  {entry.confirmed} of {entry.pushed}  {share:>5}")
    return lines


def status(corpus: Corpus) -> list[ProjectStatus]:
    """Look at our own books; no server is asked.

    Parameters:
        corpus: an open corpus.

    Returns:
        one entry a project and server, those that ``minber.toml`` describes first.
    """
    settings = corpus.settings.doccano
    team = team_of(corpus)
    units = corpus.units.collect()
    labels = dict(corpus.labels.group_by("project").len().collect().iter_rows())
    heads = dict(corpus.documents.select("id", "revision").collect().iter_rows())
    planned = {
        team.project(person): units for person, units in plan_push(corpus, team, settings.language).units.items()
    }
    wanted = {name: {unit.unit_id for unit in units} for name, units in planned.items()}
    people = {team.project(person): person for person in team.people}
    found = {
        (name, server): frame
        for (name, server), frame in units.sort("project", "server")
        .partition_by(["project", "server"], as_dict=True)
        .items()
    }
    ours = [(name, settings.url.rstrip("/")) for name in wanted]
    entries = []
    for key in [*ours, *(other for other in found if other not in ours)]:
        frame = found.get(key, units.clear())
        sent = frame.filter(pl.col("pushed_at").is_not_null())
        rows = sent.select("pushed", "pulled").drop_nulls().iter_rows()
        old = [revision != heads.get(doc_id) for doc_id, revision in sent.select("doc_id", "revision").iter_rows()]
        entries.append(
            ProjectStatus(
                project=key[0],
                server=key[1],
                layout=frame["layout"][0] if frame.height else team.layout.name,
                annotator=frame["annotator"][0] if frame.height else people[key[0]],
                round=(frame["round"][0] or 1) if frame.height else team.number,
                pushed=sent.height,
                pending=frame.height - sent.height,
                pulled=sent["pulled_at"].count(),
                confirmed=int(sent["confirmed"].fill_null(value=False).sum()),
                changed=sum(json.loads(pushed) != json.loads(pulled) for pushed, pulled in rows),
                labels=labels.get(key[0], 0),
                outdated=sum(old),
                local=len(wanted[key[0]] - set(sent["unit_id"])) if key in ours else 0,
                questions=(
                    carry_over(corpus, key[0], team.layout, planned[key[0]], frame).questions
                    if sum(old) and key in ours
                    else []
                ),
                pre_annotated=sent.height - int((~sent["preannotated"]).fill_null(value=False).sum()),
            )
        )
    return entries
