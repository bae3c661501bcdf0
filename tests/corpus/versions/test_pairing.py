"""Language versions are found by links and by what they say, and never two of one language."""

from __future__ import annotations

import datetime as dt

from corpus.versions import Candidate, Text, pair
from corpus.versions.pairing import groups, says_the_same
from tests.corpus.versions.texts import EN, KK, RU

OTHER = [
    "В Актау прошёл турнир по шахматам.",
    "Победил Данияр Сулейменов, он набрал 8,5 очка.",
    "Зрителей было мало из-за дождя.",
    "Призы вручила Анна Гроссмейстер.",
]


def candidate(name: str, lang: str, sentences: list[str], **known: object) -> Candidate:
    return Candidate(name, lang, known.pop("uri", f"file:/{name}"), Text(lang, sentences), **known)  # type: ignore[arg-type]


def ends(found: list) -> set[tuple[str, str]]:  # type: ignore[type-arg]
    return {(one.first, one.second) for one in found}


def test_by_what_they_say() -> None:
    documents = [
        candidate("kk", "kk", KK),
        candidate("ru", "ru", RU),
        candidate("x", "ru", OTHER),
        candidate("en", "en", EN),
    ]
    found = pair(documents)
    assert len(found) == 2
    assert {name for one in found for name in one[:2]} == {"kk", "ru", "en"}
    assert all(one.by == "text" and one.share and one.share > 0.4 for one in found)


def test_days_and_speakers_are_named_and_far_days_part() -> None:
    day = dt.date(2025, 3, 14)
    near = [
        candidate("kk", "kk", KK, date=day, speaker="Қасым-Жомарт Тоқаев"),
        candidate("ru", "ru", RU, date=day, speaker="Касым-Жомарт Токаев"),
    ]
    assert pair(near)[0].by == "text, date, speaker"
    far = [near[0], candidate("ru", "ru", RU, date=day + dt.timedelta(days=5))]
    assert pair(far) == []
    assert len(pair(far, days=5)) == 1


def test_links_win_and_need_no_words_in_common() -> None:
    kk = candidate(
        "kk",
        "kk",
        KK,
        uri="https://www.site.kz/kk/1",
        alternates={"ru": "http://site.kz/ru/1/", "kk": "https://site.kz/kk/1"},
    )
    linked = candidate("linked", "ru", OTHER, uri="https://site.kz/ru/1")
    found = pair([kk, linked, candidate("ru", "ru", RU)])
    assert ends(found) == {("kk", "linked")}
    assert found[0].by == "links"


def test_a_person_wins_over_links() -> None:
    kk = candidate("kk", "kk", KK, uri="https://site.kz/kk/1", alternates={"ru": "https://site.kz/ru/1"})
    linked = candidate("linked", "ru", OTHER, uri="https://site.kz/ru/1")
    found = pair([kk, linked, candidate("said", "ru", RU, base="kk")])
    assert ends(found) == {("kk", "said")}
    assert found[0].by == "user"


def test_never_two_of_one_language() -> None:
    found = pair([candidate("kk", "kk", KK), candidate("ru1", "ru", RU), candidate("ru2", "ru", RU[:5])])
    assert len(found) == 1


def test_the_base_is_the_first_language_or_whom_people_named() -> None:
    pairs = pair([candidate("a", "ru", RU), candidate("b", "kk", KK), candidate("c", "en", EN)])
    lang = {"a": "ru", "b": "kk", "c": "en"}
    order = ["kk", "ru", "en"]
    assert {name: base for name, (base, _) in groups(pairs, [], lambda n: order.index(lang[n])).items()} == {
        "a": "b",
        "c": "b",
    }
    assert {name: base for name, (base, _) in groups(pairs, ["c"], lambda n: order.index(lang[n])).items()} == {
        "a": "c",
        "b": "c",
    }


def test_strangers_say_nothing_of_the_same() -> None:
    assert says_the_same(Text("kk", KK), Text("ru", RU)) > 0.5
    assert says_the_same(Text("kk", KK), Text("ru", OTHER)) < 0.1
