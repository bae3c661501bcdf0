"""A team over time: people who leave, projects and label types that are renamed or deleted, texts that are revised."""

import polars as pl
import pytest

from corpus.cli import groups  # noqa: F401 -- registers the commands
from corpus.doccano.layouts import unit_of
from corpus.doccano.members import set_up_team
from corpus.doccano.pull import pull
from corpus.doccano.teams import ASSIGNMENTS, TABLE, team_of
from tests.doccano.corpora import add, sentences
from tests.doccano.people import project_of
from tests.doccano.team import TEAM, confirm, given, push_all, settle, themed

pytestmark = pytest.mark.server


def test_somebody_leaves(doccano_client, made, accounts, command):
    made = settle(made, overlap=0.2)
    reports = push_all(made, doccano_client)
    before = given(made)
    done = sorted(before["dana"])[:4]
    confirm(doccano_client, reports["dana"], done)
    made = settle(made, annotators=TEAM[:2])
    code, said = command(made, "pull")
    assert code == 0
    assert "dana is no longer among the annotators; what they labelled is still pulled" in said
    assert set(made.labels.collect()["annotator"]) == {"dana"}
    code, said = command(made, "push")
    assert code == 0
    assert "of their 10 unit(s) 6 are not confirmed ('push --reassign'" in said
    assert given(made) == before
    code, said = command(made, "push", "--reassign")
    assert code == 0
    assert "6 go to the others" in said
    now = given(made)
    for unit in before["dana"] - set(done):
        holders = {name for name in TEAM[:2] if unit in now[name]}
        assert len(holders) == sum(unit in units for units in before.values())
    assert not set(done) & ((now["aigul"] | now["berik"]) - (before["aigul"] | before["berik"]))
    assert now["dana"] == before["dana"], "nothing is taken off the server"
    code, said = command(made, "push", "--reassign")
    assert (code, given(made)) == (0, now), "asking again deals nothing again"


def test_who_was_taken_out_of_a_project_is_not_put_back_by_a_push(doccano_client, made, accounts):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, doccano_client).values()
    project = project_of(report)
    [member] = [row["id"] for row in doccano_client.members(project) if row["username"] == "aigul"]
    doccano_client._send("DELETE", f"v1/projects/{project}/members", {"ids": [member]})
    [report] = push_all(made, doccano_client).values()
    assert any("aigul was taken out of this project" in note for note in report.notes)
    assert [row["username"] for row in doccano_client.members(project)] == ["admin"]
    places, _ = set_up_team(made, doccano_client, team_of(made))
    assert places[0].notes == ("aigul is an annotator of this project now",)
    assert {row["username"] for row in doccano_client.members(project)} == {"admin", "aigul"}


def test_projects_renamed_deleted_and_labels_changed_by_one_do_not_touch_the_others(
    doccano_client, made, accounts, command
):
    reports = push_all(made, doccano_client)
    berik, dana = (project_of(reports[name]) for name in ("berik", "dana"))
    confirm(doccano_client, reports["dana"], given(made)["dana"])
    command(made, "pull")
    before = made.labels.collect().height
    doccano_client.update_project(doccano_client.project(berik), name="Беріктің жобасы")
    types = {row["text"]: row for row in doccano_client.label_types(berik, "category")}
    renamed, deleted = types["Қоғамдық диалог"], types["Парламент"] if "Парламент" in types else list(types.values())[5]
    doccano_client.update_label_type(berik, "category", renamed["id"], text="Диалог", background_color="#000000")
    doccano_client._send("DELETE", f"v1/projects/{berik}/category-types/{deleted['id']}")
    doccano_client.delete_project(dana)
    code, said = command(made, "pull")
    assert code == 1
    assert "MB418" in said
    assert "Беріктің жобасы" in said
    assert "'Диалог'" in said
    assert made.labels.collect().height == before, "dana's labels stay"
    code, said = command(made, "push")
    assert code == 0, said
    assert "the project that units were pushed to before is gone" in said
    assert any(row["text"] == deleted["text"] for row in doccano_client.label_types(berik, "category"))
    assert doccano_client.count(berik) == 25
    code, said = command(made, "pull")
    assert code == 0, said
    assert made.labels.filter(pl.col("annotator") == "dana").collect().height >= before


