"""Measures against worked examples of their authors and against other people's programs."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.agreement import alpha, cohen_kappa, fleiss_kappa, masi_alpha, masi_distance, unitised
from schemas.errors import MinberError
from tests.corpus.agreement.teams import frame
from tests.examples import examples

FOUR = {  # Krippendorff (2011), section C: twelve units, four observers, missing values
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
COMPLETE = {coder: [values[unit] for unit in range(1, 9)] for coder, values in FOUR.items()}
WORDS = st.sets(st.sampled_from(["a", "b", "c", "d"])).map(frozenset)


def task(columns, **options):
    from nltk.metrics.agreement import AnnotationTask  # takes a second to import

    rows = [(coder, unit, value) for coder, values in columns.items() for unit, value in enumerate(values)]
    return AnnotationTask(data=rows, **options)


def test_alpha_of_the_example_of_its_author():
    assert alpha(frame(FOUR)) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_two_observers_of_the_example_of_its_author():
    """Krippendorff (2011), sections A and B."""
    binary = {"Meg": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "Owen": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]}
    assert alpha(frame(binary)) == pytest.approx(0.095, abs=0.0005)
    letters = {"Ben": list("aabbdcccedda"), "Gerry": list("babbbccceddd")}
    assert alpha(frame(letters)) == pytest.approx(0.692, abs=0.0005)


def test_kappas_and_alpha_as_irrcac_has_them():
    """irrCAC 0.4.4: ``CAC(table).fleiss()["est"]``, ``.krippendorff()``, of two columns ``.conger()`` (Cohen's)."""
    complete = frame({coder: [values[unit] for unit in (1, 2, 3, 4, 5, 6, 7, 8)] for coder, values in FOUR.items()})
    assert fleiss_kappa(frame(FOUR)) == pytest.approx(0.76117, abs=1e-5)
    assert fleiss_kappa(complete) == pytest.approx(0.64146, abs=1e-5)
    assert alpha(complete) == pytest.approx(0.65266, abs=1e-5)
    assert cohen_kappa(complete.filter(pl.col("coder").is_in(["A", "D"]))) == pytest.approx(0.82979, abs=1e-5)


def test_fleiss_kappa_of_a_worked_example():
    """Ten subjects, fourteen raters, five categories, kappa 0.210 (the example of the English Wikipedia)."""
    table = """0 0 0 0 14; 0 2 6 4 2; 0 0 3 5 6; 0 3 9 2 0; 2 2 8 1 1;
               7 7 0 0 0; 3 2 6 3 0; 2 5 3 2 2; 6 5 2 1 0; 0 2 2 3 7"""
    rows = [
        [value for value, count in enumerate(map(int, row.split())) for _ in range(count)] for row in table.split(";")
    ]
    coded = {f"{coder:02}": [row[coder] for row in rows] for coder in range(14)}
    assert fleiss_kappa(frame(coded)) == pytest.approx(0.210, abs=0.0005)
    assert fleiss_kappa(frame(coded)) == pytest.approx(task(coded).pi(), abs=1e-12)


def test_cohen_kappa_is_that_of_nltk():
    two = {coder: COMPLETE[coder] for coder in "AD"}
    assert cohen_kappa(frame(two)) == pytest.approx(task(two).kappa(), abs=1e-12)
    with pytest.raises(MinberError, match="MB481"):
        cohen_kappa(frame(FOUR))


@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), min_size=2, max_size=25))
@examples(60)
def test_alpha_is_that_of_krippendorff_with_any_values_missing(rows):
    import krippendorff

    table = pl.DataFrame(
        [(unit, str(coder), value) for unit, row in enumerate(rows) for coder, value in enumerate(row)],
        schema={"unit": pl.Int64, "coder": pl.String, "value": pl.Int64},
        orient="row",
    )
    found = alpha(table)
    paired = {value for row in rows if len(kept := [v for v in row if v is not None]) > 1 for value in kept}
    if len(paired) < 2:
        assert found is None, "what does not vary has no alpha"
        return
    data = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"), abs=1e-9)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=2, max_size=15))
