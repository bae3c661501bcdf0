"""Word documents as people make them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
Read = Callable[..., Reading]


def made(*paragraphs: str, **parts: str) -> bytes:
    """A document with these paragraphs in Word's own XML, made by python-docx."""
    from docx import Document
    from docx.oxml import parse_xml

    document: Any = Document()
    for paragraph in paragraphs:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(paragraph))
    document.core_properties.title = parts.get("title", "")
    document.core_properties.created = dt.datetime(2025, 3, 14, 9, 0, tzinfo=dt.UTC)
    document.save(file := io.BytesIO())
    return file.getvalue()


def p(inner: str, style: str = "") -> str:
    """A paragraph."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p {W} {MC}>{named}{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of letters."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], **more: str) -> bytes:
    """The same package with members changed, dropped (None) or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file := io.BytesIO(), "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, text in more.items():
            new.writestr(name, text)
    return file.getvalue()


def test_paragraphs_lines_and_kazakh_letters(read: Read) -> None:
    reading = read(made(p(r("Құрылтай өтті"), "Title"), p(r(LETTERS)), p(r("бір") + "<w:r><w:br/></w:r>" + r("екі"))))
    assert reading.text == f"Құрылтай өтті\n\n{LETTERS}\n\nбір\nекі"
    assert (reading.title, reading.origins["title"]) == ("Құрылтай өтті", "title style")


def test_what_a_printed_copy_does_not_show_is_left_out(read: Read) -> None:
    reading = read(
        made(
            p(r("Кіріспе\t1"), "TOC1"),
            p(r("шын ") + f"<w:del><w:r><w:delText>өшкен</w:delText></w:r></w:del><w:ins>{r('жаңа')}</w:ins>"),
            p(r("көрінеді") + r("жасырын", "<w:vanish/>") + r("!", '<w:vanish w:val="0"/>')),
            p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r>' + r("7")),
        )
    )
    assert "шын жаңа\n\nкөрінеді!\n\n7" in reading.text
    assert "өшкен" not in reading.text
    assert "жасырын" not in reading.text
    assert reading.origins["text"] == "left out: deleted text, hidden text"


def test_text_in_controls_links_and_boxes_is_kept_once(read: Read) -> None:
    box = f"<w:txbxContent>{p(r('Қорап'))}</w:txbxContent>"
    reading = read(
        made(
            p(f"<w:hyperlink>{r('сілтеме')}</w:hyperlink><w:smartTag>{r(' белгі')}</w:smartTag>"),
            f"<w:sdt {W}><w:sdtContent>{p(r('өріс'))}</w:sdtContent></w:sdt>",
            p(
                "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
                f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
                + r("Негізгі")
            ),
        )
    )
    assert reading.text == "сілтеме белгі\n\nөріс\n\nНегізгі\n\nҚорап"


