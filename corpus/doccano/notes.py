"""Notes of what is under way with a project: a small file in the corpus until the server is known to have it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.store import Corpus

FOLDER = "sync"
"""Where in a corpus such files lie."""


class Notes:
    """A file of notes, one a line as JSON; a kill at any point loses at most the note that was being written.

    Parameters:
        corpus: whose notes they are.
        name: of the file.
    """

    def __init__(self, corpus: Corpus, name: str) -> None:
        self._path: Path = corpus.path / FOLDER / name

    def read(self) -> list[Any]:
        """All notes, in their order; one that was cut off while it was written, even within a letter, is left out."""
        found = []
        if self._path.exists():
            for line in self._path.read_bytes().split(b"\n"):  # not ``splitlines``: a name may hold a line separator
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found

    def append(self, note: Any) -> None:
        """Add a note, and see to it that it is on the disk: what it announces may be done next."""
        self._path.parent.mkdir(exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" + _line(note))  # whatever was cut off before must not swallow this one
            file.flush()
            os.fsync(file.fileno())

    def replace(self, notes: Iterable[Any]) -> None:
        """Put other notes in the place of all that are there, or leave the file as it is.

        They are on the disk before they take the place: after a power cut the file would else be empty.
        """
        self._path.parent.mkdir(exist_ok=True)
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            file.writelines(map(_line, notes))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def clear(self) -> None:
        """Forget all notes."""
        self._path.unlink(missing_ok=True)


def _line(note: Any) -> str:
    return json.dumps(note, ensure_ascii=False) + "\n"
