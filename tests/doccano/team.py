"""A team of three on the real server: texts, settings, accounts, what a push does for all of them."""

import json
import re

import polars as pl
import pytest
from typer.testing import CliRunner

from corpus.cli import groups  # noqa: F401 -- registers the commands
from corpus.cli.app import app
from corpus.doccano.layouts import unit_of
from corpus.doccano.push import push
from corpus.doccano.teams import plan_push, team_of
from corpus.store import open_corpus
from tests.doccano.corpora import annotation, make_corpus, sentences
from tests.doccano.people import PASSWORD, project_of

TEAM = ["aigul", "berik", "dana"]


def themed(count, word="диалог"):
    """A text in which each sentence has the theme dialogue."""
    lines = [f"{number}-{word} туралы." for number in range(count)]
    text = " ".join(lines)
    found = [annotation(text, "theme", "dialogue", line) for line in lines]
    for row, line in zip(found, lines, strict=True):
        start = text.index(line) + line.index(word)
        row["attributes"] = {"evidence": [[start, start + len(word)]]}
    return text, sentences(text, lines) + found


def settle(made, **settings):
    """Write settings of ``[doccano]`` into minber.toml and open the corpus again."""
    path = made.path / "minber.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if line.split(" ")[0] not in settings]
    lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items() if value is not None]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_corpus(made.path)


@pytest.fixture
def made(doccano_server, tmp_path, request):
    documents = {"one": themed(16), "two": themed(9, "кеңес")}
    name = re.sub(r"[^\w]+", " ", request.node.name)[5:60]
    return settle(make_corpus(tmp_path / "c", doccano_server.url, documents, name=name), annotators=TEAM)


@pytest.fixture
def accounts(doccano_client):
    ids = {name: number for number, name in doccano_client.users().items()}
    for name in TEAM:
        if name not in ids:
            doccano_client.create_user(name, PASSWORD)


@pytest.fixture
def command(doccano_server, monkeypatch):
    """Run a command of Minber on a corpus: exit code and all that it said."""
    monkeypatch.setenv("MINBER_DOCCANO_PASSWORD", doccano_server.password)

    def run(made, *arguments):
        result = CliRunner().invoke(app, ["--corpus", str(made.path), *arguments])
        return result.exit_code, result.output

    return run


def given(made):
    """Person → units of their project, as our books have it."""
    rows = made.units.filter(pl.col("pushed_at").is_not_null()).collect()
    return {name: set(frame["unit_id"]) for (name,), frame in rows.partition_by("annotator", as_dict=True).items()}


def push_all(made, client, **options):
    team = team_of(made, number=options.get("number"))
    handout = plan_push(made, team, "kk", None, options.pop("selection", None), options.pop("reassign", False))
    return {name: push(made, client, annotator=name, handout=handout, **options) for name in team.people}


def confirm(client, report, names):
    project = project_of(report)
    for row in client.examples(project):
        if unit_of(row["meta"]) in names:
            client._send("POST", f"v1/projects/{project}/examples/{row['id']}/states", {})
