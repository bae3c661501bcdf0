"""A team from end to end on the real server: three label, they differ, agreement is measured, one decides, gold."""

from __future__ import annotations

import json

import polars as pl
import pytest

from corpus.adjudication import adjudicated, gold, pull_decisions, push_disagreements
from corpus.agreement import agreement, masi_alpha, read_codings
from corpus.cli.app import main
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from schemas.errors import MinberError
from tests.corpus.agreement.teams import frame
from tests.doccano.corpora import emoji_document, make_corpus, speech_document
from tests.doccano.people import Person, kk, project_of

pytestmark = pytest.mark.server

PEOPLE = ("aigul", "berik", "dana")


@pytest.fixture
def made(doccano_server, tmp_path, monkeypatch):
    documents = {"emoji": emoji_document(), "speech": speech_document()}
    monkeypatch.setenv("MINBER_DOCCANO_PASSWORD", doccano_server.password)
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name="Team run")


def meta_of(client, project, unit):
    [row] = [row["meta"] for row in client.examples(project) if row["meta"]["range"] == unit.rsplit(":", 1)[1]
             and row["meta"]["doc_id"] == unit.split(":")[0]]  # fmt: skip
    return row


def test_quotations_are_adjudicated_by_stretches(made, doccano_server, doccano_client):
    """A label type that people made themselves can be told of, but not filled in."""
    admin = doccano_client
    projects = {name: project_of(push(made, admin, "voices", annotator=name)) for name in PEOPLE[:2]}
    own = {"text": "Сұрақ", "background_color": "#333333", "text_color": "#ffffff"}
    for project in projects.values():
        admin.create_label_types(project, "span", [own])
    people = {name: Person(doccano_server, admin, project, name) for name, project in projects.items()}
    texts = dict(made.documents.select("id", "text").collect().iter_rows())
    places = {
        row["unit_id"]: texts[row["doc_id"]][row["start"] : row["end"]] for row in made.units.collect().to_dicts()
    }
    [akims] = [unit for unit, text in places.items() if "Жергілікті" in text]
    words = places[akims].index("Жергілікті"), places[akims].index("түбегейлі")
    for person in people.values():
        person.add(akims, "span", "Сұрақ", *words)
    people["berik"].remove(akims, "span", "Сөйлеуші")
    for name, person in people.items():
        person.confirm(akims)
        pull(made, admin, "voices", annotator=name)
    found = agreement(made, "voices", by=["layer"], measures=["alpha_u"])
    values = {row["layer"]: row["value"] for row in found.to_dicts()}
    assert values["quote"] == values["cue"] == 1.0
    assert values["mention"] <= 0
    report = push_disagreements(made, admin, "voices")
    assert (report.units, report.sent) == (1, 1)
    project = project_of(report)
    meta = meta_of(admin, project, akims)
    assert "Сөйлеуші «президент»" in meta["@aigul"]
    assert "Сөйлеуші" not in meta["@berik"]
    assert "Сұрақ «Жергілікті билік»" in meta["@berik"]
    judge = Person(doccano_server, admin, project, "zere")
    assert len(judge.client.labels(project, judge.examples[akims], "span")) == 2, "quotation and cue"
    judge.confirm(akims)
    report = pull_decisions(made, admin, "voices")
    assert (report.confirmed, report.undecided) == (1, 0)
    rows = gold(made, "voices").collect().to_dicts()
    assert {(row["layer"], row["decided"], row["by"]) for row in rows} == {
        (layer, "adjudicated", "zere") for layer in ("unit", "quote", "cue")
    }
    assert gold(made, "themes").collect().height == 0


def test_themes_as_stretches_are_adjudicated_by_place(made, doccano_server, doccano_client):
    """In `spans` the same theme on other words is another label; unanimous stretches are filled in."""
    admin = doccano_client
    projects = {name: project_of(push(made, admin, "spans", annotator=name)) for name in PEOPLE[:2]}
    people = {name: Person(doccano_server, admin, project, name) for name, project in projects.items()}
    texts = dict(made.documents.select("id", "text").collect().iter_rows())
    places = {
        row["unit_id"]: texts[row["doc_id"]][row["start"] : row["end"]] for row in made.units.collect().to_dicts()
    }
    [unit] = [name for name, text in places.items() if "Жергілікті" in text]
    start = places[unit].index("Жергілікті")
    ends = {
        "aigul": places[unit].index(" түбегейлі"),
        "berik": places[unit].index("» ") if "» " in places[unit] else start + 10,
    }
    for name, person in people.items():
        person.add(unit, "span", kk("rule_of_law"), start, ends[name])
        person.confirm(unit)
        pull(made, admin, "spans", annotator=name)
    report = push_disagreements(made, admin, "spans")
    assert (report.units, report.sent) == (1, 1)
    project = project_of(report)
    meta = meta_of(admin, project, unit)
    for name in PEOPLE[:2]:
        assert f"{kk('rule_of_law')} «{places[unit][start : ends[name]]}»" in meta[f"@{name}"]
    judge = Person(doccano_server, admin, project, "zere")
    law = judge.types["span"][kk("rule_of_law")]
    there = judge.client.labels(project, judge.examples[unit], "span")
    assert there, "what both gave is filled in"
    assert all(row["label"] != law for row in there), "what they differ on is not"
    judge.add(unit, "span", kk("rule_of_law"), start, ends["aigul"])
    judge.confirm(unit)
    report = pull_decisions(made, admin, "spans")
    assert (report.confirmed, report.undecided) == (1, 0)
    [row] = [row for row in gold(made, "spans").collect().to_dicts() if row["label"] == "rule_of_law"]
    assert (row["decided"], row["by"], json.loads(row["givers"])) == ("adjudicated", "zere", ["aigul"])
    place = made.units.filter(pl.col("unit_id") == unit).select("start").collect()["start"][0]
    assert (row["start"], row["end"]) == (place + start, place + ends["aigul"])


