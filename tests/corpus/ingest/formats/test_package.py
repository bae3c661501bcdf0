"""Packages of files: told apart by what is in them, unpacked within bounds, read wherever they lie."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from corpus.ingest import Outcome
from corpus.ingest.formats.package import Package, media_type_of, xml_root
from corpus.store import Corpus
from schemas.errors import MinberError
from tests.corpus.ingest.formats.test_docx import made, p, r
from tests.corpus.ingest.formats.word97 import compound, word

Packed = Callable[[Mapping[str, str | bytes]], bytes]
LINES = [f"Құрметті отандастар! Бүгін мереке, {n}." for n in ("бірінші", "екінші", "үшінші", "төртінші", "бесінші")]


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"a.txt": "x"}, None),
        ({"texts/a.docx": made(p(r("сөз"))), "b.txt": "x"}, None),
        ({"customXml/item1.xml": "x", "word/document.xml": "x"}, "wordprocessingml.document"),
        ({"mimetype": "application/epub+zip"}, "epub+zip"),
        ({"mimetype": "text/plain"}, None),
        ({"ppt/presentation.xml": "x"}, "presentation"),
    ],
)
def test_kinds(packed: Packed, members: Mapping[str, str | bytes], kind: str | None) -> None:
    found = media_type_of(io.BytesIO(packed(members)))
    assert found is None if kind is None else found is not None and found.endswith(kind)


def test_kinds_of_old_office_files() -> None:
    assert media_type_of(io.BytesIO(word("сөз\r"))) == "application/msword"
    assert media_type_of(io.BytesIO(compound({"Workbook": b"x"}))) == "application/vnd.ms-excel"
    assert media_type_of(io.BytesIO(compound({"Other": b"x"}))) is None


def test_documents_are_read_under_any_name_and_inside_archives(
    tmp_path: Path, packed: Packed, take: Callable[..., list[Outcome]], speeches: Corpus
) -> None:
    documents = [made(p(r(line))) for line in LINES[:3]] + [word(f"{line}\r") for line in LINES[3:]]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "nameless").write_bytes(documents[0])
    (tmp_path / "in" / "old.txt").write_bytes(documents[3])
    with zipfile.ZipFile(tmp_path / "in" / "all.zip", "w") as archive:  # stored, so that their members show through
        archive.writestr("texts/new.docx", documents[1])
        archive.writestr("texts/old.doc", documents[4])
        archive.writestr("inner.zip", packed({"new.docx": documents[2]}))
    outcomes = take(tmp_path / "in")
    assert {outcome.status for outcome in outcomes} == {"added"}
    assert sorted(speeches.documents.collect()["text"]) == sorted(LINES)
    assert {outcome.status for outcome in take(tmp_path / "in")} == {"unchanged"}


def test_office_files_that_no_reader_takes_are_refused(
    tmp_path: Path, packed: Packed, take: Callable[..., list[Outcome]]
) -> None:
    (tmp_path / "slides.pptx").write_bytes(packed({"ppt/presentation.xml": "x"}))
    [outcome] = take(tmp_path / "slides.pptx")
    assert outcome.error is not None
    assert outcome.error.code == "MB110"


def bomb(size: int) -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.writestr("content.xml", bytes(size))
    return made.getvalue()


def test_bombs_are_refused() -> None:
    with pytest.raises(MinberError) as caught:
        Package(bomb(64 * 1024 * 1024), "a").read("content.xml")
    assert caught.value.code == "MB134"


def test_a_package_that_lies_about_its_size_is_not_believed() -> None:
    data = bytearray(bomb(64 * 1024 * 1024))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)  # the size in the directory
    with pytest.raises(MinberError) as caught:
        Package(bytes(data), "a").read("content.xml")
    assert caught.value.code in ("MB131", "MB134")


def test_an_encrypted_member(packed: Packed) -> None:
    data = bytearray(packed({"a.xml": "<a/>"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(MinberError) as caught:
        Package(bytes(data), "a").read("a.xml")
    assert caught.value.code == "MB132"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "MB135"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a/>', "MB135"),
        ("<a>" * 1_000_000, "MB131"),
        (f'<a b="{"x" * 11_000_000}"/>', "MB131"),
        ("<a>", "MB131"),
        ("", "MB131"),
    ],
)
def test_xml_that_is_refused(xml: str, code: str) -> None:
    with pytest.raises(MinberError) as caught:
        xml_root(xml.encode(), "a.xml")
    assert caught.value.code == code


def test_a_member_packed_with_lzma_that_is_damaged() -> None:
    """Python's zipfile lets through what the unpacker says, which is none of its own errors."""
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_LZMA) as package:
        package.writestr("mimetype", "application/epub+zip" * 20)
    data = bytearray(made.getvalue())
    at = data.index(b"mimetype") + len("mimetype")
    data[at + 4] = 0xFF  # a property of the packing that there is none of
    with pytest.raises(MinberError) as caught:
        Package(bytes(data), "a").read("mimetype")
    assert caught.value.code == "MB131"
    assert media_type_of(io.BytesIO(data)) is None


def test_a_member_that_is_said_to_lie_beyond_all_files(packed: Packed) -> None:
    data = packed({"a.xml": "<a/>"})
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = bytearray(data[start:end])
    entry[30:32] = struct.pack("<H", 12)  # ZIP64: the place of the member in eight bytes
    entry[42:46] = b"\xff" * 4
    entry += struct.pack("<HHQ", 1, 8, 2**64 - 1)
    tail = bytearray(data[end:])
    tail[12:16] = struct.pack("<I", len(entry))
    with pytest.raises(MinberError) as caught:
        Package(data[:start] + bytes(entry + tail), "a").read("a.xml")
    assert caught.value.code == "MB131"
