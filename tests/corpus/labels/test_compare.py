"""What happened between two states: laws that hold for any states, and each kind by example."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.labels import compare_labels, compare_units, counted
from schemas.tables import LABELS, UNITS
from tests.examples import examples

ROW = {
    "doc_id": "d",
    "revision": "r",
    "unit_id": "u",
    "project": "p",
    "layer": "theme",
    "label": "dialogue",
    "start": 0,
    "end": 9,
    "annotator": "aigul",
    "decision": "added",
    "confirmed": False,
}
UNIT = {
    "unit_id": "u",
    "doc_id": "d",
    "revision": "r",
    "start": 0,
    "end": 9,
    "project": "p",
    "pulled": "[]",
    "confirmed": False,
    "comments": "[]",
}
_VALUES = {
    "doc_id": ["d", "e"],
    "unit_id": ["u", "v"],
    "layer": ["theme", "evidence"],
    "label": ["dialogue", "parliament", "rights"],
    "start": [0, 4],
    "annotator": ["aigul", "berik"],
    "decision": ["added", "rejected", "confirmed"],
    "confirmed": [True, False],
}
_KEY = ["doc_id", "unit_id", "layer", "label", "start", "end", "annotator"]
rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in _VALUES.items()}).map(
    lambda row: ROW | row
)
states = st.lists(rows, max_size=12, unique_by=lambda row: tuple(row[name] for name in _KEY)).map(
    lambda found: pl.DataFrame(found, schema=LABELS)
)


def labels(*found: dict) -> pl.DataFrame:
    return pl.DataFrame([ROW | row for row in found], schema=LABELS)


def units(**fields) -> pl.DataFrame:
    return pl.DataFrame([UNIT | fields], schema=UNITS)


def told(frame: pl.DataFrame) -> list[tuple]:
    return frame.select("event", "annotator", "label", "field", "was").rows()


@given(states)
def test_nothing_happens_between_a_state_and_itself(state):
    assert compare_labels(state, state).height == 0


@given(states, st.randoms())
def test_the_order_of_rows_and_the_times_of_seeing_are_no_change(state, chance):
    shuffled = state.sample(fraction=1.0, shuffle=True, seed=chance.randint(0, 99))
    seen = shuffled.with_columns(last_seen=pl.lit("2026-01-01").str.to_datetime(time_zone="UTC", time_unit="us"))
    assert compare_labels(state, seen).height == 0


@examples(200)
@given(states, states)
def test_the_changes_lead_from_one_state_to_the_other(before, after):
    """Applied to the first state, what is told gives the decisions of the second: nothing is told twice or left out."""
    changes = compare_labels(before, after)
    held = {tuple(row[name] for name in _KEY): row["decision"] for row in before.to_dicts()}
    for row in changes.to_dicts():
        key = {name: row[name] for name in _KEY}
        if row["event"] == "withdrawn":
            assert held.pop(tuple(key.values())) == row["decision"]
            continue
        old = dict(key)
        if row["event"] == "changed":
            if row["field"] == "range":
                old["start"], old["end"] = map(int, row["was"].split("-"))
            else:
                old[row["field"]] = row["was"]
            held.pop(tuple(old.values()), None)
        held[tuple(key.values())] = row["decision"]
    assert held == {tuple(row[name] for name in _KEY): row["decision"] for row in after.to_dicts()}


@given(states)
def test_everything_is_new_after_nothing_and_withdrawn_before_it(state):
    none = pl.DataFrame(schema=LABELS)
    assert sorted(compare_labels(none, state)["event"]) == sorted(state["decision"])
    assert set(compare_labels(state, none)["event"]) <= {"withdrawn"}
    assert compare_labels(state, none).height == state.height


@given(states, states)
def test_counts_add_up(before, after):
    changes = compare_labels(before, after)
    for by in ("doc_id", "annotator", "layer"):
        found = counted(changes, by)
        assert found["total"].sum() == changes.height
        assert sum(found[kind].sum() for kind in set(changes["event"])) == changes.height


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (labels({}), labels({"decision": "confirmed"}), [("confirmed", "aigul", "dialogue", "decision", "added")]),
        (labels({}), labels({"label": "rights"}), [("changed", "aigul", "rights", "label", "dialogue")]),
        (
            labels({"layer": "evidence", "end": 5}),
            labels({"layer": "evidence", "start": 3, "end": 7}),
            [("changed", "aigul", "dialogue", "range", "0-5")],
        ),
        (
            labels({"layer": "evidence", "end": 3}),
            labels({"layer": "evidence", "start": 5, "end": 7}),
            [("withdrawn", "aigul", "dialogue", "decision", "added"), ("added", "aigul", "dialogue", None, None)],
        ),
        (
            labels({"annotator": "unknown", "decision": "rejected"}),
            labels({"annotator": "berik", "decision": "rejected"}),
            [("changed", "berik", "dialogue", "annotator", "unknown")],
        ),
        (  # which of the two became which cannot be known
            labels({}, {"label": "rights"}),
            labels({"label": "parliament"}),
            [
                ("withdrawn", "aigul", "dialogue", "decision", "added"),
                ("added", "aigul", "parliament", None, None),
                ("withdrawn", "aigul", "rights", "decision", "added"),
            ],
        ),
        (  # a rejection taken back is no change of a label
            labels({"decision": "rejected"}),
            labels({"label": "rights"}),
            [("withdrawn", "aigul", "dialogue", "decision", "rejected"), ("added", "aigul", "rights", None, None)],
        ),
        (labels({}), labels({"confirmed": True}), []),
        (  # a new revision: the old decision stays where it is
            labels({}),
            labels({}, {"revision": "s", "unit_id": "v", "attributes": '{"carried": {"revision": "r"}}'}),
            [("carried", "aigul", "dialogue", "revision", "r")],
        ),
        (  # an arrow from the same words to others
            labels({"layer": "relation", "attributes": '{"target": [12, 15]}'}),
            labels({"layer": "relation", "attributes": '{"target": [12, 18]}'}),
            [("added", "aigul", "dialogue", None, None), ("withdrawn", "aigul", "dialogue", "decision", "added")],
        ),
        (
            labels({"unit_id": ""}),
            labels({"unit_id": "", "confirmed": True}),
            [("confirmed", "aigul", "dialogue", None, None)],
        ),
    ],
)
def test_kinds_of_changes(before, after, expected):
    assert told(compare_labels(before, after)) == expected


def test_check_marks_come_and_go():
    on = units(confirmed=True, confirmed_by="aigul")
    assert told(compare_units(units(), on)) == [("confirmed", "aigul", None, None, None)]
    assert told(compare_units(on, units())) == [("unconfirmed", "aigul", None, None, None)]
    assert told(compare_units(pl.DataFrame(schema=UNITS), on)) == [("confirmed", "aigul", None, None, None)]
    assert compare_units(on, units(pulled=None)).height == 0, "a project made anew, not read yet, tells of nobody"
    own = units(confirmed=True, annotator="berik")
    assert told(compare_units(units(annotator="berik"), own)) == [("confirmed", "berik", None, None, None)]


comments = st.lists(
    st.fixed_dictionaries(
        {
            "user": st.sampled_from(["aigul", "berik"]),
            "text": st.sampled_from(["why?", "жоқ", "😀"]),
            "created": st.sampled_from(["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.5Z"]),
        }
    ),
    max_size=5,
)


@given(comments, comments)
def test_comments_are_a_bag_that_the_changes_lead_through(before, after):
    changes = compare_units(units(comments=json.dumps(before)), units(comments=json.dumps(after)))
    held = [(row["user"], row["text"]) for row in before]
    for event, who, was, words in changes.select("event", "annotator", "was", "words").rows():
        if event in ("withdrawn", "changed"):
            held.remove((who, words if event == "withdrawn" else was))
        if event in ("commented", "changed"):
            held.append((who, words))
    assert sorted(held) == sorted((row["user"], row["text"]) for row in after)


def test_a_comment_has_the_time_of_the_server():
    note = json.dumps([{"user": "aigul", "text": "why?", "created": "2026-01-31T10:00:00.5Z"}])
    found = compare_units(units(), units(comments=note))
    assert found["at"].dt.to_string("iso").to_list() == ["2026-01-31 10:00:00.500000+00:00"]
    assert compare_units(units(), units(comments=note), comments=False).height == 0
