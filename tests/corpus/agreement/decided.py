"""Corpora with labels of the machine and decisions of people, written by hand, for judging the one by the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus.store import Corpus
from schemas.tables import LABELS, UNITS
from tests.doccano.corpora import annotation, make_corpus, place

Given = tuple[str, str, str] | tuple[str, str, str, str]
"""Layer, label, words; of a relation the words that name the speaker too."""

FIRST = "Парламент заң қабылдады, сот ашық болды."
SECOND = "Экономика өседі."
THIRD = "Диалог керек."
FOURTH = "Сот әділ."
THEMED = " ".join((FIRST, SECOND, THIRD, FOURTH))
"""Four sentences; the machine sees parliament and rule_of_law in the first, economy in the second and third."""

VOICED = "«Реформа керек», – деді Тоқаев. «Жұмыс бар», – деді Асанов. «Үшінші сөз», – деді біреу. Бет соңы."
"""Three quotations: the machine has the first a letter short, mistakes the second's speaker, and misses the third."""


def themed(folder: Path, documents: Sequence[str] = ("a",)) -> Corpus:
    """A corpus with the machine's themes and their evidence."""
    rows = [annotation(THEMED, "sentence", "sentence", line) for line in (FIRST, SECOND, THIRD, FOURTH)]
    rows += [
        annotation(THEMED, "theme", label, line, evidence=[place(THEMED, word)])
        for label, line, word in (
            ("parliament", FIRST, "Парламент"),
            ("rule_of_law", FIRST, "сот"),
            ("economy", SECOND, "Экономика"),
            ("economy", THIRD, "керек"),
        )
    ]
    return make_corpus(folder, "http://127.0.0.1:1", dict.fromkeys(documents, (THEMED, rows)))


def voiced(folder: Path) -> Corpus:
    """A corpus with the machine's quotations and their speakers."""
    rows = [
        annotation(VOICED, "sentence", "sentence", VOICED),
        annotation(
            VOICED, "quote", "direct", "Реформа кере", mention=place(VOICED, "Тоқаев"), cue=place(VOICED, "деді")
        ),
        annotation(VOICED, "quote", "partial", "Жұмыс бар", mention=place(VOICED, "Тоқаев")),
        annotation(VOICED, "quote", "direct", "Бет соңы"),
        annotation(VOICED, "chrome", "section", "Бет соңы."),
    ]
    return make_corpus(folder, "http://127.0.0.1:1", {"v": (VOICED, rows)}, layout="voices")


def decide(
    made: Corpus,
    coder: str,
    words: str,
    given: Sequence[Given] = (),
    *,
    doc_id: str = "a",
    layout: str = "themes",
    confirmed: bool = True,
    preannotated: bool = True,
    number: int = 1,
    decision: str = "added",
    pushed: Sequence[tuple[str, str, str]] = (),
    revision: str | None = None,
) -> None:
    """Put a unit into the tables as a pull leaves it: what a person gave, and what they had been shown."""
    head = made.documents.filter(pl.col("id") == doc_id).collect().row(0, named=True)
    text, rev = head["text"], revision or head["revision"]
    start, end = place(text, words)
    at = {"doc_id": doc_id, "revision": rev, "project": f"{layout} {coder} {number}", "annotator": coder}
    at |= {"unit_id": f"{doc_id}:{rev}:{start}-{end}", "round": number}
    shown = [
        {"layer": layer, "label": label, "start": place(text, what)[0] - start, "end": place(text, what)[1] - start}
        for layer, label, what in pushed
    ]
    unit = {"start": start, "end": end, "layout": layout, "pushed": json.dumps(shown), "preannotated": preannotated}
    made.append("units", pl.DataFrame([at | unit | {"confirmed": confirmed}], schema=UNITS))
    labels: list[dict[str, Any]] = []
    for layer, label, what, *target in given:
        left, right = place(text, what)
        attributes = json.dumps({"target": place(text, target[0])} if target else {})
        row = {"layer": layer, "label": label, "start": left, "end": right, "attributes": attributes}
        labels.append(at | row | {"decision": decision, "confirmed": confirmed})
    if labels:
        made.append("labels", pl.DataFrame(labels, schema=LABELS))
