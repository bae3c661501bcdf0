"""A codebook held against a corpus: hits as a concordance, unused and broad entries, people's labels."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

import corpus
from corpus.lexicons import coded_units, documents_of, hit_findings, lexicon_hits, theme_precision
from schemas.document import Document, Source
from schemas.errors import MinberError
from schemas.tables import LABELS, UNITS
from tests.command import minber

CODEBOOK = """
id: mine
version: "1.0.0"
names: {en: Mine}
themes:
  - id: justice
    names: {en: Justice}
    definition: {en: Justice}
    color: "#112233"
    lexicon:
      en:
        - {terms: [court], forbids: [tennis]}
        - judge
        - tribunal
  - id: state
    names: {en: State}
    definition: {en: State}
    color: "#112244"
    lexicon: {en: [nation]}
"""
SENTENCES = [
    "The court must be just.",
    "A tennis court was built.",
    "She was the judge of a contest.",
    "He is a judge of horses.",
    "They judge too fast.",
    "The nation needs a judge.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of one English document whose six sentences are all labelled by one person."""
    root = tmp_path_factory.mktemp("lexicons")
    (root / "mine.yaml").write_text(CODEBOOK, encoding="utf-8")
    opened = corpus.init(root / "speeches", name="Speeches", codebook=str(root / "mine.yaml"))
    text = " ".join(SENTENCES)
    data = text.encode()
    source = Source(
        uri="file:///a", retrieved=dt.datetime.now(dt.UTC), sha256=hashlib.sha256(data).hexdigest(), reader="text@1"
    )
    (stored,) = opened.add_documents([(Document(id="a", lang="en", text=text, source=source), data)])
    people = {0: ["justice"], 5: ["justice", "state"]}
    units, labels, start = [], [], 0
    for number, sentence in enumerate(SENTENCES):
        unit = {
            "unit_id": f"u{number}",
            "doc_id": "a",
            "revision": stored.revision,
            "start": start,
            "end": start + len(sentence),
            "project": "p",
        }
        units.append({**unit, "server": "s", "project_id": 1, "layout": "themes", "confirmed": True})
        labels += [
            {
                **unit,
                "layer": "theme",
                "label": label,
                "annotator": "ann",
                "origin": "human",
                "decision": "confirmed",
                "confirmed": True,
            }
            for label in people.get(number, [])
        ]
        start += len(sentence) + 1
    opened.append("units", pl.DataFrame(units, schema=UNITS))
    opened.append("labels", pl.DataFrame(labels, schema=LABELS))
    return root / "speeches"


def test_every_hit_stands_in_its_sentence(folder: Path) -> None:
    opened = corpus.open(folder)
    found = lexicon_hits(opened.codebook_source, documents_of(opened))
    assert found.sentences == {"en": 6}
    text = " ".join(SENTENCES)
    for start, end, keyword in found.lines.select("start", "end", "keyword").iter_rows():
        assert text[start:end] == keyword
    court, tennis, *_ = found.lines.select("pre", "keyword", "post", "given", "dropped").rows()
    assert court == ("The", "court", "must be just.", True, None)
    assert tennis == ("A tennis", "court", "was built.", False, "«tennis» forbids it")


def test_the_corpus_and_its_people_speak_against_entries(folder: Path) -> None:
    opened = corpus.open(folder)
    found = lexicon_hits(opened.codebook_source, documents_of(opened))
    units, labels = coded_units(opened)
    kinds = {(f.term, f.kind): f.other for f in hit_findings(opened.codebook_source, found, units, labels)}
    assert kinds == {("tribunal", "unused"): "", ("judge", "refuted"): "wrong in 3 of 4 labelled units"}
    rows = (
        theme_precision(found, units, labels).select("theme", "right", "wrong", "missed", "precision", "recall").rows()
    )
    assert rows == [("justice", 2, 3, 0, 0.4, 1.0), ("state", 1, 0, 0, 1.0, 1.0)]


def test_a_theme_that_people_alone_found_is_missed(folder: Path) -> None:
    opened = corpus.open(folder)
    found = lexicon_hits(opened.codebook_source, documents_of(opened))
    units, _ = coded_units(opened)
    labels = units.head(1).select("doc_id", "start", "end", label=pl.lit("state"))
    rows = theme_precision(found, units, labels).filter(pl.col("theme") == "state").row(0, named=True)
    assert (rows["right"], rows["wrong"], rows["missed"], rows["recall"]) == (0, 1, 1, 0.0)


def test_an_entry_in_nearly_every_sentence_is_broad(tmp_path: Path) -> None:
    book = tmp_path / "mine.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    text = " ".join(["The nation waits."] * 30 + ["We rest."] * 70)
    findings = hit_findings(book, lexicon_hits(book, iter([("a", "en", text, None)])))
    assert [(f.term, f.other) for f in findings if f.kind == "broad"] == [("nation", "30 hits in 100 sentences")]


def test_languages_without_lexicons_or_annotators_are_passed_over() -> None:
    found = lexicon_hits("reforms", iter([("a", "tr", "Mahkeme adil olmalı.", None)]))
    assert (found.lines.height, found.given.height, found.sentences) == (0, 0, {})
    assert not hit_findings("reforms", found)


def test_hits_on_the_command_line(folder: Path) -> None:
    done = minber(folder, "codebook", "hits", "justice", "--format", "json", "--dropped")
    assert {row["keyword"] for row in json.loads(done.stdout)} == {"court", "judge"}
    assert "6 of 6 hit(s) shown; sentences read: 6 en" in done.stderr
    short = minber(folder, "codebook", "hits", "justice", "--term", "judge", "--limit", "2", "--format", "json")
    assert [row["term"] for row in json.loads(short.stdout)] == ["judge", "judge"]
    assert "2 of 4 hit(s) shown" in short.stderr
    table = minber(folder, "codebook", "hits").stdout
    assert [line.split()[0] for line in table.splitlines()[:2]] == ["docname", "a"]
    assert "MB505" in minber(folder, "codebook", "hits", "nothing", code=2).stderr
    assert "MB505" in minber(folder, "codebook", "hits", "--term", "nothing", code=2).stderr


def test_check_with_a_corpus(folder: Path, tmp_path: Path) -> None:
    done = minber(folder, "codebook", "check", "--hits", "--all")
    assert "codebook.yaml:14: unused: en justice «tribunal»: never found in this corpus" in done.stdout
    assert "refuted: en justice «judge» (wrong in 3 of 4 labelled units)" in done.stdout
    assert "justice" in done.stdout.splitlines()[-2]
    elsewhere = minber(tmp_path, "--corpus", str(folder), "codebook", "check")
    assert "refuted" in elsewhere.stdout
    assert "unused" not in elsewhere.stdout
    assert "refuted" not in minber(folder, "codebook", "check", str(folder.parent / "mine.yaml")).stdout


def test_an_empty_corpus_is_said_to_be_empty(tmp_path: Path) -> None:
    opened = corpus.init(tmp_path / "empty", name="Empty")
    with pytest.raises(MinberError, match="MB511"):
        list(documents_of(opened))
