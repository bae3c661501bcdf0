"""Page furniture and recaps: whole lines, by lists, never a line of text."""

from __future__ import annotations

import itertools
import time

import pytest

from annotators.furniture import find_furniture


def layers(text: str, lang: str) -> list[tuple[str, str, str]]:
    return [(text[part.start : part.end], part.layer, part.label) for part in find_furniture(text, lang)]


def test_a_kazakh_page():
    text = (
        "Соңғы жаңалықтар\nСоңғы жаңалықтар\n\nТақырып – бір сөйлем\n\nФото: Ақорда\n\nМәтіннің өзі осында.\n\n"
        "Еске салайық, былтыр да солай болған. Ол жылы қар көп жауды.\n\nТалқылау"
    )
    assert layers(text, "kk") == [
        ("Соңғы жаңалықтар", "chrome", "menu"),
        ("Соңғы жаңалықтар", "chrome", "menu"),
        ("Фото: Ақорда", "chrome", "photo_credit"),
        ("Еске салайық, былтыр да солай болған. Ол жылы қар көп жауды.", "background", "recap"),
        ("Талқылау", "chrome", "comments"),
    ]


def test_a_russian_page():
    text = (
        "08 октября 2015, 14:38\nВ парке посадили деревья.\n© Фото: Иван Петров\nЧитайте также:\n"
        'Токаев: "Мы посадим лес"\n'
        "Сколько стоит саженец\n\nНапомним, прошлой весной парк горел. Теги: парк, лес\n"
        "Нашли ошибку в тексте? Выделите ее и нажмите Ctrl+Enter\nПросмотров: 1 204"
    )
    assert [(layer, label) for _, layer, label in layers(text, "ru")] == [
        ("chrome", "dateline"),
        ("chrome", "photo_credit"),
        ("chrome", "read_also"),
        ("chrome", "read_also"),
        ("chrome", "read_also"),
        ("background", "recap"),
        ("chrome", "tags"),
        ("chrome", "appeal"),
        ("chrome", "counter"),
    ]
    assert ("Напомним, прошлой весной парк горел.", "background", "recap") in layers(text, "ru")


def test_an_english_page():
    text = (
        "Latest news\nPort opens again\nPhoto by Ada King\nShips sailed on Monday.\n"
        "Related stories\nTen ships wait\n\nComments"
    )
    assert [(words, label) for words, _, label in layers(text, "en")] == [
        ("Latest news", "menu"),
        ("Photo by Ada King", "photo_credit"),
        ("Related stories", "read_also"),
        ("Ten ships wait", "read_also"),
        ("Comments", "comments"),
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "Фото көрмесі ашылды."),
        ("kk", "Жаңалықтар көп болды, деді ол."),
        ("ru", "Напоминать об этом не стоит."),
        ("ru", "Фото сделал известный мастер, а подпись к нему придумал его сын, о чем он рассказал вчера вечером."),
        ("en", "Comments like these are rare."),
        ("en", "Share prices fell."),
        ("xx", "Menu\nMenu"[:4]),
    ],
)
def test_text_is_no_furniture(lang, text):
    assert layers(text, lang) == []


def test_a_recap_may_begin_inside_a_line():
    text = "Парк открыт. Напомним, прошлой весной он горел."
    assert layers(text, "ru") == [("Напомним, прошлой весной он горел.", "background", "recap")]


def test_a_menu_entry_that_stands_twice_is_none_of_the_lists():
    assert [label for _, _, label in layers("Қызық дүкен\nҚызық дүкен\nМәтін осында басталады.", "kk")] == [
        "menu",
        "menu",
    ]
    assert layers("Иә.\nИә.", "kk") == []  # sentences may repeat


def test_stretches_are_ordered_and_apart_and_quick():
    text = "Напомним, Теги: а\nФото: Б\n" * 20000
    start = time.perf_counter()
    parts = find_furniture(text, "ru")
    assert time.perf_counter() - start < 10
    assert all(a.end <= b.start for a, b in itertools.pairwise(parts))
    assert all(0 <= part.start < part.end <= len(text) for part in parts)


def test_a_page_that_lost_its_line_breaks_is_not_hidden():
    rest = "Жаңа мектеп ашылды. Оқушылар қуанды. " * 60
    text = f"Мәтін басы. Теги: мектеп, оқу Еске салайық, былтыр да солай болған. {rest}"
    covered = sum(part.end - part.start for part in find_furniture(text, "kk"))
    assert covered < 80


@pytest.mark.parametrize(
    ("lang", "leader"),
    [
        ("kk", "АСТАНА. KAZINFORM –"),
        ("kk", "АСТАНА. 14 наурыз. ҚазАқпарат –"),
        ("kk", "Нұр-Сұлтан. ҚазАқпарат -"),
        ("kk", "АСТАНА, 14 наурыз –"),
        ("kk", "АЛМАТЫ. /ҚазАқпарат/."),
        ("ru", "АСТАНА. КАЗИНФОРМ –"),
        ("ru", "МОСКВА, 14 мар - РИА Новости."),
        ("ru", "АСТАНА, 14 марта. /ТАСС/."),
        ("ru", "Астана. 14 марта. Казинформ —"),
        ("ru", "НУР-СУЛТАН, 14 марта —"),
        ("en", "ASTANA, March 14 (Reuters) -"),
        ("en", "WASHINGTON (AP) —"),
        ("en", "ASTANA. KAZINFORM –"),
        ("en", "NEW YORK, Sept. 20 —"),
    ],
)
def test_place_day_and_agency_before_the_first_words(lang, leader):
    words = {"kk": "Президент жиын өткізді.", "ru": "Президент провел совещание.", "en": "The president spoke."}[lang]
    assert layers(f"{leader} {words}", lang) == [(leader, "chrome", "dateline")]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "АСТАНА – Қазақстанның астанасы."),
        ("kk", "Тоқаев: Астана. Жиын өтті."),
        ("ru", "Москва – столица России."),
        ("ru", "Токаев, 14 марта прибывший в Баку, дал интервью."),
        ("ru", "ТАСС сообщило об этом."),
        ("en", "Astana – a city of millions."),
        ("en", "The AP – an agency – said so."),
    ],
)
def test_a_place_in_a_sentence_is_no_dateline(lang, text):
    assert layers(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("kk", "Бұл туралы Stan.kz ақпарат агенттігі хабарлайды."),
        ("kk", "ҚазАқпарат"),
        ("ru", "Об этом сообщает агентство Казинформ."),
        ("ru", "Казинформ"),
    ],
)
def test_lines_of_agencies(lang, line):
    text = f"Президент Астана\n{line}\nҚ."
    assert (line, "chrome", "agency") in layers(text, lang)


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("kk", "14 наурыз 2025, 18:05 Қаралды: 1 204"),
        ("kk", "Дайындаған: Дана Серікова Пікірлер: 3"),
        ("ru", "14 марта 2025, 18:05 Просмотров: 1 204 Комментарии: 2"),
        ("en", "March 14, 2025 Views: 1,204"),
    ],
)
def test_a_line_of_several_notes(lang, line):
    assert [words for words, _, _ in layers(f"Тақырып\n{line}\nМәтін.", lang)] == [line]
