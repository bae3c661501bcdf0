"""Rows for the server: what goes up comes back, and what the server would drop or choke on is refused here."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.guideline import guideline, is_ours
from corpus.doccano.label_types import all_names, type_map
from corpus.doccano.layouts import (
    LAYOUTS,
    RESERVED,
    Label,
    choose_unit,
    interface,
    label_types,
    read_row,
    resolve_overlaps,
    unit_of,
    upload_row,
)
from corpus.doccano.project import project_name
from schemas.codebook import Codebook, load_codebook
from schemas.errors import MinberError

BOOK = load_codebook("reforms")
META = {"doc_id": "d", "rev": "r", "range": "0-1"}
UUID = "00000000-0000-4000-8000-000000000000"


def names_of(layout, language="kk"):
    return {(found.layer, found.label): found.name for found in label_types(LAYOUTS[layout], BOOK, language)}


@given(st.text(st.sampled_from("а😀 \u0306й\r\n\u2028қ"), min_size=1, max_size=30), st.data())
def test_labels_come_back_as_they_went(text, data):
    if not text.strip():
        text += "қ"
    layout = LAYOUTS["voices"]
    kinds = st.sampled_from(sorted(names_of("voices")))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    labels = data.draw(st.sets(st.tuples(kinds, places), max_size=6))
    wanted = {Label(*kind, *where) for kind, where in labels}
    row = upload_row(layout, text, sorted(wanted), names_of("voices"), META, UUID)
    over_the_wire = json.loads(json.dumps(row, ensure_ascii=True))
    found, unknown, errors = read_row(layout, over_the_wire, type_map(label_types(layout, BOOK, "kk")))
    assert (set(found), unknown, errors) == (wanted, [], [])


def test_themes_are_categories_and_words_are_spans():
    labels = [Label("theme", "dialogue", 0, 9), Label("evidence", "dialogue", 2, 8)]
    row = upload_row(LAYOUTS["themes"], "😀 диалог!", labels, names_of("themes"), META, UUID)
    assert row["cats"] == ["Қоғамдық диалог"]
    assert row["entities"] == [(3, 9, "Қоғамдық диалог")]
    assert (unit_of(row), row["example_uuid"]) == ("d:r:0-1", UUID)


@pytest.mark.parametrize(
    ("text", "labels", "meta", "problem"),
    [
        ("  \n", [], META, "no text"),
        ("а\0", [], META, "NUL"),
        ("а\ud83d", [], META, "surrogate"),
        ("аб", [Label("evidence", "dialogue", 1, 1)], META, "covers nothing"),
        ("аб", [Label("evidence", "dialogue", 0, 3)], META, "outside"),
        ("абв", [Label("evidence", "dialogue", 0, 2), Label("evidence", "parliament", 1, 3)], META, "overlap"),
        ("аб", [Label("evidence", "weather", 0, 2)], META, "not in this layout"),
        ("аб", [], {"text": "x", **META}, "reserved"),
        ("аб", [], {"year": 2025, **META}, "strings"),
    ],
)
def test_what_the_server_would_drop_or_choke_on_is_refused(text, labels, meta, problem):
    with pytest.raises(MinberError, match=problem):
        upload_row(LAYOUTS["themes"], text, labels, names_of("themes"), meta, UUID)


def test_unknown_names_are_kept_and_reported():
    row = {"text": "диалог", "cats": ["Жаңа"], "entities": [[0, 2, "Басқа"], [0, 99, "Басқа"]]}
    labels, unknown, errors = read_row(LAYOUTS["themes"], row, {})
    assert labels == [Label("evidence", "Басқа", 0, 2), Label("theme", "Жаңа", 0, 6)]
    assert unknown == ["Басқа", "Жаңа"]
    assert [error.code for error in errors] == ["MB412"]


SPANS = st.lists(
    st.builds(
        lambda label, start, length: Label("evidence", label, start, start + length),
        st.sampled_from("abc"),
        st.integers(0, 20),
        st.integers(1, 8),
    ),
    max_size=8,
)


@given(SPANS)
def test_overlaps_are_resolved_by_the_stated_rule(spans):
    kept, dropped = resolve_overlaps(spans, ["a", "b", "c"])
    assert sorted([*kept, *dropped]) == sorted(spans)
    assert all(left.end <= right.start for left, right in itertools.pairwise(kept))
    for loser in dropped:
        rivals = [span for span in kept if span.start < loser.end and loser.start < span.end]
        assert any((r.end - r.start, -r.start) >= (loser.end - loser.start, -loser.start) for r in rivals)
    assert resolve_overlaps(spans[::-1], ["a", "b", "c"])[0] == kept, "the order of finding does not matter"


def test_same_words_go_to_the_theme_that_stands_first_in_the_codebook():
    one, other = Label("evidence", "b", 3, 9), Label("evidence", "a", 3, 9)
    assert resolve_overlaps([other, one], ["b", "a"]) == ([one], [other])


@pytest.mark.parametrize("language", ["kk", "ru", "en", "tr"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_label_types_are_what_the_server_takes(layout, language):
    types = label_types(layout, BOOK, language)
    for kind in ("category", "span"):
        group = [found for found in types if found.kind == kind]
        assert len({found.name for found in group}) == len(group)
        keys = [found.key for found in group if found.key]
        assert len(set(keys)) == len(keys)
    assert all(0 < len(found.name) <= 100 and found.name == found.name.strip() for found in types)
    assert all(len(found.color) == 7 for found in types)


def test_names_of_every_language_are_understood():
    types = all_names(LAYOUTS["themes"], BOOK, "kk")
    assert types["category", "Public dialogue"] == types["category", "Қоғамдық диалог"] == ("theme", "dialogue")


def test_the_same_name_twice_is_refused():
    raw = BOOK.model_dump()
    raw["names"] = {"en": "Twins"}
    for theme in raw["themes"][:2]:
        theme["names"] = {"en": "Same"}
    with pytest.raises((MinberError, ValueError), match="Same"):
        label_types(LAYOUTS["themes"], Codebook.model_validate(raw), "en")


def test_metadata_keys_are_not_the_servers():
    for keys in interface()["metadata"].values():
        assert set(keys) == {"previous", "next", "speaker", "date", "title", "attribution"}
        assert not RESERVED & set(keys.values())
        assert len(set(keys.values())) == len(keys)


def test_units_of_a_layout():
    assert choose_unit(LAYOUTS["voices"], None) == "paragraph"
    with pytest.raises(MinberError, match="MB426"):
        choose_unit(LAYOUTS["voices"], "sentence")


def test_project_names_tell_layout_unit_and_person_and_fit():
    themes = LAYOUTS["themes"]
    assert project_name("Speeches", themes, "sentence") == "Speeches · themes"
    assert project_name("Speeches", themes, "paragraph", "aigul") == "Speeches · themes · paragraph · aigul"
    assert len(project_name("ұ" * 300, themes, "paragraph", "aigul")) == 100


@pytest.mark.parametrize("language", ["kk", "ru", "en", "tr"])
def test_guideline_holds_the_codebook(language):
    page = guideline(LAYOUTS["themes"], BOOK, language)
    for theme in BOOK.themes:
        assert f"### {theme.name(language)}" in page
    assert is_ours(page)
    assert is_ours("")
    assert not is_ours(page.replace("###", "####", 1)), "a person changed it"
    assert not is_ours("Our own rules")


def test_guideline_of_voices_explains_each_label():
    page = guideline(LAYOUTS["voices"], BOOK, "kk")
    for row in interface()["voices"]:
        assert row["names"]["kk"] in page
