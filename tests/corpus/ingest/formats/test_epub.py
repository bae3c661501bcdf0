"""Electronic books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
Read = Callable[..., Reading]
Packed = Callable[[dict[str, str]], bytes]
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
BOOK = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Таңдамалы сөздер</dc:title><dc:language>kk</dc:language>
<dc:creator>Абай Құнанбайұлы</dc:creator><dc:publisher>Мектеп</dc:publisher><dc:date>2019-05-01</dc:date></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/%D0%B1%D1%96%D1%80.xhtml" media-type="application/xhtml+xml"/>
<item id="notes" href="text/notes.xhtml" media-type="application/xhtml+xml"/>
<item id="lost" href="text/lost.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="notes" linear="no"/><itemref idref="one"/><itemref idref="two"/>
<itemref idref="lost"/></spine></package>"""


def page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd">'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>x</title></head><body>{body}</body></html>"
    )


MEMBERS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": BOOK,
    "OEBPS/nav.xhtml": page("<nav><ol><li>Мазмұны</li></ol></nav>"),
    "OEBPS/text/two.xhtml": page("<h1>Екінші сөз</h1><p>Құрметті&nbsp;халқым!</p>"),
    "OEBPS/text/бір.xhtml": page(
        f"<h1>Бірінші сөз</h1><p>{LETTERS}<a epub:type='noteref' href='#n'>1</a></p>"
        "<aside epub:type='footnote' id='n'><p>Ескертпе</p></aside>"
    ),
    "OEBPS/text/notes.xhtml": page("<p>Түсініктер</p>"),
}


def test_chapters_in_the_order_of_the_spine(read: Read, packed: Packed) -> None:
    reading = read(packed(MEMBERS), "book.zip")
    assert reading.text.replace("\u00a0", " ") == (
        f"Бірінші сөз\n\n{LETTERS}\n\nЕкінші сөз\n\nҚұрметті халқым!\n\nТүсініктер\n\n[1] Ескертпе"
    )
    assert (reading.title, reading.publisher, reading.lang) == ("Таңдамалы сөздер", "Мектеп", "kk")
    assert reading.fallback["date"] == (dt.date(2019, 5, 1), "book metadata")
    assert reading.docvars == {"author": "Абай Құнанбайұлы"}
    assert {name: reading.origins[name] for name in reading.origins if name != "text"} == dict.fromkeys(
        ("title", "publisher", "lang"), "book metadata"
    )
    assert reading.origins["text"] == "left out: 1 chapter(s) that are missing from the book (lost.xhtml)"


def test_of_a_whole_book_nothing_is_said(read: Read, packed: Packed) -> None:
    reading = read(packed(MEMBERS | {"OEBPS/text/lost.xhtml": page("<p>Табылған тарау</p>")}))
    assert "Табылған тарау" in reading.text
    assert "text" not in reading.origins


def test_a_chapter_in_windows_1251(read: Read, packed: Packed) -> None:
    chapter = page("<p>Уважаемые соотечественники, дорогие друзья!</p>").replace("utf-8", "windows-1251")
    members = MEMBERS | {"OEBPS/text/two.xhtml": chapter.encode("cp1251")}
    assert "дорогие друзья!" in read(packed(members)).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"OEBPS/book.opf": BOOK.replace("</spine>", "")}, "MB131"),
        ({"META-INF/container.xml": CONTAINER.replace("book.opf", "../../etc/passwd")}, "MB131"),
        ({"META-INF/container.xml": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + CONTAINER}, "MB135"),
        ({name: page("") for name in MEMBERS if "text" in name}, "MB104"),
        (
            {
                "META-INF/encryption.xml": '<encryption xmlns="urn:x">'
                '<CipherReference URI="OEBPS/text/two.xhtml"/></encryption>'
            },
            "MB132",
        ),
    ],
)
def test_what_is_refused(read: Read, packed: Packed, change: dict[str, str], code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(packed(MEMBERS | change), "book.epub")
    assert caught.value.code == code


def test_scrambled_fonts_are_no_protection(read: Read, packed: Packed) -> None:
    fonts = '<encryption xmlns="urn:x"><CipherReference URI="OEBPS/fonts/a.otf"/></encryption>'
    assert read(packed(MEMBERS | {"META-INF/encryption.xml": fonts})).title == "Таңдамалы сөздер"
