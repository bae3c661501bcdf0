"""A speaker as a document gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotators.quotes.layout import Token
from annotators.quotes.mentions import Mention
from annotators.quotes.persons import Person


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


def of_mention(tokens: Sequence[Token], m: Mention, from_token: int) -> Voice:
    """The speaker that a mention names; what names him starts at a token."""
    person = m.person
    start = tokens[min(from_token, m.first)].start
    if person is None:
        return Voice(" ".join(m.parts), None, (start, m.end))
    return Voice(person.name, person.id, (start, m.end), person)
