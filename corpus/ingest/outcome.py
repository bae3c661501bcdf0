"""What became of a source, or of one document in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.errors import MinberError

OutcomeStatus = Literal["added", "revised", "unchanged", "duplicate", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source, or of one document in it.

    Attributes:
        uri: where it came from.
        status: ``added``, ``revised`` (other text or metadata than before), ``unchanged``, ``duplicate`` (the same
            bytes are in the corpus under another path), ``skipped`` (in a folder, and no reader takes such files; or
            older than the user asks for),
            ``failed``.
        id: of the document.
        error: why it failed.
        reader: name and version of what read it, now or when it was stored.
        encoding: of its bytes, where they were decoded.
        characters: of the document's text.
        seconds: that reading it took.
    """

    uri: str
    status: OutcomeStatus
    id: str | None = None
    error: MinberError | None = None
    reader: str | None = None
    encoding: str | None = None
    characters: int | None = None
    seconds: float | None = None
