"""The units of a project as the server shows them now: labels, check marks, and what is not as it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus.doccano.client import Client
from corpus.doccano.layouts import Label, Layout, read_row, unit_of
from corpus.doccano.notation import labels_from_json, labels_to_json
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus


Place = tuple[str, int, int]
"""A text, and where in it a unit begins and ends."""


@dataclass(frozen=True, slots=True)
class State:
    """A unit as it is on the server: its number there, its place, its labels as the books write them, its mark."""

    example: int
    place: Place
    written: str
    confirmed: bool

    @property
    def text(self) -> str:
        """The text of the unit."""
        text, start, end = self.place
        return text[start:end]

    @property
    def labels(self) -> tuple[Label, ...]:
        """Its labels in order, twice where two people gave the same."""
        return tuple(labels_from_json(self.written))


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
    units: pl.DataFrame,
    types: Mapping[tuple[str, str], tuple[str, str]],
    begun: Begun | None = None,
) -> Found:
    """Export a project and read our units; a text that differs from what we pushed is not read.

    The export does not say which texts carry the check mark. So where some do, those are exported a second time, and
    read from there: whoever labels and confirms between the two exports is read as they confirmed it.

    Parameters:
        corpus: holds the texts.
        client: signed in.
        project_id: of the project.
        layout: what it shows.
        units: what we know of: columns ``unit_id``, ``doc_id``, ``revision``, ``start``, ``end``.
        types: kind and name of a label type there → layer and label.
        begun: an export that the server is at work on already.

    Returns:
        our units as they are there.

    Raises:
        MinberError: MB419 export failed.
    """
    found = Found()
    begun = begun or begin_export(client, project_id)
    texts = UnitTexts(corpus, units)
    rows = _OwnRows(layout, texts, types, found)
    for example, name, labels in rows.read(client.finish_export(project_id, begun.task), count_foreign=True):
        before = found.states.get(name)
        if before is not None:  # somebody uploaded it a second time: nobody's labels are dropped
            labels = sorted({*labels, *before.labels})
        found.states[name] = State(example, texts.place(name), labels_to_json(labels), confirmed=False)
    if begun.marked and begun.marked == begun.total:
        for name, state in found.states.items():
            found.states[name] = replace(state, confirmed=True)
    elif begun.marked:
        for example, name, labels in rows.read(client.export(project_id, confirmed_only=True)):
            before = found.states.get(name)
            if before is not None and before.example != example:
                labels = sorted({*labels, *before.labels})
            found.states[name] = State(example, texts.place(name), labels_to_json(labels), confirmed=True)
    return found


class _OwnRows:
    """Picks our units out of an export and reads their labels."""

    def __init__(
        self,
        layout: Layout,
        texts: UnitTexts,
        types: Mapping[tuple[str, str], tuple[str, str]],
        found: Found,
    ) -> None:
        self._layout, self._texts, self._types, self._found = layout, texts, types, found

    def read(
        self, rows: Iterable[tuple[str, dict[str, Any] | None]], count_foreign: bool = False
    ) -> Iterator[tuple[int, str, list[Label]]]:
        found = self._found
        for _, row in rows:
            if row is None:
                continue
            name = unit_of(row) or ""
            if name not in self._texts:
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
        units: columns ``unit_id``, ``doc_id``, ``revision``, ``start``, ``end``.
    """

    def __init__(self, corpus: Corpus, units: pl.DataFrame) -> None:
        wanted = units.lazy().select(id="doc_id", revision="revision").unique()
        rows = corpus.revisions.select("id", "revision", "text").join(wanted, on=["id", "revision"], how="semi")
        texts = {(doc_id, revision): text for doc_id, revision, text in rows.collect().iter_rows()}
        columns = units.select("unit_id", "doc_id", "revision", "start", "end")
        self._places: dict[str, Place] = {
            name: (texts.get((doc_id, revision), ""), start, end)
            for name, doc_id, revision, start, end in columns.iter_rows()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def place(self, name: str) -> Place:
        """The text that holds a unit, and where it lies."""
        return self._places[name]

    def of(self, name: str) -> str:
        """The text of a unit; empty (no unit is) where the revision is not in the corpus."""
        text, start, end = self._places[name]
        return text[start:end]
