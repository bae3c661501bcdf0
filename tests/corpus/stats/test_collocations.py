"""Collocations and co-occurrences against quanteda's, and by brute force."""

from __future__ import annotations

import math
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.stats import collocates, collocations, cooccurrences, keyness, near
from corpus.stats.contingency import Table2x2, g2
from tests.examples import examples

from .goldens import assert_same, golden, needs_goldens, tokens

KEYS = ["collocation"]


@needs_goldens
class TestAgainstQuanteda:
    @pytest.mark.parametrize(
        ("name", "form", "options"),
        [
            ("colloc2", "np", {"min_count": 5}),
            ("colloc2_pad", "pad", {"min_count": 5}),
            ("colloc2_smooth1", "np", {"min_count": 10, "smoothing": 1.0}),
            ("colloc3", "np", {"size": 3, "min_count": 5}),
            ("colloc2and3", "np", {"size": (2, 3), "min_count": 10}),
        ],
    )
    def test_lambda_and_z(self, name: str, form: str, options: dict[str, object]) -> None:
        assert_same(collocations(tokens(form), **options), golden(name), KEYS)

    def test_punctuation_cuts(self) -> None:
        # quanteda leaves words in capitals as they are here, as if they were acronyms
        capitals = pl.col("token").str.contains(r"^\p{Lu}(\p{Lu}|\d)+$")
        frame = tokens("raw", lower=False).with_columns(
            token=pl.when(capitals).then("token").otherwise(pl.col("token").str.to_lowercase()),
            cut=pl.col("token").str.contains(r"^\p{P}+$"),
        )
        assert_same(collocations(frame, min_count=10, breaks="cut"), golden("colloc2_raw"), KEYS)

    def test_cooccurrences(self) -> None:
        ours = cooccurrences(tokens(), 5, ["liberty", "peace", "freedom", "war"])
        assert_same(ours, golden("fcm_window5_top"), ["a", "b"])

    def test_keyness_of_surroundings(self) -> None:
        marked = near(tokens(), "war", 10).drop_nulls("near")
        ours = keyness(marked, pl.col("near"))
        theirs = golden("context_keyness_war")
        assert ours["feature"].head(30).to_list() == theirs["feature"].head(30).to_list()
        a, b = pl.col("n_target").cast(pl.Float64), pl.col("n_reference").cast(pl.Float64)
        table = Table2x2(a, b, a.sum() - a, b.sum() - b)
        as_theirs = ours.with_columns(G2=g2(table, epsilon=1e-9) * table.sign)
        joined = as_theirs.join(theirs.select("feature"), on="feature", how="semi")
        assert_same(joined.select("feature", "G2", "n_target", "n_reference"), theirs.drop("p"), ["feature"])


texts = st.lists(st.lists(st.sampled_from("abc"), max_size=12), min_size=1, max_size=4)


def frame_of(documents: list[list[str]]) -> pl.DataFrame:
    rows = [(f"d{number}", word) for number, words in enumerate(documents) for word in words]
    return pl.DataFrame(rows, schema={"doc_id": pl.String, "token": pl.String}, orient="row")


@given(texts, st.sampled_from([2, 3]))
@examples(60)
def test_cells_are_those_of_comparing_every_pair(documents: list[list[str]], n: int) -> None:
    grams = [tuple(words[i : i + n]) for words in documents for i in range(len(words) - n + 1)]
    result = collocations(frame_of(documents), n, min_count=1)
    assert set(result["collocation"]) == {" ".join(gram) for gram in grams}
    for row in result.iter_rows(named=True):
        own = tuple(row["collocation"].split())
        cells = dict.fromkeys(product((0, 1), repeat=n), 0.5)
        for gram in grams:
            cells[tuple(int(x == y) for x, y in zip(gram, own, strict=True))] += 1
        expected = sum((-1) ** (n - sum(cell)) * math.log(count) for cell, count in cells.items())
        error = math.sqrt(sum(1 / count for count in cells.values()))
        assert row["lambda"] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert row["z"] == pytest.approx(expected / error, rel=1e-9, abs=1e-9)


@given(texts, st.integers(1, 4))
@examples(60)
def test_windows_by_brute_force(documents: list[list[str]], window: int) -> None:
    expected: dict[tuple[str, str], int] = {}
    for words in documents:
        for i, a in enumerate(words):
            for j in range(max(0, i - window), min(len(words), i + window + 1)):
                if i != j:
                    expected[a, words[j]] = expected.get((a, words[j]), 0) + 1
    frame = frame_of(documents)
    assert {(a, b): n for a, b, n in cooccurrences(frame, window).iter_rows()} == expected
    marks = near(frame, "a", window)["near"].to_list()
    flat = [
        None if word == "a" else "a" in words[max(0, i - window) : i + window + 1]
        for words in documents
        for i, word in enumerate(words)
    ]
    assert marks == flat


@given(texts)
@examples(30)
def test_order_of_documents_does_not_matter(documents: list[list[str]]) -> None:
    frame = frame_of(documents)
    turned = pl.concat([part for _, part in frame.group_by("doc_id", maintain_order=True)][::-1] or [frame])
    assert_frame_equal(collocations(turned, (2, 3)), collocations(frame, (2, 3)))
    assert_frame_equal(collocates(turned, "a", min_count=1), collocates(frame, "a", min_count=1))


def test_breaks_and_nesting() -> None:
    frame = pl.DataFrame(
        {"doc_id": ["d"] * 6, "token": list("ab.abc"), "stop": [False, False, True, False, False, False]}
    )
    result = collocations(frame, (2, 3), min_count=1, breaks="stop")
    rows = {
        row["collocation"]: (row["count"], row["count_nested"], row["length"]) for row in result.iter_rows(named=True)
    }
    assert rows == {"a b": (2, 1, 2), "b c": (1, 1, 2), "a b c": (1, 0, 3)}


def test_collocates_by_hand() -> None:
    # 4 nodes; x stands near 3 times of 5, 8 places are near, 13 places in all
    words = list("xwyxwxywyywyxxyyy")
    frame = pl.DataFrame({"doc_id": ["d"] * len(words), "token": words}).with_columns(
        pl.col("token").replace("w", "war")
    )
    row = collocates(frame, "war", window=1, min_count=1).filter(feature="x").row(0, named=True)
    near_places, places, near_x, all_x = 8, 13, 3, 5
    expected = near_places * all_x / places
    assert (row["count"], row["frequency"]) == (near_x, all_x)
    assert row["expected"] == pytest.approx(expected)
    assert row["MI"] == pytest.approx(math.log2(3 / expected))
    assert row["MI3"] == pytest.approx(math.log2(27 / expected))
    assert row["t"] == pytest.approx((3 - expected) / math.sqrt(3))
    assert row["Dice"] == pytest.approx(2 * 3 / (4 + 5))
    assert row["logDice"] == pytest.approx(14 + math.log2(2 * 3 / (4 + 5)))
    assert row["deltaP"] == pytest.approx(3 / 8 - 2 / 5)
