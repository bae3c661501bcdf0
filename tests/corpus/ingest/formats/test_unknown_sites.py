"""Pages of sites that nobody described: every segment of the article is read, and furniture that stays is annotated."""

# ruff: noqa: E501 -- markup in lines of its own

from __future__ import annotations

import datetime as dt

import pytest

from annotators.furniture import find_furniture
from corpus.ingest.documents import Options, Read, read_documents
from corpus.ingest.reading import Raw
from corpus.ingest.registry import named

FRAME = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} | Example</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Example"></head><body>
<header><div class="logo">Example</div><nav class="menu"><ul>{menu}</ul></nav></header>
<div class="container"><div class="row"><main class="content">{article}</main>
<aside class="sidebar"><h3>{popular}</h3><ul>{links}</ul></aside></div></div>
<footer><p>© 2025 Example. {rights}</p></footer></body></html>"""


def for_frame(
    lang: str, title: str, *, menu: tuple[str, ...], popular: str, other: str, rights: str, article: str
) -> dict[str, str]:
    """What goes into the frame: ``other`` is the title of all other news."""
    return {
        "lang": lang,
        "title": title,
        "menu": "".join(f'<li><a href="/{n}">{n}</a></li>' for n in menu),
        "popular": popular,
        "links": "".join(f'<li><a href="/{n}">{other} {n}</a></li>' for n in range(6)),
        "rights": rights,
        "article": article,
    }


KK_NEWS = for_frame(
    "kk",
    "Үкімет су тапшылығын азайту жоспарын бекітті",
    menu=("Саясат", "Қоғам", "Спорт", "Мәдениет"),
    popular="Көп оқылғандар",
    other="Басқа жаңалықтың тақырыбы",
    rights="Барлық құқықтар қорғалған",
    article="""<article><h1>Үкімет су тапшылығын азайту жоспарын бекітті</h1>
<div class="article-info"><span class="date">14 наурыз 2025, 18:05</span> <span class="views">Қаралды: 1 204</span></div>
<div class="article-lead">Алдағы үш жылда отыз алты су қоймасы салынады, ал ескі каналдардың жартысы бетондалады.</div>
<figure><img src="a.jpg"><figcaption>Фото: Дана Серікова</figcaption></figure>
<div class="text"><p>АСТАНА. KAZINFORM – Бүгін Үкімет отырысында су ресурстары министрі жаңа жоспарды таныстырды.</p>
<p>– Біз әр литр суды есептеуге тиіспіз, – деді министр.</p>
<blockquote><p>«Оңтүстік өңірлерде судың қырық пайызы жолда жоғалып жатыр. Бұған төзуге болмайды», – деп атап өтті ол.</p></blockquote>
<h2>Қай өңірде не салынады</h2>
<ul><li>Түркістан облысында – он екі су қоймасы;</li><li>Жамбыл облысында – тоғыз су қоймасы;</li></ul>
<p>Қаржысы республикалық бюджеттен бөлінеді.</p>
<div class="read-also"><a href="/x">Тағы оқыңыз: Каналдар неге кеуіп қалды</a></div>
<p>Еске салайық, былтыр төрт облыста су тапшылығына байланысты төтенше жағдай жарияланған еді.</p>
<p><b>Автор:</b> Дана Серікова</p></div>
<div class="tags">Теги: су, үкімет</div><div class="share">Бөлісу</div>
<div class="comments"><h3>Пікірлер</h3><p>Қонақ: Жақсы жаңалық екен, рақмет сіздерге осы үшін.</p></div></article>""",
)
RU_NEWS = for_frame(
    "ru",
    "В столице открыли новый железнодорожный мост",
    menu=("Политика", "Общество", "Спорт", "Культура"),
    popular="Самое читаемое",
    other="Заголовок другой новости номер",
    rights="Все права защищены",
    article="""<div class="news"><h1>В столице открыли новый железнодорожный мост</h1>