def test_three_people_one_adjudicator_one_gold_set(made, doccano_server, doccano_client, monkeypatch, capfd):
    admin = doccano_client
    people = {
        name: Person(doccano_server, admin, project_of(push(made, admin, annotator=name)), name) for name in PEOPLE
    }
    texts = dict(made.documents.select("id", "text").collect().iter_rows())
    places = {
        row["unit_id"]: texts[row["doc_id"]][row["start"] : row["end"]] for row in made.units.collect().to_dicts()
    }
    [human] = [unit for unit, text in places.items() if text.startswith("Адам")]
    [akims] = [unit for unit, text in places.items() if "Жергілікті" in text]
    [dialogue] = [unit for unit, text in places.items() if "диалогтың" in text]
    with pytest.raises(MinberError, match="MB480"):
        push_disagreements(made, admin)

    people["aigul"].add(human, "category", kk("rule_of_law"))
    people["berik"].remove(human, "category", kk("human_rights"))
    people["dana"].add(akims, "category", kk("parliament"))
    for person in people.values():
        for unit in (human, dialogue):
            person.confirm(unit)
    people["aigul"].confirm(akims)
    people["dana"].confirm(akims)
    for name in PEOPLE:
        pull(made, admin, annotator=name)
    labels = made.labels.collect()

    codings = read_codings(made)
    assert (codings.coders, codings.items.height, codings.double) == (list(PEOPLE), 3, 3)
    sets = {
        "aigul": [["human_rights", "rule_of_law"], ["dialogue"], ["decentralisation"]],
        "berik": [[], ["dialogue"], None],
        "dana": [["human_rights"], ["dialogue"], ["decentralisation", "parliament"]],
    }
    [value] = agreement(made, measures=["alpha_masi"])["value"]
    assert value == pytest.approx(masi_alpha(frame(sets)))

    monkeypatch.setattr("sys.argv", ["minber", "--corpus", str(made.path), "adjudicate", "push"])
    capfd.readouterr()
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code, capfd.readouterr()
    assert "2 unit(s) in disagreement, 2 sent" in capfd.readouterr().err
    report = push_disagreements(made, admin, adjudicator="dana")
    assert (report.units, report.sent, report.present) == (2, 0, 2), "nothing twice"
    project = project_of(report)
    meta = meta_of(admin, project, human)
    assert meta["@aigul"].split(", ")[:2] == [kk("human_rights"), kk("rule_of_law")]
    assert meta["@berik"].startswith(f"{kk('human_rights')} «"), "the words stayed, the theme went"
    assert meta_of(admin, project, akims)["@berik"] == "", "who did not code it says nothing"
    judge = Person(doccano_server, admin, project, "zere")
    there = {row["label"] for row in judge.client.labels(project, judge.examples[akims], "category")}
    assert there == {judge.types["category"][kk("decentralisation")]}, "what all gave is filled in"
    assert judge.client.labels(project, judge.examples[human], "category") == []

    judge.add(human, "category", kk("human_rights"))
    judge.confirm(human)
    report = pull_decisions(made, admin)
    assert (report.units, report.confirmed, report.changed, report.undecided) == (2, 1, 2, 1)
    rows = gold(made).collect().to_dicts()
    themes = {(row["unit_id"], row["label"]): (row["decided"], row["by"], json.loads(row["givers"])) for row in rows
              if row["layer"] == "theme"}  # fmt: skip
    assert themes == {
        (human, "human_rights"): ("adjudicated", "zere", ["aigul", "dana"]),
        (dialogue, "dialogue"): ("unanimous", None, list(PEOPLE)),
    }
    versions = made.version("gold"), made.version("adjudications")
    assert pull_decisions(made, admin).changed == 0
    assert (made.version("gold"), made.version("adjudications")) == versions, "nothing new, nothing written"

    judge.add(akims, "category", kk("parliament"))
    judge.confirm(akims)
    judge.confirm(human)  # takes the mark back
    report = pull_decisions(made, admin)
    assert (report.confirmed, report.undecided) == (1, 1)
    assert set(adjudicated(made, "themes")) == {(1, akims)}
    rows = gold(made).collect().to_dicts()
    assert {row["label"] for row in rows if row["unit_id"] == akims and row["layer"] == "theme"} == {
        "decentralisation",
        "parliament",
    }
    assert not [row for row in rows if row["unit_id"] == human], "what is open again is no gold"

    for name in PEOPLE:
        pull(made, admin, annotator=name)
    assert made.labels.collect().equals(labels), "nobody's own labels changed"
    assert read_codings(made).coders == list(PEOPLE), "an adjudicator is no coder"
