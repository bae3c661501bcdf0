"""Snapshots: the same bytes for the same decisions, never written over, and outliving everything else."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import threading

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.exchange import export_corpus
from corpus.labels import (
    events,
    open_snapshot,
    snapshots,
    state,
    take_snapshot,
    verify_snapshot,
)
from corpus.labels.snapshots import canonical_lines, checksums
from corpus.store import open_corpus
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS
from tests.corpus.labels.pulls import FIRST, SECOND, label, pulled, speeches, three_pulls
from tests.doccano.corpora import SPEECH, add, sentences


@pytest.fixture
def made(tmp_path):
    one = speeches(tmp_path / "c")
    three_pulls(one)
    return one


values = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(0, 9), max_size=2)
objects = st.lists(st.dictionaries(st.sampled_from(["a", "b", "ә"]), values, max_size=3), max_size=4)


@given(objects, st.randoms())
def test_equal_rows_have_equal_bytes_in_any_order(rows, chance):
    mixed = [dict(chance.sample(list(row.items()), len(row))) for row in chance.sample(rows, len(rows))]
    assert canonical_lines(mixed) == canonical_lines(rows)


@given(objects)
def test_no_row_is_lost_in_the_bytes(rows):
    back = [json.loads(line) for line in canonical_lines(rows).split(b"\n") if line]
    assert sorted(back, key=repr) == sorted(rows, key=lambda row: repr(json.loads(json.dumps(row, sort_keys=True))))


@given(objects, objects)
def test_other_rows_have_another_checksum(one, other):
    def bag(rows):
        return sorted(json.dumps(row, sort_keys=True) for row in rows)

    same = checksums({"a": canonical_lines(one)}) == checksums({"a": canonical_lines(other)})
    assert same == (bag(one) == bag(other))


def test_the_same_decisions_have_the_same_checksum_elsewhere(tmp_path):
    """Pulled at other times, in another order, under another name, in another corpus."""
    one, other = speeches(tmp_path / "one"), speeches(tmp_path / "two", "Another")
    rows = [label(FIRST, "dialogue", "aigul"), label(SECOND, "economy", "berik", "rejected")]
    pulled(one, rows, {SECOND: "berik"})
    pulled(other, rows[:1], {})
    pulled(other, rows[::-1], {SECOND: "berik"})
    first, second = take_snapshot(one, "gold"), take_snapshot(other, "paper")
    assert first.checksum == second.checksum
    pulled(other, [rows[0] | {"annotator": "dana"}, rows[1]], {SECOND: "berik"})
    assert take_snapshot(other, "paper-2").checksum != first.checksum


def test_a_snapshot_says_what_a_paper_needs(made):
    taken = take_snapshot(made, "gold-1", note="мақала үшін")
    assert (taken.labels, taken.units, taken.confirmed, taken.documents) == (3, 2, 1, 1)
    assert taken.people == {"aigul": 1, "berik": 2}
    assert taken.codebook == {"id": "reforms", "version": made.codebook.version, "digest": made.codebook.digest}
    assert taken.labels_version == made.version("labels")
    folder = made.path / "snapshots" / "gold-1"
    [document] = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    assert document["revision"] == made.document("speech").revision
    assert document["sha256"] == made.document("speech").source.sha256
    assert taken.checksum == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert snapshots(made) == [taken]
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, "anybody can check it without Minber"


def test_a_snapshot_is_never_written_over(made):
    first = take_snapshot(made, "gold")
    pulled(made, [], {})
    with pytest.raises(MinberError, match=r"MB471 gold.*" + first.checksum[:12]):
        take_snapshot(made, "gold", state(made, "1"))
    assert verify_snapshot(made, "gold") == (first, [])
    assert {path.stat().st_mode & 0o222 for path in (made.path / "snapshots" / "gold").iterdir()} == {0}


def test_of_many_at_once_one_wins(made):
    results: list[object] = []

    def take() -> None:
        try:
            results.append(take_snapshot(open_corpus(made.path), "gold"))
        except MinberError as error:
            results.append(error.code)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("MB471") == 3
    assert [path.name for path in (made.path / "snapshots").iterdir()] == ["gold"], "no leftovers"
    verify_snapshot(made, "gold")


def test_a_snapshot_outlives_everything_else(made):
    before = state(made)
    taken = take_snapshot(made, "gold")
    pulled(made, [], {})
    add(made, {"speech": ("Мүлде басқа мәтін.", sentences("Мүлде басқа мәтін.", ["Мүлде басқа мәтін."]))})
    (made.path / "minber.toml").write_text('[corpus]\nname = "Speeches"\ncodebook = "own.yaml"\n', "utf-8")
    (made.path / "own.yaml").write_text("id: own\nversion: '1'\nthemes: []\n", "utf-8")
    shutil.rmtree(made.path / "labels")
    shutil.rmtree(made.path / "units")
    later = open_corpus(made.path)
    assert verify_snapshot(later, "gold", taken.checksum[:12]) == (taken, [])
    kept = open_snapshot(later, "gold")
    names = ["doc_id", "revision", "label", "start", "end", "annotator", "decision", "confirmed", "unit_id", "round"]
    assert kept.labels.select(names).sort(names).collect().equals(before.labels.select(names).sort(names))
    assert kept.documents.select("text").collect().item() == SPEECH, "the text that was labelled"
    assert kept.codebook.digest == taken.codebook["digest"]


def test_any_damage_is_found(made, tmp_path):
    take_snapshot(made, "gold")
    folder = made.path / "snapshots" / "gold"
    shutil.copytree(folder, tmp_path / "kept")
    chance = random.Random(7)
    for file in ("labels.jsonl", "units.jsonl", "documents.jsonl", "codebook.json", "SHA256SUMS"):
        for damage in ("changed", "cut", "missing"):
            path = folder / file
            data = path.read_bytes()
            path.unlink()
            if damage != "missing":
                at = chance.randrange(len(data))
                path.write_bytes(data[:at] if damage == "cut" else data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(MinberError, match="MB472 gold"):
                verify_snapshot(made, "gold")
            with pytest.raises(MinberError, match="MB472 gold"):
                open_snapshot(made, "gold")
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "kept", folder)
    verify_snapshot(made, "gold")


def test_a_text_that_is_not_here_is_named(made, tmp_path):
    take_snapshot(made, "gold")
    empty = speeches(tmp_path / "other")
    empty.replace("documents", empty.revisions.collect().clear(), None)
    shutil.copytree(made.path / "snapshots", empty.path / "snapshots")
    assert verify_snapshot(empty, "gold")[1] == ["speech"]


def test_another_checksum_than_in_the_paper(made):
    taken = take_snapshot(made, "gold")
    verify_snapshot(made, "gold", f"sha256:{taken.checksum.upper()}".replace("SHA256", "sha256"))
    for wrong in ("0" * 64, ""):
        with pytest.raises(MinberError, match="MB472"):
            verify_snapshot(made, "gold", wrong)


def test_names_that_are_none(made):
    for name in ("", "1st", ".hidden", "a/b", "..", "latest", "previous", "a b", "x" * 81, "2026-01-31"):
        with pytest.raises(MinberError, match="MB473"):
            take_snapshot(made, name)
        with pytest.raises(MinberError, match="MB475"):
            open_snapshot(made, name)


def test_kazakh_names(made):
    assert take_snapshot(made, "Алтын-жинақ_1.2").name == "Алтын-жинақ_1.2"
    verify_snapshot(made, "Алтын-жинақ_1.2")


def test_nothing_is_no_gold(tmp_path):
    one = speeches(tmp_path / "c")
    with pytest.raises(MinberError, match="MB474"):
        take_snapshot(one, "gold")
    pulled(one, [], {FIRST: "aigul"})  # somebody looked and found nothing: that is gold
    assert take_snapshot(one, "gold").confirmed == 1


def test_an_export_of_a_snapshot_shows_the_labels_of_then(made, tmp_path):
    take_snapshot(made, "gold", state(made, "previous"))
    kept = open_snapshot(made, "gold")
    assert kept.outdated == 0
    export_corpus(kept, "jsonl", tmp_path / "gold.jsonl")
    [line] = (tmp_path / "gold.jsonl").read_text("utf-8").splitlines()
    people = [row for row in json.loads(line)["annotations"] if row["origin"] == "human"]
    assert {(row["label"], row["annotator"], row["score"]) for row in people} == {
        ("dialogue", "aigul", 1.0),
        ("human_rights", "berik", 1.0),
        ("economy", "berik", 0.0),
    }
    assert any(row["origin"] == "machine" for row in json.loads(line)["annotations"])


def test_an_old_corpus_without_rounds(tmp_path):
    made = speeches(tmp_path / "c")
    revision = made.document("speech").revision
    row = label(FIRST, "dialogue", "aigul", revision=revision)
    unit = {"unit_id": row["unit_id"], "doc_id": "speech", "revision": revision, "start": 0, "end": 9, "project": "p"}
    made.append("labels", pl.DataFrame([row | {"round": None, "attributes": None}], schema=LABELS))
    made.append("units", pl.DataFrame([unit | {"pulled": "[]"}], schema=UNITS))
    assert take_snapshot(made, "gold").rounds == (1,)
    kept = open_snapshot(made, "gold")
    assert kept.labels.select("round", "attributes").collect().rows() == [(1, "{}")]
    assert kept.units.select("confirmed", "preannotated").collect().rows() == [(False, True)]
    assert events(made).height == 1
