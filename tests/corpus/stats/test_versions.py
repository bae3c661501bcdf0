"""Versions of speeches are compared in pairs."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import permutation_test, ttest_rel

from corpus.stats import versions


def corpus_of(shares: dict[str, dict[str, int]], n: int = 20) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents of n sentences, of which so many have the theme."""
    units = [
        (f"{speech}-{lang}", start, start + 1, speech, lang)
        for speech, languages in shares.items()
        for lang in languages
        for start in range(n)
    ]
    labels = [
        (f"{speech}-{lang}", start, start + 1, "economy")
        for speech, languages in shares.items()
        for lang, count in languages.items()
        for start in range(count)
    ]
    names = ["doc_id", "start", "end", "speech", "lang"]
    return (
        pl.DataFrame(units, schema=names, orient="row"),
        pl.DataFrame(labels, schema=[*names[:3], "label"], orient="row"),
    )


def test_pairs_against_scipy() -> None:
    counts = {f"s{i}": {"kk": 5 + i, "ru": 3 + i + i % 2} for i in range(6)} | {"alone": {"kk": 20}}
    units, labels = corpus_of(counts)
    row = versions(units, labels).row(0, named=True)
    kk = [counts[f"s{i}"]["kk"] / 20 for i in range(6)]
    ru = [counts[f"s{i}"]["ru"] / 20 for i in range(6)]
    expected = ttest_rel(kk, ru)
    interval = expected.confidence_interval(0.95)
    assert (row["lang1"], row["lang2"], row["speeches"]) == ("kk", "ru", 6)
    assert row["difference"] == pytest.approx(sum(kk) / 6 - sum(ru) / 6)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    exact = permutation_test(
        (kk, ru), lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples", vectorized=True
    )
    assert row["p"] == pytest.approx(exact.pvalue)


def test_three_languages_many_speeches_and_themes_never_found() -> None:
    counts = {f"s{i}": {"kk": 6, "ru": 2, "en": 6} for i in range(20)}
    units, labels = corpus_of(counts)
    result = versions(units, labels, themes=["dialogue", "economy"])
    assert result.select("theme", "lang1", "lang2").rows() == [
        (theme, *pair) for theme in ("dialogue", "economy") for pair in (("en", "kk"), ("en", "ru"), ("kk", "ru"))
    ]
    rows = {(row["theme"], row["lang1"], row["lang2"]): row for row in result.iter_rows(named=True)}
    assert rows["economy", "kk", "ru"]["p"] < 0.01
    assert rows["economy", "en", "kk"]["p"] == rows["dialogue", "kk", "ru"]["p"] == 1.0
    assert result.equals(versions(units, labels, themes=["dialogue", "economy"]))


def test_one_speech_gives_no_p() -> None:
    units, labels = corpus_of({"s": {"kk": 6, "ru": 2}})
    row = versions(units, labels).row(0, named=True)
    assert row["difference"] == pytest.approx(0.2)
    assert row["p"] is row["low"] is None
