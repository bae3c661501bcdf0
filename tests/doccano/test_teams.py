"""Several people on the real server: accounts, projects, who gets what, halves, rounds, samples."""

import json
import re
import stat
from collections import Counter

import polars as pl
import pytest

from corpus.cli import groups  # noqa: F401 -- registers the commands
from corpus.doccano import push as push_module
from corpus.doccano.layouts import unit_of
from corpus.doccano.members import ensure_accounts
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.selection import Selection
from corpus.doccano.status import progress_lines, status
from corpus.doccano.teams import ASSIGNMENTS, TABLE, plan_push, projects_to_pull, team_of
from schemas.errors import MinberError
from tests.doccano.corpora import add, annotation, sentences
from tests.doccano.people import PASSWORD, Crash, project_of
from tests.doccano.team import TEAM, confirm, given, push_all, settle, themed

pytestmark = pytest.mark.server


def test_accounts_are_made_once_with_passwords_in_a_private_file_only(
    doccano_server, doccano_client, made, command, tmp_path
):
    made = settle(made, annotators=["saule", "admin"])
    file = tmp_path / "keys" / "passwords.txt"
    code, said = command(made, "doccano", "team", "--dry-run")
    assert code == 0
    assert "saule\tmissing" in said
    assert "saule" not in doccano_client.users().values()
    code, said = command(made, "doccano", "team", "--passwords", str(file))
    assert code == 0
    assert "saule\tmade" in said
    assert "admin\tfound" in said
    [line] = file.read_text("utf-8").splitlines()
    password = re.search(r"password: (\S+)", line)[1]
    assert "user: saule" in line
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert password not in said
    with doccano_server.client("saule", password) as saule:
        assert not saule.user["is_staff"]
    code, said = command(made, "doccano", "team", "--passwords", str(file))
    assert "saule\tfound" in said
    assert file.read_text("utf-8").splitlines() == [line], "an account that exists keeps its password"
    everything = [path for path in made.path.rglob("*") if path.is_file()]
    assert not any(password.encode() in path.read_bytes() for path in everything)


def test_names_that_the_server_does_not_take_are_refused_before_anything_is_made(doccano_client, accounts, tmp_path):
    for name in ("Айгүл С.", "AIGUL"):
        with pytest.raises(MinberError, match="MB429"):
            ensure_accounts(doccano_client, ["zhanar", name], make=True, passwords=tmp_path / "p")
    assert "zhanar" not in doccano_client.users().values()
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MinberError, match="MB430"):
        ensure_accounts(doccano_client, ["zhanar"], make=True, passwords=blocked / "p")
    assert "zhanar" not in doccano_client.users().values(), "no account without its password being written"


def test_everybody_gets_everything_and_can_work(doccano_server, doccano_client, made, accounts):
    reports = push_all(made, doccano_client)
    assert {name: report.sent for name, report in reports.items()} == dict.fromkeys(TEAM, 25)
    assert len({report.url for report in reports.values()}) == 3
    roles = {row["username"]: row["rolename"] for row in doccano_client.members(project_of(reports["berik"]))}
    assert roles == {"admin": "project_admin", "berik": "annotator"}
    with doccano_server.client("berik", PASSWORD) as berik:
        assert berik.projects(reports["aigul"].project) == []
        [project] = berik.projects(reports["berik"].project)
        assert berik.count(project["id"]) == 25
        confirm(berik, reports["berik"], sorted(given(made)["berik"])[:4])
    for number, name in projects_to_pull(made.units, team_of(made)).projects:
        pull(made, doccano_client, annotator=name, number=number)
    assert set(made.labels.collect()["annotator"]) == {"berik"}
    again = push_all(made, doccano_client)
    assert [(report.sent, report.notes) for report in again.values()] == [(0, [])] * 3
    entries = {entry.annotator: entry for entry in status(made)}
    assert [(entries[name].confirmed, entries[name].pushed, entries[name].local) for name in TEAM] == [
        (0, 25, 0),
        (4, 25, 0),
        (0, 25, 0),
    ]
    assert progress_lines(status(made))[2].split() == ["themes", "round", "1", "berik", "4", "of", "25", "16", "%"]


