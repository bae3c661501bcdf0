"""Stretches of one voice of many documents, as a frame."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from corpus.stats.voices import SEGMENTS, segments
from tests.examples import examples

LENGTH = 30
layers = st.sampled_from(["quote", "chrome", "background", "theme"])
places = st.integers(0, LENGTH)
rows = st.lists(st.tuples(st.sampled_from("ab"), layers, places, places, st.sampled_from(["A", "B", None])), max_size=8)


@given(rows)
@examples(150)
def test_every_letter_has_one_voice(given_rows: list[tuple[str, str, int, int, str | None]]) -> None:
    documents = pl.DataFrame(
        {"doc_id": ["b", "a"], "length": [LENGTH] * 2, "kind": ["report", "transcript"], "speaker": [None, "T"]}
    )
    annotations = pl.DataFrame(
        [(*row[:4], json.dumps({"speaker": row[4]})) for row in given_rows],
        schema={"doc_id": pl.String, "layer": pl.String, "start": pl.Int64, "end": pl.Int64, "attributes": pl.String},
        orient="row",
    )
    frame = segments(documents, annotations)
    assert frame.schema == SEGMENTS
    assert frame["doc_id"].unique(maintain_order=True).to_list() == ["b", "a"]
    for doc_id, own in (("b", "narrator"), ("a", "quoted")):
        parts = frame.filter(doc_id=doc_id).rows(named=True)
        assert [part["start"] for part in parts] == [0, *(part["end"] for part in parts[:-1])]
        assert parts[-1]["end"] == LENGTH
        for place in range(LENGTH):
            (part,) = [part for part in parts if part["start"] <= place < part["end"]]
            over = {row[1] for row in given_rows if row[0] == doc_id and row[2] <= place < row[3]}
            assert part["voice"] == ("quoted" if "quote" in over else own)
            assert part["furniture"] in ({"chrome", "background"} & over or {None})


def test_documents_without_text_or_annotations() -> None:
    documents = pl.DataFrame({"doc_id": ["a", "b"], "length": [4, 0], "kind": ["report"] * 2, "speaker": [None] * 2})
    annotations = pl.DataFrame(
        {"doc_id": ["a"], "layer": ["quote"], "start": [1], "end": [99], "attributes": ['{"speaker": "Абай"}']}
    )
    assert segments(documents, annotations).rows() == [
        ("a", 0, 1, "narrator", None, None),
        ("a", 1, 4, "quoted", "Абай", None),
    ]
