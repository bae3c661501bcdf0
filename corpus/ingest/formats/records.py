"""Other XML, ``xml@1``: records one after the other, each with its fields as elements; one document a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.ingest.formats import tei
from corpus.ingest.formats.package import xml_root
from corpus.ingest.formats.rows import Row, pieces, read_row
from corpus.ingest.formats.tei_header import name_of, text_of
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError


def parts(source: Opened) -> Iterator[Raw | Left]:
    """Give the records of a file.

    Parameters:
        source: the file.

    Yields:
        records.

    Raises:
        MinberError: MB131, MB135 not well-formed XML, or one with entities; MB145 no field is surely the text.
    """
    root = xml_root(source.whole().data, source.place)
    if name_of(root) in ("TEI", "teiCorpus"):  # behind a comment longer than what is looked at to tell the kind
        source.stream.seek(0)
        yield from tei.parts(source)
        return
    records = [child for child in root if name_of(child)]
    names = {name_of(child) for child in records}
    if len(names) != 1 or not all(_flat(child) for child in records):
        known = ", ".join(sorted(names)[:8]) or "none"
        raise MinberError("MB145", source.place, columns=f"no records of one kind ({known})")
    yield from pieces(source, _rows(records))


def read(raw: Raw) -> Iterator[Reading]:
    """Read one record; a TEI file as what it is."""
    yield from read_row(raw) if raw.part is not None else tei.read(raw)


def _flat(record: Any) -> bool:
    """Whether all that a record holds are fields without fields inside."""
    return len(record) > 0 and all(not any(len(inner) for inner in field) for field in record if name_of(field))


def _rows(records: list[Any]) -> Iterator[Row]:
    for number, record in enumerate(records, 1):
        values: dict[str, Any] = dict(record.attrib)
        for child in record:
            if name := name_of(child):
                words = "".join(child.itertext()).strip() if name in ("text", "body") else text_of(child)
                values[name] = f"{values[name]}\n{words}" if name in values else words
        yield Row(str(number), values)


READER = Reader(
    name="xml",
    version=1,
    suffixes=(".xml",),
    media_types=("application/xml", "text/xml"),
    read=read,
    about="other XML: one document a record (--text-field, --map)",
    parts=parts,
)
