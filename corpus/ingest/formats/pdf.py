"""Reader of PDF files, ``pdf@1``: the text layer as it reads, not as it is printed.

Columns are read one after the other, words divided at line ends put together, running heads and page numbers left out.
Files without a text layer are refused, with the way to get one.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import category

from corpus.ingest.formats.package import as_damage
from corpus.ingest.formats.prose import state, together, with_notes
from corpus.ingest.reading import Mark, Raw, Reader, Reading
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.layout.letters import Page

_MOST_PAGES = 20_000
_MOST_ODD = 0.1  # of letters that are no letters, figures or punctuation: the fonts do not name what they draw
_ODD = frozenset(("So", "Sm", "Sk", "Co", "Cn", "Cc"))
_LEAST_LETTERS = 20  # on a page on average; fewer are the stamps of a scanner
_STAMP = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")


def read(raw: Raw) -> Iterator[Reading]:
    """Read a PDF file.

    Parameters:
        raw: the file.

    Yields:
        one reading. Left out: running heads and feet, page numbers, slanting and vertical letters. Where each page
        begins is marked (layer ``page``).

    Raises:
        MinberError: MB104 no page in it, MB130 pages without text, MB131 damaged, MB132 encrypted, MB134 a bomb, MB136
            letters that cannot be told.
    """
    from corpus.ingest.layout.streams import bounded

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    with bounded(raw.place):
        pages, properties = _open(raw)
    letters = sum(len(page.letters) for page in pages)
    if not pages:
        raise MinberError("MB104", raw.place, what="no page of this file can be found")
    pictures = any(page.pictures for page in pages)
    if letters == 0 or (pictures and letters < min(_LEAST_LETTERS * len(pages), 2000)):
        raise MinberError("MB130", raw.place, pages=len(pages))
    shown = Counter(letter.text for page in pages for letter in page.letters)
    odd = sum(count for text, count in shown.items() if category(text[0]) in _ODD)
    if odd > _MOST_ODD * letters:
        raise MinberError("MB136", raw.place)
    yield _reading(pages, properties, raw)


def _open(raw: Raw) -> tuple[list[Page], dict[str, Any]]:
    """The letters of all pages, and what the file says of itself."""
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    from corpus.ingest.layout.letters import Letters

    resources = PDFResourceManager()
    device = Letters(resources, raw.place)
    interpreter = PDFPageInterpreter(resources, device)
    pages: list[Page] = []
    broken = 0
    problem = ""
    with as_damage(raw.place):
        try:
            document = PDFDocument(PDFParser(io.BytesIO(raw.data)))
            for page in PDFPage.create_pages(document):
                if len(pages) >= _MOST_PAGES:
                    raise MinberError("MB134", raw.place, limit=f"{_MOST_PAGES:,} pages")
                try:
                    interpreter.process_page(page)
                except (MinberError, MemoryError):
                    raise
                except Exception as error:  # one page that cannot be read should not cost the others
                    broken += 1
                    problem = f"{type(error).__name__}: {error}"
                    continue
                pages.append(device.page)
            properties = _properties(document)
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise MinberError("MB132", raw.place) from error
    if broken and not pages:
        raise MinberError("MB131", raw.place, problem=" ".join(problem.split())[:200])
    return pages, properties | {"broken": broken}


def _reading(pages: Sequence[Page], properties: dict[str, Any], raw: Raw) -> Reading:
    from corpus.ingest.layout.columns import in_order
    from corpus.ingest.layout.edges import without_edges
    from corpus.ingest.layout.lines import stretches
    from corpus.ingest.layout.paragraphs import printed

    parts = [stretches(page.letters) for page in pages]
    parts, running = without_edges(parts, [page.height for page in pages])
    found = printed([in_order(page, number) for number, page in enumerate(parts)])
    body, marks = _marked(together(found.blocks), pages)
    text, notes = with_notes(body, found.notes)
    if not text.strip():
        raise MinberError("MB130", raw.place, pages=len(pages))
    reading = Reading(text, marks=marks + notes)
    author = properties.get("author")
    state(reading, properties.get("title"), properties.get("created"), properties.get("lang"), author=author)
    reading.set("title", found.title, "largest print of the first page")
    left_out = running + [
        words
        for words, some in (
            ("what the file marks as no content", any(page.artifacts for page in pages)),
            ("slanting or vertical letters", any(page.turned for page in pages)),
            (f"{properties['broken']} damaged page(s)", properties["broken"]),
        )
        if some
    ]
    reading.origins["text"] = f"text layer of {len(pages)} page(s)"
    if left_out:
        listed = "; ".join(left_out[:20]) + ("; …" if len(left_out) > 20 else "")
        reading.origins["text"] += f"; left out: {listed}"
    return reading


def _marked(text: str, pages: Sequence[Page]) -> tuple[str, list[Mark]]:
    """Take the signs for page starts out of a text, and mark the stretch of each page instead."""
    from corpus.ingest.layout.paragraphs import PAGE

    signs = re.compile(f"[{chr(PAGE)}-{chr(PAGE + _MOST_PAGES)}]")
    plain: list[str] = []
    starts: list[tuple[int, int]] = []
    at = end = 0
    for sign in signs.finditer(text):
        plain.append(text[end : sign.start()])
        at += len(plain[-1])
        end = sign.end()
        starts.append((ord(sign[0]) - PAGE, at))
    plain.append(text[end:])
    whole = "".join(plain)
    marks = [
        Mark("page", pages[number].label or str(number + 1), start, stop)
        for (number, start), (_, stop) in zip(starts, [*starts[1:], (0, len(whole))], strict=False)
        if stop > start
    ]
    return whole, marks


def _properties(document: Any) -> dict[str, Any]:
    """Title, day of making and language as the file states them."""
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    found: dict[str, Any] = {}
    for info in document.info:
        if not isinstance(info, dict):
            continue
        for name, key in (("title", "Title"), ("author", "Author"), ("created", "CreationDate")):
            value = resolve1(info.get(key))
            if isinstance(value, bytes) and name not in found:
                found[name] = decode_text(value).replace("\0", "").strip()
    stamp = _STAMP.match(found.pop("created", "") or "")
    try:
        found["created"] = dt.date(int(stamp[1]), int(stamp[2] or 1), int(stamp[3] or 1)) if stamp else None
    except ValueError:
        found["created"] = None
    lang = resolve1(document.catalog.get("Lang"))
    found["lang"] = decode_text(lang) if isinstance(lang, bytes) else None
    return found


READER = Reader(
    name="pdf",
    version=1,
    suffixes=(".pdf",),
    media_types=("application/pdf", "application/x-pdf"),
    read=read,
    sniff=lambda head: b"%PDF-" in head[:1024],
    about="PDF: the text layer in reading order, without running heads, page numbers and divided words",
)
