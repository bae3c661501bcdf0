"""What is on the server of what we sent, and the proof that it is what we sent.

The import drops what it dislikes in silence. In a small project everything is exported and compared, word for word. In
a large one that would cost as much as half the import, so the server's own counts are compared instead: examples, and
labels of each type under our name, before and after; they tell of every label dropped. Texts and offsets could only go
wrong all together, so the newest few are looked at one by one. Where a count differs (a label was dropped, or a person
was at work in these seconds), everything is exported and compared after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus.doccano.books import Sending
from corpus.doccano.client import Client
from corpus.doccano.given import GivenLabels
from corpus.doccano.layouts import Label, kind_of, read_row, unit_of
from corpus.doccano.notation import labels_from_json, labels_to_json
from corpus.doccano.project import Project
from corpus.doccano.units import Unit
from schemas.errors import MinberError

FEW = 2000
"""Examples up to which a project is exported for the proof."""

LOOKED_AT = 20
"""Newest examples whose texts are compared in a large project; the labels of every fourth are too."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An example of ours on the server: its number, whether it has the text that we know, and its labels, written."""

    example: int
    same_text: bool
    written: str
    misplaced: bool

    @property
    def labels(self) -> tuple[Label, ...]:
        """Its labels, twice where two people gave the same."""
        return tuple(labels_from_json(self.written))


def list_arrived(
    client: Client, project: Project, units: Mapping[str, Unit], notes: list[str] | None = None
) -> dict[str, Arrived]:
    """Export a project and read what is ours; examples that people uploaded themselves are left alone.

    Parameters:
        client: signed in.
        project: which one.
        units: by our name; their texts are compared.
        notes: is told of foreign and doubled examples.

    Returns:
        our name of the unit → what is there.
    """
    assert project.id is not None  # noqa: S101 -- asked only of projects that exist
    found: dict[str, Arrived] = {}
    foreign = twice = 0
    for _, row in client.export(project.id):
        if row is None:
            continue
        name = unit_of(row)
        if not name:
            foreign += 1
            continue
        twice += name in found
        labels, _, errors = read_row(project.layout, row, project.types.meanings)
        unit = units.get(name)
        same_text = unit is not None and unit.text == row["text"]
        found[name] = Arrived(int(row["id"]), same_text, labels_to_json(labels), bool(errors))
    if notes is not None and foreign:
        notes.append(f"{foreign} text(s) in this project did not come from Minber; they are left alone")
    if notes is not None and twice:
        notes.append(f"{twice} unit(s) are on the server more than once")
    return found


@dataclass(slots=True)
class Counts:
    """How much of what is in a project: examples, and our labels by kind and type."""

    examples: int = 0
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)


def count(client: Client, project: Project) -> Counts | None:
    """Ask the server for its counts; None where it cannot tell (it fails where a member with labels was removed)."""
    assert project.id is not None  # noqa: S101
    found = Counts(client.count(project.id))
    for kind in project.layout.kinds:
        try:
            ours = client.label_counts(project.id, kind).get(str(client.user["username"]), {})
        except MinberError as error:
            if error.values.get("status") != 500:
                raise
            return None
        found.labels.update({(kind, name): number for name, number in ours.items()})
    return found


def verify(client: Client, project: Project, items: Sequence[Sending], before: Counts | None) -> None:
    """Check that the server has the very texts and labels that it was sent.

    Parameters:
        client: signed in as the one who uploaded.
        project: where to.
        items: what was sent.
        before: the server's counts before it was sent; None where there were none.

    Raises:
        MinberError: MB414 something is not as it was sent.
    """
    now = count(client, project) if before is not None else None
    counted = before is not None and now is not None and now.examples > FEW and _adds_up(project, items, before, now)
    if counted and now is not None and _newest_are_right(client, project, items, now.examples):
        return
    arrived = list_arrived(client, project, {item.unit.unit_id: item.unit for item in items})
    wrong = []
    for item in items:
        row = arrived.get(item.unit.unit_id)
        if row is None or not row.same_text or row.misplaced or set(row.labels) != set(item.shown):
            wrong.append(item.unit.unit_id)
    if wrong:
        raise MinberError("MB414", project.url, count=len(wrong), total=len(items), unit=wrong[0])


def _adds_up(project: Project, items: Sequence[Sending], before: Counts, now: Counts) -> bool:
    names = project.names()
    sent: Counter[tuple[str, str]] = Counter()
    for item in items:
        for label in set(item.shown):
            sent[kind_of(project.layout, label), names[label.layer, label.label]] += 1
    more = Counter(now.labels)
    more.subtract(before.labels)
    return now.examples - before.examples == len(items) and +more == sent and not -more


def _newest_are_right(client: Client, project: Project, items: Sequence[Sending], total: int) -> bool:
    assert project.id is not None  # noqa: S101
    sent = {item.unit.unit_id: item for item in items}
    rows = client.newest_examples(project.id, total, LOOKED_AT)
    given = GivenLabels(client, project.id, project.layout, project.types.meanings)
    for place, row in enumerate(rows):
        item = sent.get(unit_of(row["meta"]) or "")
        if item is None:
            continue
        if row["text"] != item.unit.text:
            return False
        if place % 4 == 0 and {found.label for found in given.of(row["id"], row["text"])} != set(item.shown):
            return False
    return bool(rows)
