"""Rich Text, above all Cyrillic written in its three ways."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.ingest.reading import Reading
from schemas.errors import MinberError

LETTERS = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і"
RUSSIAN = "Уважаемые коллеги! Сегодня мы обсуждаем развитие страны."
KAZAKH = "Құрметті отандастар! Бүгін әлеуметтік мәселелер қаралды, құрылтай өтті."
Read = Callable[..., Reading]


def quoted(text: str, codec: str) -> str:
    """Bytes of a code page as Rich Text writes them."""
    return "".join(f"\\'{byte:02x}" if byte > 127 else chr(byte) for byte in text.encode(codec))


def unicode_(text: str) -> str:
    return "".join(f"\\u{ord(letter)}?" if ord(letter) > 127 else letter for letter in text)


def rtf(body: str, head: str = "\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fcharset204 Times;}}") -> bytes:
    return f"{{\\rtf1{head}\\f0 {body}}}".encode("latin-1")


@pytest.mark.parametrize(
    ("data", "text", "codec"),
    [
        (rtf(quoted(RUSSIAN, "cp1251")), RUSSIAN, None),
        (rtf(unicode_(LETTERS)), LETTERS, None),
        # A font that says nothing, a font that says Western, a code page that is wrong: the letters tell.
        (rtf(quoted(RUSSIAN, "cp1251"), "\\ansi\\ansicpg1251{\\fonttbl{\\f0 A;}{\\f1\\fcharset0 B;}}"), RUSSIAN, None),
        (rtf(quoted(RUSSIAN, "cp1251"), "\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}}"), RUSSIAN, "windows-1251"),
        (rtf(quoted(KAZAKH, "kz1048"), "\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}}"), KAZAKH, "kz1048"),
        # Bytes above 127, which the format forbids.
        (b"{\\rtf1\\ansi\\ansicpg1251 " + RUSSIAN.encode("cp1251") + b"}", RUSSIAN, None),
        (b"{\\rtf1\\ansi " + LETTERS.encode() + b"}", LETTERS, None),
        (rtf("caf\\'e9 \\u55357 ?\\u56832 ?", "\\ansi\\ansicpg1252"), "café 😀", None),
    ],
)
def test_letters(read: Read, data: bytes, text: str, codec: str | None) -> None:
    reading = read(data, "a.txt")
    assert reading.text == text
    if codec:
        assert reading.origins["encoding"] == "letters: the file names none that fits"


def test_what_a_printed_copy_does_not_show_is_left_out(read: Read) -> None:
    reading = read(
        rtf(
            "{\\info{\\title Report}{\\author Clerk}{\\creatim\\yr2025\\mo3\\dy14}}{\\header Running head}"
            "{\\*\\generator Word;}{\\pict\\bin4 {}{}}One\\line two {\\v hidden }\\v also \\v0 shown{\\deleted gone}."
            '{\\field{\\*\\fldinst{HYPERLINK "https://example.kz"}}{\\fldrslt link}}'
            "{\\super\\chftn{\\footnote\\pard \\chftn A note}}\\par Two{\\*\\unknown x}\\par"
            "{\\shp{\\*\\shpinst\\shpleft1{\\sp{\\sn a}{\\sv b}}{\\shptxt Box\\par}}{\\shprslt Box}}"
        )
    )
    assert reading.text == "One\ntwo shown.link\n\nTwo\n\nBox\n\n[1] A note"
    assert reading.origins["text"] == "left out: hidden or deleted text"
    assert reading.fallback == {
        "title": ("Report", "file properties"),
        "date": (dt.date(2025, 3, 14), "file properties, day of making"),
    }


def test_tables(read: Read) -> None:
    data = rtf("Before\\par\\trowd a\\cell b\\cell\\row\\trowd 2024\\cell 4,8\\cell\\row\\pard After a | bar\\par")
    assert read(data).text == "Before\n\na | b\n2024 | 4,8\n\nAfter a | bar"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"{\\rtf1\\ansi }", "MB104"), (b"text", "MB131"), (b"{\\rtf1" + b"{" * 100_000, "MB131")],
)
def test_what_is_refused(read: Read, data: bytes, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        read(data, "a.rtf")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "body",
    [
        "{\\field{\\*\\fldinst" * 500 + "x",
        "\\f1" * 100_000 + "x",
        '{\\field{\\*\\fldinst HYPERLINK "' * 900 + "x",
        "\\'",
        "\\bin99999999 x",
        "\\u x \\u99999999 y \\uc-5 z",
        "x\\",
    ],
)
def test_strange_files_cost_little_time(read: Read, body: str) -> None:
    start = time.process_time()
    with contextlib.suppress(MinberError):
        read(rtf("Word " + body, "\\ansi{\\fonttbl" + "\\f1" * 20_000 + "}"), "a.rtf")
    assert time.process_time() - start < 20


def test_a_real_file_test1_rtf(read: Read, shared: Path) -> None:
    assert (
        read((shared / "data/formats_readtext/t/rtf/test1.rtf").read_bytes()).text
        == "The quick brown fox jumps over the lazy dog"
    )


def test_a_real_file_test2_rtf(read: Read, shared: Path) -> None:
    assert (
        read((shared / "data/formats_readtext/t/rtf/test2.rtf").read_bytes()).text
        == "This is an example of “rich text” format."
    )
