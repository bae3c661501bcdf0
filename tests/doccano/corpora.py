"""Small corpora with annotations written by hand, so that these tests judge the sync and not the annotators."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from corpus.store import Corpus, init_corpus, open_corpus
from schemas.document import Document, Source
from schemas.tables import ANNOTATIONS

NOW = dt.datetime(2025, 3, 14, 12, tzinfo=dt.UTC)

EMOJI = "😀 Құрметті отандастар! 👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
SPEECH = (
    "Парламенттің құзыры кеңейді, сайлау өтті. Адам құқықтарын қорғау жүйесі жақсарды.\n\n"
    "«Жергілікті билік түбегейлі жаңғыртылды», – деді президент.\n\n"
    "Соңғы жаңалықтар"
)


def place(text: str, words: str) -> list[int]:
    start = text.index(words)
    return [start, start + len(words)]


def annotation(text: str, layer: str, label: str, words: str, **attributes: Any) -> dict[str, Any]:
    start, end = place(text, words)
    return {"layer": layer, "label": label, "start": start, "end": end, "attributes": attributes}


def emoji_document() -> tuple[str, list[dict[str, Any]]]:
    """One theme behind two emoji, one of them five code points joined."""
    sentence = "👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
    evidence = [place(EMOJI, "диалогтың")]
    return EMOJI, [
        annotation(EMOJI, "sentence", "sentence", "😀 Құрметті отандастар!"),
        annotation(EMOJI, "sentence", "sentence", sentence),
        annotation(EMOJI, "theme", "dialogue", sentence, evidence=evidence),
    ]


def speech_document() -> tuple[str, list[dict[str, Any]]]:
    """Two themes in one sentence with overlapping evidence, a quotation with speaker and cue, and furniture."""
    first, second = "Парламенттің құзыры кеңейді, сайлау өтті.", "Адам құқықтарын қорғау жүйесі жақсарды."
    third, last = "«Жергілікті билік түбегейлі жаңғыртылды», – деді президент.", "Соңғы жаңалықтар"
    return SPEECH, [
        *(annotation(SPEECH, "sentence", "sentence", sentence) for sentence in (first, second, third, last)),
        annotation(SPEECH, "theme", "parliament", first, evidence=[place(SPEECH, "Парламенттің")]),
        annotation(
            SPEECH,
            "theme",
            "government_accountability",
            first,
            evidence=[place(SPEECH, "Парламенттің құзыры"), place(SPEECH, "өтті")],
        ),
        annotation(SPEECH, "theme", "human_rights", second, evidence=[place(SPEECH, "Адам құқықтарын")]),
        annotation(SPEECH, "theme", "decentralisation", third, evidence=[place(SPEECH, "Жергілікті билік")]),
        annotation(
            SPEECH,
            "quote",
            "direct",
            "Жергілікті билік түбегейлі жаңғыртылды",
            speaker="Қасым-Жомарт Тоқаев",
            mention=place(SPEECH, "президент"),
            cue=place(SPEECH, "деді"),
        ),
        annotation(SPEECH, "chrome", "section", last),
    ]


def make_corpus(
    folder: Path,
    url: str,
    documents: dict[str, tuple[str, list[dict[str, Any]]]],
    name: str | None = None,
    layout: str = "themes",
    language: str = "kk",
) -> Corpus:
    """A corpus on disk whose settings name a server."""
    made = init_corpus(folder, name=name or folder.name)
    with (folder / "minber.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[doccano]\nurl = "{url}"\nusername = "admin"\nlayout = "{layout}"\nlanguage = "{language}"\n')
    made = open_corpus(folder)
    add(made, documents)
    return made


def add(target: Corpus, documents: dict[str, tuple[str, list[dict[str, Any]]]]) -> None:
    """Add documents with their annotations."""
    rows: list[dict[str, Any]] = []
    items = []
    for doc_id, (text, found) in documents.items():
        data = text.encode("utf-8")
        source = Source(uri=f"test:{doc_id}", retrieved=NOW, sha256=hashlib.sha256(data).hexdigest(), reader="text@1")
        document = Document(id=doc_id, lang="kk", title=f"Title {doc_id}", date=NOW.date(), source=source, text=text)
        items.append((document, data))
        rows += (
            row
            | {
                "doc_id": doc_id,
                "revision": document.revision,
                "score": 1.0,
                "annotator": "hand@1",
                "origin": "machine",
                "attributes": json.dumps(row["attributes"]),
                "created": NOW,
                "run": "test",
            }
            for row in found
        )
    target.add_documents(items)
    target.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))


def sentences(text: str, lines: Iterable[str]) -> list[dict[str, Any]]:
    return [annotation(text, "sentence", "sentence", line) for line in lines]
