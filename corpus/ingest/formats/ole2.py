"""OLE2 compound files, in which Office kept documents until 2007: their streams and summary properties.

After Microsoft's specifications [MS-CFB] (containers) and [MS-OLEPS] (properties).
"""

from __future__ import annotations

import datetime as dt
import struct
from typing import NamedTuple

from schemas.errors import MinberError

_FREE = 0xFFFFFFFA  # sector numbers from here on are marks: free, end of chain, part of the tables
_HEADER = 512
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


class Summary(NamedTuple):
    """What the properties of a file say."""

    title: str | None = None
    created: dt.datetime | None = None


class CompoundFile:
    """The streams of an OLE2 file by name.

    Parameters:
        data: the whole file.
        place: where it lies, for errors.

    Raises:
        MinberError: MB131 damaged.
    """

    def __init__(self, data: bytes, place: str) -> None:
        self._data = data
        self._place = place
        try:
            self._sector = 1 << struct.unpack_from("<H", data, 30)[0]
            if self._sector not in (512, 4096):
                raise self._damaged("its sectors have no known size")
            self._fat = self._read_fat()
            entries = list(self._directory())
            self._mini = b""
            self._mini_fat: tuple[int, ...] = ()
            self._cutoff, mini_start = struct.unpack_from("<II", data, 56)
            root = next((entry for entry in entries if entry[1] == 5), None)
            if root and mini_start < _FREE:
                table = self._chain(mini_start)
                self._mini_fat = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
                self._mini = self._chain(root[2])[: root[3]]
            self._streams = {name: (start, size) for name, kind, start, size in entries if kind == 2}
        except (struct.error, IndexError) as error:
            raise self._damaged("it ends too early") from error

    def stream(self, name: str) -> bytes:
        """Collect the bytes of a stream.

        Raises:
            MinberError: MB131 there is none, or its chain is broken.
        """
        if name not in self._streams:
            raise self._damaged(f"its stream {name} is missing")
        start, size = self._streams[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        numbers = self._numbers(start, self._mini_fat)
        return b"".join(self._mini[64 * number : 64 * number + 64] for number in numbers)[:size]

    def summary(self) -> Summary:
        """The properties title and day of creation; none where they are missing or damaged."""
        try:
            return _summary(self.stream("\x05SummaryInformation"))
        except (MinberError, struct.error, IndexError, OverflowError, ValueError):
            return Summary()

    def _damaged(self, problem: str) -> MinberError:
        return MinberError("MB131", self._place, problem=problem)

    def _read_fat(self) -> tuple[int, ...]:
        data = self._data
        numbers = list(struct.unpack_from("<109I", data, 76))
        following, count = struct.unpack_from("<II", data, 68)
        most = len(data) // self._sector + 1
        for _ in range(min(count, most)):
            if following >= _FREE:
                break
            *more, following = struct.unpack(f"<{self._sector // 4}I", self._at(following))
            numbers += more
        table = b"".join(self._at(number) for number in numbers[:most] if number < _FREE)
        return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._data[start : start + self._sector]

    def _numbers(self, start: int, table: tuple[int, ...]) -> list[int]:
        found: list[int] = []
        while start < _FREE:
            if start >= len(table) or len(found) > len(table):
                raise self._damaged("a chain of its sectors is broken")
            found.append(start)
            start = table[start]
        return found

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._at, self._numbers(start, self._fat)))

    def _directory(self) -> list[tuple[str, int, int, int]]:
        """Name, kind (2 stream, 5 root), first sector and size of each entry."""
        table = self._chain(struct.unpack_from("<I", self._data, 48)[0])
        found = []
        for at in range(0, len(table) - 127, 128):
            length, kind = struct.unpack_from("<HB", table, at + 64)
            start, size = struct.unpack_from("<II", table, at + 116)
            found.append(
                (table[at : at + min(64, max(2, length)) - 2].decode("utf-16-le", "replace"), kind, start, size)
            )
        return found


def _summary(data: bytes) -> Summary:
    start = struct.unpack_from("<I", data, 44)[0]
    count = min(struct.unpack_from("<I", data, start + 4)[0], 1000)
    places = dict(struct.unpack_from("<II", data, start + 8 + 8 * number) for number in range(count))
    codec = "cp1252"
    if 1 in places:
        number = struct.unpack_from("<H", data, start + places[1] + 4)[0]
        codec = {65001: "utf-8", 1200: "utf-16-le", 10000: "mac-roman", 10007: "mac-cyrillic"}.get(
            number, f"cp{number}"
        )
    title = created = None
    if 2 in places:
        kind, length = struct.unpack_from("<II", data, start + places[2])
        words = data[start + places[2] + 8 :][: length * (2 if kind == 31 else 1)]
        try:
            title = words.decode("utf-16-le" if kind == 31 else codec, "replace").split("\0")[0].strip() or None
        except LookupError:
            title = None
    if 12 in places:
        kind, ticks = struct.unpack_from("<IQ", data, start + places[12])
        created = _EPOCH + dt.timedelta(microseconds=ticks // 10) if kind == 64 and ticks else None
    return Summary(title, created)
