from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

import corpus
from corpus.exchange import export_corpus, import_corpus
from corpus.exchange.reading import condition, described_document
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.samples import NOW, TEXT, fill


@pytest.fixture
def filled(tmp_path: Path) -> corpus.Corpus:
    return fill(tmp_path / "one")


def exported(source: corpus.Corpus, path: Path) -> bytes:
    export_corpus(source, "jsonl", path)
    return path.read_bytes()


def test_form_of_a_line(filled: corpus.Corpus, tmp_path: Path) -> None:
    lines = exported(filled, tmp_path / "x.jsonl").decode().split("\n")
    assert lines[-1] == ""
    data = [json.loads(line) for line in lines[:-1]]
    assert [one["id"] for one in data] == ["a-doc", "b-doc"]
    one = data[1]
    keys = ["id", "revision", "lang", "title", "date", "kind", "speaker", "version_of", "source", "text", "annotations"]
    assert list(one)[: len(keys)] == keys
    assert one["text"] == TEXT
    assert one["date"] == "2025-03-14"
    assert {"uri", "publisher", "sha256", "reader"} <= set(one["source"])
    quote = next(row for row in one["annotations"] if row["layer"] == "quote")
    assert quote == {
        "layer": "quote",
        "label": "direct",
        "start": 1,
        "end": 15,
        "score": 0.9,
        "annotator": "minber_quotes@1",
        "origin": "machine",
        "attributes": {"speaker": "Аян Омаров", "speaker_id": None, "mention": [25, 36], "cue": [20, 24]},
    }
    assert TEXT[1:15] == "Диалог керек 🙂"
    assert "Диалог керек 🙂" in lines[1]  # letters as they are, not \\u escapes
    starts = [(row["start"], row["end"]) for row in one["annotations"]]
    assert starts == sorted(starts)


def test_labels_of_people_are_told_apart(filled: corpus.Corpus) -> None:
    rows = [row for row in described_document(filled, "b-doc").annotations if row["origin"] == "human"]
    told = {(row["annotator"], row["label"]): (row["score"], row["attributes"]["decision"]) for row in rows}
    assert told == {
        ("aigul", "dialogue"): (0.0, "rejected"),
        ("timur", "dialogue"): (1.0, "confirmed"),
        ("timur", "unity"): (1.0, "added"),
    }


def test_same_bytes_whatever_the_order_and_time_of_writing(filled: corpus.Corpus, tmp_path: Path) -> None:
    first = exported(filled, tmp_path / "1.jsonl")
    filled.compact(at_least=1)
    assert exported(filled, tmp_path / "2.jsonl") == first
    other = corpus.init(tmp_path / "other")
    documents = [described_document(filled, doc_id).document for doc_id in ("b-doc", "a-doc")]
    for one in documents:
        moved = one.model_copy(
            update={"source": one.source.model_copy(update={"retrieved": NOW + dt.timedelta(days=1)})}
        )
        other.add_documents([(moved, one.text.encode())])
    other.append("annotations", filled.annotations.collect().reverse())
    other.append("labels", filled.labels.collect().reverse())
    assert exported(other, tmp_path / "3.jsonl") == first


def test_round_trip(filled: corpus.Corpus, tmp_path: Path) -> None:
    first = exported(filled, tmp_path / "1.jsonl")
    empty = corpus.init(tmp_path / "two")
    report = import_corpus(empty, "jsonl", tmp_path / "1.jsonl")
    assert (report.documents, report.unchanged, report.rows, report.failures) == (2, 0, 7, [])
    assert exported(empty, tmp_path / "2.jsonl") == first
    before = {name: empty.version(name) for name in ("documents", "annotations", "labels")}
    again = import_corpus(empty, "jsonl", tmp_path / "1.jsonl")
    assert (again.documents, again.unchanged, again.rows) == (0, 2, 0)
    assert before == {name: empty.version(name) for name in before}
    assert exported(empty, tmp_path / "3.jsonl") == first


