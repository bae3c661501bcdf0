"""The units of a project as the server shows them now: labels, check marks, and what is not as it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Begun:
    """An export that the server is at work on, and how many examples had a check mark, of how many, before it began."""

    task: str
    marked: int
    total: int


def begin_export(client: Client, project_id: int) -> Begun:
    """Let the server begin an export, so that it works while we read our books.

    The check marks are counted first: where all are set, all that the export then shows is confirmed.
    """
    marked = client.count(project_id, confirmed="true")
    total = client.count(project_id) if marked else 0
    return Begun(client.start_export(project_id), marked, total)


def read_states(
    corpus: Corpus,
    client: Client,
    project_id: int,
    layout: Layout,
    known: Mapping[str, Mapping[str, Any]],
    types: Mapping[tuple[str, str], tuple[str, str]],
    begun: Begun | None = None,
) -> Found:
    """Export a project and read our units; a text that differs from what we pushed is not read.

    The export does not say which texts carry the check mark. So where some do, those are exported a second time, and
    read from there: whoever labels and confirms between the two exports is read as they confirmed it. ``begun`` is an
    export that the server is at work on already.
    """
    found = Found()
    begun = begun or begin_export(client, project_id)
    texts = UnitTexts(corpus, known)
    rows = _OwnRows(layout, known, texts, types, found)
    for example, name, labels in rows.read(client.finish_export(project_id, begun.task), count_foreign=True):
        before = found.states.get(name)
        if before is not None:  # somebody uploaded it a second time: nobody's labels are dropped
            labels = sorted({*labels, *before.labels})
        found.states[name] = State(example, texts.of(name), tuple(labels), confirmed=False)
    if begun.marked and begun.marked == begun.total:
        for name, state in found.states.items():
            found.states[name] = replace(state, confirmed=True)
    elif begun.marked:
        for example, name, labels in rows.read(client.export(project_id, confirmed_only=True)):
            before = found.states.get(name)
            if before is not None and before.example != example:
                labels = sorted({*labels, *before.labels})
            found.states[name] = State(example, texts.of(name), tuple(labels), confirmed=True)
    return found


class _OwnRows:
    """Picks our units out of an export and reads their labels."""

    def __init__(
        self,
        layout: Layout,
        known: Mapping[str, Mapping[str, Any]],
        texts: UnitTexts,
        types: Mapping[tuple[str, str], tuple[str, str]],
        found: Found,
    ) -> None:
        self._layout, self._known, self._texts, self._types, self._found = layout, known, texts, types, found

    def read(
        self, rows: Iterable[tuple[str, dict[str, Any] | None]], count_foreign: bool = False
    ) -> Iterator[tuple[int, str, list[Label]]]:
        found = self._found
        for _, row in rows:
            if row is None:
                continue
            name = unit_of(row) or ""
            if name not in self._known:
                found.foreign += count_foreign
            elif row["text"] != self._texts.of(name):
                if count_foreign:
                    found.moved.append(name)
            else:
                labels, unknown, errors = read_row(self._layout, row, self._types)
                found.unknown.update(unknown)
                if count_foreign:
                    found.failures += errors
                yield int(row["id"]), name, labels


class UnitTexts:
    """The text of each unit as it was pushed, cut from the revision that it belongs to when it is asked for.

    Parameters:
        corpus: holds the revisions.
        known: unit id → its row of the units table.
    """

    def __init__(self, corpus: Corpus, known: Mapping[str, Mapping[str, Any]]) -> None:
        self._known = known
        wanted = pl.DataFrame(
            {"id": [row["doc_id"] for row in known.values()], "revision": [row["revision"] for row in known.values()]},
            schema={"id": pl.String, "revision": pl.String},
        ).unique()
        rows = corpus.revisions.select("id", "revision", "text").join(wanted.lazy(), on=["id", "revision"], how="semi")
        self._texts: dict[tuple[str, str], str] = {
            (doc_id, revision): text for doc_id, revision, text in rows.collect().iter_rows()
        }

    def of(self, name: str) -> str:
        """The text of a unit; empty (no unit is) where the revision is not in the corpus."""
        row = self._known[name]
        text = self._texts.get((row["doc_id"], row["revision"]), "")
        return text[row["start"] : row["end"]]
