"""Kazakh inflection: forms found, forms not found, and how they are explained."""

import pickle

import pytest

from annotators.languages.inflection import grammar
from annotators.languages.kk.morphology import Lexicon


def finds(term: str, pos: str, form: str, voice: bool = False) -> bool:
    return (term, pos) in Lexicon([(term, pos)], voice=voice).find(form)


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("реформа", "реформа реформаның реформаға реформаларымыздың реформасындағы реформамен Реформалар"),
        ("мектеп", "мектеп мектебі мектептер мектебіміздегі мектепке мектептен мектеппен"),
        ("билік", "билігі биліктің билікке билігінен биліктегілер"),
        ("халық", "халқы халқымыздың халыққа халықтың халқына халқынан"),
        ("көңіл", "көңлі көңілі көңілге"),
        ("ауыл", "ауылдар ауылы аулы ауылдағы ауылдардан"),
        ("сайлау", "сайлауы сайлауда сайлаулар сайлаудың сайлауға"),
        ("объект", "объектілер объектілердің объектіде"),
        ("процесс", "процесі процесс процестер процестің"),
        ("министр", "министрлер министрдің министрі министрге"),
        ("банк", "банктің банкке банктер"),
        ("король", "королі корольдің"),
        ("фестиваль", "фестивальдер фестивалі фестивальде"),
        ("Назарбаев", "Назарбаевтың Назарбаевқа Назарбаевпен"),
        ("Медведев", "Медведевтің Медведевке"),
        ("Қасым-Жомарт", "Қасым-Жомарттың Қасым-Жомартқа"),
        ("жақсы", "жақсырақ жақсысы жақсылар"),
        ("отбасы", "отбасына отбасында отбасын отбасының отбасымыз отбасы отбасылар"),
        ("турист", "туристер туристің туристерге туристі"),
        ("педагог", "педагогтер педагогтарға"),
        ("он", "онға оннан онның"),
        ("мен", "менің маған мені менен менде"),
        ("ол", "оны оған оның одан онымен"),
        ("адам", "адамдікі адамның адамнан адаммен адамменен адамдардағы адам-ақ"),
        ("мұғалім", "мұғалімбіз мұғаліммін мұғалімдерсіз"),
    ],
)
def test_nominal_forms_are_found(term: str, forms: str) -> None:
    assert [form for form in forms.split() if not finds(term, "N", form)] == []


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("айту", "айтты айтқан айтады айтып айтпайды айтар айтса айтыңыз айтсын айтқысы айтқалы айтуы айтуынша айтпақ"),
        (
            "айту",
            "айтқандай айтқандықтан айтқаны айтатын айтатындығын айтпаған айтпас айтқанымыз айтайық айтамыз айтыпты",
        ),
        ("оқу", "оқыды оқиды оқимыз оқып оқуға оқитын"),
        ("қою", "қойды қояды қоятын қоюға қойған қойып"),
        ("табу", "тапты табады табуға тауып тапқан"),
        ("шығу", "шықты шығады шыққан шығып шығармыз"),
        ("сайлау", "сайлады сайлаймыз сайлаған сайламақ"),
        ("қорқу", "қорқады қорықты"),
    ],
)
def test_verb_forms_are_found(term: str, forms: str) -> None:
    listed = {"қорқу": "қорық"}.get(term, term)
    assert [form for form in forms.split() if not finds(listed, "V", form)] == []


@pytest.mark.parametrize(
    ("term", "pos", "form"),
    [
        ("мемлекет", "N", "мемлекеттік"),  # derivations are entries of their own
        ("халық", "N", "халықаралық"),
        ("тіл", "N", "тілші"),
        ("жұмыс", "N", "жұмыссыз"),
        ("жұмыс", "N", "жұмысшы"),
        ("білік", "N", "білікті"),
        ("маңыз", "N", "маңызды"),
        ("салық", "N", "салқын"),  # elision is a closed set
        ("есік", "N", "ескі"),
        ("қала", "V", "қалай"),
        ("қара", "N", "қараша"),
        ("бала", "N", "балге"),  # harmony
        ("мектеп", "N", "мектепдер"),  # assimilation
        ("сайлау", "N", "сайлаусы"),  # у is a glide
        ("жаңғырту", "V", "жаңғыртылуда"),  # voice is off
        ("ойлау", "V", "ойлар"),  # thoughts
        ("орындау", "V", "орында"),  # in the place
        ("көрсету", "V", "көрсеткіш"),
        ("өзгеру", "V", "өзгеріс"),
        ("АҚ", "N", "ақты"),  # an abbreviation is not the word white
        ("реформа", "N", ""),
        ("реформа", "N", "реформ"),
    ],
)
def test_other_words_are_not_found(term: str, pos: str, form: str) -> None:
    assert not finds(term, pos, form)


