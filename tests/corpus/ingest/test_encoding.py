from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.ingest.encoding import declared_in_html, decode
from schemas.errors import MinberError

KK = "Құрметті отандастар! Ұлттық құрылтай – қоғамдық диалогтың жаңа үлгісі."
RU = "Уважаемые соотечественники! «Новый Казахстан» – это не лозунг, а программа реформ."


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (KK, "utf-8"),
        (KK, "utf-16-le"),
        (KK, "utf-16-be"),
        (KK, "utf-32-le"),
        (KK, "utf-32-be"),
        (KK, "kz1048"),
        (KK, "ptcp154"),
        (RU, "cp1251"),
        (RU.upper(), "cp1251"),
        (KK.upper(), "kz1048"),
        (RU.replace("«", '"').replace("»", '"').replace("–", "-"), "koi8_r"),
        (RU.replace("«", '"').replace("»", '"').replace("–", "-"), "cp866"),
        (RU.replace("«", '"').replace("»", '"').replace("–", "-"), "iso8859_5"),
        ("L’État, c’est la déclaration des droits à l’été – “cité”…", "cp1252"),
        ("Grüße aus Österreich: die Straße über Köln", "cp1252"),
        ("Mannréttindayfirlýsing Sameinuðu þjóðanna", "cp1252"),
        ("Wszyscy ludzie rodzą się wolni i równi pod względem godności", "cp1250"),
        ("America’s priorities — and the world’s — “peace”", "big5"),
        ("Profits up ½¢ · 3 × 2 – all of it", "cp1252"),
        ("¡Viva! ¿Qué pasa?", "cp1252"),
        ("Plain ASCII.", "utf-8"),
    ],
)
def test_encodings_are_told_from_bytes(text: str, codec: str) -> None:
    found = decode(text.encode(codec))
    assert (found.text, found.encoding, found.replaced) == (text, codec, 0)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_decide_and_are_no_text(codec: str) -> None:
    found = decode(KK.encode(codec), declared="windows-1251")
    assert found.text == KK
    assert found.origin == "byte-order mark"


def test_valid_utf8_outweighs_a_wrong_declaration() -> None:
    assert decode(KK.encode(), declared="windows-1251").text == KK


@pytest.mark.parametrize("declared", ["windows-1251", "cp1251", "WINDOWS-1251", "no-such-codec", "base64", ""])
def test_declared_names_help_or_are_ignored(declared: str) -> None:
    assert decode(RU.encode("cp1251"), declared=declared).text == RU


def test_letters_outweigh_a_wrong_cyrillic_declaration() -> None:
    plain = "Об этом сообщил глава государства на заседании правительства"
    assert decode(plain.encode("koi8_r"), declared="windows-1251").text == plain


def test_declaration_decides_where_letters_cannot() -> None:
    # One word of three letters: statistics have nothing to go by.
    assert decode("Да".encode("koi8_r"), declared="koi8-r").text == "Да"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=windows-1251'>", "windows-1251"),
        (b'<?xml version="1.0" encoding="KOI8-R"?>', "KOI8-R"),
        (b"<meta name=description content='charset of the page'>", None),
        (b"<p>charset=latin-1</p>", None),
    ],
)
def test_declarations_in_pages(head: bytes, name: str | None) -> None:
    assert declared_in_html(b"<html><head>" + head) == name or (name is None and declared_in_html(head) is None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (KK.encode("utf-16")[:-1], "MB107"),
        ("a".encode("utf-16") + b"\x00\xd8", "MB107"),  # ends between the halves of a pair
        (KK.encode("utf-16-le")[:-1], "MB107"),
        (KK.encode("utf-32")[:-2], "MB107"),
        (b"some text\x00with a NUL", "MB106"),
        (b"%PDF-1.7\n...", "MB106"),
        (b"PK\x03\x04 a zip", "MB106"),
        (b"\x89PNG\r\n\x1a\n....", "MB106"),
        (bytes(range(1, 32)) * 30, "MB106"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        decode(data, place="speech.txt")
    assert caught.value.code == code
    assert "speech.txt" in str(caught.value)


def test_random_bytes_are_refused() -> None:
    noise = random.Random(7).randbytes(20_000)
    with pytest.raises(MinberError):
        decode(noise)


@settings(deadline=None)
@given(
    st.binary(min_size=1, max_size=300), st.sampled_from([None, "utf-8", "windows-1251", "utf-16", "idna", "punycode"])
)
def test_any_bytes_end_in_text_or_a_coded_error(data: bytes, declared: str | None) -> None:
    try:
        found = decode(data, declared)
    except MinberError as error:
        allowed = error.code in ("MB106", "MB107", "MB108")
    else:
        allowed = "\0" not in found.text
    assert allowed


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).map(lambda text: "Сөз: " + text))
def test_utf8_is_never_mistaken(text: str) -> None:
    assert decode(text.encode("utf-8")).text == text


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_utf8_cut_off_or_damaged_keeps_the_rest(cut: int) -> None:
    data = (KK + "🙂").encode()
    found = decode(data[:-cut])
    assert found.text.startswith(KK)
    assert found.replaced == 1
    damaged = KK.encode().replace("ж".encode(), b"\xd0", 1) * 3
    assert decode(damaged).replaced == 3


def test_the_archive_of_encodings(shared: Path) -> None:
    """The same declaration in many encodings, by the readtext authors: the file name says which."""
    skip = ("ISO-8859-6", "WINDOWS-936", "CP932", "ISO-2022-KR")  # scripts beyond this project, or wrongly named files
    wrong = []
    with zipfile.ZipFile(shared / "data" / "formats_readtext" / "data_files_encodedtexts.zip") as archive:
        for name in archive.namelist():
            codec = name.removesuffix(".txt").rpartition("_")[2].removesuffix("-BOM").replace("WINDOWS-", "cp")
            if codec in skip:
                continue
            data = archive.read(name)
            expected = data.decode("utf-16" if data[:2] == b"\xff\xfe" else codec).removeprefix("\ufeff")
            if decode(data, place=name).text != expected:
                wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize(
    ("lang", "codec", "words", "floor"),
    [
        ("ru", "cp1251", 2, 0.97),
        ("ru", "koi8_r", 2, 0.97),
        ("ru", "cp1251", 12, 1.0),
        ("ru", "koi8_r", 12, 1.0),
        ("kk", "kz1048", 2, 0.8),
        ("kk", "kz1048", 12, 0.99),
        ("kk", "utf-16-le", 2, 0.99),
        ("en", "cp1252", 12, 1.0),
    ],
)
def test_short_texts_of_real_news(shared: Path, lang: str, codec: str, words: int, floor: float) -> None:
    lines = (shared / "data" / "ntrex_news_parallel" / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    right = total = 0
    for line in lines[:400]:
        text = " ".join(line.split("\t")[-1].split()[:words])
        try:
            data = text.encode(codec)
        except UnicodeEncodeError:
            continue
        total += 1
        try:
            right += decode(data).text == text
        except MinberError:
            continue
    assert total > 150
    assert right / total >= floor
