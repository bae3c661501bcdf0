"""Overviews against quanteda's summary."""

from __future__ import annotations

import datetime as dt

import polars as pl

from corpus.stats import overview

from .goldens import INAUGURAL, assert_same, golden, needs_goldens, tokens


@needs_goldens
def test_same_summary_as_quanteda() -> None:
    ours = overview(tokens("raw", lower=False), by=["doc_id"]).rename({"group": "document"})
    # sents is left out: quanteda cuts sentences by ICU's rules, which these tokens no longer show. It counts no URLs,
    # tags or emoji in these texts.
    theirs = golden("summary").select("document", "tokens", "types", "puncts", "numbers", "symbols")
    assert_same(ours.select(theirs.columns), theirs, ["document"])
    lengths = {
        name: len((INAUGURAL / "texts" / f"{name}.txt").read_text("utf-8").rstrip("\n")) for name in theirs["document"]
    }
    assert dict(golden("summary").select("document", "chars").iter_rows()) == lengths


def test_groups_and_what_is_known_of_them() -> None:
    frame = pl.DataFrame(
        {
            "doc_id": ["a", "a", "a", "b"],
            "token": ["Сөз", "сөз", "₸", "5"],
            "sentence": [0, 0, 1, None],
            "voice": ["quoted", "narrator", "narrator", "narrator"],
            "date": [dt.date(2024, 1, 1)] * 3 + [None],
            "lang": ["kk"] * 3 + ["ru"],
        }
    )
    kazakh, russian = overview(frame, by=["lang"]).iter_rows(named=True)
    assert kazakh["group"] == "kk"
    assert (kazakh["documents"], kazakh["sents"], kazakh["tokens"], kazakh["types"]) == (1, 2, 3, 2)
    assert (kazakh["words"], kazakh["symbols"], kazakh["quoted"]) == (2, 1, 0.5)
    assert kazakh["first"] == kazakh["last"] == dt.date(2024, 1, 1)
    assert (russian["sents"], russian["numbers"], russian["first"]) == (None, 1, None)
