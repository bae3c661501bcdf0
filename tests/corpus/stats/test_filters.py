"""Conditions: what they mean, and that nothing but a condition is accepted."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.stats.filters import glob_to_regex, parse_condition
from schemas.errors import MinberError
from tests.examples import examples

ROWS = pl.DataFrame(
    {
        "n": [1, 2, 3],
        "lang": ["kk", "ru", None],
        "date": [dt.date(2021, 12, 31), dt.date(2022, 5, 1), None],
        "year": [2021, 2022, None],
        "title": ["Реформа is null", "Әділетті Қазақстан", None],
        "own": [True, False, None],
    }
)


def rows(text: str) -> list[int]:
    return ROWS.filter(parse_condition(text, ROWS.schema).expression)["n"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('lang == "kk"', [1]),
        ("lang == 'kk'", [1]),
        ('"kk" == lang', [1]),
        ('lang != "kk"', [2, 3]),
        ('not lang == "kk"', [2, 3]),
        ('lang in ["kk", "ru"]', [1, 2]),
        ('lang not in ("kk",)', [2, 3]),
        ("lang in []", []),
        ("lang is null", [3]),
        ("lang IS NOT NULL", [1, 2]),
        ("lang is None", [3]),
        ("lang == null", [3]),
        ('date >= "2022-01-01"', [2]),
        ('date >= "2022"', [2]),
        ('date > "2021"', [2]),
        ('date <= "2021"', [1]),
        ('date < "2021"', []),
        ('date == "2021-12"', [1]),
        ('date in ["2021", "2022-05-01"]', [1, 2]),
        ("2021 < year <= 2022", [2]),
        ("2021 < year", [2]),
        ('year == "2021"', [1]),
        ("year >= -5", [1, 2]),
        ('contains(title, "әділ")', [2]),
        ('title.contains("is null")', [1]),
        ('title == "Реформа is null"', [1]),
        ('glob(title, "реформа*")', [1]),
        ('startswith(title, "Реф") or endswith(title, "стан")', [1, 2]),
        ("own", [1]),
        ("not own", [2, 3]),
        ("own == true", [1]),
        ('lang == "kk" and (year == 2022 or date < "2022") or lang is null', [1, 3]),
    ],
)
def test_what_conditions_mean(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("author == 1", "MB501", "lang, date, year"),
        ('lang = "kk"', "MB502", "a single ="),
        ("lang == kk", "MB502", '"kk"'),
        ('lang == "kk" AND year > 1', "MB502", "AND"),
        ("year > null", "MB502", "is null"),
        ('lang is "kk"', "MB502", "for null only"),
        ("lang == title", "MB502", "another field"),
        ('lang in "kk"', "MB502", "brackets"),
        ("lang", "MB502", "not a condition"),
        ("", "MB502", "empty"),
        ("((lang", "MB502", "cannot be understood"),
        ("lang.__class__", "MB502", "not a condition"),
        ("__import__('os').system('true')", "MB502", "unknown"),
        ("(lambda: 1)()", "MB502", "unknown"),
        ("[x for x in lang]", "MB502", "not a condition"),
        ('year == 1 & lang == "kk"', "MB502", "cannot be understood"),
        ("contains(title, 3)", "MB502", "text in quotes"),
        ('date > "yesterday"', "MB503", "a date"),
        ('date > "2022-13"', "MB503", "a date"),
        ('year > "old"', "MB503", "a number"),
        ("title == 1.5", "MB503", "text"),
        ('own == "yes"', "MB503", "true or false"),
        ("(" * 500 + "year" + ")" * 500, "MB502", "cannot be understood"),
    ],
)
def test_what_is_refused(text: str, code: str, said: str) -> None:
    with pytest.raises(MinberError) as caught:
        rows(text)
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert said in str(caught.value)


@given(st.text(max_size=40))
@examples(300)
def test_any_text_is_a_condition_or_a_coded_error(text: str) -> None:
    try:
        found = rows(text)
    except MinberError as error:
        found = error.code
    assert isinstance(found, list) or found in {"MB501", "MB502", "MB503"}


@given(st.text("аб*?.[](|^$\\-+{}#&~ ", max_size=8))
@examples(200)
def test_globs_match_themselves_and_nothing_by_accident(text: str) -> None:
    column = pl.Series([text.replace("*", "аб").replace("?", "а")])
    assert column.str.contains(glob_to_regex(text)).to_list() == [True]
    if not set(text) & set("*?"):
        assert pl.Series([text + "x", "x" + text]).str.contains(glob_to_regex(text)).to_list() == [False, False]


def test_the_fields_used_are_known() -> None:
    assert parse_condition('lang == "kk" and year > 1', ROWS.schema).fields == {"lang", "year"}
