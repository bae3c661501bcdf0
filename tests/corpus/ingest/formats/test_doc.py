"""Word's format of 1997: files made from its specification, and real ones beside the project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError
from tests.corpus.ingest.formats.word97 import compound, word

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
Read = Callable[..., Reading]


def test_letters_lines_fields_and_notes(read: Read) -> None:
    field = "\x13 HYPERLINK \x13 PAGE \x141\x15 \x14сілтеме\x15"
    data = word(f"Құрылтай\r{LETTERS}\rбір\x0bекі {field}\x02.\x1e\x1f\r", ["Ескертпе", "Тағы бірі"])
    reading = read(data, "a.doc")
    assert reading.text == f"Құрылтай\n\n{LETTERS}\n\nбір\nекі сілтеме.-\n\n[1] Ескертпе\n\n[2] Тағы бірі"


def test_tables(read: Read) -> None:
    data = word("Алдында\rЖыл\x07Өсім\x07\x072024\x074,8\x07\x07Кейін\r")
    assert read(data).text == "Алдында\n\nЖыл | Өсім\n2024 | 4,8\n\nКейін"


def test_hidden_letters_are_left_out(read: Read) -> None:
    reading = read(word("көрінеді жасырын соңы\r", hidden=[(9, 17)]))
    assert reading.text == "көрінеді соңы"
    assert reading.origins["text"] == "left out: hidden or deleted text"


def test_properties(read: Read) -> None:
    reading = read(word("Сөз\r"))
    assert reading.fallback["date"] == (dt.date(2025, 3, 14), "file properties, day of making")


def test_word_95_without_saved_changes(read: Read) -> None:
    russian = "Уважаемые соотечественники! Сегодня мы говорим о развитии страны."
    old = word(russian.encode("cp1251").ljust(200, b" ").decode("utf-16-le", "surrogatepass"), version=100)
    assert russian in read(old, "a.doc").text


def test_a_text_under_this_name_is_read_as_text(read: Read) -> None:
    assert read(LETTERS.encode(), "a.doc").text == LETTERS


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (word("сөз\r", flags=0x0100), "MB132"),
        (word("", flags=0x0004, version=100), "MB133"),
        (word("\r"), "MB104"),
        (word("сөз\r")[:3000], "MB131"),
        (word("сөз\r")[:600], "MB131"),
        (compound({"Nothing": b"x"}), "MB131"),
        (compound({"WordDocument": b"x" * 5000}), "MB131"),
    ],
)
def test_what_is_refused(read: Read, data: bytes, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(data, "a.doc")
    assert caught.value.code == code


def test_a_chain_of_sectors_that_bites_its_tail(read: Read) -> None:
    data = bytearray(word("сөз\r"))
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    data[table : table + 4] = bytes(4)  # the first sector is followed by itself
    with pytest.raises(MinberError, match="chain"):
        read(bytes(data), "a.doc")


@pytest.mark.parametrize(
    ("name", "first", "last", "words"),
    [
        ("t/doc/test.doc", "The quick brown fox", "the lazy dog.", 90),
        ("word/21VLD2004.doc", "http://www.vld-2004.be", "aan de gewesten.", 950),
        ("word/32_socialisti_democratici_italiani.doc", "DIVENTARE PIÙ FORTI", "professionale e familiare.", 1116),
    ],
)
def test_real_files(read: Read, shared: Path, name: str, first: str, last: str, words: int) -> None:
    text = read((shared / "data/formats_readtext" / name).read_bytes(), name).text
    assert text.startswith(first)
    assert text.endswith(last)
    assert abs(len(text.split()) - words) < 0.1 * words
    assert not set(text) & set("\x01\x02\x05\x07\x13\x14\x15\ufffd")
