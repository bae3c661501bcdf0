"""Push and pull against the real server: each unit once, each label back, nothing lost on the way."""

import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from corpus.doccano import client as client_module
from corpus.doccano import push as push_module
from corpus.doccano import server
from corpus.doccano.client import Client
from corpus.doccano.layouts import LAYOUTS, interface, label_types, unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.status import status
from schemas.codebook import load_codebook
from schemas.errors import MinberError
from schemas.tables import UNITS
from tests.doccano.corpora import add, annotation, emoji_document, make_corpus, sentences, speech_document

pytestmark = pytest.mark.server

PASSWORD = "qwe!asd123"
BOOK = load_codebook("reforms")


def kk(theme: str) -> str:
    """What people see for a theme in Kazakh."""
    return BOOK.theme(theme).name("kk")


NAME = kk("dialogue")


@pytest.fixture
def speeches(doccano_server, tmp_path, request):
    documents = {"emoji": emoji_document(), "speech": speech_document()}
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name=request.node.name[:60])


class Person:
    """A second user who labels over REST what the page would let them."""

    def __init__(self, running, admin: Client, project_id: int, name: str) -> None:
        if name not in admin.users().values():
            admin.create_user(name, PASSWORD)
        by_name = {user: number for number, user in admin.users().items()}
        admin.add_member(project_id, by_name[name])
        self.client, self.project = running.client(name, PASSWORD), project_id
        self.types = {
            kind: {row["text"]: row["id"] for row in admin.label_types(project_id, kind)}
            for kind in ("category", "span")
        }
        self.examples = {unit_of(row["meta"]): row["id"] for row in admin.examples(project_id)}

    def add(self, unit, kind, name, start=0, end=0):
        body = {"label": self.types[kind][name], "start_offset": start, "end_offset": end}
        path = f"v1/projects/{self.project}/examples/{self.examples[unit]}"
        self.client._send("POST", f"{path}/{'spans' if kind == 'span' else 'categories'}", body)

    def remove(self, unit, kind, name):
        rows = self.client.labels(self.project, self.examples[unit], kind)
        [label] = [row["id"] for row in rows if row["label"] == self.types[kind][name]]
        path = f"v1/projects/{self.project}/examples/{self.examples[unit]}"
        self.client._send("DELETE", f"{path}/{'spans' if kind == 'span' else 'categories'}/{label}")

    def confirm(self, unit):
        self.client._send("POST", f"v1/projects/{self.project}/examples/{self.examples[unit]}/states", {})


def project_of(report):
    return int(report.url.rsplit("/", 1)[1])


def unit_with(corpus, words):
    """The pushed unit that holds these words."""
    texts = dict(corpus.documents.select("id", "text").collect().iter_rows())
    [found] = [
        row["unit_id"]
        for row in corpus.units.collect().to_dicts()
        if words in texts[row["doc_id"]][row["start"] : row["end"]]
    ]
    return found


