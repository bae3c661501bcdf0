"""A speaker as a document gives it."""

from __future__ import annotations

from dataclasses import dataclass

from annotators.speakers import Person


@dataclass(slots=True, frozen=True)
class Voice:
    """A speaker as the document gives it.

    Attributes:
        name: fullest name in the document, or the office, or the body.
        id: of the registry.
        mention: characters of the words that name the speaker in the attribution; None if nothing does.
        person: the person, where one is named in the document.
    """

    name: str | None
    id: str | None
    mention: tuple[int, int] | None
    person: Person | None = None


NOBODY = Voice(None, None, None)
