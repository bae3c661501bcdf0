"""The log, the versions and the differences of a corpus that was pulled three times."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from corpus.labels import counted, diff, events, state, take_snapshot, versions
from schemas.errors import MinberError
from schemas.tables import LABELS
from tests.corpus.labels.pulls import EARLY, FIRST, SECOND, label, pulled, speeches, three_pulls


@pytest.fixture
def pulls(tmp_path):
    made = speeches(tmp_path / "c")
    return made, three_pulls(made)


def test_the_log_tells_everything_in_order(pulls):
    made, (first, second, third) = pulls
    found = events(made, "speech")
    told = found.select("version", "event", "annotator", "layer", "label", "was", "words").rows()
    assert sorted(told, key=repr) == sorted(
        [
            (first, "added", "aigul", "theme", "dialogue", None, FIRST),
            (second, "confirmed", "berik", "theme", "human_rights", None, SECOND),
            (second, "rejected", "berik", "theme", "economy", None, SECOND),
            (second, "confirmed", "berik", "unit", None, None, SECOND),
            (second, "commented", "berik", "comment", None, None, "Екеуі де ме? 🤔"),
            (third, "changed", "aigul", "theme", "rule_of_law", "dialogue", FIRST),
        ],
        key=repr,
    )
    assert found["when"].is_sorted()
    assert (found["when"] <= found["seen"]).all()
    times = {(row["event"], row["layer"]): row for row in found.to_dicts()}
    assert times["added", "theme"]["when"] == EARLY, "as the server told"
    assert times["commented", "comment"]["when"] == EARLY - dt.timedelta(hours=1)
    assert times["rejected", "theme"]["when"] == times["rejected", "theme"]["seen"], "nobody knows when"
    assert set(found["round"]) == {1}


def test_what_a_later_pull_found_did_not_happen_before_the_earlier_one(tmp_path):
    """A clock of the server that is wrong must not turn the order of events round."""
    made = speeches(tmp_path / "c")
    pulled(made, [label(FIRST, "dialogue", "aigul", last_changed=EARLY)], {})
    pulled(made, [label(FIRST, "economy", "berik", last_changed=EARLY - dt.timedelta(days=1))], {})
    future = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    pulled(made, [label(FIRST, "parliament", "berik", last_changed=future)], {})
    found = events(made)
    assert found["version"].is_sorted()
    assert found["when"].is_sorted()
    assert found["when"].max() < future


def test_the_log_of_an_unknown_document_is_an_error(pulls):
    with pytest.raises(MinberError, match="MB206"):
        events(pulls[0], "nothing")


def test_compaction_and_a_pull_without_news_are_no_events(pulls):
    made, _ = pulls
    before = events(made)
    made.replace("labels", made.labels.collect(), "project = 'p'")
    assert made.compact("labels", at_least=1) == ["labels"]
    after = events(made)
    assert after.equals(before)
    assert len(versions(made)) == 3


def test_labels_of_an_older_minber_have_a_history_too(tmp_path):
    made = speeches(tmp_path / "c")
    old = pl.DataFrame([label(FIRST, "dialogue", "aigul", revision="r")]).drop("round")
    made.append("labels", old)
    [event] = events(made).to_dicts()
    assert (event["event"], event["round"], event["words"]) == ("added", 1, None), "a text that is not here"


def test_versions_name_people_and_snapshots(pulls):
    made, numbers = pulls
    take_snapshot(made, "gold", state(made, str(numbers[1])))
    found = versions(made)
    assert [one.version for one in found] == numbers
    assert [one.people for one in found] == [("aigul",), ("berik",), ("aigul",)]
    assert [one.changes for one in found] == [{"added": 1}, {"rejected": 1, "confirmed": 1}, {"changed": 1}]
    assert [one.labels for one in found] == [1, 3, 3]
    assert [one.snapshots for one in found] == [(), ("gold",), ()]


def test_states_have_many_names(pulls):
    made, (first, second, third) = pulls
    assert state(made).version == state(made, str(third)).version == third
    assert state(made, "previous").version == second
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    assert state(made, today).version == third
    assert state(made, "2020-01-01").version == -1
    moment = state(made, str(second)).time
    assert state(made, moment.isoformat()).version == second
    assert state(made, f"{moment:%Y-%m-%dT%H:%M:%S.%f}").version == second
    assert state(made, (moment - dt.timedelta(milliseconds=2)).isoformat()).version == first
    assert state(made, str(first)).units.filter(pl.col("confirmed")).height == 0, "the books of that pull"
    assert state(made, str(second)).units.filter(pl.col("confirmed")).height == 1
    for wrong in ("99", "nothing", "2026-13-01", "-1"):
        with pytest.raises(MinberError, match="MB470"):
            state(made, wrong)


def test_a_difference_is_the_change_as_a_whole(pulls):
    made, (first, second, third) = pulls
    changes = diff(made, state(made, str(first)), state(made, str(third)))
    assert set(changes.select("event", "annotator", "layer", "label").rows()) == {
        ("changed", "aigul", "theme", "rule_of_law"),
        ("confirmed", "berik", "theme", "human_rights"),
        ("rejected", "berik", "theme", "economy"),
        ("confirmed", "berik", "unit", None),
        ("commented", "berik", "comment", None),
    }
    assert set(changes["words"]) == {FIRST, SECOND, "Екеуі де ме? 🤔"}
    people = {row["annotator"]: row["total"] for row in counted(changes, "annotator").to_dicts()}
    assert people == {"aigul": 1, "berik": 4}
    back = diff(made, state(made, str(third)), state(made, str(first)))
    assert sorted(back.filter(pl.col("layer") != "comment")["event"]) == [
        "changed",
        "unconfirmed",
        "withdrawn",
        "withdrawn",
    ]
    assert diff(made, state(made), state(made)).height == 0
    assert diff(made, state(made, "2020-01-01"), state(made, str(second))).height == 5


def test_rounds_are_told_apart(pulls):
    made, _ = pulls
    again = label(FIRST, "economy", "aigul", project="p · r2", round=2, revision=made.document("speech").revision)
    made.append("labels", pl.DataFrame([again], schema=LABELS))
    found = counted(events(made), "round")
    assert dict(found.select("round", "total").iter_rows()) == {1: 6, 2: 1}
    [last] = events(made).filter(round=2).to_dicts()
    assert (last["event"], last["project"]) == ("added", "p · r2"), "the first round's label of the same unit stays"
    assert take_snapshot(made, "both").rounds == (1, 2)


def test_a_snapshot_differs_from_what_came_later(pulls):
    made, (_, second, third) = pulls
    take_snapshot(made, "gold", state(made, str(second)))
    assert diff(made, state(made, "gold"), state(made, str(second))).height == 0
    found = diff(made, state(made, "gold"), state(made))
    assert found.select("event", "label", "was").rows() == [("changed", "rule_of_law", "dialogue")]
    assert diff(made, state(made, str(third)), state(made, "gold")).height == 1


def test_a_history_with_a_hole_is_an_error_and_no_shorter_history(pulls):
    made, numbers = pulls
    (made.path / "labels" / "_delta_log" / f"{numbers[0]:020}.json").unlink()
    with pytest.raises(MinberError, match="MB204"):
        events(made)
