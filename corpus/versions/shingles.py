"""Words in a row, by which texts that were copied from each other are known, whatever was done to their signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any
from zlib import crc32

from annotators.languages.scripts import norm

SIZE = 3
"""Words of a shingle: fewer are shared by chance, more break at every changed word."""
PERMUTATIONS = 128
THRESHOLD = 0.35
"""Share of common shingles from which pairs of documents are looked at."""

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Cut a text into the words that count for comparison: small letters, look-alikes repaired, no signs.

    Parameters:
        text: any text.

    Returns:
        words and numbers in their order.

    Example:
        >>> words_of("«Бұл – ЖАҢА кезең!» – деді 19-ы күні.")
        ['бұл', 'жаңа', 'кезең', 'деді', '19', 'ы', 'күні']
    """
    return _WORD.findall(norm(text))


def shingles(words: Sequence[str], size: int = SIZE) -> list[int]:
    """Name each run of words by a number, in their order.

    Parameters:
        words: as ``words_of`` gives them.
        size: words of a run.

    Returns:
        one number of 32 bits a run; for fewer words than `size`, one for all of them, none for none.

    Example:
        >>> one, two = shingles("а б в г".split()), shingles("я б в г".split())
        >>> one[0] == two[0], one[1] == two[1]
        (False, True)
    """
    if len(words) <= size:
        return [crc32(" ".join(words).encode())] if words else []
    return [crc32(" ".join(words[start : start + size]).encode()) for start in range(len(words) - size + 1)]


def name_of(words: Iterable[str]) -> str:
    """Name a wording: 12 hexadecimal digits that are the same wherever these words stand.

    Example:
        >>> name_of(["бір", "екі"]) == name_of(iter(["бір", "екі"]))
        True
    """
    return blake2b(" ".join(words).encode(), digest_size=6).hexdigest()


def sketch(numbers: Iterable[int]) -> Any:
    """Make the MinHash of a set of shingles.

    Parameters:
        numbers: from ``shingles``.

    Returns:
        datasketch's MinHash of 128 permutations.

    Source: Broder, A. Z. (1997). On the resemblance and containment of documents. Proc. Compression and Complexity of
    Sequences.
    """
    from datasketch import MinHash

    made = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=_as_it_is)
    made.update_batch(sorted(set(numbers)))
    return made


def _as_it_is(number: int) -> int:
    return number
