"""Which quotation marks of a text belong together: pairs, nested pairs, marks whose partner is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from annotators.quotes.layout import DASHES, STOPS, Layout

ANGLE, CURLY, SINGLE = "angle", "curly", "single"
_OPENERS = {"«": ANGLE, "“": CURLY, "„": CURLY, "‟": CURLY, "‘": SINGLE, "‚": SINGLE, "‹": SINGLE}
_CLOSERS = {"»": ANGLE, "”": CURLY, "’": SINGLE, "›": SINGLE}
MAX_LINES = 60
"""A pair is never looked for over more lines than this."""
MAX_DEPTH = 30
"""More marks open at once than this are lost ones; the oldest are given up."""


@dataclass(slots=True, eq=False)
class Pair:
    """Two marks and what is between them; one of them may be lost.

    Attributes:
        open: offset of the opening mark; -1 where it is lost.
        close: offset of the closing mark; -1 where it is lost.
        family: angle, curly (straight double marks too) or single.
        parent: the pair around this one.
    """

    open: int
    close: int
    family: str
    parent: Pair | None = None
    children: list[Pair] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether both marks are there."""
        return self.open >= 0 and self.close >= 0


def find_pairs(layout: Layout, organisations: frozenset[str] = frozenset()) -> list[Pair]:
    """Pair the quotation marks of a text.

    A stack does it in one pass: what a mark may be is read from its shape and its neighbours (an opening mark stands
    after a blank, a bracket or a dash and before a word). A straight mark that could be both closes what is open.
    An opening mark without partner is kept with ``close == -1``, a closing one with ``open == -1``; neither hides the
    marks around it.

    Parameters:
        layout: the text.
        organisations: words such as АҚ or ТОО: a closing mark before one ends a company's name, not a quotation.

    Returns:
        all pairs, in order of their first mark; children also hang on their parents.

    Example:
        >>> layout = Layout('«Біз «Нұрлы жол» жолындамыз», - деді ол. "Иә".', frozenset())
        >>> [(pair.open, pair.close) for pair in find_pairs(layout)]
        [(0, 27), (5, 15), (41, 44)]
    """
    text = layout.text
    done: list[Pair] = []
    stack: list[Pair] = []
    for offset, mark in enumerate(text):
        if mark not in "«»“”„‟\"‘’‚‹›'":
            continue
        before = text[offset - 1] if offset else "\n"
        after = text[offset + 1] if offset + 1 < len(text) else "\n"
        may_open = (before.isspace() or before in "([{" + DASHES + "«“„‘\"'>" or before in ":;,") and (
            after.isalnum() or after in "«“„‘\"'([…." + DASHES or after in {"#", "@"}
        )
        may_close = not before.isspace() and (
            after.isspace() or after in STOPS + ",;:)]}»”’\"'" + DASHES or before in STOPS
        )
        if mark in "‘’'‚‹›":
            _single(text, offset, mark, before, after, stack, done)
            continue
        family = _OPENERS.get(mark) or _CLOSERS.get(mark) or CURLY
        if mark in "«„":
            opens = True
        elif mark == "»":
            opens = False
        elif mark == "“":
            opens = may_open or not (may_close and _opened(stack, CURLY))
        elif mark == "”":
            opens = may_open and not may_close and not _opened(stack, CURLY)
        elif after.isalnum() and not before.isspace() and before in STOPS:
            opens = not _opened(stack, CURLY)  # a lost line break: it closes what is open, else opens
        elif may_open != may_close:
            opens = may_open
            if opens and before in STOPS + "," and after.isupper() and not _opened(stack, CURLY):
                opens = True
        else:
            opens = not _opened(stack, CURLY)
        if opens:
            pair = Pair(offset, -1, family)
            stack.append(pair)
            if len(stack) > MAX_DEPTH:
                del stack[0]
            done.append(pair)
            continue
        position = next((k for k in range(len(stack) - 1, -1, -1) if stack[k].family == family), None)
        if position is not None and layout.line(offset) - layout.line(stack[position].open) > MAX_LINES:
            position = None
        if (
            position is not None
            and _closes_company(layout, offset, organisations)
            and (layout.line(stack[position].open) != layout.line(offset))
        ):
            position = None
        if position is None:
            done.append(Pair(-1, offset, family))
            continue
        stack[position].close = offset
        del stack[position:]
    _join_mixed(layout, done)
    _hang(done)
    return done


def _join_mixed(layout: Layout, pairs: list[Pair]) -> None:
    """An opening mark of one kind whose partner is the next lone closing mark of another kind: «сөз", “слово»."""
    lone = [pair for pair in pairs if not pair.whole and pair.family != SINGLE]
    lone.sort(key=lambda pair: max(pair.open, pair.close))
    joined: set[int] = set()
    for pair, following in pairwise(lone):
        if pair.close >= 0 or following.open >= 0 or pair.family == following.family or id(pair) in joined:
            continue
        if layout.line(following.close) == layout.line(pair.open):
            pair.close = following.close
            joined.add(id(following))
    if joined:
        pairs[:] = [pair for pair in pairs if id(pair) not in joined]


def _opened(stack: list[Pair], family: str) -> bool:
    return any(pair.family == family for pair in stack)


def _closes_company(layout: Layout, offset: int, organisations: frozenset[str]) -> bool:
    i = layout.first_token(offset + 1)
    return i < len(layout.tokens) and layout.tokens[i].low in organisations


def _single(text: str, offset: int, mark: str, before: str, after: str, stack: list[Pair], done: list[Pair]) -> None:
    """Single marks: an apostrophe is none; a pair stays within a line."""
    opens = mark in "‘‚‹" or (mark == "'" and (before.isspace() or before in '(["“«' + DASHES))
    if opens and after.isalpha() and not before.isalnum():
        pair = Pair(offset, -1, SINGLE)
        stack.append(pair)
        done.append(pair)
        return
    if before.isspace() or after.isalnum() or mark in "‘‚‹":
        return
    position = next((k for k in range(len(stack) - 1, -1, -1) if stack[k].family == SINGLE), None)
    if position is None:
        return
    start = stack[position].open
    if "\n" in text[start:offset]:
        del stack[position]
        return
    if before == "s" and after == " " and text[offset + 2 : offset + 3].islower():
        line_end = text.find("\n", offset, offset + 400)
        rest = text[offset + 1 : min(line_end if line_end >= 0 else len(text), offset + 400)]
        if any(rest[k] in "'’" and (k + 1 == len(rest) or not rest[k + 1].isalnum()) for k in range(len(rest))):
            return  # «the workers’ rights» inside single marks
    stack[position].close = offset
    del stack[position:]


def _hang(pairs: list[Pair]) -> None:
    """Give every whole pair the innermost whole pair around it; lost single marks are apostrophes and go."""
    pairs[:] = [pair for pair in pairs if pair.whole or pair.family != SINGLE]
    pairs.sort(key=lambda pair: pair.open if pair.open >= 0 else pair.close)
    around: list[Pair] = []
    for pair in pairs:
        first = pair.open if pair.open >= 0 else pair.close
        while around and around[-1].close < first:
            around.pop()
        if around:
            pair.parent = around[-1]
            around[-1].children.append(pair)
        if pair.whole:
            around.append(pair)
