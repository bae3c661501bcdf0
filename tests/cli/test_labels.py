"""``minber labels`` as a user runs it, on a corpus that was pulled three times."""

from __future__ import annotations

import csv
import io
import json

import pytest

from corpus.cli.app import main
from corpus.labels import snapshots
from tests.corpus.labels.pulls import SECOND, pulled, speeches, three_pulls


@pytest.fixture
def made(tmp_path):
    one = speeches(tmp_path / "c")
    three_pulls(one)
    return one


@pytest.fixture
def minber(made, monkeypatch, capfd):
    """Run a command; gives exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["minber", "--corpus", str(made.path), *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return end.value.code or 0, out, err

    return run


def test_log(minber):
    code, out, err = minber("labels", "log", "speech", "--format", "json")
    rows = json.loads(out)
    assert (code, len(rows)) == (0, 6)
    assert "6 event(s) of 2 person(s)" in err
    assert rows[0]["when"] == "2020-01-31T09:00:00.000000Z"
    assert {row["words"] for row in rows if row["event"] == "confirmed"} == {SECOND}
    code, out, _ = minber("labels", "log", "speech", "--who", "aigul", "--event", "changed", "--format", "csv")
    [row] = csv.DictReader(io.StringIO(out))
    assert (row["label"], row["field"], row["was"], row["round"]) == ("rule_of_law", "label", "dialogue", "1")
    code, out, _ = minber("labels", "log", "--layer", "comment")
    assert (code, "🤔" in out, "unit_id" in out) == (0, True, False)


def test_log_tells_what_is_wrong(minber):
    code, out, err = minber("labels", "log", "nothing")
    assert (code, out, "MB206 nothing" in err) == (2, "", True)
    code, _, err = minber("labels", "log", "--event", "deleted")
    assert (code, "MB505" in err, "withdrawn" in err) == (2, True, True)


def test_diff(minber):
    code, out, err = minber("labels", "diff")
    assert code == 0
    assert "rule_of_law" in out
    assert "1 change(s) from previous (3 labels" in err
    code, out, _ = minber("labels", "diff", "2020-01-01", "latest", "--format", "json")
    found = json.loads(out)
    assert found["before"] == {"name": "2020-01-01", "version": -1, "time": None, "labels": 0}
    assert {row["annotator"]: row["total"] for row in found["people"]} == {"aigul": 1, "berik": 4}
    assert [row["doc_id"] for row in found["documents"]] == ["speech"]
    assert len(found["changes"]) == 5
    _, out, _ = minber("labels", "diff", "2020-01-01", "latest", "--by", "annotator", "--format", "csv")
    assert [row["total"] for row in csv.DictReader(io.StringIO(out))] == ["4", "1"]
    code, _, err = minber("labels", "diff", "77")
    assert (code, "MB470 77" in err, "from 0 to 3" in err) == (2, True, True)


def test_a_snapshot_from_taking_to_export(minber, made, tmp_path):
    code, out, err = minber("labels", "snapshot", "gold-1", "--at", "previous", "--note", "for May")
    checksum, name = out.split()
    assert (code, name, len(checksum)) == (0, "gold-1", 64)
    assert "3 labels, 2 units (1 confirmed), 1 documents; codebook reforms" in err
    code, _, err = minber("labels", "snapshot", "gold-1")
    assert (code, "MB471 gold-1" in err) == (2, True)
    pulled(made, [], {})
    assert minber("labels", "verify", "gold-1", "--checksum", checksum[:10])[:2] == (0, f"{checksum}  gold-1\n")
    code, _, err = minber("labels", "verify", "gold-1", "--checksum", "abc")
    assert (code, "MB472 gold-1" in err) == (1, True)
    assert "MB475" in minber("labels", "verify", "gold-2")[2]
    _, out, _ = minber("labels", "snapshots", "--format", "json")
    assert [(row["name"], row["checksum"], row["note"]) for row in json.loads(out)] == [("gold-1", checksum, "for May")]
    _, out, _ = minber("labels", "snapshots")
    assert "gold-1" in out
    assert checksum[:12] in out
    _, out, _ = minber("labels", "versions", "--format", "json")
    assert [row["snapshots"] for row in json.loads(out)] == [[], ["gold-1"], [], []]
    code, out, _ = minber("labels", "export", "gold-1", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["label"], row["decision"], row["annotator"]) for row in rows] == [
        ("dialogue", "added", "aigul"),
        ("economy", "rejected", "berik"),
        ("human_rights", "confirmed", "berik"),
    ]
    assert rows[2]["words"] == SECOND
    assert minber("export", "jsonl", str(tmp_path / "gold.jsonl"), "--snapshot", "gold-1")[0] == 0
    line = json.loads((tmp_path / "gold.jsonl").read_text("utf-8"))
    assert sum(row["origin"] == "human" for row in line["annotations"]) == 3
    minber("export", "jsonl", str(tmp_path / "now.jsonl"))
    line = json.loads((tmp_path / "now.jsonl").read_text("utf-8"))
    assert sum(row["origin"] == "human" for row in line["annotations"]) == 0, "all were withdrawn since"


def test_statistics_of_a_snapshot_can_be_made_again(minber, made, tmp_path):
    minber("labels", "snapshot", "gold")
    pulled(made, [], {})
    code, _, err = minber("stats", "themes", "--source", "human")
    assert (code, "MB506" in err) == (1, True), "nobody's check mark is there any more"
    files = ("--out", str(tmp_path / "a.csv"), "--manifest", str(tmp_path / "a.json"))
    code, _, err = minber("stats", "themes", "--snapshot", "gold", *files)
    assert code == 0
    assert "1 labelled units, labels of human origin" in err
    rows = {row["theme"]: row for row in csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8-sig"))}
    assert (rows["human_rights"]["count"], rows["human_rights"]["n"], rows["economy"]["count"]) == ("1", "1", "0")
    [taken] = snapshots(made)
    manifest = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert manifest["snapshot"] == {"name": "gold", "checksum": taken.checksum}
    code, _, err = minber("rerun", str(tmp_path / "a.json"), "--out", str(tmp_path / "b.csv"))
    assert (code, "the same as then" in err) == (0, True)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    code, out, _ = minber("stats", "themes", "--snapshot", "gold", "--tokens", "lemma", "--format", "json")
    spoken = {row["theme"]: row for row in json.loads(out)}
    assert (code, spoken["human_rights"]["words"], spoken["economy"]["words"]) == (0, len(SECOND.split()), 0)
    assert spoken["human_rights"]["word_share"] == 1, "of the unit that was confirmed"
    assert minber("stats", "timeline", "--snapshot", "gold")[0] == 0
    code, _, err = minber("stats", "timeline", "реформа*", "--snapshot", "gold")
    assert (code, "MB509" in err) == (2, True)
    code, _, err = minber("stats", "versions", "--snapshot", "gold")
    assert (code, "MB506" in err) == (1, True), "one language only"