def test_planned_overlap_on_the_server(doccano_client, made, accounts):
    made = settle(made, overlap=0.2, seed=5)
    push_all(made, doccano_client)
    first = given(made)
    counts = Counter(unit for units in first.values() for unit in units)
    assert len(counts) == 25, "every unit is with somebody"
    assert Counter(counts.values()) == {1: 20, 2: 5}
    assert sorted(map(len, first.values())) == [10, 10, 10]
    plan = made.table(TABLE, ASSIGNMENTS).collect()
    assert {(row["unit_id"], row["annotator"]) for row in plan.to_dicts()} == {
        (unit, name) for name, units in first.items() for unit in units
    }

    add(made, {"three": themed(10, "сайлау")})
    made = settle(made, annotators=[*TEAM, "erlan"])
    reports = push_all(made, doccano_client)
    assert {name: report.sent for name, report in reports.items()} == dict.fromkeys([*TEAM, "erlan"], 3)
    assert any("erlan has no account" in note for note in reports["erlan"].notes)
    second = given(made)
    for name in TEAM:
        assert second[name] >= first[name], "nothing is taken back"
    counts = Counter(unit for units in second.values() for unit in units)
    assert (len(counts), sum(count == 2 for count in counts.values())) == (35, 7)
    assert all(report.sent == 0 for report in push_all(made, doccano_client).values())


def test_a_push_cut_short_between_two_people_changes_nothing_of_the_plan(doccano_client, made, accounts, monkeypatch):
    made = settle(made, overlap=0.5, seed=1)
    planned = plan_push(made, team_of(made), "kk")
    wanted = {name: {unit.unit_id for unit in units} for name, units in planned.units.items()}
    sent = []

    def crash(*arguments):
        if sent:
            raise Crash
        sent.append(1)
        return real(*arguments)

    real = push_module.send
    with monkeypatch.context() as patch:
        patch.setattr(push_module, "send", crash)
        with pytest.raises(Crash):
            push_all(made, doccano_client)
    assert list(given(made)) == ["aigul"]
    push_all(made, doccano_client)
    assert given(made) == wanted


def test_half_is_shown_without_pre_annotations_the_same_to_everybody(doccano_client, made, accounts):
    made = settle(made, preannotate="half", overlap=0.4, annotators=TEAM[:2])
    reports = push_all(made, doccano_client)
    bare = {}
    for report in reports.values():
        for row in doccano_client.download(project_of(report))["all"]:
            assert bare.setdefault(unit_of(row), not row["cats"]) == (not row["cats"]), "both see the same"
            assert bool(row["cats"]) == bool(row["entities"])
    assert sum(bare.values()) in (12, 13)
    noted = dict(made.units.select("unit_id", "preannotated").collect().iter_rows())
    assert noted == {unit: not empty for unit, empty in bare.items()}
    [name] = [name for name in bare if bare[name]][:1]
    owner = next(person for person, units in given(made).items() if name in units)
    confirm(doccano_client, reports[owner], [name])
    assert pull(made, doccano_client, annotator=owner).confirmed == 1
    assert made.labels.filter(pl.col("unit_id") == name).collect().height == 0, "nothing was shown: nothing rejected"
    again = push_all(settle(made, preannotate="all"), doccano_client)
    assert [report.sent for report in again.values()] == [0, 0]
    rows = [row for report in again.values() for row in doccano_client.download(project_of(report))["all"]]
    assert {unit_of(row): not row["cats"] for row in rows} == bare, "who saw what stays"
    assert all(entry.pre_annotated in range(7, 12) for entry in status(made))


def test_a_half_for_a_project_that_all_share(doccano_client, made):
    made = settle(made, preannotate="half", annotators=[])
    report = push(made, doccano_client)
    rows = doccano_client.download(project_of(report))["all"]
    assert sum(bool(row["cats"]) for row in rows) in (12, 13)
    assert push(made, doccano_client).sent == 0
    nothing = settle(made, preannotate="none")
    add(nothing, {"three": themed(3, "сайлау")})
    assert push(nothing, doccano_client).sent == 3
    assert sum(bool(row["cats"]) for row in doccano_client.download(project_of(report))["all"]) in (12, 13)


