"""Corrected rates: a published example, simulations where the truth is known, and what must always hold."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import binomtest

from corpus.stats import corrected_shares, gold_counts
from schemas.errors import MinberError
from tests.examples import examples

RUNS = 4000
gold_rows = st.tuples(*[st.integers(0, 60)] * 4)


def rate(count: int, n: int) -> pl.DataFrame:
    return pl.DataFrame({"theme": ["law"], "count": [count], "n": [n]})


def gold(tp: int, fp: int, fn: int, tn: int) -> pl.DataFrame:
    return pl.DataFrame({"theme": ["law"], "tp": [tp], "fp": [fp], "fn": [fn], "tn": [tn]})


def test_a_published_example() -> None:
    """23 of 150 cows, sensitivity 96 %, specificity 89 %: 5.1 of 100 (the manual of epiR, ``epi.prev``)."""
    row = corrected_shares(rate(23, 150), gold(96, 11, 4, 89)).row(0, named=True)
    assert round(100 * row["corrected"], 1) == 5.1
    assert row["corrected_low"] == 0  # epiR: 0 to 13, with sensitivity and specificity taken as known
    assert 0.13 < row["corrected_high"] < 0.18
    assert (row["precision"], row["recall"]) == (96 / 107, 0.96)
    assert (row["gold_units"], row["gold_with"], row["note"]) == (200, 100, None)


def test_the_interval_of_rogan_and_gladen_by_hand() -> None:
    """60 of 200, 45 of 50 and 95 of 100, by a calculator, with Lang and Reiczigel's formulas."""
    z = 1.959963984540054
    q, se, sp = (60 + z * z / 2) / (200 + z * z), 46 / 52, 96 / 102
    p = (q + sp - 1) / (se + sp - 1)
    v_se, v_sp = se * (1 - se) / 52, sp * (1 - sp) / 102
    error = (q * (1 - q) / (200 + z * z) + p**2 * v_se + (1 - p) ** 2 * v_sp) ** 0.5 / (se + sp - 1)
    shift = 2 * z * z * (p * v_se - (1 - p) * v_sp)
    row = corrected_shares(rate(60, 200), gold(45, 5, 5, 95)).row(0, named=True)
    assert row["corrected"] == pytest.approx((0.3 + 0.95 - 1) / 0.85)
    assert (row["corrected_low"], row["corrected_high"]) == pytest.approx(
        (p + shift - z * error, p + shift + z * error)
    )


def simulated(
    random: np.random.Generator, estimator: str, truth: float, recall: float, specificity: float, gold_size: int, n: int
) -> tuple[float, float]:
    """How often 95 % intervals hold the truth, and how far the mean estimate is from it."""
    runs = RUNS
    counted = random.binomial(n, truth * recall + (1 - truth) * (1 - specificity), runs)
    # calibration needs gold like the corpus; the other may take gold where the theme is more common
    share = truth if estimator == "calibration" else max(truth, 0.25)
    with_theme = random.binomial(gold_size, share, runs)
    tp, fp = random.binomial(with_theme, recall), random.binomial(gold_size - with_theme, 1 - specificity)
    names = [f"t{number}" for number in range(runs)]
    measured = pl.DataFrame(
        {"theme": names, "tp": tp, "fp": fp, "fn": with_theme - tp, "tn": gold_size - with_theme - fp}
    )
    found = corrected_shares(pl.DataFrame({"theme": names, "count": counted, "n": [n] * runs}), measured, estimator)
    kept = found.filter(pl.col("corrected").is_not_null())
    assert kept.height > 0.9 * runs
    held = kept.filter((pl.col("corrected_low") <= truth) & (pl.col("corrected_high") >= truth)).height / kept.height
    return held, float(kept["corrected"].mean()) - truth  # type: ignore[arg-type]


@pytest.mark.parametrize("estimator", ["rogan-gladen", "calibration"])
@pytest.mark.parametrize(
    ("truth", "recall", "specificity", "gold_size", "n"),
    [(0.05, 0.7, 0.97, 600, 5000), (0.1, 0.6, 0.95, 400, 1000), (0.3, 0.6, 0.95, 300, 2000), (0.5, 0.9, 0.8, 150, 300)],
)
def test_intervals_hold_a_known_truth(
    estimator: str, truth: float, recall: float, specificity: float, gold_size: int, n: int
) -> None:
    random = np.random.default_rng(20260101)
    held, bias = simulated(random, estimator, truth, recall, specificity, gold_size, n)
    # of 4000 runs, so that exact 95 % would give 94.3 to 95.7 in 19 of 20 cases
    assert 0.94 <= held <= 0.965
    assert abs(bias) < 0.01


