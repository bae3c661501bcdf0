"""What is where: which units are on the server, what people did to them, what is on our side only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from corpus.doccano.layouts import LAYOUTS, choose_unit
from corpus.doccano.project import project_name
from corpus.doccano.units import collect_units

if TYPE_CHECKING:
    from corpus.store import Corpus


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """One project as our side knows it since the last push and pull.

    Attributes:
        project, server, layout: which one.
        pushed: units on the server.
        pending: units of a push that was cut short.
        pulled: units that were pulled at least once.
        confirmed: units with the check mark.
        changed: units in which a person changed a label.
        labels: human decisions in the corpus.
        outdated: units of earlier revisions of their text.
        local: units that were never pushed (only for the project that ``minber.toml`` describes, else 0).
    """

    project: str
    server: str
    layout: str
    pushed: int
    pending: int
    pulled: int
    confirmed: int
    changed: int
    labels: int
    outdated: int
    local: int


def status(corpus: Corpus) -> list[ProjectStatus]:
    """Look at our own books; no server is asked.

    Parameters:
        corpus: an open corpus.

    Returns:
        one entry a project and server, those that ``minber.toml`` describes first.
    """
    settings = corpus.settings.doccano
    layout = LAYOUTS[settings.layout]
    unit = choose_unit(layout, settings.unit)
    units = corpus.units.collect()
    labels = dict(corpus.labels.group_by("project").len().collect().iter_rows())
    heads = dict(corpus.documents.select("id", "revision").collect().iter_rows())
    wanted = {found.unit_id for found in collect_units(corpus, layout, unit, settings.language).units}
    names = [
        project_name(corpus.settings.corpus.name, layout, unit, annotator)
        for annotator in settings.annotators or (None,)
    ]
    found = {
        (name, server): frame
        for (name, server), frame in units.sort("project", "server")
        .partition_by(["project", "server"], as_dict=True)
        .items()
    }
    ours = [(name, settings.url.rstrip("/")) for name in names]
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
                layout=frame["layout"][0] if frame.height else layout.name,
                pushed=sent.height,
                pending=frame.height - sent.height,
                pulled=sent["pulled_at"].count(),
                confirmed=int(sent["confirmed"].fill_null(value=False).sum()),
                changed=sum(json.loads(pushed) != json.loads(pulled) for pushed, pulled in rows),
                labels=labels.get(key[0], 0),
                outdated=sum(old),
                local=len(wanted - set(sent["unit_id"])) if key in ours else 0,
            )
        )
    return entries
