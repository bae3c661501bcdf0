"""Shares of themes, their intervals, and what counts as a person's label."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import binomtest

from corpus.stats import agreed_labels, theme_shares
from corpus.stats.intervals import wilson
from schemas.errors import MinberError
from tests.examples import examples

THEMES = ["dialogue", "economy", "law"]
sentences = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([2020, 2021, None]), st.sets(st.sampled_from(THEMES))),
    min_size=1,
    max_size=30,
)


def frames(rows: list[tuple[str, int | None, set[str]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    units = [(doc, 10 * number, 10 * number + 9, year) for number, (doc, year, _) in enumerate(rows)]
    labels = [(doc, 10 * number, 10 * number + 9, theme) for number, (doc, _, own) in enumerate(rows) for theme in own]
    places = {"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64}
    return (
        pl.DataFrame(units, schema=places | {"year": pl.Int64}, orient="row"),
        pl.DataFrame(labels, schema=places | {"label": pl.String}, orient="row"),
    )


@given(sentences)
@examples(60)
def test_counts_by_definition(rows: list[tuple[str, int | None, set[str]]]) -> None:
    units, labels = frames(rows)
    result = theme_shares(units, labels, ["year"], THEMES)
    years = {"(none)" if year is None else str(year) for _, year, _ in rows}
    assert result.height == len(THEMES) * len(years)
    for row in result.iter_rows(named=True):
        own = [themes for _, year, themes in rows if ("(none)" if year is None else str(year)) == row["group"]]
        assert (row["count"], row["n"]) == (sum(row["theme"] in themes for themes in own), len(own))
        assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


@given(sentences, st.integers(0, 30), st.randoms())
@examples(60)
def test_parts_add_up_and_order_does_not_matter(
    rows: list[tuple[str, int | None, set[str]]], cut: int, random: object
) -> None:
    units, labels = frames(rows)
    whole = theme_shares(units, labels, themes=THEMES)
    parts = pl.concat([theme_shares(part, labels, themes=THEMES) for part in (units[:cut], units[cut:]) if part.height])
    added = parts.group_by("theme", maintain_order=True).agg(pl.col("count", "n").sum())
    assert_frame_equal(added, whole.select("theme", "count", "n"))
    shuffled = units.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 99))  # type: ignore[attr-defined]
    twice = pl.concat([labels, labels.reverse()])
    assert_frame_equal(theme_shares(shuffled, twice, themes=THEMES), whole)


def test_documents_as_units() -> None:
    units, labels = frames([("a", 2020, {"law"}), ("a", 2020, {"law"}), ("b", 2020, set())])
    labels = labels.join(units, on=["doc_id", "start", "end"])
    result = theme_shares(units, labels, ["year"], on=["doc_id", "year"])
    assert result.select("theme", "count", "n").rows() == [("law", 1, 2)]


@given(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
@examples(100)
def test_wilson_as_scipy_has_it(pair: tuple[int, int], level: float) -> None:
    low, high = wilson(pl.lit(pair[0]), pl.lit(pair[1]), level)
    expected = binomtest(*pair).proportion_ci(level, method="wilson")
    assert pl.select(low=low, high=high).row(0) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_labels_of_coders() -> None:
    units = pl.DataFrame(
        {
            "unit_id": ["u", "u", "u", "v", "w"],
            "project": ["p", "q", "r", "p", "p"],
            "doc_id": ["a"] * 5,
            "start": [0, 0, 0, 10, 20],
            "end": [9, 9, 9, 19, 29],
            "confirmed": [True, True, True, True, None],
        }
    )
    labels = pl.DataFrame(
        [
            ("u", "p", "theme", "law", "confirmed"),
            ("u", "q", "theme", "law", "added"),
            ("u", "r", "theme", "law", "rejected"),
            ("u", "p", "theme", "economy", "added"),
            ("u", "p", "quote", "direct", "added"),
            ("w", "p", "theme", "law", "added"),
        ],
        schema=["unit_id", "project", "layer", "label", "decision"],
        orient="row",
    )
    coded, agreed = agreed_labels(units, labels)
    assert coded.rows() == [("a", 0, 9, 3), ("a", 10, 19, 1)]
    assert agreed.rows() == [("a", 0, 9, "law")]


def test_missing_columns_are_named() -> None:
    units, labels = frames([("a", 2020, {"law"})])
    with pytest.raises(MinberError, match="MB505 there is no column label"):
        theme_shares(units, labels.drop("label"))
