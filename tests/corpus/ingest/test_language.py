from __future__ import annotations

from pathlib import Path

import pytest

from corpus.ingest.language import detect


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Құрметті отандастар!", "kk"),
        ("Қазақстан", "kk"),
        ("Президент Путин провёл заседание Совета безопасности", "ru"),
        ("Кыргыз Республикасы эгемендүү, демократиялык мамлекет болуп саналат", "ky"),
        ("My fellow citizens, I stand here today humbled by the task before us", "en"),
        ("12.05.2024 – 100 %", None),
        ("", None),
    ],
)
def test_cases(text: str, lang: str | None) -> None:
    assert detect(text)[0] == lang


@pytest.mark.parametrize(
    ("file", "lang"),
    [
        ("kaz", "kk"),
        ("rus", "ru"),
        ("eng", "en"),
        ("kir", "ky"),
        ("ukr", "uk"),
        ("tat", "tt"),
        ("fra", "fr"),
        ("tur", "tr"),
    ],
)
def test_whole_documents_keep_their_own_language(shared: Path, file: str, lang: str) -> None:
    assert detect((shared / "data" / "udhr" / f"{file}.txt").read_text(encoding="utf-8"))[0] == lang


def test_a_language_that_is_not_of_the_corpus_is_no_answer_for_short_texts() -> None:
    assert detect("Ұлттық құрылтай", ("ru", "en"))[0] in ("ru", "en")


@pytest.mark.parametrize(
    ("lang", "words", "floor"),
    [("kk", None, 0.995), ("ru", None, 0.995), ("en", None, 0.995), ("kk", 4, 0.93), ("ru", 4, 0.98), ("en", 4, 0.99)],
)
def test_sentences_of_news(shared: Path, lang: str, words: int | None, floor: float) -> None:
    lines = (shared / "data" / "ntrex_news_parallel" / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts = [" ".join(line.split("\t")[-1].split()[:words]) for line in lines]
    assert sum(detect(text)[0] == lang for text in texts) / len(texts) >= floor
