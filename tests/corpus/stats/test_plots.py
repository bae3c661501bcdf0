"""Pictures of every measure: what is drawn, in which language, that it can be read, and that it is a real file."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from corpus.stats import (
    collocations,
    diversity,
    frequency,
    keyness,
    pattern_dispersion,
    plots,
    similarity,
    theme_shares,
    timeline,
    versions,
    word_places,
)
from corpus.stats.associations import each_network, pairs_around, pairs_of
from corpus.stats.dispersion import dispersion
from corpus.stats.plots.captions import all_captions
from tests.cli.test_stats import TEXT
from tests.command import minber

pytestmark = pytest.mark.slow

WORDS = ["әділ", "ғылым", "қоғам", "өмір", "әділ", "ғылым", "мемлекет", "қоғам", "үкімет", "ғылым", "әділ", "ғылым"]
TOKENS = pl.DataFrame(
    {
        "doc_id": ["b"] * 6 + ["a"] * 6,
        "token": WORDS,
        "date": [dt.date(2020, 1, 1)] * 6 + [dt.date(2021, 1, 1)] * 6,
        "lang": ["kk"] * 6 + ["ru"] * 6,
    }
)
UNITS = pl.DataFrame(
    {
        "doc_id": ["b", "b", "a", "a"],
        "start": [0, 5, 0, 5],
        "end": [5, 9, 5, 9],
        "speaker": ["Абай", "Абай", "Ыбырай", None],
        "speech": ["s"] * 4,
        "lang": ["kk", "kk", "ru", "ru"],
        "year": [2020, 2020, 2021, 2021],
    }
)
LABELS = pl.DataFrame(
    {"doc_id": ["b", "a", "a"], "start": [0, 0, 5], "end": [5, 5, 9], "label": ["dialogue", "dialogue", "economy"]}
)
NAMES = {"dialogue": "Қоғамдық диалог", "economy": "Экономика"}


@cache
def charts() -> dict[str, Any]:
    """A chart of every kind, in Kazakh."""
    places = word_places(TOKENS, ["ғылым", "қоғам", "жоқ"], "date")
    counted = pl.DataFrame(
        {
            "date": [dt.date(2020, 5, 1), dt.date(2022, 5, 1)],
            "series": ["dialogue"] * 2,
            "count": [1, 2],
            "n": [4, 4],
        }
    )
    edges = pairs_around(TOKENS, "ғылым", window=2, min_count=1)
    networks = each_network(TOKENS, lambda rows: pairs_around(rows, "ғылым", window=2, min_count=1), ["lang"])
    strips = {lang: word_places(TOKENS.filter(lang=lang), ["ғылым"], "date") for lang in ("kk", "ru")}
    by_lang = pl.concat([counted.with_columns(lang=pl.lit(lang)) for lang in ("kk", "ru")])
    return {
        "themes": plots.plot_themes(theme_shares(UNITS, LABELS), NAMES, language="kk"),
        "heat map": plots.plot_themes(theme_shares(UNITS, LABELS, ["speaker"]), NAMES, "speaker", language="kk"),
        "years": plots.plot_themes(theme_shares(UNITS, LABELS, ["year"]), NAMES, "year", language="kk"),
        "timeline": plots.plot_timeline(timeline(counted), language="kk"),
        "versions": plots.plot_versions(versions(UNITS, LABELS), language="kk"),
        "frequency": plots.plot_frequency(frequency(TOKENS), language="kk"),
        "keyness": plots.plot_keyness(keyness(TOKENS, pl.col("doc_id") == "a"), "а", language="kk"),
        "dispersion": plots.plot_dispersion(*places, language="kk"),
        "network": plots.plot_network(edges, {"ғылым": 4}, "ғылым", "logDice", language="kk"),
        "measures": plots.plot_measures(diversity(TOKENS, ["TTR", "R"]), "document", ["TTR", "R"], language="kk"),
        "similarity": plots.plot_similarity(similarity(TOKENS, by="lang"), language="kk"),
        "timeline of groups": plots.plot_timeline(timeline(by_lang, by=["lang"]), language="kk"),
        "versions of groups": plots.plot_versions(versions(UNITS, LABELS, by=["speech"], lang="lang"), language="kk"),
        "keyness of groups": plots.plot_keyness(keyness(TOKENS, by=["lang"]), "", language="kk"),
        "networks": plots.plot_network(networks, {}, "ғылым", language="kk"),
        "strips of groups": plots.plot_strips(strips, language="kk"),
    }


ALONE = ("themes", "heat map", "years", "timeline", "versions", "frequency", "keyness", "dispersion", "network")
GROUPS = ("timeline of groups", "versions of groups", "keyness of groups", "networks", "strips of groups")
KINDS = (*ALONE, "measures", "similarity", *GROUPS)
"""Named here, so that nothing is drawn before a test asks for it."""


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    made = {kind: plots.svg(chart, "kk") for kind, chart in charts().items()}
    assert tuple(made) == KINDS
    return made


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_valid_svg_in_kazakh_that_asks_nobody(drawn: dict[str, str], kind: str) -> None:
    svg = drawn[kind]
    said = " ".join(texts(svg))
    assert re.search("[әғқңөұүһі]", said), said
    assert "DejaVu Sans" in svg
    assert set(re.findall(r"https?://[^\"' ]+", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.mark.parametrize("kind", KINDS)
def test_letters_are_large_enough_to_read(drawn: dict[str, str], kind: str) -> None:
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', drawn[kind])]
    assert sizes
    assert min(sizes) >= 11


@pytest.mark.parametrize("kind", GROUPS[:3])
def test_groups_and_sides_have_colours_that_people_tell_apart(drawn: dict[str, str], kind: str) -> None:
    colours = {colour.lower() for colour in re.findall(r'(?:stroke|fill)="(#[0-9a-fA-F]{6})"', drawn[kind])}
    greys = {colour for colour in colours if len({colour[1:3], colour[3:5], colour[5:7]}) == 1}
    used = colours - greys
    assert used <= {colour.lower() for colour in plots.PALETTE}
    assert len(used) >= (1 if kind == "versions of groups" else 2)


@pytest.mark.parametrize("kind", GROUPS)
def test_groups_are_named(drawn: dict[str, str], kind: str) -> None:
    assert ({"s"} if kind == "versions of groups" else {"kk", "ru"}) <= set(texts(drawn[kind]))


def test_more_groups_than_colours_are_the_largest_of_them() -> None:
    day, letters = dt.date(2020, 1, 1), "abcdefghij"
    rows = [(day, "law", 1, 10 + number, letter) for number, letter in enumerate(letters)]
    frame = pl.DataFrame(rows, schema=["date", "series", "count", "n", "speaker"], orient="row")
    said = texts(plots.svg(plots.plot_timeline(timeline(frame, by=["speaker"]))))
    assert any("the 8 largest of 10" in text for text in said)
    assert {"c", "j"} <= set(said)
    assert not {"a", "b"} & set(said)
    assert plots.largest_groups(pl.DataFrame({"group": ["a", "b", "a"]})) == (["a", "b"], 2)


def test_panels_of_groups_stand_in_the_order_that_is_asked_for() -> None:
    day = dt.date(2020, 1, 1)
    rows = [(day, "law", 1, 9, "b"), (day, "economy", 1, 9, "a"), (day, "law", 1, 9, "a")]
    frame = timeline(pl.DataFrame(rows, schema=["date", "series", "count", "n", "lang"], orient="row"), by=["lang"])
    for order in (["law", "economy"], ["economy", "law"]):
        said = texts(plots.svg(plots.plot_timeline(frame, series=["dialogue", *order])))
        assert [text for text in said if text in order] == order


def test_dots_are_of_the_largest_texts_and_empty_measures_are_left_out() -> None:
    many = pl.DataFrame({"document": [f"d{i:02}" for i in range(40)], "tokens": range(40), "LIX": [50.0] * 40})
    chart = plots.plot_measures(many.with_columns(FOG=None), "document", ["LIX", "FOG"], "tokens")
    said = texts(plots.svg(chart))
    assert "the 30 largest of 40" in said
    assert {"d10", "d39", "LIX"} <= set(said)
    assert not {"d09", "FOG"} & set(said)


def test_likeness_is_drawn_from_both_sides() -> None:
    found = pl.DataFrame({"document1": ["a"], "document2": ["b"], "cosine": [0.25]})
    assert texts(plots.svg(plots.plot_similarity(found))).count("0.25") == 2


@pytest.mark.parametrize("suffix", [".png", ".html"])
@pytest.mark.parametrize("kind", ["dispersion", "network", "heat map"])
def test_pictures_in_other_formats(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / "deep" / f"picture{suffix}"
    plots.save(charts()[kind], path, "kk")
    data = path.read_bytes()
    if suffix == ".png":
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(data[16:20], "big") > 400  # width in pixels
    else:
        assert b"<script src" not in data
        assert b"<link" not in data


def test_the_same_figures_and_seed_give_the_same_picture() -> None:
    edges = pairs_around(TOKENS, "ғылым", window=2, min_count=1)

    def network(seed: int) -> str:
        return plots.svg(plots.plot_network(edges, {}, "ғылым", seed=seed))

    assert network(1) == network(1)
    assert network(1) != network(2)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    chart = plots.plot_themes(theme_shares(UNITS, LABELS), NAMES, language="ru")
    assert any(re.fullmatch(r"\d+\u00a0%", text) for text in texts(plots.svg(chart, "ru")))
    assert "0%" in texts(plots.svg(chart, "en"))


def test_labels_of_a_network_do_not_cover_each_other() -> None:
    pairs = [(f"сөз-{i}", f"сөз-{i + 1}", 1.0) for i in range(0, 60, 2)]  # many pairs that hang together by nothing
    edges = pl.DataFrame(pairs, schema=["a", "b", "weight"], orient="row")
    dots = plots.plot_network(edges, {}).to_dict()["datasets"].values()
    rows = next(rows for rows in dots if "word" in rows[0])
    for i, one in enumerate(rows):
        for two in rows[:i]:
            near = abs(one["x"] - two["x"]) < (len(one["word"]) + len(two["word"])) * 3
            assert not (near and abs(one["y"] - two["y"]) < 13), (one, two)


def test_a_heat_map_keeps_the_largest_groups_and_says_so() -> None:
    many = pl.DataFrame({"doc_id": [f"d{i}" for i in range(30)], "start": [0] * 30, "end": [5] * 30})
    units = many.with_columns(speaker=pl.col("doc_id"))
    labels = many.with_columns(label=pl.lit("economy"))
    svg = plots.svg(plots.plot_themes(theme_shares(units, labels, ["speaker"]), NAMES, "speaker"))
    assert "the 20 largest of 30" in texts(svg)
    assert sum("(n = 1)" in text for text in texts(svg)) == 20


def test_a_heat_map_is_white_where_nothing_is_and_dark_where_most_is() -> None:
    svg = plots.svg(plots.plot_themes(theme_shares(UNITS, LABELS, ["speaker"]), NAMES, "speaker"))
    filled = re.findall(r'fill="(rgb\([^)]*\))"', svg)
    assert {"rgb(255, 255, 255)", "rgb(0, 74, 128)"} <= set(filled)


def test_captions_have_the_same_keys_in_every_language() -> None:
    languages = all_captions()
    assert set(languages) == {"en", "kk", "ru"}
    for found in languages.values():
        assert list(found) == list(languages["en"])
        assert all(found.values())


def test_places_of_words_lie_end_to_end_in_the_order_of_dates() -> None:
    places, documents = word_places(TOKENS.reverse().sort("doc_id", maintain_order=True), ["ғылым", "жоқ"], "date")
    assert documents["doc_id"].to_list() == ["b", "a"]
    assert documents["first"].to_list() == [0, 6]
    by_id, _ = word_places(TOKENS, ["ғылым"], None)
    assert by_id["place"].to_list() == [3, 5, 7, 11]  # a before b
    assert places.filter(pattern="жоқ").row(0) == ("жоқ", None, None)


def test_a_word_alone_is_spread_as_among_all_words() -> None:
    alone = pattern_dispersion(TOKENS, ["қоғам", "ғылым"])
    among = dispersion(TOKENS)
    for row in alone.iter_rows(named=True):
        assert row == pytest.approx(among.filter(feature=row["feature"]).row(0, named=True))
    assert alone["feature"].to_list() == ["қоғам", "ғылым"]


def test_pairs_of_words() -> None:
    found = collocations(TOKENS, 2, 2)
    edges = pairs_of(found)
    assert edges.row(0)[:2] == ("ғылым", "әділ")
    around = pairs_around(TOKENS, "ғылым", window=1, min_count=2)
    assert around.select("a", "b").rows() == [("ғылым", "әділ")]
    together, science, just = 4, 4, 3  # twice in each document, once the other way round
    assert around["weight"][0] == pytest.approx(14 + math.log2(2 * together / (science + just)))
    assert pairs_around(TOKENS, "жоқ").height == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plots")
    for lang, text in (
        ("kk", TEXT),
        ("ru", "Президент заявил: «Мы начали реформы. Диалог важен». Реформы идут. Реформы."),
    ):
        (root / f"news-{lang}.txt").write_text(text, encoding="utf-8")
    minber(root, "init", "speeches", "--country", "KZ")
    at = root / "speeches"
    minber(at, "ingest", str(root / "news-kk.txt"), "--lang", "kk", "--date", "2024-03-15")
    first = json.loads(minber(at, "stats", "overview", "--by", "id", "--format", "json").stdout)[0]["group"]
    minber(at, "ingest", str(root / "news-ru.txt"), "--lang", "ru", "--date", "2023-03-15", "--version-of", first)
    minber(at, "annotate")
    return at


@pytest.mark.parametrize(
    "command",
    [
        ["themes"],
        ["themes", "--by", "speaker"],
        ["timeline"],
        ["timeline", "реформ*"],
        ["versions"],
        ["freq"],
        ["keyness", "--target", 'voice == "quoted"', "--min-count", "1"],
        ["dispersion", "реформ*", "диалог*"],
        ["dispersion", "--min-count", "1"],
        ["collocations", "--min-count", "1"],
        ["collocations", "--node", "реформы", "--min-count", "1"],
    ],
    ids=" ".join,
)
def test_pictures_from_the_command_line(folder: Path, tmp_path: Path, command: list[str]) -> None:
    done = minber(folder, "stats", *command, "--plot", str(tmp_path / "p.svg"))
    assert "picture in" in done.stderr
    assert any(text.strip() for text in texts((tmp_path / "p.svg").read_text(encoding="utf-8")))


@pytest.mark.slow  # a picture of each command is drawn in tests/cli/test_stats_options.py
@pytest.mark.parametrize(
    "command",
    [
        ["overview"],
        ["kwic", "реформ*"],
        ["kwic", "--theme", "dialogue"],
        ["kwic", "--quotation", "--by", "lang"],
        ["diversity", "--measures", "all"],
        ["entropy", "--margin", "features"],
        ["readability", "--measures", "all"],
        ["similarity", "--method", "euclidean"],
        ["tfidf"],
        ["cooccurrence", "--min-count", "1", "--node", "реформы"],
        ["themes", "--by", "lang", "--tokens", "lemma"],
        ["timeline", "--by", "lang"],
        ["versions", "--by", "year"],
        ["keyness", "--by", "lang", "--min-count", "1"],
        ["dispersion", "--by", "lang", "--min-count", "1"],
        ["collocations", "--by", "lang", "--node", "реформы", "--min-count", "1"],
    ],
    ids=" ".join,
)
def test_pictures_of_more_commands_and_of_groups(folder: Path, tmp_path: Path, command: list[str]) -> None:
    test_pictures_from_the_command_line(folder, tmp_path, command)


def test_a_network_of_nothing_is_said_in_words(folder: Path, tmp_path: Path) -> None:
    done = minber(folder, "stats", "collocations", "--min-count", "99", "--plot", str(tmp_path / "p.svg"), code=1)
    assert "MB506" in done.stderr
    minber(folder, "stats", "dispersion", "x", "--plot", str(tmp_path / "p.gif"), code=2)