@examples(60)
def test_masi_alpha_is_that_of_nltk(rows):
    coded = {str(coder): [row[coder] for row in rows] for coder in range(3)}
    found = masi_alpha(frame({coder: [sorted(value) for value in values] for coder, values in coded.items()}))
    if len({value for row in rows for value in row}) < 2:
        assert found is None
    else:
        assert found == pytest.approx(task(coded, distance=masi_distance).alpha(), abs=1e-9)


@given(WORDS, WORDS)
def test_masi_distance_is_that_of_nltk_but_for_its_rounding(left, right):
    from nltk.metrics.distance import masi_distance as nltk_masi

    if left or right:
        assert masi_distance(left, right) == pytest.approx(nltk_masi(left, right), abs=0.0034)
    else:
        assert masi_distance(left, right) == 0
    assert masi_distance(left, right) == masi_distance(right, left)


def test_masi_distances_by_hand():
    """Passonneau (2006): 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 else."""
    assert masi_distance({"a", "b"}, {"a", "b"}) == 0
    assert masi_distance({"a"}, {"a", "b", "c"}) == pytest.approx(1 - 1 / 3 * 2 / 3)
    assert masi_distance({"a", "b"}, {"b", "c"}) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi_distance({"a"}, set()) == 1


def test_alpha_for_unitising_of_the_example_of_its_author():
    """Krippendorff (2004), page 254: letters 150 to 450, two observers, categories c and k."""
    spans = {
        (0, "i", "c"): [(225, 295), (370, 400)],
        (0, "j", "c"): [(220, 300), (355, 375), (400, 420)],
        (0, "i", "k"): [(180, 240), (300, 350)],
        (0, "j", "k"): [(180, 240), (300, 350)],
    }
    spans = {key: [(start - 150, end - 150) for start, end in found] for key, found in spans.items()}
    assert unitised([300], [["i", "j"]], spans).estimate()[0] == pytest.approx(0.8591, abs=0.0005)
    only = {key: found for key, found in spans.items() if key[2] == "c"}
    assert unitised([300], [["i", "j"]], only).estimate()[0] == pytest.approx(0.7286, abs=0.00005)


def test_one_letter_that_one_of_three_marked_is_chance_exactly():
    """By the formula: observed 4 / (6 · 20²), expected 2 / 20 · (19 + 20 + 20) / (60 · 59), which are the same."""
    assert unitised([20], [["a", "b", "c"]], {(0, "a", "x"): [(0, 1)]}).estimate()[0] == pytest.approx(0, abs=1e-12)


def test_stretches_of_different_texts_never_meet():
    """The same offsets in two texts: laid on top of each other, they would agree."""
    spans = {(0, "i", "q"): [(10, 30)], (1, "j", "q"): [(10, 30)]}
    value, raw = unitised([100, 100], [["i", "j"], ["i", "j"]], spans).estimate()
    assert value is not None
    assert value < 0
    assert raw == 0


def test_what_does_not_vary_has_no_value():
    same = frame({"a": [1, 1, 1], "b": [1, 1, 1]})
    assert (alpha(same), cohen_kappa(same), fleiss_kappa(same)) == (None, None, None)
    assert unitised([10], [["a", "b"]], {}).estimate() == (None, None)
    alone = frame({"a": [1, 2, None], "b": [None, None, 1]})
    assert (alpha(alone), fleiss_kappa(alone)) == (None, None), "nobody coded what another did"


CODED = st.lists(st.lists(st.sampled_from(["x", "y", "z", None]), min_size=4, max_size=4), min_size=3, max_size=12)


@given(CODED, st.permutations(range(4)), st.randoms(use_true_random=False))
@examples(60)
def test_names_of_coders_values_and_the_order_of_units_change_nothing(rows, order, random):
    before = frame({f"c{coder}": [row[coder] for row in rows] for coder in range(4)} | {"q": ["x"] * len(rows)})
    shuffled = random.sample(rows, len(rows))
    other = {"x": "1", "y": "0", "z": "2", None: None}
    after = frame(
        {f"k{order[coder]}": [other[row[coder]] for row in shuffled] for coder in range(4)} | {"a": ["1"] * len(rows)}
    )
    for measure in (alpha, fleiss_kappa):
        assert measure(after) == pytest.approx(measure(before), abs=1e-9)
