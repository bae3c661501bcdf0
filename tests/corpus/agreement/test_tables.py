"""What a team's codings are, and the table of their agreement."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.agreement import (
    Codings,
    Resampling,
    agreement,
    alpha,
    codings_of,
    confusion,
    consistency,
    disagreements,
    masi_alpha,
)
from schemas.errors import MinberError
from tests.corpus.agreement.teams import STEP, frame, marked, tables, team
from tests.examples import examples

NO_DRAWS = Resampling(0)
THREE = {
    "aigul": [["a"], ["a", "b"], [], ["c"], ["a"], ["b"], None, ["a"]],
    "berik": [["a"], ["a"], [], ["b"], None, ["b"], ["c"], ["a", "c"]],
    "dana": [["a"], ["b"], ["c"], ["c"], ["a"], None, None, []],
}


def test_only_confirmed_units_are_codings():
    found = team(THREE)
    assert found.units.height == 7 + 7 + 6
    assert (found.items.height, found.double) == (8, 7)
    units, labels = tables({"aigul": [["a"]], "berik": [["a"]]})
    none = codings_of(units.with_columns(confirmed=pl.lit(False)), labels, "themes")
    assert (none.units.height, none.labels.height) == (0, 0)
    with pytest.raises(MinberError, match="MB482"):
        agreement(none)


def test_rejections_and_other_layouts_are_no_labels():
    units, labels = tables({"aigul": [["a", "b"]], "berik": [["a"]]})
    rejected = labels.with_columns(
        decision=pl.when(pl.col("label") == "b").then(pl.lit("rejected")).otherwise("decision")
    )
    assert codings_of(units, rejected, "themes").labels["label"].to_list() == ["a", "a"]
    assert codings_of(units, labels, "voices").units.height == 0


def test_a_shared_project_is_coded_by_who_set_the_check_mark():
    units, labels = tables({"shared": [["a"], ["b"], ["c"]]})
    units = units.with_columns(annotator=pl.lit(None, pl.String), confirmed_by=pl.Series(["aigul", "berik", None]))
    found = codings_of(units, labels, "themes")
    assert found.coders == ["Team · themes · shared · r1", "aigul", "berik"]
    assert found.double == 0


def test_a_revised_document_counts_once():
    units, labels = tables({"aigul": [["a"], ["b"]], "berik": [["a"], ["b"]]})
    renewed = [
        rows.with_columns(revision=pl.lit("new"), unit_id=pl.col("unit_id").str.replace("rev", "new"))
        for rows in (units, labels)
    ]
    fresh = renewed[0].filter(annotator="aigul")
    found = codings_of(pl.concat([units, fresh]), pl.concat([labels, renewed[1]]), "themes")
    assert found.units["revision"].unique().to_list() == ["rev"], "the one that two people coded"
    assert found.double == 2


def test_each_measure_is_that_of_its_function():
    found = agreement(team(THREE), by=["theme"], resampling=NO_DRAWS)
    for theme in "abc":
        present = {name: [None if given is None else theme in given for given in sets] for name, sets in THREE.items()}
        [value] = found.filter(measure="alpha", theme=theme)["value"]
        assert value == pytest.approx(alpha(frame(present)))
    whole = agreement(team(THREE), resampling=NO_DRAWS)
    [masi] = whole.filter(measure="alpha_masi")["value"]
    assert masi == pytest.approx(masi_alpha(frame(THREE)))
    assert whole.select("units", "coded", "coders").unique().row(0) == (7, 8, 3)
    assert "cohen" not in whole["measure"], "three coders"


def test_pairs_and_rounds_stand_apart():
    first, second = tables(THREE), tables({"aigul": [["a"], ["b"]], "berik": [["a"], ["b"]]}, number=2)
    both = codings_of(*(pl.concat(rows) for rows in zip(first, second, strict=True)), "themes")
    found = agreement(both, by=["round", "pair"], measures=["cohen", "alpha_masi"], resampling=NO_DRAWS)
    assert found["group"].unique().sort().to_list() == [
        "1 | aigul / berik",
        "1 | aigul / dana",
        "1 | berik / dana",
        "2 | aigul / berik",
    ]
    assert found.filter(group="2 | aigul / berik")["value"].to_list() == [1.0, 1.0]
    assert set(found.filter(round=1)["coders"]) == {2}
    assert agreement(both, resampling=NO_DRAWS)["units"].unique().to_list() == [9], "rounds are not mixed up"


def test_people_agree_with_themselves_over_rounds():
    first = tables({"aigul": [["a"], ["b"], ["a"]], "berik": [["a"], ["b"], ["c"]], "dana": [["a"], None, None]})
    second = tables({"aigul": [["a"], ["b"], ["a"]], "berik": [["b"], ["a"], None]}, number=2)
    both = codings_of(*(pl.concat(rows) for rows in zip(first, second, strict=True)), "themes")
    found = consistency(both, measures=["cohen"], resampling=NO_DRAWS)
    assert found.select("group", "value", "units", "coded", "coders").rows() == [
        ("aigul", 1.0, 3, 3, 2),
        ("berik", -1.0, 2, 3, 2),
    ]
    assert "aigul | r1 / r2" in consistency(both, by=["pair"], resampling=NO_DRAWS)["group"]
    with pytest.raises(MinberError, match="MB483"):
        consistency(both.only(number=1))


def test_units_with_and_without_pre_annotations_stand_apart():
    units, labels = tables({"aigul": [["a"], ["b"], ["a"], ["b"]], "berik": [["a"], ["b"], ["b"], ["a"]]})
    half = units.with_columns(preannotated=pl.when(pl.col("start") < 2 * STEP).then(None).otherwise(pl.lit(False)))
    found = agreement(codings_of(half, labels, "themes"), by=["preannotated"], measures=["cohen"], resampling=NO_DRAWS)
    assert found.select("group", "value", "units", "preannotated").rows() == [
        ("with", 1.0, 2, True),
        ("without", -1.0, 2, False),
    ]


def test_nothing_varies_nothing_is_said():
    found = agreement(team({"aigul": [[], [], []], "berik": [[], [], []]}))
    assert found["value"].null_count() == found.height
    assert found["raw"].to_list() == [1.0] * found.height, "raw agreement is there"
    with pytest.raises(MinberError, match="MB505"):
        agreement(team(THREE), by=["colour"])
    with pytest.raises(MinberError, match="MB505"):
        agreement(team(THREE), measures=["beta"])


def many(seed: int, count: int = 120, slips: float = 0.2) -> Codings:
    dice = random.Random(seed)
    truth = [sorted(dice.sample("abcd", dice.choice([0, 1, 1, 2]))) for _ in range(count)]
    coded = {
        name: [sorted(dice.sample("abcd", 1)) if dice.random() < slips else given for given in truth] for name in "xyz"
    }
    return team(coded)


def test_intervals_hold_the_value_and_repeat_with_the_seed():
    codings = many(1)
    found = agreement(codings, resampling=Resampling(300, seed=4))
    assert (found["low"] < found["value"]).all()
    assert (found["value"] < found["high"]).all()
    assert_frame_equal(found, agreement(codings, resampling=Resampling(300, seed=4)))
    assert agreement(codings, resampling=Resampling(300, seed=5))["low"].to_list() != found["low"].to_list()
    width = (found["high"] - found["low"]).max()
    wider = agreement(codings, resampling=Resampling(300, level=0.99, seed=4))
    assert (wider["high"] - wider["low"]).max() > width


def test_documents_as_clusters_widen_intervals_where_units_of_one_are_alike():
    """Every unit of a document repeats its first: there are as many facts as documents."""
    coded = {"x": [], "y": []}
    dice = random.Random(3)
    for _ in range(30):
        left = dice.choice("ab")
        right = left if dice.random() < 0.8 else dice.choice("ab")
        coded["x"] += [[left]] * 5
        coded["y"] += [[right]] * 5
    found = [
        agreement(team(coded), measures=["alpha"], resampling=Resampling(400, clusters=clusters)).row(0, named=True)
        for clusters in (False, True)
    ]
    assert found[0]["value"] == found[1]["value"]
    assert found[1]["high"] - found[1]["low"] > 1.5 * (found[0]["high"] - found[0]["low"])


def voices(spans: list[tuple[str, int, str, int, int]], count: int = 4) -> Codings:
    """Coder, unit, label, start, end (in the unit); all units coded by both."""
    units = team({"aigul": [[]] * count, "berik": [[]] * count}).units
    names = units["unit_id"].unique().sort().to_list()
    starts = dict(units.select("unit_id", "start").iter_rows())
    rows = [
        marked(coder, names[unit], 1, label, starts[names[unit]] + start, starts[names[unit]] + end)
        for coder, unit, label, start, end in spans
    ]
    return Codings("voices", units, pl.DataFrame(rows, schema=CODED))


CODED = team(THREE).labels.schema


def test_stretches_are_compared_by_label_and_place():
    same = [(coder, unit, "direct", 10, 40) for coder in ("aigul", "berik") for unit in range(3)]
    found = agreement(voices(same), resampling=Resampling(200)).row(0, named=True)
    assert (found["measure"], found["layer"], found["value"], found["raw"]) == ("alpha_u", "quote", 1.0, 1.0)
    apart = [("aigul", 0, "direct", 10, 40), ("berik", 1, "direct", 10, 40)]
    found = agreement(voices(apart), resampling=NO_DRAWS).row(0, named=True)
    assert found["value"] < 0
    near = [*same, ("aigul", 3, "partial", 0, 20), ("berik", 3, "partial", 0, 22)]
    by_label = agreement(voices(near), by=["theme"], resampling=NO_DRAWS)
    assert dict(by_label.select("theme", "value").iter_rows())["direct"] == 1.0
    assert 0.9 < dict(by_label.select("theme", "value").iter_rows())["partial"] < 1


def test_confusions_and_the_units_with_most_disagreement():
    found = team({"aigul": [["a"], ["a", "b"], ["c"], []], "berik": [["a"], ["b"], ["d"], []]})
    table = {(one, other): count for one, other, count, _ in confusion(found, "theme").iter_rows()}
    assert table == {
        ("a", "a"): 2,
        ("b", "b"): 2,
        ("a", "(none)"): 1,
        ("(none)", "a"): 1,
        ("c", "d"): 1,
        ("d", "c"): 1,
    }
    worst = disagreements(found, "theme", {"c": "Village"})
    assert worst["start"].to_list() == [2 * STEP, STEP]
    assert worst["disagreement"].to_list() == [1.0, pytest.approx(2 / 3)]
    assert worst["codings"][0] == "aigul: Village; berik: d"
    spans = [("aigul", 0, "direct", 0, 10), ("berik", 0, "partial", 5, 10), ("berik", 1, "direct", 0, 3)]
    table = {(one, other): count for one, other, count, _ in confusion(voices(spans), "quote").iter_rows()}
    assert table == {
        ("direct", "partial"): 1,
        ("partial", "direct"): 1,
        ("direct", "(none)"): 1,
        ("(none)", "direct"): 1,
    }


SETS = st.lists(st.one_of(st.none(), st.lists(st.sampled_from("abc"), unique=True, max_size=2)), min_size=6, max_size=6)


@given(st.lists(SETS, min_size=3, max_size=3), st.permutations("xyz"), st.randoms(use_true_random=False))
@examples(40)
def test_names_of_people_and_the_order_of_rows_change_nothing(rows, names, dice):
    before = team(dict(zip("xyz", rows, strict=True)))
    if not before.double:
        return
    after = team(dict(zip(names, rows, strict=True)))
    mixed = replace(
        after,
        units=after.units.sample(fraction=1, shuffle=True, seed=dice.randrange(99)),
        labels=after.labels.sample(fraction=1, shuffle=True, seed=dice.randrange(99)),
    )
    columns = ["measure", "group", "value", "low", "high", "raw", "units", "coders"]
    results = [agreement(found, by=["theme"], resampling=Resampling(20)).select(columns) for found in (before, mixed)]
    assert_frame_equal(*results, check_exact=False)
    assert_frame_equal(confusion(before, "theme"), confusion(mixed, "theme"))
