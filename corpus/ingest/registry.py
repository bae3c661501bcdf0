"""Which readers there are, and which one reads a file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import PurePosixPath

from corpus.ingest.opened import HEAD
from corpus.ingest.reading import Raw, Reader
from schemas.errors import MinberError

GROUP = "minber.readers"
_BUILT_IN = (
    "text",
    "html",
    "pdf",
    "docx",
    "doc",
    "odt",
    "rtf",
    "epub",
    "markdown",
    "delimited",
    "jsonlines",
    "spreadsheet",
    "parquet",
    "warc",
    "tei",
    "records",
    "compressed",
    "tar",
    "zip",
)


@cache
def readers() -> dict[str, Reader]:
    """Collect Minber's readers and those of installed packages (entry points ``minber.readers``).

    A package's reader replaces one of ours of the same name.

    Returns:
        name → reader, ours first.

    Raises:
        MinberError: MB116 where a package's reader cannot be loaded.

    Example:
        >>> list(readers())[:2]
        ['text', 'html']
    """
    found: dict[str, Reader] = {}
    for module in _BUILT_IN:
        reader = import_module(f"corpus.ingest.formats.{module}").READER
        found[reader.name] = reader
    for entry in entry_points(group=GROUP):
        try:
            reader = entry.load()
        except Exception as error:  # a package of somebody else's may fail in any way
            raise MinberError("MB116", entry.value, name=entry.name, problem=str(error)) from error
        if not isinstance(reader, Reader):
            raise MinberError(
                "MB116", entry.value, name=entry.name, problem=f"it is a {type(reader).__name__}, not a Reader"
            )
        found[reader.name] = reader
    return found


def named(name: str) -> Reader:
    """Look up a reader by name.

    Raises:
        MinberError: MB109 no such reader.

    Example:
        >>> named("html").suffixes
        ('.html', '.htm', '.xhtml')
    """
    known = readers()
    if name not in known:
        raise MinberError("MB109", name=name, known=", ".join(known))
    return known[name]


def choose(raw: Raw, packaged: str | None = None) -> Reader:
    """Choose the reader for a source: by its bytes where they are unmistakable, its media type, its name.

    Word, OpenDocument and EPUB files are ZIP files: what is in them tells them apart.

    Parameters:
        raw: the source; its first 2,048 bytes are enough.
        packaged: which kind of document it is, where it is a package of files (``media_type_of``).

    Returns:
        a reader; text for a name that says nothing (the reader refuses what is no text).

    Raises:
        MinberError: MB110 a kind of file that no reader takes.
    """
    for reader in readers().values():
        if packaged in reader.media_types if packaged else reader.sniff and reader.sniff(raw.data[:HEAD]):
            return reader
    media_type = packaged or (raw.media_type or "").partition(";")[0].strip().lower()
    for reader in readers().values():
        if media_type and media_type in reader.media_types:
            return reader
    suffix = suffix_of(raw.name)
    for reader in readers().values():
        if suffix in reader.suffixes:
            return reader
    if packaged or (suffix and not media_type and not suffix[1:].isdigit()):
        raise MinberError("MB110", raw.place, kind=suffix or media_type, known=", ".join(readers()))
    return named("text")


def takes(name: str) -> bool:
    """Whether a file of this name is read when a whole folder is ingested.

    Example:
        >>> takes("speech.TXT"), takes("logo.png")
        (True, False)
    """
    return any(suffix_of(name) in reader.suffixes for reader in readers().values())


def suffix_of(name: str) -> str:
    """The ending of a file name, lower case with its dot; empty where there is none."""
    return PurePosixPath(name).suffix.lower()
