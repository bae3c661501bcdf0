"""Markdown and its front matter."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
Read = Callable[..., Reading]
SPEECH = textwrap.dedent(
    f"""\
    # Құрылтайда сөйлеген сөз

    Құрметті **отандастар**! Бүгін[^б] [сілтеме](https://example.kz) ![сурет](a.png)
    екінші жол. <b>{LETTERS}</b> &amp; `code`

    1. бірінші
    2. екінші
       - ішкі

    | Жыл | Өсім |
    |---|--:|
    | 2024 | 4,8 |

    > Дәйексөз

    [^б]: Ескертпе *мәтіні*
        жалғасы.
    """
)


def test_words_without_marks(read: Read) -> None:
    reading = read(SPEECH.encode(), "a.md")
    assert reading.text == (
        f"Құрылтайда сөйлеген сөз\n\nҚұрметті отандастар! Бүгін сілтеме екінші жол. {LETTERS} & code\n\nбірінші"
        "\n\nекінші\n\nішкі\n\nЖыл | Өсім\n2024 | 4,8\n\nДәйексөз\n\n[1] Ескертпе мәтіні жалғасы."
    )
    assert (reading.title, reading.origins["title"]) == ("Құрылтайда сөйлеген сөз", "heading")


YAML = """\
---
title: Сөз
date: 2025-03-14
language: kk-KZ
speaker: Қасым-Жомарт Тоқаев
source: Ақорда
event: Үшінші құрылтай
place: Бурабай
tags: [а]
---
"""
TOML = """\
+++
title = "Сөз"
date = 2025-03-14T10:00:00Z
lang = "kk"
speaker = "Қасым-Жомарт Тоқаев"
publisher = "Ақорда"
occasion = "Үшінші құрылтай"
location = "Бурабай"
+++
"""
WINDOWS = YAML.replace("title", "Title").replace("2025-03-14", "2025 жылғы 14 наурыз").replace("\n", "\r\n")


@pytest.mark.parametrize("front", [YAML, TOML, WINDOWS])
def test_front_matter_is_metadata(read: Read, front: str) -> None:
    reading = read((front + SPEECH).encode(), "a.md")
    assert reading.text.startswith("Құрылтайда")
    assert (reading.title, reading.date, reading.lang) == ("Сөз", dt.date(2025, 3, 14), "kk")
    assert (reading.speaker, reading.kind, reading.publisher) == ("Қасым-Жомарт Тоқаев", "transcript", "Ақорда")
    assert (reading.occasion, reading.place) == ("Үшінші құрылтай", "Бурабай")
    assert reading.origins["speaker"] == "front matter"
    assert reading.docvars == ({} if "+++" in front else {"tags": "а"})


def test_a_rule_at_the_top_is_no_front_matter(read: Read) -> None:
    assert read("---\nСөз басы\n---\n\nМәтін.".encode(), "a.md").text == "Сөз басы\n\nМәтін."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\ntitle: [a\n---\nСөз", "MB131"),
        ("+++\ntitle = \n+++\nСөз", "MB131"),
        ("---\ntitle: Сөз\n---\n", "MB104"),
        (" \n", "MB104"),
        (f"---\na: {'[' * 5000}\n---\nСөз", "MB131"),
    ],
)
def test_what_is_refused(read: Read, text: str, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(text.encode(), "a.md")
    assert caught.value.code == code


def test_aliases_of_yaml_do_not_grow(read: Read) -> None:
    rows = ["a0: &a0 [x,x]"] + [f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]" for n in range(1, 60)]
    assert read(("---\n" + "\n".join(rows) + "\n---\nСөз.").encode(), "a.md").text == "Сөз."
