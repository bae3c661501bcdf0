"""Occasion and place of a speech from its title; datelines of reports; both in a whole document, with their origins."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.ingest.datelines import Dateline, dateline
from corpus.ingest.describe import describe
from corpus.ingest.occasions import occasion_in, place_in
from corpus.ingest.reading import Reading

TOKAYEV = "Мемлекет басшысы Қасым-Жомарт Тоқаевтың"


@pytest.mark.parametrize(
    ("title", "occasion", "place"),
    [
        (f"{TOKAYEV} Ұлттық құрылтайдың IV отырысында сөйлеген сөзі", "Ұлттық құрылтайдың IV отырысы", None),
        (f"{TOKAYEV} Волонтерлер форумында сөйлеген сөзі", "Волонтерлер форумы", None),
        (f"{TOKAYEV} салтанатты жиында сөйлеген сөзі", "салтанатты жиын", None),
        (f"{TOKAYEV} мерекелік іс-шарада сөйлеген сөзі", "мерекелік іс-шара", None),
        (
            f"{TOKAYEV} «Адал азамат» атты халықаралық форумда сөйлеген сөзі",
            "«Адал азамат» атты халықаралық форум",
            None,
        ),
        (f"{TOKAYEV} Бурабайда өткен Ұлттық құрылтайда сөйлеген сөзі", "Ұлттық құрылтай", "Бурабай"),
        (f"{TOKAYEV} Қазақстан халқына Жолдауы", "Қазақстан халқына Жолдауы", None),
        ("Мемлекет басшысының Қазақстан халқына Жолдауы, 2025 жылғы 8 қыркүйек", "Қазақстан халқына Жолдауы", None),
        (
            "Қазақстан Республикасының Президенті Қасым-Жомарт Тоқаевтың Ұлыстың ұлы күні шарасында сөйлеген сөзі",
            "Ұлыстың ұлы күні шарасы",
            None,
        ),
        ("Премьер-министр Әлихан Смайыловтың Үкімет отырысында сөйлеген сөзі", "Үкімет отырысы", None),
        ("Тоқаевтың сөзі", None, None),
    ],
)
def test_kazakh_titles(title: str, occasion: str | None, place: str | None) -> None:
    assert (occasion_in(title, "kk"), place_in(title, "kk")) == (occasion, place)


@pytest.mark.parametrize(
    ("title", "occasion", "place"),
    [
        ("Выступление Главы государства Касым-Жомарта Токаева на заседании курултая", "заседание курултая", None),
        (
            "Выступление Главы государства Касым-Жомарта Токаева на четвертом заседании Национального курултая",
            "четвертое заседание Национального курултая",
            None,
        ),
        (
            "Выступление Президента Республики Казахстан Касым-Жомарта Токаева на международном форуме в Астане",
            "международный форум",
            "Астана",
        ),
        (
            "Выступление Президента Казахстана К.К. Токаева на XIV Астанинском экономическом форуме",
            "XIV Астанинский экономический форум",
            None,
        ),
        ("Выступление на саммите в Самарканде", "саммит", "Самарканд"),
        ("Выступление на встрече в г. Риддер", "встреча", "Риддер"),
        ("Обращение Президента Владимира Путина к гражданам", "Обращение к гражданам", None),
        ("Обращение Главы государства по случаю Дня Победы", "День Победы", None),
        (
            "Послание Главы государства Касым-Жомарта Токаева народу Казахстана, 8 сентября 2025 года",
            "Послание народу Казахстана",
            None,
        ),
        ("Выступление Касым-Жомарта Токаева", None, None),
    ],
)
def test_russian_titles(title: str, occasion: str | None, place: str | None) -> None:
    assert (occasion_in(title, "ru"), place_in(title, "ru")) == (occasion, place)


@pytest.mark.parametrize(
    ("title", "occasion", "place"),
    [
        ("Remarks by President Biden on the Economy", None, None),
        (
            "Remarks by President Biden at a Town Hall Meeting in Cincinnati, Ohio",
            "Town Hall Meeting",
            "Cincinnati, Ohio",
        ),
        ("Opening remarks by Prime Minister Jacinda Ardern at the UN", "UN", None),
        ("Inaugural Address of John F. Kennedy", "Inaugural Address", None),
        (
            "Address Before a Joint Session of the Congress on the State of the Union",
            "Joint Session of the Congress",
            None,
        ),
        ("PM speech at the Guildhall: 14 November 2025", "Guildhall", None),
        ("Remarks in Cincinnati, Ohio", None, "Cincinnati, Ohio"),
        ("Remarks by President Biden in the Roosevelt Room on Jobs", None, None),
    ],
)
def test_english_titles(title: str, occasion: str | None, place: str | None) -> None:
    assert (occasion_in(title, "en"), place_in(title, "en")) == (occasion, place)


def test_titles_of_other_languages_are_left_alone() -> None:
    assert occasion_in("Rede auf der Sitzung", "de") is None
    assert place_in("Rede in Berlin", "de") is None


def test_titles_of_akorda(shared: Path) -> None:
    rows = (shared / "data" / "akorda_speeches_kk" / "speeches.jsonl").read_text(encoding="utf-8").splitlines()
    found = [occasion_in(json.loads(row)["title"], "kk") for row in rows]
    assert all(found)
    assert not any(str(one).endswith(("да", "де", "та", "те")) for one in found)


NEAR = dt.date(2025, 3, 15)
DAY = dt.date(2025, 3, 14)


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("АСТАНА. 14 наурыз. ҚазАқпарат – Бүгін отырыс өтті.", "kk", Dateline("Астана", DAY, "Kazinform")),
        ("Құрылтай өтті\n\nАСТАНА. KAZINFORM — Саяси кеңес өтті.", "kk", Dateline("Астана", None, "Kazinform")),
        ("Астана, 14 наурыз – Президент сөйледі.", "kk", Dateline("Астана", DAY, None)),
        ("НУР-СУЛТАН, 14 мар - РИА Новости. Заседания пройдут.", "ru", Dateline("Нур-Султан", DAY, "RIA Novosti")),
        ("МОСКВА, 14 марта. /ТАСС/. Президент заявил.", "ru", Dateline("Москва", DAY, "TASS")),
        ("Алматы. 14 марта. KAZAKHSTAN TODAY - Назначен.", "ru", Dateline("Алматы", DAY, "Kazakhstan Today")),
        ("WASHINGTON, March 14 (Reuters) - The president spoke.", "en", Dateline("Washington", DAY, "Reuters")),
        ("LONDON — The prime minister spoke.", "en", Dateline("London", None, None)),
        ("Астана – столица Казахстана.", "ru", None),
        ("Бүгін – мереке. 14 наурыз – ерекше күн.", "kk", None),
        ("ТОҚАЕВ. 14 наурыз – жаңа күн.", "kk", None),
        ("ТОКАЕВ – ПУТИН: встреча 14 марта - итоги", "ru", None),
        ("SMITH: March 14 - we did", "en", None),
        ("", "kk", None),
    ],
)
def test_datelines(text: str, lang: str, found: Dateline | None) -> None:
    assert dateline(text, lang, NEAR) == found


def test_every_value_says_where_it_came_from() -> None:
    title = f"{TOKAYEV} Бурабайда өткен Ұлттық құрылтайда сөйлеген сөзі"
    speech = Reading(f"{title}\n2025 жылғы 14 наурыз\n\nҚұрметті отандастар!\nБүгін – мереке.")
    describe(speech, "kk", "speech.txt")
    assert (speech.speaker, speech.occasion, speech.place) == ("Қасым-Жомарт Тоқаев", "Ұлттық құрылтай", "Бурабай")
    assert speech.date == DAY
    assert {name: speech.origins[name] for name in ("title", "speaker", "occasion", "place", "date")} == {
        "title": "first line",
        "speaker": "title",
        "occasion": "title",
        "place": "title",
        "date": "date line",
    }
    report = Reading("Токаев выступил\n\nНУР-СУЛТАН, 14 мар - РИА Новости. Заседание прошло.")
    describe(report, "ru", "a.txt", NEAR)
    assert (report.place, report.date, report.publisher) == ("Нур-Султан", DAY, "RIA Novosti")
    assert {report.origins[name] for name in ("place", "date", "publisher")} == {"dateline"}
    assert report.speaker is None
    unknown = Reading("Токаев выступил\n\nНУР-СУЛТАН, 14 мар - РИА Новости. Заседание прошло.")
    describe(unknown, "ru", "2021-03-14.txt")
    assert unknown.date == dt.date(2021, 3, 14), "without a page's day, «14 мар» has no year"
    assert unknown.origins["date"] == "file name"
