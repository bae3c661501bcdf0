"""Sources made to do harm: each is refused with a code, soon and in little memory, and the good ones are stored."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.ingest import Outcome
from corpus.store import Corpus

GOOD = "Құрметті отандастар!\n\nБүгін – бізге ортақ мереке.\n"
SECRET = "құпия сөз осында жазылған"
Take = Callable[..., list[Outcome]]

XXE = '<!DOCTYPE {root} [<!ENTITY x SYSTEM "{file}">]>'
LAUGHS = "<!DOCTYPE {root} [<!ENTITY a0 'ха'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
SENTENCE = "Бүгін Бурабайда Ұлттық құрылтайдың отырысы өтті, оған көптеген адам қатысты."


def packed(**members: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return made.getvalue()


def docx(document: str) -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    return packed(**{"[Content_Types].xml": types, "_rels/.rels": relations, "word/document.xml": document})


def word(prolog: str, words: str) -> str:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return f"{prolog}<w:document {space}><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"


def odt(prolog: str, words: str) -> bytes:
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
    content = (
        f"{prolog}<office:document-content {spaces}><office:body><office:text><text:p>{words}</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    return packed(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def tar_of(*members: tarfile.TarInfo) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as file:
        for member in members:
            data = GOOD.encode() if member.isfile() else b""
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return made.getvalue()


def link(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


def attacks(secret: Path) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Name → bytes and the codes that answer them."""
    laughs = LAUGHS + "]>"
    xxe = XXE.replace("{file}", secret.as_uri())
    zeros = bytes(96 * 1024 * 1024)
    bomb = packed(**{"texts/a.txt": zeros})
    found: dict[str, tuple[bytes, tuple[str, ...]]] = {
        "xxe.docx": (docx(word(xxe.replace("{root}", "w:document"), "&x;")), ("MB135",)),
        "laughs.docx": (docx(word(laughs.replace("{root}", "w:document"), "&a11;")), ("MB135", "MB131")),
        "xxe.odt": (odt(xxe.replace("{root}", "office:document-content"), "&x;"), ("MB135",)),
        "laughs.odt": (odt(laughs.replace("{root}", "office:document-content"), "&a11;"), ("MB135", "MB131")),
        "bomb.zip": (bomb, ("MB142",)),
        "bomb.docx": (docx("<w:document>" + " " * (96 * 1024 * 1024)), ("MB134",)),
        "bomb.txt.gz": (gzip.compress(zeros), ("MB142", "MB112")),
        "climb.zip": (packed(**{"../../climbed.txt": GOOD}), ("MB143",)),
        "climb.tar": (tar_of(tarfile.TarInfo("../climbed.txt"), tarfile.TarInfo("/climbed.txt")), ("MB143",)),
        "link.tar": (tar_of(link("a.txt", str(secret)), link("b.txt", "a.txt")), ("MB143",)),
        "deep.html": (("<html><body>" + "<div>" * 1_000_000 + f"<p>{SENTENCE}</p>").encode(), ("MB170",)),
        "deep_inline.html": ((f"<html><body><p>{SENTENCE}</p>" + "<b><i>" * 500_000 + SENTENCE).encode(), ("MB170",)),
        "wide.html": ((f"<html><body><p title='{'а' * 12_000_000}'>{SENTENCE}</p>").encode(), ("MB170",)),
        "attributes.html": (
            ("<html><body><p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + f">{SENTENCE}</p>").encode(),
            ("MB170",),
        ),
        "deep.docx": (docx(word("", "<w:t>" * 100_000)), ("MB131",)),
    }
    inner = bomb
    for depth in range(4):
        inner = packed(**{f"{depth}.zip": inner})
    found["nested.zip"] = (inner, ("MB140",))
    return found


@pytest.mark.slow
def test_each_attack_is_refused_and_the_good_text_is_stored(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "in" / "deeper"
    folder.mkdir(parents=True)
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    made = attacks(secret)
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    start = time.process_time()
    outcomes = take(folder)
    assert time.process_time() - start < 60
    answers: dict[str, set[str]] = {}
    for outcome in outcomes:
        name = outcome.uri.partition("!/")[0].rpartition("/")[2]
        answers.setdefault(name, set()).add(outcome.error.code if outcome.error else outcome.status)
    wrong = {
        name: answers.get(name)
        for name, (_, codes) in made.items()
        if not (answers.get(name) and answers[name] <= set(codes))
    }
    assert wrong == {}
    assert answers["good.txt"] == {"added"}
    documents = speeches.documents.collect()
    assert documents["text"].to_list() == [GOOD]
    assert not list(tmp_path.rglob("climbed*"))
    assert SECRET not in "".join(map(str, outcomes))


def test_entities_in_a_web_page_stay_what_they_are(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    """HTML knows no entities of one's own: nothing is fetched and nothing multiplies."""
    (tmp_path / "secret.md").write_text(SECRET, encoding="utf-8")
    prolog = XXE.format(root="html", file=(tmp_path / "secret.md").as_uri())
    page = f"{prolog}<html><body><article><p>{SENTENCE}</p><p>Соңы &x; &a11;.</p></article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert [outcome.status for outcome in take(tmp_path / "page.html")] == ["added"]
    [text] = speeches.documents.collect()["text"]
    assert SENTENCE in text
    assert SECRET not in text


def test_loops_of_links(take: Take, tmp_path: Path) -> None:
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "good.txt").write_text(GOOD, encoding="utf-8")
    for name, to in (("a/up", "in"), ("a/self.txt", "in/a/self.txt"), ("one", "in/two"), ("two", "in/one")):
        (tmp_path / "in" / name).symlink_to(tmp_path / to)
    outcomes = take(tmp_path / "in")
    assert [outcome.status for outcome in outcomes].count("added") == 1
    codes = {outcome.error.code for outcome in outcomes if outcome.error}
    assert codes == {"MB103"}
