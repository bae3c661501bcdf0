"""Rules by which labels of several people become one set: unanimity, majority, one person's word, an adjudicator's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from corpus.agreement import Codings
from corpus.stats.frames import check_choice

Given = tuple[str, str, int, int]
"""A label: layer, label, start, end; code points of the document."""

Key = tuple[int, str]
"""A unit of a round: number of the round, unit id."""

RANKS = ("unanimous", "single", "majority", "prefer", "adjudicated")
"""How a label was decided. A unit is decided as the last of these that one of its labels was."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides where people differ; without either, such units stay open.

    Attributes:
        majority: a label counts that more than half of the coders gave; where exactly half did, ``prefer`` decides.
        prefer: name of the person whose labels count.
    """

    majority: bool = False
    prefer: str | None = None


@dataclass(slots=True)
class Decided:
    """What came of it.

    Attributes:
        rows: a dictionary a gold label, and one a unit (layer ``unit``), as `corpus.adjudication.GOLD` has them but
            for ``created``.
        undecided: units in which people differ and no rule or adjudicator decides.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[Key] = field(default_factory=list)


def judged_layers(codings: Codings, layers: Sequence[str] = ()) -> list[str]:
    """The layers whose labels must be the same for people to agree.

    Parameters:
        codings: of a team.
        layers: as asked for. By default whole units are judged by their labels alone, and not by the words marked as
            evidence in them; where only stretches are labelled, all layers count.

    Returns:
        names of layers.

    Raises:
        MinberError: MB505 the layout has no such layer.
    """
    from corpus.agreement import LAYERS

    known = LAYERS[codings.layout]
    for name in layers:
        check_choice("layer", name, known)
    return list(layers) or [name for name, kind in known.items() if kind == "sets"] or list(known)


def labels_by_coder(codings: Codings) -> dict[Key, dict[str, set[Given]]]:
    """Unit → coder → the labels they gave, none for those who confirmed it without any."""
    found: dict[Key, dict[str, set[Given]]] = {
        (row["round"], row["unit_id"]): {name: set() for name in row["coders"]}
        for row in codings.items.iter_rows(named=True)
    }
    rows = codings.labels.select("round", "unit_id", "coder", "layer", "label", "start", "end")
    for number, unit, coder, *label in rows.iter_rows():
        found[number, unit][coder].add(tuple(label))
    return found


def in_disagreement(codings: Codings, layers: Sequence[str] = ()) -> pl.DataFrame:
    """The units in which people differ.

    Parameters:
        codings: of a team.
        layers: as `judged_layers`.

    Returns:
        rows of ``codings.items``, in order of document and place.
    """
    judged = judged_layers(codings, layers)
    given = labels_by_coder(codings)
    differ = [not _same(given[key], judged) for key in codings.items.select("round", "unit_id").iter_rows()]
    return codings.items.filter(pl.Series(differ, dtype=pl.Boolean))


def decide(
    codings: Codings,
    rule: Rule | None = None,
    adjudicated: Mapping[Key, tuple[AbstractSet[Given], str]] | None = None,
    layers: Sequence[str] = (),
) -> Decided:
    """Make one set of labels of those of several people.

    Parameters:
        codings: of a team.
        rule: for units in which they differ.
        adjudicated: unit → labels that an adjudicator left there, and their name; goes before every rule.
        layers: as `judged_layers`.

    Returns:
        gold labels with their origin, and what stays open. Words marked as evidence, where they are not judged
        themselves, are gold if half of the coders marked them and their theme is gold.

    Raises:
        MinberError: MB505 the person preferred coded nothing.

    Example:
        >>> units = pl.DataFrame({"unit_id": ["u"] * 3, "doc_id": ["d"] * 3, "revision": ["r"] * 3, "start": [0] * 3,
        ...     "end": [4] * 3, "coder": ["a", "b", "c"], "round": [1] * 3})
        >>> labels = pl.DataFrame({"unit_id": ["u"] * 2, "coder": ["a", "b"], "round": [1] * 2, "layer": ["theme"] * 2,
        ...     "label": ["dialogue"] * 2, "start": [0] * 2, "end": [4] * 2})
        >>> found = decide(Codings("themes", units, labels), Rule(majority=True))
        >>> [(row["layer"], row["label"], row["decided"], row["givers"]) for row in found.rows]
        [('unit', 'themes', 'majority', ['a', 'b', 'c']), ('theme', 'dialogue', 'majority', ['a', 'b'])]
    """
    rule, judged, result = rule or Rule(), judged_layers(codings, layers), Decided()
    if rule.prefer is not None:
        check_choice("coder", rule.prefer, codings.coders)
    given = labels_by_coder(codings)
    for row in codings.items.iter_rows(named=True):
        key: Key = row["round"], row["unit_id"]
        people = given[key]
        if adjudicated and key in adjudicated:
            labels, by = adjudicated[key]
            found: dict[Given, tuple[str, str | None]] | None = dict.fromkeys(labels, ("adjudicated", by))
            whole: tuple[str, str | None] = "adjudicated", by
        else:
            found, whole = _by_rule(people, judged, rule)
        if found is None:
            result.undecided.append(key)
            continue
        place = {name: row[name] for name in ("doc_id", "revision", "unit_id", "round")} | {"layout": codings.layout}
        unit = ("unit", codings.layout, row["start"], row["end"])
        for label, (decided, by_whom) in [(unit, whole), *sorted(found.items())]:
            givers = sorted(people) if label is unit else [name for name in sorted(people) if label in people[name]]
            fields = dict(zip(("layer", "label", "start", "end"), label, strict=True))
            result.rows.append(place | fields | {"decided": decided, "by": by_whom, "givers": givers})
    return result


_Origin = tuple[str, str | None]


def _by_rule(
    people: Mapping[str, set[Given]], judged: Sequence[str], rule: Rule
) -> tuple[dict[Given, _Origin] | None, _Origin]:
    """The labels of a unit with their origin, None where nothing decides; and how the unit was decided."""
    if len(people) == 1:
        [labels] = people.values()
        return dict.fromkeys(labels, ("single", None)), ("single", None)
    every = set.union(*people.values())
    count = {label: sum(label in labels for labels in people.values()) for label in every}
    agreed = _same(people, judged)
    preferred = people.get(rule.prefer) if rule.prefer is not None else None
    found: dict[Given, _Origin] = {}
    whole: _Origin = "unanimous", None
    for label in sorted(every):
        if label[0] not in judged:
            continue
        votes = 2 * count[label] - len(people)
        if count[label] == len(people):
            found[label] = "unanimous", None
        elif rule.majority and votes != 0:
            if votes > 0:
                found[label] = "majority", None
            whole = max(whole, ("majority", None), key=lambda origin: RANKS.index(origin[0]))
        elif preferred is not None:
            if label in preferred:
                found[label] = "prefer", rule.prefer
            whole = "prefer", rule.prefer
        else:
            return None, whole
    themes = {label[1] for label in found}
    for label in sorted(every):
        if label[0] in judged or 2 * count[label] < len(people):
            continue
        if agreed or label[1] in themes:
            found[label] = ("unanimous" if count[label] == len(people) else "majority"), None
    return found, whole


def _same(people: Mapping[str, set[Given]], judged: Sequence[str]) -> bool:
    sets = [{label for label in labels if label[0] in judged} for labels in people.values()]
    return all(labels == sets[0] for labels in sets[1:])
