"""CSV and Parquet: an annotation a row, with its words and its document, that other programs read as it was."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

import corpus
from corpus.exchange import export_corpus, table
from corpus.exchange.delimited import export_csv
from corpus.exchange.reading import condition
from tests.command import run
from tests.corpus.exchange.samples import document, fill


@pytest.fixture
def filled(tmp_path: Path) -> corpus.Corpus:
    made = fill(tmp_path / "one")
    bare = document("c-doc", 'Әлі "оқылмаған",\nекі жол.', title="Бір, екі", docvars={"зал": 7})
    made.add_documents([(bare, bare.text.encode())])
    return made


def test_a_row_an_annotation_and_one_for_a_document_without_any(filled: corpus.Corpus, tmp_path: Path) -> None:
    report = export_corpus(filled, "parquet", tmp_path / "x.parquet")
    frame = pl.read_parquet(tmp_path / "x.parquet")
    assert frame.schema == table.COLUMNS
    assert (report.documents, report.rows) == (3, 7)
    assert frame["doc_id"].value_counts().sort("doc_id").rows() == [("a-doc", 1), ("b-doc", 6), ("c-doc", 1)]
    quote = frame.row(by_predicate=pl.col("layer") == "quote", named=True)
    assert (quote["words"], quote["said_by"], quote["said_by_id"]) == ("Диалог керек 🙂", "Аян Омаров", None)
    assert json.loads(quote["attributes"]) == {"mention": [25, 36], "cue": [20, 24]}
    assert (quote["date"].isoformat(), quote["publisher"], quote["score"]) == ("2025-03-14", "Дала хабар", 0.9)
    people = frame.filter(origin="human").select("annotator", "label", "decision").sort(pl.all()).rows()
    assert people == [
        ("aigul", "dialogue", "rejected"),
        ("timur", "dialogue", "confirmed"),
        ("timur", "unity", "added"),
    ]
    bare = frame.row(by_predicate=pl.col("doc_id") == "c-doc", named=True)
    assert (bare["layer"], bare["words"], bare["docvars"]) == (None, None, '{"зал": 7}')


def test_csv_says_the_same_as_parquet(filled: corpus.Corpus, tmp_path: Path) -> None:
    export_corpus(filled, "parquet", tmp_path / "x.parquet")
    export_corpus(filled, "csv", tmp_path / "x.csv")
    assert pl.read_csv(tmp_path / "x.csv", schema=table.COLUMNS).equals(pl.read_parquet(tmp_path / "x.parquet"))
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert rows[-1]["title"] == "Бір, екі"


def test_files_begin_with_a_mark_for_excel_and_streams_do_not(filled: corpus.Corpus, tmp_path: Path) -> None:
    export_corpus(filled, "csv", tmp_path / "x.csv")
    data = (tmp_path / "x.csv").read_bytes()
    done = run("--corpus", filled.path, "export", "csv", "-")
    assert (done.code, data) == (0, b"\xef\xbb\xbf" + done.data)
    assert "3 document(s), 7 row(s)" in done.stderr


def test_batches_make_the_same_table(filled: corpus.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parted = io.BytesIO(), io.BytesIO()
    export_csv(filled, None, whole)
    monkeypatch.setattr(table, "ROWS", 1)
    export_csv(filled, None, parted)
    assert parted.getvalue() == whole.getvalue()


def test_a_part_and_nothing(filled: corpus.Corpus, tmp_path: Path) -> None:
    export_corpus(filled, "parquet", tmp_path / "x.parquet", condition(filled, 'kind == "transcript"'))
    assert pl.read_parquet(tmp_path / "x.parquet")["doc_id"].to_list() == ["a-doc"]
    empty = corpus.init(tmp_path / "two")
    for form in ("csv", "parquet"):
        export_corpus(empty, form, tmp_path / f"empty.{form}")
    assert (tmp_path / "empty.csv").read_text("utf-8-sig").strip() == ",".join(table.COLUMNS)
    assert pl.read_parquet(tmp_path / "empty.parquet").schema == table.COLUMNS
