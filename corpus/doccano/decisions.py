"""What people decided: the difference between what was pushed and what is there, and who made it, when."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.doccano.books import Noted
from corpus.doccano.client import Client
from corpus.doccano.found import State
from corpus.doccano.given import GivenLabels
from corpus.doccano.layouts import Label, Layout, kind_of
from corpus.doccano.notation import labels_from_json

UNKNOWN = "unknown"
"""Annotator of a label that was taken away where the server does not tell by whom (it forgets deleted labels)."""


Marking = dict[str, tuple[str | None, dt.datetime | None]]
"""Unit → whose check mark it carries, since when, where the server tells."""


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


def is_new(noted: Noted, state: State) -> bool:
    """Whether a unit is other than at the last pull, or than pushed where there was none."""
    if noted.confirmed != state.confirmed:
        return True
    return noted.last != state.written and sorted(labels_from_json(noted.last)) != list(state.labels)


class People:
    """Who did it. The export does not say, so the server is asked, only for units that changed."""

    def __init__(
        self,
        client: Client,
        project_id: int,
        layout: Layout,
        types: Mapping[tuple[str, str], tuple[str, str]],
        annotator: str | None,
    ) -> None:
        self._client, self._project, self._annotator, self._layout = client, project_id, annotator, layout
        self.names: dict[int, str] = {}
        if annotator:
            return
        self.names = client.users()
        self._us = client.user["id"]
        others = [row["username"] for row in client.members(project_id) if row["user"] != self._us]
        self._likely = others[0] if len(others) == 1 else UNKNOWN if others else str(client.user["username"])
        self._given = GivenLabels(client, project_id, layout, types)

    def of(self, state: State, asked: Collection[Label]) -> Work:
        """Who worked in a unit.

        Parameters:
            state: the unit; where it is confirmed, it counts as theirs who set the check mark.
            asked: labels whose givers are to be found; no kind of label is asked for without need.

        Returns:
            what the server tells; where it tells nothing, the likely person, or ``unknown``. A label that we uploaded
            and that somebody changed still bears our name there: its giver is not known.
        """
        if self._annotator:
            return Work(self._annotator, certain=True, people=_doubled(state))
        work = Work(self._likely, certain=False)
        kinds = {kind_of(self._layout, label) for label in asked}
        for given in self._given.of(state.example, state.text, kinds) if kinds else ():
            label = given.label
            ours = given.user == self._us
            if given.by_update and not given.edited:
                continue  # a pre-annotation that came later
            work.times[label] = given.changed
            if not ours or not given.edited:
                work.givers[label] = self.names.get(given.user, UNKNOWN)
            if not ours:
                work.people.add(label)
        if state.confirmed:
            for user, since in self._client.confirmations(self._project, state.example):
                work.who, work.certain, work.confirmed_at = self.names.get(user, UNKNOWN), True, since
        return work


@dataclass(slots=True)
class Work:
    """Who worked in a unit as a whole (by the check mark, or likely), and who gave each label, when."""

    who: str
    certain: bool
    confirmed_at: dt.datetime | None = None
    givers: dict[Label, str] = field(default_factory=dict)
    times: dict[Label, dt.datetime] = field(default_factory=dict)
    people: set[Label] = field(default_factory=set)
    """Labels that bear the name of somebody else than the uploader."""


def decide(
    name: str,
    row: Mapping[str, Any],
    state: State,
    people: People,
    marks: Marking,
) -> list[Decision]:
    """Compare what was pushed with what is there; note in ``marks`` whose check mark it is, where the server tells."""
    pushed, there = set(labels_from_json(row["pushed"])), set(state.labels)
    twice = _doubled(state)
    if not state.confirmed and pushed == there and not twice:
        return []
    work = people.of(state, (there - pushed) | twice)
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
            sure = label in work.people or (certain and label not in work.givers)  # we may have sent it for them
            decisions.append(Decision(name, label, "added", giver, state.confirmed, at, sure))
        elif state.confirmed:
            decisions.append(Decision(name, label, "confirmed", who, True, work.confirmed_at, certain))
        elif label in work.people and label in twice:  # beside the pre-annotation: they did not see it yet
            giver, at = work.givers.get(label, who), work.times.get(label)
            decisions.append(Decision(name, label, "added", giver, False, at))
    return decisions


def _doubled(state: State) -> set[Label]:
    """Labels that the unit has twice: a person gave what the machine gave at the same time."""
    return {label for label, count in Counter(state.labels).items() if count > 1}
