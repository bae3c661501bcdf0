"""Notes of what is under way: they outlive a kill, and a line that was cut off is as if it had never been begun."""

import errno
import json
import os

import pytest

from corpus.doccano.journal import Journal, Step
from corpus.doccano.layouts import Label
from corpus.doccano.marks import Marks
from corpus.doccano.notes import Notes
from corpus.doccano.outbox import Outbox
from corpus.store import init_corpus


def test_notes_are_read_in_their_order_until_they_are_cleared(tmp_path):
    made = init_corpus(tmp_path / "c")
    notes = Notes(made, "x.jsonl")
    assert notes.read() == []
    notes.append(["ә", 1])
    notes.append({"a": None})
    assert Notes(made, "x.jsonl").read() == [["ә", 1], {"a": None}]
    notes.replace([[2]])
    assert notes.read() == [[2]]
    assert [path.name for path in (made.path / "sync").iterdir()] == ["x.jsonl"]
    notes.clear()
    notes.clear()
    assert notes.read() == []


def test_notes_that_do_not_reach_the_disk_do_not_take_the_place_of_others(tmp_path, monkeypatch):
    notes = Notes(init_corpus(tmp_path / "c"), "x.jsonl")
    notes.replace(["old"])

    def refuse(_):
        raise OSError(errno.EIO, "the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="the disk failed"):
            notes.replace(["new"])
    assert notes.read() == ["old"]
    notes.replace(["new"])
    assert notes.read() == ["new"]


def test_of_a_file_whose_note_was_cut_off_nothing_was_sent(tmp_path):
    made = init_corpus(tmp_path / "c")
    outbox = Outbox(made, 7)
    outbox.note(["u", "v"])
    outbox.note(["w"])
    [path] = (made.path / "sync").iterdir()
    path.write_bytes(path.read_bytes()[:-4])
    assert Outbox(made, 7).files() == [["u", "v"]]
    assert Outbox(made, 8).files() == []
    outbox.clear()
    assert outbox.files() == []


def test_a_note_behind_one_that_was_cut_off_is_read(tmp_path):
    made = init_corpus(tmp_path / "c")
    notes = Notes(made, "x.jsonl")
    notes.append(["қала"])
    [path] = (made.path / "sync").iterdir()
    written = path.read_bytes()
    for cut in range(written.index(b"["), len(written)):  # also in the middle of a letter
        path.write_bytes(written[:cut])
        notes.append(["next"])
        assert notes.read()[-1] == ["next"]
        assert notes.read()[:-1] in ([], [["қала"]])


def test_a_note_may_hold_any_letter(tmp_path):
    notes = Notes(init_corpus(tmp_path / "c"), "x.jsonl")
    notes.append(["a\u2028b\x85c\nd"])
    assert notes.read() == [["a\u2028b\x85c\nd"]]


def test_marks_add_up_and_those_of_an_older_minber_are_read(tmp_path):
    made = init_corpus(tmp_path / "c")
    (made.path / "sync").mkdir()
    (made.path / "sync" / "marks-7.json").write_text(json.dumps(["u"]), encoding="utf-8")  # without an end of line
    marks = Marks(made, 7)
    marks.note(["v", "u"])
    marks.note([])
    assert Marks(made, 7).pending() == {"u", "v"}
    assert Marks(made, 8).pending() == set()


def test_a_journal_cut_off_in_the_middle_of_a_letter_is_settled(tmp_path):
    """No server is asked: of the one change that was begun the answer is there, the other was never begun."""
    made = init_corpus(tmp_path / "c")
    journal, step = Journal(made), Step("add", "Құрылтай", 1, 2, "u", Label("theme", "talk", 0, 4), "span", 3, {})
    journal.begin(step)
    journal.end(done=True)
    journal.begin(step)
    [path] = (made.path / "sync").iterdir()
    written = path.read_bytes()
    path.write_bytes(written[: written.rindex("ұ".encode()) + 1])
    assert Journal(made).settle(None) == 1
    assert not path.exists()
    assert Journal(made).settle(None) == 0
