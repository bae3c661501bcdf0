"""What happens to our own machine while it pushes or pulls: a full disk, a clock that jumps. No label is lost."""

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import corpus
from corpus.doccano.layouts import unit_of
from corpus.store import open_corpus
from tests.doccano.corpora import add, emoji_document, make_corpus, sentences, speech_document
from tests.doccano.front import Front, doing
from tests.doccano.people import Administrator, decisions, kk, unit_with

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(600)]

DOCUMENTS = {"emoji": emoji_document(), "speech": speech_document()}
LINE = "Тағы бір сөйлем."
ADDED = ("added", "national_unity", "theme")
CONFIRMED = {("confirmed", "human_rights", "theme"), ("confirmed", "human_rights", "evidence")}


def found(made):
    return {(decision, label, layer) for decision, layer, label, _, _ in decisions(open_corpus(made.path))}


def project_in(made):
    return open_corpus(made.path).units.collect()["project_id"].max()


FULL = """
set -e
mount -t tmpfs -o size=24m tmpfs "$1"
cp -r "$2" "$1/c"
code=0
minber() { "$3" -c 'from corpus.cli import main; main()' --corpus "$1/c" "$4"; }
head -c 24m /dev/zero > "$1/filler" 2>/dev/null || true
truncate -s -ROOM "$1/filler"
minber "$1" "$2" "$3" "$4" || code=$?
echo $code
rm "$1/filler"
minber "$1" "$2" "$3" "$4"
rm -r "$2"
cp -r "$1/c" "$2"
"""


@pytest.mark.parametrize("room", [0, 40])
def test_a_full_disk_here(doccano_server, doccano_client, tmp_path, monkeypatch, request, room):
    """With room for nothing, or for some kilobytes: the command stops at the first or at a later write."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, to mount a small disk")
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    monkeypatch.setenv("MINBER_DOCCANO_PASSWORD", doccano_server.password)
    made = make_corpus(tmp_path / "c", doccano_server.url, DOCUMENTS, name=request.node.name[:60])
    disk = tmp_path / "disk"
    disk.mkdir()
    script = FULL.replace("ROOM", f"{room}k")
    failed = 0
    for command in ("push", "pull"):
        if command == "pull":
            admin = Administrator(doccano_client, project_in(made))
            admin.add(unit_with(open_corpus(made.path), "диалогтың"), "category", kk("national_unity"))
            admin.confirm(unit_with(open_corpus(made.path), "Адам"))
        arguments = [str(disk), str(made.path), sys.executable, command]
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", *arguments], capture_output=True, text=True, timeout=250
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "panicked" not in done.stderr
        [code] = done.stdout.split()
        if code != "0":
            assert code == "1"
            assert "MB202" in done.stderr
            assert "No space left" in done.stderr
            failed += 1
        names = [unit_of(row) for row in doccano_client.download(project_in(made))["all"]]
        assert len(names) == len(set(names)) == 5
    assert failed
    assert found(made) == {ADDED, *CONFIRMED}


# libfaketime moves the moment up to which Python sleeps, though it leaves the clock alone by which it sleeps
SLEEPING = "import select, time; time.sleep = lambda s: select.select([], [], [], s) and None; "


@pytest.fixture
def clock(doccano_server):
    """Runs ``minber`` with a clock that is wrong by some days, or that the test moves while it runs."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("needs faketime (Debian: apt install faketime)")

    def run(made, command, wrong_by="+0", file=None):
        environment = os.environ | {
            "MINBER_DOCCANO_PASSWORD": doccano_server.password,
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as when somebody sets the clock
            "FAKETIME_NO_CACHE": "1",
        }
        environment |= {"FAKETIME_TIMESTAMP_FILE": str(file)} if file else {"FAKETIME": wrong_by}
        program = SLEEPING + "from corpus.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "--corpus", made.path, command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def test_a_clock_that_is_wrong_by_years(doccano_server, doccano_client, tmp_path, clock):
    made = make_corpus(tmp_path / "c", doccano_server.url, DOCUMENTS, name="clock of years")
    clock(made, "push", "-1100d")
    years = {when.year for when in open_corpus(made.path).units.collect()["pushed_at"]}
    assert years == {(dt.datetime.now(dt.UTC) - dt.timedelta(days=1100)).year}, "the clock was wrong indeed"
    admin = Administrator(doccano_client, project_in(made))
    unity, unit = kk("national_unity"), unit_with(open_corpus(made.path), "диалогтың")
    admin.add(unit, "category", unity)
    clock(made, "pull", "+2000d")
    assert found(made) == {ADDED}
    admin.confirm(unit_with(open_corpus(made.path), "Адам"))
    clock(made, "pull", "-1100d")
    assert found(made) == {ADDED, *CONFIRMED}
    add(open_corpus(made.path), {"third": (LINE, sentences(LINE, [LINE]))})
    said = clock(made, "push", "-2000d")
    assert "sent 1 units, 5 were there" in said
    admin.remove(unit, "category", unity)
    clock(made, "pull")
    assert found(made) == CONFIRMED
    now = open_corpus(made.path)
    assert corpus.labels.events(now).filter(event="withdrawn").height == 1
    assert {row["label"] for row in corpus.labels.events(now).to_dicts()} >= {"national_unity", "human_rights"}


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_is_set_midway(doccano_server, doccano_client, tmp_path, clock, days):
    front = Front(doccano_server.url)
    try:
        made = make_corpus(tmp_path / "c", front.url, DOCUMENTS, name=f"clock set {days}")
        hands = tmp_path / "clock"
        for command, moment in (("push", 15), ("pull", 6)):
            hands.write_text("+0\n")
            front.heal()
            front.rule = doing(moment, lambda: hands.write_text(f"{days:+}d\n"))
            clock(made, command, file=hands)
            assert hands.read_text() != "+0\n"
            if command == "push":
                admin = Administrator(doccano_client, project_in(made))
                admin.add(unit_with(open_corpus(made.path), "диалогтың"), "category", kk("national_unity"))
                admin.confirm(unit_with(open_corpus(made.path), "Адам"))
        assert found(made) == {ADDED, *CONFIRMED}
        assert "sent 0 units, 5 were there" in clock(made, "push")
        assert re.search(r"changed 0 of 5", clock(made, "pull"))
        assert found(made) == {ADDED, *CONFIRMED}
    finally:
        front.close()
