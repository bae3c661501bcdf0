"""Tokens: what is kept whole, what is cut, and that nothing is ever lost."""

import subprocess
import sys
import time
from functools import cache

import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st

from annotators.languages import STARTED, blank
from annotators.languages.tokens import LONGEST_CHUNK
from schemas.errors import MinberError
from tests.examples import examples

tokenized = cache(blank)
LETTERS = "абқңҒӘ abIX01 .,!?:;…«»\"“”„'’‘()[]–—-\n\t%°/№🙂ё"


def words(lang: str, text: str) -> list[str]:
    return [token.text for token in tokenized(lang)(text) if not token.is_space]


@given(st.sampled_from(STARTED), st.one_of(st.text(), st.text(alphabet=LETTERS)))
@example("kk", "«…келді.Порадовало»\n\n -Иә")
@example("ru", "\u00a0Он\r\nушёл\u2028")
@examples(400)
def test_tokens_are_the_text(lang: str, text: str) -> None:
    doc = tokenized(lang)(text)
    assert "".join(token.text_with_ws for token in doc) == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


@given(st.sampled_from(STARTED), st.text(alphabet='аҚb1 .,«»"“”-', max_size=60))
@examples(300)
def test_quotation_marks_are_tokens_of_their_own(lang: str, text: str) -> None:
    for token in words(lang, text):
        assert len(token) == 1 or not set(token) & set('«»"“”')


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("kk", "«…келді.Порадовало»", "« … келді . Порадовало »"),
        ("ru", 'ответил:"Ну', 'ответил : " Ну'),
        ("kk", "«Сөз»,-деді ол.", "« Сөз » , - деді ол ."),
        ("kk", "«Алға!»-деді.", "« Алға ! » - деді ."),
        ("kk", "-Иә,- деді ол.", "- Иә , - деді ол ."),
        ("kk", "барлық халық.Сонымен", "барлық халық . Сонымен"),
        ("kk", "2022 ж. 5,5 млн. теңге, т.б. (1991 жж.)", "2022 ж. 5,5 млн. теңге , т.б. ( 1991 жж. )"),
        ("kk", "1991ж. 5млн.", "1991 ж. 5 млн."),
        ("kk", "Қ.К. Тоқаев, Қ.Тоқаев, Қ.-Ж. Тоқаев", "Қ.К. Тоқаев , Қ. Тоқаев , Қ.-Ж. Тоқаев"),
        ("kk", "Қасым-Жомарт ҚР-ның 72%-ы, 58,3%.", "Қасым-Жомарт ҚР-ның 72%-ы , 58,3% ."),
        ("kk", "Stan.kz-тің https://akorda.kz/kz хабары.", "Stan.kz-тің https://akorda.kz/kz хабары ."),
        ("kk", "(8) 8) Сегізінші:) «Иә»:(", "( 8 ) 8 ) Сегізінші : ) « Иә » : ("),
        ("en", "(8) 8) eighth", "( 8 ) 8 ) eighth"),
        ("kk", "STAN.KZ, СТАН.KZ-те", "STAN.KZ , СТАН.KZ-те"),
        ("kk", "16.03.2022 12:30 2020-2025 3-бабы 19,4°С", "16.03.2022 12:30 2020 - 2025 3-бабы 19,4°С"),
        ("kk", "Астана–Алматы", "Астана – Алматы"),
        ("kk", "«Ол „ішкі“ деді»", "« Ол „ ішкі “ деді »"),
        ("kk", "Не?!Қалай...Содан", "Не ? ! Қалай ... Содан"),
        ("ru", "Касым-Жомарт кто-то по-моему.", "Касым-Жомарт кто-то по-моему ."),
        ("ru", "в 2020 г. и т.д., А.С.Пушкин", "в 2020 г. и т.д. , А.С. Пушкин"),
        ("ru", '"Да",-сказал он.–Нет!', '" Да " , - сказал он . – Нет !'),
        ("ru", "Tengrinews.kz сообщил.Позже", "Tengrinews.kz сообщил . Позже"),
        ("en", 'He said:"Well."Next', 'He said : " Well . " Next'),
        ("en", "(Applause.) They’re in the U.S. now.", "( Applause . ) They ’re in the U.S. now ."),
        ("en", "“One.”Two—three", "“ One . ” Two — three"),
    ],
)
def test_tokens(lang: str, text: str, expected: str) -> None:
    assert words(lang, text) == expected.split(" ")


def test_spacy_knows_kazakh_once_minber_is_installed() -> None:
    nlp = spacy.blank("kk")
    assert [token.text for token in nlp("Халқымыздың «сөзі».")] == ["Халқымыздың", "«", "сөзі", "»", "."]
    assert nlp("жиырма")[0].like_num
    assert nlp("және")[0].is_stop


def test_norms_are_repaired_letter_for_letter() -> None:
    doc = blank("kk")("Мeмлекет YouTube-тағы IT-мамандар")  # the first e is Latin
    assert [token.norm_ for token in doc] == ["мемлекет", "youtube-тағы", "it-мамандар"]
    assert doc.text.startswith("Мe")


@pytest.mark.parametrize("lang", STARTED)
@pytest.mark.slow
def test_a_pipeline_survives_the_disk(lang: str, tmp_path) -> None:
    nlp = blank(lang)
    nlp.add_pipe("minber_sentences")
    nlp.to_disk(tmp_path)
    text = "«…келді.Порадовало» 72%-ы"
    # in a process of its own, which has not imported Minber: spaCy finds all parts through entry points
    program = "import sys, spacy; print([t.text for t in spacy.load(sys.argv[1])(sys.argv[2])])"
    told = subprocess.run([sys.executable, "-c", program, tmp_path, text], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str([token.text for token in nlp(text)])


def test_an_unknown_language_is_an_error_that_names_the_known() -> None:
    with pytest.raises(MinberError, match="kk"):
        blank("xx")


@pytest.mark.parametrize("run", ["(" * 60_000, "а" * 60_000, "а.Б" * 20_000, '"' * 60_000, "-" * 60_000])
def test_long_runs_without_spaces_take_linear_time(run: str) -> None:
    nlp = blank("kk")
    begin = time.perf_counter()
    doc = nlp("Бұл " + run + " сөз")
    assert time.perf_counter() - begin < 5.0
    assert doc.text == "Бұл " + run + " сөз"
    assert max(map(len, doc)) <= LONGEST_CHUNK
