"""Which of the machine's labels are people's too, unit by unit: whole units, stretches, and who is said to speak.

Stretches are compared twice. ``exact``: same label, same bounds. ``overlap``: same label and at least one letter in
common, each stretch met by at most one other, so many pairs as there can be and of these the ones with most letters
in common; thus a single stretch over a whole page does not find everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus.agreement.codings import Kind
from corpus.agreement.confusion import NOTHING
from corpus.agreement.gold_set import Gold

Span = tuple[int, int]

SPEAKER = "speaker"
"""Layer of the judgements on who is said to speak."""

COUNTS = pl.Schema(
    {
        "unit": pl.UInt32(),
        "layer": pl.String(),
        "match": pl.String(),  # label | exact | overlap
        "label": pl.String(),
        "tp": pl.Int64(),
        "gold": pl.Int64(),
        "machine": pl.Int64(),
    }
)
"""What was counted in a unit; units in which neither gave the label have no row."""

ERRORS = pl.Schema(
    {
        "unit": pl.UInt32(),
        "layer": pl.String(),
        "label": pl.String(),
        "error": pl.String(),  # false positive | false negative | bounds | speaker
        "start": pl.Int64(),
        "end": pl.Int64(),
        "other": pl.String(),  # what the other side gave there
        "other_start": pl.Int64(),  # or where: people's bounds, the words that people take for the speaker
        "other_end": pl.Int64(),
        "by": pl.String(),
    }
)


@dataclass(frozen=True)
class Comparison:
    """The machine beside people.

    Attributes:
        counts: `COUNTS`.
        errors: `ERRORS`; a stretch counts as wrong where nothing of that label overlaps it, else its bounds may be.
    """

    counts: pl.DataFrame
    errors: pl.DataFrame


def paired(left: Sequence[Span], right: Sequence[Span]) -> list[tuple[int, int]]:
    """Pair stretches that overlap, each with one at most.

    Parameters:
        left, right: stretches.

    Returns:
        places in both lists: as many pairs as there can be, and of these the ones with most letters in common.

    Example:
        >>> paired([(0, 9), (10, 14)], [(0, 20)]), paired([(0, 9), (8, 20)], [(2, 9), (8, 9)])
        ([(0, 0)], [(0, 0), (1, 1)])
    """
    shared = [[min(a[1], b[1]) - max(a[0], b[0]) for b in right] for a in left]
    if not any(number > 0 for row in shared for number in row):
        return []
    from scipy.optimize import linear_sum_assignment

    most = 1 + sum(end - start for start, end in left)  # a pair more is worth more than any letters
    values = [[most + number if number > 0 else 0 for number in row] for row in shared]
    rows, columns = linear_sum_assignment(values, maximize=True)
    return [(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if shared[a][b] > 0]


def compare(gold: Gold, machine: pl.DataFrame, layers: Mapping[str, Kind]) -> Comparison:
    """Compare the machine with people in every unit.

    Parameters:
        gold: units and people's labels.
        machine: `corpus.agreement.machine_set.MACHINE`.
        layers: those to compare, and whether their labels are of whole units or of stretches; ``speaker`` too.

    Returns:
        counts and errors. Who speaks is judged in quotations that both found (overlapping, of whatever kind) and whose
        speaker people show: by an arrow, or because there is one marking of a speaker in the unit. The machine is right
        if the words that it takes for the speaker's name overlap those.

    Example:
        >>> from corpus.agreement.gold_set import ARROWS, LABELS, UNITS
        >>> from corpus.agreement.machine_set import MACHINE
        >>> units = pl.DataFrame([{"unit": 0, "doc_id": "a", "start": 0, "end": 9, "by": "aigul"}], schema=UNITS)
        >>> law = {"unit": 0, "layer": "theme", "label": "law", "start": 0, "end": 9}
        >>> gold = Gold("themes", units, pl.DataFrame([law], schema=LABELS), pl.DataFrame(schema=ARROWS))
        >>> machine = pl.DataFrame([law, law | {"label": "water"}], schema=MACHINE)
        >>> compare(gold, machine, {"theme": "sets"}).errors.select("label", "error", "other").rows()
        [('water', 'false positive', 'law')]
    """
    people, theirs = _by_unit(gold.labels), _by_unit(machine)
    notes = _Notes(gold)
    for layer, kind in layers.items():
        for unit in sorted({unit for unit, name in people.keys() | theirs.keys() if name == layer}):
            ours, other = people.get((unit, layer), {}), theirs.get((unit, layer), {})
            for label in sorted(ours.keys() | other.keys()):
                judge = notes.whole if kind == "sets" else notes.stretches
                judge(unit, layer, label, ours, other)
    if SPEAKER in layers:
        _judge_speakers(gold, machine, notes)
    return Comparison(
        pl.DataFrame(notes.counts, schema=COUNTS, orient="row"), pl.DataFrame(notes.errors, schema=ERRORS, orient="row")
    )


class _Notes:
    """What was counted and what was wrong so far."""

    def __init__(self, gold: Gold) -> None:
        self.counts: list[tuple[Any, ...]] = []
        self.errors: list[tuple[Any, ...]] = []
        self.by: dict[int, str] = dict(gold.units.select("unit", "by").iter_rows())
        self._places = {
            unit: (start, end) for unit, start, end in gold.units.select("unit", "start", "end").iter_rows()
        }
        rows = gold.labels.select("unit", "layer", "label", "start", "end", "by").iter_rows()
        self._givers: dict[tuple[Any, ...], str] = {tuple(key): by for *key, by in rows}

    def whole(self, unit: int, layer: str, label: str, ours: _Given, theirs: _Given) -> None:
        """A label of a unit as a whole, which people gave, or the machine, or both."""
        people, machine = label in ours, label in theirs
        self.counts.append((unit, layer, "label", label, int(people and machine), int(people), int(machine)))
        if people and machine:
            return
        said = ", ".join(sorted(theirs if people else ours)) or NOTHING
        by = self._givers[unit, layer, label, *ours[label][0]] if people else self.by[unit]
        wrong = "false negative" if people else "false positive"
        self.errors.append((unit, layer, label, wrong, *self._places[unit], said, None, None, by))

    def stretches(self, unit: int, layer: str, label: str, ours: _Given, theirs: _Given) -> None:
        """All stretches of a label in a unit."""
        left, right = (sorted(set(given.get(label, ()))) for given in (ours, theirs))
        pairs = paired(left, right)
        for match, found in (("exact", len(set(left) & set(right))), ("overlap", len(pairs))):
            self.counts.append((unit, layer, match, label, found, len(left), len(right)))
        met = {left[a] for a, _ in pairs}, {right[b] for _, b in pairs}
        about = (unit, layer, label)
        for span in left:
            if span not in met[0]:
                by = self._givers[*about, *span]
                self.errors.append((*about, "false negative", *span, _over(span, theirs, label), None, None, by))
        for span in right:
            if span not in met[1]:
                said = _over(span, ours, label)
                self.errors.append((*about, "false positive", *span, said, None, None, self.by[unit]))
        for a, b in pairs:
            if left[a] != right[b]:
                self.errors.append((*about, "bounds", *right[b], None, *left[a], self._givers[*about, *left[a]]))


_Given = Mapping[str, Sequence[Span]]
_ByUnit = dict[tuple[int, str], dict[str, list[Span]]]


def _by_unit(labels: pl.DataFrame) -> _ByUnit:
    found: _ByUnit = {}
    for unit, layer, label, start, end in labels.select("unit", "layer", "label", "start", "end").iter_rows():
        found.setdefault((unit, layer), {}).setdefault(label, []).append((start, end))
    return found


def _over(span: Span, others: Mapping[str, Iterable[Span]], label: str) -> str:
    """The labels that the other side gave to overlapping stretches."""
    names = sorted(name for name, spans in others.items() if any(_touch(span, other) for other in spans))
    return ", ".join(name if name != label else f"{name} (met by another)" for name in names) or NOTHING


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _judge_speakers(gold: Gold, machine: pl.DataFrame, notes: _Notes) -> None:
    quotes, found, named = (
        _stretches(frame, layer)
        for frame, layer in ((gold.labels, "quote"), (machine, "quote"), (gold.labels, "mention"))
    )
    drawn, said = (_arrows(frame) for frame in (gold.arrows, machine.filter(pl.col("layer") == "relation")))
    for unit in sorted(quotes.keys() & found.keys()):
        for a, b in paired(quotes[unit], found[unit]):
            ours = [target for source, target in drawn.get(unit, ()) if _touch(source, quotes[unit][a])]
            if unit not in drawn and len(named.get(unit, ())) == 1:
                ours = named[unit]
            if not ours:
                continue  # people do not show who speaks
            theirs = [target for source, target in said.get(unit, ()) if source == found[unit][b]]
            right = any(_touch(one, other) for one in ours for other in theirs)
            notes.counts.append((unit, SPEAKER, "overlap", SPEAKER, int(right), 1, int(bool(theirs))))
            if not right:
                place = theirs[0] if theirs else found[unit][b]
                other = None if theirs else NOTHING
                notes.errors.append((unit, SPEAKER, SPEAKER, "speaker", *place, other, *ours[0], notes.by[unit]))


def _arrows(rows: pl.DataFrame) -> dict[int, list[tuple[Span, Span]]]:
    found: dict[int, list[tuple[Span, Span]]] = {}
    arrows = rows.drop_nulls("to").select("unit", "start", "end", "to", "to_end")
    for unit, start, end, to, to_end in arrows.iter_rows():
        found.setdefault(unit, []).append(((start, end), (to, to_end)))
    return found


def _stretches(labels: pl.DataFrame, layer: str) -> dict[int, list[Span]]:
    found: dict[int, set[Span]] = {}
    rows = labels.filter(pl.col("layer") == layer).select("unit", "start", "end")
    for unit, start, end in rows.iter_rows():
        found.setdefault(unit, set()).add((start, end))
    return {unit: sorted(spans) for unit, spans in found.items()}
