"""A history in small, on the real server: two people, comments, one who leaves, a project that is deleted."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.labels import counted, diff, events, open_snapshot, state, take_snapshot, verify_snapshot, versions
from tests.doccano.corpora import emoji_document, make_corpus, speech_document
from tests.doccano.people import NAME, Person, kk, project_of, unit_with
from tests.doccano.test_people import comment, leave

pytestmark = pytest.mark.server

RIGHTS = "Адам құқықтарын қорғау жүйесі жақсарды."
THEME, UNIT, COMMENT = "theme", "unit", "comment"


def test_everything_that_two_people_did(doccano_server, doccano_client, tmp_path):
    documents = {"emoji": emoji_document(), "speech": speech_document()}
    made = make_corpus(tmp_path / "c", doccano_server.url, documents, name="History")
    project = project_of(push(made, doccano_client))
    begun = dt.datetime.now(dt.UTC)
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    berik = Person(doccano_server, doccano_client, project, "berik")
    rights, akims = unit_with(made, "Адам"), unit_with(made, "Жергілікті")

    aigul.add(rights, "category", NAME)
    comment(berik, rights, "Неге диалог? 🤔")
    berik.confirm(akims)
    pull(made, doccano_client)
    first = made.version("labels")

    aigul.remove(rights, "category", NAME)
    aigul.add(rights, "category", kk("rule_of_law"))
    aigul.remove(rights, "category", kk("human_rights"))
    aigul.confirm(rights)
    berik.confirm(akims)  # the mark is taken back
    pull(made, doccano_client)
    second = made.version("labels")
    kept = take_snapshot(made, "spring")
    assert kept.people == {"aigul": 3}
    assert (kept.labels, kept.confirmed) == (3, 1)

    comment(aigul, akims, "жіберемін")
    leave(doccano_client, project, "aigul")
    berik.add(rights, "category", kk("parliament"))
    pull(made, doccano_client)
    third = made.version("labels")

    log = events(made, "speech")
    told = log.select("version", "event", "annotator", "layer", "label", "was").rows()
    expected = [
        (first, "added", "aigul", THEME, "dialogue", None),
        (first, "commented", "berik", COMMENT, None, None),
        (first, "confirmed", "berik", THEME, "decentralisation", None),
        (first, "confirmed", "berik", "evidence", "decentralisation", None),
        (first, "confirmed", "berik", UNIT, None, None),
        (second, "changed", "aigul", THEME, "rule_of_law", "dialogue"),
        (second, "rejected", "aigul", THEME, "human_rights", None),
        (second, "confirmed", "aigul", "evidence", "human_rights", None),
        (second, "confirmed", "aigul", UNIT, None, None),
        (second, "withdrawn", "berik", THEME, "decentralisation", "confirmed"),
        (second, "withdrawn", "berik", "evidence", "decentralisation", "confirmed"),
        (second, "unconfirmed", "berik", UNIT, None, None),
        (third, "commented", "aigul", COMMENT, None, None),
        (third, "added", "berik", THEME, "parliament", None),
    ]
    assert sorted(told, key=repr) == sorted(expected, key=repr)
    assert log["when"].is_sorted()
    assert log["when"].min() > begun
    known = {(row["event"], row["layer"], row["label"]): row for row in log.to_dicts()}
    assert known["added", THEME, "dialogue"]["when"] < known["added", THEME, "dialogue"]["seen"], "the server's time"
    assert known["added", THEME, "parliament"]["words"] == RIGHTS
    assert "Неге диалог? 🤔" in log["words"].to_list()

    assert [one.version for one in versions(made)] == [first, second, third]
    changes = diff(made, state(made, "spring"), state(made))
    assert [(row["event"], row["annotator"], row["label"]) for row in changes.to_dicts()] == [
        ("added", "berik", "parliament")
    ], "what the one who left did is still hers"
    people = counted(diff(made, state(made, str(first)), state(made)), "annotator")
    assert dict(people.select("annotator", "total").iter_rows()) == {"aigul": 5, "berik": 4}

    doccano_client.delete_project(project)
    push(made, doccano_client)
    pull(made, doccano_client)
    made.compact("labels", at_least=1)
    assert verify_snapshot(made, "spring") == (kept, [])
    assert open_snapshot(made, "spring").labels.collect().height == 3
    later = events(made, "speech").select("version", "event", "annotator", "layer", "label", "was").rows()
    assert set(told) <= set(later), "a project that was deleted takes nothing out of the log"
