"""A small annotated report that the tests of this room draw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from schemas import Document, Source

FIRST = "Ауылда диалог керек 🙂."
SECOND = "Халық өзі шешеді."
QUOTE = f"{FIRST} {SECOND}"
LINES = (
    "Басты бет",
    f"«{QUOTE}», – деді Аян Омаров.",
    "– Сайлау ашық өтеді, – деді төраға.",
    "Еске салайық, былтыр да солай.",
)
TEXT = "\n\n".join(LINES)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&</p></style>"


def place(words: str, after: int = 0) -> tuple[int, int]:
    start = TEXT.index(words, after)
    return start, start + len(words)


def document(text: str = TEXT, **fields: Any) -> Document:
    given: dict[str, Any] = {"id": "sample", "lang": "kk", "title": "Кеңес өтті", "date": dt.date(2025, 3, 14)} | fields
    source = given.pop("source", None) or Source(
        uri="https://example.org/news?a=1&b=2",
        publisher="Дала хабар",
        retrieved=dt.datetime(2025, 3, 14, tzinfo=dt.UTC),
        sha256="0" * 64,
        reader="text@1",
    )
    return Document(text=text, source=source, **given)


def row(layer: str, label: str, start: int, end: int, **attributes: Any) -> dict[str, Any]:
    origin = attributes.pop("origin", "machine")
    return {
        "layer": layer,
        "label": label,
        "start": start,
        "end": end,
        "score": 0.9,
        "annotator": attributes.pop("annotator", f"minber_{layer}s@1"),
        "origin": origin,
        "attributes": attributes,
    }


def rows() -> list[dict[str, Any]]:
    sentence_1 = (TEXT.index("«"), TEXT.index(SECOND) - 1)
    sentence_2 = (TEXT.index(SECOND), TEXT.index("\n\n– Сайлау"))
    sentence_3 = (TEXT.index("– Сайлау"), TEXT.index("\n\nЕске"))
    said = TEXT.index("деді", TEXT.index("Сайлау"))
    first = {
        "speaker": "Аян Омаров",
        "speaker_id": "omarov",
        "mention": list(place("Аян Омаров")),
        "cue": list(place("деді")),
    }
    other = {"speaker": None, "speaker_id": None, "mention": list(place("төраға")), "cue": [said, said + 4]}
    evidence = [list(place("диалог"))]
    return [
        row("chrome", "menu", *place("Басты бет")),
        row("background", "recap", TEXT.index("Еске"), len(TEXT)),
        row("sentence", "sentence", *place("Басты бет")),
        row("sentence", "sentence", *sentence_1),
        row("sentence", "sentence", *sentence_2),
        row("sentence", "sentence", *sentence_3),
        row("sentence", "sentence", TEXT.index("Еске"), len(TEXT)),
        row("quote", "direct", *place(QUOTE), **first),
        row("quote", "direct", *place("Сайлау ашық өтеді"), **other),
        row("theme", "dialogue", *sentence_1, evidence=evidence),
        row("theme", "elections", *sentence_3, evidence=[list(place("Сайлау"))]),
        row("theme", "dialogue", *sentence_1, origin="human", annotator="aigul", decision="confirmed"),
        row("theme", "elections", *sentence_3, origin="human", annotator="timur", decision="rejected"),
        row("theme", "participation", *sentence_2, origin="human", annotator="timur", decision="added"),
    ]
