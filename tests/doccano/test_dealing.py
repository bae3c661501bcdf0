"""Who gets what: coverage, share, balance, and that nothing dealt is dealt anew."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.dealing import deal, halve

PEOPLE = ["aigul", "berik", "dana", "erlan", "gulnar"]
DOCUMENTS = st.lists(st.integers(1, 30), min_size=1, max_size=6)
SHARES = st.floats(0, 1, allow_nan=False)


def make(sizes, tag=""):
    return [(f"d{place}{tag}:{number}", f"d{place}{tag}") for place, size in enumerate(sizes) for number in range(size)]


def loads(dealt, people):
    return [sum(name in given for given in dealt.values()) for name in people]


@given(DOCUMENTS, st.integers(1, 5), SHARES, st.integers(2, 4), st.integers(0, 99))
def test_every_unit_to_one_and_a_share_to_several_within_one_unit(sizes, count, share, each, seed):
    units, people = make(sizes), PEOPLE[:count]
    dealt = deal(units, people, share, each, seed)
    assert list(dealt) == [unit for unit, _ in units]
    assert all(len(set(given)) == len(given) for given in dealt.values())
    several = min(each, count)
    assert {len(given) for given in dealt.values()} <= {1, several}
    shared = {unit for unit, given in dealt.items() if len(given) > 1}
    if several > 1:
        assert abs(len(shared) - share * len(units)) <= 0.5
    assert max(loads(dealt, people)) - min(loads(dealt, people)) <= 1
    documents = Counter(document for _, document in units)
    inside = Counter(document for unit, document in units if unit in shared)
    assert all(abs(inside[name] - len(shared) * size / len(units)) <= 1 for name, size in documents.items())


@given(DOCUMENTS, st.integers(2, 5), SHARES, st.integers(0, 99))
def test_people_get_about_as_much_of_each_document(sizes, count, share, seed):
    units, people = make(sizes), PEOPLE[:count]
    dealt = deal(units, people, share, 2, seed)
    for document in {document for _, document in units}:
        part = {unit: dealt[unit] for unit, name in units if name == document}
        # two runs through the document, one for units of two people and one for the rest, each within one or two
        assert max(loads(part, people)) - min(loads(part, people)) <= 4


@given(DOCUMENTS, DOCUMENTS, st.integers(2, 4), SHARES, st.integers(0, 99))
def test_what_was_dealt_stays_when_units_come_and_the_balance_too(sizes, more, count, share, seed):
    people, first = PEOPLE[:count], make(sizes)
    dealt = deal(first, people, share, 2, seed)
    both = first + make(more, "new")
    again = deal(both, people, share, 2, seed, dealt)
    assert {unit: again[unit] for unit, _ in first} == dealt
    assert max(loads(again, people)) - min(loads(again, people)) <= 1
    shared = sum(len(given) > 1 for given in again.values())
    assert abs(shared - share * len(both)) <= 0.5 + max(0, sum(len(g) > 1 for g in dealt.values()) - share * len(both))


@given(DOCUMENTS, DOCUMENTS, st.integers(2, 4), SHARES, st.integers(0, 99))
def test_who_comes_later_takes_nothing_from_anybody_and_an_equal_part_of_the_rest(sizes, more, count, share, seed):
    people, first = PEOPLE[:count], make(sizes)
    dealt = deal(first, people, share, 2, seed)
    assert deal(first, PEOPLE, share, 2, seed, dealt) == dealt
    fresh = make(more, "new")
    again = deal(first + fresh, PEOPLE, share, 2, seed, dealt)
    assert {unit: again[unit] for unit, _ in first} == dealt
    rest = {unit: again[unit] for unit, _ in fresh}
    assert max(loads(rest, PEOPLE)) - min(loads(rest, PEOPLE)) <= 1


@given(DOCUMENTS, st.integers(1, 4), SHARES, st.integers(0, 99), st.randoms())
def test_the_same_seed_deals_the_same_in_any_order(sizes, count, share, seed, chance):
    units, people = make(sizes), PEOPLE[:count]
    turned, others = list(units), list(people)
    chance.shuffle(turned)
    chance.shuffle(others)
    same = deal(turned, others, share, 2, seed)
    assert {unit: set(given) for unit, given in same.items()} == {
        unit: set(given) for unit, given in deal(units, people, share, 2, seed).items()
    }


def test_another_seed_deals_otherwise():
    units = make([40])
    assert deal(units, PEOPLE, 0.5, 2, 1) != deal(units, PEOPLE, 0.5, 2, 2)


@pytest.mark.parametrize("count", [3, 4, 5])
def test_every_pair_shares_about_as_many_units(count):
    people = PEOPLE[:count]
    dealt = deal(make([60, 60]), people, 1.0)
    met = Counter(frozenset(pair) for given in dealt.values() for pair in combinations(given, 2))
    assert len(met) == count * (count - 1) // 2
    assert max(met.values()) - min(met.values()) <= 3


def test_without_a_share_everybody_labels_everything_newcomers_too():
    units = make([3])
    dealt = deal(units, PEOPLE[:2], None)
    assert set(dealt.values()) == {("aigul", "berik")}
    assert set(deal(units, PEOPLE[:3], None, earlier=dealt).values()) == {("aigul", "berik", "dana")}


def test_units_of_somebody_who_left_go_to_the_others():
    units = make([20])
    dealt = deal(units, PEOPLE[:3], 0.3)
    kept = {unit: tuple(name for name in given if name != "dana") for unit, given in dealt.items()}
    wanted = {unit: len(given) for unit, given in dealt.items() if "dana" in given}
    again = deal(units, PEOPLE[:2], 0.3, earlier=kept, wanted=wanted)
    for unit, names in dealt.items():
        assert len(again[unit]) == len(names)
        assert set(again[unit]) >= set(names) - {"dana"}
        assert "dana" not in again[unit]


@given(DOCUMENTS, DOCUMENTS, st.integers(0, 99))
def test_half_of_all_and_of_each_document(sizes, more, seed):
    units = [(*unit, "") for unit in make(sizes)]
    drawn = halve(units, seed)
    assert abs(2 * sum(drawn.values()) - len(units)) <= 1
    for document in {document for _, document, _ in units}:
        part = [drawn[unit] for unit, name, _ in units if name == document]
        assert abs(2 * sum(part) - len(part)) <= 1
    both = units + [(*unit, "") for unit in make(more, "new")]
    again = halve(both, seed, drawn)
    assert {unit: again[unit] for unit, _, _ in units} == drawn
    assert abs(2 * sum(again.values()) - len(both)) <= 1


def test_the_half_is_no_copy_of_who_labels_what():
    units = make([400])
    dealt = deal(units, PEOPLE[:2], 0.2)
    drawn = halve([(*unit, " ".join(sorted(dealt[unit[0]]))) for unit in units])
    for group in set(dealt.values()):
        part = [drawn[unit] for unit, given in dealt.items() if set(given) == set(group)]
        assert abs(2 * sum(part) - len(part)) <= 2
    assert drawn != halve([(*unit, "") for unit in units], seed=1)
