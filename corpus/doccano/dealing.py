"""Who labels what: units dealt to people, and a random half of them shown without pre-annotations. Pure arithmetic.

Nothing that was dealt is ever taken back by dealing again: units and people may come later. All draws come from a seed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.doccano.selection import fate

Item = tuple[str, str]
"""Name of a unit, name of its document."""


@dataclass(slots=True)
class _Loads:
    """How much everybody has: of this dealing, in all, and together with whom."""

    batch: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    pairs: Counter[frozenset[str]] = field(default_factory=Counter)

    def add(self, person: str, others: Collection[str], fresh: bool = True) -> None:
        self.total[person] += 1
        if fresh:
            self.batch[person] += 1
        for other in others:
            self.pairs[frozenset((person, other))] += 1


def deal(
    units: Sequence[Item],
    people: Sequence[str],
    share: float | None,
    each: int = 2,
    seed: int = 0,
    earlier: Mapping[str, Collection[str]] | None = None,
    wanted: Mapping[str, int] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Give every unit to one person and a share of them to several.

    What is dealt at once is balanced: nobody gets more than one unit more than anybody else, in each document people
    get about as much, and each document has its part of the share. While the same people work, that holds for all
    that was ever dealt; who comes later gets an equal part of what is dealt from then on.

    Parameters:
        units: all units, those dealt before among them.
        people: who labels now; at least one.
        share: of units that several people label, 0 to 1; None: everybody labels everything.
        each: how many people label such a unit (no more than there are).
        seed: of the draw.
        earlier: unit → who has it already.
        wanted: unit → how many people it should have, where somebody left.

    Returns:
        unit → who labels it, in the order of ``units``.

    Example:
        >>> units = [(f"u{number}", "d") for number in range(10)]
        >>> dealt = deal(units, ["aigul", "berik"], share=0.2)
        >>> [sum(name in given for given in dealt.values()) for name in ("aigul", "berik")]
        [6, 6]
    """
    before = {unit: tuple(given) for unit, given in (earlier or {}).items() if given}
    if share is None:
        return {unit: tuple(dict.fromkeys([*before.get(unit, ()), *people])) for unit, _ in units}
    each = min(each, len(people))
    loads = _Loads()
    for given in before.values():
        for place, person in enumerate(given):
            loads.add(person, given[:place], fresh=False)
    missing = {unit: count for unit, count in (wanted or {}).items() if count > len(before.get(unit, ()))}
    fresh = [unit for unit in units if unit[0] not in before and unit[0] not in missing]
    known = len(before.keys() | missing.keys())
    double = sum(max(len(before.get(unit, ())), missing.get(unit, 0)) > 1 for unit in before.keys() | missing.keys())
    count = min(len(fresh), max(0, int(share * (known + len(fresh)) + 0.5) - double)) if each > 1 else 0
    several = _spread(fresh, count, seed)
    dealt: dict[str, tuple[str, ...]] = {}
    by_document = _by_document(fresh, seed)
    # units of several people first: single ones then level what is uneven
    turns = [(unit, each) for unit in by_document if unit in several]
    turns += [(unit, number) for unit, number in sorted(missing.items())]
    turns += [(unit, 1) for unit in by_document if unit not in several]
    for unit, number in turns:
        takers = list(before.get(unit, ()))
        while len(takers) < number:
            taker = _next(unit, takers, people, loads, number - len(takers), seed)
            if taker is None:
                break
            loads.add(taker, takers)
            takers.append(taker)
        dealt[unit] = tuple(takers)
    return {unit: dealt.get(unit) or before.get(unit, ()) for unit, _ in units}


def halve(
    units: Sequence[tuple[str, str, str]], seed: int = 0, earlier: Mapping[str, bool] | None = None
) -> dict[str, bool]:
    """Draw the half of units that show pre-annotations: within one unit of a half in all and in every document.

    Parameters:
        units: name, document, and a group (such as the people who label it) in which the half should hold too.
        seed: of the draw; it is independent of who labels what.
        earlier: units that were drawn before; they stay as they are.

    Returns:
        unit → whether it shows pre-annotations.

    Example:
        >>> drawn = halve([(f"u{number}", "d", "") for number in range(10)])
        >>> sum(drawn.values())
        5
    """
    drawn = {unit: earlier[unit] for unit, _, _ in units if earlier and unit in earlier}
    document_of = {unit: document for unit, document, _ in units}
    more = sum(1 if shown else -1 for shown in drawn.values())
    more_in: Counter[str] = Counter()
    for unit, shown in drawn.items():
        more_in[document_of[unit]] += 1 if shown else -1
    fresh = [found for found in units if found[0] not in drawn]
    fresh.sort(key=lambda found: (found[1], found[2], fate(seed, "half", found[0])))
    for unit, document, _ in fresh:
        surplus = more_in[document] or more
        shown = surplus < 0 if surplus else fate(seed, "side", unit) % 2 == 0
        drawn[unit] = shown
        more += 1 if shown else -1
        more_in[document] += 1 if shown else -1
    return {unit: drawn[unit] for unit, _, _ in units}


def _next(unit: str, given: Sequence[str], people: Sequence[str], loads: _Loads, needed: int, seed: int) -> str | None:
    """Who has least; of those who would get this unit anyhow or equally well, who met the others least."""
    free = sorted((loads.batch[name], loads.total[name]) for name in people if name not in given)
    if not free:
        return None
    limit = free[min(needed, len(free)) - 1]
    level = {name: (loads.batch[name], loads.total[name]) for name in people if name not in given}
    candidates = [name for name, load in level.items() if load < limit] or [
        name for name, load in level.items() if load == limit
    ]
    return min(
        candidates,
        key=lambda name: (
            sum(loads.pairs[frozenset((name, other))] for other in given),
            fate(seed, "deal", unit, name),
        ),
    )


def _by_document(units: Sequence[Item], seed: int) -> list[str]:
    """Units by document, within it in random order."""
    keys = {unit: (document, fate(seed, "overlap", unit)) for unit, document in units}
    return sorted(keys, key=lambda unit: keys[unit])


def _spread(units: Sequence[Item], count: int, seed: int) -> set[str]:
    """Choose units so that each document has its part of them, rounded up or down."""
    chosen: set[str] = set()
    done = 0
    ordered = _by_document(units, seed)
    document_of = dict(units)
    for _, group in itertools.groupby(ordered, key=lambda unit: document_of[unit]):
        names = list(group)
        before, done = done, done + len(names)
        part = count * done // len(ordered) - count * before // len(ordered)
        chosen.update(names[:part])
    return chosen
