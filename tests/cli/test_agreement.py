"""``minber agreement`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from corpus.cli.app import main
from schemas.codebook import load_codebook
from tests.corpus.agreement.teams import labelled

CODED = {
    "aigul": [["dialogue"], ["dialogue", "parliament"], [], ["elections"], ["dialogue"], ["parliament"]],
    "berik": [["dialogue"], ["dialogue"], [], ["parliament"], None, ["parliament"]],
    "dana": [["dialogue"], ["parliament"], ["elections"], ["elections"], ["dialogue"], None],
}


@pytest.fixture
def minber(tmp_path, monkeypatch, capfd):
    """Run a command; gives exit code, standard output, standard error."""
    made = labelled(tmp_path / "c", CODED)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["minber", "--corpus", str(made.path), *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return run


def test_a_table_for_reading_and_one_for_programs(minber):
    code, out, err = minber("agreement", "--replicates", "50")
    assert code == 0
    titles = ["measure", "layer", "value", "low", "high", "raw", "units", "coded", "coders"]
    assert out.split("\n")[0].split() == titles
    assert "%" not in out, "alpha is no share"
    assert "6 confirmed unit(s), 6 by two people or more; aigul 6, berik 5, dana 5" in err
    code, out, _ = minber("agreement", "--by", "theme,pair", "--format", "csv", "--replicates", "0")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["measure"] for row in rows} == {"alpha", "fleiss", "cohen"}
    assert "dialogue | aigul / berik" in {row["group"] for row in rows}
    code, out, _ = minber("agreement", "--measure", "alpha_masi", "--format", "json")
    [row] = json.loads(out)
    assert row["low"] <= row["value"] <= row["high"]
    assert (row["units"], row["coded"], row["coders"]) == (6, 6, 3)


def test_disagreements_as_a_concordance(minber):
    code, out, _ = minber("agreement", "--disagreements", "2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["from"] for row in rows] == ["100", "200"]
    assert list(rows[0])[:6] == ["docname", "from", "to", "pre", "keyword", "post"]
    assert all(row["keyword"].startswith("Сөйлем") for row in rows)
    assert float(rows[0]["disagreement"]) >= float(rows[1]["disagreement"]) > 0
    code, out, _ = minber("agreement", "--disagreements", "1")
    assert "Сөйлем" in out
    assert "aigul:" in out


def test_confusions_as_a_table_and_a_picture(minber, tmp_path):
    picture = tmp_path / "confusion.svg"
    code, out, _ = minber("agreement", "--confusion", "--format", "csv", "--plot", str(picture))
    assert code == 0
    rows = {(row["label"], row["other"]): int(row["count"]) for row in csv.DictReader(io.StringIO(out))}
    assert rows["elections", "parliament"] == rows["parliament", "elections"] == 2
    drawn = picture.read_text("utf-8")
    assert "<svg" in drawn
    assert load_codebook("reforms").theme("parliament").name("kk") in drawn, "themes by their names"


def test_a_snapshot_keeps_its_agreement(minber):
    _, now, _ = minber("agreement", "--format", "csv", "--replicates", "20")
    code, _, _ = minber("labels", "snapshot", "spring")
    assert code == 0
    code, then, _ = minber("agreement", "--snapshot", "spring", "--format", "csv", "--replicates", "20")
    assert code == 0
    assert then == now


def test_what_cannot_be_computed_is_said(minber):
    code, _, err = minber("agreement", "--layout", "voices")
    assert code == 1
    assert "MB480" in err
    code, _, err = minber("agreement", "--measure", "beta")
    assert code == 2
    assert "MB505" in err
    code, _, err = minber("agreement", "--round", "2")
    assert "MB480" in err
    code, out, _ = minber("agreement", "--cite")
    assert code == 0
    assert "Passonneau" in out
