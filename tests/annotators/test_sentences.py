"""Sentence boundaries."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotators.languages import STARTED, blank
from annotators.sentences import sentence_spans
from tests.examples import examples


@cache
def pipeline(lang: str):
    nlp = blank(lang)
    nlp.add_pipe("minber_sentences")
    return nlp


def split(lang: str, text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(pipeline(lang)(text))]


@pytest.mark.parametrize(
    "expected",
    [
        # Kazakh
        ["kk", "Ол 2022 ж. 16 наурызда сөйледі.", "Содан кейін 5,5 млн. теңге бөлінді."],
        ["kk", "«Біз бірге біз!", "Алға барамыз», – деді ол.", "Рахмет."],
        ["kk", "«Қайда барасың?» – деп сұрады Асан.", "Ол үндемеді."],
        ["kk", "«Қайда?» – Асан сұрады.", "Жауап болмады."],
        ["kk", "1. Бірінші мәселе.", "2. Екінші мәселе.", "Қорытынды."],
        ["kk", "Қ.К. Тоқаев пен М. Әуезов туралы айтты.", "Бұл маңызды."],
        ["kk", "Нан, сүт, т.б.", "Олар арзан.", "Бұл жақсы..."],
        ["kk", "Ол 1991 ж.", "Содан бері жұмыс істейді."],
        ["kk", "Енді... жоқ.", "Мүмкін…", "Білмеймін!"],
        ["kk", "16. 03. 2022 күні өтті.", "Ол 2019. Наурыз айында басталды."],
        ["kk", "Құрметті халайық!", "(Қол шапалақтау.)", "Рахмет."],
        ["kk", "«Сөз айттым.»", "Содан кейін кеттім."],
        ["kk", "Келді.", "Порадовало."],
        ["kk", "— Иә.", "— Жоқ.", "— Неге?"],
        ["kk", "Проф. Асанов келді.", "ҚР Конституциясы бар."],
        # Russian
        ["ru", "В 2020 г. Президент РФ В. В. Путин выступил.", "Он сказал и т.д.", "Потом ушёл."],
        ["ru", "Это было в 2020 г.", "Он ушёл."],
        ["ru", "Спасибо!", "(Продолжительные аплодисменты.)", "Теперь о главном."],
        ["ru", "— Нет! — сказал он.", "— Да."],
        ["ru", "«Вопрос?» — спросил Иванов.", "Ответа не было."],
        ["ru", "5 тыс. руб. и 3 млн. долларов.", "Потом 16 мая 2022 г. Москва."],
        ["ru", "Он получил 3%, т. е. 360 рублей (в 1990 гг.).", "Это было до н. э.", "Греция ещё спала."],
        ["ru", "Он родился в с. Кызылжар, жил у р. Урал.", "Пришли ты и я.", "Все ушли."],
        ["ru", "Голосов 367 (из 550), больше половины."],
        ["ru", "ГЛАВА ПЕРВАЯ.", "ОБЩИЕ ПОЛОЖЕНИЯ."],
        # English
        ["en", 'Mr. Smith said: "We won."', "He left the U.S. economy alone."],
        ["en", "Thank you.", "(Applause.)", "[Laughter]", "We met Dr. J. F. Kennedy at 3 p.m. Monday."],
        ["en", "In the U.S.", "The end.", "So do I.", "They did."],
        ["en", "“Is it?” he asked.", "“Yes.”", "“No.”"],
        ["en", '"Go!"', '"Stop!"', "It is 'over.'", "Next."],
        ["en", "(See the note.)", "It costs $1.5 million.", "The end."],
    ],
    ids=lambda expected: f"{expected[0]}: {expected[1]}",
)
def test_boundaries(expected: list[str]) -> None:
    lang, *sentences = expected
    assert split(lang, " ".join(sentences)) == sentences


@pytest.mark.parametrize("lang", STARTED)
def test_a_line_break_ends_a_sentence_and_space_makes_none(lang: str) -> None:
    text = "  Тақырып\n\n \n  бірінші жол\r\nЕкінші. \n"
    doc = pipeline(lang)(text)
    assert split(lang, text) == ["Тақырып", "бірінші жол", "Екінші."]
    assert [sentence.text_with_ws for sentence in doc.sents if not sentence.text.strip()] == []


@given(st.sampled_from(STARTED), st.text(alphabet='аБқ 1.!?…«»"“”()–-,\n\tт.б', max_size=80))
@examples(400)
def test_sentences_partition_the_document(lang: str, text: str) -> None:
    doc = pipeline(lang)(text)
    sentences = list(doc.sents) if len(doc) else []
    assert "".join(sentence.text_with_ws for sentence in sentences) == text
    spans = sentence_spans(doc)
    if text.strip():
        assert len(spans) == len(sentences)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    for start, end in spans:
        assert "\n" not in text[start:end]


def test_text_without_words() -> None:
    for text in ("", " ", "\n\n"):
        assert split("kk", text) == []
