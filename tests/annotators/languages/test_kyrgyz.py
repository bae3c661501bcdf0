"""The start of Kyrgyz: a language made of data."""

import pytest

from annotators.languages import blank
from annotators.languages.ky.morphology import Lexicon


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
