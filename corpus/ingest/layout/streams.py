"""Packed streams of PDF files, unpacked within bounds: pdfminer has none, and 32 MB may hold 30 GB of zeros.

It calls its decoders by the names that its module has for them. Ours stand there once and for all, and look up whose
file is being read: each thread has its own bounds, and who reads without any gets what pdfminer would do.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pdfminer import pdftypes
from pdfminer.lzw import LZWDecoder

from schemas.errors import MinberError

LARGEST_STREAM = 64 * 1024 * 1024
LARGEST_TOTAL = 512 * 1024 * 1024


@dataclass(slots=True)
class _Bounds:
    """What a file may still unpack to.

    Attributes:
        place: where it lies, for the error.
        total: bytes unpacked so far.
    """

    place: str
    total: int = 0

    def count(self, size: int) -> None:
        """Add the size of a stream.

        Raises:
            MinberError: MB134 it, or all of them, are too large.
        """
        self.total += size
        if size > LARGEST_STREAM or self.total > LARGEST_TOTAL:
            raise MinberError("MB134", self.place, limit=f"{LARGEST_STREAM // 1024 // 1024} MB in one of its streams")


_BOUNDS: ContextVar[_Bounds | None] = ContextVar("bounds", default=None)
_THEIRS: dict[str, Any] = {name: getattr(pdftypes, name) for name in ("decompress_corrupted", "lzwdecode", "rldecode")}


@contextmanager
def bounded(place: str) -> Iterator[None]:
    """While this lasts, pdfminer unpacks no stream to more than :data:`LARGEST_STREAM` bytes in this thread.

    Parameters:
        place: where the file lies, for errors.
    """
    for name, ours in _OURS.items():
        setattr(pdftypes, name, ours)
    token = _BOUNDS.set(_Bounds(place))
    try:
        yield
    finally:
        _BOUNDS.reset(token)


class _Zlib:
    """What pdfminer takes for the module ``zlib``."""

    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    @staticmethod
    def decompress(data: bytes) -> bytes:
        if (bounds := _BOUNDS.get()) is None:
            return zlib.decompress(data)
        unpacker = zlib.decompressobj()
        found = unpacker.decompress(data, LARGEST_STREAM + 1)
        bounds.count(len(found))
        if not unpacker.eof:
            raise zlib.error("incomplete")
        return found


def _corrupted(data: bytes) -> bytes:
    if (bounds := _BOUNDS.get()) is None:
        return bytes(_THEIRS["decompress_corrupted"](data))
    unpacker = zlib.decompressobj()
    found: list[bytes] = []
    with suppress(zlib.error):  # what came before the damage is kept
        found.extend(unpacker.decompress(data[at : at + 1024], LARGEST_STREAM) for at in range(0, len(data), 1024))
    bounds.count(sum(map(len, found)))
    return b"".join(found)


def _lzw(data: bytes) -> bytes:
    if (bounds := _BOUNDS.get()) is None:
        return bytes(_THEIRS["lzwdecode"](data))
    found: list[bytes] = []
    size = 0
    for piece in LZWDecoder(io.BytesIO(data)).run():
        size += len(piece)
        if size > LARGEST_STREAM:
            bounds.count(size)
        found.append(piece)
    bounds.count(size)
    return b"".join(found)


def _run_length(data: bytes) -> bytes:
    if (bounds := _BOUNDS.get()) is not None and len(data) > LARGEST_STREAM // 64:  # as many times it may grow
        bounds.count(LARGEST_STREAM + 1)
    found = bytes(_THEIRS["rldecode"](data))
    if bounds is not None:
        bounds.count(len(found))
    return found


_OURS: dict[str, Any] = {
    "zlib": _Zlib,
    "decompress_corrupted": _corrupted,
    "lzwdecode": _lzw,
    "rldecode": _run_length,
}
