"""What goes into a reader and what comes out: the interface that a new format implements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one source, as found.

    Attributes:
        uri: file URI, URL, or ``stdin:SHA256``.
        name: file name, or last part of the URL's path; may be empty.
        data: the bytes.
        retrieved: when they were read, UTC.
        media_type: as a server states it, such as ``text/html``.
        charset: as a server or the user states it.
    """

    uri: str
    name: str
    data: bytes
    retrieved: dt.datetime
    media_type: str | None = None
    charset: str | None = None

    @property
    def place(self) -> str:
        """Where it lies, for people: a path, a URL, or «standard input»."""
        if self.uri.startswith("stdin:"):
            return "standard input"
        return unquote(urlsplit(self.uri).path) if self.uri.startswith("file:") else self.uri


@dataclass(slots=True)
class Reading:
    """One document that a reader found in a source; what the source does not tell stays None.

    Attributes:
        text: the words, not yet canonical.
        encoding: name of the codec the bytes were decoded with, None for binary formats.
        title, date, lang, publisher, speaker, kind, occasion, place: metadata that the source itself states.
        alternates: language → address of the same text in that language.
        url: canonical address of the document, which is then its identity.
        origins: metadata field → where the value was found.
        part: which document of a source that holds several: a row, a member of an archive. None if it is the only one.
        data: raw bytes of that part, where they are not those of the source.
    """

    text: str
    encoding: str | None = None
    title: str | None = None
    date: dt.date | None = None
    lang: str | None = None
    publisher: str | None = None
    speaker: str | None = None
    kind: str | None = None
    occasion: str | None = None
    place: str | None = None
    alternates: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    origins: dict[str, str] = field(default_factory=dict)
    part: str | None = None
    data: bytes | None = None

    def set(self, name: str, value: Any, origin: str) -> None:
        """Set a metadata field if it is still unknown, with its origin."""
        if value not in (None, "") and getattr(self, name) is None:
            setattr(self, name, value)
            self.origins[name] = origin


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of one format; packages register theirs under the entry-point group ``minber.readers``.

    Attributes:
        name: short name, for ``--reader``.
        version: raised when the same bytes give other texts.
        suffixes: file name endings, lower case with the dot; ``""`` for files without one.
        media_types: as servers state them.
        read: the function.
        sniff: whether the first bytes of a file are surely this format, whatever its name.
        about: one line for people.

    Example:
        >>> Reader("caps", 1, (".caps",), (), lambda raw: [Reading(raw.data.decode().upper())], about="for the deaf").id
        'caps@1'
    """

    name: str
    version: int
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    read: Callable[[Raw], Iterable[Reading]]
    sniff: Callable[[bytes], bool] | None = None
    about: str = ""

    @property
    def id(self) -> str:
        """Name and version, as documents record it."""
        return f"{self.name}@{self.version}"
