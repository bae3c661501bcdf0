"""What readers of tables share: the way from a table to its pieces, and a look at its first lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from corpus.ingest.formats.rows import Row, pieces
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Raw

_SAMPLE = 256 * 1024  # bytes by which encoding and separator are told


def parts_of(
    table: Callable[[Opened], tuple[Iterable[Row], Mapping[str, Any]]],
) -> Callable[[Opened], Iterator[Raw | Left]]:
    """Make the ``parts`` of a reader, which give the rows of a table one by one, for `read_row`.

    Parameters:
        table: opens a table: its rows, broken ones as errors, and what is known of its encoding.

    Returns:
        what goes from a source to its pieces; it raises what ``table`` does, and MB145, MB146 where no column is surely
        the text.
    """

    def parts(source: Opened) -> Iterator[Raw | Left]:
        rows, known = table(source)
        yield from pieces(source, rows, known)

    return parts


def sampled(source: Opened) -> tuple[BinaryIO, bytes]:
    """The stream of a source from its beginning, and its first lines, by which its encoding is told."""
    stream, sample = source.ahead(_SAMPLE)
    return stream, sample if len(sample) < _SAMPLE else _cut(sample)


def _cut(sample: bytes) -> bytes:
    """The sample up to its last line end, so that no character is cut."""
    end = sample.rfind(b"\n")
    if end < 0:
        return sample
    width = 4 if sample.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) else 2
    wide = sample[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in sample[:64] or width == 4
    return sample[: end // width * width] if wide else sample[: end + 1]
