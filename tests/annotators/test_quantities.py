"""Numbers, percentages, money, measures, counted things and dates with their normalised values."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from annotators.quantities import QuantityFinder

FINDERS = {lang: QuantityFinder(lang) for lang in ("kk", "ru", "en")}


def found(lang: str, text: str) -> list[tuple[str, str, object, str | None]]:
    return [
        (text[item.start : item.end], item.label, item.value, item.unit or item.noun)
        for item in FINDERS[lang].find(text)
    ]


@pytest.mark.parametrize(
    ("lang", "text", "words", "value"),
    [
        ("kk", "2022 жылдың наурыз айында басталды", "2022 жылдың наурыз айында", "2022-03"),
        ("kk", "2022 жылғы 16 наурызда", "2022 жылғы 16 наурызда", "2022-03-16"),
        ("kk", "2022 ж. 16 наурызда", "2022 ж. 16 наурызда", "2022-03-16"),
        ("kk", "15 наурыз күні", "15 наурыз", "--03-15"),
        ("kk", "2025 жылы", "2025 жылы", "2025"),
        ("kk", "тамыз айында өтеді", "тамыз айында", "--08"),
        ("kk", "1990-жылдары", "1990-жылдары", "199X"),
        ("ru", "16 марта 2022 года", "16 марта 2022 года", "2022-03-16"),
        ("ru", "в марте 2022 года", "марте 2022 года", "2022-03"),
        ("ru", "в мае", "мае", "--05"),
        ("ru", "к 2030 году", "2030 году", "2030"),
        ("ru", "в 1990-х годах", "1990-х годах", "199X"),
        ("ru", "16.03.2022 г.", "16.03.2022", "2022-03-16"),
        ("en", "on March 16, 2022 we", "March 16, 2022", "2022-03-16"),
        ("en", "16 March 2022", "16 March 2022", "2022-03-16"),
        ("en", "since March 2022", "March 2022", "2022-03"),
        ("en", "by 2030 we", "2030", "2030"),
        ("en", "In 1992, we", "1992", "1992"),
        ("en", "in the 1990s", "1990s", "199X"),
        ("en", "2022-03-16", "2022-03-16", "2022-03-16"),
        ("kk", "2023–2025 жылдары", "2023–2025 жылдары", "2023/2025"),
        ("kk", "2025 жылғы 14–16 наурызда", "2025 жылғы 14–16 наурызда", "2025-03-14/2025-03-16"),
        ("ru", "с 2019 по 2024 год", "2019 по 2024 год", "2019/2024"),
        ("ru", "в марте 2022-го", "марте 2022-го", "2022-03"),
        ("en", "March 14–16, 2025", "March 14–16, 2025", "2025-03-14/2025-03-16"),
    ],
)
def test_dates(lang: str, text: str, words: str, value: str) -> None:
    assert found(lang, text) == [(words, "date", value, None)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("kk", "әкімдердің 72%-ы", ("72%-ы", "percent", 72, "percent")),
        ("kk", "9,3 пайызға өсті", ("9,3 пайызға", "percent", 9.3, "percent")),
        ("kk", "45 әкім сайланды", ("45 әкім", "count", 45, "әкім")),
        ("kk", "400 мыңға жуық автокөлік", ("400 мыңға жуық автокөлік", "count", 400_000, "автокөлік")),
        ("kk", "266,2 миллиард теңге", ("266,2 миллиард теңге", "money", 266_200_000_000, "KZT")),
        ("kk", "1,5 млрд АҚШ долларын", ("1,5 млрд АҚШ долларын", "money", 1_500_000_000, "USD")),
        ("kk", "үш жылдан астам", ("үш жылдан", "duration", 3, "year")),
        ("kk", "12 500 шаршы метр", ("12 500 шаршы метр", "measure", 12_500, "m2")),
        ("kk", "екі есе өсті", ("екі есе", "measure", 2, "times")),
        ("ru", "5,5 процента", ("5,5 процента", "percent", 5.5, "percent")),
        ("ru", "3 млрд тенге", ("3 млрд тенге", "money", 3_000_000_000, "KZT")),
        ("ru", "двадцать пять миллионов долларов", ("двадцать пять миллионов долларов", "money", 25_000_000, "USD")),
        ("ru", "45 акимов", ("45 акимов", "count", 45, "аким")),
        ("ru", "120 тысяч тонн", ("120 тысяч тонн", "measure", 120_000, "t")),
        ("ru", "30 лет", ("30 лет", "duration", 30, "year")),
        ("ru", "2 млн кв. м жилья", ("2 млн кв. м", "measure", 2_000_000, "m2")),
        ("en", "$5.4 billion", ("$5.4 billion", "money", 5_400_000_000, "USD")),
        ("en", "25 percent", ("25 percent", "percent", 25, "percent")),
        ("en", "1,200 miles", ("1,200 miles", "measure", 1_200, "mile")),
        ("en", "45 governors", ("45 governors", "count", 45, "governor")),
        ("en", "one hundred million people", ("one hundred million people", "count", 100_000_000, "people")),
        ("en", "twenty-five years", ("twenty-five years", "duration", 25, "year")),
        ("en", "the 5th time", ("5th", "ordinal", 5, None)),
        ("kk", "Конституцияның 5-бабы өзгереді", ("5-бабы", "ordinal", 5, "бап")),
        ("kk", "120-дан астам жаңа әкім", ("120-дан астам жаңа әкім", "count", 120, "әкім")),
        ("kk", "20-сы қалды", ("20-сы", "number", 20, None)),  # a verb is not counted
        ("kk", "№ 5 мектеп", ("5 мектеп", "ordinal", 5, "мектеп")),
        ("kk", "1 миллион 200 мың адам", ("1 миллион 200 мың адам", "count", 1_200_000, "адам")),
        ("ru", "1 млрд 200 млн тенге", ("1 млрд 200 млн тенге", "money", 1_200_000_000, "KZT")),
        ("ru", "7 тысяч 350 избирательных участков", ("7 тысяч 350 избирательных участков", "count", 7_350, "участок")),
        ("ru", "к 550-летию ханства", ("550-летию", "duration", 550, "year")),
        ("ru", "два с половиной миллиона тонн", ("два с половиной миллиона тонн", "measure", 2_500_000, "t")),
        ("en", "two and a half million people", ("two and a half million people", "count", 2_500_000, "people")),
        ("en", "45 newly elected governors", ("45 newly elected governors", "count", 45, "governor")),
        ("en", "It cost $12 billion.", ("$12 billion", "money", 12_000_000_000, "USD")),
        ("ru", "3 тыс. человек", ("3 тыс. человек", "count", 3_000, "человек")),
        ("en", "30 said it was fine", ("30", "number", 30, None)),
        ("kk", "сағат 15:30-да", ("15:30", "time", "15:30", None)),
    ],
)
def test_amounts(lang: str, text: str, expected: tuple[str, str, float, str | None]) -> None:
    assert found(lang, text) == [expected]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("kk", "10–15 пайыз", (10, 15, "percent")),
        ("kk", "10-нан 15 пайызға дейін", (10, 15, "percent")),
        ("kk", "70-тен 80-ге дейін үй", (70, 80, "үй")),
        ("ru", "от 60 до 72 процентов", (60, 72, "percent")),
        ("ru", "от 5 до 10 млн долларов", (5_000_000, 10_000_000, "USD")),
        ("en", "between 60 and 72 percent", (60, 72, "percent")),
        ("en", "5 to 10 percent", (5, 10, "percent")),
    ],
)
def test_a_range_has_two_ends(lang: str, text: str, expected: tuple[float, float, str]) -> None:
    items = FINDERS[lang].find(text)
    assert [(item.value, item.upper, item.unit or item.noun) for item in items] == [expected]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "бір сөзбен айтқанда"),
        ("kk", "қазан қайнады"),  # a cauldron, not October
        ("ru", "один из нас"),
        ("en", "one of us may go"),
        ("en", "COVID-19"),
        ("kk", ""),
    ],
)
def test_what_is_no_quantity(lang: str, text: str) -> None:
    assert found(lang, text) == []


def test_impossible_dates_are_numbers() -> None:
    assert all(label != "date" for _, label, _, _ in found("en", "45.17.2022"))


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@given(text=st.text(alphabet="0123456789 .,%$-–абвжылмайтыннАmay%", max_size=60))
def test_any_text_gives_ordered_spans_inside_it(lang: str, text: str) -> None:
    items = FINDERS[lang].find(text)
    ends = [0, *(item.end for item in items)]
    assert all(before <= item.start < item.end <= len(text) for before, item in zip(ends, items, strict=False))


def test_the_component_keeps_offsets_and_details() -> None:
    nlp = spacy.blank("kk")
    nlp.add_pipe("minber_quantities")
    text = "🙂 Ауыл әкімдерінің 72%-ы 2022 жылдың наурыз айында жаңарды."
    doc = nlp(text)
    assert [(text[s.start_char : s.end_char], s.label_, s._.details) for s in doc.spans["quantities"]] == [
        ("72%-ы", "percent", {"value": 72, "unit": "percent"}),
        ("2022 жылдың наурыз айында", "date", {"value": "2022-03", "unit": None}),
    ]
