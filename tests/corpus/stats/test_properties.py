"""What must hold of any corpus: counts of parts add up to those of the whole, and the order of rows never matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.stats import (
    Dictionary,
    collocates,
    collocations,
    corrected_shares,
    counts,
    dictionary,
    dispersion,
    diversity,
    entropy,
    frequency,
    keyness,
    kwic,
    ngrams,
    overview,
    pattern_dispersion,
    similarity,
    text_counts,
    tfidf,
    theme_shares,
    timeline,
    token_totals,
    top_tfidf,
    versions,
    word_places,
)
from corpus.stats.associations import pairs_around
from corpus.stats.keyness import MEASURES as KEYNESS
from tests.examples import examples

Texts = list[list[str]]
texts = st.lists(
    st.lists(st.sampled_from(["сөз", "x", "y", "реформа", "."]), min_size=1, max_size=15), min_size=2, max_size=5
)
days = st.lists(st.tuples(st.integers(0, 900), st.sampled_from("ab"), st.integers(0, 9)), min_size=1, max_size=30)

BAG = ["TTR", "C", "R", "CTTR", "U", "S", "K", "I", "D", "Vm", "Maas", "HDD"]
"""Diversity without regard to order."""

ADDITIVE: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "frequency": frequency,
    "frequency by": lambda frame: frequency(frame, by=["doc_id"]),
    "token_totals": token_totals,
    "tfidf": lambda frame: tfidf(frame).sort("doc_id", "token"),
    "top_tfidf": top_tfidf,
    "entropy": entropy,
    "entropy of features": lambda frame: entropy(frame, "features"),
    "dispersion": dispersion,
    "diversity": lambda frame: diversity(frame, BAG),
    "similarity": similarity,
    **{
        f"keyness {name}": lambda frame, name=name: keyness(frame, ["d0"], name, bootstrap=20 * (name == "bootstrap"))  # type: ignore[misc]
        for name in KEYNESS
    },
}
"""Measures that take counts, which is all of those without word order."""


def frame_of(documents: Texts) -> pl.DataFrame:
    rows = [(f"d{number}", word) for number, words in enumerate(documents) for word in words]
    return pl.DataFrame(rows, schema={"doc_id": pl.String, "token": pl.String}, orient="row")


@pytest.mark.parametrize("name", ADDITIVE)
@given(texts, st.integers(0, 75), st.integers(0, 99))
@examples(8)
def test_counts_of_parts_do_as_well_as_the_whole(name: str, documents: Texts, cut: int, seed: int) -> None:
    measure, whole = ADDITIVE[name], frame_of(documents)
    expected = measure(whole)
    parts = pl.concat([counts(whole[:cut]), counts(whole[cut:])])
    assert_frame_equal(measure(parts), expected)
    assert_frame_equal(measure(parts.sample(fraction=1.0, shuffle=True, seed=seed)), expected)
    assert_frame_equal(measure(whole.sample(fraction=1.0, shuffle=True, seed=seed)), expected)


IN_ORDER: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "kwic": lambda frame: kwic(frame, ["x", "сө*"], window=2),
    "ngrams": lambda frame: ngrams(frame, [2, 3], [0, 1]),
    "collocations": lambda frame: collocations(frame, [2, 3], min_count=1),
    "collocates": lambda frame: collocates(frame, "x", min_count=1),
    "diversity in order": lambda frame: diversity(frame, ["MATTR", "MSTTR", "MTLD"], window=3),
    "dictionary": lambda frame: dictionary(frame, Dictionary.of({"change": ["реформа", "x y"]})),
    "overview": overview,
    "word_places": lambda frame: pl.concat(word_places(frame, ["x", "сөз"]), how="diagonal"),
    "pattern_dispersion": lambda frame: pattern_dispersion(frame, ["x", "*"]),
    "pairs_around": lambda frame: pairs_around(frame, "x", min_count=1),
    "text_counts": lambda frame: text_counts(frame.with_columns(sentence=pl.lit(0))),
}


@pytest.mark.parametrize("name", [*ADDITIVE, *IN_ORDER])
@given(texts)
@examples(16)
def test_names_may_be_categories(name: str, documents: Texts) -> None:
    measure, whole = (ADDITIVE | IN_ORDER)[name], frame_of(documents)
    names = pl.Enum(whole["doc_id"].unique().sort())
    coded = whole.with_columns(pl.col("doc_id").cast(names), pl.col("token").cast(pl.Categorical))
    assert_frame_equal(measure(coded), measure(whole))


@given(texts, st.integers(1, 4))
@examples(40)
def test_what_needs_word_order_adds_up_over_documents(documents: Texts, cut: int) -> None:
    book = Dictionary.of({"change": ["реформа", "x y"], "word": ["сөз*"]})
    whole = frame_of(documents)
    early = pl.col("doc_id") < f"d{cut}"
    halves = [frame for frame in (whole.filter(early), whole.filter(~early)) if frame.height]
    reversed_documents = pl.concat(
        [whole.filter(doc_id=name) for name in whole["doc_id"].unique().sort(descending=True)]
    )
    found = dictionary(whole, book, by=[]).select("key", "count", "n")
    added = (
        pl.concat([dictionary(half, book, by=[]) for half in halves]).group_by("key").agg(pl.col("count", "n").sum())
    )
    assert_frame_equal(added.sort("key"), found.sort("key"))
    assert_frame_equal(dictionary(reversed_documents, book, by=[]).select("key", "count", "n"), found)
    grams = frequency(pl.concat([counts(ngrams(half, [2, 3], [0, 1])) for half in halves]))
    assert_frame_equal(grams, frequency(ngrams(reversed_documents, [2, 3], [0, 1])))
    sums = ["documents", "tokens", "words", "puncts"]
    once = overview(whole).select(sums)
    assert_frame_equal(pl.concat([overview(half).select(sums) for half in halves]).sum(), once)
    assert_frame_equal(overview(whole.reverse()).select(sums), once)


@given(days, st.integers(0, 30), st.integers(0, 99))
@examples(40)
def test_timelines_of_parts_and_in_any_order(rows: list[tuple[int, str, int]], cut: int, seed: int) -> None:
    start = dt.date(2020, 1, 1)
    frame = pl.DataFrame(
        [(start + dt.timedelta(days=day), series, min(count, 9), 9) for day, series, count in rows],
        schema={"date": pl.Date, "series": pl.String, "count": pl.Int64, "n": pl.Int64},
        orient="row",
    )
    keys = ["date", "series"]
    parts = [part.group_by(keys).agg(pl.all().sum()) for part in (frame[:cut], frame[cut:])]
    whole = timeline(frame, "quarter")
    assert_frame_equal(timeline(pl.concat(parts), "quarter"), whole)
    assert_frame_equal(timeline(frame.sample(fraction=1.0, shuffle=True, seed=seed), "quarter"), whole)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["kk", "ru"]), st.booleans()), min_size=1, max_size=30))
@examples(40)
def test_themes_corrected_shares_and_versions_in_any_order(rows: list[tuple[int, str, bool]]) -> None:
    places = [(f"{speech}{lang}", 10 * at, 10 * at + 9, f"{speech}", lang) for at, (speech, lang, _) in enumerate(rows)]
    units = pl.DataFrame(places, schema=["doc_id", "start", "end", "speech", "lang"], orient="row")
    given_ = units.filter(pl.Series([row[2] for row in rows])).with_columns(label=pl.lit("law"))
    shares = theme_shares(units, given_, ["lang"], ["law", "economy"])
    assert_frame_equal(theme_shares(units.reverse(), given_.reverse(), ["lang"], ["law", "economy"]), shares)
    gold = pl.DataFrame({"theme": ["law", "economy"], "tp": [20, 30], "fp": [5, 9], "fn": [7, 2], "tn": [90, 81]})
    corrected = corrected_shares(shares, gold)
    assert_frame_equal(corrected_shares(shares.reverse(), gold.reverse()).reverse(), corrected)
    assert corrected.columns[: len(shares.columns)] == shares.columns
    assert_frame_equal(versions(units.reverse(), given_.reverse(), ["law"]), versions(units, given_, ["law"]))
