"""Titles: the one of a plain text, and what a title tells about the document (a speech, its speaker)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.ingest.dates import date_line
from schemas.datafile import read_data

_LONGEST = 250  # characters of a title
_LINES = 40  # lines in which a title may stand


@cache
def rules() -> dict[str, Any]:
    """The wording rules of ``titles.yaml``."""
    data: dict[str, Any] = read_data(files("corpus.ingest") / "titles.yaml")
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


@cache
def russian() -> Any:
    """The Russian dictionary of pymorphy3; the one of ``annotators`` would bring spaCy along, which takes seconds."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


def title_of(text: str, lang: str) -> str | None:
    """Find the title of a plain text: its first line, page furniture and dates aside, unless the body begins there.

    Parameters:
        text: canonical text.
        lang: its language.

    Returns:
        the title, or None where the text begins without one.

    Example:
        >>> title_of("Соңғы жаңалықтар\\n\\nҚұрылтай өтті – Тоқаев\\n\\nБүгін Бурабайда ...", "kk")
        'Құрылтай өтті – Тоқаев'
        >>> title_of("Құрметті отандастар!\\n\\nБүгін – мереке.", "kk") is None
        True
    """
    from annotators.furniture import find_furniture

    head = _head(text)
    page = "\n".join(head)
    furniture = {page[part.start : part.end] for part in find_furniture(page, lang) if part.layer == "chrome"}
    for place, line in enumerate(head):
        if line in furniture or head.count(line) > 1 or date_line(line):
            continue
        if _matches("salutations", line):
            return None
        if place + 1 == len(head) or len(line) > _LONGEST:
            return None  # a body begins; and a single line is no title of anything
        if is_speech(line.rstrip(".:,;")):
            return re.sub(r"\s+", " ", line.rstrip(".:,; "))
        if line[-1] in ".;:," or not any(char.isalpha() for char in line):
            return None  # a body begins, or a line that goes on in the next one
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
    """Whether a canonical text begins by addressing an audience, as speeches do.

    Example:
        >>> opens_with_salutation("Уважаемые коллеги!\\nСегодня ...")
        True
    """
    opening = next((re.match(r"[^.!:]{1,120}[.!:]?", line) for line in _head(text[:5000])), None)
    return opening is not None and _matches("salutations", opening.group().strip())


def _matches(group: str, line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in patterns(group))


def _head(text: str) -> list[str]:
    """The first lines that are not blank; very long ones are cut, for a whole book may stand in one line."""
    found: list[str] = []
    start = 0
    while start < len(text) and len(found) < _LINES:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if line := text[start : min(end, start + 8 * _LONGEST)].strip():
            found.append(line)
        start = end + 1
    return found
