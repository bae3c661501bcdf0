"""Similarities and distances against quanteda's and SciPy's."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.spatial import distance

from corpus.stats import counts, similarity
from corpus.stats.similarity import METHODS
from schemas.errors import MinberError
from tests.examples import examples

from .goldens import OUT, assert_same, golden, needs_goldens, tokens

DISTANCES = ("euclidean", "manhattan", "maximum", "canberra")


@needs_goldens
@pytest.mark.parametrize("method", METHODS)
def test_same_as_quanteda(method: str) -> None:
    modern = tokens().filter(pl.col("year") > 1980)["doc_id"].unique().to_list()
    ours = similarity(tokens(), method, selection=modern)
    theirs = golden(f"{'dist' if method in DISTANCES else 'simil'}_{method.replace(' ', '_')}")
    assert_same(ours, theirs, ["document1", "document2"])


@needs_goldens
def test_features_as_quanteda() -> None:
    theirs = pl.read_csv(OUT / "simil_features_cosine.csv").unpivot(
        index="feature", variable_name="feature2", value_name="cosine"
    )
    ours = similarity(tokens(), margin="features", selection=["liberty", "peace", "war"])
    assert_same(ours, theirs.rename({"feature": "feature1"}), ["feature1", "feature2"])


bags = st.lists(st.integers(0, 6), min_size=5, max_size=5).filter(any)


@given(st.tuples(bags, bags, bags))
@examples(60)
def test_distances_of_scipy(rows: tuple[list[int], ...]) -> None:
    frame = pl.DataFrame(
        [(f"d{i}", f"w{j}", n) for i, row in enumerate(rows) for j, n in enumerate(row) if n],
        schema=["doc_id", "token", "count"],
        orient="row",
    )
    space = [j for j in range(5) if any(row[j] for row in rows)]
    for ours, theirs in (("euclidean", distance.euclidean), ("manhattan", distance.cityblock),
                         ("maximum", distance.chebyshev), ("canberra", distance.canberra)):  # fmt: skip
        for one, two, value in similarity(frame, ours).iter_rows():
            a, b = ([rows[int(name[1])][j] for j in space] for name in (one, two))
            assert value == pytest.approx(theirs(a, b), rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_parts_and_order_do_not_matter(method: str) -> None:
    frame = pl.DataFrame({"doc_id": [f"d{i % 4}" for i in range(80)], "token": [f"w{i * i % 11}" for i in range(80)]})
    parts = pl.concat([counts(frame[50:]), counts(frame[:50])])
    assert_frame_equal(similarity(parts, method), similarity(frame, method))


def test_groups_and_choices() -> None:
    frame = pl.DataFrame({"doc_id": ["a", "b", "c"], "token": ["x", "x", "y"], "speaker": ["A", "A", None]})
    assert similarity(frame, by="speaker").rows() == [("(none)", "A", 0.0)]
    with pytest.raises(MinberError, match="MB505"):
        similarity(frame, "nearness")
