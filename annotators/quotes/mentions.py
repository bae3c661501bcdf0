"""A person named at one place of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotators.quotes.words import Name

if TYPE_CHECKING:
    from annotators.quotes.persons import Person

Part = tuple[int, int, tuple[Name, ...]]
"""A word of a name: its first token, the one behind its last, and its readings, which an initial has none of."""
Run = list[Part]
"""Words that stand side by side and may be a name."""


@dataclass(slots=True, eq=False)
class Mention:
    """A person named at one place.

    Attributes:
        first, last: token indices, last exclusive; the name alone.
        parts: the words of the name as written, initials with their stop.
        readings: readings of each part (empty for initials).
        roles: dictionary forms of the offices before (or, between commas, after) the name.
        role_words: all words of the phrase that holds the offices, as dictionary forms.
        role_first: token index where that phrase starts.
        role_forms: words of those offices as written, in the same order (empty for offices after the name).
        governed: a preposition or a noun before the name asks for an oblique case.
    """

    start: int
    end: int
    first: int
    last: int
    parts: tuple[str, ...]
    readings: tuple[tuple[Name, ...], ...]
    roles: tuple[str, ...] = ()
    role_words: frozenset[str] = frozenset()
    role_first: int = -1
    governed: bool = False
    person: Person | None = None
    role_forms: tuple[str, ...] = ()

    @property
    def direct(self) -> bool:
        """Whether the name can stand in the nominative."""
        return not self.governed and all(not part or any(r.direct for r in part) for part in self.readings)
