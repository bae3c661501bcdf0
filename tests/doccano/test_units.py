"""Units: what a person sees as one example."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.layouts import LAYOUTS, Label
from corpus.doccano.units import collect_units, cut
from tests.doccano.corpora import annotation, emoji_document, make_corpus, place, sentences, speech_document

ORDER = ["parliament", "government_accountability", "human_rights", "decentralisation", "dialogue"]


def document(text, **fields):
    return {"id": "d", "revision": "r", "date": None, "title": None, "speaker": None, "text": text} | fields


def units_of(pair, layout, unit=None, furniture=None, **fields):
    text, annotations = pair
    shape = LAYOUTS[layout]
    show = shape.furniture if furniture is None else furniture
    return cut(document(text, **fields), annotations, shape, unit or shape.units[0], "kk", ORDER, show)


def shown(unit):
    return {(label.layer, label.label, unit.text[label.start : label.end]) for label in unit.labels}


def test_themes_by_sentence():
    units, left_out = units_of(speech_document(), "themes")
    assert [unit.text[:10] for unit in units] == ["Парламентт", "Адам құқық", "«Жергілікт"]
    assert left_out == 1, "the page's section name"
    first = units[0]
    assert first.unit_id == f"d:r:0-{len(first.text)}"
    assert shown(first) == {
        ("theme", "parliament", first.text),
        ("theme", "government_accountability", first.text),
        ("evidence", "government_accountability", "Парламенттің құзыры"),
        ("evidence", "government_accountability", "өтті"),
    }
    assert [label.label for label in first.hidden] == ["parliament"], "overlapped by longer words"


def test_neighbours_speaker_date_and_title_stand_beside_the_text():
    units, _ = units_of(speech_document(), "themes", title="Жолдау", date="2025-03-14")
    assert units[1].meta == {
        "алдында": units[0].text,
        "кейін": units[2].text,
        "сөйлеуші": "",
        "күні": "2025-03-14",
        "тақырып": "Жолдау",
        "doc_id": "d",
        "rev": "r",
        "range": units[1].unit_id.rsplit(":", 1)[1],
    }
    assert units[2].meta["сөйлеуші"] == "Қасым-Жомарт Тоқаев"
    assert len({tuple(unit.meta) for unit in units}) == 1, "the server fails where rows have different keys"
    spoken, _ = units_of(speech_document(), "themes", speaker="Барак Обама")
    assert [unit.meta["сөйлеуші"] for unit in spoken] == ["Барак Обама", "Барак Обама", "Қасым-Жомарт Тоқаев"]


def test_furniture_on_request():
    units, left_out = units_of(speech_document(), "themes", furniture=True)
    assert (len(units), left_out) == (4, 0)


def test_voices_by_paragraph_show_quotation_speaker_cue_and_furniture():
    units, left_out = units_of(speech_document(), "voices")
    assert (len(units), left_out) == (3, 0)
    assert shown(units[1]) == {
        ("quote", "direct", "Жергілікті билік түбегейлі жаңғыртылды"),
        ("mention", "mention", "президент"),
        ("cue", "cue", "деді"),
    }
    assert shown(units[2]) == {("chrome", "chrome", "Соңғы жаңалықтар")}


def test_voices_of_a_whole_document():
    units, _ = units_of(speech_document(), "voices", "document")
    assert len(units) == 1
    assert len(units[0].labels) == 4


def test_themes_by_paragraph_gather_the_themes_of_their_sentences():
    units, _ = units_of(speech_document(), "themes", "paragraph")
    themes = {label.label for label in units[0].labels if label.layer == "theme"}
    assert themes == {"parliament", "government_accountability", "human_rights"}
    assert all(label.end - label.start == len(units[0].text) for label in units[0].labels if label.layer == "theme")


def test_spans_show_themes_as_stretches():
    units, _ = units_of(speech_document(), "spans")
    assert (
        Label("theme", "human_rights", *place(units[0].text, "Адам құқықтарын қорғау жүйесі жақсарды."))
        in units[0].labels
    )


def test_offsets_behind_emoji_are_code_points_of_the_unit():
    units, _ = units_of(emoji_document(), "themes")
    assert shown(units[1]) == {("theme", "dialogue", units[1].text), ("evidence", "dialogue", "диалогтың")}


def test_a_quotation_over_two_paragraphs_is_not_cut():
    text = "Ол айтты:\n\n«Бірінші бөлік.\n\nЕкінші бөлік».\n\nСоңы."
    rows = [
        *sentences(text, ["Ол айтты:", "«Бірінші бөлік.", "Екінші бөлік».", "Соңы."]),
        annotation(text, "quote", "direct", "Бірінші бөлік.\n\nЕкінші бөлік"),
    ]
    units, _ = units_of((text, rows), "voices")
    assert [unit.text for unit in units] == ["Ол айтты:", "«Бірінші бөлік.\n\nЕкінші бөлік».", "Соңы."]


def test_a_text_without_blank_lines_has_its_paragraphs_at_line_ends():
    text = "Бір.\nЕкі.\n"
    units, _ = units_of((text, sentences(text, ["Бір.", "Екі."])), "voices")
    assert [unit.text for unit in units] == ["Бір.", "Екі."]


@pytest.mark.parametrize("unit", ["sentence", "paragraph", "document"])
@given(text=st.text(st.sampled_from("аб. \n\u2028😀"), min_size=1, max_size=40))
def test_units_lie_in_order_apart_and_hold_all_that_is_not_space(unit, text):
    rows = [{"layer": "sentence", "label": "sentence", "start": 0, "end": len(text), "attributes": {}}]
    units, _ = units_of((text, rows), "spans", unit)
    covered = "".join(found.text for found in units)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(text[found.start : found.end] == found.text == found.text.strip() for found in units)
    assert all(left.end <= right.start for left, right in itertools.pairwise(units))


def test_documents_without_sentences_are_named(tmp_path):
    made = make_corpus(tmp_path / "c", "http://127.0.0.1:9", {"a": speech_document(), "b": ("Мәтін.", [])})
    found = collect_units(made, LAYOUTS["themes"], "sentence", "ru")
    assert found.unannotated == ["b"]
    assert len(found.units) == 3
    assert "говорящий" in found.units[0].meta