<p class="time">14 марта 2025, 18:05</p>
<p class="news__lead">Мост через реку строили два года, и он сократит путь до вокзала на двадцать минут.</p>
<div class="news__text">
<p>МОСКВА, 14 мар - РИА Новости. Движение по новому мосту открыл сегодня министр транспорта.</p>
<p>"Это самая длинная переправа в регионе, и строили её наши инженеры", - сказал он на церемонии.</p>
<p>Короткий абзац.</p>
<p>По словам министра, на строительство ушло сорок миллиардов рублей.</p>
<div class="inline-link"><b>Читайте также:</b> <a href="/x">Почему подорожали билеты на поезд</a></div>
<table><tr><td>Длина</td><td>1 240 метров</td></tr><tr><td>Опор</td><td>восемнадцать</td></tr></table>
<p>Напомним, старый мост закрыли в 2021 году после паводка.</p>
<p>Об этом сообщает агентство Example.</p></div>
<div class="news__photo">© Фото: Иван Петров</div><div class="news__tags">Теги: мост, транспорт</div></div>""",
)
KK_SPEECH = {
    **KK_NEWS,
    "title": "Президенттің Ұстаздар күніне арналған жиында сөйлеген сөзі",
    "article": """<h1>Президенттің Ұстаздар күніне арналған жиында сөйлеген сөзі</h1><div class="body">
Құрметті ұстаздар!<br><br>Баршаңызды төл мерекелеріңізбен шын жүректен құттықтаймын.<br><br>
Ұлт боламыз десек, мектебімізді түзеуіміз керек. Бұл – ұлы ағартушының сөзі.<br><br>
<b>Бірінші міндет.</b> Ауыл мектептерінің бәрін интернетпен қамтамасыз ету қажет.<br>
<b>Екінші міндет.</b> Ұстаздардың жалақысын өсіру жалғасады.<br><br>(Қол шапалақ)<br><br>Баршаңызға рақмет!</div>""",
}
CASES = {
    "kk news": (
        KK_NEWS,
        [
            "отыз алты су қоймасы салынады",
            "су ресурстары министрі жаңа жоспарды таныстырды",
            "Біз әр литр суды есептеуге тиіспіз",
            "Оңтүстік өңірлерде судың қырық пайызы",
            "Қай өңірде не салынады",
            "Түркістан облысында – он екі су қоймасы",
            "Жамбыл облысында – тоғыз су қоймасы",
            "Қаржысы республикалық бюджеттен бөлінеді",
            "Еске салайық, былтыр төрт облыста",
        ],
        ["Мәдениет", "Басқа жаңалықтың тақырыбы", "құқықтар қорғалған", "Жақсы жаңалық екен", "Тағы оқыңыз", "Қаралды"],
    ),
    "ru news": (
        RU_NEWS,
        [
            "сократит путь до вокзала на двадцать минут",
            "Движение по новому мосту открыл сегодня министр транспорта",
            "Это самая длинная переправа в регионе",
            "Короткий абзац.",
            "ушло сорок миллиардов рублей",
            "1 240 метров",
            "Напомним, старый мост закрыли в 2021 году",
        ],
        [
            "Культура",
            "Заголовок другой новости",
            "Все права защищены",
            "Читайте также",
            "РИА Новости",
            "© Фото",
            "Теги",
        ],
    ),
    "kk speech": (
        KK_SPEECH,
        [
            "Құрметті ұстаздар!",
            "төл мерекелеріңізбен шын жүректен",
            "мектебімізді түзеуіміз керек",
            "Бірінші міндет.",
            "Ауыл мектептерінің бәрін",
            "Ұстаздардың жалақысын өсіру",
            "Баршаңызға рақмет!",
        ],
        ["Мәдениет", "Басқа жаңалықтың тақырыбы"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_segment_is_read_and_furniture_is_annotated(name: str) -> None:
    page, wanted, unwanted = CASES[name]
    raw = Raw("file:///page.html", "page.html", FRAME.format(**page).encode(), dt.datetime(2025, 3, 15, tzinfo=dt.UTC))
    [read] = read_documents(raw, "0" * 64, named("html"), Options(), ("kk", "ru", "en"))
    assert isinstance(read, Read)
    text = read.document.text
    assert [part for part in wanted if part not in text] == []
    assert read.document.title == page["title"]
    body = list(text)
    for part in find_furniture(text, page["lang"]):
        if part.layer == "chrome":
            body[part.start : part.end] = "\0" * (part.end - part.start)
    left = "".join(body)
    assert [part for part in unwanted if part in left] == []
    assert [part for part in wanted if part not in left] == []
