"""Units: what a person sees as one example."""

import csv
import itertools
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.doccano.layouts import LAYOUTS, Label, choose_layout
from corpus.doccano.omissions import ARROW, CUT, OVERLAP, omissions, write_omissions
from corpus.doccano.units import collect_units, cut
from schemas.errors import MinberError
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


QUOTED = "Кеңес өтті. «Диалог керек. Сайлау өтті», – деді президент Тоқаев. «Иә», – деді ол. Соңы."


def quoted_document():
    lines = ["Кеңес өтті.", "«Диалог керек.", "Сайлау өтті», – деді президент Тоқаев.", "«Иә», – деді ол.", "Соңы."]
    cue = QUOTED.index("деді")
    return QUOTED, [
        *sentences(QUOTED, lines),
        annotation(
            QUOTED,
            "quote",
            "direct",
            "Диалог керек. Сайлау өтті",
            speaker="Қасым-Жомарт Тоқаев",
            mention=place(QUOTED, "президент Тоқаев"),
            cue=[cue, cue + 4],
        ),
        annotation(QUOTED, "quote", "direct", "Иә", speaker=None, mention=place(QUOTED, "ол.")),
        annotation(QUOTED, "theme", "dialogue", "«Диалог керек.", evidence=[place(QUOTED, "Диалог")]),
        annotation(QUOTED, "theme", "parliament", "Сайлау өтті», – деді президент Тоқаев.", evidence=[]),
    ]


def test_quotations_are_units_with_their_attribution_beside():
    units, _ = units_of(quoted_document(), "themes", "quotation")
    assert [unit.text for unit in units] == ["Диалог керек. Сайлау өтті", "Иә"]
    first, second = (unit.meta for unit in units)
    assert first["сілтеме"] == "«…», – деді президент Тоқаев."
    assert (first["алдында"], first["сөйлеуші"]) == ("Кеңес өтті.", "Қасым-Жомарт Тоқаев")
    assert first["кейін"] == "«Иә», – деді ол. Соңы."
    assert second["сілтеме"] == "«…», – деді ол."
    assert {label.label for label in units[0].labels if label.layer == "theme"} == {"dialogue", "parliament"}
    assert len({tuple(unit.meta) for unit in units}) == 1


def test_voices_by_quotation_hold_the_sentences_of_quotation_and_speaker():
    units, _ = units_of(quoted_document(), "voices", "quotation")
    assert [unit.text for unit in units] == [
        "«Диалог керек. Сайлау өтті», – деді президент Тоқаев.",
        "«Иә», – деді ол.",
    ]
    assert ("mention", "mention", "президент Тоқаев") in shown(units[0])


def test_themes_of_whole_documents():
    units, _ = units_of(quoted_document(), "themes", "document")
    assert [unit.text for unit in units] == [QUOTED]
    assert {label.label for label in units[0].labels if label.layer == "theme"} == {"dialogue", "parliament"}


def relations_of(unit):
    return {
        (unit.text[label.start : label.end], unit.text[slice(*label.target)])
        for label in unit.labels
        if label.layer == "relation"
    }


@pytest.mark.parametrize("name", ["voices", "spans"])
def test_relations_lead_from_quotations_to_speakers(name):
    text, annotations = quoted_document()
    layout = choose_layout(name, relations=True, usual=False)
    units, _ = cut(document(text), annotations, layout, "document", "kk", ORDER, furniture=True)
    assert relations_of(units[0]) == {("Диалог керек. Сайлау өтті", "президент Тоқаев"), ("Иә", "ол.")}
    layers = {label.layer for label in units[0].labels}
    assert layers == {"quote", "mention", "relation"} | ({"cue"} if name == "voices" else {"theme"})
    without, _ = cut(document(text), annotations, LAYOUTS[name], "document", "kk", ORDER, furniture=True)
    assert "relation" not in {label.layer for label in without[0].labels}


def test_labels_that_reach_beyond_their_unit_are_kept_apart_and_listed():
    text, annotations = quoted_document()
    layout = choose_layout("spans", relations=True, usual=False)
    units, _ = cut(document(text), annotations, layout, "sentence", "kk", ORDER, furniture=True)
    rows = omissions(units, ORDER)
    assert {(row.layer, row.words, row.reason) for row in rows} == {
        ("quote", "Диалог керек.", CUT),
        ("relation", "Диалог керек.", CUT),
    }
    assert all(text[row.start : row.end] == "Диалог керек. Сайлау өтті" for row in rows)
    assert relations_of(units[3]) == {("Иә", "ол.")}


def test_a_speaker_in_another_paragraph_is_an_arrow_that_cannot_be_drawn():
    text = "«Диалог керек».\n\nБұл туралы Тоқаев айтты."
    rows = [
        *sentences(text, ["«Диалог керек».", "Бұл туралы Тоқаев айтты."]),
        annotation(text, "quote", "direct", "Диалог керек", mention=place(text, "Тоқаев")),
    ]
    layout = choose_layout("voices", relations=True, usual=False)
    units, _ = cut(document(text), rows, layout, "paragraph", "kk", ORDER, furniture=True)
    assert [(row.layer, row.reason) for row in omissions(units, ORDER)] == [("relation", ARROW)]


def test_overlapping_words_are_listed_with_what_is_shown_instead(tmp_path):
    units, _ = units_of(speech_document(), "themes")
    [row] = omissions(units, ORDER)
    assert (row.label, row.words, row.shown_instead) == ("parliament", "Парламенттің", "government_accountability")
    assert speech_document()[0][row.start : row.end] == "Парламенттің"
    assert row.reason == OVERLAP
    for name in ("list.csv", "list.json"):
        write_omissions(tmp_path / name, [row, row])
    assert json.loads((tmp_path / "list.json").read_text("utf-8")) == [asdict(row)]
    [line] = csv.DictReader((tmp_path / "list.csv").open(encoding="utf-8"))
    assert line == {name: str(value) for name, value in asdict(row).items()}
    with pytest.raises(MinberError, match="MB507"):
        write_omissions(tmp_path / "list.xlsx", [row])
