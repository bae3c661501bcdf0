"""Web archives, ``warc@1``, as a stream: every page that was answered well, by the reader that takes it.

A page is the document of its address, as if it had been fetched on the day on which it was archived.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from email.message import Message
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from corpus.ingest.identity import canonical_url
from corpus.ingest.opened import Left, Opened
from corpus.ingest.reading import Reader
from schemas.errors import MinberError, problem_of

_TYPES = ("response", "resource", "conversion")
_READ = ("text/", "application/xhtml+xml", "application/pdf", "application/xml")
"""Media types of what is read; pictures, scripts and style sheets are passed over in silence."""
_PASSED = ("text/css", "text/javascript", "text/calendar", "text/vcard")


def parts(source: Opened) -> Iterator[Opened | Left]:
    """Open the pages of a web archive one after the other.

    Parameters:
        source: the archive; compressed ones come unpacked.

    Yields:
        pages.

    Raises:
        MinberError: MB141 damaged or cut off.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records = ArchiveIterator(cast(Any, source.stream), no_record_parse=False)
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # where it complains of headers
                record = next(records, None)
        except (ArchiveLoadFailed, EOFError, ValueError, UnicodeError, AttributeError, IndexError) as error:
            raise MinberError("MB141", source.place, problem=problem_of(error)) from error
        if record is None:
            return
        headers = record.rec_headers
        address = (headers.get_header("WARC-Target-URI") or "").strip("<>")
        if record.rec_type not in _TYPES or not address.startswith(("http://", "https://")):
            continue
        if record.rec_type == "response" and record.http_headers is None:
            continue
        if record.http_headers is not None and record.http_headers.get_statuscode() != "200":
            continue
        http = record.http_headers if record.http_headers is not None else headers
        media_type, charset = _content_type(http.get_header("Content-Type") or "")
        if media_type and (not media_type.startswith(_READ) or media_type in _PASSED):
            continue
        try:
            url = canonical_url(address)
        except ValueError:
            continue
        name = PurePosixPath(unquote(urlsplit(url).path)).name
        yield source.member(
            name,
            cast(Any, record.content_stream()),
            uri=url,
            media_type=media_type,
            charset=source.charset or charset,
            retrieved=_time(headers.get_header("WARC-Date")) or source.retrieved,
            known={**source.known, "uri_origin": f"WARC-Target-URI in {source.name}"},
        )


def _content_type(header: str) -> tuple[str | None, str | None]:
    message = Message()
    message["content-type"] = header
    return (message.get_content_type() if header.strip() else None), message.get_content_charset()


def _time(header: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(header or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


READER = Reader(
    name="warc",
    version=1,
    suffixes=(".warc",),
    media_types=("application/warc",),
    read=None,
    sniff=lambda head: head.startswith(b"WARC/"),
    about="web archives: every page by its own reader",
    parts=parts,
    archive=True,
)
