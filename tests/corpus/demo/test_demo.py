from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

import corpus
from tests.command import run

BOUND = 60  # seconds; a demo takes about a tenth of it on an idle machine, tests run beside each other


def minber(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from corpus.cli import main; main()", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINBER_")}
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=200, env=kept | environment
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str], float]:
    folder = tmp_path_factory.mktemp("clean")
    began = time.monotonic()
    done = minber("demo", cwd=folder, COLUMNS="110")
    return folder / "minber-demo", done, time.monotonic() - began


@pytest.mark.slow
def test_ends_well_and_soon(ran: tuple[Path, subprocess.CompletedProcess[str], float]) -> None:
    folder, done, seconds = ran
    assert done.returncode == 0, done.stderr
    assert seconds < BOUND
    assert re.search(r"demo: 5 documents in .*minber-demo, \d", done.stderr)
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout  # a pipe gets no colours
    assert (folder / "minber.toml").is_file()


@pytest.mark.slow
def test_shows_who_says_what(ran: tuple[Path, subprocess.CompletedProcess[str], float]) -> None:
    text = " ".join(ran[1].stdout.split())
    for words in (
        "[Ерлан Сәрсенов] Бұрын ауылдың тағдыры",
        "[Ерлан Сәрсенов] Халықпен ашық диалог болмаған жерде",
        "[Айгүл Тұрсынова] Отырыстардың бәрі ашық өтеді",
        "[Дана Қаратаева] ауыл көптен күткен әңгіме",
        "Public dialogue",
        "Decentralisation",
        "$ minber stats overview",
        "$ minber stats freq",
        "$ minber stats themes",
        "minber push",
    ):
        assert words in text, words


@pytest.mark.slow
def test_quotations_of_all_three_languages(ran: tuple[Path, subprocess.CompletedProcess[str], float]) -> None:
    opened = corpus.open(ran[0])
    documents = {row["id"]: row for row in opened.documents.collect().to_dicts()}
    found: dict[str, set[str]] = {}
    for row in opened.annotations.collect().to_dicts():
        document = documents[row["doc_id"]]
        if row["layer"] == "quote" and document["kind"] == "report":
            found.setdefault(document["lang"], set()).add(str(json.loads(row["attributes"])["speaker"]))
    assert found == {
        "kk": {"Ерлан Сәрсенов", "Айгүл Тұрсынова", "Дана Қаратаева"},
        "ru": {"Ерлан Сарсенов", "Айгуль Турсунова", "Дана Каратаева"},
        "en": {"Erlan Sarsenov", "Aigul Tursunova", "Dana Qarataeva"},
    }
    kk = next(row["id"] for row in documents.values() if row["lang"] == "kk" and row["kind"] == "report")
    assert {row["version_of"] for row in documents.values() if row["kind"] == "report"} == {None, kk}
    speakers = {row["speaker"] for row in documents.values() if row["kind"] == "transcript"}
    assert speakers == {"Қасым-Жомарт Тоқаев", "Jimmy Carter"}


@pytest.mark.slow
def test_files_are_for_people_and_programs(ran: tuple[Path, subprocess.CompletedProcess[str], float]) -> None:
    folder = ran[0]
    lines = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5
    rows = [json.loads(line) for line in (folder / "doccano.jsonl").read_bytes().splitlines()]
    assert (folder / "doccano.jsonl").read_bytes().isascii()
    assert len(rows) > 150
    assert any(row["cats"] and row["entities"] for row in rows)
    assert not any(row["text"].startswith("Басты бет") for row in rows)  # furniture is not labelled
    index = (folder / "pages" / "index.html").read_text(encoding="utf-8")
    pages = re.findall(r'href="([^"]+\.html)"', index)
    assert len(pages) == 5
    for page in pages:
        assert (folder / "pages" / page).stat().st_size > 5000
    assert "akorda.kz" in (folder / "texts" / "SOURCES.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_again_changes_nothing(ran: tuple[Path, subprocess.CompletedProcess[str], float]) -> None:
    folder = ran[0]
    before = {name: corpus.open(folder).version(name) for name in ("documents", "annotations")}
    exported = (folder / "corpus.jsonl").read_bytes()
    again = minber("demo", str(folder), "--quiet", cwd=folder.parent)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert before == {name: corpus.open(folder).version(name) for name in before}
    assert (folder / "corpus.jsonl").read_bytes() == exported


def test_keeps_off_folders_of_others(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("мәтін", encoding="utf-8")
    for place in (tmp_path, tmp_path / "thesis.txt"):
        refused = run("demo", place, folder=tmp_path)
        assert refused.code == 2
        assert "MB700" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    wrong = run("demo", "x", "--language", "tlh", folder=tmp_path)
    assert wrong.code == 2
    assert "MB002" in wrong.stderr
    assert not (tmp_path / "x").exists()


def test_every_text_names_its_source() -> None:
    data = files("corpus.demo") / "data"
    manifest = yaml.safe_load((data / "manifest.yaml").read_text(encoding="utf-8"))
    sources = (data / "SOURCES.md").read_text(encoding="utf-8")
    for text in manifest["texts"]:
        assert f"`{text['file']}`" in sources
        assert (data / text["file"]).is_file()
