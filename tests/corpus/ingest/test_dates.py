"""Dates in words: Kazakh, Russian and English, every case, without a year, and counted from the day of the page."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.ingest.dates import date_line, date_within, find_dates

DAY = dt.date(2025, 3, 14)
NOW = dt.date(2025, 3, 20)
YESTERDAY = dt.date(2025, 3, 19)


@pytest.mark.parametrize(
    "words",
    [
        "2025 жылғы 14 наурыз",
        "14 наурыз 2025",
        "14 наурыз 2025 жыл",
        "14 Наурыз, 2025",
        "14 нау 2025",
        "14 наурыз 2025 ж.",
        "2025 ж. 14 наурыз",
        "2025 жылы 14 наурызда",
        "2025 жылғы 14 наурызда",
        "2025 жылғы 14 наурыздағы",
        "2025 жылғы 14 наурыздан",
        "2025 жылғы 14 наурызға",
        "2025 жылғы 14 наурызды",
        "2025 жылғы 14 наурыздың",
        "2025 жылдың 14 наурызы",
        "2025 жылдың 14 наурызында",
        "2025 жылғы 14-наурыз",
        "2025 жылғы 14-ші наурыз",
        "2025 жылғы он төртінші наурыз",
        "2025 жылғы наурыздың 14-і",
        "2025 жылғы наурыздың 14-інде",
        "2025 ЖЫЛҒЫ 14 НАУРЫЗ",
        "2025 жылғы «14» наурыз",
        "14 марта2025 года",
        "14 марта 2025 года",
        "14 марта 2025 г.",
        "14 марта 2025",
        "14 Март 2025",
        "14 мар. 2025",
        "14-го марта 2025 года",
        "четырнадцатого марта 2025 года",
        "14 МАРТА 2025 ГОДА",
        "14.03.2025",
        "14.3.2025",
        "14/03/2025",
        "2025-03-14",
        "2025.03.14",
        "2025-03-14T18:05:00+05:00",
        "March 14, 2025",
        "Mar. 14, 2025",
        "March 14th, 2025",
        "14 March 2025",
        "14th of March 2025",
        "the fourteenth of March, 2025",
    ],
)
def test_full_dates_alone_and_in_sentences(words: str) -> None:
    assert [found.day for found in find_dates(words)] == [DAY]
    sentence = f"Президент {words} күні сөйледі; бұл – 3-отырыс, 117 адам."
    found = find_dates(sentence, NOW)
    assert [(one.day, one.form) for one in found] == [(DAY, "full")]
    assert sentence[found[0].start : found[0].end] in words or words in sentence[found[0].start :]
    assert date_within(words) == DAY


@pytest.mark.parametrize(
    "words",
    [
        "14 наурыз",
        "14 наурызда",
        "14 наурыздағы",
        "14 наурызға",
        "14 наурыздан",
        "14-наурыз",
        "он төртінші наурызда",
        "наурыздың 14-і",
        "наурыздың 14-інде",
        "14 марта",
        "14-го марта",
        "четырнадцатого марта",
        "March 14",
        "14 March",
        "March 14th",
    ],
)
def test_dates_without_a_year_are_of_the_nearest(words: str) -> None:
    assert [(found.day, found.form) for found in find_dates(words, NOW)] == [(DAY, "yearless")]
    assert find_dates(words) == []


def test_kazakh_september_softens_and_latin_letters_pass() -> None:
    day = dt.date(2015, 9, 30)
    for words in (
        "2015 жылдың 30 қыркүйегі",
        "2015 жылғы 30 қыркүйегінен",
        "2015 жылғы 30 қыркүйектегi",
        "30 қыркүйек 2015",
    ):
        assert [found.day for found in find_dates(words)] == [day], words
    [found] = find_dates("«1 қыркүйектен бастап", NOW)
    assert found.start == 1


def test_the_year_changes_between_december_and_january() -> None:
    [found] = find_dates("31 желтоқсанда", dt.date(2025, 1, 3))
    assert found.day == dt.date(2024, 12, 31)
    [found] = find_dates("2 января", dt.date(2024, 12, 29))
    assert found.day == dt.date(2025, 1, 2)
    first, last = find_dates("2023 жылғы 1 қаңтардан 31 желтоқсанға дейін", NOW)
    assert (first.day, last.day) == (dt.date(2023, 1, 1), dt.date(2023, 12, 31))


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("бүгін", NOW),
        ("Бүгін", NOW),
        ("кеше", YESTERDAY),
        ("алдыңғы күні", dt.date(2025, 3, 18)),
        ("сегодня", NOW),
        ("вчера", YESTERDAY),
        ("позавчера", dt.date(2025, 3, 18)),
        ("Yesterday", YESTERDAY),
        ("ертең", dt.date(2025, 3, 21)),
        ("завтра", dt.date(2025, 3, 21)),
        ("2 күн бұрын", dt.date(2025, 3, 18)),
        ("бір апта бұрын", dt.date(2025, 3, 13)),
        ("2 дня назад", dt.date(2025, 3, 18)),
        ("неделю назад", dt.date(2025, 3, 13)),
        ("час назад", NOW),
        ("5 минут бұрын", NOW),
        ("2 days ago", dt.date(2025, 3, 18)),
        ("an hour ago", NOW),
    ],
)
def test_days_counted_from_the_page(words: str, day: dt.date) -> None:
    assert [(found.day, found.form) for found in find_dates(words, NOW)] == [(day, "relative")]
    assert find_dates(words) == []


def test_hours_ago_may_be_yesterday() -> None:
    [found] = find_dates("3 часа назад", dt.datetime(2025, 3, 20, 1, 30, tzinfo=dt.UTC))
    assert found.day == YESTERDAY


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Бүгін, 18:05", NOW),
        ("Кеше 18:05", YESTERDAY),
        ("Вчера в 18:05", YESTERDAY),
        ("14 наурыз, 18:05", DAY),
        ("Today at 6:05 pm", NOW),
        ("11:20, 14 Март 2025 | GMT +5", DAY),
        ("пятница, 14 марта 2025 года, 18:05", DAY),
        ("жұма, 14 наурыз 2025", DAY),
        ("Friday, March 14, 2025", DAY),
        ("Жарияланды: 14.03.2025 18:05", DAY),
        ("Published 14 March 2025 Last updated 16 March 2025", DAY),
        ("Delivered on: 14 March 2025", DAY),
        ("2025-03-14T09:15:00.000Z", DAY),
        ("2 сағат бұрын", NOW),
        ("14.03.2025 - 16.03.2025", None),
        ("С 1 мая 2020 года по 3 мая 2020 года", None),
        ("Бүгін құрылтай өтті", None),
        ("14 300 тенге", None),
        ("18:05", None),
        ("31.02.2025", None),
        ("Бүгінгі басылым", None),
    ],
)
def test_lines_that_are_nothing_but_a_date(line: str, day: dt.date | None) -> None:
    assert date_line(line, NOW) == day


@pytest.mark.parametrize(
    "text",
    [
        "Rule 14 may apply.",
        "Ол 14 қарда жүрді.",
        "Сегодняшний и вчерашний день.",
        "IP 10.12.2024.5",
        "14,5 наурыз",
        "30 ақпан 2025",
        "2025 жылғы 32 наурыз",
        "бұрын-соңды, назад в будущее",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert find_dates(text, NOW) == []


@given(st.text(alphabet="0123456789.-/: жылғынаурыздың14мартагодаMarchбүгінвчера", max_size=80))
def test_any_text_gives_mentions_inside_it_that_do_not_overlap(text: str) -> None:
    end = 0
    for found in find_dates(text, NOW):
        assert end <= found.start < found.end <= len(text)
        end = found.end
