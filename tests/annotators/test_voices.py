"""Every piece of a document has exactly one voice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotators.context import Context
from annotators.languages import blank
from annotators.voices import voice_segments


def row(layer: str, start: int, end: int, speaker: str | None = None) -> dict[str, object]:
    return {"layer": layer, "start": start, "end": end, "attributes": {"speaker": speaker} if speaker else {}}


def test_the_innermost_quotation_speaks():
    parts = voice_segments([row("quote", 2, 20, "Abai"), row("quote", 5, 9, "Shakarim")], 25)
    assert [(p.start, p.end, p.whose) for p in parts] == [
        (0, 2, "narrator"),
        (2, 5, "Abai"),
        (5, 9, "Shakarim"),
        (9, 20, "Abai"),
        (20, 25, "narrator"),
    ]


def test_a_transcript_is_its_speakers_voice():
    parts = voice_segments([row("quote", 5, 9, "Abai"), row("chrome", 0, 2)], 12, "transcript", "Tokayev")
    assert [p.whose for p in parts] == ["furniture", "Tokayev", "Abai", "Tokayev"]


def test_a_recap_is_told_or_quoted_like_other_text():
    parts = voice_segments([row("background", 0, 10), row("quote", 3, 6)], 10)
    assert [(p.whose, p.furniture) for p in parts] == [
        ("narrator", "background"),
        ("?", "background"),
        ("narrator", "background"),
    ]


def test_other_layers_change_nothing_and_rows_need_a_length():
    assert len(voice_segments([row("theme", 0, 5)], 10)) == 1
    assert voice_segments([], 0) == []
    with pytest.raises(TypeError):
        voice_segments([])


SPANS = st.tuples(st.sampled_from(["quote", "chrome", "background", "theme"]), st.integers(-3, 60), st.integers(-3, 60))


@given(st.lists(SPANS, max_size=12), st.integers(0, 50))
def test_segments_are_a_partition(spans, length):
    parts = voice_segments([row(*span) for span in spans], length)
    assert "".join("x" * (p.end - p.start) for p in parts) == "x" * length
    assert [p.start for p in parts] == [0, *(p.end for p in parts)][: len(parts)]
    for part in parts:
        for at in range(part.start, part.end):
            covering = {name for name, a, b in spans if a <= at < b}
            assert ("quote" in covering) == (part.voice == "quoted")
            assert ("chrome" in covering) == (part.furniture == "chrome")


def test_a_document_is_cut_with_its_own_context():
    nlp = blank("ru")
    nlp.add_pipe("minber_furniture")
    nlp.add_pipe("minber_quotes")
    doc = nlp("Фото: Сайт\n«Мы победили», - сказал Олег Ким.")
    assert [p.whose for p in voice_segments(doc)] == ["furniture", "narrator", "Олег Ким", "narrator"]
    doc._.context = Context(kind="transcript", speaker="Олег Ким")
    assert [p.whose for p in voice_segments(doc)] == ["furniture", "Олег Ким"]
