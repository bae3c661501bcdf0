"""Better pre-annotations reach units that nobody touched, and leave alone what people did."""

import datetime as dt
import json
import threading
import uuid

import polars as pl
import pytest

from corpus.doccano import update as update_module
from corpus.doccano.client import Client
from corpus.doccano.journal import Journal
from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from schemas.tables import ANNOTATIONS
from tests.doccano.corpora import annotation, make_corpus, place, sentences
from tests.doccano.people import NAME, Person, kk, project_of, unit_with

pytestmark = pytest.mark.server

LINES = ["Диалог керек, ал сайлау өтті.", "Екінші сөйлем 😀 сайлау туралы.", "Үшінші сөйлем диалог туралы."]
TEXT = " ".join(LINES)


def theme(label, line, *words):
    start = TEXT.index(line)
    inside = [[start + left, start + right] for left, right in (place(line, word) for word in words)]
    return annotation(TEXT, "theme", label, line, evidence=inside)


OLD = [theme("dialogue", LINES[0], "Диалог"), theme("dialogue", LINES[1]), theme("dialogue", LINES[2], "диалог")]
NEW = [
    theme("dialogue", LINES[0], "Диалог"),
    theme("parliament", LINES[0], "сайлау"),
    theme("parliament", LINES[1], "сайлау"),
    theme("dialogue", LINES[2], "диалог туралы"),
]


@pytest.fixture
def made(doccano_server, tmp_path):
    documents = {"d": (TEXT, [*sentences(TEXT, LINES), *OLD])}
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name=f"update {uuid.uuid4().hex}")


def annotate(corpus, themes):
    """The annotators have got better: other themes of the same text."""
    [revision] = corpus.documents.select("revision").collect()["revision"]
    shared = {"doc_id": "d", "revision": revision, "score": 1.0, "annotator": "hand@2", "origin": "machine"}
    rows = []
    for row in themes:
        text = json.dumps(row["attributes"])
        rows.append({**row, **shared, "attributes": text, "created": dt.datetime.now(dt.UTC), "run": "test2"})
    corpus.replace("annotations", pl.DataFrame(rows, schema=ANNOTATIONS), "layer = 'theme'")


