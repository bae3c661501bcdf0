"""Institutions in three languages: inflected names, ids, the country beside the name or of the document."""

from __future__ import annotations

import pytest
import spacy

from annotators.context import Context
from annotators.institutions import Institutions, gazetteer
from annotators.languages import blank

LANGS = ("kk", "ru", "en")


def found(lang: str, text: str, country: str | None = None) -> list[tuple[str, str, str]]:
    nlp = blank(lang)
    doc = nlp(text)
    doc._.context = Context(country=country)
    doc = Institutions(nlp)(doc)
    return [(span.text, span.label_, span.kb_id_) for span in doc.spans["institutions"]]


@pytest.mark.parametrize(
    ("lang", "text", "words", "kind", "identity"),
    [
        ("kk", "Ұлттық құрылтайда айттым.", "Ұлттық құрылтайда", "forum", "kz.kurultai"),
        ("kk", "Мәжілістің депутаттары.", "Мәжілістің", "legislature", "kz.mazhilis"),
        ("kk", "Еуразиялық экономикалық одаққа мүше.", "Еуразиялық экономикалық одаққа", "international", "eaeu"),
        ("kk", "БҰҰ-ның Жарғысы.", "БҰҰ-ның", "international", "un"),
        ("kk", "Конституциялық соттың шешімі.", "Конституциялық соттың", "court", "constitutional_court"),
        (
            "kk",
            "Сыртқы істер министрлігінен хабар келді.",
            "Сыртқы істер министрлігінен",
            "executive",
            "ministry.foreign_affairs",
        ),
        ("kk", "Мәслихаттарға сайлау өтті.", "Мәслихаттарға", "local", "local.council"),
        ("ru", "В Организации Объединённых Наций.", "Организации Объединённых Наций", "international", "un"),
        ("ru", "Депутаты мажилиса Парламента.", "мажилиса Парламента", "legislature", "kz.mazhilis"),
        ("ru", "По решению Конституционного суда.", "Конституционного суда", "court", "constitutional_court"),
        ("ru", "Он писал министерству обороны.", "министерству обороны", "executive", "ministry.defence"),
        ("ru", "Выступил в Государственной думе.", "Государственной думе", "legislature", "ru.state_duma"),
        ("en", "The Organization of Turkic States met.", "Organization of Turkic States", "international", "ots"),
        ("en", "He asked the House of Representatives.", "House of Representatives", "legislature", "us.house"),
        ("en", "The Prime Minister's Office said so.", "Prime Minister's Office", "executive", "prime_minister_office"),
    ],
)
def test_names_inflect(lang: str, text: str, words: str, kind: str, identity: str) -> None:
    assert found(lang, text) == [(words, kind, identity)]


@pytest.mark.parametrize(
    ("lang", "text", "home", "identity"),
    [
        ("kk", "Парламент заң қабылдады.", None, "parliament"),
        ("kk", "Парламент заң қабылдады.", "KZ", "kz.parliament"),
        ("kk", "Өзбекстан Парламенті заң қабылдады.", "KZ", "uz.parliament"),
        ("kk", "Қырғыз Республикасының Үкіметі.", "KZ", "kg.government"),
        ("ru", "Парламент Узбекистана принял закон.", "KZ", "uz.parliament"),
        ("ru", "Правительство Республики Казахстан.", "RU", "kz.government"),
        ("en", "The Parliament of the Republic of Kazakhstan.", "US", "kz.parliament"),
        ("en", "The Parliament said us and the US agree.", "KZ", "kz.parliament"),
    ],
)
def test_whose_institution(lang: str, text: str, home: str | None, identity: str) -> None:
    assert found(lang, text, home)[0][2] == identity


def test_capitals_tell_the_who_from_who() -> None:
    assert found("en", "Those who asked the WHO and us.") == [("WHO", "international", "who")]


def test_the_longest_name_wins() -> None:
    assert [row[2] for row in found("ru", "Генеральная Ассамблея ООН и ООН")] == ["un.general_assembly", "un"]


def test_details_repeat_the_id() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("minber_institutions")
    doc = nlp("The United Nations.")
    assert doc.spans["institutions"][0]._.details == {"id": "un"}


def test_the_gazetteer_is_consistent() -> None:
    entries = gazetteer()
    ids = [entry.id for entry in entries]
    assert len(ids) == len(set(ids))
    assert all(set(entry.names) == set(LANGS) for entry in entries)
    for lang in LANGS:
        owner: dict[str, str] = {}
        for entry in entries:
            for name in entry.names[lang]:
                assert owner.setdefault(name.lower(), entry.id) == entry.id, f"{name}: two ids"
    assert {entry.type for entry in entries} >= {"legislature", "executive", "court", "local", "international", "party"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_name_finds_itself(lang: str) -> None:
    nlp = blank(lang)
    component = Institutions(nlp)
    for entry in gazetteer():
        for name in entry.names[lang]:
            doc = component(nlp(name))
            assert [span.text for span in doc.spans["institutions"]] == [name], name
