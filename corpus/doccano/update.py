"""Bring better pre-annotations to units that are on the server already, label by label, around people at work.

An example is never uploaded again, and no label is touched that is not verifiably ours and as we sent it. Each unit is
looked at once more directly before it is changed, and once more after it: where somebody set the check mark in between,
or gave the same label at the same moment, our change is taken back. The server has no conditional requests, so one gap
of a few milliseconds remains: a person who changes the kind of one of our labels between our look at it and our
removal of it loses that change (what they add is never touched).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.doccano.client import Client
from corpus.doccano.given import MACHINE, Given, GivenLabels
from corpus.doccano.journal import Journal, Step
from corpus.doccano.layouts import Label, kind_of
from corpus.doccano.merge import Merge, Reason, merge
from corpus.doccano.project import Project
from corpus.doccano.utf16 import Offsets
from schemas.errors import MinberError

REFUSED = (400, 404, 500)
"""The server's answers to a label that is there already, that has no room, or whose example is gone."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A unit whose pre-annotations are others now.

    Attributes:
        unit_id: our name of it.
        text: of the unit.
        pushed: the machine's labels as sent.
        local: as they are now.
        example: its number on the server.
    """

    unit_id: str
    text: str
    pushed: tuple[Label, ...]
    local: tuple[Label, ...]
    example: int


@dataclass(slots=True)
class Updated:
    """What became of the renewals.

    Attributes:
        changed: unit → what was changed there.
        kept: unit → changes that were not made, with their reasons.
        waiting: number of units left for the next push.
    """

    changed: dict[str, Merge] = field(default_factory=dict)
    kept: dict[str, list[tuple[Label, Reason]]] = field(default_factory=dict)
    waiting: int = 0


def update_units(
    client: Client,
    project: Project,
    renewals: Sequence[Renewal],
    journal: Journal | None,
    limit: int,
    progress: Callable[[Sequence[Any], str], Iterable[Any]] = lambda items, _: items,
) -> Updated:
    """Merge new pre-annotations into units on the server.

    Parameters:
        client: signed in as the one who uploaded the units.
        project: that holds them.
        renewals: the units.
        journal: takes note of every single change; settle it afterwards. None: change nothing, only look.
        limit: most units looked at; the others wait for the next push.
        progress: wraps the units.

    Returns:
        what was changed and what was left alone.
    """
    assert project.id is not None  # noqa: S101 -- a project with units is there
    worker = _Worker(client, project, journal)
    result = Updated(waiting=max(0, len(renewals) - limit))
    for renewal in progress(renewals[:limit], "update"):
        done = worker.update(renewal)
        if done:
            result.changed[renewal.unit_id] = done
        if done.kept:
            result.kept[renewal.unit_id] = list(done.kept)
    return result


class _Worker:
    def __init__(self, client: Client, project: Project, journal: Journal | None) -> None:
        self._client, self._project, self._journal = client, project, journal
        self._id = int(project.id or 0)
        self._us = int(client.user["id"])
        self._given = GivenLabels(client, self._id, project.layout, project.types.meanings)
        self._numbers: dict[tuple[str, tuple[str, str]], int] = {
            (kind, found): number
            for kind, types in self._given.types.items()
            for number, found in types.items()
            if project.types.names.get(found) is not None
        }

    def update(self, renewal: Renewal) -> Merge:
        """Look at a unit, change what nobody touched, look again."""
        if self._client.confirmations(self._id, renewal.example):
            return merge(renewal.pushed, renewal.local, renewal.pushed, True, self._project.layout)
        given = self._given.of(renewal.example, renewal.text)
        plan = merge(renewal.pushed, renewal.local, [row.label for row in given], False, self._project.layout)
        kept = list(plan.kept)
        touched = {row.label for row in given if row.user != self._us or row.edited}
        kept += ((label, "touched") for label in plan.remove if label in touched)
        if self._journal is None:
            free = tuple(label for label in plan.remove if label not in touched)
            return Merge(plan.add, free, tuple(kept))
        outdated = [row for label in plan.remove if label not in touched for row in given if row.label == label]
        removed = [row for row in outdated if self._remove(renewal, row)]
        still_there = [row.label for row in given if row not in removed]
        gone = {row.label for row in removed}
        base = [label for label in renewal.pushed if label not in gone]
        added: dict[Label, int] = {}
        for label in plan.add:  # a removal that was refused may have left no room
            again = merge(base, [*still_there, label], still_there, False, self._project.layout)
            number = self._add(renewal, label) if label in again.add else None
            if number is None:
                kept.append((label, "conflict"))
            else:
                added[label] = number
        if not removed and not added:
            return Merge(kept=tuple(kept))
        return self._look_again(renewal, removed, added, kept)

    def _look_again(
        self, renewal: Renewal, removed: list[Given], added: dict[Label, int], kept: list[tuple[Label, Reason]]
    ) -> Merge:
        """Take back what met with a person's work of the same moment."""
        now = self._given.of(renewal.example, renewal.text)
        confirmed = bool(self._client.confirmations(self._id, renewal.example))
        for label, number in list(added.items()):
            twice = any(row.label == label and row.id != number for row in now)
            mine = next((row for row in now if row.id == number), None)
            if mine is not None and not mine.edited and (confirmed or twice) and self._remove(renewal, mine):
                del added[label]
                kept.append((label, "confirmed" if confirmed else "touched"))
        if confirmed:
            for row in list(removed):
                if self._add(renewal, row.label) is not None:
                    removed.remove(row)
                    kept.append((row.label, "confirmed"))
        return Merge(tuple(added), tuple(row.label for row in removed), tuple(kept))

    def _remove(self, renewal: Renewal, row: Given) -> bool:
        number = self._numbers.get((row.kind, (row.label.layer, row.label.label)), 0)
        step = self._step("remove", renewal, row.label, row.kind, number, {}, row.id)
        return self._asked(step, lambda: self._client.delete_label(self._id, renewal.example, row.kind, row.id))

    def _add(self, renewal: Renewal, label: Label) -> int | None:
        kind = kind_of(self._project.layout, label)
        number = self._numbers.get((kind, (label.layer, label.label)))
        if number is None:
            return None  # people deleted this kind of label
        fields: dict[str, int] = {}
        if kind == "span":
            offsets = Offsets(renewal.text)
            fields = {"start_offset": offsets.to_utf16(label.start), "end_offset": offsets.to_utf16(label.end)}
        elif kind == "relation":
            places = {(row.label.start, row.label.end): row.id for row in self._given.of(renewal.example, renewal.text)}
            ends = places.get((label.start, label.end)), places.get(label.target or (0, 0))
            if ends[0] is None or ends[1] is None:
                return None
            fields = {"from_id": ends[0], "to_id": ends[1]}
        made: list[int] = []

        def ask() -> None:
            named = {"type" if kind == "relation" else "label": number}
            row = self._client.add_label(self._id, renewal.example, kind, prob=MACHINE, **named, **fields)
            made.append(int(row["id"]))

        step = self._step("add", renewal, label, kind, number, fields, None)
        return made[0] if self._asked(step, ask) else None

    def _asked(self, step: Step, ask: Callable[[], object]) -> bool:
        """Ask for a change and note the answer; where none came, nothing is noted and the next push finds out."""
        assert self._journal is not None  # noqa: S101 -- without one, nothing is asked for
        self._journal.begin(step)
        try:
            ask()
        except MinberError as error:
            if error.values.get("status") not in REFUSED:
                raise
            self._journal.end(done=False)
            return False
        self._journal.end(done=True)
        return True

    def _step(
        self,
        action: Any,
        renewal: Renewal,
        label: Label,
        kind: Any,
        type_id: int,
        fields: Mapping[str, int],
        label_id: int | None,
    ) -> Step:
        return Step(
            action,
            self._project.name,
            self._id,
            renewal.example,
            renewal.unit_id,
            label,
            kind,
            type_id,
            dict(fields),
            label_id,
        )
