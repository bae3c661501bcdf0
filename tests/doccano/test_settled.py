"""A push after which nothing changed: it cuts no units, and whatever changes makes the next one look at everything."""

import polars as pl
import pytest

from corpus.doccano import push as push_module
from corpus.doccano.omissions import Omission
from corpus.doccano.project import known_units
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.selection import Selection
from corpus.doccano.settled import Kept, Settled
from corpus.doccano.teams import team_of
from corpus.store import open_corpus
from schemas.tables import UNITS
from tests.doccano.corpora import add, emoji_document, make_corpus, speech_document
from tests.doccano.people import NAME, Administrator, project_of, unit_with

KEPT = Kept(5, 5, 6, 1, ["bare"], [Omission("u", "d", "r", "theme", "a", 0, 4, "words", "cut", "")])


@pytest.fixture
def local(tmp_path):
    return make_corpus(tmp_path / "c", "http://127.0.0.1:9", {"emoji": emoji_document()})


def look(corpus, selection=None, layout=None, language="kk"):
    team = team_of(corpus, layout)
    return Settled(corpus, team, language, None, selection), team.project(None)


def kept(corpus, *options):
    settled, project = look(corpus, *options)
    now = corpus.snapshot("units")
    return settled.kept(project, known_units(now.rows, project), now.version)


def note(corpus, *options):
    settled, project = look(corpus, *options)
    now = corpus.snapshot("units")
    settled.note(project, known_units(now.rows, project), now.version, KEPT)


def test_numbers_come_back_as_they_were_noted(local):
    assert kept(local) is None, "nothing was noted yet"
    note(local)
    assert kept(local) == KEPT


def books(corpus):
    row = {"unit_id": "u", "server": "s", "project": look(corpus)[1], "project_id": 1, "pushed": "[]"}
    corpus.append("units", pl.DataFrame([row], schema=UNITS))


def more_annotations(corpus):
    corpus.append("annotations", corpus.table("annotations").head(1).collect())


@pytest.mark.parametrize(
    "change",
    [
        lambda corpus: add(corpus, {"speech": speech_document()}),
        more_annotations,
        books,
        lambda corpus: (corpus.path / "minber.toml").open("a").write("overlap = 0.5\n"),
        lambda corpus: (corpus.path / "sync").joinpath(next((corpus.path / "sync").iterdir()).name).write_text("{"),
    ],
    ids=["documents", "annotations", "books", "settings", "a damaged note"],
)
def test_whatever_changes_makes_the_next_push_look(local, change):
    note(local)
    change(local)
    assert kept(open_corpus(local.path)) is None


@pytest.mark.parametrize("options", [(Selection(sample=1),), (None, "voices"), (None, None, "ru")])
def test_what_is_asked_for_counts(local, options):
    note(local)
    assert kept(local, *options) is None
    note(local, *options)
    assert kept(local, *options) == KEPT


def test_labels_of_other_projects_count_only_where_the_selection_asks(local):
    for where, found in (("length > 3", KEPT), ("labelled == false", None)):
        note(local, Selection(where=where))
        row = {"unit_id": "u", "server": "s", "project": f"another {where}", "project_id": 1, "pushed": "[]"}
        local.append("units", pl.DataFrame([row], schema=UNITS))
        assert kept(local, Selection(where=where)) == found


def test_a_model_trained_again_counts_only_where_the_selection_asks_for_its_margins(local):
    settings = local.path / "minber.toml"
    settings.write_text(settings.read_text().replace("[corpus]", '[corpus]\nmodel = "first"', 1))
    local = open_corpus(local.path)
    sums = local.path / "models" / "first" / "SHA256SUMS"
    sums.parent.mkdir(parents=True)
    for selection, found in ((Selection(where="margin < 0.1"), None), (Selection(order="margin"), None), (None, KEPT)):
        sums.write_text("one")
        note(local, selection)
        assert kept(local, selection) == KEPT
        sums.write_text("another")
        assert kept(local, selection) == found


def test_books_are_digested_once_a_version(local, monkeypatch):
    settled, project = look(local)
    now = local.snapshot("units")
    table = known_units(now.rows, project)
    settled.note(project, table, now.version, KEPT)
    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_ipc", lambda *_, **__: pytest.fail("the same books are digested again"))
        assert settled.kept(project, table, now.version) == KEPT
    books(local)
    now = local.snapshot("units")
    assert settled.kept(project, known_units(now.rows, project), now.version) is None


@pytest.mark.server
def test_the_second_push_cuts_no_units(speeches, doccano_client, monkeypatch):
    first = push(speeches, doccano_client)
    with monkeypatch.context() as patch:
        patch.setattr(push_module, "plan_push", lambda *_: pytest.fail("units are cut"))
        second = push(speeches, doccano_client)
    assert (second.sent, second.present, second.notes) == (0, first.sent, [])
    for name in ("chosen", "total", "left_out", "unannotated", "omitted"):
        assert getattr(second, name) == getattr(first, name)
    third = push(speeches, doccano_client, dry_run=True)
    assert (third.present, third.omitted) == (first.sent, first.omitted)


@pytest.mark.server
def test_what_people_did_on_the_server_is_seen(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    person = Administrator(doccano_client, project)
    unit = unit_with(speeches, "Адам")
    doccano_client._send("DELETE", f"v1/projects/{project}/examples/{person.examples[unit]}")
    assert push(speeches, doccano_client).deleted == [unit]
    assert push(speeches, doccano_client, restore=True).sent == 1
    person = Administrator(doccano_client, project)
    person.add(unit, "category", NAME)
    assert pull(speeches, doccano_client).added == 1
    theme = (
        speeches.table("annotations").filter((pl.col("doc_id") == "speech") & (pl.col("layer") == "theme")).collect()
    )
    start, end = map(int, unit.rpartition(":")[2].split("-"))
    places = {"start": start, "end": end, "label": "parliament", "attributes": "{}"}
    better = theme.head(1).with_columns(
        pl.lit(value).cast(theme.schema[name]).alias(name) for name, value in places.items()
    )
    speeches.append("annotations", better)
    assert list(push(speeches, doccano_client).updated) == [unit], "the machine has a new label, a person another one"
