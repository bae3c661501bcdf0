"""Letters → stretches of line → lines. All lengths are in points, or in ems (the size of the letters)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.ingest.layout.letters import Letter

SOFT = "\u00ad"
_SPACE = 0.17  # ems between letters from which on a space is meant
_COLUMN = 0.6  # ems between words from which on they may stand in two columns
_RAISED = 0.85  # times the size of its neighbours: a smaller letter beside them is raised or lowered
_EVEN = 1.5  # times the narrowest gap of a line, up to which the widest is one of the same kind
_CELL = 1.6  # ems between words of one line from which on they are cells of a row
_WIDE = re.compile(
    r"(?:(?<=\s)|^)\w(?: \w){3,}(?=\s|$|[.,:;!?])"
)  # four and more single letters: one word, printed wide


@dataclass(slots=True)
class Stretch:
    """Letters on one baseline without a wide gap.

    Attributes:
        x0, x1: where it begins and ends.
        y: baseline.
        size: of most letters.
        text: with spaces.
        bold: whether all letters are.
        raised: places in ``text`` of small raised figures, which may refer to notes.
        spaces: the narrowest and the widest gap between its words; None where it is one word.
    """

    x0: float
    x1: float
    y: float
    size: float
    text: str
    bold: bool
    raised: list[tuple[int, int]] = field(default_factory=list)
    spaces: tuple[float, float] | None = None


@dataclass(slots=True)
class Line:
    """Stretches on one baseline that are read together.

    Attributes:
        parts: from left to right.
        page: index from 0.
    """

    parts: list[Stretch]
    page: int

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.parts[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.parts[-1].x1

    @property
    def y(self) -> float:
        """Baseline."""
        return self.parts[0].y

    @property
    def size(self) -> float:
        """Size of most letters."""
        return max(self.parts, key=lambda part: len(part.text)).size

    @property
    def bold(self) -> bool:
        """Whether all letters are bold."""
        return all(part.bold for part in self.parts)

    def cells(self, right: float = float("inf")) -> list[str]:
        """Part the words at gaps as wide as those of tables.

        Parameters:
            right: edge of the column; where a line of even spaces ends there, the spaces were stretched.

        Returns:
            cells; the whole line is one where there are no such gaps.
        """
        gaps = [after.x0 - before.x1 for before, after in pairwise(self.parts)]
        inner = [part.spaces for part in self.parts if part.spaces]
        least = max(_CELL * self.size, 1.8 * max((widest for _, widest in inner), default=0))
        every = gaps + [space for spaces in inner for space in spaces]
        if right - self.x1 < 0.5 * self.size and len(every) > 1 and max(every) < _EVEN * max(min(every), 0.1):
            least = float("inf")
        cells = [self.parts[0].text]
        for gap, part in zip(gaps, self.parts[1:], strict=True):
            if gap > least:
                cells.append(part.text)
            else:
                cells[-1] += f" {part.text}"
        return cells

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(part.text for part in self.parts)


def stretches(letters: Sequence[Letter]) -> list[Stretch]:
    """Put letters together that stand side by side.

    Parameters:
        letters: of one page, in the order in which the file draws them.

    Returns:
        stretches from top to bottom, those of one line from left to right.
    """
    runs: list[list[Letter]] = []
    for letter, following in zip(letters, [*letters[1:], None], strict=False):
        if letter.text == SOFT and following and abs(following.y - letter.y) < 1 and following.x0 < letter.x1:
            continue  # where a word might have been divided: it takes no place
        if runs and _goes_on(runs[-1], letter):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    runs = [run for run in runs if any(not letter.text.isspace() for letter in run)]
    # Files draw in any order (all bold words first, say), so runs of one line are put together again.
    rows: list[list[list[Letter]]] = []
    for run in sorted(runs, key=lambda run: -_base(run).y):
        base = _base(run)
        row = next((row for row in reversed(rows[-3:]) if _same_line(_base(row[0]), base)), None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    found: list[Stretch] = []
    for row in rows:
        row.sort(key=lambda run: run[0].x0)
        open_run = list(row[0])
        for run in row[1:]:
            if run[0].x0 - max(letter.x1 for letter in open_run[-8:]) <= _COLUMN * _base(open_run).size:
                open_run += run
            else:
                found += _parted(open_run)
                open_run = list(run)
        found += _parted(open_run)
    return found


def joined(parts: Iterable[Stretch], page: int) -> list[Line]:
    """Put the stretches of one column together to lines.

    Parameters:
        parts: of one column, in any order.
        page: index from 0.

    Returns:
        lines from top to bottom.
    """
    lines: list[Line] = []
    for part in sorted(parts, key=lambda part: (-part.y, part.x0)):
        if lines and abs(lines[-1].y - part.y) < 0.3 * max(part.size, lines[-1].parts[0].size):
            lines[-1].parts.append(part)
        else:
            lines.append(Line([part], page))
    for line in lines:
        line.parts.sort(key=lambda part: part.x0)
    return lines


def _base(run: Sequence[Letter]) -> Letter:
    """The letter whose baseline is the run's: the first of the largest."""
    return max(run[:400], key=lambda letter: round(letter.size, 1))


