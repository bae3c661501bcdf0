"""What goes into a reader and what comes out: the interface that a new format implements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from corpus.ingest.choices import Choices

if TYPE_CHECKING:
    from corpus.ingest.opened import Left, Opened


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one source, as found, or of one piece of a source that is read piece by piece.

    Attributes:
        uri: file URI, URL, or ``stdin:SHA256``; of a member of an archive ``ARCHIVE!/MEMBER``, of a row ``TABLE#ROW``.
        name: file name, or last part of the URL's path; may be empty.
        data: the bytes.
        retrieved: when they were read, UTC.
        media_type: as a server states it, such as ``text/html``.
        charset: as a server or the user states it.
        part: the row of a table: its id, or its number from 1.
        numbered: ``part`` is only a number, so that the row is known by its contents rather than by it.
        known: what the container tells about this piece: columns of a row …
        choices: how the user wants it read.
    """

    uri: str
    name: str
    data: bytes
    retrieved: dt.datetime
    media_type: str | None = None
    charset: str | None = None
    part: str | None = None
    numbered: bool = False
    known: Mapping[str, Any] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)

    @property
    def place(self) -> str:
        """Where it lies, for people: a path, a URL, or «standard input»."""
        return place_of(self.uri)


def place_of(uri: str) -> str:
    """Where something lies, for people: a file URI as a path, anything else as it is.

    Example:
        >>> place_of("file:///texts/%D1%81%D3%A9%D0%B7.csv#17")
        '/texts/сөз.csv#17'
    """
    if uri.startswith("stdin:"):
        return "standard input" + uri[len("stdin:") + 64 :]
    if not uri.startswith("file:"):
        return uri
    parts = urlsplit(uri)
    return unquote(parts.path) + (f"#{parts.fragment}" if parts.fragment else "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text that the source itself marks: a note, a heading, a speaker's turn. Stored as an annotation.

    Attributes:
        layer: such as ``chrome`` for what is not the speaker's words.
        label: what it is: ``note``, ``heading`` …
        start, end: code points of the reading's text, which must be canonical already.
        attributes: JSON values.
    """

    layer: str
    label: str
    start: int
    end: int
    attributes: Mapping[str, Any] = field(default_factory=dict)


Docvar = str | int | float | bool


@dataclass(slots=True)
class Reading:
    """One document that a reader found in a source; what the source does not tell stays None.

    Attributes:
        text: the words, not yet canonical.
        encoding: name of the codec the bytes were decoded with, None for binary formats.
        title, date, lang, publisher, speaker, kind, occasion, place: metadata that the source itself states.
        alternates: language → address of the same text in that language.
        country: ISO 3166 code, whose president «the president» in the title is.
        url: canonical address of the document, which is then its identity.
        origins: metadata field → where the value was found.
        fallback: metadata field → value and origin, for where neither text nor file name tells it.
        part: which document of a source that holds several: a row, a member of an archive. None if it is the only one.
        data: raw bytes of that part, where they are not those of the source.
        lang_is_sure: ``lang`` was set by whoever made the source, text by text, and is not to be guessed again.
        docvars: what else the source tells about the document: other columns of its row, role of the speaker …
        marks: stretches that the source marks; ``text`` is then canonical.
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
    country: str | None = None
    url: str | None = None
    origins: dict[str, str] = field(default_factory=dict)
    fallback: dict[str, tuple[Any, str]] = field(default_factory=dict)
    part: str | None = None
    data: bytes | None = None
    lang_is_sure: bool = False
    docvars: dict[str, Docvar] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)

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
        read: gives the documents in some bytes; of a table, in the bytes of one row. None for archives.
        sniff: whether the first bytes of a file are surely this format, whatever its name.
        about: one line for people.
        parts: for sources that are read piece by piece and never held in memory: gives their pieces, each of bounded
            size. A piece is a Raw (a row, for ``read``), an Opened (a member, for whatever reader takes it), or a Left
            (what is not read, and why).
        archive: its pieces are files of any kind.

    Example:
        >>> Reader("caps", 1, (".caps",), (), lambda raw: [Reading(raw.data.decode().upper())], about="for the deaf").id
        'caps@1'
    """

    name: str
    version: int
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    read: Callable[[Raw], Iterable[Reading]] | None
    sniff: Callable[[bytes], bool] | None = None
    about: str = ""
    parts: Callable[[Opened], Iterator[Raw | Opened | Left]] | None = None
    archive: bool = False

    @property
    def id(self) -> str:
        """Name and version, as documents record it."""
        return f"{self.name}@{self.version}"
