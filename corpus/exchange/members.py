"""Files of a folder or of a ZIP archive, read one by one within bounds; nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from corpus.ingest.formats.members import FREE, RATIO, hidden, unsafe
from corpus.ingest.formats.package import BROKEN_ZIP, LARGEST
from schemas.errors import MinberError

_MOST = 1_000_000
_PIECE = 1024 * 1024
_ENCRYPTED = 0x1


class Members:
    """Named files.

    Parameters:
        place: of the archive or folder, for messages.
        names: of the files, with ``/`` between folders.
        read: gives the bytes of one.
    """

    def __init__(self, place: str, names: list[str], read: Callable[[str], bytes]) -> None:
        self.place, self.names, self._read = place, sorted(names), read
        self._known = frozenset(names)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            MinberError: MB003 unreadable; MB131 damaged, MB132 encrypted, MB134 too large.
        """
        return self._read(name)


def members_of_zip(stream: BinaryIO, place: str, form: str) -> Members:
    """Open an archive.

    Parameters:
        stream: the archive.
        place: where it lies, for messages.
        form: the format that it should be.

    Returns:
        its files; hidden ones and those whose paths lead out of it are not among them.

    Raises:
        MinberError: MB608 it is no archive; MB134 it lists too many files.
    """
    try:
        archive = zipfile.ZipFile(stream if stream.seekable() else io.BytesIO(stream.read()))
    except BROKEN_ZIP as error:
        raise MinberError("MB608", place, form=form, problem=f"it is not a whole ZIP archive ({error})") from error
    infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    if len(infos) > _MOST:
        raise MinberError("MB134", place, limit=f"{_MOST:,} files")

    def read(name: str) -> bytes:
        info = infos[name]
        if info.flag_bits & _ENCRYPTED:
            raise MinberError("MB132", f"{place}#{name}")
        pieces, size = [], 0
        try:
            with archive.open(info) as member:
                while piece := member.read(_PIECE):
                    size += len(piece)
                    if size > LARGEST or (size > FREE and size > RATIO * max(1, info.compress_size)):
                        raise MinberError("MB134", f"{place}#{name}", limit=f"{LARGEST // 1024 // 1024} MB")
                    pieces.append(piece)
        except (*BROKEN_ZIP, RuntimeError) as error:
            raise MinberError("MB131", f"{place}#{name}", problem=str(error)) from error
        return b"".join(pieces)

    return Members(place, [name for name in infos if not unsafe(name) and not hidden(name)], read)


def members_of_folder(folder: Path) -> Members:
    """Look into a folder and those in it.

    Parameters:
        folder: the folder.

    Returns:
        its files; hidden ones, and links that lead out of it, are not among them.
    """
    root = folder.resolve()
    names = []
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if not hidden(name) and path.is_file() and path.resolve().is_relative_to(root):
            names.append(name)

    def read(name: str) -> bytes:
        path = root / name
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise MinberError("MB003", str(path), file=path.name, problem=error.strerror or str(error)) from error
        if len(data) > LARGEST:
            raise MinberError("MB134", str(path), limit=f"{LARGEST // 1024 // 1024} MB")
        return data

    return Members(str(folder), names, read)
