"""The labels of one unit as the server knows them one by one: who gave each, when, and whether it was changed since.

The export tells none of this. It costs a request for each kind of label, so only units in question are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from corpus.doccano.client import Client, LabelKind
from corpus.doccano.layouts import Label, Layout, meaning
from corpus.doccano.utf16 import Offsets
from schemas.errors import MinberError

MACHINE = 0.0625
"""``prob`` of a label that an update of ours gave; the page shows it nowhere, and nobody else sets it."""

_SAME_MOMENT = dt.timedelta(seconds=0.1)


@dataclass(frozen=True, slots=True)
class Given:
    """A label on the server.

    Attributes:
        id: there.
        kind: category, span or relation.
        label: what it means; offsets are code points of the unit.
        user: id of who gave it first.
        made, changed: when.
        by_update: whether an update of ours gave it.
    """

    id: int
    kind: LabelKind
    label: Label
    user: int
    made: dt.datetime
    changed: dt.datetime
    by_update: bool

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was given; it still bears the name of who gave it first."""
        return self.changed - self.made > _SAME_MOMENT


class GivenLabels:
    """Reads the labels of units of a project.

    Parameters:
        client: signed in.
        project_id: of the project.
        layout: what it shows.
        meanings: kind and name on the server → layer and label.

    Attributes:
        types: kind → number of a label type → what it means.
    """

    def __init__(
        self, client: Client, project_id: int, layout: Layout, meanings: Mapping[tuple[str, str], tuple[str, str]]
    ) -> None:
        self._client, self._project = client, project_id
        self.types = {
            kind: {
                int(row["id"]): meaning(layout, kind, row["text"], meanings)
                for row in client.label_types(project_id, kind)
            }
            for kind in layout.kinds
        }

    def of(self, example: int, text: str, kinds: Collection[LabelKind] | None = None) -> list[Given]:
        """Ask for the labels of an example.

        Parameters:
            example: its number on the server.
            text: of the unit.
            kinds: only these, each costs a request (relations need the spans too); default: all of the project.

        Returns:
            its labels; those without a place in the text are left out, the export reports them.
        """
        offsets = Offsets(text)
        found = []
        places: dict[int, tuple[int, int]] = {}
        for kind, names in self.types.items():
            if kinds is not None and kind not in kinds and not (kind == "span" and "relation" in kinds):
                continue
            for row in self._client.labels(self._project, example, kind):
                number = row["type" if kind == "relation" else "label"]
                if number not in names:
                    continue
                start, end = 0, len(text)
                target: tuple[int, int] | tuple[()] = ()
                if kind == "span":
                    try:
                        start, end = (offsets.to_code_point(row[name]) for name in ("start_offset", "end_offset"))
                    except MinberError:
                        continue
                    places[row["id"]] = start, end
                elif kind == "relation":
                    if row["from_id"] not in places or row["to_id"] not in places:
                        continue
                    (start, end), target = places[row["from_id"]], places[row["to_id"]]
                made, changed = (dt.datetime.fromisoformat(row[name]) for name in ("created_at", "updated_at"))
                label = Label(*names[number], start, end, target)
                found.append(Given(row["id"], kind, label, row["user"], made, changed, row["prob"] == MACHINE))
        return found
