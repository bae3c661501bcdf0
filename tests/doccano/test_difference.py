"""What push and pull would change, for people and as JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.doccano.difference import difference_json, difference_lines, pull_changes, push_changes
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.people import NAME, Person, kk, project_of, unit_with
from tests.doccano.test_update import LINES, NEW, annotate, made  # noqa: F401 -- a fixture

pytestmark = pytest.mark.server


def lines(changes):
    return [line for _, line in difference_lines(changes)]


def command(corpus, running, *words):
    program = Path(sys.executable).with_name("minber")
    environment = os.environ | {"MINBER_DOCCANO_PASSWORD": running.password}
    done = subprocess.run(
        [program, "--corpus", corpus.path, *words], env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_change_is_shown_before_it_is_made(made, doccano_server, doccano_client):  # noqa: F811
    new = push(made, doccano_client, dry_run=True)
    assert lines(push_changes(new))[:3] == [
        f"new  {new.sending[0].unit.unit_id}  {LINES[0]}",
        "  + theme dialogue",
        "  + evidence dialogue «Диалог»",
    ]
    project = project_of(push(made, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    second, third = unit_with(made, LINES[1]), unit_with(made, LINES[2])
    aigul.remove(second, "category", NAME)
    aigul.add(second, "category", kk("human_rights"))
    aigul.confirm(third)
    looked = pull(made, doccano_client, dry_run=True)
    assert lines(pull_changes(looked)) == [
        f"labelled  {second}  {LINES[1]}",
        "  - theme dialogue  (aigul, rejected)",
        "  + theme human_rights  (aigul, added)",
        f"labelled  {third}  ✓  {LINES[2]}",
        "  = evidence dialogue «диалог»  (aigul, confirmed)",
        "  = theme dialogue  (aigul, confirmed)",
    ]
    pull(made, doccano_client)
    aigul.remove(second, "category", kk("human_rights"))
    again = pull(made, doccano_client, dry_run=True)
    assert "  - theme human_rights  (aigul, added no longer)" in lines(pull_changes(again))
    pull(made, doccano_client)
    annotate(made, NEW)
    changes = lines(push_changes(push(made, doccano_client, dry_run=True)))
    assert f"updated  {second}  {LINES[1]}" in changes
    assert f"kept  {third}  {LINES[2]}" in changes
    assert "  = evidence dialogue «диалог туралы»  (confirmed)" in changes

    told = json.loads(command(made, doccano_server, "push", "--dry-run", "--format", "json"))
    assert [(entry["command"], entry["dry_run"], entry["sent"]) for entry in told] == [("push", True, 0)]
    by_unit = {change["unit_id"]: change for change in told[0]["units_changed"]}
    assert [(row["sign"], row["layer"], row["label"], row["words"]) for row in by_unit[second]["labels"]] == [
        ("+", "evidence", "parliament", "сайлау"),
        ("+", "theme", "parliament", ""),
    ]
    shown = command(made, doccano_server, "push", "--dry-run")
    assert shown.splitlines() == changes, "and without colours where nobody sees them"
    done = push(made, doccano_client)
    assert difference_json(done)["units_changed"] == told[0]["units_changed"]
    assert json.loads(command(made, doccano_server, "pull", "--format", "json"))[0]["units_changed"] == []