def decisions(corpus):
    texts = dict(corpus.documents.select("id", "text").collect().iter_rows())
    return {
        (row["decision"], row["layer"], row["label"], texts[row["doc_id"]][row["start"] : row["end"]], row["annotator"])
        for row in corpus.labels.collect().to_dicts()
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pushing_twice_changes_nothing(speeches, doccano_client, layout):
    first = push(speeches, doccano_client, layout)
    project = project_of(first)
    assert first.sent > 0
    before = doccano_client.download(project)["all"]
    version = speeches.version("units")
    second = push(speeches, doccano_client, layout)
    assert (second.sent, second.present, second.notes) == (0, first.sent, [])
    assert doccano_client.download(project)["all"] == before
    assert speeches.version("units") == version
    types = label_types(LAYOUTS[layout], speeches.codebook, "kk")
    for kind in {found.kind for found in types}:
        there = [
            (row["text"], row["background_color"], row["suffix_key"])
            for row in doccano_client.label_types(project, kind)
        ]
        assert there == [(found.name, found.color, found.key) for found in types if found.kind == kind]


def test_offsets_on_the_server_are_utf16(speeches, doccano_client):
    report = push(speeches, doccano_client)
    [row] = [row for row in doccano_client.download(project_of(report))["all"] if "👩" in row["text"]]
    assert row["cats"] == [NAME]
    [[start, end, name]] = row["entities"]
    assert name == NAME
    assert row["text"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "диалогтың"
    assert row["text"][start:end] != "диалогтың", "this text tells code points from UTF-16"


def test_project_is_as_designed(speeches, doccano_client):
    report = push(speeches, doccano_client)
    record = doccano_client.project(project_of(report))
    assert record["collaborative_annotation"]
    assert record["project_type"] == "IntentDetectionAndSlotFilling"
    assert f"### {NAME}" in record["guideline"]
    voices = doccano_client.project(project_of(push(speeches, doccano_client, "voices")))
    assert (voices["allow_overlapping"], voices["grapheme_mode"], voices["use_relation"]) == (True, False, False)


def test_hidden_evidence_is_reported_and_kept(speeches, doccano_client):
    report = push(speeches, doccano_client)
    assert [label for _, label in report.hidden] == ["parliament"]
    kept = speeches.annotations.filter(pl.col("label") == "parliament").collect()
    assert json.loads(kept["attributes"][0])["evidence"] == [[0, len("Парламенттің")]]


def test_dry_run_touches_nothing(speeches, doccano_client):
    report = push(speeches, doccano_client, dry_run=True)
    assert report.sent == 5
    assert doccano_client.projects(report.project) == []
    assert speeches.units.collect().height == 0
    real = push(speeches, doccano_client)
    person = Administrator(doccano_client, project_of(real))
    person.add(unit_with(speeches, "Адам"), "category", NAME)
    looked = pull(speeches, doccano_client, dry_run=True)
    assert (len(looked.changed), looked.added) == (1, 1)
    assert speeches.labels.collect().height == 0
    assert pull(speeches, doccano_client).added == 1


class Administrator(Person):
    """The administrator who labels with their own account."""

    def __init__(self, admin: Client, project_id: int) -> None:
        self.client, self.project = admin, project_id
        self.types = {
            kind: {row["text"]: row["id"] for row in admin.label_types(project_id, kind)}
            for kind in ("category", "span")
        }
        self.examples = {unit_of(row["meta"]): row["id"] for row in admin.examples(project_id)}


def test_untouched_pre_annotations_are_nobodys(speeches, doccano_client):
    push(speeches, doccano_client)
    report = pull(speeches, doccano_client)
    assert (report.units, report.changed, report.missing, report.moved) == (5, [], [], [])
    assert speeches.labels.collect().height == 0


def test_only_the_difference_is_a_persons_until_the_check_mark(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    emoji, rights = unit_with(speeches, "диалогтың"), unit_with(speeches, "Адам")
    aigul.remove(emoji, "category", NAME)
    aigul.add(emoji, "category", kk("national_unity"))
    units = len("👩‍👩‍👧 Қоғамдық ".encode("utf-16-le")) // 2
    aigul.add(emoji, "span", kk("national_unity"), units + len("диалогтың "), units + len("диалогтың жаңа"))
    sentence = "👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed) == ([emoji], 0)
    changes = {
        ("rejected", "theme", "dialogue", sentence, "aigul"),
        ("added", "theme", "national_unity", sentence, "aigul"),
        ("added", "evidence", "national_unity", "жаңа", "aigul"),
    }
    assert decisions(speeches) == changes

    aigul.confirm(rights)
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed) == ([rights], 1)
    assert decisions(speeches) == changes | {
        ("confirmed", "theme", "human_rights", "Адам құқықтарын қорғау жүйесі жақсарды.", "aigul"),
        ("confirmed", "evidence", "human_rights", "Адам құқықтарын", "aigul"),
    }
    first_seen = speeches.labels.select("unit_id", "layer", "label", "first_seen").collect()

    aigul.add(emoji, "category", NAME)  # back again: not a difference any more
    pull(speeches, doccano_client)
    assert ("rejected", "theme", "dialogue", sentence, "aigul") not in decisions(speeches)
    again = speeches.labels.select("unit_id", "layer", "label", "first_seen").collect()
    assert again.join(first_seen, on=again.columns, how="anti").height == 0, "dates of what stayed are kept"
    before = speeches.table("labels", version=speeches.version("labels") - 1).collect()
    assert before.height == 5, "earlier states are earlier versions"


def test_pulling_twice_writes_nothing(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    Person(doccano_server, doccano_client, project, "aigul").confirm(unit_with(speeches, "Адам"))
    assert pull(speeches, doccano_client).kept == 2
    versions = speeches.version("labels"), speeches.version("units")
    again = pull(speeches, doccano_client)
    assert (again.changed, again.kept) == ([], 2)
    assert (speeches.version("labels"), speeches.version("units")) == versions


def test_who_did_it_among_several(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    berik = Person(doccano_server, doccano_client, project, "berik")
    rights, akims = unit_with(speeches, "Адам"), unit_with(speeches, "Жергілікті")
    aigul.add(rights, "category", NAME)
    berik.add(rights, "category", kk("parliament"))
    berik.remove(akims, "category", kk("decentralisation"))
    pull(speeches, doccano_client)
    found = {(decision, label, who) for decision, _, label, _, who in decisions(speeches)}
    assert found == {
        ("added", "dialogue", "aigul"),
        ("added", "parliament", "berik"),
        ("rejected", "decentralisation", "unknown"),  # the server forgets who deleted
    }
    berik.confirm(akims)
    pull(speeches, doccano_client)
    assert (
        "rejected",
        "theme",
        "decentralisation",
        "«Жергілікті билік түбегейлі жаңғыртылды», – деді президент.",
        "berik",
    ) in decisions(speeches)


def test_a_pre_annotation_that_somebody_changed_is_theirs(speeches, doccano_server, doccano_client):
    """The server goes on naming the uploader as the giver of a span whose label or place another user changed."""
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    example = aigul.examples[rights]
    [span] = aigul.client.labels(project, example, "span")
    time.sleep(1)
    path = f"v1/projects/{project}/examples/{example}/spans/{span['id']}"
    aigul.client._send("PATCH", path, {"label": aigul.types["span"][NAME]})
    pull(speeches, doccano_client)
    assert decisions(speeches) == {
        ("rejected", "evidence", "human_rights", "Адам құқықтарын", "aigul"),
        ("added", "evidence", "dialogue", "Адам құқықтарын", "aigul"),
    }


def test_one_who_works_alone_is_named(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    admin = Administrator(doccano_client, project)
    rights = unit_with(speeches, "Адам")
    admin.add(rights, "category", NAME)
    admin.remove(rights, "category", kk("human_rights"))
    pull(speeches, doccano_client)
    assert {row[-1] for row in decisions(speeches)} == {"admin"}


def test_a_check_mark_that_is_taken_back(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    aigul.confirm(rights)
    assert pull(speeches, doccano_client).kept == 2
    aigul.confirm(rights)  # the server toggles
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed, report.kept) == ([rights], 0, 0)
    assert decisions(speeches) == set(), "the pre-annotations are nobody's again"


def test_a_removed_member_stays_the_author_of_their_labels(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    aigul.add(unit_with(speeches, "Адам"), "category", NAME)
    [member] = [row["id"] for row in doccano_client.members(project) if row["username"] == "aigul"]
    doccano_client._send("DELETE", f"v1/projects/{project}/members", {"ids": [member]})
    pull(speeches, doccano_client)
    assert {row[-1] for row in decisions(speeches)} == {"aigul"}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_metadata_survive_the_servers_export(speeches, doccano_client, language):
    names = interface()["metadata"][language]
    report = push(speeches, doccano_client, language=language)
    [row] = [row for row in doccano_client.download(project_of(report))["all"] if row["text"].startswith("«Жергілікті")]
    assert row[names["speaker"]] == "Қасым-Жомарт Тоқаев"
    assert row[names["date"]] == "2025-03-14"
    assert row[names["title"]] == "Title speech"
    assert row[names["previous"]] == "Адам құқықтарын қорғау жүйесі жақсарды."
    assert row[names["next"]] == ""


def test_a_changed_quotation_in_voices(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client, "voices"))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    unit = unit_with(speeches, "Жергілікті")
    aigul.remove(unit, "span", "Дәйексөз")
    aigul.add(unit, "span", "Ішінара дәйексөз", 1, len("«Жергілікті билік"))
    pull(speeches, doccano_client, "voices")
    assert decisions(speeches) == {
        ("rejected", "quote", "direct", "Жергілікті билік түбегейлі жаңғыртылды", "aigul"),
        ("added", "quote", "partial", "Жергілікті билік", "aigul"),
    }


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


class Crash(Exception):
    pass


@pytest.mark.parametrize("moment", ["before upload", "after upload", "before verifying", "before the books"])
def test_a_push_cut_short_is_finished_by_the_next(speeches, doccano_client, monkeypatch, moment):
    def crash(*_, **__):
        raise Crash

    with monkeypatch.context() as patch:
        if moment == "before upload":
            patch.setattr(Client, "start_upload", crash)
        elif moment == "after upload":
            real = Client.finish_upload
            patch.setattr(Client, "finish_upload", lambda *args: (real(*args), crash()))
        elif moment == "before verifying":
            patch.setattr(push_module, "verify", crash)
        else:
            write = push_module.write_sent
            patch.setattr(push_module, "write_sent", lambda *args: crash() if args[-1] else write(*args))
        with pytest.raises(Crash):
            push(speeches, doccano_client)
    [entry] = status(speeches)
    assert (entry.pushed, entry.pending) == (0, 5)
    report = push(speeches, doccano_client)
    assert report.sent + report.repaired == 5
    assert doccano_client.count(project_of(report)) == 5
    [entry] = status(speeches)
    assert (entry.pushed, entry.pending, entry.local) == (5, 0, 0)
    assert push(speeches, doccano_client).sent == 0


def test_units_pushed_before_a_crash_keep_the_labels_they_were_sent_with(speeches, doccano_client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(push_module, "verify", lambda *_: (_ for _ in ()).throw(Crash))
        with pytest.raises(Crash):
            push(speeches, doccano_client)
    speeches.replace("annotations", speeches.annotations.filter(pl.col("layer") != "theme").collect(), None)
    push(speeches, doccano_client)  # the machine thinks otherwise now
    pull(speeches, doccano_client)
    assert speeches.labels.collect().height == 0, "no person did anything"


def test_two_pushes_at_once_double_nothing(speeches, doccano_server, doccano_client):
    """One finds, when it uploads, that the other one has just sent a part."""
    first = push(speeches, doccano_client)
    project = project_of(first)
    listed = doccano_client.examples(project)
    doccano_client._send("DELETE", f"v1/projects/{project}/examples", {"ids": [row["id"] for row in listed[:2]]})
    speeches.replace("units", pl.DataFrame(schema=UNITS), None)  # the other Minber's books know of nothing
    real = push_module.list_arrived
    answers = [{}]  # asked before the upload, it sees an empty project

    def late(*args):
        return answers.pop() if answers else real(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push_module, "list_arrived", late)
        report = push(speeches, doccano_client)
    assert report.sent == 5
    assert doccano_client.count(project) == 5


def many_sentences(count):
    lines = [f"Сөйлем {number}." for number in range(count)]
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    rows = [
        {"layer": "sentence", "label": "sentence", "start": start, "end": start + len(line), "attributes": {}}
        for start, line in zip(starts, lines, strict=False)
    ]
    return "\n".join(lines), rows


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_that_dies_midway_is_noticed_and_the_next_push_sends_the_rest(
    doccano_server, doccano_client, tmp_path, monkeypatch
):
    made = make_corpus(tmp_path / "c", doccano_server.url, {"d": many_sentences(3000)}, name="dying")
    upload = Client.start_upload

    def dies_at_the_second_file(self, project_id, rows, name):
        if name.endswith("0002.jsonl"):
            pid = int((doccano_server.home / "worker.pid").read_text())
            threading.Timer(0.3, server._signal, (pid, server.signal.SIGKILL)).start()
        return upload(self, project_id, rows, name)

    with monkeypatch.context() as patch:
        patch.setattr(client_module, "STALL_SECONDS", 5)
        patch.setattr(Client, "start_upload", dies_at_the_second_file)
        with pytest.raises(MinberError, match=r"MB40[38]|MB413"):
            push(made, doccano_client)
    server.up(doccano_server.home)
    assert status(made)[0].pending >= 2000
    report = push(made, doccano_client)
    assert report.repaired >= 1000
    there = [unit_of(row) for row in doccano_client.download(project_of(report))["all"]]
    assert len(there) == len(set(there)) == 3000
    assert status(made)[0].pushed == 3000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_push_that_is_killed_again_and_again_is_finished_without_a_double(doccano_server, doccano_client, tmp_path):
    made = make_corpus(tmp_path / "c", doccano_server.url, {"d": many_sentences(2300)}, name="killed")
    command = [Path(sys.executable).with_name("minber"), "--corpus", made.path, "push"]
    environment = os.environ | {"MINBER_DOCCANO_PASSWORD": doccano_server.password}
    chance = random.Random(7)
    killed = 0
    for _ in range(6):
        running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            running.wait(chance.uniform(1.0, 6.0))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            killed += 1
    assert killed, "no run was cut short: this test proves nothing on so fast a machine"
    report = push(made, doccano_client)
    there = [unit_of(row) for row in doccano_client.download(project_of(report))["all"]]
    assert len(there) == len(set(there)) == 2300
    [entry] = status(made)
    assert (entry.pushed, entry.pending, entry.local) == (2300, 0, 0)


def test_an_address_that_changed_is_still_the_same_project(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    person = Administrator(doccano_client, project)
    person.add(unit_with(speeches, "Адам"), "category", NAME)
    with Client(doccano_server.url.replace("127.0.0.1", "localhost"), "admin", doccano_server.password) as other:
        assert pull(speeches, other).added == 1
        report = push(speeches, other)
        assert (report.sent, report.present) == (0, 5)
        assert other.count(project) == 5


def test_a_revised_text_is_sent_and_the_old_one_named(speeches, doccano_client):
    push(speeches, doccano_client)
    text = "Мүлде жаңа мәтін."
    add(speeches, {"emoji": (text, sentences(text, [text]))})
    report = push(speeches, doccano_client)
    assert report.sent == 1
    assert len(report.outdated) == 2
    assert status(speeches)[0].outdated == 2
    assert pull(speeches, doccano_client).missing == []


def test_source_with_carriage_returns_and_line_separators(doccano_server, doccano_client, tmp_path):
    text = "Бірінші жол.\nЕкінші\u2028жол мұнда 😀 кеңес.\u0085 \u0438\u0306 соңы"
    rows = [
        *sentences(text, ["Бірінші жол.", "Екінші\u2028жол мұнда 😀 кеңес."]),
        annotation(
            text,
            "theme",
            "dialogue",
            "Екінші\u2028жол мұнда 😀 кеңес.",
            evidence=[[text.index("кеңес"), text.index("кеңес") + 5]],
        ),
    ]
    made = make_corpus(tmp_path / "c", doccano_server.url, {"d": (text, rows)}, name="separators")
    report = push(made, doccano_client)
    assert report.sent == 2
    pulled = pull(made, doccano_client)
    assert (pulled.units, pulled.moved, pulled.failures) == (2, [], [])


def test_worker_down_stops_a_push_before_anything_is_sent(speeches, doccano_server, doccano_client):
    pid = int((doccano_server.home / "worker.pid").read_text())
    server._signal(pid, server.signal.SIGTERM)
    try:
        while server.status(doccano_server.home).worker:
            time.sleep(0.05)
        start = time.monotonic()
        with pytest.raises(MinberError, match="MB403"):
            push(speeches, doccano_client)
        assert time.monotonic() - start < 10
        with pytest.raises(MinberError, match="MB403"):
            pull(speeches, doccano_client)
        assert speeches.units.collect().height == 0
    finally:
        server.up(doccano_server.home)
    assert push(speeches, doccano_client).sent == 5


def test_a_person_with_a_project_of_their_own(speeches, doccano_client):
    for name in ("aigul", "berik"):
        report = push(speeches, doccano_client, annotator=name)
        assert report.sent == 5
        assert report.project.endswith(f"· {name}")
    admin = Administrator(doccano_client, project_of(report))
    admin.add([unit for unit in admin.examples if unit.startswith("speech")][1], "category", NAME)
    assert pull(speeches, doccano_client, annotator="berik").added == 1
    assert pull(speeches, doccano_client, annotator="aigul").added == 0
    assert {row[-1] for row in decisions(speeches)} == {"berik"}


def test_ten_thousand_spans_in_seconds(doccano_server, doccano_client, tmp_path):
    """2,000 units over two files, with a second push that sends nothing and asks little."""
    lines = [f"Сөйлем {number} диалог туралы." for number in range(2000)]
    text = "\n".join(lines)
    rows, start = [], 0
    for line in lines:
        row = {"start": start, "end": start + len(line)}
        word = line.index("диалог") + start
        rows.append({"layer": "sentence", "label": "sentence", "attributes": {}, **row})
        rows.append({"layer": "theme", "label": "dialogue", "attributes": {"evidence": [[word, word + 6]]}, **row})
        start += len(line) + 1
    made = make_corpus(tmp_path / "c", doccano_server.url, {"d": (text, rows)}, name="many")
    first = push(made, doccano_client)
    assert first.sent == 2000
    second = push(made, doccano_client)
    assert second.sent == 0
    assert second.seconds < max(2.0, first.seconds / 4)
    assert pull(made, doccano_client).units == 2000
