"""The machine against people: values by hand, a second implementation, and what may count as people's at all."""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.adjudication import Rule, write_gold
from corpus.adjudication import decide as adjudicate
from corpus.agreement import Evaluation, Resampling, errors, evaluate, read_codings, scores
from corpus.agreement.evaluation import MACRO, MICRO
from corpus.doccano.layouts import choose_layout
from corpus.doccano.units import collect_units
from corpus.labels import open_snapshot, take_snapshot
from corpus.stats import Selected, Selection
from corpus.store import Corpus
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS
from tests.corpus.agreement.decided import FIRST, FOURTH, SECOND, THIRD, VOICED, decide, themed, voiced
from tests.doccano.corpora import add, annotation, emoji_document, make_corpus, speech_document

NONE = Resampling(replicates=0, clusters=True)


def judged(made: Corpus, by: tuple[str, ...] = (), where: str = "", **options: Any) -> Evaluation:
    fields = [field for field in by if field != "preannotated"]
    part = Selected(Corpus(made.path), Selection(where, fields, furniture=True))
    return evaluate(part, by=by, resampling=options.pop("resampling", NONE), **options)


def counts(found: Evaluation, match: str = "label", layer: str = "theme") -> dict[str, tuple[int, int, int]]:
    rows = found.table.filter(layer=layer, match=match)
    return {row["label"]: (row["tp"], row["fp"], row["fn"]) for row in rows.iter_rows(named=True)}


@pytest.fixture
def made(tmp_path: Path) -> Corpus:
    """The machine is right about parliament, wrong about one of two economies, and misses dialogue."""
    made = themed(tmp_path / "c")
    decide(made, "aigul", FIRST, [("theme", "parliament", FIRST), ("evidence", "parliament", "Парламент заң")])
    decide(made, "aigul", SECOND, [("theme", "economy", SECOND), ("evidence", "economy", "Экономика")])
    decide(made, "aigul", THIRD, [("theme", "dialogue", THIRD), ("evidence", "dialogue", "Диалог")])
    decide(made, "aigul", FOURTH)
    return made


def test_values_by_hand(made):
    found = judged(made)
    assert counts(found) == {
        "dialogue": (0, 0, 1),
        "economy": (1, 1, 0),
        "parliament": (1, 0, 0),
        "rule_of_law": (0, 1, 0),
        MICRO: (2, 2, 1),
        MACRO: (2, 2, 1),
    }
    rows = {row["label"]: row for row in found.table.filter(layer="theme").iter_rows(named=True)}
    assert (rows["economy"]["precision"], rows["economy"]["recall"]) == (0.5, 1.0)
    assert rows["economy"]["f1"] == pytest.approx(2 / 3)
    assert (rows["dialogue"]["precision"], rows["dialogue"]["recall"], rows["dialogue"]["f1"]) == (None, 0.0, 0.0)
    assert (rows["rule_of_law"]["recall"], rows["rule_of_law"]["f1"]) == (None, 0.0)
    assert rows[MICRO]["f1"] == pytest.approx(4 / 7)
    assert rows[MACRO]["precision"] == pytest.approx((0.5 + 1 + 0) / 3), "dialogue has none"
    assert rows[MACRO]["recall"] == pytest.approx((0 + 1 + 1) / 3), "rule_of_law has none"
    assert rows[MACRO]["f1"] == pytest.approx((0 + 2 / 3 + 1 + 0) / 4)
    assert rows["economy"]["precision_low"] == pytest.approx(0.0945, abs=1e-4), "Wilson, 1 of 2"
    assert rows["economy"]["precision_high"] == pytest.approx(0.9055, abs=1e-4)
    assert {row["units"] for row in rows.values()} == {4}
    assert rows["economy"]["note"] == "fewer than 10 in gold; fewer than 10 of the machine"
    assert counts(found, "exact", "evidence")["parliament"] == (0, 1, 1)
    assert counts(found, "overlap", "evidence")["parliament"] == (1, 0, 0)
    assert counts(found, "exact", "evidence")["economy"] == (1, 1, 0)
    assert found.made_by == ("hand@1",)


