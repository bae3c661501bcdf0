"""Several people on the real server: accounts, projects, who gets what, halves, rounds, and people who leave."""

import json
import re
import stat
from collections import Counter

import polars as pl
import pytest
from typer.testing import CliRunner

from corpus.cli import groups  # noqa: F401 -- registers the commands
from corpus.cli.app import app
from corpus.doccano import push as push_module
from corpus.doccano.layouts import unit_of
from corpus.doccano.members import ensure_accounts, set_up_team
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.selection import Selection
from corpus.doccano.status import progress_lines, status
from corpus.doccano.teams import ASSIGNMENTS, TABLE, plan_push, projects_to_pull, team_of
from corpus.store import open_corpus
from schemas.errors import MinberError
from tests.doccano.corpora import add, annotation, make_corpus, sentences
from tests.doccano.people import PASSWORD, Crash, project_of

pytestmark = pytest.mark.server

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
