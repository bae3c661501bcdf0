"""Dispersion against a published worked example and by definition."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.stats import counts, dispersion
from schemas.errors import MinberError
from tests.examples import examples

# Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. IJCL 13, section 2: five parts, word «a»
PARTS = ["bamnibeup", "basatbewqn", "bcagabesta", "baghabeaat", "bahaabeaxat"]
EXAMPLE = pl.DataFrame(
    [(f"{n}", word) for n, part in enumerate(PARTS) for word in part], schema=["doc_id", "token"], orient="row"
)


def test_the_worked_example_of_gries() -> None:
    row = dispersion(EXAMPLE).filter(feature="a").row(0, named=True)
    printed = {"range": 5, "D": 0.785, "D2": 0.938, "S": 0.950, "DP": 0.18, "KLD": 0.137}
    assert row["frequency"] == 15
    for measure, value in printed.items():
        assert row[measure] == pytest.approx(value, abs=5e-4), measure
    assert row["DP_norm"] == pytest.approx(0.18 / (1 - 9 / 50))


def by_definition(frame: pl.DataFrame, word: str) -> dict[str, float]:
    parts = [part["token"].to_list() for _, part in frame.group_by("doc_id")]
    n, total = len(parts), frame.height
    sizes, v = [len(part) for part in parts], [part.count(word) for part in parts]
    f, s, p = sum(v), [size / total for size in sizes], [a / b for a, b in zip(v, sizes, strict=True)]
    mean = sum(p) / n
    spread = math.sqrt(sum((x - mean) ** 2 for x in p) / n)
    dp = sum(abs(a / f - b) for a, b in zip(v, s, strict=True)) / 2
    return {
        "range": sum(x > 0 for x in v),
        "D": 1 - spread / mean / math.sqrt(n - 1),
        "D2": -sum(x / sum(p) * math.log2(x / sum(p)) for x in p if x) / math.log2(n),
        "S": sum(math.sqrt(a * b) for a, b in zip(s, v, strict=True)) ** 2 / f,
        "DP": dp,
        "DP_norm": dp / (1 - min(s)),
        "KLD": sum(a / f * math.log2(a / f / b) for a, b in zip(v, s, strict=True) if a),
    }


corpora = st.lists(st.text("abc", min_size=1, max_size=12), min_size=2, max_size=6)


@given(corpora)
@examples(80)
def test_every_measure_is_its_definition(parts: list[str]) -> None:
    rows = [(f"d{n}", word) for n, part in enumerate(parts) for word in part]
    frame = pl.DataFrame(rows, schema=["doc_id", "token"], orient="row")
    for row in dispersion(frame).iter_rows(named=True):
        for measure, value in by_definition(frame, row["feature"]).items():
            assert row[measure] == pytest.approx(value, rel=1e-9, abs=1e-9), measure
    halves = pl.concat([counts(frame[: frame.height // 2]), counts(frame[frame.height // 2 :])])
    assert_frame_equal(dispersion(halves), dispersion(frame))


def test_equal_slices() -> None:
    frame = pl.DataFrame({"doc_id": ["d"] * 12, "token": list("aabbaabbaabb")})
    row = dispersion(frame, parts=3).filter(feature="a").row(0, named=True)
    assert (row["range"], row["DP"], row["D"]) == (3, 0.0, 1.0)
    with pytest.raises(MinberError, match="MB509"):
        dispersion(counts(frame), parts=3)


def test_one_part_only() -> None:
    row = dispersion(EXAMPLE.with_columns(doc_id=pl.lit("d"))).row(0, named=True)
    assert (row["D"], row["D2"], row["DP_norm"], row["DP"]) == (None, None, None, 0.0)


def test_parts_of_another_field() -> None:
    frame = EXAMPLE.with_columns(year=pl.col("doc_id").cast(pl.Int32) // 3)
    assert dispersion(frame, "year")["range"].max() == 2


def test_a_word_of_one_part_is_exactly_uneven():
    parts = [f"d{number}" for number in range(7)]
    rows = [(part, word) for number, part in enumerate(parts) for word in ["all"] * (number + 3)]
    rows += [("d3", "one")] * 3
    frame = pl.DataFrame(rows, schema=["doc_id", "token"], orient="row")
    assert dispersion(frame).filter(feature="one").select("D", "D2").row(0) == (0.0, 0.0)