def test_voice_is_a_switch_of_the_lexicon_and_of_each_entry() -> None:
    assert finds("жаңғырту", "V", "жаңғыртылуда", voice=True)
    lexicon = Lexicon([("сайлау", "V", True), ("айту", "V")])
    assert lexicon.find("сайланды") == [("сайлау", "V")]
    assert lexicon.find("айтылды") == []
    assert Lexicon([("салу", "V", True)]).find("салыстырды") == []  # a verb of its own
    assert Lexicon([("қалыптасу", "V", True)]).find("қалыптастырды") == [("қалыптасу", "V")]
    assert Lexicon([("сайлау", "V", False)], voice=True).find("сайланды") == []


def test_the_longest_stem_comes_first() -> None:
    lexicon = Lexicon([("сайла", "V"), ("сайлау", "N"), ("сайлаушы", "N")])
    assert lexicon.find("сайлауды") == [("сайлау", "N"), ("сайла", "V")]
    assert lexicon.find("сайлаушылар") == [("сайлаушы", "N")]


@pytest.mark.parametrize(
    ("term", "form"),
    [
        ("ҚР", "ҚР-ның"),
        ("БҰҰ", "БҰҰ-да"),
        ("БҰҰ", "БҰҰ‑ға"),
        ("АҚШ", "АҚШ-тың"),
        ("ЕАЭО", "ЕАЭО-ға"),
        ("IT", "IT-дан"),
        ("%", "72%-ы"),
        ("%", "58,3%-ға"),
        ("бап", "3-бабының"),
        ("жыл", "1990-жылдары"),
        ("саяси", "қоғамдық-саяси"),
        ("әлеуметтік", "әлеуметтік-экономикалық"),
    ],
)
def test_abbreviations_signs_numbers_and_hyphens(term: str, form: str) -> None:
    assert finds(term, "N", form)


def test_look_alike_letters_do_not_hide_a_word() -> None:
    assert finds("мемлекет", "N", "мeмлeкeттің")  # Latin e


@pytest.mark.parametrize(
    ("term", "form"),
    [
        ("реформа", "reformalarymyzdyñ"),
        ("реформа", "Reformalardyń"),  # the alphabet of 2018
        ("мемлекет", "memlekettıñ"),
        ("білім", "bılımnıñ"),
        ("сайлау", "sailauda"),
        ("сайлау", "saılaýda"),  # 2018
        ("халық", "halqymyzdyñ"),
        ("саяси", "saiasi"),
        ("саясат", "saiasattağy"),
        ("академия", "Akademiada"),
        ("құқық", "qūqyğy"),
        ("жаһан", "jahanda"),
        ("Қасым-Жомарт", "Qasym-Jomarttyñ"),
    ],
)
def test_kazakh_in_latin_letters(term: str, form: str) -> None:
    assert finds(term, "N", form)


def test_english_words_are_not_read_as_kazakh() -> None:
    lexicon = Lexicon([("мен", "N"), ("он", "N"), ("бар", "N"), ("ат", "N")])
    assert [lexicon.find(word) for word in ("men", "on", "bar", "at")] == [[], [], [], []]


def test_exclusions_are_per_entry() -> None:
    lexicon = Lexicon([("тіл", "N"), ("тілек", "N")], exclude={"тіл": ["тілі"]})
    assert lexicon.find("Тілі") == []
    assert lexicon.find("тілде") == [("тіл", "N")]


def test_analysis_names_each_suffix() -> None:
    (analysis,) = Lexicon([("мәслихат", "N")]).analyse("мәслихаттарымызда")
    assert analysis.suffixes == ("тар", "ымыз", "да")
    assert (analysis.plural, analysis.possessive, analysis.case) == (True, "1pl", "locative")
    (analysis,) = Lexicon([("жаңғырту", "V")], voice=True).analyse("жаңғыртылмаған")
    assert analysis.features == {"voice": "passive", "negative": "yes", "tense": "perfect"}
    (bare,) = Lexicon([("халық", "N")]).analyse("халқы")
    assert (bare.stem, bare.case, bare.possessive, bare.plural) == ("халқ", None, "3", False)


def test_find_is_answered_once_for_a_word_type() -> None:
    lexicon = Lexicon([("реформа", "N")])
    assert lexicon.find("реформалар") is lexicon.find("реформалар")


def test_a_lexicon_can_be_pickled_and_copied() -> None:
    lexicon = Lexicon([("халық", "N"), ("", "N")])
    assert pickle.loads(pickle.dumps(lexicon)).find("халқы") == lexicon.find("халқы") == [("халық", "N")]
    assert lexicon.find("дың") == []


def test_an_entry_listed_twice_is_found_once() -> None:
    lexicon = Lexicon([("сайлау", "V"), ("сайлау", "V", True), ("сайлау", "V")])
    assert lexicon.find("сайлады") == [("сайлау", "V")]
    assert lexicon.find("сайланды") == [("сайлау", "V")]


def test_every_suffix_leads_to_a_slot_that_exists() -> None:
    rules = grammar("kk")
    for name, suffixes in rules.voiced_slots.items():
        assert {suffix["to"] for suffix in suffixes} <= set(rules.slots), name


def test_allomorphs_of_a_verb_are_won_from_its_infinitive() -> None:
    assert {"тап", "таб", "тау"} <= {stem.letters for stem in grammar("kk").allomorphs("табу", "V")}
