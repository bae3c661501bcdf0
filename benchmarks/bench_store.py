"""Speed of the store: documents added with their bytes, commits, replacing in a large table, reading back.

Run: python benchmarks/bench_store.py [DOCUMENTS]
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

import corpus
from corpus.store.corpus import sql_in
from schemas.document import Document, Source
from schemas.tables import ANNOTATIONS

BATCH = 50
ROWS = 60  # annotations a document


def made(number: int) -> tuple[Document, bytes]:
    text = f"Мәтін {number}. " + "Қоғамдық диалогтың жаңа үлгісі қалыптасты. " * 60
    data = text.encode()
    source = Source(
        uri=f"file:///{number}.txt",
        retrieved=dt.datetime.now(dt.UTC),
        sha256=hashlib.sha256(data).hexdigest(),
        reader="text@1",
    )
    return Document(id=f"d{number:06}", lang="kk", text=text, source=source), data


def rows(ids: list[str]) -> pl.DataFrame:
    frame = pl.DataFrame({"doc_id": ids}).join(pl.DataFrame({"start": list(range(ROWS))}), how="cross")
    values = {"layer": "sentence", "label": "sentence", "annotator": "minber_sentences@1", "attributes": "{}"}
    frame = frame.with_columns(end=pl.col("start") + 40, **{name: pl.lit(value) for name, value in values.items()})
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in ANNOTATIONS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(ANNOTATIONS.names())


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def main(count: int) -> None:
    items = [made(number) for number in range(count)]
    ids = [document.id for document, _ in items]
    with tempfile.TemporaryDirectory() as folder:
        opened = corpus.init(Path(folder) / "corpus")
        batches = [items[first : first + BATCH] for first in range(0, count, BATCH)]
        took = seconds(lambda: [opened.add_documents(batch) for batch in batches])
        print(f"documents added, {BATCH} a commit   {count / took:8.0f} a second")
        took = seconds(lambda: [opened.add_documents(batch) for batch in batches])
        print(f"the same again, unchanged      {count / took:8.0f} a second")
        parts = [ids[first : first + BATCH] for first in range(0, count, BATCH)]
        took = seconds(lambda: [opened.append("annotations", rows(part)) for part in parts])
        print(f"append of {BATCH * ROWS} annotations    {1000 * took / len(parts):8.1f} ms")
        took = seconds(lambda: opened.compact("annotations", at_least=2))
        print(f"compaction of {len(parts)} files        {1000 * took:8.1f} ms")
        some = ids[::17][:16]
        took = seconds(lambda: opened.replace("annotations", rows(some), sql_in("doc_id", some)))
        print(f"replacing 16 of {count} documents {1000 * took:8.1f} ms")
        took = seconds(lambda: opened.documents.select("id", "lang").collect())
        print(f"heads of {count} documents       {1000 * took:8.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
