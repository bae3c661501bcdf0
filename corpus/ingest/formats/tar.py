"""TAR archives, ``tar@1``, as a stream: members are read one by one by whatever reader takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from corpus.ingest.formats.members import hidden, unsafe
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Reader
from schemas.errors import MinberError, problem_of

_HEADERS = 1024 * 1024
"""Bytes of the longest name or header that is believed."""


def parts(source: Opened) -> Iterator[Opened | Left]:
    """Open the members of a TAR archive one after the other.

    Parameters:
        source: the archive, not compressed.

    Yields:
        members; folders, devices and hidden files are passed over.

    Raises:
        MinberError: MB141 damaged or cut off, MB142 headers without end.
    """
    import tarfile

    from corpus.ingest.registry import takes

    try:
        with tarfile.open(fileobj=cast(Any, _Forward(source)), mode="r:", errors="replace") as archive:
            for info in archive:
                archive.members.clear()  # type: ignore[attr-defined] # it would remember all of them
                name = info.name
                if hidden(name) or not (info.isfile() or info.issym() or info.islnk()):
                    continue
                uri = source.member_uri(name)
                if unsafe(name) or not info.isfile():
                    what = "a path that leads out of the archive" if unsafe(name) else "a link"
                    yield Left(uri, MinberError("MB143", source.place, name=name, what=what))
                elif not takes(name):
                    yield Left(uri)
                elif (member := archive.extractfile(info)) is not None:
                    yield source.member(name, cast(BinaryIO, member), info.size)
    except (tarfile.TarError, EOFError, ValueError, UnicodeError) as error:
        raise MinberError("MB141", source.place, problem=problem_of(error)) from error


class _Forward:
    """A stream that tarfile may wind forward, and from which it gets no header that is longer than any name.

    Its own streaming mode reads a header at once, however long it claims to be.
    """

    def __init__(self, source: Opened) -> None:
        self._source = source
        self._position = 0

    def tell(self) -> int:
        return self._position

    def seek(self, position: int) -> int:
        while self._position < position:
            if not self.read(min(position - self._position, 64 * 1024)):
                break
        if self._position > position:
            raise EOFError("its headers point back")
        return self._position

    def read(self, size: int) -> bytes:
        if size > _HEADERS:
            raise MinberError("MB142", self._source.place, what="a header claims to be longer than any name")
        data = self._source.stream.read(size)
        self._position += len(data)
        return data


READER = Reader(
    name="tar",
    version=1,
    suffixes=(".tar",),
    media_types=("application/x-tar",),
    read=None,
    sniff=lambda head: head[257:262] == b"ustar",
    about="archives: every file inside by its own reader",
    parts=parts,
    archive=True,
)