def test_errors_say_where_why_and_who(made):
    rows = errors(judged(made), made, {"dialogue": "Диалог", "economy": "Экономика"}).to_dicts()
    told = {(row["layer"], row["label"], row["error"]): row for row in rows}
    missed = told["theme", "dialogue", "false negative"]
    assert (missed["keyword"], missed["other"], missed["by"], missed["name"]) == (THIRD, "Экономика", "aigul", "Диалог")
    wrong = told["theme", "economy", "false positive"]
    assert (wrong["keyword"], wrong["evidence"], wrong["other"]) == (THIRD, "керек", "Диалог")
    bounds = told["evidence", "parliament", "bounds"]
    assert (bounds["keyword"], bounds["other"]) == ("Парламент", "Парламент заң")
    assert len(rows) == 3 + 4  # three themes; of evidence one pair of bounds, сот, керек, Диалог
    assert [row["from"] for row in rows] == sorted(row["from"] for row in rows)


def test_what_nobody_confirmed_is_never_gold(made):
    before = judged(made).table
    decide(made, "berik", SECOND, [("theme", "economy", SECOND)], confirmed=False, decision="confirmed")
    decide(made, "berik", FOURTH, [("theme", "rule_of_law", FOURTH)], confirmed=False)
    assert judged(made).table.equals(before)
    decide(made, "dana", FIRST, [("theme", "rule_of_law", FIRST)], decision="rejected")
    assert counts(judged(made))["rule_of_law"] == (0, 1, 0), "a rejection is no label"
    assert counts(judged(made))["parliament"] == (1, 0, 0), "half of two gave it"


def test_of_several_people_half_decide_and_one_can_be_asked_for(made):
    for who in ("berik", "dana"):
        decide(made, who, SECOND)
    assert counts(judged(made))["economy"] == (0, 2, 0), "one of three gave it"
    assert counts(judged(made, annotator="aigul"))["economy"] == (1, 1, 0)
    alone = judged(made, annotator="berik")
    assert counts(alone) == {"economy": (0, 1, 0), MICRO: (0, 1, 0), MACRO: (0, 1, 0)}
    with pytest.raises(MinberError, match=r"MB505.*aigul, berik, dana"):
        judged(made, annotator="nobody")


def test_the_last_round_of_a_unit_counts_unless_another_is_asked_for(made):
    decide(made, "aigul", THIRD, [("theme", "economy", THIRD)], number=2)
    assert counts(judged(made))["economy"] == (2, 0, 0)
    assert counts(judged(made, number=1))["economy"] == (1, 1, 0)
    with pytest.raises(MinberError, match="MB480"):
        judged(made, number=3)


def test_the_half_without_pre_annotations_by_itself(tmp_path):
    made = themed(tmp_path / "c")
    decide(made, "aigul", SECOND, [("theme", "economy", SECOND)])
    decide(made, "aigul", THIRD, [("theme", "dialogue", THIRD)], preannotated=False)
    assert counts(judged(made, half=True))["economy"] == (0, 1, 0)
    halves = judged(made, by=("preannotated",)).table.filter(label="economy")
    assert halves.select("group", "tp", "fp").rows() == [("with", 1, 0), ("without", 0, 1)]


def test_what_was_shown_can_be_judged_instead(made):
    decide(made, "berik", THIRD, [("theme", "dialogue", THIRD)], pushed=[("theme", "dialogue", THIRD)])
    decide(made, "berik", FOURTH, preannotated=False)
    found = judged(made, annotator="berik", pushed=True)
    assert counts(found)["dialogue"] == (1, 0, 0)
    assert "economy" not in counts(found), "the machine says it now, but did not then"
    assert found.table["units"].unique().to_list() == [1], "of the other nothing was shown"


def test_snapshots_and_adjudicated_gold(made):
    take_snapshot(made, "spring")
    for who in ("berik", "dana"):
        decide(made, who, SECOND)
    part = Selected(open_snapshot(Corpus(made.path), "spring"), Selection(furniture=True))
    assert counts(evaluate(part, resampling=NONE))["economy"] == (1, 1, 0)
    with pytest.raises(MinberError, match=r"MB506.*gold labels.*minber adjudicate"):
        judged(made, source="gold")
    codings = read_codings(Corpus(made.path), "themes")
    write_gold(made, "themes", [1], adjudicate(codings, Rule(prefer="aigul")).rows)
    found = judged(made, source="gold")
    assert counts(found)["economy"] == (1, 1, 0)
    assert found.gold.units["by"].to_list() == ["aigul", "aigul", "aigul", "aigul"]
    with pytest.raises(MinberError, match="MB509"):
        judged(made, source="gold", annotator="aigul")


