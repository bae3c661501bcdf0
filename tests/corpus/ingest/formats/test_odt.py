"""OpenDocument texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "meta": "meta",
    }.items()
)
TYPE = "application/vnd.oasis.opendocument.text"
Read = Callable[..., Reading]
Packed = Callable[[dict[str, str]], bytes]


def content(body: str, styles: str = "") -> str:
    return (
        f'<?xml version="1.0"?><office:document-content {NAMES}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def meta(fields: str) -> str:
    names = f'{NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<office:document-meta {names}><office:meta>{fields}</office:meta></office:document-meta>"


def test_text_as_writer_shows_it(read: Read, packed: Packed) -> None:
    body = (
        "<text:tracked-changes><text:p>өшкен</text:p></text:tracked-changes>"
        '<text:p text:style-name="P1">Құрылтай өтті</text:p>'
        "<text:table-of-content><text:p>Мазмұны</text:p></text:table-of-content>"
        f"<text:p>{LETTERS}</text:p>"
        "<text:p>бір<text:s text:c='2'/>екі<text:tab/>үш<text:line-break/><text:span>төрт</text:span>"
        "<office:annotation><text:p>пікір</text:p></office:annotation>"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Ескертпе</text:p></text:note-body>"
        "</text:note>.<draw:frame><draw:text-box><text:p>Қорап</text:p></draw:text-box></draw:frame></text:p>"
        "<text:list><text:list-item><text:p>бірінші</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Жыл</text:p></table:table-cell>"
        "<table:table-cell><text:p>Өсім</text:p></table:table-cell></table:table-row></table:table>"
    )
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    data = packed({"mimetype": TYPE, "content.xml": content(body, styles)})
    reading = read(data, "speech.bin")
    assert reading.text == (
        f"Құрылтай өтті\n\n{LETTERS}\n\nбір екі үш\nтөрт.\n\nҚорап\n\nбірінші\n\nЖыл | Өсім\n\n[1] Ескертпе"
    )
    assert (reading.title, reading.origins["title"]) == ("Құрылтай өтті", "title style")
    assert reading.origins["text"] == "left out: comments, deleted text, table of contents"


def test_properties(read: Read, packed: Packed) -> None:
    said = meta(
        "<dc:title>Сөз</dc:title><dc:language>kk-KZ</dc:language>"
        "<meta:creation-date>2025-03-14T10:00:00</meta:creation-date>"
    )
    reading = read(packed({"mimetype": TYPE, "content.xml": content("<text:p>Сөз.</text:p>"), "meta.xml": said}))
    assert (reading.title, reading.lang) == ("Сөз", "kk")
    assert reading.fallback == {"date": (dt.date(2025, 3, 14), "file properties, day of making")}


def test_what_odfpy_writes_is_read(read: Read, tmp_path: Path) -> None:
    from odf import text
    from odf.opendocument import OpenDocumentText

    document: Any = OpenDocumentText()
    for line in ("Құрметті отандастар!", LETTERS):
        document.text.addElement(text.P(text=line))
    document.save(str(tmp_path / "speech.odt"))
    assert read((tmp_path / "speech.odt").read_bytes()).text == f"Құрметті отандастар!\n\n{LETTERS}"


def test_a_flat_file(read: Read) -> None:
    flat = f'<office:document {NAMES} office:mimetype="{TYPE}"><office:body><office:text><text:p>{LETTERS}</text:p>'
    assert read(f"{flat}</office:text></office:body></office:document>".encode(), "a.xml").text == LETTERS


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"mimetype": TYPE}, "MB131"),
        ({"mimetype": TYPE, "content.xml": content("")}, "MB104"),
        ({"mimetype": TYPE, "content.xml": content("<text:p>сөз")}, "MB131"),
        ({"mimetype": TYPE, "content.xml": "x", "META-INF/manifest.xml": "<manifest:encryption-data/>"}, "MB132"),
        (
            {"mimetype": TYPE, "content.xml": f'<!DOCTYPE a [<!ENTITY b "c">]>{content("<text:p>&b;</text:p>")[21:]}'},
            "MB135",
        ),
        ({"mimetype": TYPE, "content.xml": content("<text:span>" * 10_000)}, "MB131"),
    ],
)
def test_what_is_refused(read: Read, packed: Packed, members: dict[str, str], code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(packed(members), "a.odt")
    assert caught.value.code == code


def test_a_real_file_test_odt(read: Read, shared: Path) -> None:
    assert (
        read((shared / "data/formats_readtext/t/odt/test.odt").read_bytes()).text
        == "The quick brown fox jumps over the lazy dog"
    )
