"""Reader of Rich Text, ``rtf@1``: striprtf does the letters, this module what it leaves open.

striprtf drops footnotes, shows hidden and deleted text, adds addresses to links, and takes fonts without a character
set for Western ones; so groups are sorted before it reads them, and marked Cyrillic bytes are decoded by their letters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.ingest.encoding import decode
from corpus.ingest.formats.prose import state, table, written
from corpus.ingest.reading import Raw, Reader, Reading
from schemas.errors import MinberError

_TOKEN = re.compile(
    r"\\bin(\d{1,10}) ?|\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|([^\\{}]+)", re.DOTALL
)
_DEEPEST = 2000
# Groups that are no text: pictures, objects, addresses of links, headers and footers, lists of styles. All others that
# begin with a star are left out, too.
_SILENT = frozenset(
    [
        "pict",
        "object",
        "objdata",
        "fldinst",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "stylesheet",
        "listtable",
        "colortbl",
        "filetbl",
        "revtbl",
        "xmlnstbl",
        "atrfstart",
        "atrfend",
        "ftnsep",
        "ftnsepc",
        "aftnsep",
        "aftnsepc",
        "nonesttables",
        "sp",
        "shprslt",
        "listtext",
        "pntext",
        "tc",
        "xe",
        "rxe",
        "txe",
    ]
)
# Around text boxes and text written twice; striprtf would drop them with their text.
_UNWRAPPED = frozenset(["shp", "shpinst", "shptxt", "shpgrp", "upr", "chftn", "ftnalt"])
_CELL, _ROW, _LINE = "\ue000", "\ue001", "\ue002"  # private characters: striprtf writes a bar for a cell
_MARKS = {"cell": _CELL, "nestcell": _CELL, "row": _ROW, "nestrow": _ROW, "line": _LINE, "lbr": _LINE}
_WESTERN = re.compile("[À-ÖØ-öø-ÿ]")
_MOST_WESTERN = 0.3  # of letters; French has one in twenty


@dataclass(slots=True)
class _Group:
    """A group in braces: the part that it belongs to, and whether its words are shown."""

    part: list[str] | None  # None: no text of any part
    info: bool = False
    fonts: bool = False
    hidden: bool = False
    fresh: bool = True  # nothing was in it yet that tells its kind
    star: bool = False
    opened: list[str] | None = None  # where its brace was written


@dataclass(slots=True)
class _Sorted:
    """The file parted by purpose, each part in RTF again."""

    body: list[str] = field(default_factory=list)
    notes: list[list[str]] = field(default_factory=list)
    boxes: list[list[str]] = field(default_factory=list)
    info: dict[str, list[str]] = field(default_factory=dict)
    codepage: str = ""
    default: str = ""
    charsets: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def head(self) -> str:
        """What striprtf has to know: the code page, and each font's character set on a line of its own."""
        fonts = "\n".join(
            f"{{\\f{font}\\fcharset{charset} Font;}}" for font, charset in self.charsets.items() if charset
        )
        return f"{self.codepage}{self.default}{{\\fonttbl\n{fonts}}}\n"


def read(raw: Raw) -> Iterator[Reading]:
    """Read a Rich Text file.

    Parameters:
        raw: the file.

    Yields:
        one reading. Left out: headers, footers, comments, deleted and hidden text, pictures.

    Raises:
        MinberError: MB104 no text in it, MB131 damaged.
    """
    if not re.match(rb"\s*(?:\xef\xbb\xbf)?\s*\{\\rtf", raw.data[:64]):
        raise MinberError("MB131", raw.place, problem="it does not begin as Rich Text does")
    source = _ascii(raw.data)
    parts = _sort(source, raw.place)
    head = parts.head()
    body = _letters("".join(parts.body), head)
    letters = sum(map(str.isalpha, body))
    western = len(_WESTERN.findall(body))
    codec = _codec(source, raw) if western > _MOST_WESTERN * letters else None

    def shown(part: list[str]) -> str:
        return _letters(_decoded("".join(part), codec), head)

    blocks = list(_blocks(shown(parts.body) if codec else body))
    blocks += [block for box in parts.boxes for block in _blocks(shown(box))]
    reading = written(blocks, (" ".join(_blocks(shown(note))) for note in parts.notes), raw.place)
    if codec:
        reading.encoding = codec
        reading.origins["encoding"] = "letters: the file names none that fits"
    title, author = (" ".join(_blocks(shown(parts.info.get(name, [])))) for name in ("title", "author"))
    state(reading, title, _day("".join(parts.info.get("creatim", ()))), author=author)
    if parts.left_out:
        reading.origins["text"] = f"left out: {', '.join(sorted(parts.left_out))}"
    yield reading


def _ascii(data: bytes) -> str:
    r"""Write bytes above 127, which should not be there, as what they are meant for: ``\u`` of UTF-8, else ``\'xx``."""
    if data.isascii():
        return data.decode("ascii")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return re.sub(r"[^\x00-\x7f]", lambda found: f"\\'{ord(found[0]):02x}", data.decode("latin-1"))
    return re.sub(r"[^\x00-\x7f]", lambda found: f"{{\\uc0{_escaped(found[0])}}}", text)


def _escaped(text: str) -> str:
    r"""``\u`` for each UTF-16 unit."""
    units = text.encode("utf-16-le")
    numbers = (int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2))
    return "".join(f"\\u{number} " for number in numbers)


