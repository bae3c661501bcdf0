"""kill -9 of Minber, of the worker and of the web process in the middle of large pushes and updates.

``MINBER_CRASHES=10`` repeats each that many times; by default once. The small, mixed cases are in ``test_machine``.
"""

import json
import os
import random
import subprocess
import sys
import time
import uuid
from pathlib import Path

import polars as pl
import pytest

from corpus.doccano import server
from corpus.doccano.layouts import unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.status import status
from schemas.errors import MinberError
from tests.doccano.corpora import make_corpus
from tests.doccano.people import ends_within, runs_until_more_arrives
from tests.doccano.test_machine import children

pytestmark = [pytest.mark.server, pytest.mark.slow]

TIMES = int(os.environ.get("MINBER_CRASHES", "1"))
WORD = "диалог"


def many(count, theme="dialogue"):
    """A text of many sentences, each with a theme and the word that caused it."""
    lines = [f"Сөйлем {number} {WORD} туралы." for number in range(count)]
    rows, start = [], 0
    for line in lines:
        place = {"start": start, "end": start + len(line)}
        word = start + line.index(WORD)
        rows.append({"layer": "sentence", "label": "sentence", "attributes": {}, **place})
        rows.append({"layer": "theme", "label": theme, "attributes": {"evidence": [[word, word + 6]]}, **place})
        start += len(line) + 1
    return "\n".join(lines), rows


def corpus_of(folder, running, count):
    return make_corpus(folder, running.url, {"d": many(count)}, name=f"crash {uuid.uuid4().hex}")


def spawn(corpus, running, what):
    program = Path(sys.executable).with_name("minber")
    environment = os.environ | {"MINBER_DOCCANO_PASSWORD": running.password}
    return subprocess.Popen([program, "--corpus", corpus.path, what, "-q"], env=environment, stderr=subprocess.DEVNULL)


def kill(running, part):
    pid = int((running.home / f"{part}.pid").read_text())
    for process in [pid, *children(pid)]:
        server._signal(process, server.signal.SIGKILL)


def end(running, seconds, server_of_test, part):
    """After a while, if the command still goes on, end a part suddenly; then let the server be there again."""
    if not ends_within(running, seconds):
        if part != "minber":
            kill(server_of_test, part)
            time.sleep(0.5)
        running.kill()
        running.wait()
    server.up(server_of_test.home)


def again(what, corpus, client):
    """Run a command as a person would after a crash: where the server is not well yet, once more."""
    for _ in range(5):
        try:
            return what(corpus, client)
        except MinberError as error:
            if error.code not in ("MB401", "MB403", "MB408", "MB413", "MB419"):
                raise
            time.sleep(2)
    return what(corpus, client)


def whole(corpus, client, count):
    """Everything is there once with all its pre-annotations, and nobody is said to have done anything."""
    again(pull, corpus, client)
    assert corpus.labels.collect().height == 0, "no person did anything"
    report = again(push, corpus, client)
    again(pull, corpus, client)
    assert corpus.labels.collect().height == 0
    rows = client.download(int(report.url.rsplit("/", 1)[1]))["all"]
    assert len(rows) == len({unit_of(row) for row in rows}) == count
    assert {(len(row["cats"]), len(row["entities"])) for row in rows} == {(1, 1)}
    [entry] = status(corpus)
    assert (entry.pushed, entry.pending, entry.local) == (count, 0, 0)


@pytest.fixture(scope="module")
def pace(doccano_server, tmp_path_factory):
    """Seconds that a push of three units takes here: moments to die at are measured in it."""
    made = corpus_of(tmp_path_factory.mktemp("pace") / "c", doccano_server, 3)
    start = time.monotonic()
    assert spawn(made, doccano_server, "push").wait(120) == 0
    return time.monotonic() - start


@pytest.mark.timeout(900 * TIMES)
@pytest.mark.parametrize("part", ["worker", "web", "minber"])
def test_a_push_whose_end_is_sudden(doccano_server, tmp_path, pace, part):
    chance = random.Random(part if TIMES == 1 else None)
    for turn in range(TIMES):
        made = corpus_of(tmp_path / f"c{turn}", doccano_server, 1200)
        for attempt in range(2):
            running = spawn(made, doccano_server, "push")
            if attempt == 0:  # with a part there
                with doccano_server.client() as client:
                    assert runs_until_more_arrives(running, client, f"{made.settings.corpus.name} · themes")
                seconds = chance.uniform(0, 0.5)
            else:
                seconds = chance.uniform(0.5, 1.5) * pace
            end(running, seconds, doccano_server, part)
        with doccano_server.client() as client:
            again(push, made, client)
            whole(made, client, 1200)


@pytest.mark.timeout(900 * TIMES)
@pytest.mark.parametrize("part", ["minber", "web"])
def test_an_update_whose_end_is_sudden(doccano_server, tmp_path, pace, part):
    """The machine's new labels come one by one; wherever it ends, none of them becomes a person's."""
    chance = random.Random(part if TIMES == 1 else None)
    for turn in range(TIMES):
        made = corpus_of(tmp_path / f"c{turn}", doccano_server, 60)
        with doccano_server.client() as client:
            push(made, client)
            rows = made.annotations.filter(pl.col("layer") == "theme").collect()
            rows = rows.with_columns(label=pl.lit("parliament"))
            made.replace("annotations", rows, "layer = 'theme'")
            for _ in range(3):
                running = spawn(made, doccano_server, "push")
                end(running, chance.uniform(0.7, 2.5) * pace, doccano_server, part)
                again(pull, made, client)
                assert made.labels.collect().height == 0
            again(push, made, client)
            whole(made, client, 60)
            pushed = {label["label"] for text in made.units.collect()["pushed"] for label in json.loads(text)}
            assert pushed == {"parliament"}
