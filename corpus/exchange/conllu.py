"""CoNLL-U: one token a line with its dictionary form, sentence by sentence, for parsers and concordancers.

Columns that Minber knows nothing of (parts of speech of words, syntax) hold ``_``. Themes stand in a comment of their
sentence; quotations, institutions and quantities in the last column of their tokens, ``B-`` where one begins and ``I-``
where it goes on, with the speaker at its beginning. The text can be put together again from
``SpaceAfter``, ``SpacesAfter`` and ``SpacesBefore``. What the columns have no place for stands in comments that begin
``# minber`` (`corpus.exchange.kept`). Written and read.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from corpus.exchange.conllu_reading import import_conllu
from corpus.exchange.kept import sheet
from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from corpus.store import Corpus

SPANS = {"quote": "Quote", "institution": "Institution", "quantity": "Quantity"}
"""Layer → its name in the last column."""

UPOS = {"punct": "PUNCT", "number": "NUM", "symbol": "SYM"}
_ESCAPES = str.maketrans({"\\": "\\\\", " ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n", "|": "\\p"})
"""As the last column writes what would part its fields (Universal Dependencies, SpacesAfter)."""


def export_conllu(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write the tokens of every document.

    Parameters:
        corpus: the corpus.
        where: condition on the columns of ``documents``; None for all.
        out: where the lines go, UTF-8; memory stays bounded.

    Returns:
        how many documents and tokens went out; documents without sentences are ``skipped``.
    """
    report = Report()
    for described in described_documents(corpus, where):
        if not described.is_annotated:
            report.skipped += 1
            continue
        report.documents += 1
        for line in lines_of(described):
            report.rows += line[:1].isdigit()
            out.write(line.encode("utf-8") + b"\n")
    return report


def lines_of(described: Described) -> Iterator[str]:
    """The lines of one document.

    Parameters:
        described: an annotated document.

    Yields:
        lines without their ends; an empty one behind each sentence.
    """
    from corpus.stats.tokens import tokenize

    document = described.document
    machine = described.machine
    tokens = tokenize([(document.id, document.revision, document.text)], document.lang).to_dicts()
    nexts = [token["start"] for token in tokens[1:]] + [len(document.text)]
    starts = sorted({row["start"] for row in machine if row["layer"] == "sentence"})
    marks = _marks(machine, tokens)
    sentences: dict[int, list[int]] = {}
    for k, token in enumerate(tokens):
        sentences.setdefault(bisect_right(starts, token["start"]), []).append(k)
    themes: dict[int, dict[str, None]] = {}
    for row in machine:
        if row["layer"] == "theme":
            themes.setdefault(bisect_right(starts, row["start"]), {})[row["label"]] = None
    begins = [tokens[places[0]]["start"] for places in sentences.values()]
    told: dict[int, list[dict[str, Any]]] = {}
    for row in described.annotations:
        told.setdefault(max(bisect_right(begins, row["start"]), 1), []).append(row)
    for number, (sentence, places) in enumerate(sentences.items(), 1):
        start, end = tokens[places[0]]["start"], tokens[places[-1]]["end"]
        yield from _head(document.id if number == 1 else None, f"{document.id}-s{number}", described)
        if number == 1:
            yield f"# minber = {sheet(Described(document, []), sentences=len(sentences))}"
        yield f"# text = {' '.join(document.text[start:end].split())}"
        if sentence in themes:
            yield f"# themes = {' '.join(themes[sentence])}"
        if number in told:
            yield f"# minber_annotations = {json.dumps(told[number], ensure_ascii=False)}"
        for place, k in enumerate(places, 1):
            token = tokens[k]
            lemma = token["lemma"] if token["kind"] == "word" else token["token"]
            upos = UPOS.get(token["kind"], "_")
            space = document.text[token["end"] : nexts[k]]
            before = document.text[: token["start"]] if k == 0 else ""
            misc = [*marks.get(k, ()), *([f"SpacesBefore={before.translate(_ESCAPES)}"] if before else ())]
            misc += _spacing(space)
            yield "\t".join([str(place), token["token"], lemma, upos, *"_____", "|".join(misc) or "_"])
        yield ""


def _head(new: str | None, sentence: str, described: Described) -> Iterator[str]:
    """Comments: of the document before its first sentence, and the id of each sentence."""
    document = described.document
    if new is not None:
        yield f"# newdoc id = {new}"
        known: Mapping[str, Any] = {
            "lang": document.lang,
            "title": document.title,
            "date": document.date,
            "speaker": document.speaker,
            "occasion": document.occasion,
            "place": document.place,
            "publisher": document.source.publisher,
        }
        for name, value in known.items():
            if value:
                yield f"# {name} = {' '.join(str(value).split())}"
    yield f"# sent_id = {sentence}"


def _marks(rows: list[dict[str, Any]], tokens: list[dict[str, Any]]) -> dict[int, list[str]]:
    """Token → what the last column says of the quotations, institutions and quantities that it stands in."""
    begins = [token["start"] for token in tokens]
    found: dict[int, list[str]] = {}
    for row in rows:
        name = SPANS.get(row["layer"])
        if name is None:
            continue
        inside = range(max(bisect_right(begins, row["start"]) - 1, 0), len(tokens))
        first = True
        for k in inside:
            if tokens[k]["start"] >= row["end"]:
                break
            if tokens[k]["end"] <= row["start"]:
                continue
            said = found.setdefault(k, [])
            if any(mark.startswith(f"{name}=") for mark in said):
                continue  # a quotation within a quotation: the outer one is told
            said.append(f"{name}={'B' if first else 'I'}-{row['label']}")
            if first and (speaker := row["attributes"].get("speaker")):
                said.append(f"{name}Speaker={speaker.translate(_ESCAPES)}")
            first = False
    return found


def _spacing(space: str) -> list[str]:
    if space == " ":
        return []
    return [f"SpacesAfter={space.translate(_ESCAPES)}"] if space else ["SpaceAfter=No"]


FORMAT = Format(
    "conllu", "one token a line with its dictionary form; sentences, quotations, themes", export_conllu, import_conllu
)
"""The format, for the registry."""
