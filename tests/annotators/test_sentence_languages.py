"""Sentences in another language than their document."""

from functools import cache

import pytest
from spacy.language import Language

import annotators
from annotators.languages import blank
from annotators.records import annotation_rows


@cache
def _pipeline(lang: str) -> Language:
    nlp = blank(lang)
    nlp.add_pipe("minber_sentences")
    return nlp


def _languages(text: str, lang: str) -> list[str | None]:
    doc = _pipeline(lang)(text)
    return [sentence._.lang for sentence in doc.sents]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        (
            "kk",
            "Жиын Астанада өтті. Мы должны сохранить то, что было. Бұл – ортақ міндет.\nThe world is watching us.",
            [None, "ru", None, "en"],
        ),
        (
            "ru",
            "Президент выступил в Астане. Бұл біздің ортақ үйіміз және мақтанышымыз. Зал встретил эти слова овацией.",
            [None, "kk", None],
        ),
        ("en", "He spoke in Astana. Это наш общий дом и наша гордость. The hall rose.", [None, "ru", None]),
        ("ky", "Жыйын Бишкекте өттү. Бұл – қоғамның және мемлекеттің ортақ ісі. Бул биздин иш.", [None, "kk", None]),
        ("kk", "Жиын өтті. Бул – биздин элибиздин жана мамлекетибиздин өнүгүүсү үчүн керек.", [None, "ky"]),
    ],
)
def test_sentences_of_another_language(lang: str, text: str, expected: list[str | None]) -> None:
    assert _languages(text, lang) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "«Казахстан и мир в XXI веке» кітабы туралы пікір айтылды."),  # a Russian title
        ("kk", "Microsoft Word, Google Chrome, Adobe Acrobat орнатылды."),
        ("kk", "Президент Владимир Путин."),  # a heading that could be either
        (
            "kk",
            "Barlyq adamdar tumysynan azat jäne qadır-qasietı men qūqyqtary teñ bolyp düniege keledı.",
        ),  # Latin script
        ("kk", "АСТАНА ҚАЛАСЫНЫҢ ТҰРҒЫНДАРЫ МЕН ҚОНАҚТАРЫ"),
        ("ru", "Нұрлан Әбдірахманов и Ғалымжан Құсайынов посетили Қостанай."),  # names keep their letters
        ("ru", "Газета «Егемен Қазақстан» сообщила об этом первой."),
        ("ru", "ПОСЛАНИЕ ГЛАВЫ ГОСУДАРСТВА НАРОДУ КАЗАХСТАНА"),
        ("en", "The Tögrög and the Größe of Zürich were discussed by the President of Côte d’Ivoire."),
        ("ky", "Анда сага айтып берем, алар бара жатат."),  # no letter that only Kyrgyz has
        ("kk", ""),
        ("kk", "2022. 15 %. — !"),
    ],
)
def test_in_doubt_a_sentence_is_in_its_documents_language(lang: str, text: str) -> None:
    assert set(_languages(text, lang)) <= {None}


def test_a_sentence_without_small_words_is_told_by_its_letters() -> None:
    russian = "Дорогие друзья, уважаемые соотечественники, сердечно поздравляю, желаю здоровья."
    assert _languages(f"Жиын өтті. {russian}", "kk") == [None, "ru"]


def test_words_that_two_languages_share_count_for_neither() -> None:
    assert _languages("Да, не керек, не болды, не істейді, да.", "kk") == [None]
    assert _languages("Да не то, не так, да и не там.", "ru") == [None]


def test_the_rows_of_a_document_hold_it() -> None:
    nlp = annotators.pipeline("kk", components=("minber_sentences",))
    doc = nlp("Журналист сұрақ қойды.\n\n– Когда будут новые выборы и кто их проведёт?\nПрезидент жауап берді.")
    rows = annotation_rows(doc)
    assert [row["attributes"] for row in rows] == [{}, {"lang": "ru"}, {}]
    assert doc.text[rows[1]["start"] : rows[1]["end"]] == "– Когда будут новые выборы и кто их проведёт?"
