"""Reader of plain text, ``text@1``: the text stays as it is but for encoding, line ends and invisible characters."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.ingest.encoding import decode
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError


def read(raw: Raw) -> Iterator[Reading]:
    """Read a plain text.

    Parameters:
        raw: the file.

    Yields:
        one reading; what its words tell (title, publisher …) is found later, once the language is known.

    Raises:
        MinberError: MB104 empty, MB106 to MB108 not a text.
    """
    if not raw.data.strip():
        raise MinberError(
            "MB104", raw.place, what="the file is empty" if not raw.data else "the file holds only blanks"
        )
    decoded = decode(raw.data, raw.charset, raw.place)
    reading = Reading(decoded.text, decoded.encoding)
    reading.origins["encoding"] = decoded.origin
    if decoded.replaced:
        reading.origins["encoding"] += f"; {decoded.replaced} broken sequence(s) replaced by U+FFFD"
    yield reading


READER = Reader(
    name="text",
    version=1,
    suffixes=(".txt", ".text", ""),
    media_types=("text/plain",),
    read=read,
    about="plain text in any common encoding",
)
