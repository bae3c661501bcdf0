"""From an open source to what readers take: a file as it is, the rows of a table, the members of an archive.

A source that is read piece by piece is never held in memory, so that only its pieces are bounded in size. What cannot
be read inside is named and passed over; where the source itself breaks off, what came before it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.ingest.formats.package import OLE2, ZIP, media_type_of
from corpus.ingest.opened import Left, Opened, unforeseen
from corpus.ingest.registry import choose
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.reading import Raw, Reader

DEPTH = 2
"""Archives that may lie in each other; compressed single files count as none."""

Piece = tuple["Raw", "Reader"] | Left


def unpack(source: Opened, forced: Reader | None = None, depth: int = 0) -> Iterator[Piece]:
    """Give the pieces of a source that readers take.

    Parameters:
        source: an open file, page or member.
        forced: the reader that the user named; archives are opened all the same, and it reads what is inside.
        depth: number of archives around it.

    Yields:
        pieces with the reader of each, in their order; what is not read as Left, with the reason.
    """
    try:
        reader = _reader(source, forced)
        if reader.parts is None:
            yield source.whole(), reader
            return
        if reader.archive and depth >= DEPTH:
            raise MinberError("MB140", source.place, depth=DEPTH)
        empty = True
        for part in reader.parts(source):
            empty = False
            if isinstance(part, Left):
                yield part
            elif isinstance(part, Opened):
                yield from unpack(part, forced, depth + (reader.archive and "!" in part.uri[len(source.uri) :]))
            else:
                yield part, reader
        if empty:
            raise MinberError("MB104", source.place, what="nothing is inside")
    except MinberError as error:
        yield Left(source.uri, error)
    except BaseException as error:
        yield Left(source.uri, unforeseen(error, source.place))


def _reader(source: Opened, forced: Reader | None) -> Reader:
    head = source.raw(source.head)
    packaged = media_type_of(source.seekable()) if source.head.startswith((OLE2, *ZIP)) else None
    if forced is None:
        return choose(head, packaged)
    if forced.archive:
        return forced if forced.sniff is None or forced.sniff(source.head) else choose(head, packaged)
    try:
        found = choose(head, packaged)
    except MinberError:  # no reader takes it by itself; the user knows better
        return forced
    return found if found.archive else forced
