"""Labels that went with their label type: nobody took them away, so here they stay.

Who deletes a label type in Doccano deletes every label of that type, in confirmed texts too, and no trace is left. To
the next pull that would look like a rejection in every text. So the number of each type is noted by push; where one is
gone, the labels that were last seen with it are noted as lost, and count as present until they are seen again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from corpus.doccano.books import read_noted
from corpus.doccano.client import Client, LabelKind
from corpus.doccano.found import State
from corpus.doccano.label_types import Meaning, ServerTypes
from corpus.doccano.layouts import Label, kind_of, unit_of
from corpus.doccano.notation import labels_from_json, labels_from_rows, labels_to_json, labels_to_rows
from corpus.doccano.project import Project
from corpus.doccano.utf16 import Offsets

if TYPE_CHECKING:
    from corpus.store import Corpus

TypeId = tuple[str, int]


@dataclass(slots=True)
class Lost:
    """What went with deleted label types of a project.

    Attributes:
        labels: unit → labels that are counted as present.
        types: kind and number of the types that this was noted for.
        fresh: those noticed just now, with the meaning of each.
        added: unit → labels that went with those.
    """

    labels: dict[str, set[Label]] = field(default_factory=dict)
    types: set[TypeId] = field(default_factory=set)
    fresh: dict[TypeId, Meaning] = field(default_factory=dict)
    added: dict[str, set[Label]] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What a person should know of the types noticed just now."""
        found = []
        for meaning in sorted(set(self.fresh.values())):
            count = sum((label.layer, label.label) == meaning for labels in self.added.values() for label in labels)
            found.append(
                f"label type {meaning[0]} {meaning[1]} was deleted on the server, and {count} label(s) with it: "
                "nobody took them away, so they stay here"
            )
        return found

    def keep(self, states: Mapping[str, State]) -> dict[str, State]:
        """The states of units as if the lost labels were still there."""
        here = {name: {*states[name].labels, *labels} for name, labels in self.labels.items() if name in states}
        return {
            **states,
            **{name: replace(states[name], written=labels_to_json(found)) for name, found in here.items()},
        }


def find_lost(
    runs: pl.LazyFrame,
    project: str,
    project_id: int,
    kinds: Collection[LabelKind],
    recorded: Mapping[TypeId, Meaning],
    types: ServerTypes,
    units: pl.DataFrame,
) -> Lost:
    """Tell which labels went with their type, earlier or just now.

    Parameters:
        runs: the table of runs: it says what was noted before.
        project, project_id: which one.
        kinds: of labels that the project holds.
        recorded: numbers of types as pushes noted them.
        types: those that are there.
        units: the rows of the units table of this project.

    Returns:
        the labels; ``note_lost`` writes down what is new.
    """
    lost = Lost()
    rows = runs.filter(pl.col("command") == "lost").sort("started").select("details").collect()
    for details in map(json.loads, rows["details"].drop_nulls()):
        if (details["project"], details["project_id"]) == (project, project_id):
            lost.types |= {(kind, number) for kind, number in details["types"]}
            for name, found in details["lost"].items():
                lost.labels.setdefault(name, set()).update(labels_from_rows(found))
            for name, found in details["seen"].items():
                lost.labels.get(name, set()).difference_update(labels_from_rows(found))
    gone = {found: meaning for found, meaning in recorded.items() if found not in types.ids and found[0] in kinds}
    lost.fresh = {found: meaning for found, meaning in gone.items() if found not in lost.types}
    if lost.fresh:
        # a span and a category of the same theme are different labels: the layer tells them apart
        meanings = set(lost.fresh.values())
        for name, row in read_noted(units).items():
            if row.sent and (found := _with_arrows(labels_from_json(row.last), meanings)):
                lost.added[name] = found
                lost.labels.setdefault(name, set()).update(found)
    return lost


def note_lost(
    corpus: Corpus, project: str, project_id: int, lost: Lost, states: Mapping[str, State] | None = None
) -> None:
    """Write down what was lost just now, and which lost labels are there again; costs nothing where nothing is new.

    Parameters:
        corpus: an open corpus.
        project, project_id: which one.
        lost: of ``find_lost``.
        states: units as they are on the server, before ``Lost.keep``; None where they were not read.
    """
    seen = {
        name: labels_to_rows(sorted(there))
        for name, labels in lost.labels.items()
        if states and name in states and (there := labels & set(states[name].labels))
    }
    if not lost.fresh and not seen:
        return
    details: dict[str, object] = {"project": project, "project_id": project_id, "types": sorted(lost.fresh)}
    details |= {"lost": {name: labels_to_rows(sorted(labels)) for name, labels in lost.added.items()}, "seen": seen}
    corpus.record("lost", details, corpus.record("lost", details))


def give_again(client: Client, project: Project, lost: Lost) -> int:
    """Give the lost labels again on the server, in our name, once their types are there again; arrows are left out.

    Parameters:
        client: signed in.
        project: with its label types.
        lost: what went.

    Returns:
        how many labels were given.
    """
    if project.id is None or not any(lost.labels.values()):
        return 0
    numbers = {(kind, meaning): number for (kind, number), meaning in project.types.ids.items()}
    given = 0
    for example in client.examples(project.id):
        wanted = lost.labels.get(unit_of(example["meta"]) or "", set())
        kinds = {kind_of(project.layout, label) for label in wanted} - {"relation"}
        offsets = Offsets(example["text"])
        for kind in sorted(kinds):
            there = {
                (row["label"], row.get("start_offset"), row.get("end_offset"))
                for row in client.labels(project.id, example["id"], kind)
            }
            for label in sorted(wanted):
                number = numbers.get((kind, (label.layer, label.label)))
                if number is None or kind_of(project.layout, label) != kind:
                    continue
                place = (offsets.to_utf16(label.start), offsets.to_utf16(label.end)) if kind == "span" else (None, None)
                if (number, *place) in there:
                    continue
                fields = {"start_offset": place[0], "end_offset": place[1]} if kind == "span" else {}
                client.add_label(project.id, example["id"], kind, label=number, **fields)
                given += 1
    return given


def _with_arrows(labels: Collection[Label], meanings: Collection[Meaning]) -> set[Label]:
    """Labels of deleted types, and the arrows that went with their spans."""
    gone = {label for label in labels if (label.layer, label.label) in meanings}
    places = {(label.start, label.end) for label in gone}
    return gone | {label for label in labels if label.target and {(label.start, label.end), label.target} & places}
