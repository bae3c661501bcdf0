"""Rows without an id when a table comes in again with rows put in, taken out or corrected.

A row that still says the same is the same document wherever it stands now, so that labels stay with their words. A row
that says something else is a correction of the document that stood there if it resembles it, and a new document if not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.ingest.identity import Catalogue, Known
    from corpus.ingest.reading import Raw


_SIMILAR = 80.0  # per cent of letters in common with what was there before, for a correction
_COMPARED = 20_000  # letters


class Renumbered:
    """What became of the rows of one table.

    Parameters:
        catalogue: the documents of the corpus.
        raw: gives the bytes with a SHA-256 that the corpus keeps.
        digests: reads the table once more and gives address → SHA-256 of each row; called only if rows differ from
            those that the corpus knows.
    """

    def __init__(
        self, catalogue: Catalogue, raw: Callable[[str], bytes], digests: Callable[[], dict[str, str]]
    ) -> None:
        self._catalogue = catalogue
        self._raw = raw
        self._read = digests
        self._table: dict[str, str] | None = None
        self._present: set[str] = set()
        self._claimed: set[str] = set()
        self._known_before: dict[str, bool] = {}

    def moved(self, raw: Raw, sha256: str) -> Known | None:
        """The document of these words that stood in another row, whose place has others now.

        Parameters:
            raw: a numbered row.
            sha256: of its bytes.

        Returns:
            the document, or None where the row is where it was, corrected, or new.
        """
        here = self._catalogue.at(raw.uri)
        if not self._seen_before(raw.uri) or (here is not None and here.sha256 == sha256):
            return None
        base = raw.uri.rpartition("#")[0]
        for known in self._catalogue.with_bytes(sha256):
            if known.uri == raw.uri and known.sha256 == sha256:
                return known  # another document came from the same row once
            if known.uri.rpartition("#")[0] != base or known.uri == raw.uri or known.id in self._claimed:
                continue
            if known.sha256 == sha256 and self._digests().get(known.uri) != sha256:
                self._claimed.add(known.id)
                return known
        return None

    def corrected(self, raw: Raw, sha256: str) -> str | None:
        """The document of which a row with new words is a correction.

        Parameters:
            raw: a numbered row, not moved.
            sha256: of its bytes.

        Returns:
            its id; "" for a row that is a document of its own, though another one stood there; None where the corpus
            does not know the row, or knows it as it is.
        """
        here = self._catalogue.all_at(raw.uri)
        if not here or not self._seen_before(raw.uri) or any(known.sha256 == sha256 for known in here):
            return None
        self._digests()
        gone = [known for known in here if known.sha256 not in self._present]
        return next((known.id for known in gone if self._resembles(raw.data, known.sha256)), "")

    def _resembles(self, data: bytes, sha256: str) -> bool:
        from rapidfuzz.fuzz import ratio

        try:
            before = self._raw(sha256)
        except MinberError:
            return True
        return ratio(_words(before), _words(data)) >= _SIMILAR

    def _seen_before(self, uri: str) -> bool:
        """Whether the corpus knew rows of this table before this run."""
        base = uri.rpartition("#")[0]
        if base not in self._known_before:
            self._known_before[base] = any(self._catalogue.at(f"{base}#{n}") is not None for n in (1, 2, 3))
        return self._known_before[base]

    def _digests(self) -> dict[str, str]:
        if self._table is None:
            self._table = self._read()
            self._present = set(self._table.values())
        return self._table


def _words(data: bytes) -> str:
    """The values of a row, one after the other."""
    try:
        return "\n".join(str(value) for value in json.loads(data).values())[:_COMPARED]
    except (ValueError, AttributeError):
        return data[:_COMPARED].decode("utf-8", errors="replace")
