"""How paragraphs, tables and notes of a document become one text, and what its properties are worth."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.ingest.canonical import canonical
from corpus.ingest.reading import Mark, Reading
from schemas.datafile import read_data
from schemas.errors import MinberError

CELLS = " | "
"""Between the cells of a row, as trafilatura writes them."""
_LONGEST_CELL = 200  # letters: a table with longer cells was made to lay out a page
_OPENING = 3000  # letters in which a text shows its title
_BLANKS = re.compile(r"[ \t\u00a0]+")
_EARLIEST = 1980  # no file is older; clocks that were never set are


def together(blocks: Iterable[str]) -> str:
    """Set paragraphs one below the other with a blank line between them.

    Parameters:
        blocks: paragraphs, headings, tables; lines inside them stay lines.

    Returns:
        the text, canonical; empty blocks are left out.

    Example:
        >>> together(["Құрметті отандастар!", " ", "Бүгін –  мереке. "])
        'Құрметті отандастар!\\n\\nБүгін – мереке.'
    """
    return canonical("\n\n".join(tidy for block in blocks if (tidy := _tidy(block))))


def with_notes(text: str, notes: Iterable[str]) -> tuple[str, list[Mark]]:
    """Set footnotes after a text, numbered, and mark them as what the speaker did not say.

    Parameters:
        text: from :func:`together`.
        notes: footnotes, then endnotes, in the order in which the text refers to them.

    Returns:
        text and notes; a mark (layer ``chrome``, label ``note``) for each.

    Example:
        >>> text, marks = with_notes("Бүгін – мереке.", ["Ескертпе."])
        >>> text, text[marks[0].start : marks[0].end]
        ('Бүгін – мереке.\\n\\n[1] Ескертпе.', '[1] Ескертпе.')
    """
    marks: list[Mark] = []
    pieces = [text] if text else []
    at = len(text)
    for number, note in enumerate(notes, 1):
        words = canonical(" ".join(note.split()))
        if words:
            pieces.append(f"[{number}] {words}")
            start = at + 2 if at else 0
            at = start + len(pieces[-1])
            marks.append(Mark("chrome", "note", start, at))
    return "\n\n".join(pieces), marks


def written(blocks: Iterable[str], notes: Iterable[str], place: str) -> Reading:
    """Begin the reading of an office document with its text and notes.

    Parameters:
        blocks: paragraphs and tables, for :func:`together`.
        notes: for :func:`with_notes`; looked at after the blocks, which may be what fills them.
        place: where the document lies, for the error.

    Returns:
        a reading with its marks.

    Raises:
        MinberError: MB104 there is no text.
    """
    text, marks = with_notes(together(blocks), notes)
    if not text:
        raise MinberError("MB104", place, what="the document holds none (pictures of pages have to be read first)")
    return Reading(text, marks=marks)


def table(rows: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Write a table as text: a line a row where it holds data, one paragraph after the other where it is a layout.

    Parameters:
        rows: of cells of paragraphs.

    Returns:
        blocks for :func:`together`.

    Example:
        >>> table([[["Жыл"], ["Өсім"]], [["2024"], ["4,8"]]])
        ['Жыл | Өсім\\n2024 | 4,8']
        >>> table([[["Бірінші абзац.", "Екінші абзац."]]])
        ['Бірінші абзац.', 'Екінші абзац.']
    """
    filled = [[[p for p in cell if p.strip()] for cell in row] for row in rows]
    if all(len(cell) < 2 and sum(map(len, cell)) <= _LONGEST_CELL for row in filled for cell in row):
        lines = [CELLS.join(" ".join(cell[0].split()) for cell in row if cell) for row in filled]
        return ["\n".join(line for line in lines if line)]
    return [paragraph for row in filled for cell in row for paragraph in cell]


def state(
    reading: Reading,
    title: str | None = None,
    date: dt.datetime | dt.date | None = None,
    lang: str | None = None,
    origin: str = "file properties",
    **docvars: str | None,
) -> None:
    """Note what a file's properties say: title, day of its making, language.

    Properties are often older than the text (of the file that was written over). A title counts where the text shows
    it too; else it, and the day in any case, are used only where text and file name tell nothing.

    Parameters:
        reading: with its text.
        title, date, lang: as the file states them.
        origin: what to call the place.
        docvars: what else they say: author, keywords …
    """
    for name, value in docvars.items():
        if words := canonical(" ".join((value or "").split())):
            reading.docvars.setdefault(name, words)
    title = _BLANKS.sub(" ", title or "").strip()
    if title and not _made_by_program(title):
        if _words(title) and _words(title) in _words(reading.text[:_OPENING]):
            reading.set("title", title, origin)
        else:
            reading.fallback.setdefault("title", (title, origin))
    if isinstance(date, dt.datetime):
        date = date.date()
    if date is not None and _EARLIEST < date.year <= dt.datetime.now(dt.UTC).year + 1:
        reading.fallback.setdefault("date", (date, f"{origin}, day of making"))
    reading.set("lang", language_code(lang), origin)


def language_code(lang: str | None) -> str | None:
    """The code of a language at the beginning of what a file states of it.

    Example:
        >>> language_code("kk-KZ"), language_code("EN"), language_code("Қазақша"), language_code(None)
        ('kk', 'en', None, None)
    """
    found = re.match(r"([A-Za-z]{2,3})(?:[-_]|$)", lang or "")
    return found[1].lower() if found else None


def _tidy(block: str) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in block.replace("\v", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


@cache
def _program_titles() -> re.Pattern[str]:
    listed: dict[str, Any] = read_data(files("corpus.ingest.formats") / "properties.yaml")
    return re.compile("|".join(listed["titles_of_programs"]), re.IGNORECASE)


def _made_by_program(title: str) -> bool:
    return _program_titles().fullmatch(title) is not None or not any(map(str.isalpha, title))
