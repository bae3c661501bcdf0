"""Keyness against quanteda, SciPy and published examples."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats as scipy_stats

from corpus.stats import counts, keyness
from corpus.stats.contingency import Correction, Table2x2, adjusted, chi2, g2, g2_two_cells, p_of_chi2
from corpus.stats.keyness import MEASURES
from schemas.errors import MinberError
from tests.examples import examples

from .goldens import assert_same, golden, needs_goldens, tokens, with_party

MODERN = pl.col("year") > 1945
KEYS = ["feature"]


def quantedas_g2(frame: pl.DataFrame, correction: Correction) -> pl.DataFrame:
    """G2 with the 1e-9 that quanteda adds inside each logarithm."""
    a, b = pl.col("n_target").cast(pl.Float64), pl.col("n_reference").cast(pl.Float64)
    table = Table2x2(a, b, a.sum() - a, b.sum() - b)
    return frame.with_columns(G2=g2(table, correction, epsilon=1e-9) * table.sign)


@needs_goldens
class TestAgainstQuanteda:
    @pytest.mark.parametrize("correction", ["default", "none", "yates"])
    def test_chi2(self, correction: str) -> None:
        ours = keyness(tokens(), MODERN, "chi2", correction=correction)
        # p by 1 - pchisq() loses digits below 1e-10 or so, and is 0 below 1e-16
        assert_same(
            ours.select("feature", "chi2", "n_target", "n_reference", "p"),
            golden(f"keyness_chi2_{correction}"),
            KEYS,
            abs_=1e-12,
        )

    def test_chi2_with_williams_divides_where_quanteda_multiplies(self) -> None:
        theirs = golden("keyness_chi2_williams")
        plain = keyness(tokens(), MODERN, "chi2", correction="none").select("feature", plain="chi2")
        ours = keyness(tokens(), MODERN, "chi2", correction="williams").join(plain, on="feature")
        multiplied = ours.with_columns(chi2=pl.col("plain") * pl.col("plain") / pl.col("chi2"))
        assert_same(multiplied.select("feature", "chi2", "n_target", "n_reference"), theirs.drop("p"), KEYS)

    @pytest.mark.parametrize("correction", ["default", "none", "yates", "williams"])
    def test_g2(self, correction: Correction) -> None:
        ours = keyness(tokens(), MODERN, "G2", correction=correction)
        theirs = golden(f"keyness_lr_{correction}")
        as_theirs = quantedas_g2(ours, correction).with_columns(p=p_of_chi2(pl.col("G2"))[0])
        assert_same(as_theirs.select(theirs.columns), theirs, KEYS)
        # and without the 1e-9 we differ by what it makes up: 2e-9 · N
        both = ours.join(theirs, on="feature", suffix="_theirs")
        assert (both["G2"] - both["G2_theirs"]).abs().max() < 2.001e-9 * tokens().height

    def test_g2_of_parties(self) -> None:
        frame = with_party()
        ours = keyness(frame, pl.col("party") == "Democratic", "lr", reference=pl.col("party") == "Republican")
        # quanteda's table keeps the words that neither party uses, at 0
        theirs = golden("keyness_party_lr").filter(pl.col("n_target") + pl.col("n_reference") > 0)
        assert_same(
            quantedas_g2(ours, "default").select("feature", "G2", "n_target", "n_reference"), theirs.drop("p"), KEYS
        )

    def test_pmi(self) -> None:
        ours = keyness(tokens(), MODERN, "pmi").select("feature", "pmi", "n_target", "n_reference")
        theirs = golden("keyness_pmi_none").drop("p")  # quanteda looks PMI up as chi2, which it is not
        # quanteda adds 1e-9 in this logarithm too; ours of a word that the target lacks is minus infinity
        assert_same(ours.with_columns(pmi=(pl.col("pmi").exp() + 1e-9).log()), theirs, KEYS)

    def test_exact(self) -> None:
        frequent = tokens().filter(pl.len().over("token") >= 100)
        ours = keyness(frequent, MODERN, "exact").select("feature", "exact", "p", "n_target", "n_reference")
        theirs = golden("keyness_exact_top")
        assert_same(ours.drop("exact"), theirs.drop("exact"), KEYS)
        # R's search for the odds ratio stops at 1.2e-4 (uniroot's default), SciPy's at machine precision
        assert_same(ours, theirs, KEYS, rel=2e-4)


def table_of(a: int, b: int, c: int, d: int) -> tuple[pl.DataFrame, Table2x2]:
    return pl.DataFrame({"a": [a], "b": [b], "c": [c], "d": [d]}), Table2x2(
        *(pl.col(name).cast(pl.Float64) for name in "abcd")
    )


cells = st.tuples(*[st.integers(1, 2000)] * 4)


@given(cells)
@examples(100)
def test_statistics_agree_with_scipy(counts_of: tuple[int, int, int, int]) -> None:
    a, b, c, d = counts_of
    frame, table = table_of(a, b, c, d)
    ours = frame.select(g2=g2(table, "none"), chi2=chi2(table, "none")).row(0)
    likelihood = scipy_stats.chi2_contingency([[a, b], [c, d]], correction=False, lambda_="log-likelihood")
    pearson = scipy_stats.chi2_contingency([[a, b], [c, d]], correction=False)
    assert ours == pytest.approx((likelihood.statistic, pearson.statistic), rel=1e-9, abs=1e-9)
    p, log10_p = frame.select(p=p_of_chi2(g2(table, "none"))[0], log10_p=p_of_chi2(g2(table, "none"))[1]).row(0)
    assert p == pytest.approx(likelihood.pvalue, rel=1e-7)
    assert 10**log10_p == pytest.approx(p, rel=1e-9)


def test_p_does_not_underflow_in_its_logarithm() -> None:
    p, log10_p = pl.DataFrame({"x": [5000.0]}).select(p=p_of_chi2(pl.col("x"))[0], log=p_of_chi2(pl.col("x"))[1]).row(0)
    assert p == 0.0
    # chi-squared with one degree of freedom: log p = log erfc(sqrt(x / 2)); asymptotic series to 1 / x^3
    x = 5000.0
    series = math.log(math.sqrt(2 / (math.pi * x))) - x / 2 + math.log(1 - 1 / x + 3 / x**2 - 15 / x**3)
    assert log10_p == pytest.approx(series / math.log(10), rel=1e-9)


def test_two_cells_are_those_of_the_ucrel_calculator() -> None:
    # the wizard's own formula on its page: a=1107, b=805, c=40330, d=100241
    frame, table = table_of(1107, 805, 40330 - 1107, 100241 - 805)
    e1, e2 = 40330 * 1912 / 140571, 100241 * 1912 / 140571
    expected = 2 * (1107 * math.log(1107 / e1) + 805 * math.log(805 / e2))
    assert frame.select(g2_two_cells(table)).item() == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(706.143, abs=5e-4)  # as conc and docuscospacy print it for «we»


def test_williams_divides() -> None:
    frame, table = table_of(12, 22, 16, 50)
    q = 1 + (100 / 34 + 100 / 66 - 1) * (100 / 28 + 100 / 72 - 1) / 600
    plain, corrected = frame.select(plain=g2(table, "none"), corrected=g2(table, "williams")).row(0)
    assert corrected == pytest.approx(plain / q)
    assert corrected < plain


@pytest.mark.parametrize("method", ["bonferroni", "holm", "bh"])
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@examples(60)
def test_corrections_for_many_tests(method: str, values: list[float]) -> None:
    ours = pl.DataFrame({"p": values}).select(adjusted(pl.col("p"), method)).to_series().to_list()
    m, order = len(values), sorted(range(len(values)), key=values.__getitem__)
    expected = [0.0] * m
    if method == "bonferroni":
        expected = [min(1.0, value * m) for value in values]
    elif method == "holm":
        so_far = 0.0
        for rank, place in enumerate(order):
            so_far = max(so_far, values[place] * (m - rank))
            expected[place] = min(1.0, so_far)
    else:
        expected = list(scipy_stats.false_discovery_control(values))
    assert ours == pytest.approx(expected, rel=1e-12)


@needs_goldens
def test_t_agrees_with_scipy() -> None:
    ours = keyness(tokens(), MODERN, "t", adjust="none").filter(
        pl.col("feature").is_in(["we", "the", "america", "thereof"])
    )
    shares = (
        tokens()
        .group_by("doc_id", "year")
        .agg((pl.col("token") == word).sum().truediv(pl.len()).alias(word) for word in ours["feature"])
    )
    for row in ours.iter_rows(named=True):
        new, old = shares.filter(MODERN)[row["feature"]], shares.filter(~MODERN)[row["feature"]]
        expected = scipy_stats.ttest_ind(new.to_numpy(), old.to_numpy(), equal_var=False)
        assert (row["t"], row["p"]) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)


def test_effect_sizes_by_hand() -> None:
    # 20 of 1,000 against 5 of 500
    frame = pl.DataFrame({"doc_id": ["a", "a", "b", "b"], "token": ["x", "y", "x", "y"], "count": [20, 980, 5, 495]})

    def measured(name: str, **options: object) -> float:
        return keyness(frame, ["a"], name, **options).filter(feature="x")[name].item()

    assert measured("log_ratio") == pytest.approx(1.0)
    assert measured("pct_diff") == pytest.approx(100.0)
    assert measured("odds_ratio") == pytest.approx((20 / 980) / (5 / 495))
    assert measured("diff_coefficient") == pytest.approx((0.02 - 0.01) / (0.02 + 0.01))
    assert measured("pmi") == pytest.approx(math.log(20 / (25 * 1000 / 1500)))
    weight = 100 * 25 / 1500  # Monroe, Colaresi and Quinn, equations 16, 19 and 21
    delta = math.log((20 + weight) / (1100 - 20 - weight)) - math.log((5 + weight) / (600 - 5 - weight))
    expected = delta / math.sqrt(1 / (20 + weight) + 1 / (5 + weight))
    assert measured("log_odds", prior=100.0) == pytest.approx(expected)
    assert measured("log_odds") == pytest.approx(measured("log_odds", prior=750.0))


def test_words_of_the_reference_only_are_kept_with_a_negative_sign() -> None:
    frame = pl.DataFrame({"doc_id": ["a"] * 50 + ["b"] * 50, "token": ["x"] * 50 + ["x"] * 40 + ["y"] * 10})
    result = keyness(frame, ["a"])
    assert result.filter(feature="y").select("n_target", "n_reference").row(0) == (0, 10)
    assert result.filter(feature="y")["G2"].item() < -10


@pytest.mark.parametrize("measure", [name for name in MEASURES if name != "exact"])
def test_parts_and_order_do_not_matter(measure: str) -> None:
    words = ["а", "б", "в", "г", "д"]
    rows = [(f"d{i % 6}", words[(i * i + i // 7) % 5]) for i in range(300)]
    frame = pl.DataFrame(rows, schema=["doc_id", "token"], orient="row")
    whole = keyness(frame, ["d0", "d1", "d2"], measure)
    parts = pl.concat([counts(frame[150:]), counts(frame[:150])])
    assert_frame_equal(keyness(parts, ["d0", "d1", "d2"], measure), whole)
    assert_frame_equal(keyness(frame.sample(fraction=1.0, shuffle=True, seed=1), ["d0", "d1", "d2"], measure), whole)


def test_targets_of_every_kind() -> None:
    frame = pl.DataFrame({"doc_id": ["a", "b", "c"], "token": ["x", "y", "z"], "year": [2000, 2010, None]})
    by_ids = keyness(frame, ["b"], reference=["a"])
    assert_frame_equal(keyness(frame, pl.col("year") > 2005, reference="year < 2005"), by_ids)
    assert_frame_equal(keyness(frame.lazy(), "year > 2005", reference=pl.col("year") < 2005).collect(), by_ids)
    assert set(by_ids["feature"]) == {"x", "y"}


@pytest.mark.parametrize(
    ("options", "said"), [({"measure": "g"}, "G2_two_cells"), ({"correction": "x"}, "yates"), ({"adjust": "x"}, "holm")]
)
def test_wrong_choices_name_the_right_ones(options: dict[str, str], said: str) -> None:
    with pytest.raises(MinberError, match=f"MB505.*{said}"):
        keyness(pl.DataFrame({"doc_id": ["a"], "token": ["b"]}), ["a"], **options)
