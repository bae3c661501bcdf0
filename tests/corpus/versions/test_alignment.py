"""Sentences of language versions find each other, whatever was left out, drawn together or moved."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.versions import Text, align, alignment
from corpus.versions.evidence import keys_of, sound
from tests.conftest import ROOT
from tests.corpus.versions.texts import KK, RU


def links(first: Text, second: Text) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.first, bead.second) for bead in align(first, second)]


def test_one_to_one() -> None:
    assert links(Text("kk", KK), Text("ru", RU)) == [((i,), (i,)) for i in range(6)]


def test_a_sentence_that_was_left_out_stays_alone() -> None:
    assert links(Text("kk", KK), Text("ru", RU[:2] + RU[3:])) == [
        ((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), (2,)), ((4,), (3,)), ((5,), (4,)),
    ]  # fmt: skip


def test_two_sentences_drawn_into_one() -> None:
    joined = [*RU[:1], f"{RU[1][:-1]}, и учатся в них 2400 детей.", *RU[3:]]
    assert ((1, 2), (1,)) in links(Text("kk", KK), Text("ru", joined))


def test_the_sides_may_change_places() -> None:
    one, two = Text("kk", KK), Text("ru", RU[:2] + RU[3:])
    assert {(b, a) for a, b in links(one, two)} == set(links(two, one))


@pytest.mark.parametrize("seed", range(3))
def test_any_order(seed: int) -> None:
    order = random.Random(seed).sample(range(6), 6)
    found = links(Text("kk", KK), Text("ru", [RU[i] for i in order]))
    right = sum(((i,), (order.index(i),)) in found for i in range(6))
    assert right >= 5


def test_empty_sides() -> None:
    assert align(Text("kk", []), Text("ru", [])) == []
    assert links(Text("kk", ["Сөз."]), Text("ru", [])) == [((0,), ())]
    assert links(Text("kk", []), Text("ru", ["Слово."])) == [((), (0,))]


def test_long_texts_are_aligned_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    kk = [f"{sentence} {number + 1000}" for number in range(20) for sentence in KK]
    ru = [f"{sentence} {number + 1000}" for number in range(20) for sentence in RU]
    ru = ru[:7] + ru[13:]  # a paragraph of six sentences is missing
    monkeypatch.setattr(alignment, "_CELLS", 40 * 40)
    found = links(Text("kk", kk), Text("ru", ru))
    right = sum(((i,), (i if i < 7 else i - 6,)) in found for i in [*range(7), *range(13, 120)])
    assert right >= 106  # of 114: what is around the gap may be drawn together


words = st.lists(st.text(alphabet="абвгқ 12.,?«»", min_size=0, max_size=30), max_size=12)


@settings(max_examples=60, deadline=None)
@given(words, words, st.booleans())
def test_every_sentence_once(one: list[str], two: list[str], paragraphs: bool) -> None:
    numbers = ([i // 2 for i in range(len(side))] if paragraphs else [] for side in (one, two))
    first, second = (Text(lang, side, n) for lang, side, n in zip(("kk", "ru"), (one, two), numbers, strict=True))
    beads = align(first, second)
    assert sorted(i for bead in beads for i in bead.first) == list(range(len(one)))
    assert sorted(j for bead in beads for j in bead.second) == list(range(len(two)))
    assert all(bead.first or bead.second for bead in beads)
    assert all(
        list(side) == list(range(side[0], side[0] + len(side))) for b in beads for side in (b.first, b.second) if side
    )


def test_names_sound_alike_in_every_alphabet() -> None:
    pairs = [
        ("тоқаев", "токаев", "tokayev"),
        ("вашингтон", "вашингтон", "washington"),
        ("джонсон", "джонсон", "johnson"),
    ]
    for three in pairs:
        assert len({sound(name)[:3] for name in three}) == 1


def test_numbers_are_written_in_many_ways() -> None:
    assert keys_of("1 000 000", "ru").fixed == keys_of("1,000,000", "en").fixed == {"n:1000000"}
    assert keys_of("2,5", "kk").fixed == keys_of("2.5", "en").fixed == {"n:2.5"}


def test_the_demo_reports_correspond_in_all_three_languages() -> None:
    from corpus.versions.cut import sentence_ranges

    texts = {}
    for lang in ("kk", "ru", "en"):
        file = (
            ROOT
            / "corpus"
            / "demo"
            / "data"
            / {"kk": "report-kk.txt", "ru": "report-ru.html", "en": "report-en.html"}[lang]
        )
        raw = file.read_text(encoding="utf-8")
        if file.suffix == ".html":
            from trafilatura import extract

            raw = extract(raw) or ""
        texts[lang] = Text(lang, [raw[start:end] for start, end in sentence_ranges(raw, lang)])
    for one, two in (("kk", "ru"), ("kk", "en"), ("ru", "en")):
        beads = align(texts[one], texts[two])
        assert sum(bool(bead.first and bead.second) for bead in beads) >= 12
