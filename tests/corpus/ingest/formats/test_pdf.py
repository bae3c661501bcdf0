"""PDF: what is printed becomes what was written."""

from __future__ import annotations

import datetime as dt
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError
from tests.corpus.ingest.formats.sheets import Put, Sheets, packed, set_in, stream

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
Read = Callable[..., Reading]
FIRST = (
    "Құр=мет=ті отан=дас=тар! Бүгін біз елі=міз=дің бола=ша=ғы ту=ра=лы, қо=ғам=дық диа=лог=тың жа=ңа үл=гі=сі жай=лы "
    "сөй=ле=се=міз. Қа=сым-Жо=март То=қа=ев бұл мә=се=ле=ні бір=не=ше рет кө=тер=ген бо=ла=тын."
)
SECOND = (
    "Әлеу=мет=тік-эко=но=ми=ка=лық да=му=дың не=гі=зі – адал ең=бек пен бі=лім. Сон=дық=тан әр өңір=де жа=ңа "
    "мек=теп=тер са=лы=нып жа=тыр, ау=ру=ха=на=лар жа=ңар=тыл=ды, жол=дар жөн=дел=ді, бас=қа да шар=алар іс=ке асты."
)


def plain(text: str) -> str:
    return text.replace("=", "")


def one(*lines: Put, **more: str) -> bytes:
    return Sheets([list(lines)], **more).data()  # type: ignore[arg-type]


def test_lines_become_paragraphs_and_divided_words_one(read: Read) -> None:
    page = [Put(60, 780, "Құрылтай туралы сөз", 16), *set_in(FIRST, 60, 740, 48), *set_in(SECOND, 60, 640, 48)]
    reading = read(one(*page, Put(60, 540, LETTERS)), "a.bin")
    assert reading.text == f"Құрылтай туралы сөз\n\n{plain(FIRST)}\n\n{plain(SECOND)}\n\n{LETTERS}"
    assert (reading.title, reading.origins["title"]) == ("Құрылтай туралы сөз", "largest print of the first page")


def test_first_lines_that_stand_further_in_begin_paragraphs(read: Read) -> None:
    lines = []
    y = 760.0
    for text in (FIRST, SECOND, FIRST):
        block = set_in(text, 60, y, 50)
        lines += [block[0]._replace(x=75, text=block[0].text), *block[1:]]
        y -= 12 * len(block)
    assert read(one(*lines)).text == "\n\n".join(map(plain, (FIRST, SECOND, FIRST)))


def test_two_columns_are_read_one_after_the_other(read: Read) -> None:
    head = Put(60, 800, "Тақырып екі бағанның үстінде тұр, ұзыннан-ұзақ жолмен жазылған", 14)
    left, right = set_in(f"{FIRST} {SECOND}", 60, 770, 42), set_in(f"{SECOND} {FIRST}", 310, 771, 42)
    mixed = [put for pair in zip(left, right, strict=False) for put in pair] + left[len(right) :] + right[len(left) :]
    text = read(one(head, *mixed)).text
    assert text.split("\n\n")[1:] == [plain(f"{FIRST} {SECOND}"), plain(f"{SECOND} {FIRST}")]


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page(read: Read) -> None:
    lines = set_in(f"{FIRST} {SECOND} {FIRST} {SECOND} {FIRST} {SECOND}", 60, 780, 40)
    third = len(lines) // 3 + 1
    columns = [lines[:third], lines[third : 2 * third], lines[2 * third :]]
    left, right, following = ([put._replace(y=780 - 12 * n) for n, put in enumerate(column)] for column in columns)
    reading = read(Sheets([left + [put._replace(x=310) for put in right], following]).data())
    assert reading.text == plain(f"{FIRST} {SECOND} {FIRST} {SECOND} {FIRST} {SECOND}")


def test_running_heads_and_page_numbers_are_left_out_and_named(read: Read) -> None:
    pages = []
    for number in range(1, 7):
        head = f"{number}   Мемлекет басшысының сөздері" if number % 2 else f"Таңдамалы сөздер   {number}"
        body = set_in(f"{number}-бет. {FIRST}", 60, 760, 50)
        pages.append([Put(60, 815, head, 8), *body, Put(290, 30, f"– {number + 10} –", 8)])
    reading = read(Sheets(pages).data())
    assert reading.text == "\n\n".join(f"{number}-бет. {plain(FIRST)}" for number in range(1, 7))
    assert reading.origins["text"] == (
        "text layer of 6 page(s); left out: 1 Мемлекет басшысының сөздері; Таңдамалы сөздер 2; page numbers"
    )


def test_text_at_the_edge_is_no_running_head(read: Read) -> None:
    pages = [set_in(f"{number * number} жаңа мектеп. {FIRST}", 60, 815, 50) for number in range(1, 5)]
    text = read(Sheets(pages).data()).text
    assert [f"{n * n} жаңа мектеп." in text for n in range(1, 5)] == [True] * 4