def _same_line(one: Letter, other: Letter) -> bool:
    return abs(one.y - other.y) < 0.25 * max(one.size, other.size)


def _goes_on(run: list[Letter], letter: Letter) -> bool:
    last = run[-1]
    size = max(last.size, letter.size)
    if not -0.6 * size < letter.x0 - last.x1 < _COLUMN * size:
        return False
    if abs(letter.y - last.y) < 0.12 * size:
        return True
    small, large = sorted((last, letter), key=lambda one: one.size)
    if small.size < _RAISED * large.size and abs(letter.y - last.y) < 0.7 * large.size:
        return letter.x0 - last.x1 < 0.4 * size
    if len(run) > 1:  # back on the line after a raised figure
        base = _base(run[-12:])
        return abs(letter.y - base.y) < 0.12 * base.size and abs(letter.size - base.size) < 0.1 * base.size
    return False


def _parted(run: list[Letter]) -> list[Stretch]:
    """Part a run at wide gaps, which spaces that the file draws may hide."""
    pieces: list[list[Letter]] = [[]]
    end: float | None = None
    for letter in run:
        if letter.text.isspace():
            if pieces[-1]:
                pieces[-1].append(letter)
            continue
        if end is not None and letter.x0 - end > _COLUMN * letter.size:
            pieces.append([])
        pieces[-1].append(letter)
        end = letter.x1
    return [made for piece in pieces if piece and (made := _stretch(piece))]


def _stretch(run: list[Letter]) -> Stretch | None:
    while run and run[-1].text.isspace():
        run.pop()
    if not run:
        return None
    base = _base(run)
    words: list[str] = []
    raised: list[tuple[int, int]] = []
    at = 0
    end = run[0].x0
    spaces: list[float] = []
    blank = True
    for letter in run:
        if letter.text.isspace():
            if not blank:
                words.append(" ")
                at += 1
                blank = True
            continue
        if not blank and letter.x0 - end > _SPACE * base.size:
            words.append(" ")
            at += 1
            blank = True
        if words and blank:
            spaces.append(letter.x0 - end)
        if letter.size < _RAISED * base.size and letter.y - base.y > 0.15 * base.size and letter.text.isdigit():
            if raised and raised[-1][1] == at:
                raised[-1] = (raised[-1][0], at + len(letter.text))
            else:
                raised.append((at, at + len(letter.text)))
        words.append(letter.text)
        at += len(letter.text)
        end = max(end, letter.x1) if letter.x1 > letter.x0 else letter.x0
        blank = False
    text = "".join(words)
    if not raised:
        text = _narrowed(text, run)
    found = (min(spaces), max(spaces)) if spaces else None
    bold = all(letter.bold for letter in run if letter.text.isalpha())
    return Stretch(run[0].x0, max(letter.x1 for letter in run), base.y, base.size, text, bold, raised, found)


def _narrowed(text: str, run: list[Letter]) -> str:
    """Close up words that are printed wide («р а з р я д к а»), where the gaps between words are wider still."""
    if not _WIDE.search(text):
        return text
    gaps = sorted(
        after.x0 - before.x1
        for before, after in pairwise(run)
        if not before.text.isspace() and not after.text.isspace()
    )
    if not gaps or any(letter.text.isspace() for letter in run):
        # Drawn spaces: two and more of them between words, one between letters.
        return re.sub(r"(?<=\w) (?=\w(?: |$|[.,:;!?]))", "", text) if "  " in text else text
    common = gaps[len(gaps) // 2]
    words: list[str] = []
    for number, letter in enumerate(run):
        if number and letter.x0 - run[number - 1].x1 > 1.6 * max(common, _SPACE * letter.size):
            words.append(" ")
        words.append(letter.text)
    return "".join(words)
