"""Single compressed files, ``compressed@1``: gzip, bzip2, xz; what is inside is read by the reader that takes it.

A ``.tar.gz`` is a compressed file with a TAR archive inside, a ``.jsonl.gz`` one with a table: both are streams.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from corpus.ingest.formats.members import Counted, refuse_bomb
from corpus.ingest.opened import Opened
from corpus.ingest.reading import Reader
from schemas.errors import MinberError

if TYPE_CHECKING:
    from collections.abc import Callable

_MAGIC = {b"\x1f\x8b\x08": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "lzma"}
_ENDINGS = {
    ".gz": "",
    ".bz2": "",
    ".bz": "",
    ".xz": "",
    ".tgz": ".tar",
    ".tbz": ".tar",
    ".tbz2": ".tar",
    ".txz": ".tar",
}
_CHUNK = 64 * 1024


def parts(source: Opened) -> Iterator[Opened]:
    """Open what is compressed.

    Parameters:
        source: the compressed file.

    Yields:
        one stream, under the file's own address and with its name less the last ending.

    Raises:
        MinberError: MB141 damaged or of another kind than its name says, MB142 a bomb.
    """
    kind = next((kind for magic, kind in _MAGIC.items() if source.head.startswith(magic)), None)
    if kind is None:
        raise MinberError("MB141", source.place, problem="it is not compressed as its name says")
    packed = Counted(source.stream)
    stream = io.BufferedReader(_Unpacked(_opener(kind)(cast(Any, packed)), packed, source), _CHUNK)
    path = PurePosixPath(source.name)
    name = path.stem + _ENDINGS.get(path.suffix.lower(), "") if path.suffix.lower() in _ENDINGS else source.name
    yield source.member(name, cast(BinaryIO, stream), uri=source.uri)


def _opener(kind: str) -> Callable[[Any], io.BufferedIOBase]:
    from importlib import import_module

    if kind == "gzip":
        return lambda packed: cast(io.BufferedIOBase, import_module("gzip").GzipFile(fileobj=packed))
    return cast("Callable[[Any], io.BufferedIOBase]", import_module(kind).open)


class _Unpacked(io.RawIOBase):
    """Unpacked bytes, bounded by how many packed ones they came from."""

    def __init__(self, stream: io.BufferedIOBase, packed: Counted, source: Opened) -> None:
        self._stream = stream
        self._packed = packed
        self._source = source
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._stream.read1(min(len(buffer), _CHUNK))  # what is left before damage comes out first
        self._count += len(data)
        refuse_bomb(self._count, self._packed.count, self._source)
        buffer[: len(data)] = data
        return len(data)


READER = Reader(
    name="compressed",
    version=1,
    suffixes=tuple(_ENDINGS),
    media_types=("application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-xz"),
    read=None,
    sniff=lambda head: head.startswith(tuple(_MAGIC)),
    about="gzip, bzip2 and xz: the file inside by its own reader",
    parts=parts,
    archive=True,
)