def test_revised_and_unannotated_texts_are_left_out(made, tmp_path):
    decide(made, "aigul", FOURTH, [("theme", "dialogue", FOURTH)], revision="older")
    add(made, {"b": ("Жаңа мәтін.", [annotation("Жаңа мәтін.", "chrome", "section", "мәтін")])})
    decide(made, "aigul", "Жаңа мәтін.", [("theme", "dialogue", "Жаңа мәтін.")], doc_id="b")
    found = judged(made)
    assert (found.gold.outdated, found.gold.unannotated, found.gold.units.height) == (1, 1, 4)
    with pytest.raises(MinberError, match=r"MB506.*minber annotate"):
        judged(made, where='id == "b"')
    with pytest.raises(MinberError, match="MB480"):
        judged(themed(tmp_path / "new"))
    with pytest.raises(MinberError, match="MB504"):
        judged(made, where='lang == "ru"')


def test_sentences_cut_anew_and_paragraphs_find_their_themes(tmp_path):
    made = themed(tmp_path / "c")
    decide(made, "aigul", f"{SECOND} {THIRD}", [("theme", "economy", f"{SECOND} {THIRD}")])
    decide(made, "aigul", THIRD[:-1], [("theme", "economy", THIRD[:-1])])
    assert counts(judged(made)) == {"economy": (2, 0, 0), MICRO: (2, 0, 0), MACRO: (2, 0, 0)}


def test_groups_are_judged_as_if_alone(tmp_path):
    made = themed(tmp_path / "c", ["a", "b"])
    decide(made, "aigul", SECOND, [("theme", "economy", SECOND)])
    decide(made, "aigul", SECOND, [], doc_id="b")
    decide(made, "aigul", THIRD, [("theme", "dialogue", THIRD)], doc_id="b")
    together = judged(made, by=("id",)).table
    for name in ("a", "b"):
        alone = judged(made, where=f'id == "{name}"').table
        assert together.filter(group=name).drop("group").equals(alone.drop("group"))


def test_voices_exactly_by_overlap_and_who_speaks(tmp_path):
    made = voiced(tmp_path / "c")
    quotes = [("quote", "direct", words) for words in ("Реформа керек", "Жұмыс бар", "Үшінші сөз")]
    arrows = [("relation", "speaker", "Реформа керек", "Тоқаев"), ("relation", "speaker", "Жұмыс бар", "Асанов")]
    decide(made, "aigul", VOICED, [*quotes, *arrows, ("mention", "mention", "Тоқаев")], doc_id="v", layout="voices")
    found = judged(made, layout="voices")
    assert counts(found, "exact", "quote") == {
        "direct": (0, 2, 3),
        "partial": (0, 1, 0),
        MICRO: (0, 3, 3),
        MACRO: (0, 3, 3),
    }
    assert counts(found, "overlap", "quote")["direct"] == (1, 1, 2)
    assert counts(found, "overlap", "mention")["mention"] == (1, 0, 0)
    assert found.unmarked == ("cue", "chrome")
    assert counts(found, "overlap", "speaker")["speaker"] == (1, 1, 1), "of two quotations found one is Тоқаев's"
    wrong = errors(found, made).filter(error="speaker").row(0, named=True)
    assert (wrong["keyword"], wrong["other"]) == ("Тоқаев", "Асанов")
    assert counts(judged(made, layout="voices", layer="chrome"), "exact", "chrome")["chrome"] == (0, 1, 0)


