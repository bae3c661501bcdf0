"""What people change on the server besides labels (units, label types, the project) is noticed, and nothing is lost."""

import json

import pytest

from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from schemas.errors import MinberError
from tests.doccano.corpora import add, annotation, sentences
from tests.doccano.people import BOOK, NAME, Administrator, Person, decisions, kk, project_of, unit_with

pytestmark = pytest.mark.server


def test_deleted_units_are_noticed_keep_their_labels_and_can_be_restored(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    aigul.add(rights, "category", NAME)
    pull(speeches, doccano_client)
    before = decisions(speeches)
    doccano_client._send("DELETE", f"v1/projects/{project}/examples/{aigul.examples[rights]}")
    report = pull(speeches, doccano_client)
    assert report.missing == [rights]
    assert decisions(speeches) == before
    again = push(speeches, doccano_client)
    assert (again.sent, again.deleted) == (0, [rights]), "what people delete does not come back by itself"
    assert push(speeches, doccano_client, restore=True).sent == 1
    [row] = [row for row in doccano_client.download(project)["all"] if unit_of(row) == rights]
    assert sorted(row["cats"]) == sorted([kk("human_rights"), NAME]), "with the person's label"
    pull(speeches, doccano_client)
    assert {row[:4] for row in decisions(speeches)} == {row[:4] for row in before}


def test_a_unit_with_another_text_is_not_read(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    admin = Administrator(doccano_client, project)
    rights = unit_with(speeches, "Адам")
    admin.add(rights, "category", NAME)
    path = f"v1/projects/{project}/examples/{admin.examples[rights]}"
    doccano_client._send("PATCH", path, {"text": "Басқа мәтін"})
    report = pull(speeches, doccano_client)
    assert report.moved == [rights]
    assert decisions(speeches) == set()


def test_unknown_and_renamed_labels_are_kept_and_reported(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    doccano_client.create_label_types(project, "category", [{"text": "Ауа райы", "background_color": "#123456"}])
    admin = Administrator(doccano_client, project)
    admin.add(unit_with(speeches, "Адам"), "category", "Ауа райы")
    report = pull(speeches, doccano_client)
    assert report.unknown_labels == ["Ауа райы"]
    assert {row[:3] for row in decisions(speeches)} == {("added", "theme", "Ауа райы")}


def test_a_label_type_that_people_renamed_keeps_its_meaning(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    row = next(row for row in doccano_client.label_types(project, "category") if row["text"] == NAME)
    doccano_client.update_label_type(project, "category", row["id"], text="Диалог")
    looked = pull(speeches, doccano_client)
    assert (looked.changed, looked.unknown_labels) == ([], []), "a new name is no decision on a text"
    assert any("Диалог" in note for note in looked.notes)
    admin = Administrator(doccano_client, project)
    admin.add(unit_with(speeches, "Адам"), "category", "Диалог")
    pull(speeches, doccano_client)
    assert {row[:3] for row in decisions(speeches)} == {("added", "theme", "dialogue")}
    text = "Тағы бір диалог."
    rows = sentences(text, [text])
    rows.append(annotation(text, "theme", "dialogue", text, evidence=[[10, 16]]))
    add(speeches, {"third": (text, rows)})
    assert push(speeches, doccano_client).sent == 1
    assert len(doccano_client.label_types(project, "category")) == len(BOOK.themes), "none is made a second time"


def test_another_language_of_the_interface_makes_no_second_set_of_labels(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    before = [doccano_client.label_types(project, kind) for kind in ("category", "span")]
    report = push(speeches, doccano_client, language="en")
    assert report.sent == 0
    assert [doccano_client.label_types(project, kind) for kind in ("category", "span")] == before
    assert pull(speeches, doccano_client, language="ru").changed == []


def test_a_theme_that_the_codebook_renamed_is_no_decision_of_a_person(speeches, doccano_client):
    push(speeches, doccano_client)
    raw = json.loads(speeches.codebook.model_dump_json())
    for theme in raw["themes"]:
        theme["names"] = {lang: f"{name} II" for lang, name in theme["names"].items()}
    speeches.__dict__["codebook"] = type(BOOK).model_validate(raw)
    looked = pull(speeches, doccano_client)
    assert (looked.changed, looked.unknown_labels) == ([], [])
    assert push(speeches, doccano_client).sent == 0


def test_spans_beyond_the_text_or_inside_a_letter_are_errors(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    admin = Administrator(doccano_client, project)
    admin.add(unit_with(speeches, "Адам"), "span", NAME, 20, 10_000)
    admin.add(unit_with(speeches, "отандастар"), "span", NAME, 1, 4)
    report = pull(speeches, doccano_client)
    assert [error.code for error in report.failures] == ["MB412", "MB412"]


def test_a_renamed_project_is_found_again(speeches, doccano_client):
    first = push(speeches, doccano_client)
    doccano_client.update_project(doccano_client.project(project_of(first)), name="Басқа атау")
    second = push(speeches, doccano_client)
    assert (second.url, second.sent) == (first.url, 0)
    assert any("Басқа атау" in note for note in second.notes)
    assert pull(speeches, doccano_client).units == 5


def test_a_deleted_project_is_noticed_and_nothing_is_lost(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    Person(doccano_server, doccano_client, project, "aigul").confirm(unit_with(speeches, "Адам"))
    pull(speeches, doccano_client)
    before = decisions(speeches)
    doccano_client.delete_project(project)
    with pytest.raises(MinberError, match="MB418"):
        pull(speeches, doccano_client)
    report = push(speeches, doccano_client)
    assert report.sent == 5
    assert any("gone" in note for note in report.notes)
    pull(speeches, doccano_client)
    assert decisions(speeches) >= before


def test_colours_and_guideline_that_people_changed_stay_theirs(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    row = doccano_client.label_types(project, "category")[0]
    doccano_client.update_label_type(project, "category", row["id"], background_color="#010203")
    doccano_client.update_project(doccano_client.project(project), guideline="Біздің ереже")
    report = push(speeches, doccano_client)
    assert any(row["text"] in note and "keep" in note for note in report.notes)
    assert any("guideline" in note and "left" in note for note in report.notes)
    assert doccano_client.project(project)["guideline"] == "Біздің ереже"
    assert doccano_client.label_types(project, "category")[0]["background_color"] == "#010203"


def test_missing_label_types_come_back(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    gone = doccano_client.label_types(project, "category")[3]
    doccano_client._send("DELETE", f"v1/projects/{project}/category-types/{gone['id']}")
    push(speeches, doccano_client)
    there = {row["text"]: row["suffix_key"] for row in doccano_client.label_types(project, "category")}
    assert there[gone["text"]] == gone["suffix_key"]
