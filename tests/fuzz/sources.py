"""A small source of every format, made by code, and the whole way from bytes to documents that they all must take."""

# ruff: noqa: E501 -- XML in lines of its own

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Mapping

from corpus.ingest.canonical import canonical
from corpus.ingest.documents import Options, read_documents
from corpus.ingest.opened import HEAD, Left, Opened
from corpus.ingest.reading import Reader
from corpus.ingest.unpack import unpack
from schemas.errors import MinberError
from tests.corpus.ingest.formats.sheets import Put, Sheets
from tests.corpus.ingest.formats.word97 import word

LANGUAGES = ("kk", "ru", "en")
SPEECH = (
    "Құрметті отандастар! Бүгін Бурабайда Ұлттық құрылтайдың отырысы өтті, оған көптеген адам қатысты. Һ і ә ғ ң ө ү"
)
LARGEST = 4 * 1024 * 1024
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PAGE = f"""<!DOCTYPE html><html lang="kk"><head><meta charset="utf-8"><title>Құрылтай | Stan.kz</title>
<link rel="canonical" href="https://{{host}}/news/1"><script type="application/ld+json">{{{{"@type": "NewsArticle",
"headline": "Құрылтай", "datePublished": "2025-03-14T10:00:00+05:00"}}}}</script></head><body><nav><a href="/">Басты</a>
</nav><h1>Құрылтай</h1><div class="lead">{SPEECH}</div><article><p>{SPEECH}</p><ul><li>бір<li>екі</ul><table><tr><td>1
</table></article></body></html>"""
_TEI = f"""<?xml version="1.0" encoding="utf-8"?><TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="kk"><teiHeader>
<fileDesc><titleStmt><title>Отырыс</title></titleStmt><sourceDesc><bibl><date when="2025-03-14"/></bibl></sourceDesc>
</fileDesc><profileDesc><particDesc><listPerson><person xml:id="T"><persName><surname>Тоқаев</surname></persName></person>
</listPerson></particDesc></profileDesc></teiHeader><text><body><div type="debateSection"><note>(Шу)</note>
<u who="#T" ana="#regular"><seg>{SPEECH}</seg><note>(Қол шапалақ)</note></u></div></body></text></TEI>"""


def package(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file, its first member stored as it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (name, data) in enumerate(members.items()):
            info = zipfile.ZipInfo(name, (2025, 3, 14, 0, 0, 0))
            file.writestr(info, data, zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _docx() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
            f'Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
            f'ContentType="{kind}"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relation}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>'
            f"<w:r><w:t>Құрылтай</w:t></w:r></w:p><w:p><w:r><w:t>{SPEECH}</w:t><w:tab/><w:br/></w:r></w:p><w:tbl><w:tr>"
            "<w:tc><w:p><w:r><w:t>бір</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>",
        }
    )


def _odt() -> bytes:
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table", "meta"))
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}><office:body><office:text><text:h>Құрылтай</text:h><text:p>"
            f"{SPEECH}<text:s text:c='2'/><text:note><text:note-body><text:p>ескерту</text:p></text:note-body></text:note>"
            "</text:p></office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {spaces}><office:meta><meta:creation-date>2025-03-14T00:00:00"
            "</meta:creation-date></office:meta></office:document-meta>",
        }
    )


def _ods() -> bytes:
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table"))
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in (("title", "text"), ("Құрылтай", SPEECH))
    )
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="A">'
            f"{cells}</table:table></office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"/>',
        }
    )


def _xlsx() -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{column}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for column, cell in zip("AB", row, strict=True)
        )
        + "</row>"
        for number, row in enumerate((("title", "text"), ("Құрылтай", SPEECH)), 1)
    )
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
            f'Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}'
            '.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="'
            f'{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet'
            '" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def _epub() -> bytes:
    return package(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
            "book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>Сөздер</dc:title><dc:date>2025</dc:date><dc:language>kk</dc:language></metadata><manifest>"
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine>'
            "</package>",
            "a.xhtml": f"<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>Сөз</h1><p>{SPEECH}</p></body></html>",
        }
    )


def _rtf() -> bytes:
    letters = "".join(f"\\u{ord(letter)}?" if ord(letter) > 127 else letter for letter in SPEECH)
    head = "{\\rtf1\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fcharset204 Times;}}{\\info{\\title A}}\\f0 "
    return f"{head}{letters}\\par\\b \\'c0\\'c1\\b0{{\\*\\gen x}}{{\\footnote 1}}\\trowd\\cell\\row}}".encode("latin-1")


