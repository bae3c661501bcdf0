"""REFI-QDA back into a corpus: our projects, coded further by people, other people's projects, damaged ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus
from corpus.exchange.refi_qda_names import guid
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, there_and_back
from tests.corpus.exchange.samples import fill

FOREIGN = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="x" creatingUserGUID="u1">
<Users><User guid="u1" name="Айгүл"/><User guid="u2" name="Dana"/></Users>
<CodeBook><Codes><Code guid="c1" name="Саясат" isCodable="true"><Code guid="c2" name="Реформа" isCodable="true"/></Code>
</Codes></CodeBook>
<Sources>
<TextSource guid="s1" name="Сөз" plainTextPath="internal://s1.txt">
<PlainTextSelection guid="p1" startPosition="2" endPosition="11">
<Coding guid="k1" creatingUser="u2"><CodeRef targetGUID="c2"/></Coding></PlainTextSelection>
<PlainTextSelection guid="p2" startPosition="13" endPosition="20">
<Coding guid="k2"><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection guid="p3" startPosition="13" endPosition="900">
<Coding guid="k3"><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection guid="p4" startPosition="1" endPosition="2">
<Coding guid="k4"><CodeRef targetGUID="gone"/></Coding></PlainTextSelection>
<Coding guid="k5" creatingUser="u2"><CodeRef targetGUID="c1"/></Coding>
</TextSource>
<TextSource guid="s2" name="Сыртта" plainTextPath="absolute:///etc/passwd"/>
<TextSource guid="s3" name="Жоқ" plainTextPath="internal://../../s1.txt"/>
<PictureSource guid="s4" name="Сурет"/>
</Sources></Project>"""


def archive(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text.encode())
    return path


def unpacked(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


@pytest.mark.slow
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, given, "refi-qda")


def test_a_project_of_other_people(tmp_path: Path) -> None:
    files = {"project.qde": FOREIGN, "Sources/s1.txt": "\ufeff🙂 Президент\r\nсөйледі."}
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "refi-qda", archive(tmp_path / "x.qdpx", files))
    assert [error.code for error in report.failures] == ["MB606", "MB606", "MB607", "MB607"]
    [one] = lines(made, tmp_path / "x.jsonl")
    assert (one["text"], one["title"]) == ("🙂 Президент\nсөйледі.", "Сөз")
    found = {
        (row["origin"], row["annotator"], row["layer"], row["label"], one["text"][row["start"] : row["end"]])
        for row in one["annotations"]
    }
    assert found == {
        ("human", "Dana", "code", "Реформа", "Президент"),
        ("human", "Dana", "code", "Саясат", one["text"]),
        ("human", "Айгүл", "code", "Саясат", "сөйледі"),
    }
    assert any("1 source" in note for note in report.notes)
    assert import_corpus(made, "refi-qda", tmp_path / "x.qdpx").rows == 0


@pytest.mark.parametrize("noted", [True, False])
def test_our_project_coded_further(tmp_path: Path, noted: bool) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "refi-qda", tmp_path / "x.qdpx")
    files = unpacked(tmp_path / "x.qdpx")
    target = guid("code", "theme", next(theme.id for theme in made.codebook.themes if theme.id == "economy"))
    coding = f'<Coding guid="k" creatingUser="dana"><CodeRef targetGUID="{target}"/></Coding>'
    added = f'<PlainTextSelection guid="p" startPosition="1" endPosition="7">{coding}</PlainTextSelection>'
    place = files["project.qde"].index("<VariableValue", files["project.qde"].index('name="Тақырып"'))
    files["project.qde"] = files["project.qde"][:place] + added + files["project.qde"][place:]
    files["project.qde"] = files["project.qde"].replace("</Users>", '<User guid="dana" name="Dana"/></Users>')
    kept = {name: text for name, text in files.items() if noted or not name.startswith("minber/")}
    before = made.annotations.collect().height
    report = import_corpus(made, "refi-qda", archive(tmp_path / "y.qdpx", kept))
    assert (report.documents, report.unchanged, report.failures) == (0, 2, [])
    found = made.labels.filter(annotator="Dana").select("doc_id", "layer", "label", "start", "end").collect().rows()
    assert found == [("b-doc", "theme", "economy", 1, 7)]
    assert (made.annotations.collect().height, made.labels.collect().height) == (before, 4)
    assert made.document("b-doc").source.uri == "https://example.org/b-doc?a=1&b=2"
    assert any("codings of Minber" in note.replace("(s)", "s") for note in report.notes) is not noted


def test_damaged_projects(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "refi-qda", tmp_path / "x.qdpx")
    files = unpacked(tmp_path / "x.qdpx")
    xml = files["project.qde"]
    entities = xml.replace("<Project", '<!DOCTYPE Project [<!ENTITY x "y">]><Project', 1)
    damaged = {"": "MB608", "<a/>": "MB608", xml[:900]: "MB131", entities: "MB135"}
    for number, (text, code) in enumerate(damaged.items()):
        wrong = {"project.qde": text} if text else {}
        with pytest.raises(MinberError) as raised:
            import_corpus(corpus.init(tmp_path / f"c{number}"), "refi-qda", archive(tmp_path / "y.qdpx", wrong))
        assert raised.value.code == code
    (tmp_path / "z.qdpx").write_bytes((tmp_path / "x.qdpx").read_bytes()[:500])
    with pytest.raises(MinberError) as raised:
        import_corpus(made, "refi-qda", tmp_path / "z.qdpx")
    assert raised.value.code == "MB608"


def test_command_line(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    assert run("--corpus", made.path, "export", "refi-qda", tmp_path / "x.qdpx").code == 0
    empty = corpus.init(tmp_path / "two")
    done = run("--corpus", empty.path, "import", "refi-qda", tmp_path / "x.qdpx")
    assert (done.code, "2 document(s) new or changed, 0 known already, 7 annotation(s)" in done.stderr) == (0, True)
    assert lines(empty, tmp_path / "2.jsonl") == lines(made, tmp_path / "1.jsonl")
