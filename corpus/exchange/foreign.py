"""Texts that come from other programs: their canonical form with the places that were counted in the other one, and
the documents that a corpus makes of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.ingest.canonical import canonical
from schemas.document import Document, Source

_AROUND = 64
"""Code points around a place that are looked at to tell whether it lies between letters."""


class Letters:
    """A text as another program has it, and the same in canonical form.

    Parameters:
        raw: the text; offsets in code points of it are what the other program counts.

    Attributes:
        text: its canonical form.

    Example:
        >>> letters = Letters("Би\\u0306л\\r\\nекі")
        >>> letters.text, letters.at(4), letters.at(6)
        ('Бйл\\nекі', 3, 4)
    """

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self.text = canonical(raw)
        self._same = self.text == raw
        self._known = [(0, 0)]

    def at(self, offset: int) -> int:
        """Where a place lies in the canonical text.

        Parameters:
            offset: code points of the raw text.

        Returns:
            code points of the canonical text.

        Raises:
            ValueError: it lies outside of the text, or inside of what is one letter there.
        """
        raw = self._raw
        if not 0 <= offset <= len(raw):
            raise ValueError(f"{offset} lies outside of the text (0 to {len(raw)})")
        if self._same:
            return offset
        before, after = raw[max(0, offset - _AROUND) : offset], raw[offset : offset + _AROUND]
        if canonical(before) + canonical(after) != canonical(before + after):
            raise ValueError(f"{offset} lies inside of a letter")
        number = bisect_right(self._known, (offset, len(raw))) - 1
        start, length = self._known[number]
        place = offset, length + len(canonical(raw[start:offset]))
        if place[0] != start:
            self._known.insert(number + 1, place)
        return place[1]


def foreign_document(
    text: str, data: bytes, name: str, reader: str, uri: str, languages: Sequence[str], **known: Any
) -> Document:
    """Make a document of a text that another program brings.

    Parameters:
        text: in canonical form.
        data: the bytes that it came from.
        name: of its file, by which people recognise it.
        reader: what read it: ``brat@1``.
        uri: where it lies.
        languages: of the corpus.
        known: fields of ``Document`` that the other program tells; an id that cannot be one is left out.

    Returns:
        the document; the same bytes under the same name are the same document, as for ``minber ingest``.

    Raises:
        ValueError: there are no letters by which to tell the language, or a field is wrong.
    """
    from corpus.ingest.identity import new_id
    from corpus.ingest.language import detect

    if not text.strip():
        raise ValueError("there is no text")
    sha256 = hashlib.sha256(data).hexdigest()
    lang = known.pop("lang", None) or detect(text, tuple(languages))[0]
    if lang is None:
        raise ValueError("the language cannot be told: there are no letters")
    source = Source(
        uri=uri, publisher=known.pop("publisher", None), retrieved=dt.datetime.now(dt.UTC), sha256=sha256, reader=reader
    )
    doc_id = known.pop("id", None) or new_id(None, name, known.get("title"), sha256)
    return Document(id=doc_id, lang=lang, text=text, source=source, **known)


def address(name: str, member: str = "") -> str:
    """The address of a file, or of a part of it.

    Parameters:
        name: path of the file, or what else the stream is called.
        member: of an archive, or number of a part.

    Returns:
        a file URI; of standard input, ``stdin:``.

    Example:
        >>> address("standard input", "a.txt")
        'stdin:#a.txt'
    """
    path = Path(name)
    base = path.absolute().as_uri() if path.exists() else "stdin:"
    return f"{base}#{member}" if member else base
