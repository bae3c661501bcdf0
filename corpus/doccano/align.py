"""Which units of a revised text are which units of the text before, and where their words went.

Sentences are aligned as a sequence, equal ones first; what lies between them by likeness. A match counts only where it
is clear: a sentence that has two likely successors has none, and a person is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

ALIKE = 0.6
"""Share of common letters (of both texts together) from which two sentences may be versions of one."""

POSSIBLE = 0.45
"""Share from which a sentence is shown to a person as a candidate."""

CLEAR = 0.15
"""How far the best must be ahead of the second best."""

_OWN_LETTERS = 3  # that a matching stretch must have beyond the words looked for, where those occur more than once

Kind = Literal["same", "similar", "ambiguous", "gone"]


@dataclass(frozen=True, slots=True)
class Match:
    """What became of an old unit.

    Attributes:
        kind: ``same`` text, ``similar`` text, ``ambiguous`` (several may be it), ``gone``.
        new: place among the new units, for ``same`` and ``similar``.
        candidates: places of the new units that may be it, the likeliest first.
    """

    kind: Kind
    new: int | None = None
    candidates: tuple[int, ...] = ()


def align(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """Find each old unit among the new ones.

    Parameters:
        old, new: texts of the units of two revisions, in order.

    Returns:
        one match for each old unit; no new unit is matched twice.

    Example:
        >>> [match.kind for match in align(["Бір сөйлем.", "Екінші сөйлем."], ["Екінші сөйлем!", "Мүлде басқа нәрсе."])]
        ['gone', 'similar']
    """
    matches: dict[int, Match] = {}
    pairs: dict[int, int] = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        pairs |= {block.a + step: block.b + step for step in range(block.size)}
    before, after = Counter(old), Counter(new)
    places: dict[str, list[int]] = {}
    for place, text in enumerate(new):
        places.setdefault(text, []).append(place)
    for left, text in enumerate(old):
        if after[text] == 0:
            continue
        right = pairs.get(left)
        if before[text] == after[text] and (right is None or before[text] == 1):
            order = sum(1 for earlier in range(left) if old[earlier] == text)
            matches[left] = Match("same", places[text][order])
        elif right is not None and (
            before[text] == after[text] or pairs.get(left - 1) == right - 1 or pairs.get(left + 1) == right + 1
        ):
            matches[left] = Match("same", right)
        else:
            matches[left] = Match("ambiguous", None, tuple(places[text]))
    matches = _without_doubles(matches)
    taken = {match.new for match in matches.values() if match.new is not None}
    free_old = [place for place in range(len(old)) if place not in matches]
    free_new = [place for place in range(len(new)) if place not in taken]
    return [found for _, found in sorted((matches | _by_likeness(old, new, free_old, free_new)).items())]


def map_span(old: str, new: str, start: int, end: int) -> tuple[int, int] | None:
    """Find the words of a span in a changed text.

    Parameters:
        old, new: the two texts.
        start, end: the span in the old one.

    Returns:
        the place of the very same words in the new text; None where they were changed or where it is not clear which
        of several places it is.

    Example:
        >>> map_span("Диалог керек.", "Бізге диалог емес, Диалог керек!", 0, 6)
        (19, 25)
    """
    if old == new:
        return start, end
    words = old[start:end]
    count = new.count(words)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        if (
            block.a <= start
            and end <= block.a + block.size
            and (count == 1 or block.size >= end - start + _OWN_LETTERS)
        ):
            moved = block.b - block.a
            return start + moved, end + moved
    if count == 1:
        place = new.index(words)
        return place, place + len(words)
    return None


def _without_doubles(matches: dict[int, Match]) -> dict[int, Match]:
    """Where two old units claim the same new one, neither has it."""
    claims = Counter(match.new for match in matches.values() if match.new is not None)
    return {
        left: Match("ambiguous", None, (match.new,)) if match.new is not None and claims[match.new] > 1 else match
        for left, match in matches.items()
    }


def _by_likeness(
    old: Sequence[str], new: Sequence[str], free_old: Sequence[int], free_new: Sequence[int]
) -> dict[int, Match]:
    words = {place: set(new[place].split()) for place in free_new}
    scores: dict[int, dict[int, float]] = {}
    for left in free_old:
        own = set(old[left].split())
        scores[left] = {}
        for right in free_new:
            if 4 * len(own & words[right]) < min(len(own), len(words[right])):
                continue
            matcher = SequenceMatcher(None, old[left], new[right], autojunk=False)
            if matcher.quick_ratio() >= POSSIBLE and (score := matcher.ratio()) >= POSSIBLE:
                scores[left][right] = score
    found = {}
    for left, likely in scores.items():
        ranked = sorted(likely, key=lambda right, likely=likely: (-likely[right], right))  # type: ignore[misc]
        if not ranked:
            found[left] = Match("gone")
            continue
        best = ranked[0]
        score = likely[best]
        rivals = [likely[ranked[1]] if len(ranked) > 1 else 0.0]
        rivals += [other[best] for place, other in scores.items() if place != left and best in other]
        if score >= ALIKE and score - max(rivals) >= CLEAR:
            found[left] = Match("similar", best)
        else:
            found[left] = Match("ambiguous", None, tuple(ranked[:5]))
    return found
