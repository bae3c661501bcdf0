"""Offsets: Python counts code points, Doccano's page counts UTF-16 code units.

Both agree until the first character beyond the Basic Multilingual Plane (most emoji), which is one code point and two
units. Minber converts at the border, both ways, and never clips: an offset that fits no letter is an error.
"""

from __future__ import annotations

from bisect import bisect_left

from schemas.errors import MinberError


class Offsets:
    """The two ways to count in one text.

    Parameters:
        text: the text of a unit, exactly as it is on the server.

    Example:
        >>> offsets = Offsets("😀 диалог")
        >>> offsets.to_utf16(2), offsets.to_code_point(3)
        (3, 2)
        >>> offsets.to_code_point(1)
        Traceback (most recent call last):
        schemas.errors.MinberError: MB412 offset 1 lies inside the character '😀'. Cure: ...
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._wide = [index for index, letter in enumerate(text) if ord(letter) > 0xFFFF]
        self._wide_units = [index + before for before, index in enumerate(self._wide)]

    def to_utf16(self, offset: int) -> int:
        """Convert an offset in code points to UTF-16 units.

        Parameters:
            offset: 0 to the length of the text, both included.

        Returns:
            the offset in units.

        Raises:
            MinberError: MB412 before or beyond the text.
        """
        if not 0 <= offset <= len(self._text):
            raise MinberError("MB412", offset=offset, problem=f"outside of the text (0 to {len(self._text)})")
        return offset + bisect_left(self._wide, offset)

    def to_code_point(self, offset: int) -> int:
        """Convert an offset in UTF-16 units to code points.

        Parameters:
            offset: 0 to the length of the text in units, both included.

        Returns:
            the offset in code points.

        Raises:
            MinberError: MB412 before or beyond the text, or in the middle of a surrogate pair.
        """
        length = len(self._text) + len(self._wide)
        if not 0 <= offset <= length:
            raise MinberError("MB412", offset=offset, problem=f"outside of the text (0 to {length} UTF-16 units)")
        before = bisect_left(self._wide_units, offset)
        if before and self._wide_units[before - 1] + 1 == offset:
            letter = self._text[self._wide[before - 1]]
            raise MinberError("MB412", offset=offset, problem=f"inside the character {letter!r}")
        return offset - before
