"""Doccano's exports back into a corpus: units of ours, rows of other people's projects of every type, damaged files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, stored
from tests.corpus.exchange.samples import TEXT, fill, machine


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@FEW
@given(given=CORPORA)
def test_what_nobody_touched_is_nobodys(tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        whole = [(one, [machine(one, "sentence", "sentence", 0, len(one.text)), *rows], []) for one, rows, _ in given]
        for one, rows, _ in whole:
            for row in rows:
                if row["layer"] == "theme":
                    row |= {"label": "dialogue", "start": 0, "end": len(one.text), "attributes": "{}"}
        first = stored(folder / "one", whole)
        export_corpus(first, "doccano", folder / "x")
        export_corpus(first, "jsonl", folder / "x.jsonl")
        second = corpus.init(folder / "two")
        import_corpus(second, "jsonl", folder / "x.jsonl")
        if not (folder / "x").read_bytes():
            return
        report = import_corpus(second, "doccano", folder / "x")
        assert (report.documents, report.rows, report.failures) == (0, 0, [])
        export_corpus(second, "doccano", folder / "y")
        assert (folder / "y").read_bytes() == (folder / "x").read_bytes()


def test_what_a_person_added_to_units(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "doccano", tmp_path / "x.jsonl")
    rows = rows_of(tmp_path / "x.jsonl")
    names = {theme.id: theme.name("kk") for theme in made.codebook.themes}
    added = next(theme for theme in names if theme != "dialogue")
    one = next(row for row in rows if row["doc_id"] == "b-doc")
    place = TEXT.index("деді")
    one |= {"id": 7, "cats": [*one["cats"], names[added]], "Comments": ["пікір"]}
    one["entities"] += [[place + 1, place + 5, names[added]], [14, 15, names[added]], [0, 900, names[added]]]
    written(tmp_path / "dana.jsonl", rows)
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as packed:
        packed.write(tmp_path / "dana.jsonl", "dana.jsonl")
    report = import_corpus(made, "doccano", tmp_path / "y.zip")
    assert [(error.code, error.place.rpartition("#")[2][:11]) for error in report.failures] == [
        ("MB606", "dana.jsonl:")
    ] * 2
    found = made.labels.filter(annotator="dana").select("layer", "label", "start", "end", "decision", "confirmed")
    assert sorted(found.collect().rows()) == [
        ("evidence", added, place, place + 4, "added", False),
        ("theme", added, 0, 36, "added", False),
    ]
    assert any("annotators' own" in note for note in report.notes)
    assert any("1 comment" in note for note in report.notes)
    assert import_corpus(made, "doccano", tmp_path / "y.zip").rows == 0
    fresh_report = import_corpus(corpus.init(tmp_path / "two"), "doccano", tmp_path / "x.jsonl")
    assert [error.code for error in fresh_report.failures] == ["MB610", "MB610"]


def test_rows_of_other_peoples_projects(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "text": "🙂 Президент\r\nсөйледі", "label": [[3, 12, "Person"], [4, 5, "Бос"]], "Comments": []},
        {"id": 2, "text": "Жиын өтті, халық қолдады.", "label": ["жақсы"]},
        {"id": 3, "text": "Үкімет отырысы өтті.", "cats": ["саясат"], "entities": [[0, 6, "Org"]]},
        {
            "id": 4,
            "text": "Тоқаев сөйледі, дейді.",
            "entities": [{"id": 5, "label": "Person", "start_offset": 0, "end_offset": 6}],
            "relations": [],
        },
    ]
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "doccano", written(tmp_path / "x.jsonl", rows))
    assert (report.documents, report.rows, report.failures) == (4, 6, [])
    texts = dict(made.documents.select("id", "text").collect().rows())
    found = made.labels.select("doc_id", "layer", "label", "start", "end").collect().rows()
    assert sorted((layer, label, texts[doc][start:end]) for doc, layer, label, start, end in found) == [
        ("category", "жақсы", "Жиын өтті, халық қолдады."),
        ("category", "саясат", "Үкімет отырысы өтті."),
        ("entity", "Org", "Үкімет"),
        ("entity", "Person", "Президент"),
        ("entity", "Person", "Тоқаев"),
        ("entity", "Бос", "р"),
    ]
    again = import_corpus(made, "doccano", tmp_path / "x.jsonl")
    assert (again.documents, again.unchanged, again.rows) == (0, 4, 0)


def test_relations_of_other_peoples_projects(tmp_path: Path) -> None:
    entities = [
        {"id": 5, "label": "Person", "start_offset": 3, "end_offset": 9},
        {"id": 6, "label": "Speech", "start_offset": 11, "end_offset": 18},
    ]
    relations = [{"id": 1, "from_id": 5, "to_id": 6, "type": "says"}, {"id": 2, "from_id": 5, "to_id": 9, "type": "in"}]
    row = {"id": 4, "text": "🙂 Тоқаев\r\nсөйледі.", "entities": entities, "relations": relations}
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "doccano", written(tmp_path / "x.jsonl", [row]))
    assert [error.code for error in report.failures] == ["MB606"]
    found = dict(made.labels.select("label", "attributes").collect().rows())
    assert {name: json.loads(told) for name, told in found.items()} == {
        "Person": {"relations": [["says", 9, 16]]},
        "Speech": {},
    }


def test_damaged_rows_and_command_line(tmp_path: Path) -> None:
    good = json.dumps({"text": "Сәлем, әлем, жақсы күн!", "label": [[1, 0, "X"], ["a", 2, "X"], [0, 5, "X"]]})
    lines = ["{", "[]", '{"text": 5}', '{"text": "Сәлем, ел!", "label": 7}', '{"text": " "}', good]
    (tmp_path / "x").write_text("\n".join(lines), encoding="utf-8")
    made = corpus.init(tmp_path / "c")
    done = run("--corpus", made.path, "import", "doccano", tmp_path / "x")
    assert (done.code, "1 document(s) new or changed, 0 known already, 1 annotation(s)" in done.stderr) == (1, True)
    assert done.stderr.count("MB607") == 5
    assert done.stderr.count("MB606") == 2
    for wrong in (b"", b"PK\x03\x04zip"):
        (tmp_path / "y").write_bytes(wrong)
        with pytest.raises(MinberError) as raised:
            import_corpus(made, "doccano", tmp_path / "y")
        assert raised.value.code == "MB608"
