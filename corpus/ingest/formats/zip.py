"""ZIP archives, ``zip@1``: members are read one by one by whatever reader takes them; nothing is unpacked to disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from corpus.ingest.formats.members import hidden, refuse_bomb, unsafe
from corpus.ingest.formats.package import BROKEN_ZIP
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Reader
from schemas.errors import MinberError, problem_of

if TYPE_CHECKING:
    from zipfile import ZipInfo

_MEMBERS = 1_000_000
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# Office documents and books are ZIP archives too; what their first member is called tells them.
_OFFICE = re.compile(
    rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|mimetype|_rels/|docProps/|word/|xl/|ppt/|META-INF/)", re.DOTALL
)


def parts(source: Opened) -> Iterator[Opened | Left]:
    """Open the members of a ZIP archive one after the other, in the order in which it lists them.

    Parameters:
        source: the archive.

    Yields:
        members; folders and hidden files are passed over.

    Raises:
        MinberError: MB141 damaged, MB142 a bomb; MB112 an archive in an archive that is too large for memory.
    """
    from zipfile import ZipFile

    from corpus.ingest.registry import takes

    try:
        archive = ZipFile(source.seekable())
    except BROKEN_ZIP as error:
        raise MinberError("MB141", source.place, problem=problem_of(error)) from error
    with archive:
        infos = archive.infolist()
        if len(infos) > _MEMBERS:
            raise MinberError("MB142", source.place, what=f"it lists {len(infos):,} files")
        packed = sum(info.compress_size for info in infos)
        refuse_bomb(sum(info.file_size for info in infos), packed, source)
        for info in infos:
            name = _name(info)
            if not name or name.endswith("/") or hidden(name):
                continue
            uri = source.member_uri(name)
            if unsafe(name) or (info.external_attr >> 28) == 0xA:  # a link, written on Unix
                what = "a link" if not unsafe(name) else "a path that leads out of the archive"
                yield Left(uri, MinberError("MB143", source.place, name=name, what=what))
            elif not takes(name):
                yield Left(uri)
            elif info.flag_bits & _ENCRYPTED:
                yield Left(uri, MinberError("MB144", source.place, name=name))
            else:
                try:
                    refuse_bomb(info.file_size, info.compress_size, source)
                    with archive.open(info) as stream:
                        yield source.member(name, cast(BinaryIO, stream), info.file_size)
                except MinberError as error:
                    yield Left(uri, error)
                except (*BROKEN_ZIP, RuntimeError) as error:
                    problem = f"{name}: {problem_of(error)}"
                    yield Left(uri, MinberError("MB141", source.place, problem=problem))


def _name(info: ZipInfo) -> str:
    """The member's name in the letters that were meant: without a mark, Windows writes Cyrillic in code page 866."""
    name = info.filename
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name
    data = name.encode("cp437", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    cyrillic = data.decode("cp866")
    beyond = [char for char in cyrillic if char > "\x7f"]
    return cyrillic if sum("а" <= char.lower() <= "ё" for char in beyond) > 0.8 * len(beyond) else name


READER = Reader(
    name="zip",
    version=1,
    suffixes=(".zip",),
    media_types=("application/zip", "application/x-zip-compressed"),
    read=None,
    sniff=lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not _OFFICE.match(head),
    about="archives: every file inside by its own reader",
    parts=parts,
    archive=True,
)