def _sort(source: str, place: str) -> _Sorted:
    """Go through the file once and give each group to the part that it belongs to."""
    parts = _Sorted()
    stack = [_Group(parts.body)]
    font = ""
    at = 0
    while token := _TOKEN.match(source, at):
        at = token.end()
        binary, word, number, _, sign, brace, _ = token.groups()
        group = stack[-1]
        if binary:
            at += int(binary)
        elif brace == "{":
            group.fresh = False
            if len(stack) > _DEEPEST:
                raise MinberError("MB131", place, problem=f"its groups are nested more than {_DEEPEST} deep")
            stack.append(_Group(group.part, group.info, group.fonts, group.hidden))
        elif brace == "}":
            if group.opened is not None:
                group.opened.append("}")
            if len(stack) > 1:
                stack.pop()
        elif sign == "*":
            group.star = True
        elif word in ("ansicpg", "mac"):
            parts.codepage = "\\ansicpg10000 " if word == "mac" else token[0]
        elif word == "deff":
            parts.default = token[0]
        elif group.fonts:
            if word == "f":
                font = number or "0"
                parts.charsets.setdefault(font, "")
            elif word == "fcharset" and font:
                parts.charsets[font] = number or "0"
        elif word:
            _word(parts, group, word, number, token[0])
        elif group.hidden:
            parts.left_out.add("hidden or deleted text")
        else:
            group.fresh = False
            _give(group, token[0])
    return parts


def _word(parts: _Sorted, group: _Group, word: str, number: str | None, token: str) -> None:
    """A control word: the first of a group tells what the group is."""
    if group.fresh and word != "rtf":
        group.fresh = False
        if word == "footnote":
            group.part = []
            parts.notes.append(group.part)
        elif word == "shptxt":
            group.part = []
            parts.boxes.append(group.part)
        elif word == "fonttbl":
            group.fonts = True
        elif word == "info":
            group.info, group.part = True, None
        elif group.info:
            group.part = parts.info.setdefault(word, [])
            return
        elif word in _SILENT or (group.star and word not in _UNWRAPPED):
            group.part = None
    if word in ("v", "deleted"):
        group.hidden = number != "0"
    elif word == "plain":
        group.hidden = False
    if word in _UNWRAPPED or word == "footnote" or group.hidden:
        return
    if word == "u" and number and not -0x8000 <= int(number) <= 0xFFFF:
        number = None  # no number of a letter
    if word in ("u", "uc") and number is None:
        return
    if word in _MARKS:
        token = f"{{\\uc0\\u{ord(_MARKS[word]) - 0x10000} }}"
    _give(group, token)


def _give(group: _Group, token: str) -> None:
    if group.part is not None:
        if group.opened is not group.part:
            group.part.append("{")
            group.opened = group.part
        group.part.append(token)


def _letters(rtf: str, head: str) -> str:
    """Let striprtf turn a part into letters."""
    from striprtf.striprtf import rtf_to_text

    if not rtf:
        return ""
    text: str = rtf_to_text(f"{{\\rtf1\\ansi{head}{{{rtf}}}}}", errors="replace")  # type: ignore[no-untyped-call]
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # pairs become one letter


def _codec(source: str, raw: Raw) -> str | None:
    r"""The encoding of the ``\'xx`` bytes, by their letters."""
    data = bytes.fromhex("".join(re.findall(r"\\'([0-9A-Fa-f]{2})", source)))
    try:
        found = decode(data, raw.charset, raw.place).encoding
    except MinberError:
        return None
    return None if found.replace("-", "").lower() in ("utf8", "cp1252", "windows1252", "latin1", "iso88591") else found


def _decoded(rtf: str, codec: str | None) -> str:
    if codec is None:
        return rtf
    found = re.compile(r"(?:\\'[0-9A-Fa-f]{2})+")
    return found.sub(
        lambda run: (
            f"{{\\uc0{_escaped(bytes.fromhex(run[0].replace(chr(92) + chr(39), '')).decode(codec, 'replace'))}}}"
        ),
        rtf,
    )


def _blocks(body: str) -> Iterator[str]:
    """Paragraphs and rows; striprtf ends each paragraph with a newline."""
    rows: list[list[list[str]]] = []
    cells: list[list[str]] = [[]]
    for piece in re.split(f"([{_CELL}{_ROW}\n])", body):
        if piece == _CELL:
            cells.append([])
        elif piece == _ROW:
            rows.append(cells)
            cells = [[]]
        elif piece == "\n" and len(cells) == 1 and rows:
            continue
        elif piece.strip(" \n"):
            cells[-1].append(piece.replace(_LINE, "\n"))
        if piece == "\n" and len(cells) == 1:
            yield from cells[0]
            cells = [[]]
    if rows:
        yield from table(rows)
    yield from (paragraph for cell in cells for paragraph in cell)


def _day(stamp: str) -> dt.date | None:
    found = {name: int(number) for name, number in re.findall(r"\\(yr|mo|dy)(\d{1,4})", stamp)}
    try:
        return dt.date(found["yr"], found["mo"], found["dy"])
    except (KeyError, ValueError):
        return None


READER = Reader(
    name="rtf",
    version=1,
    suffixes=(".rtf",),
    media_types=("application/rtf", "text/rtf", "application/x-rtf", "text/richtext"),
    read=read,
    sniff=lambda head: head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"),
    about="Rich Text: text, tables, notes; without headers, comments and hidden text",
)
