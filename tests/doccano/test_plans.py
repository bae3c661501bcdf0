"""Plans over a year: texts and people come and go, settings change, and nothing that was given is taken or altered."""

import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from corpus.doccano.books import UNIT_KEYS
from corpus.doccano.teams import plan_push, team_of
from schemas.tables import UNITS
from tests.doccano.corpora import add, make_corpus
from tests.doccano.team import settle, themed
from tests.examples import examples

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PEOPLE = ["aigul", "berik", "dana", "erlan"]
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.integers(1, 9)),
        st.tuples(st.just("people"), st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True)),
        st.tuples(st.just("overlap"), st.sampled_from([0.0, 0.2, 0.5, 1.0, None])),
        st.tuples(st.just("preannotate"), st.sampled_from(["all", "half", "none"])),
        st.tuples(st.just("reassign"), st.none()),
        st.tuples(st.just("killed"), st.integers(0, 3)),
    ),
    min_size=2,
    max_size=9,
)


def send(made, handout, people):
    """What a push writes into the books when all of it arrives."""
    team = handout.team
    rows = [
        {"unit_id": unit.unit_id, "doc_id": unit.doc_id, "revision": unit.revision, "start": unit.start}
        | {"end": unit.end, "server": "http://127.0.0.1:9", "project": team.project(person), "project_id": 1}
        | {"layout": "themes", "pushed": "[]", "confirmed": False, "pushed_at": NOW, "annotator": person}
        | {"round": 1, "preannotated": unit.preannotated}
        for person in people
        for unit in handout.units[person]
    ]
    if rows:
        made.upsert("units", pl.DataFrame(rows, schema=UNITS), UNIT_KEYS)


@examples(12, suppress_health_check=list(HealthCheck))
@given(EVENTS)
def test_what_was_given_stays_and_looks_the_same(events):
    with tempfile.TemporaryDirectory() as folder:
        made = make_corpus(Path(folder) / "c", "http://127.0.0.1:9", {"d": themed(7)})
        made = settle(made, annotators=PEOPLE[:2], overlap=0.2, preannotate="half")
        had, looked = {}, {}
        for number, (what, value) in enumerate([("start", None), *events]):
            if what == "text":
                add(made, {f"d{number}": themed(value, f"сөз{number}")})
            elif what in ("people", "overlap", "preannotate"):
                made = settle(made, **{"annotators" if what == "people" else what: value})
            people = made.settings.doccano.annotators
            handout = plan_push(made, team_of(made), "kk", reassign=what == "reassign")
            handout.write(made)
            send(made, handout, people[:value] if what == "killed" else people)
            given_now = {}
            for person, units in handout.units.items():
                for unit in units:
                    given_now.setdefault(unit.unit_id, set()).add(person)
                    assert looked.setdefault(unit.unit_id, unit.preannotated) == unit.preannotated
                    assert unit.preannotated or not unit.labels
            for person in people:
                names = {unit.unit_id for unit in handout.units[person]}
                assert names >= had.get(person, set()), "nothing is taken from anybody who is here"
                had[person] = names
            gone = [name for name in had if name not in people]
            everything = {unit.unit_id for unit in handout.found.units}
            assert everything <= given_now.keys() | {unit for name in gone for unit in had[name]}, (
                "no unit is forgotten"
            )
            if what == "reassign" and made.settings.doccano.overlap is not None:
                assert everything == given_now.keys(), "nothing waits with somebody who left"
