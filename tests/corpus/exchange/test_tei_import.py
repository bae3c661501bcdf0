"""TEI of ours back into a corpus: whole, edited, damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, stored, there_and_back
from tests.corpus.exchange.samples import document, fill


@pytest.mark.slow
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, given, "tei")


def test_letters_that_xml_cannot_hold(tmp_path: Path) -> None:
    there_and_back(tmp_path, [(document("a", "Бір\ufffe екі\n\n \nүш", title="a\uffffb"), [], [])], "tei")


def test_a_text_that_was_edited_is_a_further_revision(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "tei", tmp_path / "x.xml")
    text = (tmp_path / "x.xml").read_text("utf-8").replace("Қоғам келіседі.", "Қоғам келісті.")
    (tmp_path / "y.xml").write_text(text, encoding="utf-8")
    report = import_corpus(made, "tei", tmp_path / "y.xml")
    assert (report.documents, report.unchanged, report.failures, len(report.notes)) == (1, 1, [], 1)
    assert made.document("b-doc").text.endswith("Қоғам келісті.")
    assert made.document("b-doc").title == "Тақырып"


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "tei", tmp_path / "x.xml")
    text = (tmp_path / "x.xml").read_text("utf-8")
    damaged = {"cut": text[: text.rindex("</u>") + 400], "empty": "", "other": "<a/>"}
    damaged["entities"] = text.replace("<teiCorpus", '<!DOCTYPE teiCorpus [<!ENTITY x "y">]><teiCorpus', 1)
    for name, wrong in damaged.items():
        (tmp_path / name).write_text(wrong, encoding="utf-8")
        with pytest.raises(MinberError) as raised:
            import_corpus(corpus.init(tmp_path / f"c-{name}"), "tei", tmp_path / name)
        assert raised.value.code == ("MB135" if name == "entities" else "MB608"), name
    cut = corpus.open(tmp_path / "c-cut").documents.collect()["id"].to_list()
    assert cut == ["a-doc"], "what stands before the damage has come in"
    without = text[: text.index("<xenoData")] + text[text.index("</xenoData>") + len("</xenoData>") :]
    off = without.replace('"start": 1, "end": 15', '"start": 1, "end": 1500')
    (tmp_path / "y.xml").write_text(off, encoding="utf-8")
    done = run("--corpus", corpus.init(tmp_path / "two").path, "import", "tei", tmp_path / "y.xml")
    assert (done.code, "1 document(s) new or changed, 0 known already, 5 annotation(s)" in done.stderr) == (1, True)
    assert ("MB606" in done.stderr, "MB607" in done.stderr) == (True, True)


def test_command_line(tmp_path: Path) -> None:
    made = stored(tmp_path / "one", [(document("a", "Бір.\n\nЕкі."), [], [])])
    done = run("--corpus", made.path, "export", "tei", "-")
    empty = corpus.init(tmp_path / "two")
    back = run("--corpus", empty.path, "import", "tei", "-", given=done.data)
    assert (back.code, "1 document(s) new or changed" in back.stderr) == (0, True)
    assert lines(empty, tmp_path / "2.jsonl") == lines(made, tmp_path / "1.jsonl")
