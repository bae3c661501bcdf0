"""CoNLL-U: every token once, texts that can be put together again, themes and quotations where they stand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import corpus
from corpus.exchange.conllu import export_conllu
from tests.command import minber
from tests.corpus.exchange.samples import TEXT, document, fill

ESCAPED = {"\\s": " ", "\\t": "\t", "\\n": "\n", "\\p": "|", "\\\\": "\\"}


def exported(opened: corpus.Corpus) -> str:
    out = io.BytesIO()
    export_conllu(opened, None, out)
    return out.getvalue().decode()


def sentences(text: str) -> list[tuple[dict[str, str], list[list[str]]]]:
    """Comments and tokens of each sentence."""
    found = []
    for block in text.strip("\n").split("\n\n"):
        lines = block.split("\n")
        comments = dict(line[2:].split(" = ", 1) for line in lines if line.startswith("#"))
        found.append((comments, [line.split("\t") for line in lines if not line.startswith("#")]))
    return found


def misc(token: list[str]) -> dict[str, str]:
    return dict(field.split("=", 1) for field in token[9].split("|")) if token[9] != "_" else {}


def unescaped(text: str) -> str:
    found, k = "", 0
    while k < len(text):
        step = 2 if text[k] == "\\" else 1
        found += ESCAPED[text[k : k + 2]] if step == 2 else text[k]
        k += step
    return found


def put_together(parts: list[tuple[dict[str, str], list[list[str]]]]) -> str:
    text = ""
    for _, tokens in parts:
        for token in tokens:
            told = misc(token)
            text += token[1] + ("" if told.get("SpaceAfter") == "No" else unescaped(told.get("SpacesAfter", " ")))
    return text


def test_tokens_sentences_themes_and_quotations(tmp_path: Path) -> None:
    parts = sentences(exported(fill(tmp_path / "one")))
    assert [comments["sent_id"] for comments, _ in parts] == ["a-doc-s1", "b-doc-s1"]
    comments, tokens = parts[1]
    assert comments["newdoc id"] == "b-doc"
    assert (comments["lang"], comments["date"], comments["themes"]) == ("kk", "2025-03-14", "dialogue")
    assert (comments["occasion"], comments["place"]) == ("Бірінші форум", "Бурабай")
    assert [token[0] for token in tokens] == [str(number) for number in range(1, len(tokens) + 1)]
    assert all(len(token) == 10 for token in tokens)
    quoted = [(token[1], misc(token)["Quote"]) for token in tokens if "Quote" in misc(token)]
    assert quoted == [("Диалог", "B-direct"), ("керек", "I-direct"), ("🙂", "I-direct")]
    assert misc(tokens[1])["QuoteSpeaker"] == "Аян\\sОмаров"
    assert tokens[0][:4] == ["1", "«", "«", "PUNCT"]
    assert put_together(parts[1:]) == TEXT


def test_documents_that_were_not_annotated_are_counted(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    bare = document("c-doc", "Әлі оқылмаған.")
    made.add_documents([(bare, bare.text.encode())])
    report = export_conllu(made, None, io.BytesIO())
    assert (report.documents, report.skipped) == (2, 1)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_text_as_people_write_them_comes_out_whole(tmp_path: Path, lang: str) -> None:
    text = {
        "kk": "Тақырып | бір\\екі\n\n«Біз саяси  реформаны бастадық», – деді Тоқаев.\nЖиынға 12 әкім қатысты.  Рахмет!",
        "ru": "Заголовок\n\n«Мы начали реформы», – сказал Токаев. Принято 3,5 млрд. тенге…\n\nСпасибо!",
        "en": 'A title\n\n"We began the reforms," the president said. It costs $5 million.\n\nThank you!',
    }[lang]
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    minber(tmp_path, "init", "c", "--country", "KZ")
    minber(tmp_path / "c", "ingest", tmp_path / "a.txt", "--lang", lang)
    minber(tmp_path / "c", "annotate")
    done = minber(tmp_path / "c", "export", "conllu", "-")
    parts = sentences(done.stdout)
    stored = corpus.open(tmp_path / "c").documents.collect()["text"][0]
    assert put_together(parts) == stored
    assert len(parts) >= 3
    for comments, tokens in parts:
        assert "".join(token[1] for token in tokens) == "".join(comments["text"].split())