def test_each_page_is_marked(read: Read) -> None:
    pages = [set_in(f"{number}-бет. {FIRST}", 60, 760, 50) for number in range(1, 4)]
    reading = read(Sheets(pages, catalog="/PageLabels << /Nums [0 << /S /D /St 7 >>] >>").data())
    assert [(mark.layer, mark.label) for mark in reading.marks] == [("page", "7"), ("page", "8"), ("page", "9")]
    assert [reading.text[mark.start : mark.end].strip()[:6] for mark in reading.marks] == ["1-бет.", "2-бет.", "3-бет."]


def test_blank_pages_are_passed_over(read: Read) -> None:
    reading = read(Sheets([[], set_in(FIRST, 60, 760, 50), [], set_in(SECOND, 60, 760, 50), []]).data())
    assert reading.text == f"{plain(FIRST)}\n\n{plain(SECOND)}"
    assert [mark.label for mark in reading.marks] == ["2", "4"]


def test_what_the_file_marks_as_no_content(read: Read) -> None:
    reading = read(one(*set_in(FIRST, 60, 760, 50), Put(60, 400, "Су белгісі", tag="Artifact")))
    assert reading.text == plain(FIRST)
    assert "what the file marks as no content" in reading.origins["text"]


def test_slanting_letters_are_left_out_and_lying_pages_read(read: Read) -> None:
    stamp = Put(200, 400, "КӨШІРМЕ", 40, turn="0.7 0.7 -0.7 0.7")
    assert read(one(*set_in(FIRST, 60, 760, 50), stamp)).text == plain(FIRST)
    lying = [put._replace(x=50 + 12 * n, y=60, turn="0 1 -1 0") for n, put in enumerate(set_in(FIRST, 0, 0, 70))]
    assert read(one(*lying)).text == plain(FIRST)


def test_letters_printed_twice_are_read_once(read: Read) -> None:
    lines = set_in(FIRST, 60, 760, 50)
    assert read(one(*lines, *[put._replace(x=put.x + 0.3) for put in lines])).text == plain(FIRST)


def test_notes_stand_at_the_end_and_their_marks_are_left_out(read: Read) -> None:
    page = [
        Put(60, 760, "Бірінші сөйлем", 10),
        Put(130, 764, "1", 6),
        Put(133, 760, " осы жерде аяқталады. Екінші сөйлем", 10),
    ]
    page += [put._replace(y=748 - 12 * n) for n, put in enumerate(set_in(SECOND, 60, 0, 49))]
    page += [Put(60, 100, "1", 6), Put(64, 97, "Ескертпенің мәтіні осында, екі жолға", 8), Put(60, 87, "бөлінген.", 8)]
    reading = read(one(*page))
    assert reading.text.endswith("\n\n[1] Ескертпенің мәтіні осында, екі жолға бөлінген.")
    assert reading.text.startswith("Бірінші сөйлем осы жерде аяқталады. Екінші сөйлем")


def test_rows_of_tables(read: Read) -> None:
    rows = [("Жыл", "Өсім", "Ел"), ("2023", "5,1", "Қазақстан"), ("2024", "4,8", "Өзбекстан")]
    cells = [
        Put(x, 700 - 14 * n, cell) for n, row in enumerate(rows) for x, cell in zip((60, 130, 240), row, strict=True)
    ]
    assert read(one(*set_in(FIRST, 60, 780, 50), *cells)).text == (
        f"{plain(FIRST)}\n\nЖыл | Өсім | Ел\n2023 | 5,1 | Қазақстан\n2024 | 4,8 | Өзбекстан"
    )


def test_properties(read: Read) -> None:
    def text(words: str) -> str:
        return f"<feff{words.encode('utf-16-be').hex()}>"

    info = f"/Title {text('Құрметті отандастар')} /CreationDate (D:20250314120000+05'00') /Author {text('Айгүл')}"
    reading = read(one(*set_in(FIRST, 60, 760, 50), info=info, catalog=f"/Lang {text('kk-KZ')}"))
    assert (reading.title, reading.origins["title"], reading.lang) == ("Құрметті отандастар", "file properties", "kk")
    assert reading.docvars == {"author": "Айгүл"}
    assert reading.fallback["date"] == (dt.date(2025, 3, 14), "file properties, day of making")
    assert not read(one(*set_in(FIRST, 60, 760, 50), info="/Title (Microsoft Word - a.doc)")).fallback


def damaged(data: bytes) -> bytes:
    """The table of objects is not where the file says; the objects are still there."""
    at = data.rindex(b"startxref") + 10
    return data[:at] + b"7" + data[at:]


def test_a_damaged_file_is_read_as_far_as_it_goes(read: Read) -> None:
    assert read(damaged(one(*set_in(FIRST, 60, 760, 50)))).text == plain(FIRST)


