from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from corpus.doccano.layouts import LAYOUTS, unit_of
from corpus.exchange.doccano import export_doccano
from corpus.exchange.reading import condition
from tests.corpus.exchange.samples import TEXT, document, fill


def utf16(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le")) // 2


def test_rows_are_those_of_the_layout(tmp_path: Path) -> None:
    corpus = fill(tmp_path / "one")
    out = io.BytesIO()
    report = export_doccano(corpus, None, out)
    assert (report.documents, report.rows, report.skipped, report.failures) == (2, 2, 0, [])
    assert out.getvalue().isascii()
    rows = {str(unit_of(row)).split(":")[0]: row for row in map(json.loads, out.getvalue().splitlines())}
    row = rows["b-doc"]
    sentence = TEXT.split("\n")[0]
    assert row["text"] == sentence
    assert row["cats"] == ["Қоғамдық диалог"]
    assert row["entities"] == [[1, 7, "Қоғамдық диалог"]]
    assert str(unit_of(row)).endswith(f":0-{len(sentence)}")
    assert "example_uuid" not in row
    assert all(isinstance(value, str) for name, value in row.items() if name not in ("cats", "entities"))


def test_offsets_behind_an_emoji_are_utf16(tmp_path: Path) -> None:
    corpus = fill(tmp_path / "one")
    settings = corpus.path / "minber.toml"
    settings.write_text(settings.read_text() + '\n[doccano]\nlayout = "voices"\nlanguage = "en"\n')
    from corpus import open as open_corpus

    out = io.BytesIO()
    export_doccano(open_corpus(corpus.path), condition(corpus, 'id == "b-doc"'), out)
    row = json.loads(out.getvalue().splitlines()[0])
    place = TEXT.index("деді")
    text = row["text"]
    spans = {(start, end) for start, end, _ in row["label"]}
    assert (utf16(text, place), utf16(text, place + 4)) in spans
    assert utf16(text, place) == place + 1


def test_documents_without_sentences_are_counted(tmp_path: Path) -> None:
    corpus = fill(tmp_path / "one")
    bare = document("c-doc", "Жаңа мәтін.")
    corpus.add_documents([(bare, bare.text.encode())])
    out = io.BytesIO()
    assert export_doccano(corpus, condition(corpus, 'id == "c-doc"'), out).skipped == 1
    assert out.getvalue() == b""


@pytest.mark.server
def test_a_file_can_be_imported_by_hand_into_several_projects(doccano_server, tmp_path: Path) -> None:
    corpus = fill(tmp_path / "one")
    out = io.BytesIO()
    export_doccano(corpus, None, out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    client = doccano_server.client()
    for name in ("by hand 1", "by hand 2"):
        project = client.create_project(
            name=name,
            description=name,
            project_type=LAYOUTS["themes"].project_type,
            resourcetype=LAYOUTS["themes"].resource_type,
            collaborative_annotation=True,
        )
        client.upload(project["id"], rows, "corpus.jsonl")
        [back] = client.download(project["id"]).values()
        assert len(back) == len(rows)
        kept = ("text", "doc_id", "rev", "range", "cats", "entities")
        want = {row["doc_id"]: {key: row[key] for key in kept} for row in rows}
        assert {row["doc_id"]: {key: row[key] for key in kept} for row in back} == want
        client.delete_project(project["id"])
