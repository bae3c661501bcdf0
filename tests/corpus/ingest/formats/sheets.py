"""Makes PDF files from its specification: lines of text at given places, in fonts as wide as half their height."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import NamedTuple

WIDTH = 0.5
"""Of every letter, in ems."""


class Put(NamedTuple):
    """A line: where it begins, its size; ``tag`` marks its content; ``turn`` is a text matrix without the place."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    tag: str = ""
    turn: str = "1 0 0 1"


@dataclass
class Sheets:
    """A file of pages.

    Attributes:
        pages: lines of each.
        info: entries of the document's properties, as PDF syntax.
        catalog, trailer: further entries.
        named: whether the fonts say which characters they draw.
    """

    pages: list[list[Put]]
    info: str = ""
    catalog: str = ""
    trailer: str = ""
    named: bool = True
    extra: list[bytes] = field(default_factory=list)

    def data(self) -> bytes:
        """The bytes of the file."""
        objects: list[bytes] = [b""] * 5
        letters = sorted({letter for page in self.pages for put in page for letter in put.text})
        codes = {letter: number for number, letter in enumerate(letters, 1)}
        pairs = "".join(f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>\n" for letter, code in codes.items())
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            f"{len(codes)} beginbfchar\n{pairs}endbfchar endcmap end end"
        )
        objects[2] = stream(cmap.encode())
        unicode = "/ToUnicode 3 0 R" if self.named else ""
        for place, name in ((3, "Plain"), (4, "Plain-Bold")):
            objects[place] = (
                f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H {unicode} /DescendantFonts "
                f"[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW {int(1000 * WIDTH)} /CIDSystemInfo "
                "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor "
                f"/FontName /{name} /Flags 4 /Ascent 800 /Descent -200 /FontBBox [0 0 1 1] >> >>] >>"
            ).encode()
        kids = []
        for page in self.pages:
            drawn = "".join(self._drawn(put, codes) for put in page)
            objects.append(stream(drawn.encode()))
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R /Resources "
                "<< /Font << /F1 4 0 R /F2 5 0 R >> >> >>".encode()
            )
            kids.append(f"{len(objects)} 0 R")
        objects[0] = f"<< /Type /Catalog /Pages 2 0 R {self.catalog} >>".encode()
        objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
        objects += self.extra
        objects.append(f"<< {self.info} >>".encode())
        return packed(objects, f"/Info {len(objects)} 0 R {self.trailer}")

    @staticmethod
    def _drawn(put: Put, codes: dict[str, int]) -> str:
        text = "".join(f"{codes[letter]:04x}" for letter in put.text)
        font = "F2" if put.bold else "F1"
        shown = f"BT /{font} {put.size} Tf {put.turn} {put.x} {put.y} Tm <{text}> Tj ET\n"
        return f"/{put.tag} BMC {shown} EMC\n" if put.tag else shown


def stream(data: bytes, filters: str = "/FlateDecode") -> bytes:
    """A stream object."""
    body = zlib.compress(data, 9) if filters == "/FlateDecode" else data
    return f"<< /Length {len(body)} /Filter {filters} >> stream\n".encode() + body + b"\nendstream"


def packed(objects: list[bytes], trailer: str) -> bytes:
    """Objects with their table."""
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R "
    return data + f"{end}{trailer} >>\nstartxref\n{len(data)}\n%%EOF".encode()


def set_in(text: str, x: float, y: float, letters: int, size: float = 10, lead: float = 1.2) -> list[Put]:
    """Set a text in a column of so many letters; words divided in it are marked by ``=``; lines fill the column."""
    lines: list[str] = [""]
    for word in text.split():
        for number, piece in enumerate(word.split("=")):
            whole = number == len(word.split("=")) - 1
            joined = lines[-1] + (" " if lines[-1] and number == 0 else "") + piece
            if len(joined) + (not whole) <= letters:
                lines[-1] = joined
            else:
                if number:
                    lines[-1] += "-"
                lines.append(piece)
    return [Put(x, y - n * lead * size, line, size) for n, line in enumerate(lines)]