def test_rounds_have_projects_of_their_own(doccano_client, made, accounts, command):
    made = settle(made, annotators=TEAM[:2])
    first = push_all(made, doccano_client)
    confirm(doccano_client, first["aigul"], given(made)["aigul"])
    code, said = command(made, "push", "--round", "2", "--sample", "6", "--seed", "1")
    assert code == 0, said
    rows = made.units.filter(pl.col("round") == 2).collect()
    assert rows.height == 12
    assert set(rows["project"]) == {f"{report.project} · r2" for report in first.values()}
    assert rows.filter(pl.col("annotator") == "aigul")["unit_id"].is_in(list(given(made)["aigul"])).all()
    second = {entry.annotator: entry for entry in status(settle(made, round=2)) if entry.round == 2}
    project = doccano_client.projects(second["aigul"].project)[0]["id"]
    for row in doccano_client.examples(project)[:2]:
        doccano_client._send("POST", f"v1/projects/{project}/examples/{row['id']}/states", {})
    code, said = command(made, "pull")
    assert code == 0, said
    counts = made.labels.filter(pl.col("layer") == "theme").group_by("annotator", "round").len().collect()
    assert set(counts.iter_rows()) == {("aigul", 1, 25), ("aigul", 2, 2)}
    code, said = command(made, "status")
    assert [line.split() for line in said.splitlines() if line.startswith("  themes")] == [
        ["themes", "round", "1", "aigul", "25", "of", "25", "100", "%"],
        ["themes", "round", "1", "berik", "0", "of", "25", "0", "%"],
        ["themes", "round", "2", "aigul", "2", "of", "6", "33", "%"],
        ["themes", "round", "2", "berik", "0", "of", "6", "0", "%"],
    ]


def test_a_sample_for_a_team_is_the_same_for_everybody(doccano_client, made, accounts):
    reports = push_all(made, doccano_client, selection=Selection(sample=8, seed=2, stratify="id", order="random"))
    assert [report.sent for report in reports.values()] == [8, 8, 8]
    assert len(set(map(frozenset, given(made).values()))) == 1
    orders = [[row["text"] for row in doccano_client.examples(project_of(report))] for report in reports.values()]
    assert orders[0] == orders[1] == orders[2]
    assert [entry.local for entry in status(made)] == [0, 0, 0]


def test_a_selection_that_is_done_is_no_error(doccano_client, made, accounts):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, doccano_client, selection=Selection(where="not labelled")).values()
    confirm(doccano_client, report, given(made)["aigul"])
    pull(made, doccano_client, annotator="aigul")
    handout = plan_push(made, team_of(made), "kk")
    assert any("leaves nothing more" in note for note in handout.notes)
    assert push(made, doccano_client, annotator="aigul", handout=handout).sent == 0
    assert status(made)[0].local == 0
    with pytest.raises(MinberError, match="MB504"):
        plan_push(made, team_of(made), "kk", asked=Selection(where="not labelled"))


def test_this_server_has_no_assignments(doccano_client, made, accounts):
    made = settle(made, annotators=["aigul"])
    [report] = push_all(made, doccano_client).values()
    assert doccano_client.has_assignments(project_of(report)) is False
    assert not any("assigned" in note for note in report.notes)


def test_what_the_layout_cannot_show_is_written_to_a_file(doccano_client, made, accounts, command, tmp_path):
    text = "Парламенттің құзыры кеңейді."
    rows = [
        *sentences(text, [text]),
        annotation(text, "theme", "parliament", text, evidence=[[0, 12]]),
        annotation(text, "theme", "government_accountability", text, evidence=[[0, 19]]),
    ]
    add(made, {"over": (text, rows)})
    code, said = command(made, "push", "--report", str(tmp_path / "r.json"))
    assert code == 0, said
    [row] = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (row["label"], row["words"], row["shown_instead"]) == (
        "parliament",
        "Парламенттің",
        "government_accountability",
    )
    code, said = command(made, "push", "--report", str(tmp_path / "r.csv"))
    assert code == 0
    assert len((tmp_path / "r.csv").read_text("utf-8").splitlines()) == 2, "listed also where nothing is sent"
