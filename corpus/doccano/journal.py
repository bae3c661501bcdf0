"""One push or pull at a time for each corpus, and a journal of single labels changed on the server.

A label of ours that is gone from the server was taken away by a person, unless we did it. So each single change is
written to a file before it is asked for and again when the server has answered. After a kill at any point the next
push or pull knows of every change but the very last whether it was made, and asks the server about that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus.doccano.books import UNIT_KEYS
from corpus.doccano.client import Client, LabelKind
from corpus.doccano.given import MACHINE
from corpus.doccano.layouts import Label
from corpus.doccano.notation import labels_from_json, labels_to_json
from corpus.doccano.notes import FOLDER, Notes
from schemas.errors import MinberError
from schemas.tables import UNITS

if TYPE_CHECKING:
    from corpus.store import Corpus


@contextmanager
def exclusive(corpus: Corpus) -> Iterator[None]:
    """Let one push or pull of a corpus work at a time; a second one waits. A process that dies lets go.

    Where the system has no such locks (Windows), nothing is waited for.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = corpus.path / FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one label on the server.

    Attributes:
        action: ``add`` or ``remove``.
        project: our name of the project.
        project_id, example: numbers on the server.
        unit_id: our name of the unit.
        label: in code points of the unit.
        kind: category, span or relation.
        type_id: number of the label type.
        fields: what the server is sent.
        label_id: number of the label that is taken away.
    """

    action: Literal["add", "remove"]
    project: str
    project_id: int
    example: int
    unit_id: str
    label: Label
    kind: LabelKind
    type_id: int
    fields: dict[str, int]
    label_id: int | None = None


class Journal:
    """The file of changes that the units table does not know yet.

    Parameters:
        corpus: whose books it belongs to.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._notes = Notes(corpus, "updates.jsonl")

    def begin(self, step: Step) -> None:
        """Note what will be asked of the server next."""
        self._notes.append({"step": asdict(step)})

    def end(self, done: bool) -> None:
        """Note how the server answered to the last change: made, or refused."""
        self._notes.append({"done": done})

    def settle(self, client: Client) -> int:
        """Bring all noted changes into the units table and empty the file; harmless to repeat.

        Parameters:
            client: asked about a change of which no answer was noted.

        Returns:
            number of changes brought in.
        """
        made = []
        open_step: Step | None = None
        for entry in self._notes.read():  # of a step whose note was cut off nothing was asked yet
            if "step" in entry:
                open_step = Step(**{**entry["step"], "label": _label(entry["step"]["label"])})
            elif open_step is not None:
                made += [open_step] if entry["done"] else []
                open_step = None
        if open_step is not None and _was_made(client, open_step):
            made.append(open_step)
        self._apply(made)
        self._notes.clear()
        return len(made)

    def _apply(self, made: list[Step]) -> None:
        """Change what counts as pushed, and what the last pull found, as the server was changed."""
        if not made:
            return
        names = {step.unit_id for step in made}
        rows = self._corpus.units.filter(pl.col("unit_id").is_in(names)).collect().to_dicts()
        changed = []
        for row in rows:
            steps = [
                step
                for step in made
                if (step.unit_id, step.project, step.project_id) == (row["unit_id"], row["project"], row["project_id"])
            ]
            if not steps:
                continue
            for column in ("pushed", "pulled"):
                if row[column] is None:
                    continue
                labels = labels_from_json(row[column])
                for step in steps:
                    if step.label in labels:
                        labels.remove(step.label)
                    if step.action == "add":
                        labels.append(step.label)
                row[column] = labels_to_json(labels)
            changed.append(row)
        if changed:
            self._corpus.upsert("units", pl.DataFrame(changed, schema=UNITS), UNIT_KEYS)


def _label(row: dict[str, Any]) -> Label:
    return Label(**{**row, "target": tuple(row["target"])})


def _was_made(client: Client, step: Step) -> bool:
    """Whether the server has made the one change of which no answer is known."""
    try:
        rows = client.labels(step.project_id, step.example, step.kind)
    except MinberError as error:
        if error.values.get("status") == 404:
            return False  # the project is gone, and its labels with it
        raise
    if step.action == "remove":
        return all(row["id"] != step.label_id for row in rows)
    return any(
        row["type" if step.kind == "relation" else "label"] == step.type_id
        and row["prob"] == MACHINE
        and all(row.get(name) == value for name, value in step.fields.items())
        for row in rows
    )
