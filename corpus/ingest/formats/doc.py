"""Reader of Word's files from 1997 to 2007, ``doc@1``: text and notes, straight from the file; no Word needed.

After Microsoft's specification [MS-DOC]: the text lies in pieces that a table orders; runs of letters carry properties,
of which two matter here: hidden, and deleted in a tracked change.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator

from corpus.ingest.encoding import decode
from corpus.ingest.formats.ole2 import CompoundFile
from corpus.ingest.formats.package import OLE2
from corpus.ingest.formats.prose import state, table, written
from corpus.ingest.formats.text import read as read_text
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError

_WORD_97 = 101  # nFib of the oldest version whose tables are as below
_CLX, _CHPX = 33, 12  # in the list of tables: pieces of text, pages of letters' properties
_DELETED, _HIDDEN = 0x0800, 0x083C  # sprmCFRMarkDel, sprmCFVanish
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes after a property, by the three highest bits of its number; 0: it says it
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_SIGNS = {0x0B: "\n", 0x0C: "\r", 0x0E: "\r", 0x1E: "-", 0x1F: None} | dict.fromkeys((0x01, 0x03, 0x04, 0x05, 0x08))


def read(raw: Raw) -> Iterator[Reading]:
    """Read a Word document in the format of 1997 (.doc, .dot).

    Parameters:
        raw: the file; a text under such a name is read as text.

    Yields:
        one reading. Left out: headers, footers, comments, deleted and hidden text, pictures.

    Raises:
        MinberError: MB104 no text in it, MB131 damaged, MB132 encrypted, MB133 of before 1997 in a way not known.
    """
    if not raw.data.startswith(OLE2):
        yield from read_text(raw)
        return
    file = CompoundFile(raw.data, raw.place)
    main = file.stream("WordDocument")
    try:
        magic, version = struct.unpack_from("<HH", main, 0)
        flags = struct.unpack_from("<H", main, 10)[0]
        if magic not in (0xA5EC, 0xA5DC):
            raise MinberError("MB131", raw.place, problem="it holds no Word document")
        if flags & 0x0100:
            raise MinberError("MB132", raw.place)
        if version < _WORD_97:
            parts = [_old(main, flags, raw), "", "", ""]
            left_out = False
        else:
            parts, left_out = _text(main, file.stream("1Table" if flags & 0x0200 else "0Table"))
    except (struct.error, IndexError, OverflowError) as error:
        raise MinberError("MB131", raw.place, problem="it ends too early") from error
    body, footnotes, endnotes, boxes = parts
    notes = [note for area in (footnotes, endnotes) for note in area.split("\x02")[1:]]
    shown = [" ".join(_shown(note).replace("\r", " ").split()) for note in notes]
    reading = written([*_blocks(body), *_blocks(boxes)], shown, raw.place)
    summary = file.summary()
    state(reading, summary.title, summary.created)
    if left_out:
        reading.origins["text"] = "left out: hidden or deleted text"
    yield reading


def _text(main: bytes, tables: bytes) -> tuple[list[str], bool]:
    """The text of body, footnotes, endnotes and text boxes; and whether hidden letters were left out."""

    def listed(number: int) -> bytes:
        start, size = struct.unpack_from("<II", main, 154 + 8 * number)
        return tables[start : start + size]

    counts = struct.unpack_from("<8I", main, 76)  # text, footnotes, headers, macros, comments, endnotes, boxes …
    hidden = _hidden(main, listed(_CHPX))
    starts = [start for start, _ in hidden]
    letters: list[str] = []
    left_out = False
    for count, offset, wide in _pieces(listed(_CLX)):
        piece = main[offset : offset + count * (2 if wide else 1)]
        text = piece.decode("utf-16-le", "surrogatepass") if wide else _western(piece)
        first = max(0, bisect_right(starts, offset) - 1)
        for start, end in hidden[first:]:
            if start >= offset + len(piece):
                break
            if end > offset:
                left, right = ((max(0, place - offset)) // (2 if wide else 1) for place in (start, end))
                text = text[:left] + "\0" * (min(right, len(text)) - left) + text[right:]
                left_out = True
        letters.append(text.ljust(count, "\0"))
    whole = "".join(letters)
    ends = [0]
    for count in counts:
        ends.append(ends[-1] + count)
    areas = [whole[ends[i] : ends[i + 1]].replace("\0", "") for i in (0, 1, 5, 6)]
    areas = [area.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") for area in areas]
    return areas, left_out


def _pieces(clx: bytes) -> Iterator[tuple[int, int, bool]]:
    """Pieces of the text: letters, offset in the file, whether two bytes make a letter."""
    at = 0
    while at < len(clx) and clx[at] == 1:  # properties that pieces refer to
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise IndexError
    size = struct.unpack_from("<I", clx, at + 1)[0]
    table = clx[at + 5 : at + 5 + size]
    count = (len(table) - 4) // 12
    borders = struct.unpack_from(f"<{count + 1}I", table, 0)
    for number in range(count):
        where = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)[0]
        letters = borders[number + 1] - borders[number]
        if letters < 0:
            raise IndexError
        wide = not where & 0x40000000
        yield letters, where if wide else (where & 0x3FFFFFFF) // 2, wide


def _western(piece: bytes) -> str:
    return (
        piece.decode("cp1252", "replace")
        if piece.isascii()
        else "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in piece)
    )


def _hidden(main: bytes, pages: bytes) -> list[tuple[int, int]]:
    """Stretches of the file whose letters are hidden or deleted, in order."""
    count = (len(pages) - 4) // 8
    found: list[tuple[int, int]] = []
    for number in range(max(0, count)):
        start = 512 * (struct.unpack_from("<I", pages, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF)
        page = main[start : start + 512]
        if len(page) < 512:
            continue
        runs = min(page[511], 101)
        borders = struct.unpack_from(f"<{runs + 1}I", page, 0)
        for run in range(runs):
            place = 2 * page[4 * (runs + 1) + run]
            if place and _says_hidden(page[place + 1 : place + 1 + page[place]]):
                found.append((borders[run], borders[run + 1]))
    return sorted(found)


def _says_hidden(properties: bytes) -> bool:
    at, hidden = 0, False
    while at + 2 < len(properties):
        name = struct.unpack_from("<H", properties, at)[0]
        size = _OPERANDS[name >> 13]
        if name in (_DELETED, _HIDDEN):
            hidden = hidden or properties[at + 2] == 1
        at += 2 + (size or 1 + properties[at + 2])
    return hidden


def _old(main: bytes, flags: int, raw: Raw) -> str:
    """The text of Word 6 and 95: one stretch of bytes, unless it was saved in changes."""
    if flags & 0x0004:
        raise MinberError(
            "MB133", raw.place, problem="Word of before 1997 saved it in changes", instead=".docx (LibreOffice can)"
        )
    start, end = struct.unpack_from("<II", main, 24)
    data = main[start:end]
    text = decode(data.translate(None, bytes(range(1, 9))).replace(b"\0", b""), raw.charset, raw.place).text
    return text.replace("\n", "\r")


def _shown(text: str) -> str:
    """Without codes of fields and marks of objects; fields may stand in fields."""
    while "\x15" in text:
        text, found = _FIELD.subn(lambda field: field[1] or "", text)
        if not found:
            break
    return re.sub("[\x13\x14\x15]", "", text).translate(_SIGNS)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and tables: a cell ends with a mark, a row with one more."""
    rows: list[list[list[str]]] = []
    cells: list[list[str]] = []
    cell: list[str] = []
    for piece, end in re.findall("([^\r\x07]*)([\r\x07]|$)", _shown(text.replace("\x02", ""))):
        if end != "\x07":
            if piece.strip() or not cells:
                cell.append(piece)
            if not cells and rows and piece.strip():
                yield from table(rows)
                rows = []
            if not cells and not rows:
                yield from cell
                cell = []
        elif not piece and not cell and cells:
            rows.append(cells)
            cells = []
        else:
            cells.append([*cell, piece])
            cell = []
    yield from table([*rows, cells] if cells else rows) if rows or cells else ()
    yield from cell


READER = Reader(
    name="doc",
    version=1,
    suffixes=(".doc", ".dot"),
    media_types=("application/msword",),
    read=read,
    about="Word documents of 1997 to 2007: text, tables, notes; without headers, comments and deleted text",
)