def test_uncorrected_intervals_do_not_hold_it() -> None:
    """What the correction is for: Wilson's interval of the machine's rate is sharp and beside the truth."""
    random = np.random.default_rng(1)
    held, _ = simulated(random, "rogan-gladen", 0.3, 0.6, 0.95, 400, 2000)
    machine = random.binomial(2000, 0.3 * 0.6 + 0.7 * 0.05, 600)
    naive = [binomtest(int(count), 2000).proportion_ci(method="wilson") for count in machine]
    assert held > 0.93
    assert sum(bound.low <= 0.3 <= bound.high for bound in naive) == 0


@given(gold_rows, st.integers(0, 50), st.integers(0, 50), st.sampled_from(["rogan-gladen", "calibration"]))
@examples(150)
def test_estimates_are_shares_within_their_intervals(
    counts: tuple[int, int, int, int], count: int, rest: int, estimator: str
) -> None:
    row = corrected_shares(rate(count, count + rest), gold(*counts), estimator).row(0, named=True)
    bounds = row["corrected_low"], row["corrected"], row["corrected_high"]
    if row["corrected"] is None:
        assert bounds == (None, None, None)
        assert row["note"] or not count + rest
    else:
        assert 0 <= bounds[0] <= bounds[1] <= bounds[2] <= 1


def test_too_little_gold_is_said() -> None:
    few = corrected_shares(rate(5, 100), gold(4, 1, 3, 92)).row(0, named=True)
    assert (few["corrected"], few["note"]) == (None, "fewer than 10 gold units with")
    assert few["recall"] == 4 / 7
    blind = corrected_shares(rate(5, 100), gold(5, 50, 15, 50)).row(0, named=True)
    assert (blind["corrected"], blind["note"]) == (None, "the machine is no better than chance in gold")
    cut = corrected_shares(rate(1, 100), gold(15, 5, 5, 75)).row(0, named=True)
    assert (cut["corrected"], cut["note"]) == (0, "below 0, set to 0")
    none = corrected_shares(rate(1, 100), gold(15, 5, 5, 75).with_columns(theme=pl.lit("other"))).row(0, named=True)
    assert (none["corrected"], none["gold_units"]) == (None, 0)


def test_a_perfect_machine_is_left_alone() -> None:
    for estimator in ("rogan-gladen", "calibration"):
        row = corrected_shares(rate(30, 100), gold(500, 0, 0, 500), estimator).row(0, named=True)
        assert row["corrected"] == pytest.approx(0.3)


units = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30)


@given(units, st.integers(0, 30), st.randoms())
@examples(60)
def test_gold_counts_by_definition_add_up(rows: list[tuple[bool, bool]], cut: int, random: object) -> None:
    places = pl.DataFrame(
        [("d", 10 * at, 10 * at + 9) for at in range(len(rows))],
        schema={"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64},
        orient="row",
    )
    labelled = places.with_columns(label=pl.lit("law"))
    human, machine = (labelled.filter(pl.Series([row[who] for row in rows], dtype=pl.Boolean)) for who in (0, 1))
    whole = gold_counts(places, human, machine, ["law"])
    expected = [
        sum(row == pair for row in rows) for pair in ((True, True), (False, True), (True, False), (False, False))
    ]
    assert whole.row(0) == ("law", *expected)
    parts = [gold_counts(part, human, machine, ["law"]) for part in (places[:cut], places[cut:])]
    assert_frame_equal(pl.concat(parts).group_by("theme").sum(), whole)
    shuffled = places.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 99))  # type: ignore[attr-defined]
    assert_frame_equal(gold_counts(shuffled, human.reverse(), machine, ["law"]), whole)


def test_unknown_estimator_is_named() -> None:
    with pytest.raises(MinberError, match="MB505"):
        corrected_shares(rate(1, 2), gold(1, 1, 1, 1), "guess")
