"""ZIP, TAR and compressed files: members are read as files are, and what means harm is refused by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.ingest import Outcome
from corpus.store import Corpus

Take = Callable[..., list[Outcome]]
SPEECH = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке. Ұлттық құрылтай құрылды. Әр ғасырдың өз һикаясы бар.\n"
MEMBERS = {
    "texts/Құрылтай 2025-03-14.txt": SPEECH.encode(),
    "texts/русский.txt": "Дорогие соотечественники! Поздравляю вас с праздником.\n".encode("windows-1251"),
    "page.html": "<html><body><article><p>Бүгін Бурабайда Ұлттық құрылтайдың төртінші отырысы өтті. Оған көп "
    "адам қатысты, барлығы пікірін айтты.</p></article></body></html>".encode(),
    "logo.png": b"\x89PNG\r\n\x1a\n",
    "__MACOSX/texts/._a.txt": b"\0\5\x16\7",
    ".hidden.txt": b"never",
}


def zipped(path: Path, members: dict[str, bytes] = MEMBERS) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, mode: str = "w", members: dict[str, bytes] = MEMBERS) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def failures(outcomes: list[Outcome]) -> list[str]:
    return [outcome.error.code for outcome in outcomes if outcome.error]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "tgz"])
def test_members_are_read_as_files(take: Take, speeches: Corpus, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"archive.{kind}"
    if kind == "zip":
        zipped(path)
    else:
        tarred(path, {"tar": "w", "tgz": "w:gz"}.get(kind, f"w:{kind[4:]}"))
    outcomes = take(path)
    assert [outcome.status for outcome in outcomes] == ["added", "added", "added", "skipped"]
    first = speeches.document(str(outcomes[0].id))
    assert first.text == SPEECH
    assert first.source.uri.startswith(f"{path.as_uri()}!/texts/")
    assert str(first.date) == "2025-03-14"
    assert speeches.raw(first.source.sha256) == SPEECH.encode()
    assert speeches.document(str(outcomes[1].id)).source.encoding == "cp1251"
    assert speeches.document(str(outcomes[2].id)).source.reader.startswith("html@")
    assert {outcome.status for outcome in take(path)} == {"unchanged", "skipped"}


def test_a_member_and_the_file_itself_are_one_document(take: Take, tmp_path: Path) -> None:
    (tmp_path / "speech.txt").write_text(SPEECH, encoding="utf-8")
    [file] = take(tmp_path / "speech.txt")
    [member] = take(zipped(tmp_path / "all.zip", {"x/speech.txt": SPEECH.encode()}))
    assert (member.status, member.id) == ("duplicate", file.id)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_single_compressed_files(take: Take, speeches: Corpus, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "speech.txt.gz"  # told by its first bytes, not by its name
    path.write_bytes(pack(SPEECH.encode()))
    [outcome] = take(path)
    document = speeches.document(str(outcome.id))
    assert (document.text, document.source.uri, document.source.reader) == (SPEECH, path.as_uri(), "text@1")
    assert document.id.startswith("speech-")


def test_a_revised_member_is_a_revision(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    [first] = take(zipped(tmp_path / "a.zip", {"speech.txt": SPEECH.encode()}))
    [second] = take(zipped(tmp_path / "a.zip", {"speech.txt": (SPEECH + "Рақмет!").encode()}))
    assert (second.status, second.id) == ("revised", first.id)
    assert speeches.revisions.collect().height == 2


def test_archives_in_archives(take: Take, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.txt": SPEECH.encode()}).read_bytes()
    middle = zipped(tmp_path / "middle.zip", {"inner.zip": inner, "b.txt": SPEECH.encode() + b"2"})
    outcomes = take(middle)
    assert [outcome.status for outcome in outcomes] == ["added", "added"]
    assert outcomes[0].uri.endswith("middle.zip!/inner.zip!/a.txt")
    outer = zipped(tmp_path / "outer.zip", {"middle.zip": middle.read_bytes(), "c.txt": SPEECH.encode() + b"3"})
    outcomes = take(outer)
    assert [(outcome.status, outcome.error and outcome.error.code) for outcome in outcomes] == [
        ("failed", "MB140"),
        ("duplicate", None),
        ("added", None),
    ]


def test_paths_that_lead_out_and_links_are_refused(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    members = {"../../etc/evil.txt": SPEECH.encode(), "/srv/evil.txt": SPEECH.encode(), "good.txt": SPEECH.encode()}
    outcomes = take(zipped(tmp_path / "a.zip", members))
    assert [outcome.status for outcome in outcomes] == ["failed", "failed", "added"]
    assert failures(outcomes) == ["MB143", "MB143"]
    with tarfile.open(tmp_path / "b.tar", "w") as archive:
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "../../x")):
            info = tarfile.TarInfo("link.txt")
            info.type, info.linkname = kind, target
            archive.addfile(info)
        info = tarfile.TarInfo("../out.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"text"))
    assert failures(take(tmp_path / "b.tar")) == ["MB143"] * 3
    assert speeches.documents.collect().height == 1


def test_bombs_are_refused(take: Take, tmp_path: Path) -> None:
    zeros = b"a" * (36 * 1024 * 1024)
    zipped(tmp_path / "bomb.zip", {"a.txt": zeros, "b.txt": zeros})
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(zeros * 2, 9))
    tarred(tmp_path / "bomb.tar.gz", "w:gz", {"a.txt": zeros, "b.txt": zeros})
    outcomes = take(tmp_path / "bomb.zip", tmp_path / "bomb.txt.gz", tmp_path / "bomb.tar.gz")
    assert failures(outcomes)[:2] == ["MB142", "MB112"]
    assert "MB142" in failures(outcomes)[2:]
    assert {outcome.status for outcome in outcomes} == {"failed"}


def test_a_bomb_of_overlapping_members(take: Take, tmp_path: Path) -> None:
    """Many entries of the directory that all point to one member."""
    data = zipped(tmp_path / "one.zip", {"a.txt": SPEECH.encode() * 1000}).read_bytes()
    start = data.index(b"PK\x01\x02")
    entry, end = data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    many = 50_000
    tail = end[:8] + struct.pack("<HHLL", many, many, len(entry) * many, start) + end[20:]
    (tmp_path / "many.zip").write_bytes(data[:start] + entry * many + tail)
    outcomes = take(tmp_path / "many.zip")
    assert failures(outcomes), outcomes[:3]
    assert sum(outcome.status == "added" for outcome in outcomes) <= 1


def test_broken_archives_keep_what_came_before(take: Take, tmp_path: Path) -> None:
    whole = tarred(tmp_path / "whole.tar", "w", {f"{n}.txt": f"{SPEECH} {n} ".encode() * 300 for n in range(4)})
    (tmp_path / "cut.tar").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    outcomes = take(tmp_path / "cut.tar")
    assert outcomes[0].status == "added"
    assert failures(outcomes)[-1] == "MB141"
    data = bytearray(
        zipped(tmp_path / "a.zip", {"a.txt": SPEECH.encode() * 9, "b.txt": b"Thank you all."}).read_bytes()
    )
    data[60:70] = bytes(10)
    (tmp_path / "a.zip").write_bytes(data)
    outcomes = take(tmp_path / "a.zip")
    assert [outcome.status for outcome in outcomes] == ["failed", "added"]
    (tmp_path / "cut.zip").write_bytes(bytes(data[:-30]))
    assert failures(take(tmp_path / "cut.zip")) == ["MB141"]
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(SPEECH.encode() * 50)[:-40])
    assert failures(take(tmp_path / "cut.txt.gz")) == ["MB141"]


def test_names_from_a_russian_windows(take: Take, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"xxxx.txt": SPEECH.encode()})
    path.write_bytes(path.read_bytes().replace(b"xxxx", "Речь".encode("cp866")))
    [outcome] = take(path)
    assert str(outcome.id).startswith("rech-")


def test_large_members_are_bounded_one_by_one(take: Take, tmp_path: Path) -> None:
    members = {f"{n}.txt": (f"{SPEECH} {n}").encode() for n in range(5)} | {"large.txt": SPEECH.encode() * 20}
    outcomes = take(zipped(tmp_path / "a.zip", members), max_size=1000)
    assert [outcome.status for outcome in outcomes] == ["added"] * 5 + ["failed"]
    assert failures(outcomes) == ["MB112"]


def test_the_archive_of_encodings(take: Take, speeches: Corpus, shared: Path) -> None:
    path = shared / "data" / "formats_readtext" / "data_files_encodedtexts.zip"
    outcomes = take(path)
    assert {outcome.status for outcome in outcomes} == {"added", "duplicate"}
    with zipfile.ZipFile(path) as archive:
        for outcome in outcomes:
            name = outcome.uri.rpartition("/")[2].removesuffix(".txt")
            text, encoding = name.rpartition("_")[::2]
            if outcome.status == "added" and text not in ("IndianTreaty_English", "UDHR_English"):
                expected = archive.read(f"{text}_UTF-8.txt").decode("utf-8-sig")
                found = speeches.document(str(outcome.id)).text
                assert _letters(found) == _letters(expected), encoding


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalnum())
