"""Push and pull against the real server: each unit once, each label in its place, and nothing the second time."""

import json

import polars as pl
import pytest

from corpus.doccano.client import Client
from corpus.doccano.layouts import LAYOUTS, interface, label_types
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.status import status
from tests.doccano.corpora import add, annotation, make_corpus, sentences
from tests.doccano.people import NAME, Administrator, decisions, project_of, unit_with

pytestmark = pytest.mark.server


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
