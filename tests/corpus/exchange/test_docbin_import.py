"""DocBins back into a corpus: ours, other people's, damaged ones; and why a network cannot come back."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from spacy.tokens import DocBin, Span

import corpus
from corpus.exchange import export_corpus, import_corpus
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, there_and_back
from tests.corpus.exchange.samples import fill


@pytest.mark.slow
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, given, "docbin")


def test_docs_of_other_people(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp("The president spoke in Cafe\u0301 Astana.\r\nHe thanked everybody there.")
    doc.ents = [Span(doc, 4, 6, "FAC")]
    doc.spans["My spans!"] = [Span(doc, 0, 2, "who"), Span(doc, 1, 3)]
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "x.spacy")
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "docbin", tmp_path / "x.spacy")
    assert (report.documents, report.rows, report.failures) == (1, 5, [])
    [one] = lines(made, tmp_path / "x.jsonl")
    text = one["text"]
    assert text == "The president spoke in Café Astana.\nHe thanked everybody there."
    found = [(row["layer"], row["label"], text[row["start"] : row["end"]]) for row in one["annotations"]]
    assert sorted(found) == [
        ("entity", "FAC", "Café Astana"),
        ("my_spans", "my_spans", "president spoke"),
        ("my_spans", "who", "The president"),
        ("sentence", "sentence", "He thanked everybody there."),
        ("sentence", "sentence", "The president spoke in Café Astana."),
    ]
    assert {(row["origin"], row["annotator"]) for row in one["annotations"]} == {("machine", "docbin@1")}
    assert import_corpus(made, "docbin", tmp_path / "x.spacy").rows == 0


def test_what_another_component_added_to_ours(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "docbin", tmp_path / "x.spacy")
    docs = list(DocBin().from_disk(tmp_path / "x.spacy").get_docs(spacy.blank("kk").vocab))
    for doc in docs:
        doc.ents = [Span(doc, 0, 1, "X")]
    DocBin(attrs=["ORTH", "ENT_TYPE", "ENT_IOB"], docs=docs, store_user_data=True).to_disk(tmp_path / "y.spacy")
    second = corpus.init(tmp_path / "two")
    assert (import_corpus(second, "docbin", tmp_path / "y.spacy").failures, second.labels.collect().height) == ([], 3)
    rows = second.annotations.collect()
    assert rows.filter(annotator="docbin@1")["layer"].to_list() == ["entity", "entity"]
    assert rows.height == made.annotations.collect().height + 2


def test_damaged_files(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    assert run("--corpus", made.path, "export", "docbin", tmp_path / "x").code == 0
    data = (tmp_path / "x").read_bytes()
    damaged = {"cut": data[:-30], "other": b"not a DocBin", "empty": b"", "inside": zlib.compress(b"\x81\xa1x")}
    bomb = zlib.compressobj()
    damaged["bomb"] = b"".join(bomb.compress(bytes(16_000_000)) for _ in range(20)) + bomb.flush()
    for name, wrong in damaged.items():
        (tmp_path / name).write_bytes(wrong)
        with pytest.raises(MinberError) as raised:
            import_corpus(corpus.init(tmp_path / f"c-{name}"), "docbin", tmp_path / name)
        assert raised.value.code == ("MB134" if name == "bomb" else "MB608"), name
    done = run("--corpus", corpus.init(tmp_path / "two").path, "import", "docbin", "-", given=data)
    assert (done.code, "2 document(s) new or changed, 0 known already, 7 annotation(s)" in done.stderr) == (0, True)


def test_a_network_cannot_come_back(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    assert run("--corpus", made.path, "export", "graphml", tmp_path / "x.graphml").code == 0
    done = run("--corpus", made.path, "import", "graphml", tmp_path / "x.graphml")
    assert done.code == 2
    assert f"MB609 {tmp_path / 'x.graphml'}: a network in GraphML holds counts and no texts" in done.stderr
    assert "jsonl" in done.stderr
