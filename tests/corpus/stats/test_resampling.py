"""The bootstrap over documents: against SciPy, by its definition, and what it is for: words that come in bursts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats as scipy_stats

from corpus.stats import counts, keyness

Texts = list[tuple[int, int]]
"""Of each document: how often *x* stands in it, and how many other words."""

IN: Texts = [(3, 97), (0, 120), (9, 91), (4, 80), (6, 140), (2, 70), (5, 99)]
OUT: Texts = [(1, 99), (2, 150), (0, 90), (3, 120), (1, 80), (0, 60)]


def frame(inside: Texts, outside: Texts) -> pl.DataFrame:
    rows = [
        (f"{side}{number}", token, count, side == "in")
        for side, texts in (("in", inside), ("out", outside))
        for number, text in enumerate(texts)
        for token, count in zip(("x", "other"), text, strict=True)
        if count
    ]
    return pl.DataFrame(rows, schema=["doc_id", "token", "count", "inside"], orient="row")


def row_of(found: pl.DataFrame, feature: str = "x") -> dict[str, float]:
    return found.row(by_predicate=pl.col("feature") == feature, named=True)


def rates(texts: Texts) -> np.ndarray:
    return np.array([x / (x + rest) for x, rest in texts])


def test_the_standard_error_is_that_of_means_of_documents() -> None:
    row = row_of(keyness(frame(IN, OUT), pl.col("inside"), "bootstrap", bootstrap=20000))
    a, b = rates(IN), rates(OUT)
    exact = np.sqrt(a.var() / len(a) + b.var() / len(b))  # what an endless bootstrap tends to
    assert row["bootstrap"] == pytest.approx((a.mean() - b.mean()) / exact, rel=0.03)
    # p is near that of a test that takes means for normally distributed
    assert row["p"] == pytest.approx(2 * scipy_stats.norm.sf(row["bootstrap"]), abs=0.02)


@pytest.mark.filterwarnings("ignore:invalid value")  # SciPy takes the spread of infinite ratios
@pytest.mark.parametrize("measure", ["log_ratio", "odds_ratio", "pct_diff", "diff_coefficient"])
def test_intervals_are_those_of_scipy(measure: str) -> None:
    row = row_of(keyness(frame(IN, OUT), pl.col("inside"), measure, bootstrap=9999, seed=5))

    def effect(at_in: np.ndarray, at_out: np.ndarray, axis: int) -> np.ndarray:
        def total(texts: Texts, at: np.ndarray, column: int) -> np.ndarray:
            return np.array(texts)[at.astype(int), column].sum(axis=axis).astype(float)

        a, c, b, d = total(IN, at_in, 0), total(IN, at_in, 1), total(OUT, at_out, 0), total(OUT, at_out, 1)
        half = np.where(b == 0, 0.5, b)
        p, q = a / (a + c), b / (b + d)
        with np.errstate(divide="ignore"):
            return {
                "log_ratio": np.log2(p / (half / (b + d))),
                "pct_diff": 100 * (p - q) / q,
                "odds_ratio": a * d / (half * c),
                "diff_coefficient": (p - q) / (p + q),
            }[measure]

    places = (np.arange(len(IN)), np.arange(len(OUT)))
    bounds = scipy_stats.bootstrap(
        places, effect, n_resamples=9999, method="percentile", vectorized=True, rng=np.random.default_rng(7)
    ).confidence_interval
    base = 100 if measure == "pct_diff" else 0  # a difference of nearly equal numbers has no digits to lose
    assert base + row[f"{measure}_low"] == pytest.approx(base + bounds.low, rel=0.05, abs=0.03)
    assert base + row[f"{measure}_high"] == pytest.approx(base + bounds.high, rel=0.08, abs=0.03)
    assert row[f"{measure}_low"] < row[measure] < row[f"{measure}_high"]


def test_p_by_its_definition() -> None:
    """Two documents a side: of 16 pairs of samples 1 has x as rare in the target as out, none rarer."""
    found = row_of(keyness(frame([(2, 8), (4, 6)], [(2, 8), (0, 10)]), pl.col("inside"), "bootstrap", bootstrap=40000))
    # mean rates of the target .2 .3 .3 .4, of the reference .2 .1 .1 0: one tie of 16 counts by half
    assert found["p"] == pytest.approx(2 * 0.5 / 16, abs=0.005)
    small = row_of(keyness(frame([(5, 5), (6, 4)], [(0, 9), (0, 8)]), pl.col("inside"), "bootstrap", bootstrap=99))
    assert small["p"] == pytest.approx(1 / 100)


def test_bursts_do_not_make_keywords() -> None:
    """No difference but in bursts: G2 finds far too much, the bootstrap about what it says."""
    random = np.random.default_rng(3)
    words = 200
    shares = random.gamma(0.3, 0.02, size=(60, words)).clip(0, 0.5)
    rows = [
        (f"d{doc}", f"w{word}", int(count), doc < 30)
        for doc in range(60)
        for word, count in enumerate(random.binomial(300, shares[doc]))
        if count
    ]
    made = pl.DataFrame(rows, schema=["doc_id", "token", "count", "inside"], orient="row")
    rejected = {
        measure: (keyness(made, pl.col("inside"), measure)["p"] < 0.05).mean() for measure in ("G2", "bootstrap")
    }
    assert rejected["G2"] > 0.3  # type: ignore[operator]
    assert 0.01 < rejected["bootstrap"] < 0.1  # type: ignore[operator]


def test_the_order_of_rows_does_not_matter_and_the_seed_does() -> None:
    made = frame(IN, OUT)
    once = keyness(made, pl.col("inside"), "bootstrap", bootstrap=200, seed=1)
    shuffled = made.sample(fraction=1.0, shuffle=True, seed=2)
    assert_frame_equal(keyness(shuffled, pl.col("inside"), "bootstrap", bootstrap=200, seed=1), once)
    halves = pl.concat([counts(made[::2], by=["inside"]), counts(made[1::2], by=["inside"])])
    assert_frame_equal(keyness(halves, pl.col("inside"), "bootstrap", bootstrap=200, seed=1), once)
    assert row_of(keyness(made, pl.col("inside"), "bootstrap", bootstrap=200, seed=2)) != row_of(once)


def test_documents_with_both_parts_are_drawn_whole() -> None:
    """The rate is twice as high in the target's part of each document: sure, though documents differ much."""
    pairs = [(2 * n, 100 - 2 * n, n, 100 - n) for n in (1, 3, 9, 20, 40)]
    together = pl.DataFrame(
        [
            (f"d{number}", token, count, inside)
            for number, (a, c, b, d) in enumerate(pairs)
            for token, count, inside in (("x", a, True), ("other", c, True), ("x", b, False), ("other", d, False))
        ],
        schema=["doc_id", "token", "count", "inside"],
        orient="row",
    )
    apart = together.with_columns(doc_id=pl.concat_str("doc_id", pl.col("inside").cast(pl.String)))
    bounds = [row_of(keyness(one, pl.col("inside"), "log_ratio", bootstrap=999)) for one in (together, apart)]
    assert bounds[0]["log_ratio_low"] == pytest.approx(1) == bounds[0]["log_ratio_high"]
    assert bounds[1]["log_ratio_low"] < 0 < bounds[1]["log_ratio_high"]


def test_one_document_a_side_tells_nothing() -> None:
    row = row_of(keyness(frame(IN[:1], OUT), pl.col("inside"), "bootstrap"))
    assert (row["bootstrap"], row["p"], row["log_ratio_low"]) == (None, None, None)
