"""brat's standoff: every line says where its words are, relations lead to spans that are there."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl

import corpus
from corpus.exchange.brat import export_brat
from schemas.tables import ANNOTATIONS, LABELS
from tests.corpus.exchange.samples import TEXT, document, fill, label, machine


def exported(opened: corpus.Corpus) -> dict[str, str]:
    out = io.BytesIO()
    export_brat(opened, None, out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def lines(text: str) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in text.splitlines())


def test_a_folder_for_the_machine_and_one_for_each_person(tmp_path: Path) -> None:
    files = exported(fill(tmp_path / "one"))
    assert {name.split("/")[0] for name in files} == {"minber", "by-aigul", "by-timur", "annotation.conf"}
    assert files["minber/b-doc.txt"] == files["by-timur/b-doc.txt"] == TEXT
    assert files["by-aigul/b-doc.ann"] == "", "she only rejects"
    people = lines(files["by-timur/b-doc.ann"])
    assert sorted(line.split()[0] for line in people.values()) == ["theme-dialogue", "theme-unity"]


def test_spans_relations_and_speakers(tmp_path: Path) -> None:
    files = exported(fill(tmp_path / "one"))
    found = lines(files["minber/b-doc.ann"])
    spans = {}
    for name, line in found.items():
        if name.startswith("T"):
            told, words = line.split("\t")
            kind, start, end = told.split()
            assert TEXT[int(start) : int(end)] == words
            spans[name] = kind, words
    assert set(spans.values()) == {
        ("theme-dialogue", TEXT[:36]),
        ("evidence-dialogue", "Диалог"),
        ("quote-direct", "Диалог керек 🙂"),
        ("mention", "Аян Омаров."),
        ("cue", "деді"),
    }
    tied = set()
    for name, line in found.items():
        if name.startswith("R"):
            relation, one, two = re.fullmatch(r"(\w+) Arg1:(T\d+) Arg2:(T\d+)", line).groups()
            tied.add((relation, spans[one][0], spans[two][0]))
    assert tied == {
        ("shown_by", "theme-dialogue", "evidence-dialogue"),
        ("spoken_by", "quote-direct", "mention"),
        ("said_with", "quote-direct", "cue"),
    }
    [note] = [line for name, line in found.items() if name.startswith("#")]
    assert note.endswith("\tАян Омаров")
    listed = files["annotation.conf"].split("[relations]")[0].split("\n")
    assert {kind for kind, _ in spans.values()} <= set(listed)


def test_a_span_over_several_lines_is_in_pieces(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    one = document("a/b", "Бір.\n\nЕкі.")
    made.add_documents([(one, one.text.encode())])
    made.append("annotations", pl.DataFrame([machine(one, "chrome", "list", 0, 10)], schema=ANNOTATIONS))
    assert exported(made)["minber/a_b.ann"] == "T1\tchrome-list 0 4;6 10\tБір. Екі.\n"


def test_people_whose_names_differ_in_signs_alone_have_a_folder_each(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c")
    one = document("a")
    made.add_documents([(one, one.text.encode())])
    rows = [label(one, "added", "dana@kz"), label(one, "added", "dana+kz", name="unity"), label(one, "added", "minber")]
    made.append("labels", pl.DataFrame(rows, schema=LABELS))
    files = exported(made)
    given = {name: text.split("\t")[1].split()[0] for name, text in files.items() if name.endswith(".ann") and text}
    assert given == {
        "by-dana_kz/a.ann": "theme-unity",
        "by-dana_kz-2/a.ann": "theme-dialogue",
        "by-minber/a.ann": "theme-dialogue",
    }
