"""Ranges asked whether one of them holds a stretch: as a plain search over all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotators.ranges import Ranges, between

RANGE = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(RANGE), RANGE)
def test_a_range_holds_what_lies_in_it(ranges: list[tuple[int, int]], stretch: tuple[int, int]) -> None:
    start, end = stretch
    assert Ranges(ranges).hold(start, end) == any(a <= start and end <= b for a, b in ranges)


@given(st.lists(st.integers(0, 30)).map(sorted), RANGE)
def test_the_starts_from_one_place_to_another(starts: list[int], stretch: tuple[int, int]) -> None:
    start, end = stretch
    assert starts[between(starts, start, end)] == [place for place in starts if start <= place < end]
