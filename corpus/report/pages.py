"""Pages of a corpus on disk: one document, or all that satisfy a condition with an index."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.exchange.reading import Described, described_documents
from corpus.report.view import IndexEntry, document_page, index_entry, index_page
from corpus.report.words import words_in
from schemas.errors import MinberError

if TYPE_CHECKING:
    import polars as pl

    from corpus.store import Corpus

_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Site:
    """Pages that were written: the index first."""

    index: Path
    documents: int


def write_page(corpus: Corpus, described: Described, dest: Path, language: str = "en") -> None:
    """Write the page of one document; the file appears whole or not at all.

    Parameters:
        corpus: gives codebook and name.
        described: the document with its annotations.
        dest: the file, replaced if it is there.
        language: of the interface.

    Raises:
        MinberError: MB002 unknown interface language, MB603 the file cannot be written.
    """
    page = document_page(
        described.document,
        described.annotations,
        codebook=corpus.codebook,
        language=language,
        corpus_name=corpus.settings.corpus.name,
    )
    write_whole(dest, page)


def write_site(
    corpus: Corpus, folder: Path, where: pl.Expr | None = None, language: str = "en", ids: Iterable[str] | None = None
) -> Site:
    """Write a page for each document, and an index of them.

    Parameters:
        corpus: the corpus.
        folder: where the pages go; made if need be, pages of the same documents are replaced.
        where: condition on documents; None for all.
        language: of the interface.
        ids: only these documents.

    Returns:
        the index and how many documents have pages.

    Raises:
        MinberError: MB002 unknown interface language, MB603 a file cannot be written, MB605 no document is left.
    """
    words_in(language)
    entries = list(_write_documents(corpus, folder, where, language, None if ids is None else set(ids)))
    if not entries:
        raise MinberError("MB605")
    write_whole(folder / _INDEX, index_page(entries, corpus.settings.corpus.name, language))
    return Site(folder / _INDEX, len(entries))


def page_name(doc_id: str) -> str:
    """The file name of a document's page: its id, where that is a plain name on every system.

    Example:
        >>> page_name("report-kk-5e85ca2e77")
        'report-kk-5e85ca2e77.html'
        >>> page_name("kz/2025/speech") != page_name("kz-2025-speech")
        True
    """
    plain = re.sub(r"[^a-z0-9._-]", "-", doc_id)
    if plain != doc_id or plain.startswith(".") or doc_id == "index":
        plain = f"{plain}-{hashlib.sha256(doc_id.encode()).hexdigest()[:8]}"
    return f"{plain}.html"


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all.

    Raises:
        MinberError: MB603 where the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise MinberError("MB603", str(path), problem=error.strerror or str(error)) from error


def _write_documents(
    corpus: Corpus, folder: Path, where: pl.Expr | None, language: str, ids: set[str] | None
) -> Iterator[IndexEntry]:
    for described in described_documents(corpus, where):
        document = described.document
        if ids is not None and document.id not in ids:
            continue
        name = page_name(document.id)
        page = document_page(
            document,
            described.annotations,
            codebook=corpus.codebook,
            language=language,
            corpus_name=corpus.settings.corpus.name,
            index_href=_INDEX,
        )
        write_whole(folder / name, page)
        yield index_entry(document, described.annotations, name, corpus.codebook, language)
