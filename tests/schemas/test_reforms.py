"""The built-in codebook is complete in three languages, and a broken codebook says where it is broken."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from schemas.codebook import Codebook, load_codebook
from schemas.errors import MinberError, MinberErrors

LANGS = ("kk", "ru", "en")
IDS = [
    "decentralisation",
    "dialogue",
    "political_reform",
    "constitution",
    "parliament",
    "elections",
    "participation",
    "government_accountability",
    "rule_of_law",
    "human_rights",
    "anti_corruption",
    "national_unity",
    "culture_identity",
    "economy",
    "infrastructure",
    "digitalisation",
    "social_policy",
    "education_science",
    "environment",
    "foreign_policy",
    "security",
]


@pytest.fixture(scope="module")
def reforms() -> Codebook:
    return load_codebook("reforms")


def test_all_themes_in_the_order_of_the_table(reforms: Codebook) -> None:
    assert [theme.id for theme in reforms.themes] == IDS


def test_every_theme_is_complete_in_three_languages(reforms: Codebook) -> None:
    for theme in reforms.themes:
        for lang in LANGS:
            assert theme.names[lang], (theme.id, lang)
            assert len(theme.definition[lang]) > 30, (theme.id, lang)
            assert len(theme.include[lang]) >= 2, (theme.id, lang)
            assert theme.exclude[lang], (theme.id, lang)
            assert len(theme.examples[lang]) >= 2, (theme.id, lang)
            assert theme.counter_examples[lang], (theme.id, lang)
            assert len({len(field[code]) for field in (theme.examples,) for code in LANGS}) == 1, theme.id
            terms = {term for entry in theme.lexicon[lang] for term in entry.terms}
            assert len(terms) >= 15, (theme.id, lang)


def test_the_lexicons_hold_several_hundred_terms_a_language(reforms: Codebook) -> None:
    for lang in LANGS:
        terms = {(theme.id, term) for theme in reforms.themes for e in theme.lexicon[lang] for term in e.terms}
        assert len(terms) >= 1500


def test_the_guideline_page_says_the_same_in_three_languages(reforms: Codebook) -> None:
    assert len({len(reforms.instructions[lang]) for lang in LANGS}) == 1
    assert {len(reforms.hard_cases[lang]) for lang in LANGS} == {12}
    for lang in LANGS:
        assert reforms.description[lang]
        page = " ".join(reforms.hard_cases[lang])
        named = re.findall(r"[«\"]([^»\"]+)[»\"]", page)
        names = {theme.names[lang] for theme in reforms.themes}
        assert len(names & set(named)) >= 15, (lang, names - set(named))


def test_the_texts_are_in_their_languages(reforms: Codebook) -> None:
    kazakh = re.compile("[әғқңөұүһі]", re.IGNORECASE)
    for theme in reforms.themes:
        assert not kazakh.search(theme.definition["ru"]), theme.id
        assert kazakh.search(theme.definition["kk"]), theme.id
        assert not re.search("[а-я]", theme.definition["en"], re.IGNORECASE), theme.id
        mixed = re.compile(r"\b(?=\w*[a-z])(?=\w*[а-яәғқңөұүһі])\w+\b", re.IGNORECASE)
        for lang in ("kk", "ru"):
            for entry in theme.lexicon[lang]:
                for term in entry.terms:
                    assert not mixed.search(term), f"{theme.id}: Latin letters inside «{term}»"


def test_keys_and_colours_are_unique_and_readable(reforms: Codebook) -> None:
    keys = [theme.key for theme in reforms.themes]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    colours = [theme.color.lower() for theme in reforms.themes]
    for one, other in itertools.combinations(colours, 2):
        assert _distance(one, other) > 45, (one, other)
    for colour in colours:
        light = _luminance(colour)
        contrast = max(1.05 / (light + 0.05), (light + 0.05) / 0.05)  # WCAG 2.2, white or black text
        assert contrast >= 4.5, colour


def test_manifesto_codes_are_those_of_the_table(reforms: Codebook) -> None:
    assert reforms.theme("foreign_policy").manifesto == ("106", "107")
    assert reforms.theme("culture_identity").manifesto == ("601", "502")
    assert reforms.theme("dialogue").manifesto == ()
    for theme in reforms.themes:
        assert all(re.fullmatch(r"[1-7]0[1-8]|[1-7]1[01]", code) for code in theme.manifesto)


def test_it_round_trips_through_json(reforms: Codebook) -> None:
    assert Codebook.model_validate_json(reforms.model_dump_json()).digest == reforms.digest


GOOD = """id: small
version: "1.0.0"
names: {en: Small}
themes:
  - id: court
    names: {en: Court}
    definition: {en: courts}
    color: "#112233"
    key: "1"
    lexicon:
      en:
        - court
        - {terms: [judge], weight: 0.5}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_codebook_of_ones_own(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    assert [entry.terms for entry in book.themes[0].lexicon["en"]] == [("court",), ("judge",)]


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ('color: "#112233"', 'color: "red"', 8, "themes.0.color"),
        ('key: "1"', 'key: "11"', 9, "themes.0.key"),
        ("weight: 0.5", "weight: 0", 13, "themes.0.lexicon.en.1.weight"),
        ("weight: 0.5", "wieght: 0.5", 13, "themes.0.lexicon.en.1.wieght"),
        ("terms: [judge]", "terms: []", 13, "themes.0.lexicon.en.1.terms"),
        ("terms: [judge]", "terms: [' ']", 13, "themes.0.lexicon.en.1.terms"),
        ("id: court", "id: The Court", 5, "themes.0.id"),
        ('version: "1.0.0"', "version: 1.0", 2, "version"),
        ("    definition: {en: courts}\n", "", 5, "themes.0.definition"),
        ("        - court\n", "        - court\n        - {terms: [x], pos: Z}\n", 13, "themes.0.lexicon.en.1.pos"),
    ],
)
def test_a_broken_field_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, field: str) -> None:
    assert old in GOOD
    with pytest.raises(MinberErrors) as caught:
        load_codebook(written(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.exit_code == 1
    message = str(caught.value)
    assert "MB011" in message
    assert f"book.yaml:{line}: field {field}" in message, message


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ('  - {id: court, names: {en: Other}, definition: {en: x}, color: "#445566"}\n', "theme id used twice: court"),
        ('  - {id: other, names: {en: Other}, definition: {en: x}, color: "#445566", key: "1"}\n', "key used twice: 1"),
        ('  - {id: other, names: {en: Court}, definition: {en: x}, color: "#445566"}\n', "en name used twice: Court"),
        ('  - {id: other, names: {ru: Суд}, definition: {en: x}, color: "#445566"}\n', "other has no name in: en"),
        ('  - {id: other, names: {en: O}, definition: {en: x}, color: "#445566", parent: no}\n', "parent"),
    ],
)
def test_themes_that_contradict_each_other(tmp_path: Path, extra: str, problem: str) -> None:
    with pytest.raises(MinberErrors, match=problem):
        load_codebook(written(tmp_path, GOOD + extra))


@pytest.mark.parametrize("text", ["themes: [", "id: a\nid: b\n", "\tid: a"])
def test_what_is_not_yaml_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(MinberError, match=r"MB004 .*book\.yaml:\d"):
        load_codebook(written(tmp_path, text))


def test_an_unknown_name_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MinberError, match=r"MB002 .*reforms"):
        load_codebook("reform")
    with pytest.raises(MinberError, match="MB003"):
        load_codebook(tmp_path / "none.yaml")


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _distance(one: str, other: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(_channels(one), _channels(other), strict=True)) ** 0.5


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
