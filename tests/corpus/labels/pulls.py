"""A corpus with labels as pulls would have left them, without a server."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl

from corpus.store import Corpus
from schemas.tables import LABELS, UNITS
from tests.doccano.corpora import SPEECH, make_corpus, speech_document

FIRST = "Парламенттің құзыры кеңейді, сайлау өтті."
SECOND = "Адам құқықтарын қорғау жүйесі жақсарды."
EARLY = dt.datetime(2020, 1, 31, 10, tzinfo=dt.UTC)


def speeches(folder: Path, name: str = "Speeches") -> Corpus:
    return make_corpus(folder, "http://127.0.0.1:9", {"speech": speech_document()}, name=name)


def label(sentence: str, theme: str, who: str, decision: str = "added", **fields: Any) -> dict[str, Any]:
    start = SPEECH.index(sentence)
    return {
        "doc_id": "speech",
        "layer": "theme",
        "label": theme,
        "start": start,
        "end": start + len(sentence),
        "annotator": who,
        "origin": "human",
        "decision": decision,
        "confirmed": decision == "confirmed",
        "unit_id": f"speech:{start}",
        "project": "p",
        "attributes": "{}",
        "round": 1,
        "first_seen": EARLY,
        "last_seen": EARLY,
    } | fields


def pulled(corpus: Corpus, rows: list[dict[str, Any]], marks: dict[str, str], comments: Any = None) -> int:
    """Write a state as a pull does: labels of the project first, then its books; gives the version of the labels."""
    revision = corpus.documents.select("revision").collect().item()
    frame = pl.DataFrame([row | {"revision": revision} for row in rows], schema=LABELS)
    version = corpus.replace("labels", frame, "project = 'p'")
    books = []
    for sentence in (FIRST, SECOND):
        start = SPEECH.index(sentence)
        books.append(
            {
                "unit_id": f"speech:{start}",
                "doc_id": "speech",
                "revision": revision,
                "layout": "themes",
                "start": start,
                "end": start + len(sentence),
                "server": "s",
                "project": "p",
                "project_id": 1,
                "pushed": "[]",
                "pulled": "[]",
                "confirmed": sentence in marks,
                "round": 1,
                "confirmed_by": marks.get(sentence),
                "confirmed_at": EARLY if sentence in marks else None,
                "pushed_at": EARLY,
                "pulled_at": dt.datetime.now(dt.UTC),
                "comments": json.dumps((comments or {}).get(sentence, []), ensure_ascii=False),
            }
        )
    corpus.upsert("units", pl.DataFrame(books, schema=UNITS), ["server", "project", "project_id", "unit_id"])
    return version


def three_pulls(corpus: Corpus) -> list[int]:
    """Aigül adds, Berik rejects and confirms, then Aigül thinks better of it."""
    note = {"user": "berik", "text": "Екеуі де ме? 🤔", "created": "2020-01-31T09:00:00Z"}
    return [
        pulled(corpus, [label(FIRST, "dialogue", "aigul", last_changed=EARLY)], {}),
        pulled(
            corpus,
            [
                label(FIRST, "dialogue", "aigul", last_changed=EARLY),
                label(SECOND, "human_rights", "berik", "confirmed", last_changed=EARLY),
                label(SECOND, "economy", "berik", "rejected", confirmed=True),
            ],
            {SECOND: "berik"},
            {FIRST: [note]},
        ),
        pulled(
            corpus,
            [
                label(FIRST, "rule_of_law", "aigul"),
                label(SECOND, "human_rights", "berik", "confirmed", last_changed=EARLY),
                label(SECOND, "economy", "berik", "rejected", confirmed=True),
            ],
            {SECOND: "berik"},
            {FIRST: [note]},
        ),
    ]
