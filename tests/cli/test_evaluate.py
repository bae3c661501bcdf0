"""``minber evaluate`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from corpus.labels import take_snapshot
from corpus.store import Corpus
from tests.cli.test_stats_corrected import folder as folder  # noqa: PLC0414 -- 160 gold units of two speeches
from tests.command import minber
from tests.corpus.agreement.decided import FIRST, FOURTH, SECOND, THIRD, VOICED, decide, themed, voiced


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents of four sentences, which two people decided on, in one half without pre-annotations."""
    made = themed(tmp_path_factory.mktemp("evaluate") / "c", ["a", "b"])
    for name in ("a", "b"):
        seen = {"doc_id": name, "preannotated": name == "a"}
        decide(made, "aigul", FIRST, [("theme", "parliament", FIRST)], **seen)
        decide(made, "aigul", SECOND, [("theme", "economy", SECOND)], **seen)
        decide(made, "aigul", THIRD, [("theme", "dialogue", THIRD)], **seen)
        decide(made, "berik", FOURTH, [("theme", "rule_of_law", FOURTH)], **seen)
    take_snapshot(made, "spring")
    return made.path


def test_a_table_for_reading_with_what_it_rests_on(coded: Path) -> None:
    done = minber(coded, "evaluate")
    head, *rows = done.stdout.splitlines()
    titles = ["layer", "match", "name", "gold", "machine", "tp", "fp", "fn", "precision", "recall", "f1", "units"]
    assert head.split()[: len(titles)] == titles
    assert any("Парламент" in row and "100.0 (34.2–100.0)" in row for row in rows), "themes by their names"
    assert any(row.startswith("theme  label  (micro)") and "50.0 (21.5–78.5)" in row for row in rows)
    assert "8 unit(s) of layout themes in 2 document(s); machine: hand@1" in done.stderr
    assert "4 unit(s) were confirmed with pre-annotations in view" in done.stderr
    assert "4 label(s) rest on fewer than 10" in done.stderr
    assert "people marked nothing in evidence" in done.stderr
    assert not minber(coded, "evaluate", "--quiet").stderr


def test_options_choose_the_gold(coded: Path) -> None:
    def micro(*options: str) -> tuple[int, int, int, int]:
        rows = json.loads(minber(coded, "evaluate", *options, "--format", "json").stdout)
        (row,) = [row for row in rows if row["label"] == "(micro)" and row["layer"] == "theme"]
        return row["tp"], row["fp"], row["fn"], row["units"]

    assert micro() == micro("--snapshot", "spring") == (4, 4, 4, 8)
    assert micro("--half") == micro("--where", 'id == "b"') == (2, 2, 2, 4)
    assert micro("--annotator", "berik") == (0, 0, 2, 2)
    assert micro("--label", "economy") == (2, 2, 0, 8)
    assert micro("--layer", "theme", "--round", "1") == (4, 4, 4, 8)
    rows = json.loads(minber(coded, "evaluate", "--by", "id,preannotated", "--format", "json").stdout)
    assert {(row["group"], row["id"], row["preannotated"]) for row in rows} == {
        ("a | with", "a", "with"),
        ("b | without", "b", "without"),
    }


def test_what_corrected_rates_rest_on_is_the_same(folder: Path) -> None:
    rows = json.loads(minber(folder, "stats", "themes", "--corrected", "--format", "json").stdout)
    (corrected,) = [row for row in rows if row["theme"] == "dialogue"]
    ours, *_ = json.loads(minber(folder, "evaluate", "--format", "json").stdout)
    assert (ours["precision"], ours["recall"]) == (corrected["precision"], corrected["recall"])
    assert (ours["gold"], ours["units"]) == (corrected["gold_with"], corrected["gold_units"])


def test_errors_as_a_concordance_or_in_a_file(coded: Path, tmp_path: Path) -> None:
    done = minber(coded, "evaluate", "--errors", "3", "--format", "json")
    rows = json.loads(done.stdout)
    assert [(row["error"], row["label"]) for row in rows] == [
        ("false positive", "rule_of_law"),
        ("false negative", "dialogue"),
        ("false positive", "economy"),
    ]
    assert (rows[0]["keyword"], rows[0]["evidence"], rows[0]["by"]) == (FIRST, "сот", "aigul")
    assert "Сот әділ" in minber(coded, "evaluate", "--errors", "0").stdout
    file = tmp_path / "errors.csv"
    done = minber(coded, "evaluate", "--errors", file)
    assert "precision" in done.stdout
    assert f"8 error(s) in {file}" in done.stderr
    assert pl.read_csv(file).height == 8
    assert "MB507" in minber(coded, "evaluate", "--errors", tmp_path / "errors.doc", code=2).stderr


