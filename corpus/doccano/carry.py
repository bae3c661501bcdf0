"""Carry people's decisions over to a new revision of a text, where it is clear to what they belong there.

The old units stay on the server and their labels in the corpus. A unit whose text is the same takes everything along,
its check mark too. In a unit whose text is similar the labels come along whose very words are still there, and a
person sees it as open. Everything else is a question, listed until a person has confirmed one of the units in question.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus.doccano.align import Match, align, map_span
from corpus.doccano.found import UnitTexts
from corpus.doccano.layouts import Label, Layout
from corpus.doccano.units import Unit

if TYPE_CHECKING:
    from corpus.store import Corpus

LABEL_KEYS = ("project", "unit_id", "layer", "label", "start", "end", "annotator", "decision")
"""Columns that name a row of the labels table."""

Why = Literal["ambiguous", "gone", "words", "late"]
"""Why a decision was not carried over.

``ambiguous``: several units of the new text may be the one; ``gone``: none is; ``words``: the words under the label
were changed, or occur more than once; ``late``: it was made after the new revision had been sent.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A decision on an older revision that a person must bring over.

    Attributes:
        unit_id: the old unit.
        words: under the label there.
        layer, label, decision, annotator: what was decided, by whom.
        why: it was not carried over.
        candidates: units of the new revision where it may belong.
    """

    unit_id: str
    words: str
    layer: str
    label: str
    decision: str
    annotator: str
    why: Why
    candidates: tuple[str, ...]


@dataclass(slots=True)
class Carried:
    """What a new unit takes over.

    Attributes:
        shown: the labels to show in it.
        pushed: those of them that count as the machine's, and those that people rejected.
        confirmed: whether it takes the check mark along.
        rows: of the labels table.
    """

    shown: tuple[Label, ...] = ()
    pushed: tuple[Label, ...] = ()
    confirmed: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class CarryOver:
    """What is carried over to units that are not on the server yet, and the questions that remain."""

    units: dict[str, Carried] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def carry_over(corpus: Corpus, project: str, layout: Layout, units: Sequence[Unit], books: pl.DataFrame) -> CarryOver:
    """Find what people decided on earlier revisions, and where it belongs now.

    Parameters:
        corpus: holds revisions and labels.
        project: our name of the project.
        layout: what it shows.
        units: all units of the newest revisions.
        books: rows of the units table of this project.

    Returns:
        what to carry over, and what a person must decide.
    """
    result = CarryOver()
    heads = {unit.doc_id: unit.revision for unit in units}
    old = books.filter(pl.col("doc_id").is_in(list(heads)))
    old = old.filter(pl.col("revision") != pl.col("doc_id").replace_strict(heads, default=None, return_dtype=pl.String))
    labels = corpus.labels.filter(pl.col("project") == project).collect()
    decided = labels.filter(pl.col("unit_id").is_in(old["unit_id"].to_list())).partition_by("unit_id", as_dict=True)
    if not decided:
        return result
    by_unit: dict[str, list[dict[str, Any]]] = {str(key[0]): frame.to_dicts() for key, frame in decided.items()}
    present = {row["unit_id"]: row for row in books.to_dicts() if row["pushed_at"] is not None}
    there: dict[str, list[dict[str, Any]]] = {}
    for row in labels.to_dicts():
        there.setdefault(row["unit_id"], []).append(row)
    texts = UnitTexts(corpus, old)
    current: dict[str, list[Unit]] = {}
    for unit in units:
        current.setdefault(unit.doc_id, []).append(unit)
    for before in _newest_before(corpus, old):
        rows = sorted({row["unit_id"]: row for row in before}.values(), key=lambda row: row["start"])
        if not any(row["unit_id"] in by_unit for row in rows):
            continue
        new = sorted(current[rows[0]["doc_id"]], key=lambda unit: unit.start)
        matches = align([texts.of(row["unit_id"]) for row in rows], [unit.text for unit in new])
        for row, match in zip(rows, matches, strict=True):
            if row["unit_id"] in by_unit:
                work = _Work(row, texts.of(row["unit_id"]), by_unit[row["unit_id"]], match, new)
                work.carry(layout, present, there, result)
    return result


def _newest_before(corpus: Corpus, old: pl.DataFrame) -> list[list[dict[str, Any]]]:
    """The units of each document in the newest of its earlier revisions that was sent."""
    sequences = corpus.revisions.select("id", "revision", "sequence").collect()
    known = old.join(sequences, left_on=["doc_id", "revision"], right_on=["id", "revision"], how="inner")
    newest = known.filter(pl.col("sequence") == pl.col("sequence").max().over("doc_id"))
    return [frame.to_dicts() for frame in newest.partition_by("doc_id")]


@dataclass(frozen=True, slots=True)
class _Work:
    """One old unit with what people decided in it, and what became of its text."""

    row: Mapping[str, Any]
    text: str
    decisions: list[dict[str, Any]]
    match: Match
    new: Sequence[Unit]

    def carry(
        self,
        layout: Layout,
        present: Mapping[str, Mapping[str, Any]],
        there: Mapping[str, Sequence[Mapping[str, Any]]],
        result: CarryOver,
    ) -> None:
        places = (self.match.new,) if self.match.new is not None else self.match.candidates
        candidates = tuple(self.new[place].unit_id for place in places)
        if any(name in present and present[name]["confirmed"] for name in candidates):
            return  # a person has decided there
        if self.match.new is None:
            why: Why = "gone" if self.match.kind == "gone" else "ambiguous"
            result.questions += (self._question(row, why, candidates) for row in self.decisions)
            return
        unit = self.new[self.match.new]
        if unit.unit_id in present:
            known = {(row["layer"], row["label"], row["decision"]) for row in there.get(unit.unit_id, ())}
            known |= {(layer, label, "confirmed") for layer, label, decision in known if decision == "added"}
            for row in self.decisions:
                if (row["layer"], row["label"], row["decision"]) not in known:
                    place = self._place(row, unit)
                    result.questions.append(self._question(row, "late" if place else "words", candidates))
            return
        placed: list[tuple[dict[str, Any], Label]] = []
        for row in self.decisions:
            place = self._place(row, unit)
            if place is None:
                result.questions.append(self._question(row, "words", candidates))
            else:
                placed.append((row, Label(row["layer"], row["label"], *place, self._target(row))))
        whole = self.match.kind == "same" and bool(self.row["confirmed"]) and len(placed) == len(self.decisions)
        result.units[unit.unit_id] = _apply(self.row, unit, placed, whole, layout, self.match.kind)

    def _place(self, row: Mapping[str, Any], unit: Unit) -> tuple[int, int] | None:
        start, end = row["start"] - self.row["start"], row["end"] - self.row["start"]
        if (start, end) == (0, len(self.text)):
            return 0, len(unit.text)  # a label of the whole unit
        if row["layer"] == "relation" and self.match.kind != "same":
            return None  # two places at once: a person sees better
        return map_span(self.text, unit.text, start, end)

    def _target(self, row: Mapping[str, Any]) -> tuple[int, int] | tuple[()]:
        """Where an arrow points to, in the unit; nowhere for other labels. Only units of the same text take arrows."""
        target = json.loads(row["attributes"] or "{}").get("target")
        return (target[0] - self.row["start"], target[1] - self.row["start"]) if target else ()

    def _question(self, row: Mapping[str, Any], why: Why, candidates: tuple[str, ...]) -> Question:
        words = self.text[row["start"] - self.row["start"] : row["end"] - self.row["start"]]
        named = {name: str(row[name]) for name in ("layer", "label", "decision", "annotator")}
        return Question(str(self.row["unit_id"]), words, **named, why=why, candidates=candidates)


def _apply(
    old: Mapping[str, Any],
    unit: Unit,
    placed: Sequence[tuple[dict[str, Any], Label]],
    whole: bool,
    layout: Layout,
    kind: str,
) -> Carried:
    """Put decisions in the place of what the machine would show.

    What a person kept in a confirmed unit is, in a unit that is open again, a label that they gave: so it counts as
    theirs there and not as an untouched pre-annotation.
    """
    given = {label for row, label in placed if row["decision"] != "rejected"}
    rejected = {label for row, label in placed if row["decision"] == "rejected"} - given
    kept = {label for row, label in placed if row["decision"] == "confirmed"} if whole else set()
    if whole:  # what the check mark was set on, and nothing else
        machine = kept
    else:
        gone = {label.label for label in rejected if label.layer == "theme" and layout.name == "themes"}
        machine = {
            label
            for label in unit.labels
            if label not in given
            and label not in rejected
            and not (label.layer == "evidence" and label.label in gone)
            and (layout.overlap or label.layer == "theme" or not any(_on_the_same_words(label, own) for own in given))
        }
    carried = Carried(tuple(sorted(machine | given)), tuple(sorted(machine | rejected)), whole)
    now = dt.datetime.now(dt.UTC)
    for row, label in placed:
        decision = row["decision"] if whole or row["decision"] != "confirmed" else "added"
        origin = {"unit_id": old["unit_id"], "revision": old["revision"], "decision": row["decision"], "text": kind}
        place = {"start": unit.start + label.start, "end": unit.start + label.end}
        fresh = {"doc_id": unit.doc_id, "revision": unit.revision, "unit_id": unit.unit_id, "confirmed": whole, **place}
        attributes: dict[str, Any] = {**json.loads(row["attributes"] or "{}"), "carried": origin}
        if label.target:  # an arrow is known by its target
            attributes = {"target": [unit.start + offset for offset in label.target]}
        fresh |= {"decision": decision, "attributes": json.dumps(attributes, ensure_ascii=False), "last_seen": now}
        carried.rows.append({**row, **fresh})
    return carried


def _on_the_same_words(one: Label, other: Label) -> bool:
    return other.layer != "theme" and one.start < other.end and other.start < one.end
