"""What each uploaded file held, until the proof: the server stores examples before their labels.

A worker that is killed in between leaves a file's examples without any labels of a kind. Nobody rejected those labels:
they were never there. So where all examples of a file lack all labels of a kind, this kind counts as not sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from corpus.doccano.layouts import Label, Layout, kind_of
from corpus.doccano.notes import Notes

if TYPE_CHECKING:
    from corpus.store import Corpus


class Outbox:
    """The file that says which units went together.

    Parameters:
        corpus: whose units they are.
        project_id: number of the project on the server.
    """

    def __init__(self, corpus: Corpus, project_id: int) -> None:
        self._notes = Notes(corpus, f"uploads-{project_id}.jsonl")

    def note(self, units: Iterable[str]) -> None:
        """Note the units of a file that will be uploaded next."""
        self._notes.append(list(units))

    def clear(self) -> None:
        """Forget all files: what they held is proven to be there."""
        self._notes.clear()

    def files(self) -> list[list[str]]:
        """The units of each file whose arrival is not proven; of a file whose note was cut off nothing was sent."""
        return [[str(name) for name in units] for units in self._notes.read()]


def really_sent(
    files: Iterable[Iterable[str]],
    pushed: Mapping[str, Iterable[Label]],
    remote: Mapping[str, Iterable[Label]],
    layout: Layout,
) -> dict[str, list[Label]]:
    """Take out of what was meant to be sent the kinds of labels that a killed import never stored.

    Parameters:
        files: the units of each file.
        pushed: unit → labels that were to be sent with it.
        remote: unit → labels that are there, for units that arrived.
        layout: says which labels are of one kind.

    Returns:
        unit → labels that were sent in truth, only for units where these are others.

    Example:
        >>> from corpus.doccano.layouts import LAYOUTS
        >>> theme = Label("theme", "a", 0, 9)
        >>> really_sent([["u", "v"]], {"u": [theme], "v": []}, {"u": [], "v": []}, LAYOUTS["themes"])
        {'u': []}
    """
    result: dict[str, list[Label]] = {}
    for file in files:
        units = [name for name in file if name in pushed and name in remote]
        for kind in layout.kinds:
            meant = {name: {label for label in pushed[name] if kind_of(layout, label) == kind} for name in units}
            if any(meant.values()) and not any(meant[name] & set(remote[name]) for name in units):
                for name in units:
                    if meant[name]:
                        result[name] = [label for label in result.get(name, pushed[name]) if label not in meant[name]]
    return result