def test_who_speaks_without_arrows_is_known_of_a_single_name(tmp_path):
    made = voiced(tmp_path / "c")
    said = [("quote", "direct", "Реформа керек"), ("mention", "mention", "Тоқаев")]
    decide(made, "aigul", VOICED, said, doc_id="v", layout="voices")
    assert counts(judged(made, layout="voices"), "overlap", "speaker")["speaker"] == (1, 0, 0)
    decide(made, "aigul", VOICED, [*said, ("mention", "mention", "Асанов")], doc_id="v", layout="voices", number=2)
    assert not counts(judged(made, layout="voices"), "overlap", "speaker"), "two names, no arrows"


LABELLED = st.lists(
    st.tuples(st.sampled_from("pqr"), st.frozensets(st.sampled_from("xyz")), st.frozensets(st.sampled_from("xyz"))),
    min_size=1,
    max_size=12,
)


def second(units: list[tuple[str, frozenset[str], frozenset[str]]]) -> dict[str, tuple[float, float, float]]:
    """Precision, recall, F1 of indicator matrices, NaN where undefined, written apart from ours."""
    names = sorted(set().union(*(people | machine for _, people, machine in units)))
    true = np.array([[name in people for name in names] for _, people, _ in units])
    given = np.array([[name in machine for name in names] for _, _, machine in units])
    with np.errstate(invalid="ignore"):
        each = [(t & g).sum() / g.sum() for t, g in zip(true.T, given.T, strict=True)]
        recalls = [(t & g).sum() / t.sum() for t, g in zip(true.T, given.T, strict=True)]
        harmonic = [2 * (t & g).sum() / (t.sum() + g.sum()) for t, g in zip(true.T, given.T, strict=True)]
        whole = (true & given).sum()
        found = {name: triple for name, *triple in zip(names, each, recalls, harmonic, strict=True)}
        found[MICRO] = [whole / given.sum(), whole / true.sum(), 2 * whole / (true.sum() + given.sum())]
    with warnings.catch_warnings(action="ignore"):  # of nothing but NaN there is no mean
        found[MACRO] = [np.nanmean(values) for values in (each, recalls, harmonic)]
    return {name: tuple(map(float, values)) for name, values in found.items()}


