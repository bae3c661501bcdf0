"""What holds for members of every kind of archive: which are passed over, which refused, how much they may hold."""

from __future__ import annotations

from typing import BinaryIO

from corpus.ingest.opened import Opened, in_megabytes
from schemas.errors import MinberError

RATIO = 200
"""How many times larger than its packed form an archive may be; texts are three to thirty times larger."""
FREE = 64 * 1024 * 1024
"""Bytes up to which the ratio is not looked at."""


def hidden(name: str) -> bool:
    """Whether a member is a hidden file, or what macOS and Windows keep beside files.

    Example:
        >>> hidden("__MACOSX/texts/._a.txt"), hidden("texts/.git/a.txt"), hidden("../a.txt"), hidden("./texts/a.txt")
        (True, True, False, False)
    """
    steps = name.replace("\\", "/").split("/")
    return "__MACOSX" in steps or any(step.startswith(".") and step.strip(".") for step in steps)


def unsafe(name: str) -> bool:
    """Whether a member's name leads out of the archive.

    Nothing is ever written under such a name; whoever made the archive meant harm all the same.

    Example:
        >>> unsafe("../../etc/passwd"), unsafe("C:\\\\a.txt"), unsafe("texts/a..b.txt")
        (True, True, False)
    """
    path = name.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or path[1:3] == ":/" or "\0" in path


def refuse_bomb(size: int, packed: int, source: Opened) -> None:
    """Refuse what would unpack to far more than texts do.

    Parameters:
        size: bytes when unpacked.
        packed: bytes as they lie in the archive.
        source: the archive.

    Raises:
        MinberError: MB142 a bomb.
    """
    if size > FREE and size > RATIO * max(1, packed):
        raise MinberError("MB142", source.place, what=f"{in_megabytes(packed)} unpack to {in_megabytes(size)}")


class Counted:
    """A stream that counts what goes through it.

    Parameters:
        stream: where bytes come from.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Read bytes and count them."""
        data = self._stream.read(size)
        self.count += len(data)
        return data