def test_import_leaves_own_work_alone(filled: corpus.Corpus, tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    first = exported(filled, path)
    path.write_bytes(first.replace(b'"score": 0.9', b'"score": 0.1'))
    report = import_corpus(filled, "jsonl", path)
    assert report.rows == 0
    assert exported(filled, tmp_path / "2.jsonl") == first


@pytest.mark.slow
def test_annotate_replaces_what_was_imported(filled: corpus.Corpus, tmp_path: Path) -> None:
    from corpus.annotate import annotate

    exported(filled, tmp_path / "1.jsonl")
    own = corpus.init(tmp_path / "own")
    own.add_documents([(described_document(filled, doc_id).document, None) for doc_id in ("a-doc", "b-doc")])
    annotate(own)
    brought = corpus.init(tmp_path / "brought")
    import_corpus(brought, "jsonl", tmp_path / "1.jsonl")
    brought.replace("labels", brought.labels.collect().clear(), None)
    annotate(brought)
    assert exported(brought, tmp_path / "2.jsonl") == exported(own, tmp_path / "3.jsonl")
    assert import_corpus(brought, "jsonl", tmp_path / "3.jsonl").rows == 0


def test_bad_lines_are_named_and_the_rest_is_read(filled: corpus.Corpus, tmp_path: Path) -> None:
    good = exported(filled, tmp_path / "1.jsonl").decode().splitlines()
    wrong_revision = good[1].replace(json.loads(good[1])["revision"], "0" * 16, 1)
    far = good[1].replace('"end": 37', '"end": 3700', 1)
    not_canonical = json.dumps(json.loads(good[1]) | {"text": "a\r\nb", "revision": "", "annotations": []})
    broken = tmp_path / "broken.jsonl"
    lines = ["{", "[]", good[0], wrong_revision, "", far, '{"id": "x"}', not_canonical]
    broken.write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n")
    empty = corpus.init(tmp_path / "two")
    report = import_corpus(empty, "jsonl", broken)
    assert report.documents == 1
    assert [error.place.rpartition(":")[2] for error in report.failures] == ["1", "2", "4", "6", "7", "8", "9"]
    assert {error.code for error in report.failures} == {"MB604"}
    assert empty.documents.collect()["id"].to_list() == ["a-doc"]


def test_where_and_derived_fields(filled: corpus.Corpus, tmp_path: Path) -> None:
    for text, ids in (('kind == "report"', ["b-doc"]), ("year == 2025", ["b-doc"]), ('lang == "ru"', [])):
        export_corpus(filled, "jsonl", tmp_path / "w.jsonl", condition(filled, text))
        written = [json.loads(line)["id"] for line in (tmp_path / "w.jsonl").read_text().splitlines()]
        assert written == ids


def test_unwritable_and_unknown(filled: corpus.Corpus, tmp_path: Path) -> None:
    with pytest.raises(MinberError) as error:
        export_corpus(filled, "jsonl", tmp_path)
    assert error.value.code == "MB603"
    with pytest.raises(MinberError) as error:
        export_corpus(filled, "wordperfect", tmp_path / "x")
    assert (error.value.code, error.value.exit_code) == ("MB600", 2)
    with pytest.raises(MinberError) as error:
        import_corpus(filled, "jsonl", tmp_path / "missing.jsonl")
    assert error.value.code == "MB003"


def test_command_line(filled: corpus.Corpus, tmp_path: Path) -> None:
    expected = exported(filled, tmp_path / "1.jsonl")
    out = run("--corpus", filled.path, "export", "jsonl", "-")
    assert (out.code, out.data) == (0, expected)
    assert "2 document(s)" in out.stderr
    bad = run("--corpus", filled.path, "export", "wordperfect", "x")
    assert bad.code == 2
    assert "MB600" in bad.stderr
    empty = corpus.init(tmp_path / "two")
    back = run("--corpus", empty.path, "import", "jsonl", "-", given=expected + b"{\n")
    assert back.code == 1
    assert "MB604 standard input:3" in back.stderr
    assert exported(empty, tmp_path / "2.jsonl") == expected


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are set the Unix way")
def test_full_disk_leaves_the_old_file(filled: corpus.Corpus, tmp_path: Path) -> None:
    import resource

    path = tmp_path / "out" / "x.jsonl"
    before = exported(filled, path)
    program = "from corpus.cli import main; main()"
    failed = subprocess.run(
        [sys.executable, "-c", program, "--corpus", str(filled.path), "export", "jsonl", str(path)],
        capture_output=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert failed.returncode == 1
    assert b"MB603" in failed.stderr
    assert b"Traceback" not in failed.stderr
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["x.jsonl"]
