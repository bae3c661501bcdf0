"""What texts and titles tell about a document."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.ingest.canonical import canonical
from corpus.ingest.dates import date_in, date_within
from corpus.ingest.describe import publisher_in
from corpus.ingest.speakers import holder_in, speaker_in, surname_in
from corpus.ingest.titles import is_speech, opens_with_salutation, title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Парламент жаңа заң қабылдады\n\nБүгін Мәжіліс отырысында ...", "Парламент жаңа заң қабылдады"),
        ("Соңғы жаңалықтар\nБасты бет\nФото: Ақорда\nҚұрылтай өтті\n\nБүгін ...", "Құрылтай өтті"),
        ("14 марта 2025 года\nТокаев выступил на курултае\nПрезидент заявил ...", "Токаев выступил на курултае"),
        ("12.03.2025, 14:05\nHeadline of the page\n\nBody text follows here.", "Headline of the page"),
        ("Қазақстан   қалай өзгерді?\n\nМәтін.", "Қазақстан қалай өзгерді?"),
        ("Fellow-Citizens of the Senate:\n\nAmong the vicissitudes ...", None),
        ("Дорогие казахстанцы!\n\nСегодня мы отмечаем ...", None),
        ("A first sentence that ends as sentences do.\nAnd another one.", None),
        ("One line only", None),
        (
            "Annual Message to the Congress. January 22, 1970.\n\nMr. Speaker ...",
            "Annual Message to the Congress. January 22, 1970",
        ),
        ("слово " * 100 + "\nвторая строка", None),
        ("", None),
        ("\n\n \n", None),
        ("***\n\nТекст.", None),
    ],
)
def test_title_of_a_plain_text(text: str, title: str | None) -> None:
    assert title_of(text, "kk") == title


def test_title_of_the_seed_page(seed_page: Path) -> None:
    title = title_of(canonical(seed_page.read_text(encoding="utf-8")), "kk")
    assert title == "Билік жүйесінде мұндай ауқымды өзгеріс бұрын-соңды болмады – Тоқаев елдегі реформалар жайлы"


@pytest.mark.parametrize(
    ("title", "lang", "speaker"),
    [
        ("Қазақстан Республикасының Президенті Қасым-Жомарт Тоқаевтың сөйлеген сөзі", "kk", "Қасым-Жомарт Тоқаев"),
        ("Мемлекет басшысы Қасым-Жомарт Тоқаевтың Қазақстан халқына Жолдауы", "kk", "Қасым-Жомарт Тоқаев"),
        ("Президент Қасым-Жомарт Кемелұлы Тоқаевтың халыққа үндеуі", "kk", "Қасым-Жомарт Тоқаев"),
        ("Премьер-министр Әлихан Смайыловтың Үкімет отырысында сөйлеген сөзі", "kk", "Әлихан Смайылов"),
        ("Ұлттық құрылтай отырысында сөйлеген сөзі", "kk", None),
        ("Выступление Главы государства Касым-Жомарта Токаева на заседании курултая", "ru", "Касым-Жомарт Токаев"),
        ("Обращение Президента Российской Федерации Владимира Путина к гражданам", "ru", "Владимир Путин"),
        ("Выступление министра Сергея Лаврова на пресс-конференции", "ru", "Сергей Лавров"),
        ("Речь Дмитрия Козака на открытии форума", "ru", "Дмитрий Козак"),
        ("Послание Главы государства народу Казахстана", "ru", None),
        ("Remarks by President Biden on the Economy", "en", None),
        ("Remarks by President Joe Biden on the Economy", "en", "Joe Biden"),
        ("Address by H.E. Mr. António Guterres, Secretary-General", "en", "António Guterres"),
        ("Prime Minister Jacinda Ardern's address to the nation", "en", "Jacinda Ardern"),
        ("Inaugural Address of John F. Kennedy", "en", "John F. Kennedy"),
        ("PRESIDENT JACINDA ARDERN'S ADDRESS BEFORE A JOINT SESSION OF PARLIAMENT", "en", "Jacinda Ardern"),
        ("STATE OF THE UNION ADDRESS OF THE PRESIDENT TO THE JOINT SESSION OF CONGRESS", "en", None),
        ("ADDRESS BEFORE A JOINT SESSION OF THE CONGRESS ON THE CESSATION OF THE CONFLICT", "en", None),
        ("Annual Message to the Congress on the State of the Union", "en", None),
    ],
)
def test_titles_of_speeches(title: str, lang: str, speaker: str | None) -> None:
    assert is_speech(title)
    assert speaker_in(title, lang) == speaker


@pytest.mark.parametrize(
    ("title", "lang", "speaker"),
    [
        ("Выступление Президента Д.А. Медведева на заседании Совета Безопасности", "ru", "Дмитрий Медведев"),
        ("Выступление Главы государства К.Токаева на заседании палат", "ru", "Касым-Жомарт Токаев"),
        ("Президент Қ.К. Тоқаевтың кеңейтілген Үкімет отырысындағы сөзі", "kk", "Қасым-Жомарт Тоқаев"),
        ("Выступление президента Украины на Мюнхенской конференции по вопросам политики", "ru", None),
        ("Remarks by President Trump to the Session of the United Nations General Assembly", "en", None),
        ("Remarks by Vice President Harris on Jobs", "en", None),
        ("Remarks by the First Lady at the Forum", "en", None),
        ("Речь Первого Президента на форуме", "ru", None),
    ],
)
def test_initials_and_what_is_no_name(title: str, lang: str, speaker: str | None) -> None:
    assert is_speech(title)
    assert speaker_in(title, lang) == speaker


@pytest.mark.parametrize(
    ("title", "lang", "day", "speaker"),
    [
        ("Remarks by President Biden on the Economy", "en", None, "Joe Biden"),
        ("Президент Тоқаевтың Наурыз мерекесінде айтқан сөзі", "kk", None, "Қасым-Жомарт Тоқаев"),
        ("Речь президента Путина", "ru", None, "Владимир Путин"),
        ("Address by President Bush", "en", None, None),
        ("Address by President Bush", "en", "1990-09-11", "George H. W. Bush"),
        ("Remarks by Vice President Harris", "en", None, None),
        ("Выступление министра Иванова", "ru", None, None),
    ],
)
def test_office_and_surname(title: str, lang: str, day: str | None, speaker: str | None) -> None:
    assert surname_in(title, lang, dt.date.fromisoformat(day) if day else None) == speaker


@pytest.mark.parametrize(
    ("title", "lang", "country", "day", "speaker"),
    [
        ("Мемлекет басшысының Қазақстан халқына Жолдауы", "kk", "KZ", "2018-10-05", "Нұрсұлтан Назарбаев"),
        ("Мемлекет басшысының Қазақстан халқына Жолдауы", "kk", "KZ", "2025-09-08", "Қасым-Жомарт Тоқаев"),
        ("Послание Президента Федеральному Собранию", "ru", "RU", "2009-11-12", "Дмитрий Медведев"),
        ("Remarks by the President at the Forum", "en", "US", "2010-03-14", "Barack Obama"),
        ("Remarks by President Macron at a Dinner", "en", "US", "2024-06-08", None),
        ("Remarks by the Vice President at a Dinner", "en", "US", "2024-06-08", None),
        ("Выступление бывшего Президента на форуме", "ru", "KZ", "2022-06-08", None),
        ("Выступление Премьер-министра на форуме", "ru", "KZ", "2022-06-08", None),
        ("Inaugural Address", "en", "US", "1865-03-04", None),
        ("Мемлекет басшысының Жолдауы", "kk", "GB", "2025-09-08", None),
    ],
)
def test_office_alone(title: str, lang: str, country: str, day: str, speaker: str | None) -> None:
    assert holder_in(title, lang, country, dt.date.fromisoformat(day)) == speaker


@pytest.mark.parametrize(
    "title",
    [
        "Тоқаевтың құрылтайдағы сөзін сарапшылар талқылады",
        "Президенттің форумдағы сөзі әлемді таңғалдырды",
        "Билік жүйесінде мұндай ауқымды өзгеріс бұрын-соңды болмады – Тоқаев елдегі реформалар жайлы",
        "Тоқаевтың сөзін талқылады",
        "Президент Жолдау жариялады",
        "Токаев выступил на заседании",
        "Эксперты обсудили послание",
        "Речь идёт о новой реформе",
        "Слово не воробей",
        "Biden remarks draw fire from allies",
        "What to know about the State of the Union",
        "Trump to address Congress",
        "C-Span State of the Union Address Corpus",
        "Message to Moscow: NATO expands",
    ],
)
def test_titles_of_news_are_no_speeches(title: str) -> None:
    assert not is_speech(title)


def test_titles_of_akorda(shared: Path) -> None:
    rows = (shared / "data" / "akorda_speeches_kk" / "speeches.jsonl").read_text(encoding="utf-8").splitlines()
    speeches = [json.loads(row) for row in rows]
    assert speeches
    for speech in speeches:
        assert is_speech(speech["title"]), speech["title"]
        assert speaker_in(speech["title"], "kk") == speech["speaker"], speech["title"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Құрметті құрылтай мүшелері!\nБүгін ...", True),
        ("Уважаемый Председатель, дамы и господа! Сегодня ...", True),
        ("My fellow Americans: ask not", True),
        ("Ladies and gentlemen, it is an honor", True),
        ("\n\n  Отандастар!\n", True),
        ("Құрметті отандастар! Баршаңызды мерекемен құттықтаймын!", True),
        ("Бүгін Президент құрметті отандастарды құттықтады.", False),
        ("Президент открыл форум.", False),
        ("Friends of the court filed a brief.", False),
        ("", False),
    ],
)
def test_salutations(text: str, found: bool) -> None:
    assert opens_with_salutation(text) is found


@pytest.mark.parametrize(
    ("text", "lang", "publisher"),
    [
        ("... деп атап өтті. Бұл туралы Stan.kz ақпарат агенттігі хабарлайды. Фото: Ақорда", "kk", "Stan.kz"),
        ("Мұны Президент айтты, деп хабарлайды Egemen.kz порталы.", "kk", "Egemen Qazaqstan"),
        ("Премьер мәлімдеді, деп хабарлайды «Kazinform» агенттігі.", "kk", "Kazinform"),
        ("Президент прибыл в Туркестан, передает Tengrinews.kz.", "ru", "Tengrinews"),
        ("Об этом сообщает корреспондент агентства Казинформ.", "ru", "Kazinform"),
        ("Об этом сообщает пресс-служба Акорды.", "ru", None),
        ("Бұл туралы Ақорданың баспасөз қызметі хабарлады.", "kk", None),
        ("The president spoke, Inform.kz reports.", "en", "Kazinform"),
        ("Бұл туралы ҚазАқпарат хабарлайды.", "kk", "Kazinform"),
        ("Президент қол қойды, деп хабарлайды Tengrinews.kz Ақордаға сілтеме жасап.", "kk", "Tengrinews"),
        ("Бұл туралы министрлік хабарлады.", "kk", None),
        ("Об этом передает ТАСС со ссылкой на Кремль.", "ru", "TASS"),
        ("Об этом сообщила Мадина Абылкасымова.", "ru", None),
        ("", "kk", None),
    ],
)
def test_publishers_that_name_themselves(text: str, lang: str, publisher: str | None) -> None:
    assert publisher_in(text, lang) == publisher


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Тақырып\n14 наурыз 2025\nМәтін", dt.date(2025, 3, 14)),
        ("2025 жылғы 14 наурыз\n\nТақырып", dt.date(2025, 3, 14)),
        ("Заголовок\n14 марта 2025 года, 18:30\nТекст", dt.date(2025, 3, 14)),
        ("March 14, 2025\nTitle", dt.date(2025, 3, 14)),
        ("14.03.2025 09:15\nЗаголовок", dt.date(2025, 3, 14)),
        ("2025-03-14T09:15:00\nTitle", dt.date(2025, 3, 14)),
        ("18:30, 14 марта 2025\nЗаголовок", dt.date(2025, 3, 14)),
        ("31.02.2025\nЗаголовок", None),
        ("2025 жылғы 14 наурызда құрылтай өтті.\nМәтін", None),
        ("On March 14, 2025, the president said", None),
        ("", None),
    ],
)
def test_date_lines(text: str, day: dt.date | None) -> None:
    assert date_in(text) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Annual Message to the Congress. January 22, 1970", dt.date(1970, 1, 22)),
        ("Мемлекет басшысының 2025 жылғы 14 наурыздағы сөзі", dt.date(2025, 3, 14)),
        ("Мемлекет басшысының сөзі (2025 жылғы 14 наурыз)", dt.date(2025, 3, 14)),
        ("speech_2025_03_14.txt", dt.date(2025, 3, 14)),
        ("20250314.txt", None),
        ("2025-13-14.txt", None),
        ("1945-Truman-1.txt", None),
        ("С 1 мая 2020 года по 3 мая 2020 года", None),
    ],
)
def test_dates_in_titles_and_names(name: str, day: dt.date | None) -> None:
    assert date_within(name) == day
