"""Spreadsheets and Parquet: rows of typed columns become documents."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from corpus.ingest import Outcome
from corpus.store import Corpus

Take = Callable[..., list[Outcome]]
FRAME = pl.DataFrame(
    {
        "id": ["a1", "a2", "a3"],
        "күні": [dt.date(2025, 3, 14), dt.date(2025, 3, 15), None],
        "мәтін": ["Бүгін әр ғасырдың өз һикаясы айтылды.", "Екінші сөйлем де осында.", None],
        "count": [1, 2, 3],
        "share": [0.5, None, 1.5],
        "tags": [["a", "b"], [], None],
    }
)


def sheet(path: Path, rows: list[list[object]], name: str = "Sheet1") -> Path:
    """The least that makes a workbook, written by hand."""
    strings = [cell for row in rows for cell in row if isinstance(cell, str)]
    cells = "".join(
        "<row>"
        + "".join(
            f'<c t="s"><v>{strings.index(cell)}</v></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
            for cell in row
        )
        + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    spread = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{spread}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{spread}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{spread}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">' + "".join(f"<si><t>{s}</t></si>" for s in strings) + "</sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def test_a_workbook(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["doc_id", "мәтін", "жыл"],
        ["a", "Бүгін әр ғасырдың өз һикаясы айтылды.", 2025],
        ["b", "Екінші сөйлем де осында.", 2026],
    ]
    outcomes = take(sheet(tmp_path / "t.xlsx", rows))
    assert [outcome.status for outcome in outcomes] == ["added", "added"]
    document = speeches.document(str(outcomes[0].id))
    assert (document.text, document.docvars, document.source.reader) == (rows[1][1], {"жыл": 2025}, "excel@1")
    assert document.source.uri.endswith("t.xlsx#a")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(tmp_path / "t.xlsx", "in/t.xlsx")
    assert {outcome.status for outcome in take(tmp_path / "z.zip")} == {"duplicate"}


def test_parquet(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "t.parquet")
    outcomes = take(tmp_path / "t.parquet")
    assert [outcome.status for outcome in outcomes] == ["added", "added", "skipped"]
    document = speeches.document(str(outcomes[0].id))
    assert (document.text, document.date) == (FRAME["мәтін"][0], dt.date(2025, 3, 14))
    assert document.docvars == {"count": 1, "share": 0.5, "tags": "a; b"}
    assert json.loads(speeches.raw(document.source.sha256))["tags"] == ["a", "b"]
    assert [outcome.status for outcome in take(tmp_path / "t.parquet")] == ["unchanged", "unchanged", "skipped"]


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet"])
def test_damaged_files_are_named(take: Take, tmp_path: Path, name: str) -> None:
    if name == "t.parquet":
        FRAME.write_parquet(tmp_path / "whole")
    else:
        sheet(tmp_path / "whole", [["text"], ["Бүгін әр ғасырдың өз һикаясы айтылды."]])
    data = (tmp_path / "whole").read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) * 2 // 3])
    [outcome] = take(tmp_path / name)
    assert outcome.error is not None
    assert outcome.error.code in ("MB141", "MB114", "MB110"), outcome.error


def test_a_workbook_that_is_a_bomb(take: Take, tmp_path: Path) -> None:
    path = sheet(tmp_path / "t.xlsx", [["text"], ["a" * (70 * 1024 * 1024)]])
    [outcome] = take(path)
    assert outcome.error is not None
    assert outcome.error.code == "MB142"


def test_a_sheet_that_spans_more_than_memory_holds(take: Take, shared: Path, tmp_path: Path) -> None:
    path = sheet(tmp_path / "t.xlsx", [["text"], ["Бүгін әр ғасырдың өз һикаясы айтылды."]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    last = b'<row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", last)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    [outcome] = take(path)
    assert outcome.error is not None
    assert outcome.error.code == "MB142"
    old = bytearray((shared / "data" / "formats_readtext" / "t" / "xls" / "test.xls").read_bytes())
    cells = [at for at in range(len(old) - 14) if old[at : at + 4] == b"\xfd\x00\x0a\x00"]  # LABELSST records
    for at in cells[-2:]:
        old[at + 4 : at + 8] = b"\xff\xff\xff\xff"  # row and column
    (tmp_path / "t.xls").write_bytes(bytes(old))
    outcomes = take(tmp_path / "t.xls")
    assert [outcome.error and outcome.error.code for outcome in outcomes][-1] == "MB141", outcomes


def test_sheets_of_readtext(take: Take, speeches: Corpus, shared: Path) -> None:
    folder = shared / "data" / "formats_readtext" / "t"
    outcomes = take(folder / "xls" / "test.xls")
    texts = [speeches.document(str(outcome.id)).text for outcome in outcomes]
    assert texts == ["The quick", "brown fox", "jumps over", "the lazy dog."]
    assert outcomes[2].uri.endswith("#Sheet2!1")
    for name in ("xls/withdocid.xls", "ods/withdocid.ods"):
        outcomes = take(folder / name)
        assert [outcome.uri.rpartition("#")[2] for outcome in outcomes] == ["doc1", "doc2", "doc3"]
        assert speeches.document(str(outcomes[2].id)).docvars["colour"] == "green"