def test_a_revised_text_stays_with_the_people_who_have_it(doccano_client, made, accounts):
    made = settle(made, overlap=0.2, preannotate="half", annotators=TEAM[:2])
    push_all(made, doccano_client)
    plan = made.table(TABLE, ASSIGNMENTS).collect().to_dicts()
    text, _ = themed(16)
    lines = ["Жаңа сөйлем.", *(f"{number}-диалог туралы." for number in range(16))]
    lines[8] = "7-диалог жайында."
    fresh = " ".join(lines)
    rows = sentences(fresh, lines)
    add(made, {"one": (fresh, rows)})
    push_all(made, doccano_client)
    old = {}
    for row in plan:
        doc_id, _, place = row["unit_id"].rsplit(":", 2)
        if doc_id == "one":
            old[text[slice(*map(int, place.split("-")))]] = row
    rows = made.units.filter((pl.col("doc_id") == "one") & ~pl.col("unit_id").is_in([row["unit_id"] for row in plan]))
    now = rows.collect().to_dicts()
    assert len({row["unit_id"] for row in now}) == 17
    people = {}
    for row in plan:
        people.setdefault(row["unit_id"], set()).add(row["annotator"])
    for row in now:
        words = fresh[row["start"] : row["end"]].replace("жайында", "туралы")
        if words in old:
            assert row["annotator"] in people[old[words]["unit_id"]]
            assert row["preannotated"] == old[words]["preannotated"]


def test_labels_that_went_with_their_label_type_are_nobodys_rejection(doccano_client, made, accounts, command):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, doccano_client).values()
    project, units = project_of(report), sorted(given(made)["aigul"])
    confirm(doccano_client, report, units[:5])
    assert pull(made, doccano_client, annotator="aigul").kept == 10
    before = made.labels.sort("unit_id", "layer").collect()
    [category] = [row for row in doccano_client.label_types(project, "category") if row["text"] == "Қоғамдық диалог"]
    doccano_client._send("DELETE", f"v1/projects/{project}/category-types/{category['id']}")
    looked = pull(made, doccano_client, annotator="aigul", dry_run=True)
    found = pull(made, doccano_client, annotator="aigul")
    for once in (looked, found):
        assert (once.changed, once.rejected, once.kept) == ([], 0, 10)
        assert any("was deleted on the server, and 25 label(s) with it" in note for note in once.notes)
    assert pull(made, doccano_client, annotator="aigul").notes == [], "said once"
    code, said = command(made, "push")
    assert code == 0
    assert "1 label(s) are new" in said
    assert pull(made, doccano_client, annotator="aigul").changed == [], "nor when the type is there again"
    assert made.labels.sort("unit_id", "layer").collect().equals(before)

    [again] = [row for row in doccano_client.label_types(project, "category") if row["text"] == category["text"]]
    examples = {unit_of(row["meta"]): row["id"] for row in doccano_client.examples(project)}
    path = f"v1/projects/{project}/examples/{examples[units[0]]}/categories"
    doccano_client._send("POST", path, {"label": again["id"]})
    assert pull(made, doccano_client, annotator="aigul").changed == []
    [label] = doccano_client.labels(project, examples[units[0]], "category")
    doccano_client._send("DELETE", f"{path}/{label['id']}")
    later = pull(made, doccano_client, annotator="aigul")
    assert (later.changed, later.rejected) == ([units[0]], 1), "given again and taken away: that is a decision"


def test_a_label_type_deleted_and_made_again_before_a_pull(doccano_client, made, accounts):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, doccano_client).values()
    project = project_of(report)
    confirm(doccano_client, report, given(made)["aigul"])
    for kind in ("category", "span"):
        for row in doccano_client.label_types(project, kind):
            doccano_client._send("DELETE", f"v1/projects/{project}/{kind}-types/{row['id']}")
    [report] = push_all(made, doccano_client).values()
    assert any("theme dialogue was deleted on the server, and 25 label(s)" in note for note in report.notes)
    found = pull(made, doccano_client, annotator="aigul")
    assert (found.kept, found.rejected) == (50, 0)
    rows = doccano_client.download(project)["all"]
    assert not any(row["cats"] or row["entities"] for row in rows)
    [report] = push_all(made, doccano_client, restore=True).values()
    assert any("50 label(s) that went with their type are given again" in note for note in report.notes)
    rows = doccano_client.download(project)["all"]
    assert all(row["cats"] and row["entities"] for row in rows)
    assert pull(made, doccano_client, annotator="aigul").changed == []
    [report] = push_all(made, doccano_client, restore=True).values()
    assert (report.sent, report.notes) == (0, [])
