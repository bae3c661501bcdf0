"""Periods, intervals, smoothing and change points."""

from __future__ import annotations

import datetime as dt
import math
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from corpus.stats import change_points, timeline
from schemas.errors import MinberError
from tests.examples import examples

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2019, 12, 31))
ROWS = st.lists(st.tuples(DAYS, st.sampled_from("ab"), st.integers(0, 5), st.integers(5, 20)), min_size=1, max_size=25)


def frame_of(rows: list[tuple[dt.date, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["date", "series", "count", "n"], orient="row")


@given(ROWS, st.sampled_from(["month", "quarter", "year", "week", "decade"]))
@examples(60)
def test_nothing_is_lost_and_no_period_is_missing(rows: list[tuple[dt.date, str, int, int]], every: str) -> None:
    result = timeline(frame_of(rows), every)
    for (name,), part in result.group_by("series"):
        own = [row for row in rows if row[1] == name]
        assert part["count"].sum() == sum(row[2] for row in own)
        assert part["n"].sum() == sum(row[3] for row in own)
    periods = result.group_by("series").agg("period")["period"].to_list()
    assert all(each == periods[0] for each in periods)
    assert len(set(periods[0])) == len(periods[0])
    inside = result.filter(pl.col("n") > 0)
    assert inside.filter((pl.col("low") > pl.col("share")) | (pl.col("high") < pl.col("share"))).height == 0


def test_wilson_by_hand() -> None:
    row = timeline(frame_of([(dt.date(2020, 1, 1), "a", 8, 10)])).row(0, named=True)
    z = norm.ppf(0.975)
    centre, reach = (0.8 + z**2 / 20) / (1 + z**2 / 10), z / (1 + z**2 / 10) * math.sqrt(0.016 + z**2 / 400)
    assert (row["low"], row["high"]) == pytest.approx((centre - reach, centre + reach))


def test_smoothing() -> None:
    rows = [(dt.date(2020 + year, 6, 1), "a", count, 10) for year, count in enumerate([0, 10, 0])]
    plain = timeline(frame_of(rows), smoothing=0)
    assert plain["smoothed"].to_list() == [0.0, 1.0, 0.0]
    near, far = math.exp(-0.5), math.exp(-2)
    smooth = timeline(frame_of(rows), smoothing=1)["smoothed"].to_list()
    assert smooth == pytest.approx([near / (1 + near + far), 1 / (1 + 2 * near), near / (1 + near + far)])
    wide = timeline(frame_of(rows), smoothing=1000)["smoothed"].to_list()
    assert wide == pytest.approx([1 / 3] * 3, rel=1e-4)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 40)), min_size=1, max_size=7))
@examples(60)
def test_change_points_are_the_best_division_of_all(rows: list[tuple[int, int]]) -> None:
    counts, totals = [row[0] for row in rows], [row[1] for row in rows]
    penalty = 1.5 * math.log(max(2, len(rows)))

    def cost(starts: tuple[int, ...]) -> float:
        value = penalty * len(starts)
        for start, end in zip((0, *starts), (*starts, len(rows)), strict=True):
            k, n = sum(counts[start:end]), sum(totals[start:end])
            value -= sum(x * math.log(x / n) for x in (k, n - k) if x)
        return value

    options = [starts for size in range(len(rows)) for starts in combinations(range(1, len(rows)), size)]
    assert cost(tuple(change_points(counts, totals))) == pytest.approx(min(map(cost, options)))


def test_a_change_is_found_and_chance_is_not() -> None:
    assert change_points([10, 11, 9, 10, 30, 31, 29], [100] * 7) == [4]
    assert change_points([10, 11, 9, 10, 12, 8], [100] * 6) == []
    rows = [(dt.date(2010 + year, 1, 1), "a", count, 100) for year, count in enumerate([10, 11, 9, 30, 31])]
    result = timeline(frame_of(rows))
    assert result["segment"].to_list() == [1, 1, 1, 2, 2]
    assert result["segment_share"].to_list() == pytest.approx([0.1] * 3 + [0.305] * 2)


def test_rows_without_a_date_and_unknown_periods() -> None:
    frame = frame_of([(dt.date(2020, 1, 1), "a", 1, 2)])
    undated = frame.with_columns(date=pl.lit(None, pl.Date))
    assert timeline(pl.concat([frame, undated])).height == 1
    assert timeline(undated).height == 0
    with pytest.raises(MinberError, match=r"MB505.*quarter"):
        timeline(frame, "fortnight")
