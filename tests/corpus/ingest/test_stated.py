"""Sidecar files and patterns of file names: what the user states of single documents."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.ingest import Outcome
from corpus.ingest.choices import Choices
from corpus.store import Corpus
from schemas.errors import MinberError

Take = Callable[..., list[Outcome]]
SPEECH = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке. Ұлттық құрылтай құрылды.\n"
COLUMNS = "file,title,date,speaker,publisher,lang,region\n"
ENTRY = "a.txt,Жолдау,14.03.2025,Қасым-Жомарт Тоқаев,Ақорда,kk,Абай облысы\n"
YAML = """a.txt: {title: Жолдау, date: 2025-03-14, speaker: Қасым-Жомарт Тоқаев, publisher: Ақорда, lang: kk,
  region: Абай облысы}
"""


@pytest.mark.parametrize("name", ["meta.csv", "meta.yaml", "meta.json", "meta.tsv"])
def test_a_sidecar_outweighs_the_text(take: Take, speeches: Corpus, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text(f"Құрылтай өтті\n1 қаңтар 2020\n\n{SPEECH}", encoding="utf-8")
    table = COLUMNS + ENTRY
    values = dict(zip(COLUMNS.strip().split(","), ENTRY.strip().split(","), strict=True))
    made = {"csv": table, "tsv": table.replace(",", "\t"), "yaml": YAML, "json": json.dumps([values])}
    (tmp_path / name).write_text(made[name.partition(".")[2]], encoding="utf-8")
    [outcome] = take(tmp_path / "a.txt", sidecar=tmp_path / name)
    document = speeches.document(str(outcome.id))
    assert (document.title, document.date, document.speaker, document.kind) == (
        "Жолдау",
        dt.date(2025, 3, 14),
        "Қасым-Жомарт Тоқаев",
        "transcript",
    )
    assert (document.source.publisher, document.docvars) == ("Ақорда", {"region": "Абай облысы"})
    stated = {field for field, origin in document.origins.items() if origin == "sidecar"}
    assert stated == {"title", "date", "speaker", "kind", "publisher", "lang", "docvars.region"}
    version = speeches.version("documents")
    assert [outcome.status for outcome in take(tmp_path / "a.txt", sidecar=tmp_path / name)] == ["unchanged"]
    assert [outcome.status for outcome in take(tmp_path / "a.txt")] == ["unchanged"]  # what was said stays
    assert speeches.version("documents") == version


def test_documents_that_are_there_already(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    """By id, by the end of a path, by the address of a row; the user's own options outweigh the sidecar."""
    for place in ("x/a.txt", "y/a.txt"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(f"{SPEECH}{place}", encoding="utf-8")
    (tmp_path / "t.csv").write_text("text\nБірінші сөйлем осы.\nЕкінші сөйлем осы.\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("in/b.txt", SPEECH + "z")
    sources = tmp_path / "x", tmp_path / "y", tmp_path / "t.csv", tmp_path / "z.zip"
    ids = [outcome.id for outcome in take(*sources)]
    lines = [f"{ids[0]},Бірінші", "y/a.txt,Екінші", "t.csv#2,Үшінші", "z.zip/in/b.txt,Төртінші", "gone.txt,Ешқайда"]
    (tmp_path / "meta.csv").write_text("id,title\n" + "\n".join(lines) + "\n", encoding="utf-8")
    outcomes = take(*sources, sidecar=tmp_path / "meta.csv")
    assert [outcome.status for outcome in take(tmp_path / "meta.csv", sidecar=tmp_path / "meta.csv")][:1] == ["skipped"]
    assert [outcome.status for outcome in outcomes] == [
        "revised",
        "revised",
        "unchanged",
        "revised",
        "revised",
        "failed",
    ]
    assert outcomes[-1].error is not None
    assert "gone.txt" in str(outcomes[-1].error)
    titles = {row["id"]: row["title"] for row in speeches.documents.collect().to_dicts()}
    assert [titles[str(one)] for one in ids] == ["Бірінші", "Екінші", "t 1", "Үшінші", "Төртінші"]
    (tmp_path / "meta.csv").write_text(f"id,date\n{ids[0]},2020-01-02\n", encoding="utf-8")
    [outcome] = take(tmp_path / "x", sidecar=tmp_path / "meta.csv", date=dt.date(2021, 1, 1))
    assert speeches.document(str(outcome.id)).date == dt.date(2021, 1, 1)


@pytest.mark.parametrize("named", ["file", "id"])
def test_docvars_of_a_sidecar_reach_documents_that_are_there(
    take: Take, speeches: Corpus, tmp_path: Path, named: str
) -> None:
    (tmp_path / "a.txt").write_text(SPEECH, encoding="utf-8")
    [outcome] = take(tmp_path / "a.txt")
    name, sidecar = {"file": "a.txt", "id": str(outcome.id)}[named], tmp_path / "meta.csv"
    for party in ("Amanat", "Ауыл"):
        sidecar.write_text(f"{named},party\n{name},{party}\n", encoding="utf-8")
        assert [one.status for one in take(tmp_path / "a.txt", sidecar=sidecar)] == ["revised"]
        document = speeches.document(str(outcome.id))
        assert document.docvars == {"party": party}
        assert document.origins["docvars.party"] == "sidecar"
        assert [one.status for one in take(tmp_path / "a.txt", sidecar=sidecar)] == ["unchanged"]


def test_docvars_of_a_sidecar_outlive_a_later_reading_without_it(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    path, sidecar = tmp_path / "a.md", tmp_path / "meta.csv"
    path.write_text(f"---\nregion: Абай\nunit: 7\n---\n{SPEECH}", encoding="utf-8")
    sidecar.write_text("file,title,region\na.md,Жолдау,Ұлытау\n", encoding="utf-8")
    take(path, sidecar=sidecar)
    path.write_text(f"---\nregion: Абай\nunit: 8\n---\n{SPEECH}Жаңа сөйлем.\n", encoding="utf-8")
    [outcome] = take(path)
    document = speeches.document(str(outcome.id))
    assert (outcome.status, document.title, document.docvars) == ("revised", "Жолдау", {"region": "Ұлытау", "unit": 8})
    assert {name: document.origins[name] for name in ("title", "docvars.region")} == {
        "title": "sidecar",
        "docvars.region": "sidecar",
    }
    assert "docvars.unit" not in document.origins  # the source itself told it


def test_what_a_sidecar_said_already_is_not_read_again(take: Take, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SPEECH, encoding="utf-8")
    sidecar = tmp_path / "meta.csv"
    sidecar.write_text("file,place,occasion,party\na.txt,Бурабай,Ұлттық құрылтай,Ауыл\n", encoding="utf-8")
    [first], [again] = (take(tmp_path / "a.txt", sidecar=sidecar) for _ in range(2))
    assert (first.status, again.status) == ("added", "unchanged")
    assert first.seconds is not None
    assert again.seconds is None, "it was read anew"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("meta.csv", "title,date\nа,б\n"),
        ("meta.csv", "file,date\na.txt,весной\n"),
        ("meta.csv", "file,kind\na.txt,tweet\n"),
        ("meta.yaml", "- a.txt\n"),
        ("meta.txt", "a.txt: x\n"),
    ],
)
def test_sidecars_that_are_not_understood(take: Take, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "a.txt").write_text(SPEECH, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MinberError) as caught:
        take(tmp_path / "a.txt", sidecar=tmp_path / name)
    assert caught.value.code == "MB149"


def test_names_of_files_tell(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    pattern = "{unit}_{context}_{date}_{lang}_{party}"
    text = "Құрметті отандастар! Әр ғасырдың өз һикаясы бар, ал біздің ел одан да көне."
    (tmp_path / "EU_euro_2004-05-01_kk_PSE.txt").write_text(text, encoding="utf-8")
    (tmp_path / "readme.txt").write_text(SPEECH, encoding="utf-8")
    outcomes = take(tmp_path, choices=Choices(docvars=pattern))
    document = speeches.document(str(outcomes[0].id))
    assert document.docvars == {"unit": "EU", "context": "euro", "party": "PSE"}
    assert document.origins["docvars.party"] == "file name"
    assert (document.date, document.lang, document.origins["date"]) == (dt.date(2004, 5, 1), "kk", "file name")
    assert outcomes[-1].error is not None
    assert outcomes[-1].error.code == "MB149"
    with pytest.raises(MinberError) as caught:
        take(tmp_path, choices=Choices(docvars="no slots"))
    assert caught.value.code == "MB119"


def test_names_tell_encodings(take: Take, speeches: Corpus, shared: Path) -> None:
    path = shared / "data" / "formats_readtext" / "t" / "encoding" / "CP1251__characters.txt"
    [outcome] = take(path, choices=Choices(docvars="{encoding}__{what}"))
    document = speeches.document(str(outcome.id))
    assert (document.source.encoding, document.docvars) == ("cp1251", {"what": "characters"})


def test_docvars_of_readtext(take: Take, speeches: Corpus, shared: Path) -> None:
    folder = shared / "data" / "formats_readtext" / "t" / "docvars" / "two"
    take(folder / "*.txt", choices=Choices(docvars="{number}_{fruit}_{colour}"))
    found = speeches.documents.sort("uri").collect()["docvars"].to_list()
    assert [json.loads(text) for text in found] == [
        {"number": "1", "fruit": "apple", "colour": "red"},
        {"number": "2", "fruit": "orange", "colour": "orange"},
    ]
    [row, *_] = take(folder / "1_apple_red.json", choices=Choices(docvars="{number}_{fruit}_{colour}"))
    assert speeches.document(str(row.id)).docvars["fruit"] == "apple"


def test_a_file_name_outweighs_the_columns_of_its_rows(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    """One order for fields and docvars: sidecar, file name, source."""
    rows = f'id,text,party,mood\n1,"{SPEECH}",Own,calm\n'
    (tmp_path / "Amanat.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "side.csv").write_text("file,mood\nAmanat.csv#1,grave\n", encoding="utf-8")
    [outcome] = take(tmp_path / "Amanat.csv", choices=Choices(docvars="{party}"), sidecar=tmp_path / "side.csv")
    document = speeches.document(str(outcome.id))
    assert document.docvars == {"party": "Amanat", "mood": "grave"}
    assert (document.origins["docvars.party"], document.origins["docvars.mood"]) == ("file name", "sidecar")
