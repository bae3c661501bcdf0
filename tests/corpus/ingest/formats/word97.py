"""Makes a Word 97 file from its specification, so that tests need no Word."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file with these streams, each long enough to lie in whole sectors."""
    sectors: list[bytes] = []
    chain: list[int] = []

    def put(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(data), SECTOR)]
        sectors.extend(pieces)
        chain.extend([start + n + 1 for n in range(len(pieces) - 1)] + [END])
        return start

    entries = [("Root Entry", 5, END, 0)]
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        entries.append((name, 2, put(data), len(data)))
    directory = b""
    for number, (name, kind, start, size) in enumerate(entries):
        letters = name.encode("utf-16-le")
        links = (number + 1 if number + 1 < len(entries) and number else FREE, FREE, 1 if number == 0 else FREE)
        directory += letters.ljust(64, b"\0") + struct.pack(
            "<HBB3I", len(letters) + 2, kind, 1, FREE, links[0], links[2]
        )
        directory += bytes(36) + struct.pack("<III", start, size, 0)
    first = put(directory)
    table = len(sectors)
    assert len(sectors) < SECTOR // 4
    fat = [*chain, FAT]
    sectors.append(struct.pack(f"<{SECTOR // 4}I", *fat, *[FREE] * (SECTOR // 4 - len(fat))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, first, 0, 4096, END, 0, END, 0, table) + struct.pack(
        "<108I", *[FREE] * 108
    )
    return header + b"".join(sectors)


def word(
    body: str, footnotes: Sequence[str] = (), hidden: Sequence[tuple[int, int]] = (), flags: int = 0, version: int = 193
) -> bytes:
    """A document of one piece of UTF-16 and one of Windows-1252; with notes and hidden letters of its body."""
    notes = "".join(f"\x02 {note}\r" for note in footnotes)
    main = bytearray(2048)
    wide = f"{body}{notes}"
    text = wide.encode("utf-16-le")
    western = b"\r"
    start = 1024
    main[start:] = text.ljust(1024, b"\0")
    end = len(main)
    main += western.ljust(512, b"\0")
    borders = [start]
    grpprl: list[int] = []
    for left, right in hidden:
        borders += [start + 2 * left, start + 2 * right]
        grpprl += [0, 250]
    borders.append(end)
    grpprl.append(0)
    page = bytearray(512)
    page[: 4 * len(borders)] = struct.pack(f"<{len(borders)}I", *borders)
    page[4 * len(borders) : 4 * len(borders) + len(grpprl)] = bytes(grpprl)
    page[500:507] = bytes((6,)) + struct.pack("<HBHB", 0x0835, 1, 0x083C, 1)  # bold, then hidden
    page[511] = len(grpprl)
    number = len(main) // 512
    main += page
    characters = len(wide.encode("utf-16-le")) // 2
    clx = b"\x02" + struct.pack("<I", 4 * 3 + 8 * 2) + struct.pack("<3I", 0, characters, characters + 1)
    clx += struct.pack("<HIH", 0, start, 0) + struct.pack("<HIH", 0, 2 * end | 0x40000000, 0)
    bte = struct.pack("<III", start, end, number)
    tables = clx.ljust(256, b"\0") + bte
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 10, 0x0200 | flags)
    struct.pack_into("<II", main, 24, start, start + len(text))
    struct.pack_into("<8I", main, 76, len(body), len(notes), 0, 0, 0, 0, 0, 0)
    struct.pack_into("<II", main, 154 + 8 * 33, 0, len(clx))
    struct.pack_into("<II", main, 154 + 8 * 12, 256, len(bte))
    return compound({"WordDocument": bytes(main), "1Table": tables, "\x05SummaryInformation": summary("Құрылтай")})


def summary(title: str) -> bytes:
    """The stream of properties with a title and a day of creation."""
    words = title.encode("cp1251", "replace") + b"\0"
    ticks = 133_864_416_000_000_000  # 14 March 2025 in 100 ns since 1601
    values = [
        (1, struct.pack("<II", 2, 1251)),
        (2, struct.pack("<II", 30, len(words)) + words.ljust(-(-len(words) // 4) * 4, b"\0")),
        (12, struct.pack("<IQ", 64, ticks)),
    ]
    at = 8 + 8 * len(values)
    places, data = b"", b""
    for number, value in values:
        places += struct.pack("<II", number, at + len(data))
        data += value
    section = struct.pack("<II", at + len(data), len(values)) + places + data
    return (
        struct.pack("<HHI", 0xFFFE, 0, 0)
        + bytes(16)
        + struct.pack("<I", 1)
        + bytes(16)
        + struct.pack("<I", 48)
        + section
    )
