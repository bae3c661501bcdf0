"""Lexical diversity and entropy against quanteda's, and by definition."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import hypergeom

from corpus.stats import counts, diversity, entropy
from corpus.stats.diversity import IN_ORDER, MEASURES
from schemas.errors import MinberError
from tests.examples import examples

from .goldens import assert_same, golden, needs_goldens, tokens

WORDS = pl.col("token").str.contains(r"\p{L}")  # quanteda drops numbers, symbols and punctuation here


@needs_goldens
class TestAgainstQuanteda:
    def test_bags(self) -> None:
        theirs = golden("lexdiv")
        ours = diversity(tokens().filter(WORDS), theirs.columns[1:])
        assert_same(ours.select(theirs.columns), theirs, ["document"])

    def test_windows(self) -> None:
        theirs = golden("lexdiv_moving")
        ours = diversity(tokens("raw").filter(WORDS), ["TTR", "MATTR", "MSTTR"], window=50)
        assert_same(ours.select(theirs.columns), theirs, ["document"])

    def test_entropy(self) -> None:
        assert_same(entropy(tokens()), golden("entropy_docs"), ["document"])
        frequent = tokens().filter(pl.len().over("token") >= 20)
        assert_same(entropy(frequent, "features"), golden("entropy_features"), ["feature"])


texts = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=40)


def frame_of(*documents: list[str]) -> pl.DataFrame:
    rows = [(f"d{n}", word) for n, words in enumerate(documents) for word in words]
    return pl.DataFrame(rows, schema=["doc_id", "token"], orient="row")


@given(texts, texts, st.integers(1, 12))
@examples(80)
def test_moving_windows_by_definition(first: list[str], second: list[str], window: int) -> None:
    result = diversity(frame_of(first, second), ["MATTR", "MSTTR"], window=window)
    for words, row in zip((first, second), result.iter_rows(named=True), strict=True):
        size = min(window, len(words))  # of this document only, whatever the length of the other
        ratios = [len(set(words[i : i + size])) / size for i in range(len(words) - size + 1)]
        assert row["MATTR"] == pytest.approx(sum(ratios) / len(ratios))
        segments = [words[i : i + size] for i in range(0, len(words) - size + 1, size)]
        assert row["MSTTR"] == pytest.approx(sum(len(set(part)) / size for part in segments) / len(segments))


def test_hdd_is_the_expected_number_of_types() -> None:
    words = list("aaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbcccccccddde")
    expected = sum(1 - hypergeom.pmf(0, len(words), words.count(x), 42) for x in set(words)) / 42
    assert diversity(frame_of(words), ["HDD"])["HDD"].item() == pytest.approx(expected, rel=1e-9)
    assert diversity(frame_of(list("abc")), ["HDD"])["HDD"].item() is None


def test_mtld_by_hand() -> None:
    # forwards: a b c a a -> ratios 1 1 1 .75 .6: one factor of 5, then «b c», ratio 1: nothing left over
    words = list("abcaabc")
    # backwards: c b a a c -> 1 1 1 .75 .6: one factor, then «b a», nothing left over
    assert diversity(frame_of(words), ["MTLD"])["MTLD"].item() == pytest.approx(7.0)
    # a rest of ratio .75 counts as (1 - .75) / (1 - .72) factors
    rest = (1 - 0.75) / (1 - 0.72)
    assert diversity(frame_of(list("abca")), ["MTLD"])["MTLD"].item() == pytest.approx(4 / rest)
    assert diversity(frame_of(list("abcd")), ["MTLD"])["MTLD"].item() is None


def mtld_one_token_at_a_time(words: list[str]) -> float:
    def factors(order: list[str]) -> float:
        count, begin, types = 0.0, 0, set[str]()
        for place, word in enumerate(order):
            types.add(word)
            if len(types) < 0.72 * (place - begin + 1):
                count, begin, types = count + 1, place + 1, set()
        left = len(order) - begin
        return count + ((1 - len(types) / left) / (1 - 0.72) if left else 0.0)

    both = [factors(words), factors(words[::-1])]
    return sum(len(words) / count if count else math.nan for count in both) / 2


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(2, 600)), min_size=1, max_size=4), st.integers(0, 99))
def test_mtld_of_several_texts_by_definition(shapes: list[tuple[int, int]], seed: int) -> None:
    drawn = random.Random(seed)
    documents = [[f"w{int(drawn.paretovariate(0.6)) % types}" for _ in range(length)] for length, types in shapes]
    for words, mtld in zip(documents, diversity(frame_of(*documents), ["MTLD"])["MTLD"], strict=True):
        expected = mtld_one_token_at_a_time(words)
        assert (mtld is None and math.isnan(expected)) or mtld == pytest.approx(expected, rel=1e-12)


@given(texts, st.integers(0, 40))
@examples(40)
def test_parts_add_up(words: list[str], cut: int) -> None:
    bags = [name for name in MEASURES if name not in IN_ORDER]
    frame = frame_of(words)
    parts = pl.concat([counts(frame[:cut]), counts(frame[cut:])])
    assert_frame_equal(diversity(parts, bags), diversity(frame, bags))
    assert_frame_equal(entropy(parts), entropy(frame))


def test_what_is_not_defined_is_null() -> None:
    row = diversity(frame_of(["a"]), list(MEASURES)).row(0, named=True)
    assert row["TTR"] == row["MATTR"] == row["MSTTR"] == 1.0
    assert {name for name, value in row.items() if value is None} >= {"C", "U", "S", "I", "D", "Maas", "MTLD", "HDD"}
    assert not any(isinstance(value, float) and not math.isfinite(value) for value in row.values())


def test_measures_in_order_of_a_group() -> None:
    frame = frame_of(list("abab"), list("cdcd")).with_columns(lang=pl.lit("kk"))
    assert diversity(frame, ["TTR"], by="lang").row(0) == ("kk", 8, 4, 0.5)


def test_unknown_measure() -> None:
    with pytest.raises(MinberError, match=r"MB505.*MATTR"):
        diversity(frame_of(["a"]), ["XYZ"])
