"""Archives whose bytes depend on nothing but what is inside."""

from __future__ import annotations

import zipfile

WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a ZIP can tell."""


def write_entry(archive: zipfile.ZipFile, name: str, text: str) -> None:
    """Put a text into an archive, UTF-8, at no time.

    Parameters:
        archive: open for writing.
        name: of the entry.
        text: what it holds.

    Example:
        >>> import io
        >>> with zipfile.ZipFile(io.BytesIO(), "w") as archive:
        ...     write_entry(archive, "a.txt", "сөз")
        ...     archive.read("a.txt").decode()
        'сөз'
    """
    entry = zipfile.ZipInfo(name, WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text.encode("utf-8"))
