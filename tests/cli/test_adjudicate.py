"""``minber adjudicate`` by rules, as a user runs it."""

from __future__ import annotations

import csv
import io

from tests.cli.test_agreement import minber  # noqa: F401 -- the fixture


def test_rules_gold_and_statistics(minber):  # noqa: F811
    code, _, err = minber("adjudicate")
    assert code == 0
    assert "3 unit(s) decided (3 unanimous)" in err
    assert "3 unit(s) undecided" in err
    code, _, err = minber("adjudicate", "--majority", "--prefer", "aigul")
    assert "6 unit(s) decided (3 majority, 3 unanimous)" in err
    code, out, err = minber("adjudicate", "gold", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    origins = {(row["start"], row["label"]): row["decided"] for row in rows}
    assert origins["0", "dialogue"] == "unanimous"
    assert origins["100", "parliament"] == "majority"
    assert all(row["words"].startswith("Сөйлем") for row in rows)
    assert "6 gold label(s) in 6 decided unit(s)" in err
    code, out, _ = minber("stats", "themes", "--source", "gold", "--format", "csv")
    counts = {row["theme"]: (int(row["count"]), int(row["n"])) for row in csv.DictReader(io.StringIO(out))}
    assert counts["dialogue"] == (3, 6)
    assert counts["parliament"] == (2, 6)
    code, _, err = minber("adjudicate", "--prefer", "nobody")
    assert code == 2
    assert "MB505" in err
    code, out, _ = minber("adjudicate", "push", "--help")
    assert code == 0
    assert "--prefill" in out


def test_gold_is_needed_before_it_is_counted(minber):  # noqa: F811
    code, _, err = minber("stats", "themes", "--source", "gold")
    assert code == 1
    assert "MB506" in err
    assert "minber adjudicate" in err