@pytest.mark.parametrize("options", [["--by", "id"], ["--errors", "0"], ["--snapshot", "spring"]])
def test_made_again_byte_by_byte(coded: Path, tmp_path: Path, options: list[str]) -> None:
    out, manifest = tmp_path / "first.csv", tmp_path / "manifest.json"
    minber(coded, "evaluate", *options, "--out", out, "--manifest", manifest)
    decide(Corpus(coded), options[0], FOURTH, [("theme", "dialogue", FOURTH)])
    minber(coded, "evaluate", *options, "--out", tmp_path / "later.csv")
    assert (options[0] == "--snapshot") == ((tmp_path / "later.csv").read_bytes() == out.read_bytes())
    again = minber(coded, "rerun", manifest, "--out", tmp_path / "again.csv")
    assert "the same as then" in again.stderr
    assert (tmp_path / "again.csv").read_bytes() == out.read_bytes()


@pytest.mark.parametrize(("language", "word"), [("en", "precision"), ("kk", "дәлдік"), ("ru", "точность")])
def test_a_picture_in_each_language(coded: Path, tmp_path: Path, language: str, word: str) -> None:
    picture = tmp_path / "machine.svg"
    done = minber(coded, "evaluate", "--by", "id", "--plot", picture, "--names", language)
    assert f"picture in {picture}" in done.stderr
    drawn = picture.read_text("utf-8")
    assert f">{word}<" in drawn
    assert "theme: b" in drawn


def test_voices(tmp_path: Path) -> None:
    made = voiced(tmp_path / "c")
    said = [("quote", "direct", "Реформа керек"), ("mention", "mention", "Тоқаев")]
    decide(made, "aigul", VOICED, said, doc_id="v", layout="voices")
    rows = json.loads(minber(made.path, "evaluate", "--format", "json").stdout)
    assert {(row["layer"], row["match"]) for row in rows} == {
        *((layer, match) for layer in ("quote", "mention") for match in ("exact", "overlap")),
        ("speaker", "overlap"),
    }
    done = minber(made.path, "evaluate", "--resample", "units", "--plot", tmp_path / "voices.html")
    assert "people marked nothing in cue, chrome" in done.stderr


def test_what_cannot_be_judged_is_said(coded: Path, tmp_path: Path) -> None:
    assert "MB480" in minber(themed(tmp_path / "new").path, "evaluate", code=1).stderr
    assert "MB480" in minber(coded, "evaluate", "--layout", "voices", code=1).stderr
    assert "minber adjudicate" in minber(coded, "evaluate", "--source", "gold", code=1).stderr
    for options in (["--source", "machine"], ["--layout", "words"], ["--layer", "quote"], ["--resample", "words"]):
        assert "MB505" in minber(coded, "evaluate", *options, code=2).stderr
    assert "MB505" in minber(coded, "evaluate", "--label", "nothing", code=2).stderr
    assert "MB501" in minber(coded, "evaluate", "--by", "party", code=2).stderr
    assert "MB475" in minber(coded, "evaluate", "--snapshot", "autumn", code=2).stderr
    for command in (["evaluate"], ["stats", "themes"], ["train"]):
        refused = minber(coded, *command, "--snapshot", "spring", "--source", "gold", code=2)
        assert "MB509 a snapshot holds what people decided" in refused.stderr
    assert "Chinchor" in minber(coded, "evaluate", "--cite").stdout


def test_labels_of_voices_have_the_names_that_people_saw(tmp_path: Path) -> None:
    made = voiced(tmp_path / "c")
    decide(made, "aigul", VOICED, [("quote", "direct", "Реформа керек")], doc_id="v", layout="voices")
    done = minber(made.path, "evaluate", "--names", "ru", "--resample", "units")
    assert "Частичная цитата" in done.stdout


def test_labels_of_another_codebook_are_told(tmp_path: Path) -> None:
    made = themed(tmp_path / "c")
    decide(made, "aigul", FIRST, [("theme", "parliament", FIRST)])
    made.record("annotate", {"codebook": {"digest": made.codebook.digest}})
    assert "codebook has changed" not in minber(made.path, "evaluate").stderr
    made.record("annotate", {"codebook": {"digest": "another"}})
    assert "codebook has changed" in minber(made.path, "evaluate").stderr
