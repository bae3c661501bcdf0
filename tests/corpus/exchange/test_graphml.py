"""GraphML: a network that other programs read, with a sentence counted once for each who says it."""

from __future__ import annotations

from pathlib import Path

import networkx
import polars as pl

import corpus
from corpus.exchange import export_corpus
from schemas.tables import ANNOTATIONS
from tests.corpus.exchange.samples import document, fill, machine


def read(opened: corpus.Corpus, path: Path) -> networkx.DiGraph:
    export_corpus(opened, "graphml", path)
    return networkx.read_graphml(path)


def test_speakers_and_themes(tmp_path: Path) -> None:
    graph = read(fill(tmp_path / "one"), tmp_path / "x.graphml")
    assert dict(graph.nodes(data="label")) == {
        "speaker:Аян Омаров": "Аян Омаров",
        "theme:dialogue": "Қоғамдық диалог",
    }
    assert [*graph.edges(data=True)] == [("speaker:Аян Омаров", "theme:dialogue", {"weight": 1, "documents": 1})]


def test_one_node_under_all_names_and_a_sentence_once(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    text = "«Бір», «екі» деді. «Үш» деді.\n"
    documents = [document("a", text), document("b", text), document("t", text, kind="transcript", speaker="Абай")]
    made.add_documents([(one, one.text.encode()) for one in documents])
    rows = []
    for one in documents:
        rows += [machine(one, "sentence", "sentence", 0, 18), machine(one, "sentence", "sentence", 19, 29)]
        rows += [machine(one, "theme", "economy", 0, 18), machine(one, "theme", "economy", 19, 29)]
        for start, end, name in ((1, 4, "Қ. Тоқаев"), (8, 11, "Тоқаев"), (20, 22, "Тоқаев")):
            rows.append(machine(one, "quote", "direct", start, end, speaker=name, speaker_id="tokayev"))
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    graph = read(made, tmp_path / "x.graphml")
    edges = {(one, two): data for one, two, data in graph.edges(data=True)}
    assert edges == {
        ("speaker:tokayev", "theme:economy"): {"weight": 4, "documents": 2},
        ("speaker:Абай", "theme:economy"): {"weight": 2, "documents": 1},
    }


def test_documents_that_were_not_annotated_are_counted(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    one = document("a", "Әлі оқылмаған.")
    made.add_documents([(one, one.text.encode())])
    report = export_corpus(made, "graphml", tmp_path / "x.graphml")
    assert (report.documents, report.skipped, report.rows) == (0, 1, 0)
    assert networkx.read_graphml(tmp_path / "x.graphml").number_of_nodes() == 0
