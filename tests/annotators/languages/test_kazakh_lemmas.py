"""Guessed dictionary forms of Kazakh words."""

import pytest

from annotators.languages.kk.lemmas import cuts, guess, infinitive
from annotators.languages.kk.morphology import lemma


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("мектептерімізде", "мектеп"),
        ("Халқымыздың", "халық"),
        ("билігінен", "билік"),
        ("сайлауға", "сайлау"),
        ("айтқанымыз", "айту"),
        ("қабылдады", "қабылдау"),
        ("маған", "мен"),
        ("арқылы", "арқылы"),
        ("қалай", "қалай"),
        ("мәселелеріне", "мәселе"),
        ("жылдары", "жыл"),
        ("2024", "2024"),
        ("YouTube", "youtube"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_lemmas(form: str, expected: str) -> None:
    assert lemma(form) == expected


def test_a_guess_is_marked() -> None:
    assert guess("арқылы").guessed is False
    assert guess("оған").guessed is False
    assert guess("мектептің").guessed is True


def test_the_part_of_speech_decides_between_roots() -> None:
    assert guess("алма", "N").text == "алма"
    assert guess("алмайды", "V").pos == "V"


def test_every_cut_spells_a_root_with_a_vowel() -> None:
    assert {cut.root for cut in cuts("халқы")} >= {"халық", "халқы"}
    assert cuts("кстмн") == []


def test_infinitives() -> None:
    assert [infinitive(root) for root in ("айт", "қой", "оқы", "тап", "шық", "жыми")] == [
        "айту", "қою", "оқу", "табу", "шығу", "жымию",
    ]  # fmt: skip
