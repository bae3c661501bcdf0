from __future__ import annotations

import re
from pathlib import Path

import pytest

import corpus
from corpus.report.pages import write_site, write_whole
from schemas import MinberError
from tests.command import Done, run
from tests.corpus.exchange.samples import fill


@pytest.fixture
def filled(tmp_path: Path) -> corpus.Corpus:
    return fill(tmp_path / "one")


def minber(opened: corpus.Corpus, *arguments: str, **options: str) -> Done:
    return run("--corpus", opened.path, *arguments, **options)


def test_site_has_an_index_and_a_page_for_each(filled: corpus.Corpus, tmp_path: Path) -> None:
    site = write_site(filled, tmp_path / "pages", language="kk")
    assert site.documents == 2
    names = sorted(path.name for path in site.index.parent.iterdir())
    assert names == ["a-doc.html", "b-doc.html", "index.html"]
    index = site.index.read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]+)"', index) == ["a-doc.html", "b-doc.html"]
    assert "Қоғамдық диалог" in index
    assert 'href="index.html"' in (site.index.parent / "b-doc.html").read_text(encoding="utf-8")
    again = site.index.read_bytes()
    write_site(filled, tmp_path / "pages", language="kk")
    assert site.index.read_bytes() == again


def test_nothing_to_show_is_said(filled: corpus.Corpus, tmp_path: Path) -> None:
    with pytest.raises(MinberError) as error:
        write_site(filled, tmp_path / "pages", ids=[])
    assert error.value.code == "MB605"
    assert not (tmp_path / "pages").exists()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "a" / "b"):
        (tmp_path / "a").write_text("in the way")
        with pytest.raises(MinberError) as error:
            write_whole(place, "x")
        assert error.value.code == "MB603"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder"]


@pytest.mark.slow
def test_command(filled: corpus.Corpus, tmp_path: Path) -> None:
    listed = minber(filled, "view")
    assert listed.code == 0
    assert [line.split() for line in listed.stdout.splitlines()] == [
        ["a-doc", "kk", "transcript"],
        ["b-doc", "kk", "2025-03-14", "report", "Тақырып"],
    ]

    shown = minber(filled, "view", "b-doc")
    assert shown.code == 0
    assert "«[Аян Омаров] Диалог керек 🙂[/]», – деді Аян Омаров." in shown.stdout
    assert "Тақырыптар: " in shown.stdout  # the language of [doccano] in minber.toml

    one = minber(filled, "view", "b-doc", "--html", str(tmp_path / "one.html"), "--language", "en")
    assert one.code == 0
    assert '<html lang="en"' in (tmp_path / "one.html").read_text(encoding="utf-8")

    chosen = minber(filled, "view", "--where", 'kind == "report"', "--html", str(tmp_path / "pages"))
    assert chosen.code == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["b-doc.html", "index.html"]


def test_a_terminal_without_the_letters_gets_escapes(filled: corpus.Corpus) -> None:
    shown = minber(filled, "view", "b-doc", encoding="ascii")
    assert shown.code == 0
    assert "\\u0414\\u0438\\u0430\\u043b\\u043e\\u0433" in shown.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "error", "exit_code"),
    [
        (["no-such-document"], "MB206", None),
        (["--html", "two.html"], "MB701", 2),
        (["a-doc", "--language", "tlh"], "MB002", 2),
        (["--where", 'lang == "xx"'], "MB605", 2),
        (["--where", "colour == 1"], "MB501", 2),
    ],
)
def test_wrong_use(filled: corpus.Corpus, arguments: list[str], error: str, exit_code: int | None) -> None:
    done = minber(filled, "view", *arguments)
    assert error in done.stderr
    assert "Traceback" not in done.stderr
    assert done.code == (exit_code or done.code) != 0
