"""Check marks that units take along to a new revision: noted first, then set one by one, so that a kill loses none.

The server only toggles a check mark. So each unit is asked for its mark first, and one that has it is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.doccano.client import Client

if TYPE_CHECKING:
    from corpus.store import Corpus


class Marks:
    """Check marks of a project that are still to be set.

    Parameters:
        corpus: whose units they are.
        project_id: number of the project on the server.
    """

    def __init__(self, corpus: Corpus, project_id: int) -> None:
        self._path: Path = corpus.path / "sync" / f"marks-{project_id}.json"
        self._project = project_id

    def pending(self) -> set[str]:
        """Units whose mark is not set yet as far as we know; a pull does not read them."""
        return set(json.loads(self._path.read_text(encoding="utf-8"))) if self._path.exists() else set()

    def note(self, units: Iterable[str]) -> None:
        """Note units whose mark will be set."""
        wanted = sorted(self.pending() | set(units))
        if wanted:
            self._path.parent.mkdir(exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(wanted, ensure_ascii=False), encoding="utf-8")
            new.replace(self._path)

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
        self._path.unlink(missing_ok=True)
        return count