def shown(client, project):
    """What the server shows: unit text → names of categories and underlined words."""
    rows = client.download(project)["all"]
    return {
        row["text"]: (
            sorted(row["cats"]),
            sorted(
                (name, row["text"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le"))
                for start, end, name in row["entities"]
            ),
        )
        for row in rows
    }


def test_what_nobody_touched_is_brought_up_to_date(made, doccano_server, doccano_client):
    project = project_of(push(made, doccano_client))
    before = {row["id"] for row in doccano_client.download(project)["all"]}
    annotate(made, NEW)
    looked = push(made, doccano_client, dry_run=True)
    assert len(looked.updated) == 3
    assert shown(doccano_client, project)[LINES[0]] == ([NAME], [(NAME, "Диалог")])
    report = push(made, doccano_client)
    assert (report.sent, {name: plan.add for name, plan in report.updated.items()}) == (
        0,
        {name: plan.add for name, plan in looked.updated.items()},
    )
    parliament = kk("parliament")
    assert shown(doccano_client, project) == {
        LINES[0]: (sorted([NAME, parliament]), sorted([(NAME, "Диалог"), (parliament, "сайлау")])),
        LINES[1]: ([parliament], [(parliament, "сайлау")]),
        LINES[2]: ([NAME], [(NAME, "диалог туралы")]),
    }
    assert {row["id"] for row in doccano_client.download(project)["all"]} == before, "the very same examples"
    assert (push(made, doccano_client).updated, pull(made, doccano_client).changed) == ({}, [])
    assert made.labels.collect().height == 0, "no person did anything"
    Person(doccano_server, doccano_client, project, "aigul").confirm(unit_with(made, "Екінші"))
    pull(made, doccano_client)
    assert {(row["label"], row["decision"]) for row in made.labels.collect().to_dicts()} == {
        ("parliament", "confirmed")
    }


def test_what_people_did_stays(made, doccano_server, doccano_client):
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    first, second, third = (unit_with(made, line) for line in LINES)
    aigul.confirm(first)
    aigul.remove(second, "category", NAME)
    aigul.add(second, "category", kk("human_rights"))
    aigul.remove(third, "span", NAME)
    annotate(made, NEW)
    report = push(made, doccano_client)
    assert set(report.updated) == {second}
    parliament = kk("parliament")
    assert shown(doccano_client, project) == {
        LINES[0]: ([NAME], [(NAME, "Диалог")]),
        LINES[1]: (sorted([kk("human_rights"), parliament]), [(parliament, "сайлау")]),
        LINES[2]: ([NAME], []),
    }
    assert {reason for _, reason in report.kept[third]} == {"conflict"}
    assert {reason for _, reason in report.kept[first]} == {"confirmed"}
    pull(made, doccano_client)
    found = {(row["unit_id"], row["decision"], row["layer"], row["label"]) for row in made.labels.collect().to_dicts()}
    assert found == {
        (first, "confirmed", "theme", "dialogue"),
        (first, "confirmed", "evidence", "dialogue"),
        (second, "rejected", "theme", "dialogue"),
        (second, "added", "theme", "human_rights"),
        (third, "rejected", "evidence", "dialogue"),
    }
    annotate(made, OLD)  # the machine is of its old opinion again: what was rejected does not come back
    push(made, doccano_client)
    pull(made, doccano_client)
    assert shown(doccano_client, project)[LINES[1]] == ([kk("human_rights")], [])
    again = {(row["unit_id"], row["decision"], row["layer"], row["label"]) for row in made.labels.collect().to_dicts()}
    assert again == found


def test_a_label_that_somebody_else_gives_at_the_same_moment_is_theirs(
    made, doccano_server, doccano_client, monkeypatch
):
    """Between our look at a unit and our change of it, a person gives the label that we are about to give."""
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    second = unit_with(made, LINES[1])
    real = Client.add_label

    def add(self, project_id, example, kind, **fields):
        if kind == "category" and self is doccano_client and example == aigul.examples[second]:
            aigul.add(second, "category", kk("parliament"))
        return real(self, project_id, example, kind, **fields)

    monkeypatch.setattr(Client, "add_label", add)
    annotate(made, NEW)
    push(made, doccano_client)
    assert shown(doccano_client, project)[LINES[1]][0] == [kk("parliament")], "once"
    pull(made, doccano_client)
    rows = made.labels.collect().to_dicts()
    assert [(row["label"], row["decision"], row["annotator"]) for row in rows] == [("parliament", "added", "aigul")]


def test_a_check_mark_that_is_set_at_the_same_moment_takes_the_change_back(
    made, doccano_server, doccano_client, monkeypatch
):
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    second = unit_with(made, LINES[1])
    real = Client.delete_label
    once = []

    def delete(self, project_id, example, kind, number):
        real(self, project_id, example, kind, number)
        if example == aigul.examples[second] and not once:
            once.append(aigul.confirm(second))

    monkeypatch.setattr(Client, "delete_label", delete)
    annotate(made, NEW)
    report = push(made, doccano_client)
    assert shown(doccano_client, project)[LINES[1]] == ([NAME], [])
    assert {reason for _, reason in report.kept[second]} == {"confirmed"}
    pull(made, doccano_client)
    rows = made.labels.collect().to_dicts()
    assert [(row["label"], row["decision"], row["annotator"]) for row in rows] == [("dialogue", "confirmed", "aigul")]


def test_a_label_given_beside_the_machines_own_is_a_persons(made, doccano_server, doccano_client):
    """On a page that was opened before the update: the server keeps both, the corpus has the person's."""
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    second = unit_with(made, LINES[1])
    annotate(made, NEW)
    push(made, doccano_client)
    aigul.add(second, "category", kk("parliament"))
    assert pull(made, doccano_client).changed == [second]
    rows = made.labels.collect().to_dicts()
    assert [(row["label"], row["decision"], row["annotator"]) for row in rows] == [("parliament", "added", "aigul")]
    assert pull(made, doccano_client).changed == []
    annotate(made, OLD)
    push(made, doccano_client)
    pull(made, doccano_client)
    rows = made.labels.collect().to_dicts()
    assert [(row["label"], row["decision"], row["annotator"]) for row in rows] == [("parliament", "added", "aigul")]


class Crash(BaseException):
    pass


@pytest.mark.parametrize("moment", [0, 2, 4, 6])
@pytest.mark.parametrize("when", ["asked", "answered"])
def test_an_update_cut_short_at_any_label_makes_no_person_of_the_machine(
    made, doccano_client, monkeypatch, moment, when
):
    project = project_of(push(made, doccano_client))
    annotate(made, NEW)
    calls = []
    with monkeypatch.context() as patch:
        for name in ("add_label", "delete_label"):
            real = getattr(Client, name)

            def cut(*args, _real=real, **fields):
                calls.append(1)
                if when == "asked" and len(calls) == moment + 1:
                    raise Crash
                answer = _real(*args, **fields)
                if when == "answered" and len(calls) == moment + 1:
                    raise Crash
                return answer

            patch.setattr(Client, name, cut)
        with pytest.raises(Crash):
            push(made, doccano_client)
    pull(made, doccano_client)
    assert made.labels.collect().height == 0
    push(made, doccano_client)
    pull(made, doccano_client)
    assert made.labels.collect().height == 0
    assert shown(doccano_client, project)[LINES[2]] == ([NAME], [(NAME, "диалог туралы")])
    assert shown(doccano_client, project)[LINES[1]] == ([kk("parliament")], [(kk("parliament"), "сайлау")])


def test_an_update_has_a_limit_and_goes_on_next_time(made, doccano_client):
    push(made, doccano_client)
    annotate(made, NEW)
    first = push(made, doccano_client, limit=1)
    assert (len(first.updated), first.waiting) == (1, 2)
    second = push(made, doccano_client)
    assert (len(second.updated), second.waiting) == (2, 0)


def test_labels_that_a_killed_import_never_stored_are_nobodys_rejection(made, doccano_server, doccano_client):
    """The server stores examples first: a worker killed then leaves them bare."""
    from corpus.doccano import sending

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "verify", lambda *_: (_ for _ in ()).throw(Crash))
        with pytest.raises(Crash):
            push(made, doccano_client)
    [project] = made.units.collect()["project_id"].unique()
    for row in doccano_client.download(project)["all"]:
        for kind in ("categories", "spans"):
            doccano_client._send("DELETE", f"v1/projects/{project}/examples/{row['id']}/{kind}")
    report = push(made, doccano_client)
    assert report.repaired == 3
    assert shown(doccano_client, project)[LINES[0]] == ([NAME], [(NAME, "Диалог")])
    pull(made, doccano_client)
    assert made.labels.collect().height == 0


def test_two_at_once_wait_for_each_other(made, doccano_server, doccano_client):
    """A pull in the middle of an update would take the machine's new labels for a person's."""
    push(made, doccano_client)
    annotate(made, NEW)
    reports = []

    def work(what):
        with doccano_server.client() as client:
            reports.append(what(made, client))

    threads = [threading.Thread(target=work, args=(what,)) for what in (push, pull, push, pull)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 4
    pull(made, doccano_client)
    assert made.labels.collect().height == 0


def test_the_journal_forgets_a_project_that_is_gone(made, doccano_client, monkeypatch):
    project = project_of(push(made, doccano_client))
    annotate(made, NEW)

    def crash(*_, **__):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(update_module.Client, "add_label", crash)
        with pytest.raises(Crash):
            push(made, doccano_client)
    doccano_client.delete_project(project)
    assert Journal(made).settle(doccano_client) >= 0
    report = push(made, doccano_client)
    assert report.sent == 3
    rows = doccano_client.download(project_of(report))["all"]
    assert len({unit_of(row) for row in rows}) == 3
