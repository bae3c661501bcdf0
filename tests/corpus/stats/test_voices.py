"""Stretches of one voice: no gap, no overlap, the innermost quotation speaks."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.stats.voices import SEGMENTS, segments, segments_of


def row(layer: str, start: int, end: int, speaker: str | None = None) -> dict[str, object]:
    return {"layer": layer, "start": start, "end": end, "attributes": {"speaker": speaker}}


layers = st.sampled_from(["quote", "chrome", "background", "theme"])
spans = st.builds(row, layers, st.integers(0, 30), st.integers(0, 30), st.sampled_from(["A", "B", None]))


@given(st.integers(0, 30), st.lists(spans, max_size=8))
@settings(max_examples=300, deadline=None)
def test_every_letter_has_one_voice(length: int, rows: list[dict[str, object]]) -> None:
    parts = segments_of(length, rows)
    position = 0
    for part in parts:
        assert part.start == position < part.end
        position = part.end
    assert position == length
    for place in range(length):
        (part,) = [part for part in parts if part.start <= place < part.end]
        over = [r for r in rows if r["start"] <= place < r["end"]]  # type: ignore[operator]
        assert (part.voice == "quoted") == any(r["layer"] == "quote" for r in over)
        furniture = {r["layer"] for r in over} & {"chrome", "background"}
        assert part.furniture in (furniture or {None})
        for first, second in pairwise(parts):
            assert first[2:] != second[2:]


def test_a_quotation_inside_another_is_its_own_speakers() -> None:
    parts = segments_of(20, [row("quote", 2, 18, "A"), row("quote", 6, 10, "B")])
    assert [(part.start, part.end, part.speaker) for part in parts] == [
        (0, 2, None),
        (2, 6, "A"),
        (6, 10, "B"),
        (10, 18, "A"),
        (18, 20, None),
    ]


def test_a_transcript_is_its_speakers() -> None:
    parts = segments_of(10, [row("quote", 3, 6, "B"), row("chrome", 8, 10)], "transcript", "A")
    assert [(part.start, part.speaker, part.voice, part.furniture) for part in parts] == [
        (0, "A", "quoted", None),
        (3, "B", "quoted", None),
        (6, "A", "quoted", None),
        (8, "A", "quoted", "chrome"),
    ]


def test_attributes_may_be_json() -> None:
    documents = pl.DataFrame({"doc_id": ["a", "b"], "length": [4, 0], "kind": ["report"] * 2, "speaker": [None] * 2})
    annotations = pl.DataFrame(
        {"doc_id": ["a"], "layer": ["quote"], "start": [1], "end": [99], "attributes": ['{"speaker": "Абай"}']}
    )
    frame = segments(documents, annotations)
    assert frame.schema == SEGMENTS
    assert frame.rows() == [("a", 0, 1, "narrator", None, None), ("a", 1, 4, "quoted", "Абай", None)]
