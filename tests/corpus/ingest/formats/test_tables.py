"""CSV, TSV and JSON: rows become documents, columns become fields and docvars, broken rows are named."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.ingest import Outcome
from corpus.ingest.choices import Choices
from corpus.ingest.formats.rows import tell_columns
from corpus.store import Corpus
from schemas.errors import MinberError

Take = Callable[..., list[Outcome]]
ROWS: list[dict[str, Any]] = [
    {
        "doc_id": "a-1",
        "Headline": "Құрылтай өтті",
        "Published": "14.03.2025",
        "body": "Бүгін Бурабайда, «Ұлттық құрылтайда», әр ғасырдың өз һикаясы айтылды.\n\n"
        "Оған көп адам қатысты; бәрі сөйледі.",
        "outlet": "Stan.kz",
        "party": "X",
        "words": "17",
    },
    {
        "doc_id": "a-2",
        "Headline": "Заседание прошло",
        "Published": "15 марта 2025 года",
        "body": 'Сегодня прошло «заседание». Он сказал: "Это важно". Присутствовали многие, и все они говорили.',
        "outlet": "Stan.kz",
        "party": "",
        "words": "13",
    },
]


def csv_of(rows: list[dict[str, Any]], separator: str = ",") -> str:
    def cell(value: object) -> str:
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in f'{separator}"\n') else text

    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(separator.join(map(cell, line)) for line in lines) + "\n"


def jsonl_of(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


FORMS: dict[str, Callable[[], bytes]] = {
    "t.csv": lambda: csv_of(ROWS).encode(),
    "semicolon.csv": lambda: csv_of(ROWS, ";").encode("utf-8-sig"),
    "utf16.csv": lambda: csv_of(ROWS, "\t").encode("utf-16"),
    "kz1048.csv": lambda: csv_of(ROWS * 1).encode("kz1048"),
    "t.tsv": lambda: csv_of(ROWS, "\t").encode(),
    "t.csv.gz": lambda: gzip.compress(csv_of(ROWS).encode()),
    "t.jsonl": lambda: jsonl_of(ROWS).encode(),
    "t.jsonl.gz": lambda: gzip.compress(jsonl_of(ROWS).encode()),
    "bom.jsonl": lambda: jsonl_of(ROWS).encode("utf-8-sig"),
    "utf16.jsonl": lambda: jsonl_of(ROWS).encode("utf-16"),
    "cp1251.jsonl": lambda: jsonl_of(ROWS).encode("kz1048"),
    "array.json": lambda: json.dumps(ROWS, ensure_ascii=False).encode(),
    "pretty.json": lambda: json.dumps(ROWS, ensure_ascii=True, indent=2).encode(),
    "many.json": lambda: "\n".join(json.dumps(row, ensure_ascii=False, indent=1) for row in ROWS).encode(),
    "answer.json": lambda: json.dumps({"status": "ok", "articles": ROWS}, ensure_ascii=False, indent=1).encode(),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_documents(take: Take, speeches: Corpus, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORMS[name]())
    outcomes = take(tmp_path / name)
    assert [(outcome.status, outcome.error and str(outcome.error)) for outcome in outcomes] == [("added", None)] * 2
    first, second = (speeches.document(str(outcome.id)) for outcome in outcomes)
    assert (first.text, first.title, first.date, first.lang) == (
        ROWS[0]["body"],
        "Құрылтай өтті",
        dt.date(2025, 3, 14),
        "kk",
    )
    assert (second.text, second.lang, second.date) == (ROWS[1]["body"], "ru", dt.date(2025, 3, 15))
    assert first.source.publisher == "Stan.kz"
    assert (first.docvars["party"], int(first.docvars["words"])) == ("X", 17)
    assert "party" not in second.docvars
    assert first.source.uri == f"{(tmp_path / name).as_uri()}#a-1"
    assert first.id.startswith("a-1-")
    assert (first.origins["title"], first.origins["date"]) == ("column Headline", "column Published")
    kept = json.loads(speeches.raw(first.source.sha256))
    assert kept["body"] == ROWS[0]["body"]
    version = speeches.version("documents")
    assert [outcome.status for outcome in take(tmp_path / name)] == ["unchanged"] * 2
    assert speeches.version("documents") == version


def test_columns_that_the_user_names(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(csv_of(ROWS), encoding="utf-8")
    [failed] = take(tmp_path / "t.csv", choices=Choices(text_field="мәтін"))
    assert failed.error is not None
    assert (failed.error.code, "Headline" in str(failed.error)) == ("MB146", True)
    choices = Choices(text_field="Headline", columns=(("title", ""), ("speaker", "outlet"), ("id", "words")))
    outcomes = take(tmp_path / "t.csv", choices=choices)
    document = speeches.document(str(outcomes[0].id))
    assert (document.text, document.speaker, document.kind) == ("Құрылтай өтті", "Stan.kz", "transcript")
    assert outcomes[0].uri.endswith("#17")
    assert document.docvars["body"] == ROWS[0]["body"]
    assert document.origins["reader"] == "--text-field Headline --map title= --map speaker=outlet --map id=words"
    assert {outcome.status for outcome in take(tmp_path / "t.csv", choices=choices)} == {"unchanged"}


def test_columns_are_told_by_their_names_and_contents() -> None:
    def told(*rows: dict[str, Any]) -> dict[str, str]:
        return tell_columns(list(rows), Choices(), "t.csv")

    assert told({"Мәтін": "Бұл – мәтін", "Күні": "2025-03-14"}) == {"text": "Мәтін", "date": "Күні"}
    assert told({"x": "foo foo foo foo", "y": 1}) == {"text": "x"}
    assert "id" not in told({"id": 1, "text": "a b"}, {"id": 1, "text": "c d"})  # of the speaker, perhaps
    assert "url" not in told({"url": "https://a.kz/1", "text": "a"}, {"url": "https://a.kz/1", "text": "b"})
    assert told({"date": "spring", "text": "a b c"}) == {"text": "text"}
    with pytest.raises(MinberError) as caught:
        told({"source": "One text of some length.", "claim": "Another of some length."})
    assert caught.value.code == "MB145"


def test_broken_rows_are_named_and_the_others_are_read(take: Take, tmp_path: Path) -> None:
    lines = csv_of(ROWS).rstrip("\n") + "\nb-1,T,,one,two,three,four,five,six\nb-2,T,,,x,y,1\n"
    (tmp_path / "t.csv").write_text(lines, encoding="utf-8")
    outcomes = take(tmp_path / "t.csv")
    assert [outcome.status for outcome in outcomes] == ["added", "added", "failed", "skipped"]
    assert outcomes[2].error is not None
    assert "row 3" in str(outcomes[2].error)
    (tmp_path / "open.csv").write_text(
        'id,text\n1,Бірінші сөз осы.\n2,"Екінші сөз\n3,Үшінші сөз осы.\n', encoding="utf-8"
    )
    outcomes = take(tmp_path / "open.csv")
    assert [outcome.status for outcome in outcomes] == ["added", "failed"]
    assert "quotation mark in line 3 is not closed" in str(outcomes[1].error)
    text = jsonl_of(ROWS) + '{"doc_id": "c", "body": \n[1, 2]\n\n' + jsonl_of([{**ROWS[0], "doc_id": "a-3"}, ROWS[0]])
    (tmp_path / "u.jsonl").write_text(text, encoding="utf-8")
    outcomes = take(tmp_path / "u.jsonl", choices=Choices(columns=(("id", "doc_id"),)))
    codes = [outcome.error.code if outcome.error else outcome.status for outcome in outcomes]
    assert codes == ["added", "added", "MB148", "MB148", "added", "MB147"]
    (tmp_path / "v.json").write_text(json.dumps(ROWS, ensure_ascii=False)[:-5], encoding="utf-8")
    assert [outcome.status for outcome in take(tmp_path / "v.json")] == ["duplicate", "failed"]


def test_rows_are_bounded_one_by_one(take: Take, tmp_path: Path) -> None:
    rows = [{"text": f"Бірінші сөйлем {n}."} for n in range(6)]
    rows[2]["text"] *= 200
    for name, data in (("t.csv", csv_of(rows)), ("t.jsonl", jsonl_of(rows))):
        (tmp_path / name).write_text(data, encoding="utf-8")
        outcomes = take(tmp_path / name, max_size=2000)
        assert [outcome.error.code if outcome.error else outcome.status for outcome in outcomes] == [
            "added",
            "added",
            "MB112",
            "added",
            "added",
            "added",
        ], name


def test_corrected_rows_are_revisions(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(csv_of(ROWS), encoding="utf-8")
    before = take(tmp_path / "t.csv")
    changed = [{**ROWS[0], "body": ROWS[0]["body"] + " Рақмет."}, ROWS[1]]
    (tmp_path / "t.csv").write_text(csv_of(changed[::-1]), encoding="utf-8")
    after = take(tmp_path / "t.csv")
    assert [(outcome.status, outcome.id) for outcome in after] == [
        ("unchanged", before[1].id),
        ("revised", before[0].id),
    ]
    assert speeches.documents.collect().height == 2


def test_rows_without_an_id_stay_with_their_words(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    """Rows put in, taken out, moved and corrected: no document gets the words of another."""
    path = tmp_path / "t.csv"

    def write(*texts: str) -> list[Outcome]:
        path.write_text(csv_of([{"text": text} for text in texts]), encoding="utf-8")
        return take(path)

    first = write("Бірінші сөз.", "Екінші сөз.", "Үшінші сөз.", "Екінші сөз.")
    assert [outcome.status for outcome in first] == ["added"] * 4
    one, two, three, twin = (outcome.id for outcome in first)
    assert len({one, two, three, twin}) == 4  # the same words twice are two documents
    shifted = write("Жаңа сөз.", "Бірінші сөз.", "Екінші сөз.", "Үшінші сөз.", "Екінші сөз.")
    assert [outcome.status for outcome in shifted] == ["added"] + ["unchanged"] * 4
    assert {outcome.id for outcome in shifted[1:]} == {one, two, three, twin}
    new = shifted[0].id
    assert {
        outcome.status for outcome in write("Жаңа сөз.", "Бірінші сөз.", "Екінші сөз.", "Үшінші сөз.", "Екінші сөз.")
    } == {"unchanged"}
    corrected = write("Жаңа сөз.", "Бірінші сөз!", "Үшінші сөз.")
    assert [outcome.status for outcome in corrected] == ["unchanged", "added", "unchanged"]
    texts = {row["id"]: row["text"] for row in speeches.documents.collect().to_dicts()}
    assert texts[new] == "Жаңа сөз."
    assert texts[two] == texts[twin] == "Екінші сөз."
    assert texts[three] == "Үшінші сөз."
    again = write("Жаңа сөз!", "Бірінші сөз!", "Үшінші сөз.")  # nothing moved: this is a correction
    assert (again[0].status, again[0].id) == ("revised", new)


def test_tables_of_readtext(take: Take, speeches: Corpus, shared: Path) -> None:
    folder = shared / "data" / "formats_readtext"
    for path, count in (("csv/inaugCorpus.csv", 5), ("json/inaugural_sample.json", 3), ("tsv/dailsample.tsv", 33)):
        outcomes = take(folder / path)
        assert (path, {outcome.status for outcome in outcomes}) == (path, {"added"})
        assert len(outcomes) >= count
    rows = speeches.documents.collect()
    dail = rows.filter(rows["uri"].str.contains("dailsample"))
    assert dail["date"].unique().to_list() == [dt.date(1919, 1, 21)]
    assert "Count George Noble, Count Plunkett" in dail["speaker"].to_list()
    assert json.loads(dail["docvars"][0])["party_name"] == "Sinn Féin"
    [one, two] = take(folder / "t" / "csvalt" / "test4.csv")
    assert '"Many times!"' in speeches.document(str(one.id)).text
    assert speeches.document(str(two.id)).docvars["two"] == "Tom"


def test_real_tables(take: Take, speeches: Corpus, shared: Path) -> None:
    outcomes = take(shared / "data" / "un_general_debate_2017_en" / "speeches.jsonl")
    assert {outcome.status for outcome in outcomes} == {"added"}
    document = speeches.document(str(outcomes[0].id))
    assert document.docvars["continent"] == "Asia"
    assert document.id.startswith("afghanistan-")
    facts = take(shared / "data" / "kk_factcheck" / "dataset.csv", choices=Choices(text_field="claim_kk"))
    assert {outcome.status for outcome in facts} == {"added"}
    assert len(facts) == 60
    assert facts[0].uri.endswith("#001")