ENCRYPTED = (
    "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <" + "11" * 32 + "> /U <" + "22" * 32 + "> >> "
    "/ID [<00> <00>]"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\nnothing", "MB131"),
        (one(*set_in(FIRST, 60, 760, 50))[:400], "MB131"),
        (one(), "MB130"),
        (one(*set_in(FIRST, 60, 760, 50), trailer=ENCRYPTED), "MB132"),
        (Sheets([set_in(FIRST, 60, 760, 50)], named=False).data(), "MB136"),
    ],
)
def test_what_is_refused(read: Read, data: bytes, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(data, "a.pdf")
    assert caught.value.code == code


def page_of(content: bytes, *more: bytes, resources: str = "") -> bytes:
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << {resources} >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode(),
        content,
    ]
    return packed([*objects, *more], "")


def calls(number: int) -> bytes:
    """A piece that draws the following piece twice."""
    body = f"/X{number + 1} Do /X{number + 1} Do".encode()
    head = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << "
    head += f"/X{number + 1} {number + 6} 0 R >> >>"
    return f"<< {head} /Length {len(body)} >> stream\n".encode() + body + b"\nendstream"


@pytest.mark.parametrize(
    "data",
    [
        page_of(stream(bytes(100_000_000))),
        page_of(stream(__import__("zlib").compress(bytes(100_000_000), 9), "[/FlateDecode /FlateDecode]")),
        page_of(stream(b"/X1 Do"), *[calls(n) for n in range(1, 40)], resources="/XObject << /X1 5 0 R >>"),
    ],
    ids=["bomb", "bomb in a stream", "pieces that call each other"],
)
def test_bombs_are_refused(read: Read, data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(MinberError) as caught:
        read(data, "a.pdf")
    assert caught.value.code in ("MB134", "MB130")
    assert time.process_time() - start < 30


def test_each_thread_has_the_bounds_of_its_own_file() -> None:
    """While one file is read within bounds, others have theirs, and who reads without any is not bounded."""
    from pdfminer import pdftypes

    from corpus.ingest.layout.streams import LARGEST_STREAM, bounded

    large, small = zlib.compress(bytes(LARGEST_STREAM + 1), 1), zlib.compress(b"words")
    met = threading.Barrier(3, timeout=60)
    told: dict[str, str | int] = {}

    def unpack(place: str) -> None:
        with bounded(place) if place else nullcontext():
            met.wait()  # all are at it
            try:
                stream = pdftypes.PDFStream({"Filter": pdftypes.LITERALS_FLATE_DECODE[0]}, large)
                told[place] = len(stream.get_data())
            except MinberError as error:
                told[place] = str(error)
            met.wait()
            assert pdftypes.PDFStream({"Filter": pdftypes.LITERALS_FLATE_DECODE[0]}, small).get_data() == b"words"

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(unpack, ["a.pdf", "b.pdf", ""]))
    assert told[""] == LARGEST_STREAM + 1
    for place in ("a.pdf", "b.pdf"):
        assert str(told[place]).startswith(f"MB134 {place}")


@pytest.mark.parametrize("name", ["english", "russian", "french", "czech", "hungarian", "danish", "greek", "irish"])
def test_real_files_word_by_word(read: Read, shared: Path, name: str) -> None:
    """The files hold the first two pages of the texts beside them."""
    folder = shared / "data/formats_readtext"
    words = read((folder / f"pdf/UDHR/UDHR_{name}.pdf").read_bytes()).text.split()
    gold = (folder / f"txt/UDHR/UDHR_{name}.txt").read_text(encoding="utf-8").split()
    assert len(words) > 390
    assert words == gold[: len(words)]


def test_fonts_that_name_wrong_letters_are_refused(read: Read, shared: Path) -> None:
    with pytest.raises(MinberError, match="MB136"):
        read((shared / "data/formats_readtext/pdf/UDHR/UDHR_vietnamese.pdf").read_bytes())


@pytest.mark.browser
def test_what_a_browser_prints(read: Read, browser: Any, tmp_path: Path) -> None:
    words = "".join(f"<p>{n}. {FIRST.replace('=', '&shy;')}</p>" for n in range(1, 30))
    style = "@page{size:A4;margin:20mm} div{column-count:2;text-align:justify} p{margin:0;text-indent:1.2em}"
    page = browser.new_page()
    page.set_content(f"<html lang=kk><title>Сөз</title><style>{style}</style><h1>Құрылтайдағы сөз</h1><div>{words}")
    page.pdf(path=str(tmp_path / "a.pdf"), prefer_css_page_size=True, display_header_footer=True)
    page.close()
    reading = read((tmp_path / "a.pdf").read_bytes())
    assert reading.text.split("\n\n") == ["Құрылтайдағы сөз", *(f"{n}. {plain(FIRST)}" for n in range(1, 30))]
