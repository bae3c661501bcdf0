"""Check marks that units take along to a new revision: noted first, then set one by one, so that a kill loses none.

The server only toggles a check mark. So each unit is asked for its mark first, and one that has it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from corpus.doccano.client import Client
from corpus.doccano.notes import Notes

if TYPE_CHECKING:
    from corpus.store import Corpus


class Marks:
    """Check marks of a project that are still to be set.

    Parameters:
        corpus: whose units they are.
        project_id: number of the project on the server.
    """

    def __init__(self, corpus: Corpus, project_id: int) -> None:
        self._notes = Notes(corpus, f"marks-{project_id}.json")
        self._project = project_id

    def pending(self) -> set[str]:
        """Units whose mark is not set yet as far as we know; a pull does not read them."""
        return {str(unit) for units in self._notes.read() for unit in units}

    def note(self, units: Iterable[str]) -> None:
        """Note units whose mark will be set."""
        wanted = sorted(self.pending() | set(units))
        if wanted:
            self._notes.replace([wanted])

    def set(self, client: Client, examples: Mapping[str, int]) -> int:
        """Set all marks that are noted.

        Parameters:
            client: signed in; the marks bear its name.
            examples: unit → number on the server; a unit that is not there needs no mark.

        Returns:
            number of marks set.
        """
        count = 0
        for name in sorted(self.pending()):
            example = examples.get(name)
            if example is not None and not client.confirmations(self._project, example):
                client.toggle_confirmation(self._project, example)
                if not client.confirmations(self._project, example):  # somebody else set it at this very moment
                    client.toggle_confirmation(self._project, example)
                count += 1
        self._notes.clear()
        return count
