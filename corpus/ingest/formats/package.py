"""Files that are packages of files: which kind a ZIP or OLE2 file is, and its members within bounds.

Nothing is unpacked to disk, so that names of members may say what they like. Sizes that a package states about itself
are not believed: members are unpacked piece by piece, and reading stops at the bounds.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from schemas.errors import MinberError

try:
    from lzma import LZMAError
except ImportError:  # Python may be built without it; zipfile then says so by a NotImplementedError
    LZMAError = EOFError  # type: ignore[assignment,misc]

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    OSError,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
)
"""What zipfile raises where a package is damaged or packed in a way that it does not know. At an encrypted member it
raises a RuntimeError, which is named apart where that may happen."""
LARGEST = 256 * 1024 * 1024
"""Bytes that the members of one document may unpack to, together."""
MOST_MEMBERS = 20_000
_RATIO = 200  # of unpacked to packed; XML of long tables comes to some 60
_ALWAYS = 16 * 1024 * 1024  # bytes that are no danger whatever their ratio
_PIECE = 64 * 1024

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN_PARTS = {
    "word/document.xml": _WORD,
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xl/workbook.bin": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OFFICE = re.compile(rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|docProps/|word/|xl/|ppt/)", re.DOTALL)
_STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("EncryptedPackage", "application/x-encrypted-office"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)


def media_type_of(stream: BinaryIO) -> str | None:
    """Tell which kind of document a package is, whatever its name.

    Parameters:
        stream: the file, at its beginning; it is wound back.

    Returns:
        a media type; None for an archive of any files, and for what is no package.

    Example:
        >>> import io, zipfile
        >>> with zipfile.ZipFile(made := io.BytesIO(), "w") as package:
        ...     package.writestr("mimetype", "application/epub+zip")
        >>> _ = made.seek(0)
        >>> media_type_of(made)
        'application/epub+zip'
    """
    magic = stream.read(len(OLE2))
    stream.seek(0)
    if magic == OLE2:
        data = stream.read(LARGEST)
        stream.seek(0)
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), None)
    if not magic.startswith(ZIP):
        return None
    try:
        with zipfile.ZipFile(stream) as package:
            names = set(package.namelist())
            if "mimetype" in names:
                with package.open("mimetype") as member:
                    stated = member.read(120).decode("ascii", "replace").strip()
                if stated == "application/epub+zip" or stated.startswith("application/vnd.oasis.opendocument."):
                    return stated
    except (*BROKEN_ZIP, RuntimeError):
        # Cut off: the names of its members still stand before each of them.
        stream.seek(0)
        data = stream.read(LARGEST)
        return (
            None
            if not _OFFICE.match(data)
            else next((kind for name, kind in _MAIN_PARTS.items() if name.encode() in data), None)
        )
    finally:
        stream.seek(0)
    return next((kind for name, kind in _MAIN_PARTS.items() if name in names), None)


@contextmanager
def as_damage(place: str) -> Iterator[None]:
    """Name a file as damaged where a library stumbles over it: on broken files they raise whatever their parsers meet.

    Parameters:
        place: where the file lies.

    Raises:
        MinberError: MB131.

    Example:
        >>> with as_damage("a.docx"):
        ...     None.body
        Traceback (most recent call last):
        schemas.errors.MinberError: ...
    """
    try:
        yield
    except (MinberError, MemoryError):
        raise
    except Exception as error:
        problem = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise MinberError("MB131", place, problem=problem) from error


class Package:
    """The members of a document that is a ZIP file.

    Parameters:
        data: the whole file.
        place: where it lies, for errors.
        largest: bytes that all members read may unpack to.

    Raises:
        MinberError: MB131 not a whole ZIP file, MB134 too many members.
    """

    def __init__(self, data: bytes, place: str, largest: int = LARGEST) -> None:
        self.place = place
        self._left = largest
        self._largest = largest
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN_ZIP as error:
            raise MinberError("MB131", place, problem=f"it is not a whole package ({error})") from error
        if len(self._file.infolist()) > MOST_MEMBERS:
            raise MinberError("MB134", place, limit=f"{MOST_MEMBERS} members")
        self.names: frozenset[str] = frozenset(self._file.namelist())

    def read(self, name: str) -> bytes:
        """Unpack a member.

        Parameters:
            name: as in ``names``.

        Returns:
            its bytes.

        Raises:
            MinberError: MB131 it is missing or damaged, MB132 it is encrypted, MB134 it unpacks to too much.
        """
        if name not in self.names:
            raise MinberError("MB131", self.place, problem=f"its part {name} is missing")
        info = self._file.getinfo(name)
        if info.flag_bits & 1:
            raise MinberError("MB132", self.place)
        pieces: list[bytes] = []
        size = 0
        try:
            with self._file.open(info) as member:
                while piece := member.read(_PIECE):
                    size += len(piece)
                    if size > self._left or (size > _ALWAYS and size > _RATIO * max(1, info.compress_size)):
                        raise MinberError("MB134", self.place, limit=f"{self._largest // 1024 // 1024} MB")
                    pieces.append(piece)
        except BROKEN_ZIP as error:
            raise MinberError("MB131", self.place, problem=f"its part {name}: {error}") from error
        self._left -= size
        return b"".join(pieces)

    def xml(self, name: str) -> Any:
        """Unpack a member and parse it, see :func:`xml_root`."""
        return xml_root(self.read(name), self.place, name)


def xml_root(data: bytes, place: str, name: str = "") -> Any:
    """Parse XML that comes from anywhere: no entities, no network, no document types, bounded depth and sizes.

    Parameters:
        data: the XML.
        place: where it lies, for errors.
        name: of the member.

    Returns:
        lxml's root element.

    Raises:
        MinberError: MB131 it is not well-formed or exceeds libxml2's bounds, MB135 it declares entities.

    Example:
        >>> xml_root("<a>Құрылтай</a>".encode(), "a.xml").text
        'Құрылтай'
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!ENTITY" in data:
            raise MinberError("MB135", place) from error
        raise MinberError("MB131", place, problem=f"{name or 'its XML'}: {error}") from error
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and next(iter(internal.iterentities()), None) is not None:
        raise MinberError("MB135", place)
    return root
