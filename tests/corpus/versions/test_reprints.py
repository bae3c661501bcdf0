"""Copies of documents, whatever was changed in them."""

from __future__ import annotations

import random

import pytest

from corpus.versions.reprints import WHOLE, Body, compare, copies
from corpus.versions.shingles import shingles, words_of

WORDS = [
    "реформа",
    "халық",
    "мектеп",
    "заң",
    "әкім",
    "қала",
    "ауыл",
    "жол",
    "су",
    "сот",
    "бюджет",
    "дала",
    "көмек",
    "жұмыс",
]


def text(seed: int, count: int = 200) -> list[str]:
    draw = random.Random(seed)
    return [f"{draw.choice(WORDS)}{draw.randrange(50)}" for _ in range(count)]


def body(name: str, words: list[str], day: str = "2025-03-14", lang: str = "kk") -> Body:
    return Body(name, "0" * 16, lang, (day, name), " ".join(words))


ORIGINAL = text(1)


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("same", ORIGINAL),
        ("changed lead", text(2, 30) + ORIGINAL[40:]),
        ("changed lead", text(2, 25) + ORIGINAL),
        ("reprint", [*ORIGINAL[:80], "жаңа", *ORIGINAL[84:150], "сөз", *ORIGINAL[153:]]),
        ("excerpt", ORIGINAL[60:140]),
        ("extended", ORIGINAL + text(3, 90)),
        ("partly", ORIGINAL[:120] + text(4, 110)),
    ],
)
def test_how_a_text_was_copied(relation: str, words: list[str]) -> None:
    found = compare(shingles(ORIGINAL), shingles(words))
    assert found is not None
    assert found.relation == relation


def test_strangers_are_no_copies() -> None:
    found = copies([body("a", text(1)), body("b", text(2)), body("c", text(3))])
    assert found["relation"].null_count() == 3
    assert found["cluster"].to_list() == ["a", "b", "c"]


def test_a_cluster_has_one_original_and_numbers_its_copies() -> None:
    bodies = [
        body("late", ORIGINAL, "2025-03-16"),
        body("first", ORIGINAL, "2025-03-13"),
        body("other", text(9)),
        body("lead", text(2, 20) + ORIGINAL[30:], "2025-03-15"),
    ]
    for order in (bodies, bodies[::-1]):
        rows = {row["doc_id"]: row for row in copies(order).to_dicts()}
        assert {name: row["cluster"] for name, row in rows.items()} == {
            "first": "first", "lead": "first", "late": "first", "other": "other",
        }  # fmt: skip
        assert [rows[name]["occurrence"] for name in ("first", "lead", "late", "other")] == [1, 2, 3, 1]
        assert rows["late"]["relation"] == "same"
        assert rows["late"]["copy_of"] == "first"


def test_what_brings_something_new_counts_itself() -> None:
    rows = copies([body("a", ORIGINAL, "2025-01-01"), body("b", ORIGINAL + text(5, 150), "2025-01-02")])
    assert rows["relation"].to_list() == [None, "extended"]
    assert rows["occurrence"].to_list() == [1, 1]
    assert "extended" not in WHOLE


def test_a_short_piece_of_a_long_text_is_found() -> None:
    long = text(7, 3000)
    rows = copies(
        [body("long", long, "2025-01-01"), body("piece", long[1000:1120], "2025-01-02"), body("x", text(8, 120))]
    )
    found = {row["doc_id"]: (row["relation"], row["occurrence"]) for row in rows.to_dicts()}
    assert found == {"long": (None, 1), "piece": ("excerpt", 2), "x": (None, 1)}


def test_versions_in_other_languages_are_no_copies() -> None:
    assert copies([body("a", ORIGINAL), body("b", ORIGINAL, lang="ru")])["relation"].null_count() == 2


def test_signs_and_capitals_do_not_matter() -> None:
    assert words_of("«Біз – БІРГЕМІЗ!»") == words_of("біз, біргеміз")


def test_short_texts_are_not_compared() -> None:
    assert copies([body("a", ["көктем", "келді"]), body("b", ["көктем", "келді"])])["relation"].null_count() == 2
