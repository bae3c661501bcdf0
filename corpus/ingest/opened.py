"""A source that is open and not yet read: its first bytes are known, the rest comes as it is asked for."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from corpus.ingest.choices import Choices
from corpus.ingest.reading import Raw, place_of
from schemas.errors import MinberError, problem_of

HEAD = 2048
"""Bytes by which the kind of a file is told."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Left:
    """A piece of a source that is not read.

    Attributes:
        uri: of the piece.
        error: why; None for a file that no reader takes, in an archive as in a folder.
        beside: it is no piece but a file that several sources ask for, such as a list of persons; told once.
    """

    uri: str
    error: MinberError | None = None
    beside: bool = False


@dataclass(slots=True)
class Opened:
    """An open source, or an open member of one.

    Attributes:
        uri, name, retrieved, media_type, charset, known, choices: as of Raw.
        stream: gives all bytes, also those of ``head``; a member's is good until the next member is asked for.
        head: the first 2,048 bytes.
        size: bytes, where it is told beforehand; not to be trusted.
        max_size: bytes of the largest piece that is read into memory.
        path: of a file on disk, whose stream can be wound back.
    """

    uri: str
    name: str
    stream: BinaryIO
    head: bytes
    retrieved: dt.datetime
    max_size: int
    size: int | None = None
    media_type: str | None = None
    charset: str | None = None
    path: Path | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)

    @property
    def place(self) -> str:
        """Where it lies, for people."""
        return place_of(self.uri)

    def raw(self, data: bytes, **changes: Any) -> Raw:
        """Some bytes of it, with all that is known of them."""
        fields: dict[str, Any] = {
            "uri": self.uri,
            "name": self.name,
            "retrieved": self.retrieved,
            "media_type": self.media_type,
            "charset": self.charset,
            "known": self.known,
            "choices": self.choices,
        }
        return Raw(data=data, **fields | changes)

    def whole(self) -> Raw:
        """Read all of it into memory.

        Raises:
            MinberError: MB112 it is larger than ``max_size``.
        """
        if self.size is not None and self.size > self.max_size:
            raise too_large(self.place, self.size, self.max_size)
        try:
            data = self.stream.read(self.max_size + 1)
        except OSError as error:
            raise MinberError("MB103", self.place, problem=error.strerror or str(error)) from error
        if len(data) > self.max_size:
            raise too_large(self.place, None, self.max_size)
        return self.raw(data)

    def seekable(self) -> BinaryIO:
        """Its own stream, which can be wound back: what is no file is read into memory first.

        Raises:
            MinberError: MB112 it is no file and larger than ``max_size``.
        """
        if self.path is None and not isinstance(self.stream, io.BytesIO):
            self.stream = io.BytesIO(self.whole().data)
        return self.stream

    def ahead(self, size: int) -> tuple[BinaryIO, bytes]:
        """Look at more of its beginning than the head.

        Parameters:
            size: bytes.

        Returns:
            a stream from the beginning on, and that many bytes of it, less where it is shorter.
        """
        data = self.stream.read(size)
        if self.path is not None:
            self.stream.seek(0)
            return self.stream, data
        return io.BufferedReader(Chained(data, _Guarded(self.stream, self.place)), _CHUNK), data

    def member_uri(self, name: str) -> str:
        """The address of something inside, as Java and Python's import system write it: ``ARCHIVE!/MEMBER``."""
        from urllib.parse import quote

        return f"{self.uri}!/{quote(name, errors='replace')}"

    def member(self, name: str, stream: BinaryIO, size: int | None = None, **changes: Any) -> Opened:
        """Open something inside.

        Parameters:
            name: path inside the archive.
            stream: its bytes from the first one on.
            size: as the archive states it.
            changes: other attributes.

        Returns:
            the member, with its head read.
        """
        uri = changes.get("uri", self.member_uri(name))
        rest = _Guarded(stream, place_of(uri))
        head = rest.read(HEAD)
        fields: dict[str, Any] = {
            "uri": uri,
            "name": name.rpartition("/")[2],
            "retrieved": self.retrieved,
            "charset": self.charset,
            "known": self.known,
            "choices": self.choices,
        }
        whole = io.BufferedReader(Chained(head, rest), _CHUNK)
        return Opened(stream=whole, head=head, max_size=self.max_size, size=size, **fields | changes)


class _Guarded:
    """A member's stream; what the libraries of archives say of damage becomes a coded error."""

    def __init__(self, stream: BinaryIO, place: str) -> None:
        self._stream = stream
        self._place = place

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size) or b""
        except (MinberError, MemoryError):
            raise
        except Exception as error:
            raise MinberError("MB141", self._place, problem=problem_of(error)) from error


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next ones; none at the end."""


class Chained(io.RawIOBase):
    """A stream whose first bytes were read already; for ``io.BufferedReader``.

    Parameters:
        head: those bytes.
        rest: what comes after them.
    """

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        """That it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, or the beginning of it; gives the number of bytes, 0 at the end."""
        size = len(buffer)
        data: bytes | memoryview = self._head[:size]
        self._head = self._head[size:]
        data = data or self._rest.read(min(size, _CHUNK))
        buffer[: len(data)] = data
        return len(data)


def too_large(place: str, size: int | None, limit: int) -> MinberError:
    """The error of a piece that is larger than the user allows."""
    return MinberError("MB112", place, size="more" if size is None else in_megabytes(size), limit=in_megabytes(limit))


def unforeseen(error: BaseException, place: str) -> MinberError:
    """The error of a source at which a reader or library met something nobody foresaw: the others still go on.

    What ends the program is raised again; all else that is no Exception is a panic of native code.
    """
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
        raise error
    problem = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return MinberError("MB114", place, problem=problem)


def in_megabytes(size: int) -> str:
    """Write a number of bytes for people.

    Example:
        >>> in_megabytes(1_500_000)
        '1.4 MB'
    """
    return f"{size / 1024 / 1024:.1f} MB"
