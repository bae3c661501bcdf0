"""brat back into a corpus: our own archives, collections of other people, damaged ones."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import corpus
from corpus.exchange import export_corpus, import_corpus, intake
from corpus.store import Corpus
from schemas import MinberError
from tests.command import run
from tests.corpus.exchange.odd import CORPORA, FEW, Given, fresh, lines, stored, there_and_back
from tests.corpus.exchange.samples import document, fill, label

RAW = "\ufeffБи\u0306л 🙂 Президент Тоқаев\r\nАстанада сөйледі, қала үлкен.\n"
ANN = """T1\tPerson 8 17;18 24\tПрезидент Тоқаев
T2\tPlace 26 34\tАстанада
T3\tSpeech 35 42\tсөйледі
T4\tPlace 26 34;44 48\tАстанада қала
E1\tSpeech:T3 Who:T1 Where:T2
R1\tIn Arg1:T1 Arg2:T2
A1\tCertain E1
A2\tTense T3 past
N1\tReference T1 Wikidata:Q1\tТоқаев
#1\tAnnotatorNotes T2 туралы
*\tEquiv T2 T4
""".replace("T2 туралы", "T2\tтуралы")


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


@pytest.mark.slow
@FEW
@given(given=CORPORA)
def test_odd_texts_there_and_back(tmp_path: Path, given: Given) -> None:
    with fresh(tmp_path / "example") as folder:
        there_and_back(folder, given, "brat")


def test_what_people_changed_in_brat(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "brat", tmp_path / "x.zip")
    folder = tmp_path / "data"
    with zipfile.ZipFile(tmp_path / "x.zip") as packed:
        packed.extractall(folder)
    timur, machine = folder / "by-timur" / "b-doc.ann", folder / "minber" / "b-doc.ann"
    kept = [line for line in timur.read_text("utf-8").splitlines() if "theme-unity" not in line]
    kept += ["T8\tquote-direct 1 15\tДиалог керек 🙂", "T9\tmention 25 35\tАян Омаров", "R1\tspoken_by Arg1:T8 Arg2:T9"]
    kept += ["#1\tAnnotatorNotes T8\tАян Омаров", "T10\tcue 20 24\tдеді"]
    timur.write_text("\n".join(kept), encoding="utf-8")
    machine.write_text(machine.read_text("utf-8") + "T99\tPlace 37 42\tҚоғам\n", encoding="utf-8")
    second = corpus.init(tmp_path / "two")
    report = import_corpus(second, "brat", folder)
    assert report.failures == []
    found = second.labels.select("annotator", "layer", "label", "decision").collect().rows()
    assert sorted(found) == [
        ("aigul", "theme", "dialogue", "rejected"),
        ("brat", "entity", "Place", "added"),
        ("timur", "cue", "cue", "added"),
        ("timur", "quote", "direct", "added"),
        ("timur", "theme", "dialogue", "confirmed"),
    ]
    before, after = lines(made, tmp_path / "1.jsonl")[1], lines(second, tmp_path / "2.jsonl")[1]
    rows = [[row for row in one["annotations"] if row["origin"] == "machine"] for one in (before, after)]
    assert rows[0] == rows[1]
    quote = next(row for row in after["annotations"] if row["layer"] == "quote" and row["origin"] == "human")
    assert (quote["attributes"]["mention"], quote["attributes"]["speaker"]) == ([25, 35], "Аян Омаров")


def test_a_collection_of_other_people(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "news"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(RAW.encode())
    (folder / "a.ann").write_text(ANN, encoding="utf-8")
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "brat", tmp_path / "data")
    assert (report.documents, report.rows, report.failures, len(report.notes)) == (1, 4, [], 1)
    [one] = lines(made, tmp_path / "x.jsonl")
    text = one["text"]
    assert text == "Бйл 🙂 Президент Тоқаев\nАстанада сөйледі, қала үлкен.\n"
    assert one["source"]["reader"] == "brat@1"
    rows = {(row["layer"], row["label"], text[row["start"] : row["end"]]): row for row in one["annotations"]}
    assert set(rows) == {
        ("entity", "Person", "Президент Тоқаев"),
        ("entity", "Place", "Астанада"),
        ("entity", "Place", "Астанада сөйледі, қала"),
        ("event", "Speech", "сөйледі"),
    }
    assert {(row["origin"], row["annotator"]) for row in rows.values()} == {("human", "brat")}
    person, place = rows["entity", "Person", "Президент Тоқаев"], rows["entity", "Place", "Астанада"]
    event, parted = rows["event", "Speech", "сөйледі"], rows["entity", "Place", "Астанада сөйледі, қала"]
    here = [place["start"], place["end"]]
    assert person["attributes"]["relations"] == [["In", *here]]
    assert person["attributes"]["normalizations"] == [["Wikidata:Q1", "Тоқаев"]]
    assert place["attributes"]["notes"] == ["туралы"]
    assert place["attributes"]["equivalents"] == [[parted["start"], parted["end"]]]
    assert event["attributes"]["values"] == {"Certain": True, "Tense": "past"}
    assert event["attributes"]["arguments"] == [[["Who", person["start"], person["end"]], ["Where", *here]]]
    assert [text[a:b] for a, b in parted["attributes"]["pieces"]] == ["Астанада", "қала"]
    assert (made.path / "raw").exists()
    assert made.raw(one["source"]["sha256"]) == RAW.encode()
    again = import_corpus(made, "brat", tmp_path / "data")
    assert (again.documents, again.unchanged, again.rows) == (0, 1, 0)


def test_annotators_in_folders_of_their_own(tmp_path: Path) -> None:
    text = "Президент сөйледі.".encode()
    ann = "T1\tPerson 0 9\tПрезидент\n".encode()
    files = {
        "dana/a.txt": text,
        "dana/a.ann": ann,
        "omar/a.txt": text,
        "omar/a.ann": ann,
        "omar/b.txt": b"Hello there.",
    }
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "brat", archive(tmp_path / "x.zip", files))
    assert (report.documents, report.rows, report.failures) == (2, 2, [])
    assert sorted(made.labels.collect()["annotator"]) == ["dana", "omar"]


def test_a_text_that_was_changed_is_a_further_revision(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "brat", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    text = files["minber/b-doc.txt"] + " Тағы.".encode()
    changed = {name: text if name.endswith("b-doc.txt") else data for name, data in files.items()}
    report = import_corpus(made, "brat", archive(tmp_path / "y.zip", changed))
    assert (report.documents, report.unchanged, report.failures) == (1, 1, [])
    assert any("the text was changed" in note for note in report.notes)
    assert any("so are 1 label(s) of people" in note for note in report.notes)  # what Aigul rejected
    one = made.document("b-doc")
    assert (one.text.endswith("Тағы."), one.title) == (True, "Тақырып")


def test_a_label_on_words_that_another_is_tied_to_comes_back(tmp_path: Path) -> None:
    one = document("a")
    theme = label(one, "added", "dana") | {"attributes": json.dumps({"evidence": [[1, 7]]})}
    evidence = label(one, "added", "dana", layer="evidence") | {"start": 1, "end": 7}
    export_corpus(stored(tmp_path / "one", [(one, [], [theme, evidence])]), "brat", tmp_path / "x.zip")
    second = corpus.init(tmp_path / "two")
    assert import_corpus(second, "brat", tmp_path / "x.zip").failures == []
    assert sorted(second.labels.collect()["layer"]) == ["evidence", "theme"]


def test_of_labels_that_a_corpus_cannot_tell_apart_one_stays_and_a_note_says_so(tmp_path: Path) -> None:
    ann = "T1\tX 0 5\tСәлем\nT2\tX 0 5\tСәлем\n#1\tAnnotatorNotes T1\tекі\n"
    path = archive(tmp_path / "x.zip", {"a.txt": "Сәлем, әлем!".encode(), "a.ann": ann.encode()})
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "brat", path)
    assert (report.rows, report.failures) == (1, [])
    assert [note.startswith("1 label(s) stand on the same words") for note in report.notes] == [True]
    assert import_corpus(made, "brat", path).rows == 0


@pytest.mark.parametrize(
    "line",
    [
        "T1\tPerson 0 900\tПрезидент",
        "T1\tPerson 1 9\tПрезидент",
        "T1\tPerson x 9\tПрезидент",
        "T1",
        "R1\tIn Arg1:T7 Arg2:T8",
        "A1\tCertain",
        "Я1\tне знаю",
    ],
)
def test_lines_off_the_letters_are_named_and_the_rest_is_read(tmp_path: Path, line: str) -> None:
    files = {"a.txt": "Президент сөйледі.".encode(), "a.ann": f"T5\tSpeech 10 17\tсөйледі\n{line}\n".encode()}
    made = corpus.init(tmp_path / "c")
    report = import_corpus(made, "brat", archive(tmp_path / "x.zip", files))
    assert (report.documents, report.rows) == (1, 1)
    [error] = report.failures
    assert (error.code, error.place) == ("MB606", f"{tmp_path / 'x.zip'}#a.ann:2")


def test_damaged_archives_and_paths_that_lead_out(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    export_corpus(made, "brat", tmp_path / "x.zip")
    data = (tmp_path / "x.zip").read_bytes()
    for wrong in (b"", b"{}", data[: len(data) // 2]):
        (tmp_path / "y.zip").write_bytes(wrong)
        with pytest.raises(MinberError) as raised:
            import_corpus(corpus.init(tmp_path / f"c{len(wrong)}"), "brat", tmp_path / "y.zip")
        assert raised.value.code == "MB608"
    files = {"../a.txt": "Сәлем!".encode(), "a.txt": b"\xff\xfe", "b.ann": b"", "c.txt": "Сәлем, әлем!".encode()}
    empty = corpus.init(tmp_path / "two")
    report = import_corpus(empty, "brat", archive(tmp_path / "z.zip", files))
    assert empty.documents.collect()["text"].to_list() == ["Сәлем, әлем!"]
    assert sorted((error.code, error.place.rpartition("#")[2]) for error in report.failures) == [
        ("MB607", "a.txt"),
        ("MB607", "b.ann"),
    ]
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made_bomb:
        made_bomb.writestr("a.txt", bytes(80 * 1024 * 1024))
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    assert [error.code for error in import_corpus(empty, "brat", tmp_path / "bomb.zip").failures] == ["MB134"]


def test_command_line(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    assert run("--corpus", made.path, "export", "brat", tmp_path / "x.zip").code == 0
    empty = corpus.init(tmp_path / "two")
    done = run("--corpus", empty.path, "import", "brat", "-", given=(tmp_path / "x.zip").read_bytes())
    assert (done.code, "2 document(s) new or changed, 0 known already, 7 annotation(s)" in done.stderr) == (0, True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("Сәлем, әлем!", encoding="utf-8")
    (tmp_path / "data" / "a.ann").write_text("T1\tX 0 5;7 11\tСәлем әлем\nT2\tX 0 99\tСәлем\n", encoding="utf-8")
    done = run("--corpus", empty.path, "import", "brat", tmp_path / "data")
    assert done.code == 1
    assert f"MB606 {tmp_path / 'data'}#a.ann:2" in done.stderr
    assert "note: " in done.stderr


def test_texts_of_one_name_are_not_all_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive may hold any number of them: batches are bounded by bytes too."""
    sizes: list[int] = []
    real = intake.store

    def noted(corpus: Corpus, items: list[intake.Coming], *args: Any, **options: Any) -> None:
        sizes.append(sum(len(item.data or b"") for item in items))
        real(corpus, items, *args, **options)

    monkeypatch.setattr(intake, "store", noted)
    monkeypatch.setattr(intake, "_BATCH_SIZE", 20_000)
    files = {f"a{number}/сөз.txt": f"{number} {'ж' * 4000}".encode() for number in range(12)}
    archive(tmp_path / "x.zip", files | {"a0/сөз.ann": b"", "again/сөз.txt": files["a3/сөз.txt"]})
    made = corpus.init(tmp_path / "one")
    report = import_corpus(made, "brat", tmp_path / "x.zip")
    assert (report.documents, report.failures) == (12, [])
    assert len(sizes) > 3
    assert max(sizes) < 40_000
