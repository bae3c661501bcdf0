"""Who speaks: one case of own wording for every class of error that unseen pages showed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from spacy.language import Language

from annotators.languages import blank

DATA = Path(__file__).parent / "data"


@cache
def pipe(lang: str) -> Language:
    nlp = blank(lang)
    nlp.add_pipe("minber_furniture")
    nlp.add_pipe("minber_quotes")
    return nlp


def speakers(lang: str, text: str) -> list[str | None]:
    doc = pipe(lang)(text)  # held: spans die with their Doc
    return [span._.speaker for span in doc.spans["quotes"]]


RUSSIAN = {
    "a man in the genitive is no woman": (
        (
            "По словам Сатыбалдиева, мост строили зря. «Мы предлагали другое место», – считает он.\n"
            "Вечером в доме Нурлана Сатыбалдиева собрались соседи."
        ),
        ["Нурлан Сатыбалдиев"],
    ),
    "a relative pronoun shows who is meant": (
        (
            "К врачу Дамира Оспанова, которому нет и трёх лет, привела пожилая женщина. "
            "«Посмотрите ребёнка», – сказала она."
        ),
        ["пожилая женщина"],
    ),
    "a mother beside a son of the same family": (
        (
            "Мама Гульзада Омарова рассказала, как это было. Аслан Омаров шёл из школы.\n"
            "«Он вышел рано, мы его ждали до вечера», - рассказала женщина."
        ),
        ["Гульзада Омарова"],
    ),
    "a woman's office that is an adjective": (
        (
            "Уполномоченная по правам ребёнка Загира Сулейменова ответила юристам.\n"
            "«Приезжайте, мы вас ждём», – говорит омбудсмен."
        ),
        ["Загира Сулейменова"],
    ),
    "those to whom something is told are no title": (
        "— Мы его сразу задержали, он ответит по закону, — сообщил журналистам Игорь Тополь в кулуарах Мажилиса.",
        ["Игорь Тополь"],
    ),
    "the speaker of one house is no member of the other": (
        (
            "Председатель Сената Марат Ибраев говорил с прессой. Накануне депутат Мажилиса Олжас Нуров опоздал.\n"
            "«У нас такого не бывает», – ответил спикер Сената."
        ),
        ["Марат Ибраев"],
    ),
    "the speaker of a house is its chairman, whoever was named last": (
        (
            "Председатель Мажилиса Серик Асылбеков обратился к министру финансов Олегу Киму.\n"
            "«Пора выйти к людям, они вас ждут», – сказал спикер Мажилиса."
        ),
        ["Серик Асылбеков"],
    ),
    "a number inside an office": (
        "- Мы же хотим сохранить двор, - говорит председатель КСК дома № 7 Раушан Абдрахманова.",
        ["Раушан Абдрахманова"],
    ),
    "whom a school is called after is not its director": (
        (
            "Об этом сообщила директор школы №56 имени А.С. Пушкина Анастасия Калинина.\n"
            "«Родители довольны, занятия идут», – сказала она."
        ),
        ["Анастасия Калинина"],
    ),
    "a family name that shows no gender": (
        "Виктория Цой, жительница Шымкента: «Стройку начали без нашего согласия, мы писали жалобы».",
        ["Виктория Цой"],
    ),
    "a signature under the quotation": (
        (
            "Визит оценил пресс-секретарь Дмитрий Лесков.\n"
            "«Визит получился насыщенным, и главное в нём – его смысл»\n– Дмитрий Лесков\nДальше – поездка в Орал."
        ),
        ["Дмитрий Лесков"],
    ),
    "a headline that opens with the words of its subject": (
        (
            "«Рано прощаться»: Ибраев пошутил над коллегами\n"
            "Заседание открылось необычно.\n«Коллеги, ещё рано прощаться», - сказал председатель сената Марат Ибраев."
        ),
        ["Марат Ибраев", "Марат Ибраев"],
    ),
    "a name in apposition to whoever is said to have said it": (
        (
            "Отец девушки Болат Сабиров ждёт суда.\n"
            "По словам матери, Гульжан Сабировой, дело закрыть не хотят. «Я хожу к ним каждый день», – говорит она."
        ),
        ["Гульжан Сабирова"],
    ),
    "«она» after an office whose case could be a woman's name": (
        (
            "Жители пришли к делам акима Карагандинской области Ермаганбета Сулекпаева.\n"
            "Жительница посёлка Гульзира Аманова озвучила ряд проблем.\n– Нам нужна вода, – сказала она."
        ),
        ["Гульзира Аманова"],
    ),
    "a headline that ends with them": (
        (
            "Алия Сатпаева заступилась за певца: «Он научил мир нашим песням и нашему языку»\n"
            "Сатпаева написала об этом вечером."
        ),
        ["Алия Сатпаева"],
    ),
}

KAZAKH = {
    "«ол» after a name before a participle": (
        (
            "Спортшы Илияс Сатаев жеңісін айтты.\nБас бапкері Алексей Пак толқығанын жасырмады. "
            "«Мен Илиястың дайындығын көрдім», - деп түсіндірді ол."
        ),
        ["Алексей Пак"],
    ),
    "«ол» after a name before a place": (
        (
            "Адвокат Арман Құсайынов сотқа келді.\n"
            "Бұл туралы журналист Сәуле Әбенова желідегі парақшасында хабарлады.\n"
            "«Кешке қарай Жаркентке жеттік, бізді күтіп алды», – деп жазды ол."
        ),
        ["Сәуле Әбенова"],
    ),
    "two people side by side": (
        (
            "Зеленский Трамппен кездесетінін айтты\nУкраина президенті Владимир Зеленский жақында АҚШ президенті "
            "Дональд Трамппен кездеседі.\nЗеленский бұл туралы арнасында хабарлады.\n"
            "«Біз бір күнді де босқа өткізбейміз», – деп жазды Зеленский."
        ),
        ["Владимир Зеленский"],
    ),
    "a journalist who speaks of somebody else": (
        (
            "Президент Дональд Трамптан Ақ үйде сұрақ сұралды. Украинаны Владимир Зеленский басқарады.\n"
            "Журналист Сеймур Херш Зеленскийдің болашағы туралы пікір білдірді.\n"
            "«Оған ешқандай рөл берілмейді», – деп мәлімдеді ол."
        ),
        ["Сеймур Херш"],
    ),
    "whoever speaks at a briefing": (
        "Денсаулық министрі Айгүл Әлімова пойыз туралы айтты.\n«Пойыз сәуірде жүреді, қаржы бөлінді», - деді спикер.",
        ["Айгүл Әлімова"],
    ),
    "a headline that opens with the words of its subject": (
        (
            "«Сәттілік жетіспеді»: жүлдесін алған Қайратов жеңілісі туралы айтты\n"
            "Дзюдошы Ғалым Қайратов жарыстан оралды.\n«Қарсыласым мықты болды, мен күрестім», - деді спортшы."
        ),
        ["Ғалым Қайратов", "Ғалым Қайратов"],
    ),
    "the head of a country is its president": (
        (
            "Украина президенті Владимир Зеленский бұған жауап берді. Кремль өкілі Дмитрий Песков үндемеді.\n"
            "«Сөз емес, бізге іс керек», – деп жазды Украина басшысы."
        ),
        ["Владимир Зеленский"],
    ),
    "a given name alone under an office that opens the sentence": (
        (
            "Жүргізуші Қайрат қырда қалып қойған. Құтқарушы Нұрлан Ахметов оны іздеген.\n"
            "«Аяз қатты болды, үмітім үзілді», – дейді жүргізуші."
        ),
        ["Қайрат"],
    ),
    "«ол» after a sentence whose subject is an office": (
        (
            "Мәжіліс төрағасы Ерлан Қошанов отырысты ашты. Депутат Айгүл Сапарова сұрақ қойды.\n"
            "«Ауылда дәрігер жоқ, бұған не істейсіздер?» – деді депутат.\n"
            "Спикер оған алғыс айтты. «Сұрақ бақылауда қалады», – деді ол."
        ),
        ["Айгүл Сапарова", "Ерлан Қошанов"],
    ),
    "a headline in two sentences": (
        "«Қынжылдым». Бибігүл Сатаева мүсін туралы ойын айтты\nӘнші Бибігүл Сатаева эфирге келді.",
        ["Бибігүл Сатаева"],
    ),
}


@pytest.mark.parametrize("case", RUSSIAN, ids=str)
def test_russian(case: str) -> None:
    text, expected = RUSSIAN[case]
    assert speakers("ru", text) == expected


@pytest.mark.parametrize("case", KAZAKH, ids=str)
def test_kazakh(case: str) -> None:
    text, expected = KAZAKH[case]
    assert speakers("kk", text) == expected


def answers(paths: list[str], backwards: bool) -> list[list[list[object]]]:
    """Who says what in the texts of some files, read in their order or from the last to the first."""
    docs = [json.loads(line) for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines()]
    found: dict[int, list[list[object]]] = {}
    for k in reversed(range(len(docs))) if backwards else range(len(docs)):
        doc = pipe(docs[k]["lang"])(docs[k]["text"])
        found[k] = [
            [s.start, s.end, s.label_, s._.speaker, s._.speaker_id, s._.mention and s._.mention.text]
            for layer in ("quotes", "reported")
            for s in doc.spans[layer]
        ]
    return [found[k] for k in range(len(docs))]


BACKWARDS = """
import json, sys
from tests.annotators.test_quotes_speakers import answers
print(json.dumps(answers(sys.argv[1:], backwards=True), ensure_ascii=False))
"""


def test_same_text_same_answer(tmp_path: Path) -> None:
    """Neither the order of documents nor that of sets (PYTHONHASHSEED) changes who speaks."""
    text = (
        "Д. Назарова пришла в зал. Депутат Дарига Назарова выступила, слово дали и Дариге Назаровой.\n"
        "«Учебники дороги», – сказала Назарова. Отец Назаровой, Динмухамед Назаров, молчал."
    )
    family = {"lang": "ru", "text": text}
    (tmp_path / "family.jsonl").write_text(json.dumps(family, ensure_ascii=False) + "\n", encoding="utf-8")
    paths = [str(DATA / "quotes_kk.jsonl"), str(DATA / "quotes_ru.jsonl"), str(tmp_path / "family.jsonl")]
    here = answers(paths, backwards=False)  # this process has a seed of its own
    run = subprocess.run(
        [sys.executable, "-c", BACKWARDS, *paths],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(run.stdout) == here
    assert any(here)
