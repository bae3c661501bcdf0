"""TEI: well-formed, whole, with sentences, themes, quotations and speakers; ``minber ingest`` reads it again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from defusedxml.ElementTree import fromstring

import corpus
from corpus.exchange.tei import NAMESPACE, export_tei
from schemas.tables import ANNOTATIONS
from tests.command import minber
from tests.corpus.exchange.samples import TEXT, document, fill, machine

T = {"t": NAMESPACE}
ID = "{http://www.w3.org/XML/1998/namespace}id"


def exported(opened: corpus.Corpus) -> Any:
    out = io.BytesIO()
    export_tei(opened, None, out)
    return fromstring(out.getvalue())


def words(element: Any) -> str:
    return "".join(element.itertext())


def test_headers_sentences_themes_and_quotations(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    root = exported(made)
    speech, report = root.iterfind("t:TEI", T)
    assert report.findtext(".//t:titleStmt/t:title", namespaces=T) == "Тақырып"
    assert report.find(".//t:bibl/t:date", T).get("when") == "2025-03-14"
    assert report.findtext(".//t:publicationStmt/t:idno", namespaces=T) == "b-doc"
    assert [words(line) for line in report.iterfind(".//t:body/t:p", T)] == TEXT.split("\n")
    [sentence] = report.iterfind(".//t:s", T)
    assert (words(sentence), sentence.get("ana")) == (TEXT[:36], "#theme.dialogue")
    people = {one.get(ID): words(one) for one in report.iterfind(".//t:person", T)}
    [quote] = report.iterfind(".//t:q", T)
    assert (words(quote), quote.get("type"), people[quote.get("who")[1:]]) == (
        "Диалог керек 🙂",
        "direct",
        "Аян Омаров",
    )
    categories = {one.get(ID) for one in root.iterfind("t:teiHeader//t:category", T)}
    assert categories == {f"theme.{theme.id}" for theme in made.codebook.themes}
    speaker = {one.get(ID): words(one) for one in speech.iterfind(".//t:person", T)}
    [utterance] = speech.iterfind(".//t:u", T)
    assert speaker[utterance.get("who")[1:]] == "Аян Омаров"


def test_what_crosses_lines_and_sentences_is_in_pieces(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    text = "«Бір & бір.\nЕкі», <деді> ол. Үш."
    one = document("a", text)
    made.add_documents([(one, one.text.encode())])
    rows = [
        machine(one, "sentence", "sentence", 0, 11),
        machine(one, "sentence", "sentence", 12, 28),
        machine(one, "sentence", "sentence", 29, 32),
        machine(one, "quote", "direct", 1, 15, speaker="ол"),
        machine(one, "quote", "partial", 12, 15, speaker="ол"),
        machine(one, "theme", "economy", 12, 28),
    ]
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    root = exported(made)
    assert [words(line) for line in root.iterfind(".//t:p", T) if words(line) in text.split("\n")] == text.split("\n")
    pieces = list(root.iterfind(".//t:q", T))
    assert [words(piece) for piece in pieces] == ["Бір & бір.", "Екі"]
    assert pieces[1].get("corresp") == f"#{pieces[0].get(ID)}"
    assert [one.get("ana") for one in root.iterfind(".//t:s", T)] == [None, "#theme.economy", None]
    ids = [one.get(ID) for one in root.iter() if one.get(ID)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("parts", [[(0, 20)], [(0, 8), (8, 20)], []])
def test_a_sentence_over_several_lines(tmp_path: Path, parts: list[tuple[int, int]]) -> None:
    made = corpus.init(tmp_path / "c")
    one = document("a", "Бір бар\nекі жоқ\nүш  ")
    made.add_documents([(one, one.text.encode())])
    rows = [machine(one, "sentence", "sentence", *place) for place in parts]
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    root = exported(made)
    assert [words(line).strip() for line in root.iterfind(".//t:body/t:p", T)] == ["Бір бар", "екі жоқ", "үш"]
    expected = {1: ["I", "M", "F"], 2: [None, "I", "F"], 0: []}[len(parts)]
    assert [sentence.get("part") for sentence in root.iterfind(".//t:s", T)] == expected


def test_ingest_reads_texts_and_speakers_again(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    minber(tmp_path, "--corpus", made.path, "export", "tei", tmp_path / "x.xml")
    minber(tmp_path, "init", "two")
    minber(tmp_path / "two", "ingest", tmp_path / "x.xml")
    read = corpus.open(tmp_path / "two").documents.collect().to_dicts()
    found = {" ".join(row["text"].split()): (row["lang"], row["kind"], row["speaker"]) for row in read}
    [report] = [row for row in read if row["speaker"] is None]
    assert (report["title"], str(report["date"])) == ("Тақырып", "2025-03-14")
    assert (report["occasion"], report["place"]) == ("Бірінші форум", "Бурабай")
    assert found["Екінші мәтін."] == ("kk", "transcript", "Аян Омаров")
    assert " ".join(TEXT.split()) in found
