"""What a pull takes for a decision of a person, and of whom, against the real server."""

import time

import pytest

from corpus.doccano.pull import pull
from corpus.doccano.push import push
from tests.doccano.people import NAME, Administrator, Person, decisions, kk, project_of, unit_with

pytestmark = pytest.mark.server


def test_untouched_pre_annotations_are_nobodys(speeches, doccano_client):
    push(speeches, doccano_client)
    report = pull(speeches, doccano_client)
    assert (report.units, report.changed, report.missing, report.moved) == (5, [], [], [])
    assert speeches.labels.collect().height == 0


def test_only_the_difference_is_a_persons_until_the_check_mark(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    emoji, rights = unit_with(speeches, "диалогтың"), unit_with(speeches, "Адам")
    aigul.remove(emoji, "category", NAME)
    aigul.add(emoji, "category", kk("national_unity"))
    units = len("👩‍👩‍👧 Қоғамдық ".encode("utf-16-le")) // 2
    aigul.add(emoji, "span", kk("national_unity"), units + len("диалогтың "), units + len("диалогтың жаңа"))
    sentence = "👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed) == ([emoji], 0)
    changes = {
        ("rejected", "theme", "dialogue", sentence, "aigul"),
        ("added", "theme", "national_unity", sentence, "aigul"),
        ("added", "evidence", "national_unity", "жаңа", "aigul"),
    }
    assert decisions(speeches) == changes

    aigul.confirm(rights)
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed) == ([rights], 1)
    assert decisions(speeches) == changes | {
        ("confirmed", "theme", "human_rights", "Адам құқықтарын қорғау жүйесі жақсарды.", "aigul"),
        ("confirmed", "evidence", "human_rights", "Адам құқықтарын", "aigul"),
    }
    first_seen = speeches.labels.select("unit_id", "layer", "label", "first_seen").collect()

    aigul.add(emoji, "category", NAME)  # back again: not a difference any more
    pull(speeches, doccano_client)
    assert ("rejected", "theme", "dialogue", sentence, "aigul") not in decisions(speeches)
    again = speeches.labels.select("unit_id", "layer", "label", "first_seen").collect()
    assert again.join(first_seen, on=again.columns, how="anti").height == 0, "dates of what stayed are kept"
    before = speeches.table("labels", version=speeches.version("labels") - 1).collect()
    assert before.height == 5, "earlier states are earlier versions"


def test_pulling_twice_writes_nothing(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    Person(doccano_server, doccano_client, project, "aigul").confirm(unit_with(speeches, "Адам"))
    assert pull(speeches, doccano_client).kept == 2
    versions = speeches.version("labels"), speeches.version("units")
    again = pull(speeches, doccano_client)
    assert (again.changed, again.kept) == ([], 2)
    assert (speeches.version("labels"), speeches.version("units")) == versions


def test_who_did_it_among_several(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    berik = Person(doccano_server, doccano_client, project, "berik")
    rights, akims = unit_with(speeches, "Адам"), unit_with(speeches, "Жергілікті")
    aigul.add(rights, "category", NAME)
    berik.add(rights, "category", kk("parliament"))
    berik.remove(akims, "category", kk("decentralisation"))
    pull(speeches, doccano_client)
    found = {(decision, label, who) for decision, _, label, _, who in decisions(speeches)}
    assert found == {
        ("added", "dialogue", "aigul"),
        ("added", "parliament", "berik"),
        ("rejected", "decentralisation", "unknown"),  # the server forgets who deleted
    }
    berik.confirm(akims)
    pull(speeches, doccano_client)
    assert (
        "rejected",
        "theme",
        "decentralisation",
        "«Жергілікті билік түбегейлі жаңғыртылды», – деді президент.",
        "berik",
    ) in decisions(speeches)


def test_a_pre_annotation_that_somebody_changed_is_theirs(speeches, doccano_server, doccano_client):
    """The server goes on naming the uploader as the giver of a span whose label or place another user changed."""
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    example = aigul.examples[rights]
    [span] = aigul.client.labels(project, example, "span")
    time.sleep(1)
    path = f"v1/projects/{project}/examples/{example}/spans/{span['id']}"
    aigul.client._send("PATCH", path, {"label": aigul.types["span"][NAME]})
    pull(speeches, doccano_client)
    assert decisions(speeches) == {
        ("rejected", "evidence", "human_rights", "Адам құқықтарын", "aigul"),
        ("added", "evidence", "dialogue", "Адам құқықтарын", "aigul"),
    }


def test_one_who_works_alone_is_named(speeches, doccano_client):
    project = project_of(push(speeches, doccano_client))
    admin = Administrator(doccano_client, project)
    rights = unit_with(speeches, "Адам")
    admin.add(rights, "category", NAME)
    admin.remove(rights, "category", kk("human_rights"))
    pull(speeches, doccano_client)
    assert {row[-1] for row in decisions(speeches)} == {"admin"}


def test_a_check_mark_that_is_taken_back(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    rights = unit_with(speeches, "Адам")
    aigul.confirm(rights)
    assert pull(speeches, doccano_client).kept == 2
    aigul.confirm(rights)  # the server toggles
    report = pull(speeches, doccano_client)
    assert (report.changed, report.confirmed, report.kept) == ([rights], 0, 0)
    assert decisions(speeches) == set(), "the pre-annotations are nobody's again"


def test_a_removed_member_stays_the_author_of_their_labels(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    aigul.add(unit_with(speeches, "Адам"), "category", NAME)
    [member] = [row["id"] for row in doccano_client.members(project) if row["username"] == "aigul"]
    doccano_client._send("DELETE", f"v1/projects/{project}/members", {"ids": [member]})
    pull(speeches, doccano_client)
    assert {row[-1] for row in decisions(speeches)} == {"aigul"}


def test_a_changed_quotation_in_voices(speeches, doccano_server, doccano_client):
    project = project_of(push(speeches, doccano_client, "voices"))
    aigul = Person(doccano_server, doccano_client, project, "aigul")
    unit = unit_with(speeches, "Жергілікті")
    aigul.remove(unit, "span", "Дәйексөз")
    aigul.add(unit, "span", "Ішінара дәйексөз", 1, len("«Жергілікті билік"))
    pull(speeches, doccano_client, "voices")
    assert decisions(speeches) == {
        ("rejected", "quote", "direct", "Жергілікті билік түбегейлі жаңғыртылды", "aigul"),
        ("added", "quote", "partial", "Жергілікті билік", "aigul"),
    }
