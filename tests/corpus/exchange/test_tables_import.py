"""CSV and Parquet back into a corpus: whole texts, edited tables, damaged files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus, table
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, there_and_back
from tests.corpus.exchange.samples import document, fill

FORMS = pytest.mark.parametrize("form", ["csv", "parquet"])


@pytest.mark.slow
@FORMS
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(form: str, tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, given, form)


@FORMS
def test_command_line(form: str, tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    assert run("--corpus", made.path, "export", form, tmp_path / "file").code == 0
    empty = corpus.init(tmp_path / "two")
    done = run("--corpus", empty.path, "import", form, tmp_path / "file")
    assert (done.code, "2 document(s) new or changed, 0 known already, 7 annotation(s)" in done.stderr) == (0, True)
    again = run("--corpus", empty.path, "import", form, "-", given=(tmp_path / "file").read_bytes())
    assert (again.code, "0 document(s) new or changed, 2 known already, 0 annotation(s)" in again.stderr) == (0, True)
    assert lines(empty, tmp_path / "2.jsonl") == lines(made, tmp_path / "1.jsonl")


def test_long_texts_are_in_pieces_that_fit_into_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PIECE", 10)
    made = fill(tmp_path / "one")
    export_corpus(made, "parquet", tmp_path / "x.parquet")
    frame = pl.read_parquet(tmp_path / "x.parquet").filter(doc_id="b-doc")
    assert frame["text_start"].to_list() == [0, 10, 20, 30, 40, 50][: frame.height]
    frame.reverse().write_parquet(tmp_path / "sorted.parquet")
    empty = corpus.init(tmp_path / "two")
    assert import_corpus(empty, "parquet", tmp_path / "sorted.parquet").failures == []
    assert empty.document("b-doc").text == made.document("b-doc").text
    frame[1:].write_parquet(tmp_path / "cut.parquet")
    report = import_corpus(corpus.init(tmp_path / "three"), "parquet", tmp_path / "cut.parquet")
    assert [error.code for error in report.failures] == ["MB607"]


def test_a_table_that_a_spreadsheet_saved_brings_labels_to_texts_that_are_there(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "csv", tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    added = rows[-1] | {"origin": "human", "annotator": "dana", "label": "unity", "layer": "theme", "score": "1,0"}
    added |= {"start": "1.0", "end": "15", "words": "Диалог керек 🙂", "said_by": "", "attributes": "", "decision": ""}
    out = io.StringIO()
    columns = [name for name in rows[0] if name not in ("text", "text_start", "origins")] + ["note"]
    writer = csv.DictWriter(out, columns, delimiter=";", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([added | {"note": "жаңа"}])
    (tmp_path / "y.csv").write_bytes(out.getvalue().encode())
    report = import_corpus(made, "csv", tmp_path / "y.csv")
    assert (report.documents, report.unchanged, report.rows, report.failures) == (0, 1, 1, [])
    found = made.labels.filter(annotator="dana").select("label", "start", "end", "decision").collect().rows()
    assert found == [("unity", 1, 15, "added")]
    [error] = import_corpus(corpus.init(tmp_path / "two"), "csv", tmp_path / "y.csv").failures
    assert (error.code, error.place) == ("MB610", f"{tmp_path / 'y.csv'}:2")


def test_annotations_off_the_letters_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "csv", tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text("utf-8-sig")
    assert ",quote,direct,1,15," in text
    for wrong in (",quote,direct,1,1500,", ",quote,direct,2,15,", ",quote,direct,15,1,", ",quote,direct,x,15,"):
        (tmp_path / "y.csv").write_text(text.replace(",quote,direct,1,15,", wrong), encoding="utf-8")
        empty = corpus.init(tmp_path / f"c{hash(wrong)}")
        report = import_corpus(empty, "csv", tmp_path / "y.csv")
        assert (report.documents, report.rows) == (2, 6)
        [error] = report.failures
        assert (error.code, error.place.startswith(f"{tmp_path / 'y.csv'}:")) == ("MB606", True)


def test_wrong_cells_and_scattered_rows(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    bare = document("c-doc", "Үшінші.", docvars={"зал": 7})
    made.add_documents([(bare, bare.text.encode())])
    export_corpus(made, "csv", tmp_path / "x.csv")
    rows = (tmp_path / "x.csv").read_text("utf-8-sig").splitlines(keepends=True)
    broken = "".join([*rows, "a,b\n", rows[1]]).replace('""зал"": 7', '""зал"" 7')
    (tmp_path / "y.csv").write_text(broken, encoding="utf-8")
    empty = corpus.init(tmp_path / "two")
    report = import_corpus(empty, "csv", tmp_path / "y.csv")
    assert sorted(empty.documents.collect()["id"]) == ["a-doc", "b-doc"]
    assert sorted(error.code for error in report.failures) == ["MB606", "MB607", "MB607"]


@pytest.mark.parametrize("damage", ["cut", "other", "latin", "quote", "empty"])
@FORMS
def test_damaged_files_are_a_coded_error(form: str, damage: str, tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, form, tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    done = {
        "cut": data[: len(data) // 2] if form == "parquet" else data[: data.index("«".encode()) + 1],
        "other": b"PK\x03\x04 nothing,of,the,kind\n1,2,3\n",
        "latin": data.replace("Диалог".encode(), "Диалог".encode("cp1251")) if form == "csv" else b"PAR1" * 9,
        "quote": data.rstrip() + b'\n"a' if form == "csv" else data[:-9] + b"\xff" * 9,
        "empty": b"",
    }[damage]
    (tmp_path / "y").write_bytes(done)
    with pytest.raises(MinberError) as raised:
        import_corpus(corpus.init(tmp_path / "two"), form, tmp_path / "y")
    assert raised.value.code == "MB608"
    assert raised.value.place == str(tmp_path / "y")


@FORMS
def test_a_table_of_the_corpus_itself_changes_none_of_its_labels(form: str, tmp_path: Path) -> None:
    """Tables sort the keys of attributes; that is no other label, and nobody saw it later than they did."""
    made = fill(tmp_path / "one")
    before = made.labels.collect()
    first = before["first_seen"].min()
    turned = before[:1].with_columns(attributes=pl.lit('{"z": 1, "a": 2}'))
    made.upsert("labels", turned, ["doc_id", "revision", "layer", "label", "start", "end", "annotator"])
    before = made.labels.collect()
    export_corpus(made, form, tmp_path / "file")
    report = import_corpus(made, form, tmp_path / "file")
    assert (report.rows, report.failures) == (0, [])
    assert made.labels.collect().sort(before.columns).equals(before.sort(before.columns))
    made.upsert(
        "labels", turned.with_columns(attributes=pl.lit('{"z": 3}')), ["doc_id", "layer", "label", "start", "annotator"]
    )
    assert import_corpus(made, form, tmp_path / "file").rows == 1
    assert made.labels.collect()["first_seen"].min() == first
