"""Frequencies against quanteda's tables, and what must hold of any corpus."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.stats import counts, frequency, ngrams, token_totals
from schemas.errors import MinberError
from tests.examples import examples

from .goldens import assert_same, golden, needs_goldens, tokens, with_party

corpora = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["сөз", "сөздің", "x", "."])), min_size=1, max_size=60
)


def frame_of(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(sorted(rows, key=lambda row: row[0]), schema=["doc_id", "token"], orient="row")


@needs_goldens
class TestAgainstQuanteda:
    def test_frequency(self) -> None:
        assert_same(frequency(tokens()).drop("per_million"), golden("frequency"), ["feature", "group"])

    def test_frequency_by_group(self) -> None:
        theirs = golden("frequency_by_party")
        full = frequency(with_party(), by=["party"]).drop("per_million")
        ours = full.join(theirs, on=["feature", "group"], how="semi")
        assert_same(ours, theirs, ["feature", "group"])
        top = frequency(with_party(), by=["party"], top=50)
        # which of equally frequent words make the last places is arbitrary; their frequencies are not
        for (group,), part in theirs.group_by("group"):
            mine = top.filter(pl.col("group") == group)["frequency"].sort().to_list()
            assert mine == part["frequency"].sort().to_list()

    @pytest.mark.parametrize("name", ["ntoken", "ntoken_raw"])
    def test_token_totals(self, name: str) -> None:
        frame = tokens() if name == "ntoken" else tokens("raw", lower=False)
        assert_same(token_totals(frame), golden(name), ["doc_id"])

    @pytest.mark.parametrize(
        ("name", "options"), [("topfeatures", None), ("ngrams2_top", {}), ("skipgrams_top", {"skip": range(3)})]
    )
    def test_top_features_and_ngrams(self, name: str, options: dict[str, object] | None) -> None:
        theirs = golden(name)
        frame = tokens() if options is None else ngrams(tokens(), 2, **options)
        full = frequency(frame).select("feature", n="frequency")
        assert_same(full.join(theirs, on="feature", how="semi"), theirs, ["feature"])
        assert full["n"].head(theirs.height).to_list() == theirs["n"].to_list()


@given(corpora, st.integers(0, 60))
@examples(50)
def test_counts_of_parts_add_up(rows: list[tuple[str, str]], cut: int) -> None:
    whole = frame_of(rows)
    parts = pl.concat([counts(whole[:cut]), counts(whole[cut:])])
    keys = ["feature", "group"]
    assert_frame_equal(frequency(parts).sort(keys), frequency(whole).sort(keys))


@given(corpora, st.randoms())
@examples(50)
def test_order_never_matters(rows: list[tuple[str, str]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = pl.DataFrame(shuffled, schema=["doc_id", "token"], orient="row")
    assert_frame_equal(frequency(again), frequency(frame_of(rows)))


@given(corpora)
@examples(50)
def test_ngrams_stay_within_documents(rows: list[tuple[str, str]]) -> None:
    frame = frame_of(rows)
    lengths = frame.group_by("doc_id").len("n")
    expected = sum(max(0, n - 1) for n in lengths["n"])
    assert ngrams(frame).height == expected
    assert ngrams(frame, [1, 2]).height == expected + frame.height


def test_ngrams_end_where_they_must_and_keep_fields() -> None:
    frame = pl.DataFrame(
        {"doc_id": ["a"] * 4, "token": ["w", "x", "y", "z"], "run": [0, 0, 1, 1], "year": [1, 2, 3, 4]}
    )
    assert ngrams(frame, 2, within=["run"], keep=["year"]).rows() == [("a", "w_x", 1), ("a", "y_z", 3)]
    assert ngrams(frame, 2, skip=[1], joiner=" ").rows() == [("a", "w y"), ("a", "x z")]
    assert ngrams(frame, 2, skip=[1], within=["run"]).height == 0


def test_lazy_in_lazy_out() -> None:
    frame = pl.LazyFrame({"doc_id": ["a"], "token": ["b"]})
    assert isinstance(frequency(frame), pl.LazyFrame)
    assert isinstance(frequency(frame.collect()), pl.DataFrame)


def test_groups_of_several_fields_keep_the_fields() -> None:
    frame = pl.DataFrame({"doc_id": ["a", "b"], "token": ["x", "x"], "lang": ["kk", None], "year": [2020, 2021]})
    result = frequency(frame, by=["lang", "year"])
    assert result["group"].to_list() == ["(none) | 2021", "kk | 2020"]
    assert result["year"].to_list() == [2021, 2020]


def test_quantedas_names_of_columns_are_understood() -> None:
    ours = pl.DataFrame({"doc_id": ["a", "b"], "token": ["x", "x"], "count": [2, 3]})
    theirs = ours.rename({"token": "feature", "count": "frequency"})
    assert_frame_equal(frequency(theirs), frequency(ours))
    assert frequency(theirs)["frequency"].to_list() == [5]


def test_missing_column_is_named() -> None:
    with pytest.raises(MinberError, match=r"MB505 there is no column party. Cure: use one of: doc_id, token"):
        frequency(pl.DataFrame({"doc_id": ["a"], "token": ["b"]}), by=["party"])
