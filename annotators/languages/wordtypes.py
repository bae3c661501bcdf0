"""What is known of word types, looked up for all tokens of a document at once.

spaCy gives every word form a hash. A table of numpy, read at the lowest bits of the hash, says in a few steps for the
whole document which number each token's type has; Python only touches types that are new, and tokens whose type has
something to say. What a number means is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT_TYPES = 1 << 18
"""Word types that are kept. A text of any length has more and more of them: beyond this all are forgotten, and those
that come again are learnt anew, so that memory stays bounded (about 40 MB)."""
_SPARSE = 4
"""The table has at least this many places for each type, so that few types want the same one."""
_SMALLEST = 1 << 12


class WordTypes:
    """Numbers of word types by spaCy's hash of the form.

    Parameters:
        kept: how many types are kept.

    Example:
        >>> types, words = WordTypes(), {7: "ел", 9: "сайлау"}
        >>> types.numbers(np.array([7, 9, 7], dtype=np.uint64), lambda orth: len(words[orth])).tolist()
        [2, 6, 2]
    """

    def __init__(self, kept: int = KEPT_TYPES) -> None:
        self._kept = kept
        self._known: dict[int, int] = {}
        self._size = 0
        self._clear()

    def __len__(self) -> int:
        """How many types are known."""
        return len(self._known)

    def numbers(self, hashes: NDArray[np.uint64], learn: Callable[[int], int]) -> NDArray[np.int32]:
        """The number of each token's type.

        Parameters:
            hashes: of the tokens of a document, ``doc.to_array(ORTH)``.
            learn: gives the number of a type that is not known, from its hash.

        Returns:
            one number for each token.
        """
        places = (hashes & self._mask).view(np.int64)
        found = self._numbers.take(places)
        missing = (self._hashes.take(places) != hashes).nonzero()[0]
        if missing.size:
            found[missing] = self._ask(hashes.take(missing).tolist(), learn)
        return found

    def _ask(self, hashes: list[int], learn: Callable[[int], int]) -> list[int]:
        """Numbers of types that the table does not have: new ones, and those whose place another type took."""
        if len(self._known) > self._kept:
            self._clear()
        known, before = self._known, len(self._known)
        new: list[int] = []
        found = []
        for orth in hashes:
            number = known.get(orth)
            if number is None:
                number = known[orth] = learn(orth)
                new.append(orth)
            found.append(number)
        if len(known) * _SPARSE > self._size:
            self._make_room(len(known) * _SPARSE)
        elif len(known) > before:
            self._write(new)
        return found

    def _clear(self) -> None:
        self._known.clear()
        self._make_room(_SMALLEST)

    def _make_room(self, size: int) -> None:
        """A table of at least so many places (a power of two) with all types that are known."""
        self._size = 1 << (size - 1).bit_length()
        self._mask = np.uint64(self._size - 1)
        self._hashes = np.zeros(self._size, dtype=np.uint64)
        self._hashes[0] = 1  # a hash that never stands at this place; nor does 0 at any other
        self._numbers = np.zeros(self._size, dtype=np.int32)
        self._write(list(self._known))

    def _write(self, hashes: list[int]) -> None:
        if not hashes:
            return
        keys = np.array(hashes, dtype=np.uint64)
        places = (keys & self._mask).view(np.int64)
        self._hashes[places] = keys  # where two want one place the last one has it, here as in the line below
        self._numbers[places] = list(map(self._known.__getitem__, hashes))
