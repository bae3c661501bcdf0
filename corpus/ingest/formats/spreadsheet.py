"""Spreadsheets, ``excel@1``: one document a row of every sheet that has texts; Excel's and OpenDocument's files."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from corpus.ingest.formats.members import refuse_bomb
from corpus.ingest.formats.package import BROKEN_ZIP
from corpus.ingest.formats.rows import Row, pieces, read_row
from corpus.ingest.formats.workbook import sheets
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Raw, Reader
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    import polars as pl

_UNPACKED = 8  # times --max-size, which a spreadsheet may hold: it is read as a whole


def parts(source: Opened) -> Iterator[Raw | Left]:
    """Give the rows of all sheets one by one.

    Parameters:
        source: the file.

    Yields:
        rows; sheets without texts are left out where others have some.

    Raises:
        MinberError: MB112 too large for memory; MB141 damaged, MB142 a bomb; MB145, MB146 no column is surely the text.
    """
    found_sheets = list(_sheets(source))
    several = len(found_sheets) > 1
    refused: list[tuple[str, MinberError]] = []
    for name, frame in found_sheets:
        found = pieces(source, _rows(frame), prefix=f"{name}!" if several else "")
        try:
            first = next(found, None)
        except MinberError as error:
            refused.append((name, error))
            continue
        yield from chain(filter(None, (first,)), found)
    if refused and len(refused) == len(found_sheets):
        raise refused[0][1]
    for name, _ in refused:
        yield Left(f"{source.uri}#{name}")


def table(source: Opened) -> tuple[Iterator[Row], dict[str, Any]]:
    """The rows of the first sheet that has any, for files that are no texts."""
    return _rows(next((frame for _, frame in _sheets(source) if frame.height), None)), {}


def _sheets(source: Opened) -> Iterator[tuple[str, pl.DataFrame]]:
    logging.getLogger("fastexcel").setLevel(logging.ERROR)
    data = source.whole().data
    if data.startswith(b"PK"):
        _refuse_bomb(data, source)
        _refuse_broken_xml(data, source)
    yield from sheets(data, source)


def _rows(frame: pl.DataFrame | None) -> Iterator[Row]:
    if frame is None:
        return
    for number, values in enumerate(frame.iter_rows(named=True), 1):
        if any(value is not None for value in values.values()):
            yield Row(str(number), values)


def _refuse_bomb(data: bytes, source: Opened) -> None:
    """Refuse what would unpack to far more than texts do, before the parser unpacks it."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            packed = sum(info.compress_size for info in archive.infolist())
    except BROKEN_ZIP as error:
        raise MinberError("MB141", source.place, problem=problem_of(error)) from error
    refuse_bomb(size, packed, source)
    if size > _UNPACKED * source.max_size:
        refuse_bomb(size, 0, source)


def _refuse_broken_xml(data: bytes, source: Opened) -> None:
    """Refuse what is not well-formed: at the end of a broken file, the spreadsheet parser waits for more for ever."""
    from xml.parsers import expat

    def refuse_entities(*_: object) -> None:
        raise MinberError("MB135", source.place)

    with ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not (name == "content.xml" or (name.startswith("xl/") and name.endswith((".xml", ".rels")))):
                continue
            parser = expat.ParserCreate()
            parser.EntityDeclHandler = refuse_entities
            try:
                with archive.open(name) as member:
                    parser.ParseFile(member)
            except (expat.ExpatError, *BROKEN_ZIP) as error:
                raise MinberError("MB141", source.place, problem=f"{name}: {error}") from error
            except RuntimeError as error:  # it is encrypted
                raise MinberError("MB132", source.place) from error


READER = Reader(
    name="excel",
    version=1,
    suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    media_types=(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    read=read_row,
    about="spreadsheets: one document a row (--text-field, --map)",
    parts=parts,
)
