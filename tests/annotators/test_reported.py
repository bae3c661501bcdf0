"""Reported speech: the clause without its words of saying, and whose words it gives."""

from __future__ import annotations

from functools import cache

import pytest
from spacy.language import Language

import annotators

load = cache(annotators.pipeline)


def reported(lang: str, text: str) -> list[tuple[str, str | None]]:
    nlp: Language = load(lang)
    doc = nlp(text)
    return [(span.text, span._.speaker) for span in doc.spans["reported"]]


@pytest.mark.parametrize(
    ("lang", "text", "clause", "speaker"),
    [
        ("kk", "Мемлекет басшысының айтуынша, реформа керек.", "реформа керек", "Мемлекет басшысы"),
        ("kk", "Үкімет мүшелерінің айтуынша, бюджет дайын.", "бюджет дайын", "Үкімет мүшелері"),
        ("kk", "Энергетика министрлігінің мәліметінше, өндіріс өсті.", "өндіріс өсті", "Энергетика министрлігі"),
        ("kk", "Асқар Мамин жұмыс аяқталғанын мәлімдеді.", "жұмыс аяқталғанын", "Асқар Мамин"),
        ("ru", "По словам главы государства, реформы продолжатся.", "реформы продолжатся", "глава государства"),
        ("ru", "По словам заместителя министра, план готов.", "план готов", "заместитель министра"),
        ("ru", "По мнению эксперта Айгуль Садыковой, закон нужен.", "закон нужен", "Айгуль Садыкова"),
        ("ru", "Министр Асет Ерланов отметил, что доля бизнеса выросла.", "доля бизнеса выросла", "Асет Ерланов"),
        ("en", "The finance minister said inflation would fall.", "inflation would fall", "The finance minister"),
        ("en", "John Brown, who is tall, said it isn't so.", "it isn't so", "John Brown"),
        ("en", "Maria Gonzalez, the mayor, said on Monday that work goes on.", "work goes on", "Maria Gonzalez"),
        ("en", "The mayor told reporters the plan had failed.", "the plan had failed", "The mayor"),
        ("en", "Prices will rise, according to the ministry.", "Prices will rise", "the ministry"),
    ],
)
def test_the_clause_and_its_speaker(lang: str, text: str, clause: str, speaker: str) -> None:
    assert reported(lang, text) == [(clause, speaker)]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("kk", "Президент заңға қол қойды."),
        ("ru", "Президент поручил правительству подготовить закон."),
        ("en", "The mayor opened the bridge that had been closed."),
    ],
)
def test_what_reports_nothing(lang: str, text: str) -> None:
    assert reported(lang, text) == []
