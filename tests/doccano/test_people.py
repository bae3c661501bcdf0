"""Who did what and when, as pull notes it: times of the server, comments, check marks, people who leave."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
import requests

from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.people import NAME, Person, kk, project_of, unit_with

pytestmark = pytest.mark.server


def comment(person: Person, unit: str, text: str) -> None:
    path = f"v1/projects/{person.project}/comments?example={person.examples[unit]}"
    person.client._send("POST", path, {"text": text})


def leave(admin, project: int, name: str) -> None:
    [member] = [row["id"] for row in admin.members(project) if row["username"] == name]
    admin._send("DELETE", f"v1/projects/{project}/members", {"ids": [member]})


def delete_account(running, name: str) -> None:
    """What an administrator does on the server's own admin page; its API has no way to do it."""
    session = requests.Session()
    page = session.get(f"{running.url}/admin/login/", timeout=30)
    assert page.status_code == 200
    secret = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
    who = {"username": running.username, "password": running.password}
    session.post(f"{running.url}/admin/login/?next=/admin/", data=secret | who, timeout=30)
    with running.client() as admin:
        [number] = [user for user, known in admin.users().items() if known == name]
        secret = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
        session.post(f"{running.url}/admin/auth/user/{number}/delete/", data=secret | {"post": "yes"}, timeout=30)
        assert name not in admin.users().values(), "the account is deleted"


def labels(corpus, **wanted):
    rows = corpus.labels.collect().to_dicts()
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_a_label_has_the_time_at_which_it_was_made(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    aigul.add(rights, "category", NAME)
    [there] = [
        row
        for row in aigul.client.labels(project, aigul.examples[rights], "category")
        if row["label"] == aigul.types["category"][NAME]
    ]
    pull(speeches, doccano_client)
    [row] = labels(speeches, label="dialogue")
    assert row["last_changed"] == dt.datetime.fromisoformat(there["updated_at"])
    assert row["last_changed"] < row["first_seen"]
    assert (row["server"], row["round"]) == (doccano_server.url, 1)
    aigul.confirm(rights)
    pull(speeches, doccano_client)
    [unit] = [row for row in speeches.units.collect().to_dicts() if row["unit_id"] == rights]
    assert unit["confirmed_by"] == "aigul"
    assert unit["confirmed_at"] > row["last_changed"]
    [again] = labels(speeches, label="dialogue")
    assert (again["first_seen"], again["last_changed"]) == (row["first_seen"], row["last_changed"]), "it is the same"
    [kept] = labels(speeches, label="human_rights", layer="theme")
    assert (kept["decision"], kept["last_changed"]) == ("confirmed", unit["confirmed_at"])
    aigul.confirm(rights)
    pull(speeches, doccano_client)
    [unit] = [row for row in speeches.units.collect().to_dicts() if row["unit_id"] == rights]
    assert (unit["confirmed"], unit["confirmed_by"], unit["confirmed_at"]) == (False, None, None)


def test_comments_come_along_in_one_call_for_all(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    berik = Person(doccano_server, doccano_client, project, "berik")
    rights, emoji = unit_with(speeches, "Адам"), unit_with(speeches, "диалогтың")
    comment(aigul, rights, "Екі тақырып па? 🤔")
    comment(berik, rights, "Иә")
    comment(berik, emoji, "жақсы")
    leave(doccano_client, project, "berik")
    report = pull(speeches, doccano_client)
    assert (report.comments, report.changed) == (3, [])
    found = {row["unit_id"]: json.loads(row["comments"]) for row in speeches.units.collect().to_dicts()}
    assert [(row["user"], row["text"]) for row in found[rights]] == [("aigul", "Екі тақырып па? 🤔"), ("berik", "Иә")]
    assert [row["user"] for row in found[emoji]] == ["berik"], "who left keeps the name"
    assert found[unit_with(speeches, "Жергілікті")] == []
    assert dt.datetime.fromisoformat(found[rights][0]["created"]) < dt.datetime.now(dt.UTC)
    version = speeches.version("units")
    pull(speeches, doccano_client)
    assert speeches.version("units") == version, "nothing new, nothing written"
    comment(aigul, emoji, "тағы")
    pull(speeches, doccano_client)
    assert speeches.version("units") == version + 1


def test_a_decision_stays_with_the_one_who_made_it_when_they_leave(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    aigul.remove(rights, "category", kk("human_rights"))
    pull(speeches, doccano_client)
    leave(doccano_client, project, "aigul")
    berik = Person(doccano_server, doccano_client, project, "berik")
    berik.add(rights, "category", NAME)
    pull(speeches, doccano_client)
    found = {(row["decision"], row["label"], row["annotator"]) for row in labels(speeches, layer="theme")}
    assert found == {("rejected", "human_rights", "aigul"), ("added", "dialogue", "berik")}


def test_labels_of_a_deleted_account_stay(speeches, doccano_server, doccano_client):
    """The server deletes an account's labels, comments and check marks with it."""
    project = project_of(push(speeches, doccano_client))
    dana = Person(doccano_server, doccano_client, project, "dana")
    berik = Person(doccano_server, doccano_client, project, "berik")
    rights, emoji = unit_with(speeches, "Адам"), unit_with(speeches, "диалогтың")
    dana.add(rights, "category", NAME)
    dana.remove(rights, "category", kk("human_rights"))
    dana.confirm(rights)
    dana.confirm(emoji)
    pull(speeches, doccano_client)
    before = speeches.labels.collect()
    assert set(before["annotator"]) == {"dana"}
    delete_account(doccano_server, "dana")
    berik.add(rights, "category", kk("parliament"))
    report = pull(speeches, doccano_client)
    assert report.departed == ["dana"]
    after = speeches.labels.collect()
    same = [name for name in before.columns if name != "last_seen"]
    assert before.join(after, on=same, how="anti", nulls_equal=True).height == 0, "every label of hers is here"
    fresh = after.join(before, on=same, how="anti", nulls_equal=True)
    assert fresh.select("annotator", "label", "decision").rows() == [("berik", "parliament", "added")]
    berik.add(rights, "category", NAME)
    pull(speeches, doccano_client)
    assert {row["annotator"] for row in labels(speeches, label="dialogue", unit_id=rights)} == {"dana", "berik"}
    version = speeches.version("labels")
    assert pull(speeches, doccano_client).changed == []
    assert speeches.version("labels") == version


def test_own_project_names_its_person_without_asking(speeches, doccano_client):
    report = push(speeches, doccano_client, annotator="aigul")
    admin = doccano_client
    project = project_of(report)
    example = next(row["id"] for row in admin.examples(project))
    admin._send("POST", f"v1/projects/{project}/examples/{example}/states", {})
    pull(speeches, doccano_client, annotator="aigul")
    confirmed = speeches.units.filter(pl.col("confirmed")).collect()
    assert confirmed["confirmed_by"].to_list() == ["aigul"]
