"""The letters of a PDF page with their places, by pdfminer's interpreter, within bounds of their number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.utils import decode_text

from schemas.errors import MinberError

MOST_LETTERS = 300_000
"""On one page; a page of a newspaper has some 30,000."""
MOST_FORMS = 20_000
"""Pieces of pages that pages are put together from, in one page."""
UNKNOWN = "\ufffd"
_SHADOW = 0.6  # points: the same letter so near is printed twice, to look bold
_LIGATURES = {chr(0xFB00 + n): letters for n, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_HEAVY = ("bold", "black", "heavy", "demi")


class Letter(NamedTuple):
    """A letter: where it begins and ends, its baseline, its size (points), whether it is bold."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    bold: bool


@dataclass(slots=True)
class Page:
    """The letters of one page in the order in which the file draws them.

    Attributes:
        width, height: points.
        letters: those that stand upright.
        label: number printed in the file's own list of pages, if it has one.
        turned: how many letters stood in another direction and were left out.
        unknown: how many letters the fonts do not name.
        artifacts: how many letters the file itself marks as no content (running heads), left out.
        pictures: whether there is a picture.
    """

    width: float
    height: float
    letters: list[Letter] = field(default_factory=list)
    label: str | None = None
    turned: int = 0
    unknown: int = 0
    artifacts: int = 0
    pictures: bool = False


class Letters(PDFTextDevice):
    """A device for pdfminer's interpreter that notes letters.

    Parameters:
        resources: pdfminer's manager of fonts.
        place: where the file lies, for errors.
    """

    def __init__(self, resources: Any, place: str) -> None:
        super().__init__(resources)
        self._place = place
        self._drawn: list[tuple[tuple[float, ...], float, float, str, bool, bool]] = []
        self._tags: list[str] = []
        self._instead: list[str | None] = []
        self._forms = 0
        self._pictures = False
        self._bold: dict[int, bool] = {}
        self.page = Page(0, 0)

    def begin_page(self, page: Any, ctm: Any) -> None:
        """Begin with a page; ``ctm`` moves its corner to 0, 0 and turns it upright."""
        self.set_ctm(ctm)
        x0, y0, x1, y1 = page.mediabox
        corners = [(ctm[0] * x + ctm[2] * y, ctm[1] * x + ctm[3] * y) for x in (x0, x1) for y in (y0, y1)]
        width, height = (max(at[i] for at in corners) - min(at[i] for at in corners) for i in (0, 1))
        self.page = Page(width, height, label=page.label)
        self._drawn, self._tags, self._instead, self._forms, self._pictures = [], [], [], 0, False

    def end_page(self, page: Any) -> None:
        """Sort out what was drawn."""
        del page
        self.page.pictures = self._pictures
        _sort_out(self.page, self._drawn)
        self._drawn = []

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """A piece that is drawn inside the page; pieces may call each other for ever."""
        del name, bbox, matrix
        self._forms += 1
        if self._forms > MOST_FORMS:
            raise MinberError("MB134", self._place, limit=f"{MOST_FORMS} pieces a page")

    def render_image(self, name: str, stream: Any) -> None:
        """A picture."""
        del name, stream
        self._pictures = True

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        """Marked content: artifacts are no text, and ActualText says what letters stand for."""
        self._tags.append(str(tag.name))
        said = props.get("ActualText") if isinstance(props, dict) else None
        self._instead.append(decode_text(said) if isinstance(said, bytes) else None)

    def end_tag(self) -> None:
        """The end of the innermost marked content."""
        if self._tags:
            self._tags.pop()
            self._instead.pop()

    def render_char(
        self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, cid: int, *more: Any
    ) -> float:
        """Note a letter and return how far it moves the pen."""
        del more
        try:
            text = font.to_unichr(cid)
        except (PDFUnicodeNotDefined, KeyError, ValueError, TypeError):
            text = UNKNOWN
        width = float(font.char_width(cid)) * fontsize * scaling
        if self._instead and self._instead[-1] is not None:
            text, self._instead[-1] = self._instead[-1], ""
        bold = self._bold.get(id(font))
        if bold is None:
            name = str(getattr(font, "fontname", "")).lower()
            bold = self._bold[id(font)] = any(word in name for word in _HEAVY)
        if text:
            if len(self._drawn) >= MOST_LETTERS:
                raise MinberError("MB134", self._place, limit=f"{MOST_LETTERS:,} letters a page")
            placed = (*matrix[:4], matrix[4] + matrix[2] * rise, matrix[5] + matrix[3] * rise)
            self._drawn.append((placed, width, fontsize, text, bold, "Artifact" in self._tags))
        return width


def _sort_out(page: Page, drawn: list[tuple[tuple[float, ...], float, float, str, bool, bool]]) -> None:
    """Keep the letters in the page's main direction, and of letters printed twice one."""
    artifacts = sum(item[5] for item in drawn)
    if 2 * artifacts < len(drawn):  # a file that calls everything an artifact is not believed
        drawn = [item for item in drawn if not item[5]]
        page.artifacts = artifacts
    ways = [0, 0, 0, 0]
    for (a, b, *_), *_ in drawn:
        ways[_way(a, b) or 0] += _way(a, b) is not None
    main = max(range(4), key=ways.__getitem__)
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    for (a, b, c, d, e, f), width, fontsize, text, bold, _ in drawn:
        if _way(a, b) != main:
            page.turned += 1
            continue
        x, y = ((e, f), (f, page.width - e), (page.width - e, page.height - f), (page.height - f, e))[main]
        size = abs(fontsize) * math.hypot(c, d)
        length = width * math.hypot(a, b)
        if size <= 0 or not math.isfinite(x + y + size + length):
            continue
        text = _LIGATURES.get(text, text)
        if text == UNKNOWN or "\ue000" <= text[0] <= "\uf8ff":
            page.unknown += 1
            text = UNKNOWN
        cell = (text, int(x), int(y))
        near = (seen.get((text, cell[1] + i, cell[2] + j)) for i in (-1, 0, 1) for j in (-1, 0, 1))
        if not text.isspace() and any(at and abs(at[0] - x) + abs(at[1] - y) < _SHADOW for at in near):
            continue
        seen[cell] = (x, y)
        page.letters.append(Letter(x, x + length, y, size, text, bold))


def _way(a: float, b: float) -> int | None:
    """Direction of writing: 0 to the right, 1 up, 2 upside down, 3 down; None for slanting letters."""
    if abs(b) < 0.1 * abs(a):
        return 0 if a > 0 else 2
    if abs(a) < 0.1 * abs(b):
        return 1 if b > 0 else 3
    return None
