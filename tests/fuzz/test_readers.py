"""Readers under changed and random bytes: documents or coded errors, nothing else."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.ingest.registry import readers
from tests.fuzz.sources import SPEECH, package, sources, through

SOURCES = sources()
QUIET = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
BITS = (
    b"\0",
    b"\xff\xfe",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"]]>",
    b"&a;",
    b"<",
    b'"',
    b"{",
    b"}",
    b"\\",
    b"\r",
)


def test_every_reader_has_a_source() -> None:
    used: set[str] = set()
    for name, data in SOURCES.items():
        texts = [text for text in through(name, data) if len(text) > 20]
        assert texts, name
        assert any(SPEECH[:8] in text or "соотечественники" in text for text in texts), name
        suffix = "." + name.rpartition(".")[2]
        used |= {reader.name for reader in readers().values() if suffix in reader.suffixes}
    assert used >= set(readers()) - {"records", "tei"}


def changed(data: bytes, seed: int) -> bytes:
    """Some bytes flipped, taken out, doubled or put in; of packages, inside a member."""
    chance = random.Random(seed)
    if data.startswith(b"PK") and chance.random() < 0.8:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = {info.filename: file.read(info) for info in file.infolist()}
        name = chance.choice(sorted(members))
        members[name] = changed(b" " + members[name], chance.randrange(2**30))[1:]
        return package(members)
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice((1, 2, 8, 64, 512)))
        match chance.randrange(5):
            case 0 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                del made[at:to]
            case 2:
                made[at:at] = made[at:to] * chance.choice((1, 2, 50))
            case 3:
                made[at:at] = chance.choice(BITS)
            case _:
                del made[at:]
    return bytes(made)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SOURCES))
@QUIET
@given(seed=st.integers(0, 2**32))
def test_changed_sources(name: str, seed: int) -> None:
    through(name, changed(SOURCES[name], seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(readers()))
@QUIET
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_with_any_reader(name: str, data: bytes) -> None:
    through("a", data, readers()[name])
    for suffix in readers()[name].suffixes[:1]:
        through(f"a{suffix}", data)


CUT = {"content.xml": ("</table:table>", "</table*"), "xl/worksheets/sheet1.xml": ("</sheetData>", "")}


@pytest.mark.parametrize("name", ["a.ods", "a.xlsx"])
def test_spreadsheets_whose_xml_does_not_end(name: str) -> None:
    """The parser of spreadsheets waits for ever at such a place: it must never see it."""
    with zipfile.ZipFile(io.BytesIO(SOURCES[name])) as file:
        members = {info.filename: file.read(info).decode() for info in file.infolist()}
    for member, (end, instead) in CUT.items():
        if member in members:
            members[member] = members[member].replace(end, instead)
    assert through(name, package(members)) == ["MB141"]


def test_members_without_a_name() -> None:
    """Python's zipfile asks for the last letter of every name."""
    made = package({"x": SPEECH, "b.txt": SPEECH})
    nameless = bytearray(made)
    at = nameless.index(b"PK\x01\x02")  # its entry in the list of members
    nameless[at + 28 : at + 30] = b"\0\0"
    del nameless[at + 46]
    end = nameless.index(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - 1
    nameless[end + 12 : end + 16] = size.to_bytes(4, "little")
    assert SPEECH in through("a.zip", bytes(nameless))


@pytest.mark.parametrize(
    "address", ["http://[akorda.kz/x", "https://akorda.kz:port/x", "http://a]/x", "https://a.kz:99999/x"]
)
def test_addresses_that_are_none(address: str) -> None:
    links = (
        f'<link rel="canonical" href="{address}"><link rel="alternate" hreflang="ru" href="{address}"><meta property='
    )
    page = SOURCES["akorda.html"].replace(b"<title>", f'{links}"og:url" content="{address}"><title>'.encode())
    saved = f"<!-- saved from url=(0019){address} -->".encode() + page.replace(b"www.akorda.kz", address[8:].encode())
    for data in (page, saved):
        assert any(SPEECH[:8] in text for text in through("a.html", data))


@pytest.mark.parametrize(
    "host", ["а" * 300 + ".kz", "..", "../../etc/passwd", "[::1]", "x" * 64 + ".akorda.kz", "." * 999]
)
def test_hosts_that_are_no_names_of_files(host: str) -> None:
    page = SOURCES["akorda.html"].replace(b"www.akorda.kz", host.encode())
    assert any(SPEECH[:8] in text for text in through("a.html", page))


def test_a_day_that_no_calendar_has() -> None:
    """Native code panics at it, which Python takes for no Exception."""
    import polars as pl

    frame = pl.DataFrame({"text": [SPEECH], "date": pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date)})
    frame.write_parquet(made := io.BytesIO())
    assert through("a.parquet", made.getvalue()) == ["MB141"]


@pytest.mark.parametrize("depth", [50, 500, 900, 5000, 200_000])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_in_json(name: str, depth: int) -> None:
    inside = "[" * depth + "]" * depth if depth % 3 else '{"a":' * depth + "1" + "}" * depth
    through(name, f'{{"text": "{SPEECH}", "more": {inside}}}\n{{"text": "{SPEECH}"}}\n'.encode())
    through(name, ('{"text":' * depth + f'"{SPEECH}"' + "}" * depth).encode())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(readers()))
def test_sources_of_other_formats_with_a_reader_that_the_user_names(name: str) -> None:
    for other, data in SOURCES.items():
        through(other, data, readers()[name])
