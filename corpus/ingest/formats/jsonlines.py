"""JSON and JSON Lines, ``json@1``, as a stream: one document an object.

Three forms are told apart by the first line: an object a line; a list of objects; objects over several lines, one after
the other. An object that holds a single list of objects, as the answers of web services do, stands for that list.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from corpus.ingest.encoding import decode
from corpus.ingest.formats.rows import Row, read_row
from corpus.ingest.formats.tables import parts_of, sampled
from corpus.ingest.opened import Chained, Opened, too_large
from corpus.ingest.reading import Reader
from schemas.errors import MinberError

_CHUNK = 1024 * 1024
_BLANK = re.compile(r"[\s\x1e]*")  # RFC 7464 puts a record separator before each text
_BETWEEN = re.compile(r"[\s\x1e,]*")


def table(source: Opened) -> tuple[Iterator[Row], dict[str, Any]]:
    """Open a file of objects.

    Parameters:
        source: the file.

    Returns:
        its objects, one by one, and what is known of its encoding.

    Raises:
        MinberError: MB104 empty; MB106 to MB108 not text.
    """
    stream, sample = sampled(source)
    if not sample.strip():
        raise MinberError("MB104", source.place, what="the file is empty")
    decoded = decode(sample, source.charset or "utf-8", source.place)
    utf8 = decoded.encoding in ("utf-8", "ascii")
    known = {"encoding": "utf-8" if utf8 else decoded.encoding, "encoding_origin": decoded.origin}
    if not utf8:
        stream = cast(BinaryIO, _Recoded(io.TextIOWrapper(stream, decoded.encoding, errors="replace", newline="")))
    first = stream.readline(source.max_size + 1)
    while first and not first.strip():
        first = stream.readline(source.max_size + 1)
    rest = io.BufferedReader(Chained(first, stream), _CHUNK)
    lines = source.name.lower().endswith((".jsonl", ".ndjson")) or _is_object(first)
    return _lines(source, rest, first) if lines else _values(source, rest), known


def _is_object(line: bytes) -> bool:
    """Whether a line holds a whole object, or only the beginning of something longer."""
    if not line.lstrip(b"\xef\xbb\xbf \t\r\n\x1e").startswith(b"{"):
        return False
    try:
        return isinstance(_load(line), dict)
    except ValueError:
        return False


def _load(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig", errors="replace").strip("\x1e \t\r\n"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _lines(source: Opened, rest: BinaryIO, first: bytes) -> Iterator[Row]:
    number = 0
    single: dict[str, Any] | None = None
    while line := rest.readline(source.max_size + 1):
        if len(line) > source.max_size:
            number += 1
            while line and not line.endswith(b"\n"):
                line = rest.readline(_CHUNK)
            yield Row(str(number), {}, error=too_large(f"{source.place}#{number}", None, source.max_size))
            continue
        if not line.strip():
            continue
        number += 1
        if single is not None:
            yield Row("1", single, as_line(first))
            single = None
        try:
            value = _load(line)
            if not isinstance(value, dict):
                raise TypeError(f"it is a {type(value).__name__}, not an object")
        except (TypeError, ValueError) as error:
            yield Row(str(number), {}, error=MinberError("MB148", source.place, number=number, problem=str(error)))
            continue
        if number == 1:
            single = value
            continue
        yield Row(str(number), value, as_line(line))
    if single is not None:  # the only object of the file
        yield from _inside(single, as_line(first))


def as_line(line: bytes) -> bytes:
    """The bytes of an object without what surrounds it."""
    return line.removeprefix(b"\xef\xbb\xbf").strip(b"\x1e \t\r\n")


def _inside(value: dict[str, Any], data: bytes | None) -> Iterator[Row]:
    """The objects of the only list that an object holds, or the object itself."""
    lists = [items for items in value.values() if isinstance(items, list) and items]
    lists = [items for items in lists if all(isinstance(item, dict) for item in items)]
    if len(lists) == 1 and not any(isinstance(item, str) and len(item) > 200 for item in value.values()):
        for number, item in enumerate(lists[0], 1):
            yield Row(str(number), item)
    else:
        yield Row("1", value, data)


def _values(source: Opened, rest: BinaryIO) -> Iterator[Row]:
    """Objects of a list, or one after the other, wherever their lines end."""
    text = io.TextIOWrapper(rest, encoding="utf-8-sig", errors="replace", newline="")
    decoder = json.JSONDecoder()
    buffer, wanted, number = "", _CHUNK, 0
    listed = started = False
    only: dict[str, Any] | None = None
    while True:
        more = text.read(wanted)
        buffer += more
        position = 0
        while True:
            position = (_BETWEEN if listed else _BLANK).match(buffer, position).end()  # type: ignore[union-attr]
            if not started and buffer[position : position + 1] == "[":
                listed, started, position = True, True, position + 1
                continue
            if position >= len(buffer) or (listed and buffer[position] == "]"):
                break
            started = True
            try:
                value, end = decoder.raw_decode(buffer, position)
                if more and end == len(buffer) and not isinstance(value, dict):
                    break  # a number that may go on
            except RecursionError:
                raise MinberError("MB148", source.place, number=number + 1, problem="it is nested too deeply") from None
            except ValueError as error:
                if more:
                    break
                problem = str(error).partition(":")[0]
                yield Row(
                    str(number + 1), {}, error=MinberError("MB148", source.place, number=number + 1, problem=problem)
                )
                return
            position = end
            number += 1
            if only is not None:
                yield Row("1", only)
                only = None
            if not isinstance(value, dict):
                problem = f"it is a {type(value).__name__}, not an object"
                yield Row(str(number), {}, error=MinberError("MB148", source.place, number=number, problem=problem))
            elif number == 1 and not listed:
                only = value
            else:
                yield Row(str(number), value)
        buffer = buffer[position:]
        if not more:
            break
        if len(buffer) > source.max_size:
            yield Row(str(number + 1), {}, error=too_large(f"{source.place}#{number + 1}", None, source.max_size))
            return
        wanted = max(_CHUNK, len(buffer))  # so that a long object is not parsed again and again
    if only is not None:
        yield from _inside(only, None)


class _Recoded:
    """A text in another encoding as bytes of UTF-8."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._left = b""

    def readline(self, size: int = -1) -> bytes:
        return self._stream.readline(size).encode("utf-8", errors="replace")

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = self._stream.read(max(1, size // 4)).encode("utf-8", errors="replace")
        data, self._left = self._left[:size], self._left[size:]
        return data


READER = Reader(
    name="json",
    version=1,
    suffixes=(".json", ".jsonl", ".ndjson"),
    media_types=("application/json", "application/x-ndjson", "application/jsonl", "application/json-lines"),
    read=read_row,
    about="tables: one document an object (--text-field, --map)",
    parts=parts_of(table),
)
