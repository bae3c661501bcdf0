"""What XML cannot hold stands in titles, names and texts all the same: the files must be readable."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import networkx
import polars as pl
from defusedxml.ElementTree import fromstring

import corpus
from corpus.exchange.graphml import export_graphml
from corpus.exchange.refi_qda import export_refi_qda
from corpus.exchange.tei import export_tei
from schemas.tables import ANNOTATIONS
from tests.corpus.exchange.samples import document, machine


def test_characters_that_xml_cannot_hold(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    one = document("a", "Бір \ufffe сөз.", title="Бір\x0bекі", kind="transcript", speaker="Абай\x1f")
    made.add_documents([(one, one.text.encode())])
    rows = [machine(one, "sentence", "sentence", 0, 10), machine(one, "theme", "economy", 0, 10)]
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    tei, project, graph = io.BytesIO(), io.BytesIO(), io.BytesIO()
    export_tei(made, None, tei)
    words = list(fromstring(tei.getvalue()).itertext())
    assert {"Бір\ufffdекі", "Бір \ufffd сөз.", "Абай\ufffd"} <= set(words)
    export_refi_qda(made, None, project)
    with zipfile.ZipFile(project) as archive:
        root = fromstring(archive.read("project.qde"))
        [text] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]
    assert text == one.text, "positions count in the text itself"
    assert "Бір\ufffdекі" in [element.get("name") for element in root.iter()]
    export_graphml(made, None, graph)
    assert "speaker:Абай\ufffd" in networkx.parse_graphml(graph.getvalue().decode())
