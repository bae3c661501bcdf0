"""Lines → paragraphs, headings, rows of tables and footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.ingest.formats.prose import CELLS
from corpus.ingest.layout.hyphens import DIVIDED, Hyphens
from corpus.ingest.layout.lines import Line

_WIDER_GAP = 1.4  # times the usual distance of lines: a blank between paragraphs
_OTHER_SIZE = 0.1  # difference in size that parts heading and text
_INDENT = 0.7  # ems
_NARROW = 22  # ems: even spaces of narrow columns are as wide as gaps of tables
_FITS = 1.2  # ems that must be left over after a next word: the line ended by itself
_SMALLER = 0.93  # times the size of the text: footnotes
_BULLET = re.compile(r"(?:[•●▪■◦○‣⁃∙·►➢✓*§]|[-–—](?=\s))\s*")
_NUMBERED = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zа-яәғқңөұүһі][.)]|[IVXLC]{1,6}[.)])\s+\S")
_NOTE_MARK = re.compile(r"(?:\[?(\d{1,3})\]?[.)]?|(\*{1,4}|[†‡§]))\s*(?=\S)")
_ENDS = re.compile(r"[.!?…:;][\"'»”’)\]]*$")
_LEADERS = re.compile(r"\s*(?:\.\s?){4,}\s*")
PAGE = 0xF0000
"""Code point of the private character that stands where the first page begins, until its place is noted; those of other
pages follow."""


@dataclass(slots=True)
class Block:
    """Lines that make a paragraph, a heading, or rows of a table.

    Attributes:
        lines: from top to bottom.
        right: edge of the column.
        rows: whether each line is a row.
        left: where lines of its column begin.
        indent: by how much first lines stand further in there; infinite where they do not.
    """

    lines: list[Line]
    right: float
    rows: bool = False
    left: float = 0.0
    indent: float = float("inf")

    @property
    def size(self) -> float:
        """Size of the letters of its first line."""
        return self.lines[0].size

    @property
    def text(self) -> str:
        """Its words as printed, line by line."""
        return " ".join(line.text for line in self.lines)


@dataclass(slots=True)
class Printed:
    """What a document says.

    Attributes:
        blocks: paragraphs and headings, in reading order; a private character stands where a page begins.
        notes: footnotes.
        title: the largest print of the first page, if it is larger than the text.
    """

    blocks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    title: str | None = None


def printed(pages: Sequence[Sequence[Sequence[Line]]]) -> Printed:
    """Put lines together to what was written.

    Parameters:
        pages: of columns of lines, in reading order.

    Returns:
        paragraphs and notes.
    """
    lines = [line for columns in pages for column in columns for line in column]
    if not lines:
        return Printed()
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0]
    hyphens = Hyphens(line.text for line in lines)
    notes: list[Block] = []
    flow: list[Block] = []
    for columns in pages:
        body, below = _without_notes(columns, usual)
        for note in below:
            if notes and not _NOTE_MARK.match(note.text):
                notes[-1].lines += note.lines
            else:
                notes.append(note)
        for column in body:
            blocks = _blocks(column)
            if flow and blocks and _runs_on(flow[-1], blocks[0], usual):
                flow[-1].lines += blocks.pop(0).lines
            flow += blocks
    marks = {mark for note in notes if (mark := _mark(note.text))}
    found = Printed(title=_title(flow, usual))
    page = -1
    for block in flow:
        text = ""
        for number, line in enumerate(block.lines):
            words = CELLS.join(line.cells(block.right)) if block.rows else _without_references(line, marks)
            words = _LEADERS.sub(" … ", words)
            start = chr(PAGE + line.page) if line.page != page else ""
            page = line.page
            if number == 0:
                text = start + words
            elif block.rows:
                text += f"\n{start}{words}"
            elif start:
                text = _over_pages(hyphens, text, words, start)
            else:
                text = hyphens.join(text, words)
        found.blocks.append(text)
    for note in notes:
        text = note.lines[0].text
        for line in note.lines[1:]:
            text = hyphens.join(text, line.text)
        found.notes.append(_NOTE_MARK.sub("", text, count=1))
    return found


def _over_pages(hyphens: Hyphens, text: str, words: str, start: str) -> str:
    """Join over a page end, with the mark of the page before its first word."""
    whole = hyphens.join(text, words)
    at = len(whole) - len(words)
    return whole[:at] + start + whole[at:]


def _blocks(column: Sequence[Line]) -> list[Block]:
    """Part the lines of a column."""
    left = min(line.x0 for line in column)
    right = max(line.x1 for line in column)
    typical = _typical(line.x0 for line in column)
    indent = _usual_indent(column, typical)
    pitch = _pitches(column)
    found: list[Block] = []
    for number, line in enumerate(column):
        rows = _LEADERS.search(line.text) is not None or (
            len(line.cells(right)) > 1 and _is_table(column, number, right)
        )
        if found and not _parts(found[-1], column[number - 1], line, left, pitch, rows):
            found[-1].lines.append(line)
        else:
            found.append(Block([line], right, rows, typical, indent))
    return found


def _parts(block: Block, before: Line, line: Line, left: float, pitch: dict[float, float], rows: bool) -> bool:
    """Whether a new block begins with a line."""
    gap = before.y - line.y
    usual = pitch.get(round(line.size), 1.25 * line.size)
    if block.rows != rows or gap > (2.5 if rows else _WIDER_GAP) * usual or gap < 0:
        return True
    if rows:
        return False
    if abs(line.size - before.size) > _OTHER_SIZE * max(line.size, before.size) or line.bold != before.bold:
        return True
    if before.text.endswith(DIVIDED) and line.text[:1].islower():
        return False
    em = line.size
    ended = _ENDS.search(before.text) is not None
    if _BULLET.match(line.text) and (ended or line.x0 > block.left + 0.3 * em or _BULLET.match(block.text)):
        return True
    if _NUMBERED.match(line.text) and (ended or _NUMBERED.match(block.text)):
        return True
    middle = (left + block.right) / 2
    if all(abs((one.x0 + one.x1) / 2 - middle) < em and one.x0 > left + em for one in (before, line)):
        return False  # two lines of something centred
    # The first line of a paragraph stands further in than the second (or, in lists, further out).
    first = block.lines[0]
    if line.x0 > before.x0 + _INDENT * em and not (before is first and _hangs(first)):
        return True
    if before is first and abs(line.x0 - block.left - block.indent) < 0.2 * em and abs(before.x0 - line.x0) < 0.2 * em:
        return True  # one paragraph of a single line after the other
    if len(block.lines) > 1 and line.x0 < before.x0 - _INDENT * em and abs(before.x0 - block.lines[1].x0) < 0.3 * em:
        return True
    if not ended and not before.text.endswith(",") and line.text[:1].islower():
        return False
    word = line.text.split(" ", 1)[0]
    needed = (line.x1 - line.x0) * (len(word) + 1) / max(1, len(line.text))
    return block.right - before.x1 > needed + _FITS * em


def _hangs(line: Line) -> bool:
    return _BULLET.match(line.text) is not None or _NUMBERED.match(line.text) is not None


def _is_table(column: Sequence[Line], number: int, right: float) -> bool:
    """Whether a line of cells stands beside another whose cells begin or end at some of the same places."""
    line = column[number]
    beside = [column[n] for n in (number - 2, number - 1, number + 1, number + 2) if 0 <= n < len(column)]
    alike = sum(
        len(other.cells(right)) > 1
        and any(
            abs(one.x0 - two.x0) < 0.5 * line.size or abs(one.x1 - two.x1) < 0.5 * line.size
            for one in line.parts[1:]
            for two in other.parts[1:]
        )
        for other in beside
    )
    if sum(len(part.text.split()) for part in line.parts) == 2 and right - line.x1 < 0.5 * line.size:
        return alike == len(beside)  # two words may be all that a narrow line holds
    widest = max(after.x0 - before.x1 for before, after in pairwise(line.parts))
    narrow = max(one.x1 for one in column) - min(one.x0 for one in column) < _NARROW * line.size
    return alike > (2 if narrow else 1) or (alike == 1 and widest > 3 * line.size)


def _typical(values: Iterable[float]) -> float:
    counted = Counter(round(value / 3) * 3 for value in values)
    return float(counted.most_common(1)[0][0])


def _usual_indent(column: Sequence[Line], typical: float) -> float:
    """By how much first lines of paragraphs stand further in, where the lines after them do not."""
    found: Counter[int] = Counter()
    for line, after in pairwise(column):
        if _INDENT < (line.x0 - typical) / line.size < 5 and abs(after.x0 - typical) < 0.2 * after.size:
            found[round(line.x0 - typical)] += 1
    usual = found.most_common(1)
    return float(usual[0][0]) if usual and usual[0][1] > 1 else float("inf")


def _pitches(column: Sequence[Line]) -> dict[float, float]:
    """The usual distance of lines, by their size."""
    gaps: dict[float, list[float]] = {}
    for before, after in pairwise(column):
        if (
            abs(before.size - after.size) < _OTHER_SIZE * after.size
            and 0.5 * after.size < before.y - after.y < 4 * after.size
        ):
            gaps.setdefault(round(after.size), []).append(before.y - after.y)
    return {size: sorted(found)[len(found) // 3] if len(found) > 2 else min(found) for size, found in gaps.items()}


def _runs_on(before: Block, after: Block, usual: float) -> bool:
    """Whether a paragraph goes on in the next column or on the next page."""
    last, first = before.lines[-1], after.lines[0]
    if before.rows or after.rows or abs(last.size - first.size) > _OTHER_SIZE * last.size or last.bold != first.bold:
        return False
    if _BULLET.match(first.text) or last.size > (1 + _OTHER_SIZE) * usual:
        return False
    if last.text.endswith(DIVIDED):
        return True
    fills = before.right - last.x1 < 2 * last.size
    if after.indent < float("inf") and before.indent < float("inf"):  # first lines stand further in: this one or not
        return fills and first.x0 - after.left < 0.5 * after.indent
    if _ENDS.search(last.text):
        return fills and first.text[:1].islower()
    return first.text[:1].islower() or (fills and not _NUMBERED.match(first.text))


def _without_notes(columns: Sequence[Sequence[Line]], usual: float) -> tuple[list[list[Line]], list[Block]]:
    """Take footnotes off the ends of the columns of a page."""
    if not columns:
        return [], []
    bottom = min(line.y for column in columns for line in column)
    body: list[list[Line]] = []
    notes: list[Block] = []
    for column in columns:
        at = len(column)
        while at and column[at - 1].size < _SMALLER * usual:
            at -= 1
        small = list(column[at:])
        first = next((n for n, line in enumerate(small) if _NOTE_MARK.match(line.text)), None)
        if first is None or small[-1].y > bottom + 6 * usual or (at == 0 and len(columns) == 1):
            body.append(list(column))
            continue
        for line in small[first:]:
            if _mark(line.text) and (line is small[first] or _starts_note(line, small[first])):
                notes.append(Block([line], max(one.x1 for one in small)))
            else:
                notes[-1].lines.append(line)
        if column[: at + first]:
            body.append(list(column[: at + first]))
    return [column for column in body if column], notes


def _starts_note(line: Line, first: Line) -> bool:
    return abs(line.x0 - first.x0) < 0.6 * line.size


def _mark(text: str) -> str | None:
    found = _NOTE_MARK.match(text)
    return (found[1] or found[2]) if found else None


def _without_references(line: Line, marks: set[str]) -> str:
    """The words of a line without the small raised figures that refer to notes of the document."""
    words = []
    for part in line.parts:
        text = part.text
        for start, end in reversed(part.raised):
            if text[start:end] in marks and start:
                text = text[:start] + text[end:]
        words.append(text)
    return " ".join(words)


def _title(flow: Sequence[Block], usual: float) -> str | None:
    """The largest print of the first page."""
    first = [block for block in flow if block.lines[0].page == flow[0].lines[0].page and not block.rows][:12]
    if not first:
        return None
    largest = max(block.size for block in first)
    if largest < 1.12 * usual:
        return None
    at = next(n for n, block in enumerate(first) if block.size > 0.95 * largest)
    words: list[str] = []
    for block in first[at:]:
        if block.size <= 0.95 * largest:
            break
        words.append(block.text)
    title = re.sub(r"^[^\w«\"“„]+", "", " ".join(" ".join(words).split()))
    return title if 3 < len(title) <= 300 and any(map(str.isalpha, title)) else None
