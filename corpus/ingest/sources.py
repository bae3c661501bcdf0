"""What the user names → sources, one by one: files, folders, globs, URLs, standard input."""

from __future__ import annotations

import dataclasses
import datetime as dt
import glob
import hashlib
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corpus.ingest.choices import Choices
from corpus.ingest.opened import HEAD, Opened, too_large
from corpus.ingest.reading import Raw
from corpus.interruption import end_waits_at_ctrl_c
from schemas.errors import MinberError
from schemas.settings import FILE_NAME as SETTINGS

if TYPE_CHECKING:
    from corpus.ingest.fetch import Fetcher

STDIN = "-"
_PIECE = 1 << 20  # bytes
_OWN = ("raw", "sync", "snapshots")  # folders of a corpus that hold no texts
MAX_SIZE = 32 * 1024 * 1024
"""Bytes of the largest source that is read, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Location:
    """Something to ingest, not yet read.

    Attributes:
        uri: file URI, URL, or ``-``.
        path: of a file.
        error: why it will not be read, where that is known already.
        skipped: it lies in a folder that was named, and no reader takes files of its kind; or it is too old.
        changed: when a page last changed, as far as a feed or sitemap says.
        known: what is known of it beforehand, for Raw.
    """

    uri: str
    path: Path | None = None
    error: MinberError | None = None
    skipped: bool = False
    changed: dt.datetime | None = None
    known: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def locate(sources: Iterable[str], any_file: bool = False) -> Iterator[Location]:
    """Find everything that the user's sources stand for, in a stable order and without holding it in memory.

    Folders are walked through, sorted by name. Left out are hidden files and folders, the tables of a corpus, what a
    browser saved beside a page (``page_files``), and a folder reached a second time through a link. Of folders, only
    files with an ending that a reader takes are read.

    Parameters:
        sources: paths, globs (``texts/*.txt``, ``**`` for any depth), URLs, or ``-``.
        any_file: of folders, take files of every ending (the user has named a reader).

    Yields:
        locations; failures are locations with an error.
    """
    for source in sources:
        if source == STDIN:
            yield Location(STDIN)
        elif (scheme := source.partition("://")[0].lower()) in ("http", "https"):
            yield Location(scheme + source[len(scheme) :])
        else:
            yield from _local(source, any_file)


@contextmanager
def opened(
    location: Location,
    max_size: int = MAX_SIZE,
    fetcher: Fetcher | None = None,
    choices: Choices | None = None,
    charset: str | None = None,
) -> Iterator[Opened]:
    """Open a location; of a file, only the first bytes are read.

    Parameters:
        location: from :func:`locate`.
        max_size: bytes of the largest piece that may be held in memory.
        fetcher: for URLs; one is made if need be.
        choices: how the user wants it read.
        charset: encoding that the user states.

    Yields:
        the open source; it is closed afterwards.

    Raises:
        MinberError: MB101 it is gone, MB103 it cannot be read; MB111, MB112, MB120 of a URL; MB112 of standard input.
    """
    if location.error:
        raise location.error
    given: dict[str, Any] = {"max_size": max_size, "choices": choices or Choices()}
    if location.path is None:
        if location.uri == STDIN:
            data = _standard_input(max_size + 1)
            if len(data) > max_size:
                raise too_large("standard input", None, max_size)
            raw = Raw(f"stdin:{hashlib.sha256(data).hexdigest()}", "", data, dt.datetime.now(dt.UTC))
        else:
            from corpus.ingest.fetch import Fetcher

            raw = (fetcher or Fetcher(max_size)).fetch(location.uri, location.changed)
        yield Opened(
            raw.uri,
            raw.name,
            io.BytesIO(raw.data),
            raw.data[:HEAD],
            raw.retrieved,
            size=len(raw.data),
            media_type=raw.media_type,
            charset=charset or raw.charset,
            known={**raw.known, **location.known},
            **given,
        )
        return
    try:
        file = location.path.open("rb")
    except FileNotFoundError as error:
        raise MinberError("MB101", str(location.path)) from error
    except OSError as error:
        raise MinberError("MB103", str(location.path), problem=error.strerror or str(error)) from error
    with file:
        name = location.path.resolve().name
        now = dt.datetime.now(dt.UTC)
        try:
            state = os.fstat(file.fileno())
            regular = stat.S_ISREG(state.st_mode)
            head = file.read(HEAD)
            if regular:
                file.seek(0)
        except OSError as error:
            raise MinberError("MB103", str(location.path), problem=error.strerror or str(error)) from error
        found = Opened(location.uri, name, file, head, now, charset=charset, **given)
        if regular:
            yield dataclasses.replace(found, size=state.st_size, path=location.path)
        else:  # a pipe gives its bytes once
            piped = found.member("", io.BytesIO(head + file.read(max_size + 1)))
            yield dataclasses.replace(piped, uri=location.uri, name=name)


def _local(source: str, any_file: bool) -> Iterator[Location]:
    path = Path(source.removeprefix("file://")).expanduser()
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if glob.has_magic(source):
            yield from _globbed(source, any_file)
        else:
            link = path.is_symlink()
            yield Location(
                source, error=MinberError("MB101", source + (" (a link that leads nowhere)" if link else ""))
            )
        return
    except (OSError, ValueError) as error:  # a path through a file, a loop of links, no permission, a NUL in the name
        problem = getattr(error, "strerror", None) or str(error)
        yield Location(source, error=MinberError("MB103", source, problem=problem))
        return
    if stat.S_ISDIR(mode):
        empty = True
        for location in _walk(path, any_file, set()):
            empty = False
            yield location
        if empty:
            yield Location(source, error=MinberError("MB113", source))
    elif stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        yield _file(path)
    else:
        yield Location(source, error=MinberError("MB103", source, problem="it is neither a file nor a folder"))


def _globbed(source: str, any_file: bool) -> Iterator[Location]:
    recursive = "**" in source
    try:
        found = sorted(_visible(source) if recursive else map(Path, glob.glob(source)))  # noqa: PTH207 -- hides .files
    except (OSError, ValueError, NotImplementedError) as error:
        yield Location(source, error=MinberError("MB103", source, problem=str(error)))
        return
    if not found:
        yield Location(source, error=MinberError("MB102", source))
    seen: set[tuple[int, int]] = set()
    for path in found:
        if not path.is_dir():
            yield _file(path)
        elif not recursive:  # ** lists the files inside by itself
            yield from _walk(path, any_file, seen)


def _visible(pattern: str) -> Iterator[Path]:
    """Expand a pattern with ``**``; Path.glob, unlike glob.glob, does not run round in loops of links."""
    path = Path(pattern)
    plain = [part for part in path.parts if not glob.has_magic(part)]  # hidden folders that the user names are meant
    base = Path(path.anchor)
    for found in base.glob(str(path.relative_to(path.anchor))):
        if not any(part.startswith(".") and part not in plain for part in found.parts):
            yield found


def _walk(folder: Path, any_file: bool, seen: set[tuple[int, int]]) -> Iterator[Location]:
    from corpus.ingest.registry import takes

    try:
        state = folder.stat()
        if (state.st_dev, state.st_ino) in seen:
            return
        seen.add((state.st_dev, state.st_ino))
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Location(str(folder), error=MinberError("MB103", str(folder), problem=error.strerror or str(error)))
        return
    # A corpus may lie among its sources: its tables, raw bytes and notes are no sources.
    names = {entry.name for entry in entries}
    if "_delta_log" in names:
        return
    for entry in entries:
        if entry.name.startswith(".") or (entry.name in _OWN and SETTINGS in names):
            continue
        path = folder / entry.name
        try:
            inside = entry.is_dir()
        except OSError as error:  # a link to itself
            yield Location(str(path), error=MinberError("MB103", str(path), problem=error.strerror or str(error)))
            continue
        if inside and _belongs_to_page(entry.name, names):
            continue
        if inside:
            yield from _walk(path, any_file, seen)
        elif any_file or takes(entry.name):
            yield _file(path)
        else:
            yield Location(path.absolute().as_uri(), path, skipped=True)


def _belongs_to_page(folder: str, names: set[str]) -> bool:
    """Whether browsers made this folder for the pictures and frames of a page that they saved beside it."""
    page = folder.removesuffix("_files").removesuffix(".files")
    return page != folder and any(f"{page}{suffix}" in names for suffix in (".html", ".htm", ".xhtml"))


def _file(path: Path) -> Location:
    """A file by its real place, so that links and ``..`` do not give it several names."""
    try:
        return Location(path.resolve().as_uri(), path)
    except (OSError, RuntimeError) as error:  # a loop of links
        return Location(str(path), error=MinberError("MB103", str(path), problem=str(error)))


def _standard_input(most: int) -> bytes:
    """All of standard input, or its first bytes: piece by piece, as one long read would overlook a Ctrl-C between."""
    end_waits_at_ctrl_c()
    given = cast("io.BufferedReader", sys.stdin.buffer)
    pieces: list[bytes] = []
    while most > 0 and (piece := given.read1(min(most, _PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
