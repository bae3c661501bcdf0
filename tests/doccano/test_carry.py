"""A revised text: what people decided on the old one comes along where it is clear where it belongs."""

import json
import uuid

import polars as pl
import pytest

from corpus.doccano.marks import Marks
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.status import status
from tests.doccano.corpora import add, annotation, make_corpus, place, sentences
from tests.doccano.people import NAME, Person, kk, project_of
from tests.doccano.test_update import shown

pytestmark = pytest.mark.server

A = "Қоғамдық диалогтың жаңа үлгісі қалыптасты."
B = "Парламенттің құзыры кеңейді, сайлау өтті деп хабарлады баспасөз қызметі."
C = "Адам құқықтарын қорғау жүйесі жақсарды 😀."
D = "Бұл сөйлем кейін өзгереді."
B2 = "Парламенттің құзыры айтарлықтай кеңейді, сайлау өтті деп хабарлады баспасөз қызметі."


def document(*lines):
    text = " ".join(lines)
    rows = sentences(text, lines)
    for line in lines:
        if "диалог" in line:
            start = text.index(line)
            left, right = place(line, "диалогтың")
            rows.append(annotation(text, "theme", "dialogue", line, evidence=[[start + left, start + right]]))
    return text, rows


@pytest.fixture
def made(doccano_server, tmp_path):
    return make_corpus(
        tmp_path / "c", doccano_server.url, {"d": document(A, B, C, D)}, name=f"carry {uuid.uuid4().hex}"
    )


def unit(corpus, line):
    """The newest unit with this text."""
    text, revision = corpus.documents.select("text", "revision").collect().row(0)
    start = text.index(line)
    return f"d:{revision}:{start}-{start + len(line)}"


def rows(corpus, unit_id):
    found = corpus.labels.filter(pl.col("unit_id") == unit_id).collect().to_dicts()
    return {(row["decision"], row["layer"], row["label"], row["annotator"], row["confirmed"]) for row in found}


def test_decisions_come_along_where_it_is_clear_where_they_belong(made, doccano_server, doccano_client):
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    first, second, third, fourth = (unit(made, line) for line in (A, B, C, D))
    aigul.add(first, "category", kk("national_unity"))
    aigul.confirm(first)
    aigul.add(second, "category", kk("parliament"))
    aigul.add(second, "span", kk("parliament"), *place(B, "Парламенттің"))
    aigul.add(second, "span", kk("dialogue"), *place(B, "құзыры кеңейді"))
    aigul.add(third, "category", kk("human_rights"))
    aigul.add(third, "span", kk("human_rights"), *place(C, "Адам құқықтарын"))
    aigul.add(fourth, "category", NAME)
    add(made, {"d": document("Мүлде жаңа бастау.", C, A, B2)})
    report = push(made, doccano_client)  # without a pull before it
    assert (report.sent, len(report.carried)) == (4, 3)
    old = made.labels.filter(pl.col("unit_id").is_in([first, second, third, fourth])).collect()
    assert old.height == 9, "what was decided on the old text stays"

    assert rows(made, unit(made, A)) == {
        ("confirmed", "theme", "dialogue", "aigul", True),
        ("confirmed", "evidence", "dialogue", "aigul", True),
        ("added", "theme", "national_unity", "aigul", True),
    }
    assert rows(made, unit(made, B2)) == {
        ("added", "theme", "parliament", "aigul", False),
        ("added", "evidence", "parliament", "aigul", False),
    }
    assert rows(made, unit(made, C)) == {
        ("added", "theme", "human_rights", "aigul", False),
        ("added", "evidence", "human_rights", "aigul", False),
    }
    [row] = (
        made.labels.filter((pl.col("unit_id") == unit(made, B2)) & (pl.col("layer") == "theme")).collect().to_dicts()
    )
    origin = json.loads(row["attributes"])["carried"]
    assert (origin["unit_id"], origin["text"]) == (second, "similar")
    assert {(question.unit_id, question.label, question.why) for question in report.questions} == {
        (second, "dialogue", "words"),
        (fourth, "dialogue", "gone"),
    }
    there = shown(doccano_client, project)
    assert there[C] == ([kk("human_rights")], [(kk("human_rights"), "Адам құқықтарын")])
    assert there[B2] == ([kk("parliament")], [(kk("parliament"), "Парламенттің")])
    assert doccano_client.count(project, confirmed="true") == 2, "the old unit and the new one of the same text"

    before = made.labels.collect()
    pull(made, doccano_client)
    assert made.labels.collect().height == before.height
    again = push(made, doccano_client)
    assert (again.sent, again.carried, len(again.questions)) == (0, [], 2)
    assert [len(entry.questions) for entry in status(made)] == [2]

    new = Person(doccano_server, doccano_client, project, "berik")
    new.add(unit(made, C), "category", NAME)
    pull(made, doccano_client)
    assert rows(made, unit(made, C)) == {
        ("added", "theme", "human_rights", "aigul", False),
        ("added", "evidence", "human_rights", "aigul", False),
        ("added", "theme", "dialogue", "berik", False),
    }
    new.confirm(unit(made, B2))
    pull(made, doccano_client)
    assert {question.why for entry in status(made) for question in entry.questions} == {"gone"}


def test_what_was_rejected_on_the_old_text_is_not_shown_on_the_new(made, doccano_server, doccano_client):
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    aigul.remove(unit(made, A), "category", NAME)
    aigul.remove(unit(made, A), "span", NAME)
    add(made, {"d": document("Жаңа сөйлем.", A)})
    push(made, doccano_client)
    pull(made, doccano_client)
    rejected = {("rejected", "theme", "dialogue", "aigul", False), ("rejected", "evidence", "dialogue", "aigul", False)}
    assert rows(made, unit(made, A)) == rejected
    assert [(row["cats"], row["entities"]) for row in doccano_client.download(project)["all"] if row["text"] == A] == [
        ([], []),
        ([], []),
    ]


def test_a_label_given_late_on_the_old_text_becomes_a_question(made, doccano_server, doccano_client):
    project = project_of(push(made, doccano_client))
    old = unit(made, B)
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    add(made, {"d": document("Жаңа сөйлем.", B)})
    push(made, doccano_client)
    aigul.add(old, "category", NAME)
    report = push(made, doccano_client)
    assert [(question.why, question.candidates) for question in report.questions] == [("late", (unit(made, B),))]
    assert rows(made, old) == {("added", "theme", "dialogue", "aigul", False)}


def test_a_push_cut_short_before_the_check_marks_loses_nothing(made, doccano_server, doccano_client, monkeypatch):
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    aigul.confirm(unit(made, A))
    add(made, {"d": document("Жаңа сөйлем.", A)})
    with monkeypatch.context() as patch:
        patch.setattr(Marks, "set", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            push(made, doccano_client)
    expected = {("confirmed", layer, "dialogue", "aigul", True) for layer in ("theme", "evidence")}
    assert rows(made, unit(made, A)) == expected
    pull(made, doccano_client)
    assert rows(made, unit(made, A)) == expected
    push(made, doccano_client)
    pull(made, doccano_client)
    assert rows(made, unit(made, A)) == expected
    assert doccano_client.count(project, confirmed="true") == 2
