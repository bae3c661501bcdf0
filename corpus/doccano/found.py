"""The units of a project as the server shows them now: labels, check marks, and what is not as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.layouts import Label, Layout, read_row, unit_of
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus


@dataclass(frozen=True, slots=True)
class State:
    """A unit as it is on the server."""

    example: int
    text: str
    labels: tuple[Label, ...]
    confirmed: bool


@dataclass(slots=True)
class Found:
    """All units of a project that are ours.

    Attributes:
        states: our name of the unit → what is there.
        moved: units whose text there is not the text that was pushed.
        unknown: label names that are not ours.
        foreign: number of examples that did not come from us.
        failures: labels that fit no letters.
    """

    states: dict[str, State] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    foreign: int = 0
    failures: list[MinberError] = field(default_factory=list)


def read_states(
    corpus: Corpus,
    client: Client,
    project_id: int,
    layout: Layout,
    known: Mapping[str, Mapping[str, Any]],
    types: Mapping[tuple[str, str], tuple[str, str]],
) -> Found:
    """Download, and read what the export wrote of our units; a text that differs from what we pushed is not read.

    The export does not say which texts carry the check mark, so those are exported a second time, and read from there:
    whoever labels and confirms between the two exports is read as they confirmed it.
    """
    rows = client.download(project_id).get("all", [])
    checked = (
        {row["id"]: row for row in client.download(project_id, confirmed_only=True).get("all", [])} if rows else {}
    )
    found = Found()
    texts = unit_texts(corpus, known)
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
        found.states[name] = State(int(row["id"]), str(row["text"]), tuple(labels), confirmed)
    return found


def unit_texts(corpus: Corpus, known: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
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
