"""TF-IDF against quanteda's tables, scikit-learn's formula and by hand; entropy against SciPy; pairs by definition."""

from __future__ import annotations

import math
from collections import Counter
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import entropy as scipy_entropy

from corpus.stats import cooccurrences, counts, diversity, entropy, pairs_within, tfidf, top_tfidf
from corpus.stats.weights import DOCUMENT, TERM
from schemas.errors import MinberError
from tests.examples import examples

from .goldens import assert_same, golden, needs_goldens, tokens

texts = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12), min_size=1, max_size=4)


def frame_of(documents: list[list[str]]) -> pl.DataFrame:
    rows = [(f"d{number}", word) for number, words in enumerate(documents) for word in words]
    return pl.DataFrame(rows, schema={"doc_id": pl.String, "token": pl.String}, orient="row")


@needs_goldens
class TestAgainstQuanteda:
    def test_tfidf(self) -> None:
        theirs = golden("tfidf_top")
        ours = tfidf(tokens()).group_by(feature="token").agg(pl.col("tfidf").sum())
        assert_same(ours.join(theirs, on="feature", how="semi"), theirs, ["feature"])
        assert ours["tfidf"].top_k(200).sort(descending=True).to_list() == pytest.approx(theirs["tfidf"].to_list())

    def test_tfidf_of_proportions(self) -> None:
        theirs = golden("tfidf_prop_log10_doc1")
        ours = tfidf(tokens(), scheme="prop").filter(doc_id="1789-Washington").filter(pl.col("tfidf") > 0)
        assert_same(ours.select(feature="token", w="tfidf"), theirs, ["feature"])


def test_the_example_of_quantedas_manual() -> None:
    """``dfm_tfidf`` names it: two texts of Wikipedia's page on tf-idf; *example* weighs 3 · log 2."""
    second = ["this", "is", *["another"] * 2, *["example"] * 3]
    frame = frame_of([["this", "is", "a", "a", "sample"], second])
    found = dict(tfidf(frame).filter(doc_id="d1").select("token", "tfidf").iter_rows())
    assert found == pytest.approx({"this": 0, "is": 0, "another": 2 * math.log10(2), "example": 3 * math.log10(2)})


@pytest.mark.parametrize("scheme", TERM)
@pytest.mark.parametrize("scheme_df", DOCUMENT)
@given(texts)
@examples(15)
def test_every_scheme_by_its_formula(scheme: str, scheme_df: str, documents: list[list[str]]) -> None:
    df = Counter(word for words in documents for word in set(words))
    rows = tfidf(frame_of(documents), scheme, 2.0, scheme_df).iter_rows(named=True)
    for row in rows:
        own = Counter(documents[int(row["doc_id"][1:])])
        n, total, top = own[row["token"]], own.total(), max(own.values())
        term = {
            "count": n,
            "prop": n / total,
            "propmax": n / top,
            "logcount": 1 + math.log2(n),
            "boolean": 1,
            "augmented": 0.5 + n / top / 2,
            "logave": (1 + math.log2(n)) / (1 + math.log2(total / len(own))),
        }[scheme]
        size, k = len(documents), df[row["token"]]
        document = {
            "inverse": math.log2(size / k),
            "inversemax": math.log2(max(df.values()) / k),
            "inverseprob": max(0.0, math.log2((size - k) / k)) if size > k else 0.0,
            "count": k,
            "unary": 1,
        }[scheme_df]
        assert row["tfidf"] == pytest.approx(term * document, abs=1e-12)


@given(texts)
@examples(60)
def test_entropy_as_scipy_has_it(documents: list[list[str]]) -> None:
    frame = frame_of(documents)
    expected = [scipy_entropy(list(Counter(words).values()), base=2) for words in documents]
    assert entropy(frame).sort("document")["entropy"].to_list() == pytest.approx(expected, abs=1e-9)
    by_word = {
        word: [words.count(word) for words in documents if word in words] for words in documents for word in words
    }
    found = dict(entropy(frame, "features", 10).iter_rows())
    assert found == pytest.approx({word: scipy_entropy(own, base=10) for word, own in by_word.items()}, abs=1e-9)


@given(texts)
@examples(60)
def test_pairs_are_those_of_all_places(documents: list[list[str]]) -> None:
    expected = Counter(pair for words in documents for pair in permutations(words, 2))
    found = {(a, b): n for a, b, n in pairs_within(frame_of(documents)).iter_rows()}
    assert found == expected
    # a window as long as the longest text sees the same pairs
    assert_frame_equal(
        cooccurrences(frame_of(documents), 12).sort("a", "b"), pairs_within(frame_of(documents)).sort("a", "b")
    )
    assert set(pairs_within(frame_of(documents), nodes=["a"])["a"]) <= {"a"}


@given(texts, st.integers(0, 40), st.randoms())
@examples(60)
def test_parts_add_up_and_order_does_not_matter(documents: list[list[str]], cut: int, random: object) -> None:
    whole = frame_of(documents)
    halves = pl.concat([counts(whole[:cut]), counts(whole[cut:])])
    shuffled = whole.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 99))  # type: ignore[attr-defined]
    bag = ["TTR", "C", "R", "CTTR", "K", "I", "D", "Vm", "HDD"]
    for other in (halves, shuffled):
        assert_frame_equal(top_tfidf(other), top_tfidf(whole))
        assert_frame_equal(entropy(other), entropy(whole))
        assert_frame_equal(diversity(other, bag), diversity(whole, bag))
    assert_frame_equal(pairs_within(shuffled).sort("a", "b"), pairs_within(whole).sort("a", "b"))


def test_groups_are_one_text_each() -> None:
    frame = frame_of([["x", "y"], ["x", "z", "z"], ["x", "y"]]).with_columns(
        year=pl.Series([1, 1, 1, 1, 1, 2, 2], dtype=pl.Int64)
    )
    found = top_tfidf(frame, "year")
    assert found.select("feature", "frequency", "docfreq", "group").row(0) == ("z", 2, 1, "1")
    assert found.filter(feature="y")["tfidf"].to_list() == [0, 0]


def test_unknown_schemes_are_named() -> None:
    with pytest.raises(MinberError, match="MB505 there is no scheme bm25"):
        tfidf(frame_of([["a"]]), "bm25")
