"""Numbers of word types: the table says what a plain dictionary would."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotators.languages.wordtypes import WordTypes

HASH = st.one_of(
    st.integers(0, 50),
    st.integers(0, (1 << 64) - 1),
    st.integers(0, 20).map(lambda n: n << 12),  # all want the first place of a table that has not grown
)


@settings(deadline=None)
@given(st.lists(st.lists(HASH, max_size=60), max_size=12), st.sampled_from([5, 1 << 18]))
def test_every_type_has_the_number_it_was_given(documents: list[list[int]], kept: int) -> None:
    types = WordTypes(kept)
    for document in documents:
        numbers = types.numbers(np.array(document, dtype=np.uint64), lambda orth: orth % 1009)
        assert numbers.tolist() == [orth % 1009 for orth in document]


def test_a_type_is_learnt_once_while_it_is_kept() -> None:
    asked: list[int] = []

    def learn(orth: int) -> int:
        asked.append(orth)
        return len(asked)

    types = WordTypes()
    hashes = np.array([n * 4096 + n % 7 for n in range(3000)] * 2, dtype=np.uint64)
    for _ in range(3):
        assert types.numbers(hashes, learn).tolist() == [*range(1, 3001)] * 2
    assert len(asked) == len(types) == 3000


def test_memory_is_bounded() -> None:
    types = WordTypes(kept=100)
    for start in range(0, 5000, 50):
        types.numbers(np.arange(start, start + 50, dtype=np.uint64), lambda orth: orth)
        assert len(types) <= 150
