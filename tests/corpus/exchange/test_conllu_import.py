"""CoNLL-U back into a corpus: our own files, treebanks of other people, damaged ones."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus
from schemas import MinberError
from schemas.tables import ANNOTATIONS
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, there_and_back
from tests.corpus.exchange.samples import document, fill, machine

TREEBANK = """# newdoc id = Weblog_1
# newpar
# sent_id = s1
# text = Il va du nord, dit-il.
1\tIl\til\tPRON\t_\t_\t2\tnsubj\t_\tQuote=B-direct|QuoteSpeaker=Jean\\sPaul
2\tva\taller\tVERB\t_\t_\t0\troot\t_\tQuote=I-direct
3-4\tdu\t_\t_\t_\t_\t_\t_\t_\t_
3\tde\tde\tADP\t_\t_\t5\tcase\t_\t_
4\tle\tle\tDET\t_\t_\t5\tdet\t_\t_
5\tnord\tnord\tNOUN\t_\t_\t2\tobl\t_\tSpaceAfter=No
6\t,\t,\tPUNCT\t_\t_\t2\tpunct\t_\t_
6.1\tvoix\tvoix\tNOUN\t_\t_\t_\t_\t_\t_
7\tdit-il\tdire\tVERB\t_\t_\t2\tx\t_\tSpaceAfter=No
8\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_

# sent_id = s2
1\tCafe\u0301\tcafé\tNOUN\t_\t_\t0\troot\t_\tSpacesAfter=\\s\\n
2\tnoir\tnoir\tADJ\t_\t_\t1\tamod\t_\t_

# newpar
# sent_id = s3
1\tLe\tle\tDET\t_\t_\t2\tdet\t_\t_
2\tprésident\tprésident\tNOUN\t_\t_\t0\troot\t_\t_

# newdoc
1\tHello\thello\tINTJ\t_\t_\t0\troot\t_\t_
2\teverybody\teverybody\tPRON\t_\t_\t1\tx\t_\t_

"""


@pytest.mark.slow
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(tmp_path: Path, given: Given) -> None:
    whole = [
        (one, [machine(one, "sentence", "sentence", 0, len(one.text)), *rows], labels) for one, rows, labels in given
    ]
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, whole, "conllu")


def test_a_treebank_of_other_people(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_bytes(TREEBANK.replace("\n", "\r\n").encode())
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "conllu", tmp_path / "a.conllu")
    assert (report.documents, report.rows, report.failures, len(report.notes)) == (2, 5, [], 1)
    one = next(one for one in lines(made, tmp_path / "x.jsonl") if one["id"].startswith("weblog-1"))
    text = one["text"]
    assert text == "Il va du nord, dit-il. Café \nnoir\n\nLe président"
    found = {(row["layer"], text[row["start"] : row["end"]]): row for row in one["annotations"]}
    assert [words for layer, words in found if layer == "sentence"] == [
        "Il va du nord, dit-il.",
        "Café \nnoir",
        "Le président",
    ]
    assert found["quote", "Il va"]["attributes"] == {"speaker": "Jean Paul", "speaker_id": None}
    assert {(row["origin"], row["annotator"]) for row in found.values()} == {("machine", "conllu@1")}
    again = import_corpus(made, "conllu", tmp_path / "a.conllu")
    assert (again.documents, again.unchanged, again.rows) == (0, 2, 0)


def test_a_file_without_documents_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text(TREEBANK.replace("# newdoc", "# x"), encoding="utf-8")
    made = corpus.init(tmp_path / "c")
    assert import_corpus(made, "conllu", tmp_path / "a.conllu").documents == 1
    assert made.documents.collect()["text"][0].endswith("Hello everybody")


def test_whole_texts_of_several_sentences(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "one")
    one = document("a", "  «Бір | бір\\n».\n\n\tЕкі  🙂!\nҮш \n")
    made.add_documents([(one, one.text.encode())])
    rows = [machine(one, "sentence", "sentence", *place) for place in ((2, 15), (18, 24), (25, 27))]
    rows.append(machine(one, "quote", "direct", 3, 12, speaker="Аян | Омаров", speaker_id=None))
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    export_corpus(made, "conllu", tmp_path / "x")
    second = corpus.init(tmp_path / "two")
    assert import_corpus(second, "conllu", tmp_path / "x").failures == []
    assert lines(second, tmp_path / "2.jsonl") == lines(made, tmp_path / "1.jsonl")


def test_damaged_files(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "conllu", tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    second = data.index(b"# newdoc id = b-doc")
    damaged = {
        "cut": data[:-40],
        "columns": data[:second] + data[second:].replace(b"\t_\t_\t_", b"\t_", 1),
        "sheet": data[:second] + data[second:].replace(b'# minber = {"id"', b'# minber = {"', 1),
        "sentence": data[: data.rindex(b"# sent_id")] + b"\n",
    }
    for name, wrong in damaged.items():
        (tmp_path / name).write_bytes(wrong)
        empty = corpus.init(tmp_path / f"c-{name}")
        report = import_corpus(empty, "conllu", tmp_path / name)
        assert empty.documents.collect()["id"].to_list() == ["a-doc"], name
        assert [error.code for error in report.failures] == ["MB607"], name
        assert report.failures[0].place.startswith(f"{tmp_path / name}:")
    for number, wrong in enumerate((b"", b"\n\n", data.replace(b"\xd0", b"\xff"))):
        (tmp_path / "y").write_bytes(wrong)
        with pytest.raises(MinberError) as raised:
            import_corpus(corpus.init(tmp_path / f"e{number}"), "conllu", tmp_path / "y")
        assert raised.value.code == "MB608"


def test_annotations_off_the_letters_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "conllu", tmp_path / "x")
    text = (tmp_path / "x").read_text("utf-8").replace('"start": 1, "end": 15', '"start": 1, "end": 1500')
    (tmp_path / "y").write_text(text, encoding="utf-8")
    done = run("--corpus", corpus.init(tmp_path / "two").path, "import", "conllu", tmp_path / "y")
    assert (done.code, "2 document(s) new or changed, 0 known already, 6 annotation(s)" in done.stderr) == (1, True)
    assert "MB606" in done.stderr
