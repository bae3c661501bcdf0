"""Kyrgyz: a language made of the data in one folder, down to quotations and themes."""

from functools import cache
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

import annotators
from annotators.languages import blank
from annotators.languages.ky.morphology import Lexicon

CODEBOOK = Path(__file__).parents[3] / "docs" / "examples" / "kyrgyz.yaml"
"""The small codebook that docs/languages.md works with."""


@cache
def _pipeline() -> Language:
    return annotators.pipeline("ky", codebook=CODEBOOK)


def _read(text: str) -> Doc:
    return _pipeline()(text)


@pytest.mark.parametrize(
    ("term", "pos", "forms"),
    [
        ("мектеп", "N", "мектептер мектеби мектепке мектебибизде мектептердин"),
        ("бийлик", "N", "бийлиги бийликтин бийликке бийлигибиз"),
        ("жол", "N", "жолдор жолу жолдун жолго жолдордо"),
        ("көл", "N", "көлдөр көлү көлдүн көлгө"),
        ("шайлоо", "N", "шайлоонун шайлоого шайлоолор шайлоосу шайлоодогу"),
        ("өлкө", "N", "өлкөбүз өлкөнүн өлкөсүндө өлкөбүздүн өлкөлөр"),
        ("эл", "N", "элибиз элдин элге элибиздин"),
        ("айтуу", "V", "айтты айткан айтат айтып айтпайт айтуунун айтса"),
        ("баштоо", "V", "баштады баштаган баштайт башталат башталды"),
        ("окуу", "V", "окуду окуйт окуган"),
        ("мен", "N", "мага менин"),
        ("Исаков", "N", "Исаковдун Исаковго Исаковду"),
        ("завод", "N", "заводдор заводго"),
    ],
)
def test_forms_are_found(term: str, pos: str, forms: str) -> None:
    lexicon = Lexicon([(term, pos)], voice=True)
    assert [form for form in forms.split() if lexicon.find(form) != [(term, pos)]] == []


@pytest.mark.parametrize(
    ("term", "form"), [("жол", "жолдар"), ("эл", "элдар"), ("мектеп", "мектепдин"), ("кара", "карай")]
)
def test_other_words_are_not_found(term: str, form: str) -> None:
    assert Lexicon([(term, "N")]).find(form) == []


def test_tokens_and_sentences() -> None:
    nlp = blank("ky")
    nlp.add_pipe("minber_sentences")
    doc = nlp("Ал 2022-ж. Бишкекте сүйлөдү: «Биз биргебиз.Алга!» (Кол чабуулар.) Рахмат.")
    assert [token.text for token in doc][-9:] == ["!", "»", "(", "Кол", "чабуулар", ".", ")", "Рахмат", "."]
    assert [sentence.text for sentence in doc.sents] == [
        "Ал 2022-ж. Бишкекте сүйлөдү: «Биз биргебиз.",
        "Алга!»",
        "(Кол чабуулар.)",
        "Рахмат.",
    ]


@pytest.mark.parametrize(
    ("text", "quotation", "speaker", "cue"),
    [
        (
            "«Биз жергиликтүү бийликтин ыйгарым укуктарын кеңейтебиз», – деди президент Садыр Жапаров.",
            "Биз жергиликтүү бийликтин ыйгарым укуктарын кеңейтебиз",
            "Садыр Жапаров",
            "деди",
        ),
        (
            "Депутат Гүлнара Асанова мектепке барды. «Мугалимдердин айлыгы көбөйөт», – деп кошумчалады ал.",
            "Мугалимдердин айлыгы көбөйөт",
            "Гүлнара Асанова",
            "деп кошумчалады",
        ),
        (
            "Эксперт Айгүл Токтогулова мындай деди: «Салык быйыл төмөндөбөйт».",
            "Салык быйыл төмөндөбөйт",
            "Айгүл Токтогулова",
            "деди",
        ),
        ("– Суу качан келет?\n«Суу эртең келет», – деп жооп берди аким.", "Суу эртең келет", "аким", "деп жооп берди"),
    ],
)
def test_quotations_have_their_speakers(text: str, quotation: str, speaker: str, cue: str) -> None:
    doc = _read(text)
    found = {span.text: (span._.speaker, str(span._.cue or "")) for span in doc.spans["quotes"]}
    assert found[quotation] == (speaker, cue)


def test_titles_in_marks_are_no_quotations() -> None:
    assert not _read("«Ак кеме» деген китеп чыкты.").spans["quotes"]


@pytest.mark.parametrize(
    ("text", "clause", "speaker"),
    [
        (
            "Билим берүү министри Каныбек Исаковдун айтымында, окуучулардын саны көбөйдү.",
            "окуучулардын саны көбөйдү",
            "Каныбек Исаков",
        ),
        (
            "Министр Бакыт Төрөбаев айыл чарбасына акча бөлүнгөнүн билдирди.",
            "айыл чарбасына акча бөлүнгөнүн",
            "Бакыт Төрөбаев",
        ),
    ],
)
def test_reported_speech_has_its_speaker(text: str, clause: str, speaker: str) -> None:
    doc = _read(text)
    assert [(span.text, span._.speaker) for span in doc.spans["reported"]] == [(clause, speaker)]


def test_themes_of_the_codebook() -> None:
    doc = _read("Шайлоочулар добуш беришти. Бул – маанилүү окуя. Айылда жаңы мектептер курулбайт. Бүгүн күн ачык.")
    found = [(span.label_, span.text, span._.details) for span in doc.spans["themes"]]
    assert found == [
        ("elections", "Шайлоочулар добуш беришти.", None),
        ("elections", "Бул – маанилүү окуя.", {"from_before": True}),
        ("education", "Айылда жаңы мектептер курулбайт.", {"negated": True}),
    ]


def test_a_condition_of_an_entry_holds() -> None:
    doc = _read("Сот ыйгарым укугун колдонду. Шаардын ыйгарым укуктары кеңейди.")
    assert [(span.label_, span.text) for span in doc.spans["themes"]] == [
        ("local_government", "Шаардын ыйгарым укуктары кеңейди.")
    ]


def test_numbers_and_dates() -> None:
    doc = _read("2024-жылдын 16-мартында 300 миллион сом бөлүндү, айлык 20 пайызга өстү.")
    assert [(span.label_, span._.details["value"]) for span in doc.spans["quantities"]] == [
        ("date", "2024-03-16"),
        ("money", 300_000_000),
        ("percent", 20),
    ]


def test_furniture_and_recaps() -> None:
    doc = _read("Сүрөт: басма сөз кызматы\nМектеп ачылды.\nЭске салсак, былтыр шайлоо өткөн.")
    assert [span.text for span in doc.spans["chrome"]] == ["Сүрөт: басма сөз кызматы"]
    assert [span.text for span in doc.spans["background"]] == ["Эске салсак, былтыр шайлоо өткөн."]
    assert [span.label_ for span in doc.spans["themes"]] == ["education"]
