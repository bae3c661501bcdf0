"""Pairing stretches, and what several people stand for, against a second way of finding it."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.agreement import agreed_stretches, paired

SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda pair: (pair[0], sum(pair))), max_size=5, unique=True
)


def shared(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def best_by_trial(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> tuple[int, int]:
    """Most pairs, and of these most letters, by trying all ways."""
    few, many = sorted((left, right), key=len)
    ways = []
    for way in permutations(many, len(few)):
        letters = [shared(one, other) for one, other in zip(few, way, strict=True)]
        ways.append((sum(number > 0 for number in letters), sum(letters)))
    return max(ways, default=(0, 0))


@given(SPANS, SPANS)
def test_pairs_are_as_many_and_as_close_as_can_be(left, right):
    pairs = paired(left, right)
    letters = [shared(left[a], right[b]) for a, b in pairs]
    assert all(letters)
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert (len(pairs), sum(letters)) == best_by_trial(left, right)
    assert len(pairs) >= len(set(left) & set(right)), "what is exactly the same overlaps"
    assert len(paired(right, left)) == len(pairs)


def test_one_stretch_over_all_meets_one_only():
    assert paired([(0, 3), (5, 9), (12, 20)], [(0, 20)]) == [(2, 0)]
    assert paired([(0, 3)], [(3, 5)]) == []
    assert paired([], [(0, 4)]) == []


@pytest.mark.parametrize(
    ("given", "coders", "agreed"),
    [
        ([("a", 0, 9)], 1, [(0, 9)]),
        ([("a", 0, 9)], 2, [(0, 9)]),
        ([("a", 0, 9)], 3, []),
        ([("a", 0, 9), ("b", 4, 9)], 3, [(0, 9)]),
        ([("a", 0, 4), ("a", 5, 9), ("b", 0, 9), ("c", 0, 4)], 3, [(0, 4), (5, 9)]),
        ([("a", 0, 4), ("b", 2, 8), ("c", 6, 9)], 3, [(2, 8)]),
    ],
)
def test_stretches_that_half_of_the_people_stand_for(given, coders, agreed):
    assert agreed_stretches(given, coders) == agreed
