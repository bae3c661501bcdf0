"""A push that is cut short, by whatever dies, is finished by the next one without a double."""

import itertools
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
from corpus.doccano import comparison, sending, server
from corpus.doccano.client import Client
from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.status import status
from schemas.errors import MinberError
from schemas.tables import UNITS
from tests.doccano.corpora import make_corpus
from tests.doccano.people import Crash, ends_within, project_of, runs_until_more_arrives

pytestmark = pytest.mark.server


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
            patch.setattr(sending, "verify", crash)
        else:
            patch.setattr(sending, "date_sent", crash)
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
        patch.setattr(sending, "verify", lambda *_: (_ for _ in ()).throw(Crash))
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
    real = comparison.list_arrived
    answers = [{}]  # asked before the upload, it sees an empty project

    def late(*args):
        return answers.pop() if answers else real(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "list_arrived", late)
        report = push(speeches, doccano_client)
    assert report.sent == 5
    assert doccano_client.count(project) == 5


def test_a_unit_that_cannot_be_sent_leaves_no_trace_in_the_books(speeches, doccano_client):
    """A theme that the codebook does not have: the others go, and nothing waits for this one."""
    theme = speeches.table("annotations").filter(pl.col("layer") == "theme").sort("start").head(1).collect()
    speeches.append("annotations", theme.with_columns(label=pl.lit("no_such_theme"), attributes=pl.lit("{}")))
    for sent in (4, 0):
        report = push(speeches, doccano_client)
        assert (report.sent, [error.code for error in report.failures]) == (sent, ["MB415"])
        [entry] = status(speeches)
        assert (entry.pushed, entry.pending, entry.local) == (4, 0, 1)
    annotations = speeches.table("annotations").filter(pl.col("label") != "no_such_theme").collect()
    speeches.replace("annotations", annotations, None)
    assert push(speeches, doccano_client).sent == 1
    assert doccano_client.count(project_of(report)) == 5


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
    cut = []  # by runs, whether units of it had arrived
    for turn in range(6):
        running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        # the first and third die with a part there, the others at any moment of starting, sending or verifying
        arrives = turn in (0, 2) and runs_until_more_arrives(running, doccano_client, "killed · themes")
        if not ends_within(running, 0 if turn == 0 else chance.uniform(0, 0.5 if arrives else 3)):
            running.kill()
            running.wait()
            cut.append(arrives)
    assert cut[:1] == [True], "the first must be cut short in the middle of sending"
    report = push(made, doccano_client)
    there = [unit_of(row) for row in doccano_client.download(project_of(report))["all"]]
    assert len(there) == len(set(there)) == 2300
    [entry] = status(made)
    assert (entry.pushed, entry.pending, entry.local) == (2300, 0, 0)


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
