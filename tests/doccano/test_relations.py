"""Arrows from quotations to speakers: up, drawn by people, and back, against the real server."""

import json

import pytest

from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.corpora import emoji_document, make_corpus, speech_document
from tests.doccano.people import Administrator, project_of, unit_with

pytestmark = pytest.mark.server


@pytest.fixture
def speeches(doccano_server, tmp_path, request):
    documents = {"emoji": emoji_document(), "speech": speech_document()}
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name=request.node.name[:60], layout="voices")


def arrows(row):
    places = {span["id"]: row["text"][span["start_offset"] : span["end_offset"]] for span in row["entities"]}
    return [(places[arrow["from_id"]], places[arrow["to_id"]], arrow["type"]) for arrow in row["relations"]]


QUOTE = "Жергілікті билік түбегейлі жаңғыртылды"


@pytest.mark.parametrize("layout", ["voices", "spans"])
def test_relations_arrive_and_come_back(speeches, doccano_client, layout):
    report = push(speeches, doccano_client, layout, relations=True)
    assert report.failures == []
    project = project_of(report)
    assert doccano_client.project(project)["use_relation"]
    rows = doccano_client.download(project)["all"]
    assert [arrow for row in rows for arrow in arrows(row)] == [(QUOTE, "президент", "кім айтты")]
    again = push(speeches, doccano_client, layout)
    assert (again.sent, again.updated, again.present) == (0, {}, report.sent), "relations go on without being asked for"
    pulled = pull(speeches, doccano_client, layout)
    assert (pulled.changed, pulled.failures, pulled.unknown_labels) == ([], [], [])


def test_arrows_that_people_draw_and_take_away(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client, relations=True))
    admin = Administrator(doccano_client, project)
    unit = unit_with(speeches, "Жергілікті")
    example = admin.examples[unit]
    spans = {row["label"]: row["id"] for row in doccano_client.labels(project, example, "span")}
    [relation] = doccano_client.labels(project, example, "relation")
    cue, quote = spans[admin.types["span"]["Айту сөзі"]], spans[admin.types["span"]["Дәйексөз"]]
    path = f"v1/projects/{project}/examples/{example}/relations"
    doccano_client._send("DELETE", f"{path}/{relation['id']}")
    doccano_client._send("POST", path, {"from_id": quote, "to_id": cue, "type": relation["type"]})
    report = pull(speeches, doccano_client)
    assert report.changed == [unit]
    text = speech_document()[0]
    found = {
        (row["decision"], text[row["start"] : row["end"]], text[slice(*json.loads(row["attributes"])["target"])])
        for row in speeches.labels.collect().to_dicts()
    }
    assert found == {("rejected", QUOTE, "президент"), ("added", QUOTE, "деді")}
    assert {row["layer"] for row in speeches.labels.collect().to_dicts()} == {"relation"}
    assert {row["annotator"] for row in speeches.labels.collect().to_dicts()} == {"admin"}
    doccano_client._send("DELETE", f"v1/projects/{project}/examples/{example}")
    assert push(speeches, doccano_client, restore=True).sent == 1
    [row] = [row for row in doccano_client.download(project)["all"] if unit_of(row) == unit]
    assert arrows(row) == [(QUOTE, "деді", "кім айтты")], "with the arrow that a person drew"


def test_relations_switched_on_later_change_nothing_that_is_there(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    report = push(speeches, doccano_client, relations=True)
    assert any("relations are switched on" in note for note in report.notes)
    assert report.present == 5 or report.sent == 0
    assert doccano_client.project(project)["use_relation"]
    pulled = pull(speeches, doccano_client)
    assert (pulled.failures, pulled.missing, pulled.moved) == ([], [], [])


def test_arrows_that_went_with_the_label_type_of_their_quotation_stay_here(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client, relations=True))
    [quotation] = [row for row in doccano_client.label_types(project, "span") if row["text"] == "Дәйексөз"]
    doccano_client._send("DELETE", f"v1/projects/{project}/span-types/{quotation['id']}")
    report = pull(speeches, doccano_client)
    assert (report.changed, report.rejected) == ([], 0)
    assert any("quote direct was deleted on the server" in note for note in report.notes)
