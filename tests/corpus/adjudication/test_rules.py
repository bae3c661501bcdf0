"""Rules that make one set of labels of several, and the table that keeps their origin."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.adjudication import Rule, decide, gold, in_disagreement, write_gold
from corpus.adjudication.gold import gold_units
from corpus.agreement import Codings, read_codings
from schemas.errors import MinberError
from tests.corpus.agreement.teams import STEP, labelled, marked, team

THREE = {
    "aigul": [["a"], ["a", "b"], [], ["c"], ["a"]],
    "berik": [["a"], ["a"], [], ["b"], None],
    "dana": [["a"], ["b"], ["c"], ["a"], None],
}


def told(decided):
    """Place of the unit → its labels with origin and givers; the unit itself under ``unit``."""
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for row in decided.rows:
        name = row["label"] if row["layer"] != "unit" else "unit"
        found.setdefault(row["start"] // STEP, {})[name] = row["decided"], " ".join(row["givers"])
    return found


def test_without_a_rule_only_what_all_agree_on_counts():
    decided = decide(team(THREE))
    assert told(decided) == {
        0: {"unit": ("unanimous", "aigul berik dana"), "a": ("unanimous", "aigul berik dana")},
        4: {"unit": ("single", "aigul"), "a": ("single", "aigul")},
    }
    assert [unit.split(":")[-1] for _, unit in decided.undecided] == ["100-200", "200-300", "300-400"]
    assert in_disagreement(team(THREE))["start"].to_list() == [100, 200, 300]


def test_majority_of_three_decides_each_label():
    found = told(decide(team(THREE), Rule(majority=True)))
    assert found[1] == {
        "unit": ("majority", "aigul berik dana"),
        "a": ("majority", "aigul berik"),
        "b": ("majority", "aigul dana"),
    }
    assert found[2] == {"unit": ("majority", "aigul berik dana")}, "one of three gave c: the unit has no label"
    assert found[3] == {"unit": ("majority", "aigul berik dana")}


def test_a_tie_needs_a_preferred_person():
    two = team({"aigul": [["a", "b"]], "berik": [["a", "c"]]})
    assert decide(two, Rule(majority=True)).undecided == [(1, "d0:rev:0-100")]
    decided = decide(two, Rule(majority=True, prefer="berik"))
    assert {row["label"]: (row["decided"], row["by"]) for row in decided.rows} == {
        "themes": ("prefer", "berik"),
        "a": ("unanimous", None),
        "c": ("prefer", "berik"),
    }
    assert decide(two, Rule(prefer="berik")).rows == decided.rows
    with pytest.raises(MinberError, match="MB505"):
        decide(two, Rule(prefer="nobody"))


def test_the_preferred_person_decides_only_what_they_coded():
    decided = decide(team({**THREE, "eldar": [None, ["d"], None, None, None]}), Rule(prefer="eldar"))
    assert told(decided)[1]["d"] == ("prefer", "eldar")
    assert len(decided.undecided) == 2


def test_an_adjudicator_goes_before_every_rule():
    unit = "d0:rev:100-200"
    labels = {("theme", "z", 100, 200), ("theme", "b", 100, 200)}
    decided = decide(team(THREE), Rule(majority=True), {(1, unit): (labels, "zere")})
    rows = {row["label"]: (row["decided"], row["by"], row["givers"]) for row in decided.rows if row["unit_id"] == unit}
    assert rows == {
        "themes": ("adjudicated", "zere", ["aigul", "berik", "dana"]),
        "z": ("adjudicated", "zere", []),
        "b": ("adjudicated", "zere", ["aigul", "dana"]),
    }


def test_evidence_follows_its_theme():
    base = team({"aigul": [["a"]], "berik": [["a"]], "dana": [["b"]]})
    words = [
        marked("aigul", "d0:rev:0-100", 1, "a", 3, 9, "evidence"),
        marked("berik", "d0:rev:0-100", 1, "a", 3, 9, "evidence"),
        marked("aigul", "d0:rev:0-100", 1, "a", 20, 30, "evidence"),
        marked("dana", "d0:rev:0-100", 1, "b", 50, 60, "evidence"),
    ]
    labels = pl.concat([base.labels, pl.DataFrame(words, schema=base.labels.schema)])
    coded = Codings("themes", base.units, labels)
    rows = [row for row in decide(coded, Rule(majority=True)).rows if row["layer"] == "evidence"]
    assert [(row["label"], row["start"], row["decided"]) for row in rows] == [("a", 3, "majority")]
    assert in_disagreement(coded, ["evidence"]).height == 1
    with pytest.raises(MinberError, match="MB505"):
        in_disagreement(coded, ["quote"])


SETS = st.lists(st.lists(st.sampled_from("abc"), unique=True, max_size=2), min_size=4, max_size=4)


@given(SETS, SETS, SETS)
def test_majority_of_three_never_leaves_a_unit_open_and_adds_nothing(one, two, three):
    decided = decide(team({"x": one, "y": two, "z": three}), Rule(majority=True))
    assert decided.undecided == []
    for row in decided.rows:
        place = row["start"] // STEP
        if row["layer"] == "theme":
            givers = [name for name, sets in zip("xyz", (one, two, three), strict=True) if row["label"] in sets[place]]
            assert row["givers"] == givers
            assert len(givers) >= 2
            assert (row["decided"] == "unanimous") == (len(givers) == 3)


def test_gold_is_kept_with_its_dates_and_written_only_when_it_changed(tmp_path):
    made = labelled(tmp_path / "c", THREE)
    before = made.labels.collect()
    codings = read_codings(made)
    assert write_gold(made, "themes", [1], decide(codings).rows) == 4
    version, first = made.version("gold"), gold(made).collect()
    assert write_gold(made, "themes", [1], decide(codings).rows) == 0
    assert made.version("gold") == version
    write_gold(made, "themes", [1], decide(codings, Rule(majority=True)).rows)
    after = gold(made).collect()
    assert first.join(after, on=first.columns, how="anti", nulls_equal=True).height == 0, "dates stay"
    write_gold(made, "themes", [1], decide(codings).rows)
    assert gold(made).collect().height == 4, "what is no longer decided is no longer gold"
    assert made.labels.collect().equals(before), "nobody's own labels change"
    assert {tuple(json.loads(givers)) for givers in first["givers"]} == {("aigul", "berik", "dana"), ("aigul",)}


def test_units_without_a_label_count_too(tmp_path):
    made = labelled(tmp_path / "c", THREE)
    write_gold(made, "themes", [1], decide(read_codings(made), Rule(majority=True)).rows)
    units, labels = gold_units(gold(made).collect())
    assert units.height == 5
    assert sorted(labels["label"]) == ["a", "a", "a", "b"]
    assert sorted(units["coders"]) == [1, 3, 3, 3, 3]
