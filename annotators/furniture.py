"""What on a page is not its text: page furniture (``chrome``) and recaps of older news (``background``).

Statistics leave both out. Whole lines are judged, by the lists of ``furniture.yaml`` in the language's folder; of lines
of text, the place, day and agency before them («АСТАНА. KAZINFORM –»), and what follows a few markers («Теги:»). A
short line without a full stop that stands twice is a menu entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language

import annotators.context  # noqa: F401  declares the extensions
from schemas.datafile import read_data

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

LONGEST_LINE = 160
"""Page furniture is short: longer lines are text, whatever they start with."""
LONGEST_LINK = 180
LONGEST_TRAILER = 300
LONGEST_RECAP = 1500
MOST_LINKS = 10
_BETWEEN = re.compile(r"\s*[|:·•,]\s*")
_STOP = re.compile(r"[.!?…](?=\s|[^\W\d_a-zа-яё])")
_ENDS = ' \t.,:;!?…·•|-–—<>«»"()[]'
_COUNTER = re.compile(r"[\d\s.,:/|·•+👁💬♥️❤KМкКkм-]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w{2,}|#\w+(?:[ ,]+#\w+)*")


class Stretch(NamedTuple):
    """A stretch that is not text: offsets, layer (chrome or background), label."""

    start: int
    end: int
    layer: str
    label: str


def _whole(pattern: str, parts: dict[str, str]) -> str:
    """A pattern with its parts in their places."""
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


class _Lists:
    """The lists of one language, ready to compare."""

    def __init__(self, lang: str) -> None:
        path = Path(__file__).parent / "languages" / lang / "furniture.yaml"
        raw: dict[str, Any] = read_data(path) if path.exists() else {}
        self.lines: dict[str, str] = {
            str(line).casefold(): label for label, lines in raw.get("lines", {}).items() for line in lines
        }
        self.prefixes: list[tuple[str, str]] = sorted(
            ((str(p).casefold(), label) for label, ps in raw.get("prefixes", {}).items() for p in ps),
            key=lambda pair: -len(pair[0]),
        )
        self.patterns: list[tuple[re.Pattern[str], str]] = [
            (re.compile(p), label) for label, ps in raw.get("patterns", {}).items() for p in ps
        ]
        self.leaders: list[tuple[re.Pattern[str], str]] = [
            (re.compile(_whole(p, raw.get("leader_parts", {}))), label)
            for label, ps in raw.get("leaders", {}).items()
            for p in ps
        ]
        self.trailers = [(str(t), label) for label, ts in raw.get("trailers", {}).items() for t in ts]
        self.contains = tuple(str(c).casefold() for c in raw.get("contains", ()))
        self.recap = tuple(str(r).casefold() for r in raw.get("recap", ()))

    def label(self, line: str) -> str | None:
        """What kind of furniture a line is; None for text."""
        low = line.casefold().strip()
        bare = low.strip(_ENDS)
        if not bare:
            return "rule" if low else None
        if bare in self.lines:
            return self.lines[bare]
        if len(line) > LONGEST_LINE:
            return None
        parts = [part for part in _BETWEEN.split(bare) if part]
        if len(parts) > 1 and all(part in self.lines for part in parts):
            return self.lines[parts[0]]  # «Бөлісу: Telegram | WhatsApp»
        for prefix, label in self.prefixes:
            if low.startswith(prefix) and (
                not prefix[-1].isalnum() or not low[len(prefix) : len(prefix) + 1].isalnum()
            ):
                return label
        for prefix, label in self.prefixes:  # «14 наурыз 2025, 18:05 Қаралды: 1 204»
            if label == "counter" and (at := low.find(f" {prefix}")) > 0 and (before := self.label(low[:at])):
                return before
        if any(part in low for part in self.contains):
            return "appeal"
        for pattern, label in self.patterns:
            if pattern.fullmatch(bare):
                return label
        if _COUNTER.fullmatch(low):
            return "counter" if any(c.isdigit() for c in low) and len(low) < 24 else None
        return "link" if _ADDRESS.fullmatch(low) else None


@cache
def _lists(lang: str) -> _Lists:
    return _Lists(lang)


def find_furniture(text: str, lang: str) -> list[Stretch]:
    """Find page furniture and recaps.

    Parameters:
        text: a whole document.
        lang: its language; a language without ``furniture.yaml`` has none.

    Returns:
        stretches in order, none overlapping another.

    Example:
        >>> find_furniture("Фото: Ақорда\\nМәтін.\\nЕске салайық, былтыр болған.", "kk")[1].label
        'recap'
    """
    return list(_walk(text, _lists(lang)))


def _walk(text: str, lists: _Lists) -> Iterator[Stretch]:
    lines: list[tuple[int, int]] = []
    offset = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = offset + raw.index(stripped[0])
            lines.append((start, start + len(stripped)))
        offset += len(raw) + 1
    seen = Counter(text[a:b].casefold() for a, b in lines)
    links = 0
    for n, (a, b) in enumerate(lines):
        line = text[a:b]
        label = lists.label(line)
        if (
            label is None
            and links
            and _recap(text, a, b, lists.recap) is None
            and len(line) <= LONGEST_LINK
            and line[-1] not in ".!?…,;"
        ):
            label = "read_also"
        if label is None and seen[line.casefold()] > 1 and _menu_like(line) and _apart(text, lines, n):
            label = "menu"
        if label:
            # a heading of links («Читайте также:») takes the links below it along
            bare = line.casefold().strip(_ENDS)
            links = (
                MOST_LINKS
                if lists.lines.get(bare) == "read_also" or (label == "read_also" and line.rstrip()[-1] == ":")
                else max(links - 1, 0)
                if label == "read_also"
                else 0
            )
            yield Stretch(a, b, "chrome", label)
            continue
        links = 0
        for pattern, kind in lists.leaders:
            if (found := pattern.match(text, a, min(b, a + LONGEST_LINE))) and found.end() < b:
                yield Stretch(a, a + len(found.group().rstrip()), "chrome", kind)
                a = found.end()
                break
        cut = b
        for marker, kind in lists.trailers:
            at = text.find(marker, a, b)
            if a < at < cut and b - at <= LONGEST_TRAILER:
                cut, cut_label = at, kind
        begin = _recap(text, a, cut, lists.recap)
        if begin is not None:
            end = cut
            if end - begin > LONGEST_RECAP:  # the line breaks were lost: one sentence is sure
                stop = _STOP.search(text, begin, end)
                end = stop.start() + 1 if stop else end
            while end > begin and text[end - 1].isspace():
                end -= 1
            yield Stretch(begin, end, "background", "recap")
        if cut < b:
            yield Stretch(cut, b, "chrome", cut_label)


def _menu_like(line: str) -> bool:
    words = line.split()
    return len(words) <= 6 and line[-1] not in '.!?…:;,»"”' and line[0] not in '-–—«"“•*' and line[0].isupper()


def _apart(text: str, lines: list[tuple[int, int]], n: int) -> bool:
    """Whether the same line stands right beside, or the line is among the first or the last of the page."""
    low = text[slice(*lines[n])].casefold()
    beside = [k for k in (n - 1, n + 1) if 0 <= k < len(lines)]
    return any(text[slice(*lines[k])].casefold() == low for k in beside)


def _recap(text: str, start: int, end: int, openers: tuple[str, ...]) -> int | None:
    """Where a recap opens in a line: at its start, or at the start of a sentence in it."""
    low = text[start:end].lower()
    if len(low) != end - start:
        low = text[start:end]
    best: int | None = None
    for opener in openers:
        at = low.find(opener)
        while at >= 0:
            after = low[at + len(opener) : at + len(opener) + 1]
            lead = low[:at].rstrip(' «"“(-–—')
            if not after.isalpha() and (not lead or lead[-1] in '.!?…»"”') and text[start + at].isupper():
                best = at if best is None else min(best, at)
                break
            at = low.find(opener, at + 1)
    return None if best is None else start + best


class Furniture:
    """Marks page furniture and recaps.

    Parameters:
        lang: language of the pipeline.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, doc: Doc) -> Doc:
        """Write ``doc.spans["chrome"]`` and ``doc.spans["background"]``."""
        layers: dict[str, list[Span]] = {"chrome": [], "background": []}
        transcript = doc._.context.kind == "transcript"
        for stretch in find_furniture(doc.text, self.lang):
            if transcript and stretch.layer == "background":
                continue  # whoever recalls something in a speech tells no older news
            span = doc.char_span(stretch.start, stretch.end, label=stretch.label, alignment_mode="expand")
            if span is not None and len(span):
                layers[stretch.layer].append(span)
        for layer, spans in layers.items():
            doc.spans[layer] = spans
        return doc


@Language.factory("minber_furniture", assigns=["doc.spans"])
def make_furniture(nlp: Language, name: str) -> Furniture:  # noqa: ARG001
    """Build the component ``minber_furniture``.

    Parameters:
        nlp: the pipeline; its language decides the lists.
        name: of the component.

    Returns:
        the component.
    """
    return Furniture(nlp.lang or "")
