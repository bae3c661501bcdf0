"""The registry that comes with Minber: presidents with the days of their offices."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from schemas.speakers import load_speakers

US = [
    "washington", "john_adams", "jefferson", "madison", "monroe", "john_quincy_adams", "jackson", "van_buren",
    "william_henry_harrison", "tyler", "polk", "taylor", "fillmore", "pierce", "buchanan", "lincoln",
    "andrew_johnson", "grant", "hayes", "garfield", "arthur", "cleveland", "benjamin_harrison", "cleveland",
    "mckinley", "theodore_roosevelt", "taft", "wilson", "harding", "coolidge", "hoover", "franklin_roosevelt",
    "truman", "eisenhower", "kennedy", "lyndon_johnson", "nixon", "ford", "carter", "reagan", "george_h_w_bush",
    "clinton", "george_w_bush", "obama", "trump", "biden", "trump",
]  # fmt: skip


def terms(country: str) -> list[tuple[dt.date, dt.date | None, str]]:
    held = [
        (office.start, office.end, speaker.id)
        for speaker in load_speakers().speakers
        for office in speaker.offices
        if office.country == country and office.office in {"president", "acting_president"}
    ]
    return sorted(held, key=lambda term: term[0])


@pytest.mark.parametrize("country", ["KZ", "RU", "US"])
def test_offices_are_handed_over_without_a_gap(country):
    held = terms(country)
    assert all(before[1] == after[0] for before, after in pairwise(held))
    assert held[-1][1] is None


def test_every_president_of_the_united_states_in_order():
    assert [who for _, _, who in terms("US")] == US
    assert terms("US")[0][0] == dt.date(1789, 4, 30)


@pytest.mark.parametrize(
    ("country", "day", "who"),
    [
        ("RU", dt.date(2005, 6, 1), "putin"),
        ("RU", dt.date(2011, 6, 1), "medvedev"),
        ("RU", dt.date(2012, 6, 1), "putin"),
        ("US", dt.date(1890, 1, 1), "benjamin_harrison"),
        ("US", dt.date(1895, 1, 1), "cleveland"),
        ("US", dt.date(1841, 3, 20), "william_henry_harrison"),
        ("US", dt.date(2022, 1, 1), "biden"),
        ("US", dt.date(2025, 2, 1), "trump"),
        ("KZ", dt.date(1992, 1, 1), "nazarbayev"),
        ("KZ", dt.date(2019, 3, 21), "tokayev"),
    ],
)
def test_who_was_president(country, day, who):
    assert [speaker.id for speaker in load_speakers().holders("president", country, day)] == [who]


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_every_speaker_and_office_is_named_in_each_language(lang):
    registry = load_speakers()
    assert all(lang in speaker.names for speaker in registry.speakers)
    assert all(names.get(lang) for names in registry.titles.values())
    assert all(title == title.lower() for names in registry.titles.values() for title in names[lang])
    names = [speaker.names[lang] for speaker in registry.speakers]
    assert len(names) == len(set(names)) or lang != "en"  # the two Bushes share a name in Russian news
