"""Workbooks → frames, in a process of its own where nothing else bounds what the parser takes.

The parser lays a sheet out as a full grid, from its first cell to its last: a small file with a single cell in the
last row and column makes it ask for more memory than there is, which ends the process. Where the last cell is can be
told beforehand in XLSX files, which are most; the others are read by a process that has a bound.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from corpus.ingest.formats.native import parsed_natively
from corpus.ingest.opened import Opened
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    import polars as pl

CELLS = 20_000_000
"""Cells of the largest grid: a million rows of twenty columns."""
_MEMORY = 4 * 1024**3  # bytes of address space of the process
_SECONDS = 300
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,4})(\d{1,9})"|<(?:\w+:)?row [^>]*?\br="(\d{1,9})"')
_CHUNK = 1024 * 1024
_NAMES = "names.json"


def sheets(data: bytes, source: Opened) -> Iterator[tuple[str, pl.DataFrame]]:
    """Read the sheets of a workbook.

    Parameters:
        data: the whole file.
        source: where it comes from.

    Yields:
        name and rows of each sheet; the first row gives the names of columns.

    Raises:
        MinberError: MB141 damaged, MB142 a grid that is far too large.
    """
    if data.startswith(b"PK") and (cells := _grid(data)) is not None:
        if cells > CELLS:
            raise MinberError("MB142", source.place, what=f"a sheet spans {cells:,} cells")
        import fastexcel

        with parsed_natively(source):
            book = fastexcel.read_excel(data)
            names = book.sheet_names
        for name in names:
            with parsed_natively(source):
                frame = _frame(book, name)
            yield name, frame
    else:
        yield from _in_a_process(data, source)


def _frame(book: Any, name: str) -> pl.DataFrame:
    frame: pl.DataFrame = book.load_sheet(name, schema_sample_rows=None).to_polars()
    return frame


def _grid(data: bytes) -> int | None:
    """Cells between the first and the last of the largest sheet of an XLSX file; None for other packages."""
    import io

    largest, found = 0, False
    with ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if re.fullmatch(r"/?xl/worksheets/[^/]+\.bin", name):
                return None
            if not re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", name):
                continue
            found = True
            with package.open(name) as stream:
                largest = max(largest, _extent(stream))
    return largest if found else None


def _extent(stream: Any) -> int:
    rows = columns = 1
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        for cell in _CELL.finditer(text):
            if cell[1]:
                column = 0
                for letter in cell[1]:
                    column = column * 26 + letter - 64
                rows, columns = max(rows, int(cell[2])), max(columns, column)
            else:
                rows = max(rows, int(cell[3]))
        tail = text[-256:]
    return rows * columns


def _in_a_process(data: bytes, source: Opened) -> Iterator[tuple[str, pl.DataFrame]]:
    import polars as pl

    with tempfile.TemporaryDirectory(prefix="minber-") as folder:
        made = Path(folder)
        (made / "workbook").write_bytes(data)
        command = [sys.executable, "-m", "corpus.ingest.formats.workbook", folder]
        try:
            done = subprocess.run(  # noqa: S603 -- our own module
                command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise MinberError("MB141", source.place, problem=f"its parser was still busy after {_SECONDS} s") from error
        if done.returncode != 0 or not (made / _NAMES).exists():
            problem = (made / "problem").read_text(encoding="utf-8") if (made / "problem").exists() else ""
            raise MinberError("MB141", source.place, problem=problem or "its parser ran out of memory")
        for number, name in enumerate(json.loads((made / _NAMES).read_text(encoding="utf-8"))):
            yield name, pl.read_ipc((made / f"{number}.arrow").read_bytes())


def _child(folder: Path) -> None:
    """Read ``workbook`` in a folder and leave each sheet there as a file, and their names."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):  # there are no such bounds on Windows
        pass
    import fastexcel

    try:
        book = fastexcel.read_excel(folder / "workbook")
        names = book.sheet_names
        for number, name in enumerate(names):
            _frame(book, name).write_ipc(folder / f"{number}.arrow")
    except BaseException as error:
        (folder / "problem").write_text(problem_of(error), encoding="utf-8")
        raise
    (folder / _NAMES).write_text(json.dumps(names), encoding="utf-8")


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
