"""Readability formulas on quanteda's own counts, its slips named, and our counts against its counts."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.stats import readability, text_counts, token_totals
from corpus.stats.readability import ANY_LANGUAGE, FORMULAS, syllables
from schemas.errors import MinberError

from .goldens import assert_same, golden, needs_goldens, tokens

WRONG_IN_QUANTEDA = {"Bormuth.MC", "Bormuth.GP", "DRP", "Danielson.Bryan.2", "FOG.PSK"}
NAMES = {"LIX": "LIW"}  # what Björnsson calls LIX, quanteda calls LIW


def counts_of_quanteda() -> pl.DataFrame:
    frame = golden("readability").join(token_totals(tokens()), left_on="document", right_on="doc_id")
    # its table lacks the blanks and the types
    return frame.with_columns(Bl=pl.col("W") - 1, V=pl.col("ntype"))


@needs_goldens
class TestAgainstQuanteda:
    @pytest.mark.parametrize("name", sorted(set(FORMULAS) - WRONG_IN_QUANTEDA))
    def test_formulas(self, name: str) -> None:
        theirs = counts_of_quanteda()
        if (column := NAMES.get(name, name)) not in theirs.columns:
            pytest.skip(f"quanteda has no {name}")
        if name == "Dickes.Steiwer":  # the only one with types: where our types are of the same words
            theirs = theirs.filter(pl.col("W") == pl.col("ntoken"))
            assert theirs.height
        ours = readability(theirs, [name])
        assert_same(ours, theirs.select("document", pl.col(column).alias(name)), ["document"])

    def test_where_quanteda_slips(self) -> None:
        theirs = counts_of_quanteda()
        asl, awl = pl.col("W") / pl.col("St"), pl.col("C") / pl.col("W")
        hard = pl.col("W_wl.Dale.Chall") / pl.col("W")
        slips = {
            # 0.21401 for 0.021401, and the share of unfamiliar words for that of the familiar
            "Bormuth.MC": 0.886593
            - 0.08364 * awl
            + 0.161911 * hard**3
            - 0.21401 * asl
            + 0.000577 * asl**2
            - 0.000005 * asl**3,
            # plus 0.0194 for minus 0.194
            "Danielson.Bryan.2": 131.059 - 10.364 * pl.col("C") / pl.col("Bl") + 0.0194 * pl.col("C") / pl.col("St"),
            # 3.068 is multiplied where it is to be added
            "FOG.PSK": 3.068 * 0.0877 * asl + 9.84 * pl.col("W3Sy") / pl.col("W"),
        }
        slips["DRP"] = (1 - pl.col("Bormuth.MC")) * 100
        as_theirs = theirs.select("document", **slips)
        assert_same(as_theirs, theirs.select(as_theirs.columns), ["document"])
        # quanteda puts 35 for 0.35 into the grade placement, and MC as above: grades of 10^9
        assert theirs["Bormuth.GP"].min() > 1e6
        ours = readability(theirs, sorted(WRONG_IN_QUANTEDA))
        assert ours["Bormuth.MC"].is_between(0, 1).all()
        assert ours["Bormuth.GP"].is_between(0, 20).all()

    def test_our_counts_are_near(self) -> None:
        frame = tokens("raw", lower=False).with_columns(
            sentence=pl.col("token").is_in([".", "!", "?"]).cum_sum(), lang=pl.lit("en")
        )
        both = golden("readability").join(text_counts(frame, lang="lang"), on="document", suffix="_ours")
        # quanteda has syllables from a dictionary of pronunciation, we from the spelling
        for name, allowed in {
            "W": 0.005,
            "C": 0.005,
            "W6C": 0.005,
            "W7C": 0.005,
            "Sy": 0.015,
            "W_1Sy": 0.05,
            "W3Sy": 0.05,
        }.items():
            off = (both[f"{name}_ours"] / both[name] - 1).abs().mean()
            assert off < allowed, name


KAZAKH = pl.DataFrame(
    {
        "doc_id": ["a"] * 9,
        "token": ["Реформалар", "жүрді", ".", "Ел", "2024", "жылы", "өзгерді", "!", "%"],
        "sentence": [0, 0, 0, 1, 1, 1, 1, 1, 1],
        "lang": ["kk"] * 9,
    }
)


def test_counts_by_hand() -> None:
    row = text_counts(KAZAKH, lang="lang", lists={"W_wl.Spache": ["ел", "Жылы"]}).row(0, named=True)
    assert (row["W"], row["St"], row["V"], row["Bl"]) == (6, 2, 6, 5)
    assert row["C"] == 10 + 5 + 2 + 4 + 4 + 7
    assert (row["W6C"], row["W7C"], row["W_wl.Spache"]) == (2, 2, 4)
    assert row["Sy"] is row["W3Sy"] is None


def test_formulas_are_of_their_language_only() -> None:
    counted = text_counts(KAZAKH, lang="lang")
    row = readability(counted, list(FORMULAS), lang="lang").row(0, named=True)
    assert {name for name in FORMULAS if row[name] is not None} == set(ANY_LANGUAGE)
    assert row["LIX"] == pytest.approx(6 / 2 + 100 * 2 / 6)
    assert row["RIX"] == pytest.approx(2 / 2)


def test_russian_by_hand() -> None:
    frame = pl.DataFrame(
        {"doc_id": ["a"] * 4, "token": ["Мы", "провели", "реформы", "."], "sentence": [0] * 4, "lang": ["ru"] * 4}
    )
    counted = text_counts(frame, lang="lang")
    assert counted["Sy"].item() == 1 + 3 + 3
    row = readability(counted, ["Flesch.ru", "Flesch", "Flesch.Kincaid.ru"], lang="lang").row(0, named=True)
    assert row["Flesch.ru"] == pytest.approx(206.835 - 1.3 * 3 - 60.1 * 7 / 3)
    assert row["Flesch.Kincaid.ru"] == pytest.approx(0.5 * 3 + 8.4 * 7 / 3 - 15.59)
    assert row["Flesch"] is None


@pytest.mark.parametrize(
    ("word", "number"),
    [("the", 1), ("america", 4), ("government", 3), ("world", 1), ("believed", 2), ("being", 2),
     ("nation", 2), ("we", 1), ("liberty", 3), ("made", 1), ("union", 2)],
)  # fmt: skip
def test_english_syllables(word: str, number: int) -> None:
    assert syllables(word, "en") == number


def test_unknown_measure() -> None:
    with pytest.raises(MinberError, match=r"MB505.*Flesch"):
        readability(pl.DataFrame({"document": ["a"]}), ["Easy"])