def _parquet() -> bytes:
    import polars as pl

    made = io.BytesIO()
    pl.DataFrame({"title": ["Құрылтай"], "text": [SPEECH], "date": [dt.date(2025, 3, 14)]}).write_parquet(made)
    return made.getvalue()


def _warc() -> bytes:
    page = _PAGE.format(host="example.org").encode()
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/news/1\r\nWARC-Date: "
        "2025-03-14T08:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\nContent-Type: "
        f"application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as file:
        info = tarfile.TarInfo("texts/сөз.txt")
        data = SPEECH.encode()
        info.size = len(data)
        file.addfile(info, io.BytesIO(data))
    return made.getvalue()


def sources() -> dict[str, bytes]:
    """File name → bytes, at least one of every reader."""
    table = f'title,date,text\nҚұрылтай,2025-03-14,"{SPEECH}"\nСөз,,"""Иә"", деді."\n'
    rows = [
        {"title": "Құрылтай", "text": SPEECH, "n": 1},
        {"title": "Сөз", "text": "Ия. " * 20, "tags": [1, {"a": None}]},
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    plain = SPEECH.encode()
    return {
        "a.txt": plain,
        "b.txt": SPEECH.encode("utf-16"),
        "c.txt": "Уважаемые соотечественники, сегодня у нас праздник.".encode("cp1251"),
        "a.html": _PAGE.format(host="example.org").encode(),
        "akorda.html": _PAGE.format(host="www.akorda.kz").encode(),
        "a.pdf": Sheets([[Put(60, 780, "Құрылтай", 16), Put(60, 740, SPEECH[:90]), Put(60, 728, SPEECH[90:])]]).data(),
        "a.docx": _docx(),
        "a.doc": word(SPEECH),
        "a.odt": _odt(),
        "a.rtf": _rtf(),
        "a.epub": _epub(),
        "a.md": f"---\ntitle: Сөз\ndate: 2025-03-14\n---\n# Құрылтай\n\n{SPEECH}[^1]\n\n* бір\n\n[^1]: ескерту\n".encode(),
        "a.csv": table.encode(),
        "a.tsv": table.replace(",", "\t").encode(),
        "a.jsonl": lines.encode(),
        "a.json": json.dumps(rows, ensure_ascii=False).encode(),
        "a.xlsx": _xlsx(),
        "a.ods": _ods(),
        "a.parquet": _parquet(),
        "a.warc": _warc(),
        "a.xml": _TEI.encode(),
        "records.xml": f"<rows><row><title>Сөз</title><text>{SPEECH}</text></row><row><text>Иә.</text></row></rows>".encode(),
        "a.txt.gz": gzip.compress(plain, mtime=0),
        "a.txt.bz2": bz2.compress(plain),
        "a.txt.xz": lzma.compress(plain),
        "a.tar": _tar(),
        "a.zip": package({"a.txt": plain, "b/c.html": _PAGE.format(host="example.org"), "d.csv": table}),
    }


def through(name: str, data: bytes, forced: Reader | None = None) -> list[str]:
    """Take bytes the whole way to documents, as ingest does without a store.

    Parameters:
        name: of the file.
        data: the bytes.
        forced: a reader that the user names.

    Returns:
        the texts of documents, and the codes of what was refused.

    Raises:
        AssertionError: something happened that no coded error foresaw, or a document is not as it must be.
    """
    source = Opened(
        f"file:///{name}",
        name,
        io.BytesIO(data),
        data[:HEAD],
        dt.datetime(2025, 3, 14, tzinfo=dt.UTC),
        LARGEST,
        size=len(data),
    )
    found: list[str] = []
    for piece in unpack(source, forced):
        if isinstance(piece, Left):
            if piece.error is not None:
                assert piece.error.code != "MB114", piece.error
                found.append(piece.error.code)
            continue
        raw, reader = piece
        try:
            for read in read_documents(raw, "0" * 64, reader, Options(), LANGUAGES):
                if isinstance(read, MinberError):
                    found.append(read.code)
                    continue
                text = read.document.text
                assert text == canonical(text)
                assert all(0 <= mark.start < mark.end <= len(text) for mark in read.marks)
                text.encode("utf-8")
                found.append(text)
        except MinberError as error:
            found.append(error.code)
    return found
