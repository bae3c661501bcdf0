"""REFI-QDA: texts, codes, who coded what and where, as programs for qualitative analysis read them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring

import corpus
from corpus.exchange.refi_qda import NAMESPACE, export_refi_qda
from tests.command import run
from tests.corpus.exchange.samples import TEXT, document, fill

Q = {"q": NAMESPACE}


def exported(opened: corpus.Corpus) -> bytes:
    out = io.BytesIO()
    export_refi_qda(opened, None, out)
    return out.getvalue()


def opened_project(data: bytes) -> tuple[Any, dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("minber/")]
        texts = {name: archive.read(name).decode("utf-8") for name in names}
    return fromstring(texts.pop("project.qde")), texts


def codings(project: Any) -> set[tuple[str, str, str]]:
    """Words, code and who gave it, found through the references as other programs do."""
    names = {one.get("guid"): one.get("name") for one in project.iter(f"{{{NAMESPACE}}}Code")}
    users = {one.get("guid"): one.get("name") for one in project.iterfind("q:Users/q:User", Q)}
    found = set()
    for selection in project.iter(f"{{{NAMESPACE}}}PlainTextSelection"):
        for coding in selection.iterfind("q:Coding", Q):
            code = names[coding.find("q:CodeRef", Q).get("targetGUID")]
            place = TEXT[int(selection.get("startPosition")) : int(selection.get("endPosition"))]
            found.add((place, code, users[coding.get("creatingUser")]))
    return found


def test_texts_and_codings(tmp_path: Path) -> None:
    project, texts = opened_project(exported(fill(tmp_path / "one")))
    assert sorted(texts.values()) == sorted([TEXT, "Екінші мәтін."])
    for source in project.iterfind("q:Sources/q:TextSource", Q):
        assert f"sources/{source.get('plainTextPath').removeprefix('internal://')}" in texts
    assert (
        codings(project)
        == {
            (TEXT[:37], "Қоғамдық диалог", "Minber"),
            (TEXT[:37], "Қоғамдық диалог", "timur"),  # aigul rejects it
            (TEXT[:37], "unity", "timur"),
            ("Диалог керек 🙂", "direct", "Minber"),
            ("Диалог керек 🙂", "Аян Омаров", "Minber"),
        }
    )


def test_the_codebook_is_there_as_a_whole(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    project, _ = opened_project(exported(made))
    groups = {one.get("name"): one for one in project.iterfind("q:CodeBook/q:Codes/q:Code", Q)}
    assert list(groups) == ["Themes", "Quotations", "Speakers"]
    themes = {one.get("name"): one for one in groups["Themes"].iter(f"{{{NAMESPACE}}}Code")}
    for theme in made.codebook.themes:
        code = themes[theme.name("kk")]
        assert code.get("color") == theme.color
        assert code.findtext("q:Description", namespaces=Q) == (theme.definition.get("kk") or theme.definition["en"])


def test_metadata_are_variables(tmp_path: Path) -> None:
    project, _ = opened_project(exported(fill(tmp_path / "one")))
    names = {
        one.get("guid"): (one.get("name"), one.get("typeOfVariable")) for one in project.iterfind("q:Variables/*", Q)
    }
    [source] = [one for one in project.iter(f"{{{NAMESPACE}}}TextSource") if one.get("name") == "Тақырып"]
    told = {names[one[0].get("targetGUID")]: one[1].text for one in source.iterfind("q:VariableValue", Q)}
    assert told["date", "Date"] == "2025-03-14"
    assert told["uri", "Text"] == "https://example.org/b-doc?a=1&b=2"
    assert told["id", "Text"] == "b-doc"


def test_the_same_corpus_gives_the_same_bytes_and_every_guid_once(tmp_path: Path) -> None:
    made = fill(tmp_path / "one")
    data = exported(made)
    assert exported(made) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        guids = re.findall(r' guid="([^"]+)"', archive.read("project.qde").decode())
    assert len(guids) == len(set(guids)) > 30
    assert run("--corpus", made.path, "export", "refi-qda", "-").data == data


def test_names_that_xml_would_take_for_marks_and_an_empty_corpus(tmp_path: Path) -> None:
    made = corpus.init(tmp_path / "c", name='A & "B" <c>')
    project, texts = opened_project(exported(made))
    assert (project.get("name"), texts) == ('A & "B" <c>', {})
    assert project.find("q:Sources", Q) is None
    strange = document("x", "a < b & c", title='«"<&>»')
    made.add_documents([(strange, strange.text.encode())])
    project, texts = opened_project(exported(made))
    assert project.find("q:Sources/q:TextSource", Q).get("name") == '«"<&>»'
    assert list(texts.values()) == ["a < b & c"]
