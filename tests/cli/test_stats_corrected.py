"""``--corrected``: from labels of people and of the machine in a corpus to rates set right, on the command line."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import krippendorff
import polars as pl
import pytest

import corpus
from corpus.labels import take_snapshot
from corpus.store import Corpus
from schemas.document import Document, Source
from schemas.tables import ANNOTATIONS, LABELS, UNITS
from tests.command import minber

NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
SENTENCES = 120
GOLD = 80
"""The first sentences of each document are gold: of each, people see dialogue in every fourth."""


def speech(doc_id: str, year: int) -> tuple[Document, bytes]:
    text = " ".join(f"Сөйлем {number:03d}." for number in range(SENTENCES))
    data = (doc_id + text).encode()
    source = Source(uri=f"file:///{doc_id}", retrieved=NOW, sha256=hashlib.sha256(data).hexdigest(), reader="text@1")
    made = Document(id=doc_id, lang="kk", source=source, text=text, date=dt.date(year, 5, 1), kind="transcript")
    return made, data


def place(number: int) -> tuple[int, int]:
    return 12 * number, 12 * number + 11


def truly(number: int) -> bool:
    return number % 4 == 0


def found(number: int) -> bool:
    """The machine misses every third of them, and takes one in twenty for one that is none."""
    return number % 3 != 0 if truly(number) else number % 20 == 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = corpus.init(tmp_path_factory.mktemp("gold") / "c", name="Gold")
    documents = [speech("one", 2023), speech("two", 2024)]
    made.add_documents(documents)
    rows, units, labels = [], [], []
    for document, _ in documents:
        for number in range(SENTENCES):
            start, end = place(number)
            at = {"doc_id": document.id, "revision": document.revision, "start": start, "end": end}
            machine = {"score": 1.0, "annotator": "test@1", "origin": "machine", "attributes": "{}", "created": NOW}
            rows.append(at | machine | {"layer": "sentence", "label": "sentence", "run": "r"})
            if found(number):
                rows.append(at | machine | {"layer": "theme", "label": "dialogue", "run": "r"})
            if number < GOLD:
                unit = {"unit_id": f"{document.id}{number}", "project": "aigul", "layout": "themes"}
                units.append(
                    at | unit | {"confirmed": True, "start": start + (number % 2)}
                )  # a blank less does not matter
                if truly(number):
                    given = {"layer": "theme", "label": "dialogue", "decision": "added", "annotator": "aigul"}
                    labels.append(at | given | {"unit_id": unit["unit_id"], "project": "aigul"})
    made.append("annotations", pl.DataFrame(rows, schema=ANNOTATIONS))
    made.append("units", pl.DataFrame(units, schema=UNITS))
    made.append("labels", pl.DataFrame(labels, schema=LABELS))
    take_snapshot(Corpus(made.path), "gold-1")
    return made.path


def rows_of(folder: Path, *arguments: str) -> list[dict[str, object]]:
    done = minber(folder, "stats", *arguments, "--format", "json")
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


def test_themes_are_corrected_by_what_people_confirmed(folder: Path) -> None:
    rows = {row["theme"]: row for row in rows_of(folder, "themes", "--corrected")}
    row = rows["dialogue"]
    tp = sum(truly(number) and found(number) for number in range(GOLD))
    people = sum(map(truly, range(GOLD)))
    machine = sum(map(found, range(GOLD)))
    assert (row["recall"], row["precision"]) == (tp / people, tp / machine)
    assert (row["gold_units"], row["gold_with"]) == (2 * GOLD, 2 * people)
    assert row["share"] < 0.22
    assert row["corrected_low"] < 0.25 < row["corrected_high"]
    assert row["corrected"] == pytest.approx(0.25, abs=0.02)
    assert (rows["economy"]["corrected"], rows["economy"]["note"]) == (None, "fewer than 10 gold units with")
    assert rows["economy"]["gold_units"] == 2 * GOLD


def test_a_snapshot_is_gold_too_and_the_table_names_it(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "themes.manifest"
    options = ["themes", "--corrected", "--gold", "gold-1", "--estimator", "calibration", "--manifest", str(manifest)]
    done = minber(folder, "stats", *options)
    assert "corrected (calibration) by 160 gold units of snapshot gold-1" in done.stderr
    assert "corrected" in done.stdout.splitlines()[0]
    assert json.loads(manifest.read_text())["snapshot"]["name"] == "gold-1"
    assert minber(folder, "rerun", str(manifest)).stdout == done.stdout
    assert "MB475" in minber(folder, "stats", "themes", "--corrected", "--gold", "gold-9", code=2).stderr


def test_timelines_take_their_gold_where_they_are_told(folder: Path) -> None:
    rows = rows_of(folder, "timeline", "--corrected")
    assert [(row["period"], row["gold_units"]) for row in rows] == [("2023-01-01", 160), ("2024-01-01", 160)]
    assert all(row["corrected_low"] < 0.25 < row["corrected_high"] for row in rows)
    (late,) = rows_of(folder, "timeline", "--corrected", "--where", "year == 2024")
    assert late["gold_units"] == 80
    (late,) = rows_of(folder, "timeline", "--corrected", "--where", "year == 2024", "--gold-where", "year == 2023")
    assert late["gold_units"] == 80


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["themes", "--gold", "gold-1"], 2, "--gold is for --corrected"),
        (["themes", "--corrected", "--unit", "document"], 2, "does not go with --unit document"),
        (["timeline", "сөйлем", "--corrected"], 2, "does not go with words"),
        (["themes", "--corrected", "--source", "human"], 2, "does not go with --source human"),
        (["themes", "--corrected", "--estimator", "guess"], 2, "rogan-gladen, calibration"),
        (["themes", "--corrected", "--gold-where", 'lang == "ru"'], 1, "leaves nothing"),
    ],
)
def test_what_cannot_be_corrected_is_said(folder: Path, arguments: list[str], code: int, said: str) -> None:
    assert said in minber(folder, "stats", *arguments, code=code).stderr


def test_one_coder_says_nothing_of_agreement(folder: Path) -> None:
    done = minber(folder, "stats", "themes", "--source", "human", "--format", "json")
    assert "agreement unknown: no unit was labelled by two people" in done.stderr
    assert {(row["alpha"], row["double_coded"]) for row in json.loads(done.stdout)} == {(None, 0)}


@pytest.mark.parametrize("command", ["themes", "timeline"])
def test_agreement_stands_beside_labels_of_people(tmp_path: Path, command: str) -> None:
    made = corpus.init(tmp_path / "c", name="Two")
    document, data = speech("one", 2023)
    made.add_documents([(document, data)])
    coders = {"aigul": truly, "berik": lambda number: (truly(number) and number % 8 == 0) or number == 1}
    units, labels = [], []
    for who, gives in coders.items():
        for number in range(GOLD if who == "aigul" else 40):
            start, end = place(number)
            at = {"doc_id": "one", "revision": document.revision, "start": start, "end": end, "project": who}
            at |= {"unit_id": f"u{number}", "annotator": who}
            units.append(at | {"layout": "themes", "confirmed": True})
            if gives(number):
                labels.append(at | {"layer": "theme", "label": "dialogue", "decision": "added"})
    made.append("units", pl.DataFrame(units, schema=UNITS))
    made.append("labels", pl.DataFrame(labels, schema=LABELS))
    done = minber(made.path, "stats", command, "--source", "human", "--format", "json")
    rows = {row["theme" if command == "themes" else "series"]: row for row in json.loads(done.stdout)}
    values = [[int(gives(number)) for number in range(40)] for gives in coders.values()]
    alpha = krippendorff.alpha(reliability_data=values, level_of_measurement="nominal")
    assert rows["dialogue"]["alpha"] == pytest.approx(alpha)
    assert rows["dialogue"]["double_coded"] == 40
    assert f"agreement: alpha {alpha:.2f} on 40 unit(s)" in done.stderr
    if command == "themes":
        assert rows["economy"]["alpha"] is None


def test_sources_are_named(folder: Path) -> None:
    assert "Rogan" in minber(folder, "stats", "themes", "--cite").stdout
    assert "Zhang" in minber(folder, "stats", "timeline", "--cite").stdout


@pytest.mark.parametrize(
    "command",
    [["themes"], ["themes", "--by", "year"], ["themes", "--by", "id"], ["timeline"], ["timeline", "--by", "lang"]],
)
def test_pictures_show_the_corrected_shares_and_say_so(folder: Path, tmp_path: Path, command: list[str]) -> None:
    said = "Corrected by units that people confirmed"
    drawn = {}
    for name, option in (("plain", []), ("corrected", ["--corrected"])):
        files = ["--names", "en", "--plot", str(tmp_path / f"{name}.svg"), "--out", str(tmp_path / f"{name}.csv")]
        minber(folder, "stats", *command, *option, *files)
        drawn[name] = (tmp_path / f"{name}.svg").read_text("utf-8")
        assert (said in drawn[name]) == bool(option)
    rows = pl.read_csv(tmp_path / "corrected.csv").filter(pl.col("corrected").is_not_null())
    better, of_machine = rows.select("corrected", "share").row(0)
    for share, picture in ((better, drawn["corrected"]), (of_machine, drawn["plain"])):
        assert any(
            said in picture for said in (f"share: {100 * share:.3f}"[:-1], f"share: {share:.5f}"[:-1], f">{share:.0%}<")
        )
