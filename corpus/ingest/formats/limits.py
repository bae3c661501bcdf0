"""What no page that people read has, and attacks do: elements nested without end, attributes without number or end.

libxml2 stops at such a place without a word, and half a page would pass for a whole one; or it goes on for hours.
"""

from __future__ import annotations

import re
from typing import Any

from corpus.ingest.formats.markup import complaints
from schemas.errors import MinberError

_LONG_TAG = 100_000  # characters between two < in which there may be too many attributes
_ATTRIBUTES = 20_000  # of one tag: libxml2 takes half a second for them, and four times as long for twice as many
_DEEP = 250  # elements in each other at which libxml2 is near its limit
_LARGE = 5_000_000  # characters from which one attribute may exceed libxml2's limit
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def refuse_endless_tags(page: str, place: str) -> None:
    """Refuse a page before it is parsed, where one of its tags would take hours.

    Parameters:
        page: decoded HTML.
        place: where it lies, for the error.

    Raises:
        MinberError: MB170 attributes without number.
    """
    if not _has_long_gap(page):
        return
    for piece in page.split("<"):
        if len(piece) > _LONG_TAG and piece[0].isalpha():
            tag = piece.partition(">")[0]
            if len(tag) > _LONG_TAG and len(_QUOTED.sub(" ", tag).split()) > _ATTRIBUTES:
                raise MinberError("MB170", place, what=f"one of its tags has more than {_ATTRIBUTES:,} attributes")


def _has_long_gap(page: str) -> bool:
    """Whether two < are far apart, told in leaps from one to the last within reach of it."""
    place = page.find("<")
    while 0 <= place < len(page) - _LONG_TAG - 1:
        following = page.rfind("<", place + 1, place + _LONG_TAG + 2)
        if following < 0:
            return True
        place = following
    return False


def refuse_cut_tree(page: str, tree: Any, place: str) -> None:
    """Refuse a page of which the parser gave up the rest.

    Parameters:
        page: decoded HTML.
        tree: what the parser made of it just now.
        place: where it lies, for the error.

    Raises:
        MinberError: MB170 nested too deeply, or an attribute or name too long.
    """
    if len(page) < _LARGE and not _near_limit(tree):
        return
    for entry in complaints():
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            deep = "depth" in entry.message
            what = "its elements lie hundreds deep in each other" if deep else "one of its tags is longer than any text"
            raise MinberError("MB170", place, what=what)


def _near_limit(tree: Any) -> bool:
    """Whether the last element, at which the parser may have stopped, lies very deep."""
    element, depth = tree, 0
    while element is not None and len(element) and depth < _DEEP:
        element, depth = element[-1], depth + 1
    return depth >= _DEEP
