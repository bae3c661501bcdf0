"""What a network and what stands in it do to a push or a pull: a coded error in bounded time, and the next one repairs.

A proxy of our own between ``minber`` and the real server cuts, delays and replaces answers, one moment after another.
By default every fourth moment meets one kind of harm; ``MINBER_FAULTS=all`` tries every kind at every moment.
"""

import itertools
import os
import re
import shutil
import sys
import time

import pytest

from corpus.cli.app import main
from corpus.doccano import transport
from corpus.doccano.layouts import unit_of
from corpus.store import open_corpus
from tests.doccano.corpora import add, emoji_document, make_corpus, sentences, speech_document
from tests.doccano.front import Front, at, from_then_on
from tests.doccano.people import NAME, Administrator, decisions, kk, unit_with

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]

HARMS = ("cut before", "cut after", "500", "html", "cut midway", "login page")
CODES = {"cut before": "MB401", "cut after": "MB401", "cut midway": "MB401", "login page": "MB406"}
DOCUMENTS = {"emoji": emoji_document(), "speech": speech_document()}
ALL = os.environ.get("MINBER_FAULTS") == "all"


@pytest.fixture
def front(doccano_server):
    proxy = Front(doccano_server.url)
    yield proxy
    proxy.close()


@pytest.fixture
def minber(doccano_server, monkeypatch, capfd):
    """The ``minber`` command on a corpus; returns exit code and what it said."""
    monkeypatch.setenv("MINBER_DOCCANO_PASSWORD", doccano_server.password)

    def run(made, *arguments):
        monkeypatch.setattr(sys, "argv", ["minber", "--corpus", str(made.path), *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capfd.readouterr().err
        assert doccano_server.password not in said
        return code, said

    return run


@pytest.fixture
def pushed(front, doccano_client, minber, tmp_path, request):
    """A corpus on the server, where a person then worked: one label given, one taken away, one text confirmed."""
    made = make_corpus(tmp_path / "first", front.url, DOCUMENTS, name=request.node.name[:60])
    code, said = minber(made, "push")
    assert code == 0, said
    made = open_corpus(made.path)
    person = Administrator(doccano_client, project_in(made))
    person.add(unit_with(made, "диалогтың"), "category", kk("national_unity"))
    person.remove(unit_with(made, "Жергілікті"), "category", kk("decentralisation"))
    person.confirm(unit_with(made, "Адам"))
    front.heal()
    return made


EXPECTED = {
    ("added", "national_unity", "theme"),
    ("rejected", "decentralisation", "theme"),
    ("confirmed", "human_rights", "theme"),
    ("confirmed", "human_rights", "evidence"),
}


def project_in(made):
    [number] = made.units.collect()["project_id"].unique().to_list()
    return number


def found(made):
    return {(decision, label, layer) for decision, layer, label, _, _ in decisions(open_corpus(made.path))}


def assert_coded(code, said, harm=None):
    assert code in (1, 2), said
    assert re.search(r"MB4\d\d", said), said
    assert "Traceback" not in said
    assert "secret" not in said
    if harm in CODES:
        assert CODES[harm] in said, said


def moments(count):
    """Some requests of a command with one kind of harm each, or all with every kind."""
    numbers = range(1, count + 1)
    return (
        list(itertools.product(numbers, HARMS))
        if ALL
        else list(zip(numbers[1::4], itertools.cycle(HARMS), strict=False))
    )


@pytest.mark.slow
def test_a_push_whose_connection_is_lost_at_any_request(front, doccano_client, minber, tmp_path):
    whole = make_corpus(tmp_path / "whole", front.url, DOCUMENTS, name="faults whole")
    assert minber(whole, "push")[0] == 0
    failed = 0
    for number, harm in moments(len(front.seen)):
        made = make_corpus(tmp_path / f"{number} {harm}", front.url, DOCUMENTS, name=f"faults {number} {harm}")
        front.heal()
        front.rule = from_then_on(number, harm)
        started = time.monotonic()
        code, said = minber(made, "push")
        assert time.monotonic() - started < 60
        if len(front.seen) >= number:  # fewer questions while waiting this time: then it was done before
            assert_coded(code, said, harm)
            failed += 1
        front.heal()
        code, said = minber(made, "push")
        assert code == 0, (number, harm, said)
        made = open_corpus(made.path)
        project = project_in(made)
        rows = doccano_client.download(project)["all"]
        assert len(rows) == len({unit_of(row) for row in rows}) == 5, (number, harm)
        assert {row["cats"][0] for row in rows if "диалогтың" in row["text"]} == {NAME}
        for kind in ("category", "span"):
            names = [row["text"] for row in doccano_client.label_types(project, kind)]
            assert len(names) == len(set(names)) == len(made.codebook.themes), (number, harm)
        code, said = minber(made, "pull")
        assert code == 0, (number, harm, said)
        assert found(made) == set(), "no person did anything"
        doccano_client.delete_project(project)
    assert failed >= 5


@pytest.mark.slow
def test_a_pull_whose_connection_is_lost_at_any_request(pushed, front, minber, tmp_path):
    first = tmp_path / "copy"
    shutil.copytree(pushed.path, first)
    code, said = minber(open_corpus(first), "pull")
    assert code == 0, said
    assert found(open_corpus(first)) == EXPECTED
    failed = 0
    for number, harm in moments(len(front.seen)):
        shutil.copytree(pushed.path, tmp_path / f"{number} {harm}")
        made = open_corpus(tmp_path / f"{number} {harm}")
        front.heal()
        front.rule = from_then_on(number, harm)
        started = time.monotonic()
        code, said = minber(made, "pull")
        assert time.monotonic() - started < 60
        if len(front.seen) >= number:
            assert_coded(code, said, harm)
            assert found(made) <= EXPECTED
            failed += 1
        front.heal()
        code, said = minber(made, "pull")
        assert code == 0, (number, harm, said)
        assert found(made) == EXPECTED, (number, harm)
    assert failed >= 4


def test_a_question_that_is_cut_once_is_asked_again(pushed, front, minber, doccano_client):
    """Nothing is said where asking a second time helps, which is harmless for what only reads."""
    asked = set()

    def first_time(_, method, path):
        new = method == "GET" and path not in asked and not path.endswith("/health/")  # whose answer must come at once
        asked.add(path)
        return ("cut before" if len(asked) % 2 else "502") if new else None

    front.rule = first_time
    for command in ("pull", "push"):
        code, said = minber(pushed, command)
        assert code == 0, said
    assert found(pushed) == EXPECTED
    assert doccano_client.count(project_in(pushed)) == 5


@pytest.mark.parametrize(
    ("command", "method", "ending"),
    [("push", "POST", "/upload"), ("pull", "GET", "/download"), ("pull", "GET", "/health/")],
)
def test_answers_that_come_too_late(pushed, front, doccano_client, minber, monkeypatch, command, method, ending):
    add(pushed, {"third": ("Тағы бір сөйлем.", sentences("Тағы бір сөйлем.", ["Тағы бір сөйлем."]))})
    front.pause = 12.0
    front.rule = at(method, ending, "slow")
    with monkeypatch.context() as patch:
        patch.setattr(transport, "READ_SECONDS", 4.0)
        patch.setattr(transport, "HEALTH_SECONDS", 4.0)
        started = time.monotonic()
        code, said = minber(pushed, command)
        assert time.monotonic() - started < 60
    assert code == 1
    assert "MB408" in said
    front.heal()
    for again in ("push", "pull"):
        code, said = minber(pushed, again)
        assert code == 0, said
    assert found(pushed) == EXPECTED
    assert doccano_client.count(project_in(pushed)) == 6


def test_a_server_that_drips_its_answer(pushed, front, minber, monkeypatch):
    """Each letter comes in time, the whole never would."""
    front.rule = at("GET", "/download", "dripping")
    with monkeypatch.context() as patch:
        patch.setattr(transport, "READ_SECONDS", 4.0)
        started = time.monotonic()
        code, said = minber(pushed, "pull")
        assert time.monotonic() - started < 40
    assert code == 1
    assert "MB408" in said
    front.heal()
    assert minber(pushed, "pull")[0] == 0
    assert found(pushed) == EXPECTED
