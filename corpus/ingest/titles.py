"""Titles: the one of a plain text, and what a title tells about the document (a speech, its speaker)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.ingest.dates import date_line

_LONGEST = 250  # characters of a title
_LINES = 40  # lines in which a title may stand


@cache
def rules() -> dict[str, Any]:
    """The wording rules of ``titles.yaml``."""
    import yaml

    data: dict[str, Any] = yaml.safe_load((files("corpus.ingest") / "titles.yaml").read_text(encoding="utf-8"))
    return data


@cache
def patterns(group: str, lang: str | None = None) -> tuple[re.Pattern[str], ...]:
    """The compiled patterns of a group of rules, of one language or of all.

    Parameters:
        group: key of ``titles.yaml``.
        lang: a language, or None.

    Returns:
        patterns in the order of the file.
    """
    listed = rules()[group]
    if isinstance(listed, dict):
        listed = [p for code, items in listed.items() if lang in (None, code) for p in items]
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in listed)


def title_of(text: str) -> str | None:
    """Find the title of a plain text: its first line, page furniture and dates aside, unless the body begins there.

    Parameters:
        text: the text, canonical or not.

    Returns:
        the title, or None where the text begins without one.

    Example:
        >>> title_of("Соңғы жаңалықтар\\nСоңғы жаңалықтар\\n\\nҚұрылтай өтті – Тоқаев\\n\\nБүгін Бурабайда ...")
        'Құрылтай өтті – Тоқаев'
        >>> title_of("Құрметті отандастар!\\n\\nБүгін – мереке.") is None
        True
    """
    head = list(_head(text))
    found = [line for line, _ in head]
    for place, (line, followed) in enumerate(head):
        if found.count(line) > 1 or is_furniture(line) or date_line(line):
            continue
        if _matches("salutations", line):
            return None
        # A body begins: a paragraph, or a line that goes on in the next one.
        if len(line) > _LONGEST or line[-1] in ".;:," or not any(char.isalpha() for char in line):
            return None
        if not followed and place == len(head) - 1:
            return None
        return re.sub(r"\s+", " ", line)
    return None


def is_speech(title: str) -> bool:
    """Whether a title says that the text is one speaker's words.

    Example:
        >>> is_speech("Remarks by President Biden at Ford Rouge"), is_speech("Biden remarks draw fire")
        (True, False)
        >>> is_speech("Президент Қасым-Жомарт Тоқаевтың Ту көтеру рәсімінде сөйлеген сөзі")
        True
    """
    title = re.sub(r"\s+", " ", title).strip()
    return any(pattern.search(title) for pattern in patterns("speeches"))


def opens_with_salutation(text: str) -> bool:
    """Whether a text begins by addressing an audience, as speeches do.

    Example:
        >>> opens_with_salutation("Уважаемые коллеги!\\nСегодня ...")
        True
    """
    for line, _ in _head(text[:5000]):
        opening = re.match(r"[^.!:]{1,120}[.!:]?", line)
        return bool(opening) and _matches("salutations", opening.group().strip())  # type: ignore[union-attr]
    return False


def is_furniture(line: str) -> bool:
    """Whether a line is page furniture (menu, counter, photo credit) and not of the article."""
    try:
        from annotators.furniture import is_furniture as judge
    except ImportError:  # the annotators room is replaceable; without it every line may be a title
        return False
    return bool(judge(line))


def _matches(group: str, line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in patterns(group))


def _head(text: str) -> Iterator[tuple[str, bool]]:
    """The first lines that are not blank, and whether another line follows each."""
    lines: list[str] = []
    start = 0
    while start <= len(text) and len(lines) <= _LINES:
        end = re.compile("[\r\n\u2028\u2029\u0085]").search(text, start, start + 20_000)
        stop = end.start() if end else min(len(text), start + 20_000)
        line = text[start:stop].replace("\u00a0", " ").replace("\u00ad", "").strip(" \t\ufeff")
        if line:
            lines.append(line)
        start = stop + 1
    for number, line in enumerate(lines[:_LINES]):
        yield line, number + 1 < len(lines)
