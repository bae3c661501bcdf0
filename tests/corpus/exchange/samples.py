"""A small corpus with annotations and labels that the tests of this room write and read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import polars as pl

import corpus
from schemas import Document, Source
from schemas.tables import ANNOTATIONS, LABELS

NOW = dt.datetime(2025, 3, 14, 10, 0, tzinfo=dt.UTC)
TEXT = "«Диалог керек 🙂», – деді Аян Омаров.\nҚоғам келіседі."


def document(doc_id: str, text: str = TEXT, **fields: object) -> Document:
    raw = text.encode()
    source = Source(
        uri=f"https://example.org/{doc_id}?a=1&b=2",
        publisher="Дала хабар",
        retrieved=NOW,
        sha256=hashlib.sha256(raw).hexdigest(),
        reader="text@1",
        encoding="utf-8",
    )
    return Document(id=doc_id, lang="kk", text=text, source=source, **fields)  # type: ignore[arg-type]


def machine(doc: Document, layer: str, label: str, start: int, end: int, **attributes: object) -> dict[str, object]:
    return {
        "doc_id": doc.id,
        "revision": doc.revision,
        "layer": layer,
        "label": label,
        "start": start,
        "end": end,
        "score": 0.9,
        "annotator": f"minber_{layer}s@1",
        "origin": "machine",
        "attributes": json.dumps(attributes, ensure_ascii=False),
        "created": NOW,
        "run": "0123456789abcdef",
    }


def label(doc: Document, decision: str, who: str, layer: str = "theme", name: str = "dialogue") -> dict[str, object]:
    return {
        "doc_id": doc.id,
        "revision": doc.revision,
        "layer": layer,
        "label": name,
        "start": 0,
        "end": 37,
        "annotator": who,
        "origin": "human",
        "decision": decision,
        "confirmed": decision != "added",
        "unit_id": f"{doc.id}:{doc.revision}:0-37",
        "project": f"themes-{who}",
        "attributes": "{}",
        "first_seen": NOW,
        "last_seen": NOW,
    }


def fill(folder: Path) -> corpus.Corpus:
    made = corpus.init(folder, name="Бір")
    known = {"title": "Тақырып", "date": dt.date(2025, 3, 14), "occasion": "Бірінші форум", "place": "Бурабай"}
    first = document("b-doc", origins={"date": "user"}, **known)
    second = document("a-doc", "Екінші мәтін.", kind="transcript", speaker="Аян Омаров", version_of="b-doc")
    made.add_documents([(one, one.text.encode()) for one in (first, second)])
    rows = [
        machine(first, "theme", "dialogue", 0, 37, evidence=[[1, 7]]),
        machine(first, "quote", "direct", 1, 15, speaker="Аян Омаров", speaker_id=None, mention=[25, 36], cue=[20, 24]),
        machine(first, "sentence", "sentence", 0, 37),
        machine(second, "sentence", "sentence", 0, 13),
    ]
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    labels = [
        label(first, "rejected", "aigul"),
        label(first, "confirmed", "timur"),
        label(first, "added", "timur", name="unity"),
    ]
    made.append("labels", pl.DataFrame(labels, schema=LABELS))
    return made
