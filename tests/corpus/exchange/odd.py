"""Corpora of odd texts: emoji, marks that combine, signs that mean something in some format, annotations anywhere."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

import corpus
from corpus.exchange import export_corpus, import_corpus
from corpus.ingest.canonical import canonical
from schemas import Document
from schemas.tables import ANNOTATIONS, LABELS
from tests.corpus.exchange.samples import NOW, document, machine

SIGNS = "аәқ Aé\u0301\u0306🙂👩\u200d💻\n\n\t  \r«»\"'<>&;,|\\#=_-/%\u0000\u00ad\u1100\u1161\u05d0\ufffd1.\u3000"

TEXTS = st.text(st.sampled_from(SIGNS), min_size=1, max_size=60).map(canonical).filter(str.strip)
VALUES = st.text(st.sampled_from("аы b🙂<&\"',;|\\\n="), min_size=1, max_size=8).map(canonical).filter(str.strip)
LAYERS = ("sentence", "quote", "theme", "institution", "chrome", "own_layer")


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, list[dict[str, Any]], list[dict[str, Any]]]:
    """A document, machine rows and labels of people, as their tables hold them."""
    text = draw(TEXTS)
    known: dict[str, Any] = {}
    if draw(st.booleans()):
        known = {"title": draw(VALUES), "docvars": {"зал": draw(st.integers(0, 9))}, "origins": {"title": "user"}}
    if draw(st.booleans()):
        known |= {"kind": "transcript", "speaker": draw(VALUES)}
    one = document(f"d-{hashlib.sha256(text.encode()).hexdigest()[:8]}", text, **known)
    place = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    rows, labels = [], []
    for layer, label, (start, end) in draw(
        st.lists(
            st.tuples(st.sampled_from(LAYERS), st.sampled_from(("dialogue", "direct", "бір екі")), place), max_size=6
        )
    ):
        attributes: dict[str, Any] = {}
        if layer == "quote":
            attributes = {"speaker": draw(st.none() | VALUES), "speaker_id": None, "mention": draw(place)}
        elif layer == "theme":
            attributes = {"evidence": draw(st.lists(place, max_size=2))}
        elif layer == "own_layer":
            attributes = {"сөз": draw(VALUES)}
        rows.append(machine(one, layer, label, start, end, **attributes))
    for who, decision, (start, end) in draw(
        st.lists(
            st.tuples(st.sampled_from(("aigul", "timur k.")), st.sampled_from(("added", "rejected")), place), max_size=3
        )
    ):
        labels.append(
            {
                "doc_id": one.id,
                "revision": one.revision,
                "layer": "theme",
                "label": "unity",
                "start": start,
                "end": end,
                "annotator": who,
                "origin": "human",
                "decision": decision,
                "confirmed": True,
                "unit_id": "",
                "project": "",
                "attributes": "{}",
                "first_seen": NOW,
                "last_seen": NOW,
            }
        )
    return one, rows, labels


FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""For properties whose every example writes corpora to disk: making a failing one smaller would take minutes."""

CORPORA = st.lists(documents(), min_size=1, max_size=4, unique_by=lambda given: given[0].id)

Given = list[tuple[Document, list[dict[str, Any]], list[dict[str, Any]]]]


def stored(folder: Path, given: Given) -> corpus.Corpus:
    """A corpus of such documents."""
    made = corpus.init(folder, name="Бір")
    made.add_documents([(one, one.text.encode()) for one, _, _ in given])
    made.append("annotations", pl.DataFrame([row for _, rows, _ in given for row in rows], schema=ANNOTATIONS))
    labels = pl.DataFrame([row for _, _, rows in given for row in rows], schema=LABELS)
    made.append("labels", labels.unique(["doc_id", "layer", "label", "start", "end", "annotator"], keep="last"))
    return made


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """A folder for one example of a property, emptied behind it."""
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def lines(source: corpus.Corpus, path: Path) -> list[Any]:
    """What JSON Lines say of a corpus: all that can be told of it."""
    export_corpus(source, "jsonl", path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def there_and_back(
    folder: Path, given: Given, form: str, told: Callable[[list[Any]], list[Any]] = lambda found: found
) -> None:
    """Export, import into a fresh corpus, export: the same bytes; the same documents, as far as the format tells them.

    Parameters:
        folder: for the corpora and files.
        given: documents.
        form: the format.
        told: leaves of JSON Lines what the format holds.
    """
    first, path = stored(folder / "one", given), folder / "file"
    export_corpus(first, form, path)
    second = corpus.init(folder / "two", name="Бір")
    report = import_corpus(second, form, path)
    assert report.failures == []
    export_corpus(second, form, folder / "again")
    assert (folder / "again").read_bytes() == path.read_bytes()
    assert told(lines(second, folder / "2.jsonl")) == told(lines(first, folder / "1.jsonl"))
    versions = {name: second.version(name) for name in ("documents", "annotations", "labels")}
    again = import_corpus(second, form, path)
    assert (again.documents, again.rows, again.failures) == (0, 0, [])
    assert versions == {name: second.version(name) for name in versions}