def frames(units: list[tuple[str, frozenset[str], frozenset[str]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = pl.DataFrame({"unit": range(len(units)), "doc_id": [doc_id for doc_id, *_ in units]})
    rows = [
        (unit, "theme", "label", label, int(label in people & machine), int(label in people), int(label in machine))
        for unit, (_, people, machine) in enumerate(units)
        for label in people | machine
    ]
    names = ["unit", "layer", "match", "label", "tp", "gold", "machine"]
    kinds = [pl.Int64, pl.String, pl.String, pl.String, pl.Int64, pl.Int64, pl.Int64]
    return table, pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


@settings(deadline=None)
@given(LABELLED)
def test_scores_are_those_of_a_second_implementation(units):
    table, counted = frames(units)
    found = scores(table, counted, resampling=NONE)
    if not counted.height:
        assert not found.height
        return
    wanted = second(units)
    assert set(found["label"]) == set(wanted)
    for row in found.iter_rows(named=True):
        ours = [math.nan if row[name] is None else row[name] for name in ("precision", "recall", "f1")]
        assert ours == pytest.approx(wanted[row["label"]], nan_ok=True), row["label"]


def test_intervals_of_f1_are_those_of_drawing_documents():
    random = np.random.default_rng(1)
    sets = [frozenset(np.array(list("xyz"))[random.random(3) < 0.5].tolist()) for _ in range(240)]
    units = [(f"d{number % 12:02d}", sets[2 * number], sets[2 * number + 1]) for number in range(120)]
    table, counted = frames(units)
    how = Resampling(replicates=400, seed=5, clusters=True)
    found = {row["label"]: row for row in scores(table, counted, resampling=how).iter_rows(named=True)}
    documents = [[unit for unit in units if unit[0] == f"d{number:02d}"] for number in range(12)]
    drawn = np.random.default_rng(5)
    draws = [second([u for at in drawn.integers(0, 12, 12) for u in documents[at]]) for _ in range(400)]
    for label in ("x", MICRO, MACRO):
        low, high = np.quantile([draw[label][2] for draw in draws], [0.025, 0.975])
        assert (found[label]["f1_low"], found[label]["f1_high"]) == pytest.approx((low, high))
    low, high = np.quantile([draw[MACRO][0] for draw in draws], [0.025, 0.975])
    assert (found[MACRO]["precision_low"], found[MACRO]["precision_high"]) == pytest.approx((low, high))
    again = scores(table, counted.sample(fraction=1, shuffle=True, seed=3), resampling=how)
    assert again.equals(scores(table, counted, resampling=how)), "the order of rows does not matter"
    one = scores(table.with_columns(doc_id=pl.lit("d")), counted, resampling=how)
    assert one["f1_low"].null_count() == one.height, "nothing to draw from"


@pytest.mark.parametrize(
    ("layout", "unit"),
    [
        ("themes", "sentence"),
        ("themes", "paragraph"),
        ("themes", "document"),
        ("spans", "paragraph"),
        ("voices", "paragraph"),
        ("voices", "document"),
    ],
)
@pytest.mark.parametrize("arrows", [False, True])
def test_whoever_leaves_all_pre_annotations_finds_the_machine_right(tmp_path, layout, unit, arrows):
    made = make_corpus(tmp_path / "c", "http://127.0.0.1:1", {"s": speech_document(), "e": emoji_document()})
    shown = choose_layout(layout, arrows and layout != "themes", usual=False)
    units, labels = [], []
    for one in collect_units(made, shown, unit, "kk").units:
        at = {"doc_id": one.doc_id, "revision": one.revision, "unit_id": one.unit_id, "project": "p"}
        place = {"start": one.start, "end": one.end, "layout": layout, "pushed": one.written, "confirmed": True}
        units.append(at | place)
        for label in one.labels:
            target = json.dumps({"target": [one.start + offset for offset in label.target]} if label.target else {})
            row = {"layer": label.layer, "label": label.label, "attributes": target, "decision": "confirmed"}
            labels.append(at | row | {"start": one.start + label.start, "end": one.start + label.end})
    made.append("units", pl.DataFrame(units, schema=UNITS))
    made.append("labels", pl.DataFrame(labels, schema=LABELS))
    for pushed in (False, True):
        found = judged(made, layout=layout, pushed=pushed)
        assert found.table.height
        assert not found.comparison.errors.height
        assert found.table["f1"].unique().to_list() == [1.0]
        layers = set(found.table["layer"])
        assert layers >= (
            {"theme", "evidence"} if layout == "themes" else {"theme"} if layout == "spans" else {"quote"}
        )
        if layout == "voices" and (arrows or not pushed):
            assert "speaker" in layers


def test_stretches_of_themes_are_found_by_overlap(tmp_path):
    made = themed(tmp_path / "c")
    text = f"{FIRST} {SECOND} {THIRD} {FOURTH}"
    decide(
        made, "aigul", text, [("theme", "parliament", "Парламент заң"), ("theme", "economy", SECOND)], layout="spans"
    )
    found = judged(made, layout="spans")
    assert counts(found, "exact") == {
        "economy": (1, 1, 0),
        "parliament": (0, 1, 1),
        "rule_of_law": (0, 1, 0),
        MICRO: (1, 3, 1),
        MACRO: (1, 3, 1),
    }
    assert counts(found, "overlap")["parliament"] == (1, 0, 0)
    assert set(found.table["layer"]) == {"theme"}, "nobody was asked for quotations"
    rows = {(row["label"], row["error"]): row for row in errors(found, made).iter_rows(named=True)}
    assert rows["rule_of_law", "false positive"]["evidence"] == "сот"
    assert rows["parliament", "bounds"]["other"] == "Парламент заң"


def test_layers_stand_in_the_order_of_the_layout_wherever_their_units_are():
    table = pl.DataFrame({"unit": range(50), "doc_id": [f"d{unit}" for unit in range(50)]})
    rows = [(unit, "theme", "label", "law", 1, 1, 1) for unit in range(30, 50)]
    rows += [(unit, "evidence", "exact", "law", 1, 1, 1) for unit in range(20)]
    names = ["unit", "layer", "match", "label", "tp", "gold", "machine"]
    found = scores(table, pl.DataFrame(rows, schema=names, orient="row"), resampling=NONE)
    assert list(dict.fromkeys(found["layer"])) == ["theme", "evidence"]