def test_tables_of_data_and_tables_of_layout(read: Read) -> None:
    def tbl(*rows: list[str]) -> str:
        cells = "".join("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
        return f"<w:tbl {W}>{cells}</w:tbl>"

    data = tbl([p(r("Жыл")), p(r("Өсім"))], [p(r("2024")), p(r("4,8"))])
    layout = tbl([p(r("Бірінші.")) + p(r("Екінші.")), p(r("Үшінші.")) + data])
    assert read(made(data)).text == "Жыл | Өсім\n2024 | 4,8"
    assert read(made(layout)).text == "Бірінші.\n\nЕкінші.\n\nҮшінші.\n\nЖыл | Өсім\n2024 | 4,8"


def noted(data: bytes, notes: str) -> bytes:
    """The same document with footnotes."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"

    def change(name: str, content: bytes) -> bytes:
        if name == "[Content_Types].xml":
            override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
            return content.replace(b"</Types>", override.encode())
        if name == "word/_rels/document.xml.rels":
            added = f'<Relationship Id="rIdN" Type="{relation}" Target="footnotes.xml"/></Relationships>'
            return content.replace(b"</Relationships>", added.encode())
        return content

    return changed(data, change, **{"word/footnotes.xml": notes})


def test_notes_stand_at_the_end_in_the_order_of_their_marks(read: Read) -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    data = made(p(r("Сөз") + mark.format(5) + r(" және") + mark.format(2) + r(".")))
    note = '<w:footnote w:id="{}"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
    separator = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>----</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {W}>{separator}{note.format(2, 'Екінші')}{note.format(5, 'Бірінші')}</w:footnotes>"
    reading = read(noted(data, notes))
    assert reading.text == "Сөз және.\n\n[1] Бірінші\n\n[2] Екінші"
    marked = [(mark.layer, mark.label, reading.text[mark.start : mark.end]) for mark in reading.marks]
    assert marked == [("chrome", "note", "[1] Бірінші"), ("chrome", "note", "[2] Екінші")]


def test_notes_that_cannot_be_read_are_named_and_cost_no_text(read: Read) -> None:
    data = made(p(r("Сөз") + '<w:r><w:footnoteReference w:id="2"/></w:r>'))
    reading = read(noted(data, f'<w:footnotes {W}><w:footnote w:id="2"><w:p>'))
    assert (reading.text, reading.origins["text"]) == ("Сөз", "left out: damaged footnotes")


def test_properties_are_believed_where_the_text_shows_them(read: Read) -> None:
    shown = read(made(p(r("ҚҰРЫЛТАЙДА сөйлеген сөз")), title="Құрылтайда сөйлеген сөз"))
    assert (shown.title, shown.origins["title"]) == ("Құрылтайда сөйлеген сөз", "file properties")
    stale = read(made(p(r("Құрметті отандастар!")), title="Жылдық есеп"))
    assert stale.title is None
    assert stale.fallback["title"] == ("Жылдық есеп", "file properties")
    assert stale.fallback["date"] == (dt.date(2025, 3, 14), "file properties, day of making")
    assert "title" not in read(made(p(r("Сөз")), title="Microsoft Word - Document1.docx")).fallback


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "strict",
    ],
)
def test_templates_macros_and_strict_files(read: Read, kind: str) -> None:
    common = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

    def change(name: str, content: bytes) -> bytes:
        if kind != "strict":
            return content.replace(common, kind.encode())
        return content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    assert read(changed(made(p(r(LETTERS))), change)).text == LETTERS


def test_parts_that_are_missing_do_not_matter_unless_they_are_the_text(read: Read) -> None:
    data = made(p(r(LETTERS)))
    assert (
        read(changed(data, lambda name, part: None if "theme" in name or "numbering" in name else part)).text == LETTERS
    )
    with pytest.raises(MinberError, match="MB131"):
        read(changed(data, lambda name, part: None if name == "word/document.xml" else part), "a.docx")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made(p(r("сөз")))[:-300], "MB131"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600), "MB132"),
        (
            changed(
                made(p(r("сөз"))), lambda n, c: c.replace(b"<w:document", b"<w:document <") if "document" in n else c
            ),
            "MB131",
        ),
        (made(), "MB104"),
    ],
)
def test_what_is_refused(read: Read, data: bytes, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(data, "a.docx")
    assert caught.value.code == code


def test_entities_are_refused(read: Read) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"<w:document", bomb + b"<w:document") if name == "word/document.xml" else content

    with pytest.raises(MinberError) as caught:
        read(changed(made(p(r("сөз"))), change), "a.docx")
    assert caught.value.code == "MB135"


def test_a_real_document_word_by_word(read: Read, shared: Path) -> None:
    """The draft of a constitution in Kazakh, as a ministry's site gives it: one of its parts is missing."""
    folder = shared / "data/kk_factcheck"
    reading = read((folder / "leg_text01.docx").read_bytes())
    words = reading.text.split()
    assert len(words) == 9608
    assert words == (folder / "leg_text01.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("t/docx/test.docx", "The quick brown fox", "the lazy dog"),
        ("word/UK_2015_EccentricParty.docx", "The Eccentric Party\n\nElection Manifesto 2015", "A Different Drum!!!"),
        ("word/UK_2015_LoonyParty.docx", "The Official Monster Raving Loony Party", "wishing to cross the road."),
    ],
)
def test_real_files(read: Read, shared: Path, name: str, first: str, last: str) -> None:
    text = read((shared / "data/formats_readtext" / name).read_bytes()).text
    assert text.startswith(first)
    assert text.endswith(last)
