"""``by``: each group is measured as if it were the whole corpus, by every measure that takes fields."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from corpus.stats import (
    collocates,
    collocations,
    cooccurrences,
    dispersion,
    keyness,
    pairs_within,
    pattern_dispersion,
    timeline,
    versions,
)
from schemas.errors import MinberError
from tests.examples import examples

Documents = list[tuple[list[str], str | None, int]]
documents = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["сөз", "x", "y", "реформа"]), min_size=1, max_size=12),
        st.sampled_from(["kk", "ru", None]),
        st.sampled_from([2020, 2021]),
    ),
    min_size=2,
    max_size=6,
)

MEASURES: dict[str, Callable[[pl.DataFrame, list[str]], pl.DataFrame]] = {
    "collocations": lambda frame, by: collocations(frame, [2, 3], min_count=1, by=by),
    "collocates": lambda frame, by: collocates(frame, "x", 2, min_count=1, by=by),
    "cooccurrences": lambda frame, by: cooccurrences(frame, 3, by=by).sort(*by_group(by), "a", "b"),
    "cooccurrences of a word": lambda frame, by: cooccurrences(frame, 2, ["x"], by=by).sort(*by_group(by), "a", "b"),
    "pairs_within": lambda frame, by: pairs_within(frame, by=by).sort(*by_group(by), "a", "b"),
    "dispersion": lambda frame, by: dispersion(frame, by=by),
    "dispersion over years": lambda frame, by: dispersion(frame, "year", by=by),
    "dispersion over slices": lambda frame, by: dispersion(frame, 3, by=by),
    "pattern_dispersion": lambda frame, by: pattern_dispersion(frame, ["x", "с*"], by=by),
    **{
        f"keyness {name}": lambda frame, by, name=name: keyness(  # type: ignore[misc]
            frame, "half == 1", name, bootstrap=20 * (name == "bootstrap"), by=by
        )
        for name in ("G2", "exact", "log_odds", "t", "bootstrap")  # each looks at other things than the others do
    },
    "keyness with samples": lambda frame, by: keyness(frame, "half == 1", "odds_ratio", bootstrap=20, by=by),
}


def by_group(by: list[str]) -> list[pl.Expr]:
    """Columns that put groups into the order of their fields, no value last."""
    names = ["group"] if len(by) == 1 else by
    return [key for name in names for key in (pl.col(name).is_null(), pl.col(name))]


def frame_of(texts: Documents) -> pl.DataFrame:
    rows = [
        (f"d{number}", word, lang, year, number % 2)
        for number, (words, lang, year) in enumerate(texts)
        for word in words
    ]
    names = {"doc_id": pl.String, "token": pl.String, "lang": pl.String, "year": pl.Int64, "half": pl.Int64}
    return pl.DataFrame(rows, schema=names, orient="row")


def each_alone(
    whole: pl.DataFrame, by: list[str], measure: Callable[[pl.DataFrame], pl.DataFrame], sides: bool = False
) -> pl.DataFrame:
    """Every group counted by itself, and put together; those with one side only have nothing to compare."""
    parts = []
    for values in whole.select(by).unique().sort(by, nulls_last=True).iter_rows():
        chosen = [pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(by, values, strict=True)]
        group = " | ".join("(none)" if value is None else str(value) for value in values)
        if sides and whole.filter(*chosen)["half"].n_unique() < 2:
            continue
        found = measure(whole.filter(*chosen)).with_columns(group=pl.lit(group))
        if len(by) > 1:
            kinds = whole.schema
            found = found.with_columns(pl.lit(v, kinds[n]).alias(n) for n, v in zip(by, values, strict=True))
        parts.append(found)
    nothing = measure(whole.clear()).with_columns(whole.clear().select(by), group=pl.lit(None, pl.String))
    return pl.concat([nothing.drop(by if len(by) == 1 else []), *parts], how="diagonal")


@pytest.mark.parametrize("name", MEASURES)
@given(documents, st.sampled_from([["lang"], ["lang", "year"]]))
@examples(8)
def test_a_group_is_measured_as_if_it_were_alone(name: str, texts: Documents, by: list[str]) -> None:
    measure, whole = MEASURES[name], frame_of(texts)
    together = measure(whole, by)
    alone = each_alone(whole, by, lambda part: measure(part, []), name.startswith("keyness"))
    if by == ["lang"]:  # «(none)» is a name among others where a group is one field
        alone = alone.sort("group", maintain_order=True)
        together = together.sort("group", maintain_order=True)
    assert_frame_equal(together, alone.select(together.columns))


TOKENS = pl.DataFrame(
    {
        "doc_id": ["a"] * 4 + ["b"] * 4 + ["c"] * 2,
        "token": ["x", "y", "x", "y", "x", "z", "z", "z", "y", "y"],
        "lang": ["kk"] * 4 + ["ru"] * 4 + ["en"] * 2,
    }
)


def test_without_a_target_each_group_is_compared_with_all_others() -> None:
    found = keyness(TOKENS, measure="log_ratio", by=["lang"])
    counts = {(row["group"], row["feature"]): (row["n_target"], row["n_reference"]) for row in found.to_dicts()}
    assert counts == {
        ("kk", "x"): (2, 1), ("kk", "y"): (2, 2), ("kk", "z"): (0, 3),
        ("ru", "x"): (1, 2), ("ru", "y"): (0, 4), ("ru", "z"): (3, 0),
        ("en", "x"): (0, 3), ("en", "y"): (2, 2), ("en", "z"): (0, 3),
    }  # fmt: skip
    assert found["group"].unique(maintain_order=True).to_list() == ["en", "kk", "ru"]
    key = found.filter(group="kk", feature="x").row(0, named=True)
    assert key["log_ratio"] == pytest.approx(math.log2((2 / 4) / (1 / 6)))
    assert found.columns[:6] == ["feature", "log_ratio", "p", "n_target", "n_reference", "group"]
    for (group,), part in found.group_by("group"):
        alone = keyness(TOKENS, pl.col("lang") == group, "log_ratio")
        assert_frame_equal(part.drop("group"), alone, check_row_order=False)


def test_each_group_may_be_compared_with_one_reference() -> None:
    found = keyness(TOKENS, reference="lang == 'en'", by=["lang"])
    counts = {(row["group"], row["feature"]): (row["n_target"], row["n_reference"]) for row in found.to_dicts()}
    assert counts["ru", "y"] == (0, 2)
    assert counts["kk", "y"] == (2, 2)


def test_a_group_with_one_side_only_is_left_out() -> None:
    found = keyness(TOKENS, "token == 'x' or lang == 'en'", by=["lang"])
    assert found["group"].unique(maintain_order=True).to_list() == ["kk", "ru"]
    nothing = keyness(TOKENS, "lang == 'en'", by=["lang"])
    assert (nothing.height, nothing.columns) == (0, found.columns)


def test_one_group_alone_has_nothing_to_be_compared_with() -> None:
    with pytest.raises(MinberError, match="MB509 lang has one value only"):
        keyness(TOKENS.filter(lang="kk"), by=["lang"])
    with pytest.raises(MinberError, match="a target is missing"):
        keyness(TOKENS)


def test_series_of_groups_have_periods_of_their_own() -> None:
    days = [dt.date(2020, 1, 1), dt.date(2022, 1, 1), dt.date(2023, 1, 1), dt.date(2023, 6, 1)]
    frame = pl.DataFrame(
        {"date": days, "series": ["law"] * 4, "count": [1, 2, 3, 4], "n": [10] * 4, "lang": ["kk", "kk", "ru", "ru"]}
    )
    found = timeline(frame, by=["lang"])
    assert found.select("group", pl.col("period").dt.year(), "count", "n").rows() == [
        ("kk", 2020, 1, 10),
        ("kk", 2021, 0, 0),
        ("kk", 2022, 2, 10),
        ("ru", 2023, 7, 20),
    ]
    assert found.columns[:3] == ["series", "group", "period"]
    alone = each_alone(frame, ["lang"], timeline)
    assert_frame_equal(found, alone.select(found.columns))
    several = timeline(frame.with_columns(kind=pl.lit(None, pl.String)), by=["lang", "kind"])
    assert several.columns[-2:] == ["lang", "kind"]
    assert several["group"].unique().sort().to_list() == ["kk | (none)", "ru | (none)"]


def test_speeches_are_compared_within_their_group() -> None:
    units = pl.DataFrame(
        [
            (f"{speech}{lang}", 10 * at, 10 * at + 9, speech, lang, year)
            for speech, year in (("s", 2020), ("t", 2021), ("u", 2021))
            for lang in ("kk", "ru")
            for at in range(2)
        ],
        schema=["doc_id", "start", "end", "speech", "lang", "year"],
        orient="row",
    )
    units = units.with_columns(kind=pl.lit("report"))
    labels = units.filter(
        ((pl.col("doc_id") == "skk") & (pl.col("start") == 0)) | (pl.col("doc_id") == "tru")
    ).with_columns(label=pl.lit("law"))
    found = versions(units, labels, ["law"], by=["year"])
    assert found.select("theme", "group", "lang1", "lang2", "speeches", "share1", "share2").rows() == [
        ("law", "2020", "kk", "ru", 1, 0.5, 0.0),
        ("law", "2021", "kk", "ru", 2, 0.0, 0.5),
    ]
    assert_frame_equal(
        found, each_alone(units, ["year"], lambda part: versions(part, labels, ["law"])).select(found.columns)
    )
    assert versions(units, labels, ["law"], by=["year", "kind"]).columns[-2:] == ["year", "kind"]


def test_a_group_may_be_a_document() -> None:
    """Windows end at documents, which may be one of the fields as well."""
    frame = pl.DataFrame({"doc_id": ["a", "a", "b", "b"], "token": ["x", "y", "x", "z"], "lang": ["kk"] * 4})
    near = collocates(frame, "x", min_count=1, by=["doc_id", "lang"])
    assert near.select("feature", "count", "doc_id", "lang").rows() == [("y", 1, "a", "kk"), ("z", 1, "b", "kk")]
    pairs = pairs_within(frame, nodes=["x"], by=["doc_id", "lang"]).sort("b")
    assert pairs.select("b", "n", "doc_id", "lang").rows() == [("y", 1, "a", "kk"), ("z", 1, "b", "kk")]
