"""Russian and English words: which entries a form belongs to, and its dictionary form."""

from __future__ import annotations

import pytest

from annotators.languages.en import morphology as english
from annotators.languages.ru import morphology as russian


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        (("суд", "N"), ["суда", "Судами", "судов"]),
        (("выборы", "N"), ["выборов", "выборами"]),
        (("местное", "N"), ["местного", "местные", "местной"]),
        (("избирать", "V"), ["избирают", "избираемый", "избирая"]),
        (("мажилис", "N"), ["мажилиса", "мажилисе"]),
        (("вооружённый", "N"), ["вооруженных", "вооружённая"]),
    ],
)
def test_russian_forms(entry: tuple[str, str], forms: list[str]) -> None:
    lexicon = russian.Lexicon([entry])
    assert [lexicon.find(form) for form in forms] == [[entry]] * len(forms)


def test_russian_words_that_only_look_alike() -> None:
    assert russian.Lexicon([("выборы", "N")]).find("выбор") == []
    assert russian.Lexicon([("данные", "N")]).find("дать") == []
    assert russian.Lexicon([("суд", "N")]).find("судно") == []


def test_russian_voice_is_a_switch() -> None:
    assert russian.Lexicon([("строить", "V")]).find("строится") == []
    assert russian.Lexicon([("строить", "V")], voice=True).find("строится") == [("строить", "V")]
    assert russian.Lexicon([("строить", "V", True)]).find("строится") == [("строить", "V")]


def test_russian_lemma() -> None:
    assert russian.lemma("Конституции") == "конституция"
    assert russian.lemma("стекла", "V") == "стечь"
    assert russian.lemma("ещё") == "еще"


def test_english_forms() -> None:
    lexicon = english.Lexicon([("election", "N"), ("goods", "N"), ("Congress", "N"), ("go", "V")])
    assert lexicon.find("Elections") == [("election", "N")]
    assert lexicon.find("Congress's") == [("Congress", "N")]
    assert lexicon.find("went") == [("go", "V")]
    assert lexicon.find("goods") == [("goods", "N")]
    assert lexicon.find("best") == []
    assert lexicon.find("good") == []


@pytest.mark.parametrize("module", [russian, english])
def test_odd_input_is_no_word(module: object) -> None:
    lexicon = module.Lexicon([("a", "N")])  # type: ignore[attr-defined]
    for form in ("", "'", "’s", "123", "🙂", "%"):
        assert lexicon.find(form) == []
        assert isinstance(module.lemma(form or "x"), str)  # type: ignore[attr-defined]
