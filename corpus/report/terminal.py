"""A document on the terminal: quotations coloured by speaker, themes behind each sentence, furniture dimmed.

Colour never stands alone: the speaker's name stands in brackets before the quotation, and without colours its end is
marked too and the words that caused a theme are listed with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpus.report.layout import Chip, Layout, Piece, Row, Segment, lay_out
from corpus.report.view import heading
from corpus.report.words import words_in

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from schemas import Codebook, Document

_VOICE_STYLES = ("bright_blue", "bright_yellow", "bright_green", "bright_magenta", "bright_cyan", "bright_red")
_CHIP_STYLE = "black on white"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def print_document(
    document: Document,
    rows: Iterable[Row],
    console: Console,
    *,
    codebook: Codebook | None = None,
    language: str = "en",
    legend: bool = True,
    paragraphs: int | None = None,
) -> None:
    """Print a document with its annotations.

    Parameters:
        document: the document; offsets of the rows are code points into its ``text``.
        rows: its annotations, machine and human.
        console: where to print; its width, colours and ``NO_COLOR`` are respected.
        codebook: gives the themes' names.
        language: of the interface and of the themes' names.
        legend: whether to print who speaks and which themes occur.
        paragraphs: print only so many, those with the most themes; None for all.

    Raises:
        MinberError: MB002 unknown interface language.
    """
    from rich.text import Text

    words = words_in(language)
    layout = lay_out(document, rows, codebook, language)
    drawer = _Drawer(words, marked=console.color_system is None or console.no_color)
    console.print(Text(safe(heading(document)), style="bold"))
    facts = [document.date.isoformat() if document.date else "", document.lang, words[document.kind]]
    facts += [document.speaker or "", document.source.publisher or ""]
    console.print(Text(safe(" · ".join(fact for fact in facts if fact)), style="dim"))
    previous = ""
    for pieces in layout.paragraphs if paragraphs is None else _richest(layout, paragraphs):
        parts = {piece.part for piece in pieces if any(segment.text.strip() for segment in piece.segments)}
        if not parts:
            continue
        part = parts.pop() if len(parts) == 1 else "body"
        if part != "chrome" or part != previous:  # lines of page furniture stand together
            console.print()
        previous = part
        console.print(drawer.paragraph(pieces, console.width))
    if legend:
        console.print()
        console.print(drawer.legend(layout))


def _richest(layout: Layout, count: int) -> list[tuple[Piece, ...]]:
    """The paragraphs with the most themes, in the order of the text."""

    def themes(index: int) -> int:
        return len({chip.theme for piece in layout.paragraphs[index] for chip in piece.chips})

    ranked = sorted(range(len(layout.paragraphs)), key=lambda index: (-themes(index), index))
    return [layout.paragraphs[index] for index in sorted(ranked[:count])]


def safe(text: str) -> str:
    """Show control characters instead of sending them: a text must not steer the reader's terminal.

    Parameters:
        text: any text.

    Returns:
        the text, each control or direction-changing character as a visible sign; same length.

    Example:
        >>> safe("a\\x1b[31mb\\u202ec")
        'a␛[31mb�c'
    """
    return _CONTROLS.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] < " " else "\ufffd", text)


class _Drawer:
    def __init__(self, words: dict[str, str], marked: bool) -> None:
        self.words = words
        self.marked = marked

    def paragraph(self, pieces: Iterable[Piece], width: int) -> Text:
        from rich.text import Text

        line = Text()
        solid: list[tuple[int, int]] = []  # chips, which are not broken over lines
        tagged = ""
        for piece in pieces:
            part = Text()
            for segment in piece.segments:
                self._segment(part, segment)
            if piece.part != "body" and part.plain.strip():
                part.stylize("dim")
                if self.marked and piece.part != tagged:
                    line.append(f"({self.words[piece.part]}) ")
                    tagged = piece.part
            line.append_text(part)
            for chip in piece.chips:
                line.append(" ")
                start = len(line)
                line.append_text(self._chip(chip))
                solid.append((start, len(line)))
        return _wrap(line, solid, width)

    def _segment(self, line: Text, segment: Segment) -> None:
        for quote in segment.opens:
            if quote.kind == "quote":
                name = safe(quote.voice.name or self.words["unknown_speaker"])
                line.append(f"[{name}]", style=f"bold {_voice_style(quote.voice.number)}")
                line.append(" ")
        styles = []
        if segment.quote is not None and segment.quote.kind == "quote":
            styles.append(_voice_style(segment.quote.voice.number))
        if segment.cue:
            styles.append("underline")
        if segment.evidence:
            styles.append("bold")
        line.append(safe(segment.text.replace("\n", "")), style=" ".join(styles))
        if self.marked and segment.closes and segment.quote is not None and segment.quote.kind == "quote":
            line.append("[/]")

    def _chip(self, chip: Chip) -> Text:
        from rich.text import Text

        mark = {"machine": "", "agreed": "✓ ", "human": "✓ ", "rejected": "✗ "}[chip.state]
        because = f": {', '.join(dict.fromkeys(chip.words))}" if self.marked and chip.words else ""
        style = "dim strike" if chip.state == "rejected" else _CHIP_STYLE
        label = safe(f"{mark}{chip.name}{because}")
        return Text(f"‹{label}›" if self.marked else f" {label} ", style=style)

    def legend(self, layout: Layout) -> Text:
        from rich.text import Text

        lines = Text()
        lines.append(f"{self.words['speakers']}: ", style="bold")
        for index, voice in enumerate(layout.voices):
            lines.append(", " if index else "")
            lines.append(safe(voice.name or self.words["unknown_speaker"]), style=_voice_style(voice.number))
            lines.append(f" {voice.quotes}")
        if not layout.voices:
            lines.append(self.words["none"])
        lines.append(f"\n{self.words['themes']}: ", style="bold")
        lines.append(", ".join(safe(f"{theme.name} {theme.count}") for theme in layout.themes) or self.words["none"])
        return lines


def _wrap(line: Text, solid: Iterable[tuple[int, int]], width: int) -> Text:
    """Break a line between words, but not inside the solid stretches (rich breaks at every kind of space)."""
    from rich.cells import cell_len
    from rich.text import Text

    shape = list(line.plain)
    for start, end in solid:
        shape[start:end] = [letter if letter.strip() else "_" for letter in shape[start:end]]
    breaks: list[int] = []
    column = 0
    for word in re.finditer(r"\s*\S+", "".join(shape)):
        wide = cell_len(word[0])
        if column and column + wide > width:
            breaks.append(word.start() + len(word[0]) - len(word[0].lstrip()))
            column = cell_len(word[0].lstrip())
        else:
            column += wide
    lines = list(line.divide(breaks))
    for before in lines[:-1]:
        if before.plain.endswith(" ") and len(before.plain.rstrip()) + 1 == len(before):
            before.right_crop(1)
    return Text("\n").join(lines)


def _voice_style(number: int) -> str:
    return _VOICE_STYLES[(number - 1) % len(_VOICE_STYLES)]
