"""DocBin: what spaCy reads back has the texts, the sentences, the spans and their attributes."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin

import annotators.context  # noqa: F401 -- declares the attributes
import corpus
from annotators.records import annotation_rows
from corpus.exchange import export_corpus
from corpus.exchange.reading import described_document
from tests.command import minber
from tests.corpus.exchange.samples import TEXT, document, fill


def read(path: Path) -> dict[str, Doc]:
    docs = DocBin().from_bytes(path.read_bytes()).get_docs(spacy.blank("kk").vocab)
    return {doc.user_data["document"]["id"]: doc for doc in docs}


def test_spans_of_machine_and_people(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    foreign = document("c-doc", "Voilà, un texte.")
    made.add_documents([(foreign.model_copy(update={"lang": "fr"}), foreign.text.encode())])
    report = export_corpus(made, "docbin", tmp_path / "x.spacy")
    docs = read(tmp_path / "x.spacy")
    assert (report.documents, sorted(docs)) == (3, ["a-doc", "b-doc", "c-doc"])
    doc = docs["b-doc"]
    assert doc.text == TEXT
    assert [sentence.text for sentence in doc.sents] == [TEXT], "the one sentence that is annotated"
    [quote] = doc.spans["quotes"]
    assert (quote.text, quote.label_, quote._.speaker, quote._.cue.text) == (
        "Диалог керек 🙂",
        "direct",
        "Аян Омаров",
        "деді",
    )
    [theme] = doc.spans["themes"]
    assert (theme.label_, theme._.score, [word.text for word in theme._.evidence]) == ("dialogue", 0.9, ["Диалог"])
    assert sorted(span.label_ for span in doc.spans["human_theme"]) == ["dialogue", "unity"], "one rejects, one gives"
    assert len(doc.user_data["labels"]) == 3
    assert doc.user_data["document"]["title"] == "Тақырып"
    assert docs["c-doc"].text == "Voilà, un texte."
    assert not docs["c-doc"].has_annotation("SENT_START")


def test_what_the_annotators_found_comes_back_as_it_was(tmp_path: Path) -> None:
    text = "Тақырып\n\n«Біз саяси реформаны бастадық. Диалог керек», – деді Тоқаев.\nЖиынға 12 әкім қатысты."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    minber(tmp_path, "init", "c", "--country", "KZ")
    minber(tmp_path / "c", "ingest", tmp_path / "a.txt", "--lang", "kk")
    minber(tmp_path / "c", "annotate")
    minber(tmp_path / "c", "export", "docbin", tmp_path / "x.spacy")
    [(name, doc)] = read(tmp_path / "x.spacy").items()
    stored = described_document(corpus.open(tmp_path / "c"), name).annotations
    keys = ("layer", "label", "start", "end", "score", "attributes")

    def plain(rows: list[dict]) -> list[str]:  # type: ignore[type-arg]
        return sorted(repr([row[key] for key in keys[:5]] + sorted(row["attributes"].items())) for row in rows)

    assert plain([dict(row) for row in annotation_rows(doc)]) == plain(stored)
    assert any(row["layer"] == "quote" for row in stored)
