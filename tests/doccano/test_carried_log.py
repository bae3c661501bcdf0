"""The log of a revised document: decisions that a push brought over are told as such, not as new ones."""

from __future__ import annotations

import pytest

from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.labels import events
from tests.doccano.corpora import SPEECH, add, annotation, make_corpus, sentences, speech_document
from tests.doccano.people import NAME, Person, project_of, unit_with

pytestmark = pytest.mark.server


def test_a_decision_that_was_carried_over_is_told_as_such(doccano_server, doccano_client, tmp_path):
    made = make_corpus(tmp_path / "c", doccano_server.url, {"speech": speech_document()}, name="Carried log")
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    aigul.add(unit_with(made, "Адам"), "category", NAME)
    pull(made, doccano_client)
    old = made.document("speech").revision
    before = events(made, "speech").rows()
    text = "Жаңа кіріспе сөйлем. " + SPEECH
    rights = "Адам құқықтарын қорғау жүйесі жақсарды."
    rows = sentences(text, ["Жаңа кіріспе сөйлем.", "Парламенттің құзыры кеңейді, сайлау өтті.", rights])
    rows.append(annotation(text, "theme", "human_rights", rights))
    add(made, {"speech": (text, rows)})
    push(made, doccano_client)
    pull(made, doccano_client)
    log = events(made, "speech")
    assert log.rows()[: len(before)] == before, "the old revision keeps its history"
    told = log.tail(log.height - len(before)).select("event", "annotator", "label", "field", "was", "words").rows()
    assert told == [("carried", "aigul", "dialogue", "revision", old, rights)]
