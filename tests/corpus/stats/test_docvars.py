"""Docvars in conditions and groups."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from corpus.stats.docvars import docvar_columns
from corpus.stats.filters import parse_condition
from corpus.stats.selection import Selected, Selection
from corpus.store import Corpus, init_corpus
from schemas.document import Document, Source
from schemas.errors import MinberError


@pytest.fixture
def corpus(tmp_path: object) -> Corpus:
    made = init_corpus(f"{tmp_path}/corpus", name="x")
    source = Source(uri="file:///a", retrieved=dt.datetime.now(dt.UTC), sha256="0" * 64, reader="csv@1")
    docvars: list[dict[str, str | int | float | bool]] = [
        {"party": "Con", "year": "1992", "party name": "Conservative"},
        {"party": "Lab", "year": "2001", "vote": 3.5},
        {},
    ]
    texts = ["Бірінші сөз.", "Екінші сөз.", "Үшінші сөз."]
    documents = [
        Document(id=f"d{n}", lang="kk", text=text, docvars=vars_, source=source)
        for n, (text, vars_) in enumerate(zip(texts, docvars, strict=True))
    ]
    made.add_documents([(document, None) for document in documents])
    return made


def kept(corpus: Corpus, **selection: object) -> list[str]:
    found = Selected(corpus, Selection(**selection)).segments.filter("kept")  # type: ignore[arg-type]
    return sorted(found["doc_id"])


def test_conditions_and_groups(corpus: Corpus) -> None:
    assert kept(corpus, where='docvars.party == "Con"') == ["d0"]
    assert kept(corpus, where="docvars.year > 1995") == ["d1"]  # numbers, although the table wrote text
    assert kept(corpus, where='docvars["party name"] == "Conservative" or docvars.vote < 4') == ["d0", "d1"]
    assert kept(corpus, where="docvars.party is null") == ["d2"]
    assert kept(corpus, where='docvars.party.glob("l*")') == ["d1"]
    parts = Selected(corpus, Selection(by=("docvars.year", "lang"))).segments
    assert parts["docvars.year"].to_list() == [1992, 2001, None]
    assert parts.schema["docvars.year"] == pl.Int64


def test_conditions_of_exports(corpus: Corpus) -> None:
    from corpus.exchange.reading import condition, described_documents

    def exported(text: str) -> list[str]:
        return [one.document.id for one in described_documents(corpus, condition(corpus, text))]

    assert exported('docvars.party == "Lab"') == ["d1"]
    assert exported('docvars["party name"] == "Conservative" and docvars.year == 1992') == ["d0"]
    assert exported("docvars.party is null") == ["d2"]
    assert exported("docvars.year > 800") == ["d0", "d1"], "numbers, as in statistics: «1992» is not less than «800»"
    assert exported("docvars.vote < 3.6 and year is null") == ["d1"]


def test_names_that_no_document_has(corpus: Corpus) -> None:
    from corpus.exchange.reading import condition

    for selection in (Selection(by=("docvars.colour",)), Selection(where="docvars.colour == 1")):
        with pytest.raises(MinberError, match="MB501") as caught:
            _ = Selected(corpus, selection).segments
        assert "docvars.party" in str(caught.value)
    with pytest.raises(MinberError, match="MB501") as caught:  # what exports and pages leave out is told by one rule
        condition(corpus, "docvars.colour is null")
    assert "docvars.party" in str(caught.value)
    assert caught.value.values["option"] == "--where"
    with pytest.raises(MinberError, match="MB503"):
        _ = Selected(corpus, Selection(where='docvars.year > "spring"')).segments
    with pytest.raises(MinberError, match="MB502"):
        Selection(where="docvars == 1 and")


def test_types_of_columns() -> None:
    rows = pl.Series(['{"a": "007", "b": true, "c": "1.5", "d": 2}', '{"a": "8", "b": false, "c": 2, "d": "x"}', None])
    found = docvar_columns(rows)
    assert dict(found.schema) == {
        "docvars.a": pl.String,
        "docvars.b": pl.Boolean,
        "docvars.c": pl.Float64,
        "docvars.d": pl.String,
    }
    assert docvar_columns(rows, ["docvars.b", "docvars.z"]).columns == ["docvars.b"]


def test_the_parser_leaves_other_attributes_alone() -> None:
    frame = pl.DataFrame({"title": ["Реформа туралы"], "docvars.x": ["реформа"]})
    for text in ('title.contains("реформа")', 'docvars.x.contains("РЕФ")', 'contains(docvars.x, "орма")'):
        assert frame.filter(parse_condition(text, frame.schema).expression).height == 1, text
