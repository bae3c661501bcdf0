"""Concordances against quanteda's, in Kazakh, and at the borders of documents."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from corpus.stats import kwic, kwic_spans, spans_with
from corpus.stats.concordance import LONG
from schemas.errors import MinberError

from .goldens import golden, needs_goldens, tokens

TEXT = pl.DataFrame(
    {
        "doc_id": ["a"] * 6 + ["b"] * 3,
        "token": ["Біз", "реформаларды", "іске", "асырамыз", ",", "реформа", "Реформаның", "іске", "жолы"],
    }
)


@needs_goldens
@pytest.mark.parametrize(
    ("name", "pattern", "options"),
    [
        ("kwic_liberty", "liberty", {"window": 5}),
        ("kwic_glob", "democra*", {"window": 7}),
        ("kwic_phrase", "united states", {"window": 4, "phrase": True}),
        ("kwic_regex", "^(dialogu?e|negotiat.*)$", {"window": 6, "valuetype": "regex"}),
        ("kwic_case", "Union", {"window": 5, "valuetype": "fixed", "case_sensitive": True}),
    ],
)
def test_same_lines_as_quanteda(name: str, pattern: str, options: dict[str, object]) -> None:
    ours = kwic(tokens("raw", lower=False), pattern, **options)
    theirs = golden(name).with_columns(pl.col("from", "to").cast(pl.Int64)).select(ours.columns)
    assert_frame_equal(ours, theirs)


def test_contexts_end_at_the_document() -> None:
    lines = kwic(TEXT, "реформа*", window=2)
    assert lines["keyword"].to_list() == ["реформаларды", "реформа", "Реформаның"]
    assert lines["pre"].to_list() == ["Біз", "асырамыз ,", ""]
    assert lines["post"].to_list() == ["іске асырамыз", "", "іске жолы"]
    assert lines["from"].to_list() == [2, 6, 1]


def test_a_phrase_does_not_cross_documents() -> None:
    assert kwic(TEXT, "реформа Реформаның", phrase=True).height == 0
    assert kwic(TEXT, "іске *", phrase=True)["keyword"].to_list() == ["іске асырамыз", "іске жолы"]


def test_categorical_tokens_and_lazy_frames_give_the_same() -> None:
    lazy = TEXT.lazy().with_columns(pl.all().cast(pl.Categorical))
    assert_frame_equal(kwic(lazy, "іске").collect(), kwic(TEXT, "іске"))


def test_several_patterns_keep_the_order_of_the_text() -> None:
    assert kwic(TEXT, ["іске", "реформа*"])["pattern"].to_list() == ["реформа*", "іске", "реформа*", "реформа*", "іске"]


def test_orders_and_samples() -> None:
    left = kwic(TEXT, "іске", window=1, sort="left")["pre"].to_list()
    assert left == ["реформаларды", "Реформаның"]
    right = kwic(TEXT, "іске", window=1, sort="right")["post"].to_list()
    assert right == ["асырамыз", "жолы"]
    drawn = kwic(TEXT, "*", sample=4, seed=3)
    assert drawn.height == 4
    assert_frame_equal(drawn, kwic(TEXT, "*", sample=4, seed=3))
    assert kwic(TEXT, "*", sort="random", seed=1)["from"].to_list() != kwic(TEXT, "*")["from"].to_list()


def test_glob_takes_regex_signs_literally() -> None:
    assert kwic(TEXT, "[реформа]").height == 0
    assert kwic(TEXT, ",")["keyword"].to_list() == [","]
    assert kwic(TEXT, ".").height == 0


def test_broken_regex_is_the_users_to_mend() -> None:
    with pytest.raises(MinberError, match="MB508") as caught:
        kwic(TEXT, "(реформа", valuetype="regex")
    assert caught.value.exit_code == 2


def test_spans_take_every_token_they_touch() -> None:
    ends = [3, 16, 21, 30, 31, 39]
    starts = [0, 4, 17, 22, 30, 32]
    frame = TEXT[:6].with_columns(start=pl.Series(starts), end=pl.Series(ends))
    spans = pl.DataFrame(
        {
            "doc_id": ["a", "a", "z"],
            "start": [18, 40, 0],  # inside a token; after the text; in a document that is not there
            "end": [30, 44, 3],
            "pattern": ["reform"] * 3,
        }
    )
    assert kwic_spans(frame, spans, window=1).rows() == [("a", 3, 4, "реформаларды", "іске асырамыз", ",", "reform")]


SPEECH = pl.DataFrame(
    {
        "doc_id": ["a"] * 7 + ["b"] * 2,
        "token": ["Біз", "бардық", ".", "Олар", "бізді", "күтті", ".", "Біз", "де"],
        "sentence": [0, 0, 0, 1, 1, 1, 1, 1, 1],
    }
)


def test_the_context_may_be_the_sentence() -> None:
    lines = kwic(SPEECH, ["бардық", "бізді", "де"], context="sentence").select("pre", "keyword", "post").rows()
    assert lines == [("Біз", "бардық", "."), ("Олар", "бізді", "күтті ."), ("Біз", "де", "")]


def test_a_hit_across_sentences_shows_both() -> None:
    (line,) = kwic(SPEECH, ". олар", phrase=True, context="sentence").rows()
    assert line[3:6] == ("Біз бардық", ". Олар", "бізді күтті .")


@pytest.mark.parametrize("length", [5, LONG - 1, LONG, LONG + 1, 60])
def test_long_keywords_are_whole(length: int) -> None:
    words = [f"w{number}" for number in range(length + 2)]
    frame = pl.DataFrame({"doc_id": ["a"] * len(words), "token": words})
    at = pl.int_range(pl.len(), eager=False) * 4
    frame = frame.with_columns(start=at, end=at + 3)
    spans = pl.DataFrame({"doc_id": ["a"], "start": [4], "end": [4 * (length + 1)], "pattern": ["direct"]})
    assert kwic_spans(frame, spans, window=1).rows() == [
        ("a", 2, length + 1, "w0", " ".join(words[1:-1]), words[-1], "direct")
    ]


def test_quotations_are_found_by_what_they_hold() -> None:
    spans = pl.DataFrame({"doc_id": ["a", "a", "b"], "start": [0, 20, 0], "end": [9, 30, 9]})
    hits = pl.DataFrame({"doc_id": ["a"] * 4, "start": [9, 20, 21, 25], "pattern": ["x", "y", "x", "x"]})
    assert spans_with(spans, hits).rows() == [("a", 20, 30, "x, y")]
